"""Flow over a pin that is heated inside: flow and temperatures by finite elements, in units of the height H of the
channel, the mean velocity U and rho U^2; temperatures in the power of the pin per length over the conductivity of the
fluid, above that of the inlet.

    Re = rho U H/mu, Pe = rho cp U H/k; the pin is kr times as conductive as the fluid

Taylor-Hood elements (quadratic velocity and temperature, linear pressure) of scikit-fem on triangles of Gmsh with sides
bent to the pin, on three meshes, each with half the mesh width of the one before. sink.csv has the values of the finest
and, after `change`, the largest relative difference from the one before.

    pip install numpy scipy scikit-fem meshio gmsh
    python sink.py
"""

import pathlib
import sys
import tempfile

import gmsh
import numpy as np
from skfem import Basis, BilinearForm, ElementTriP0, ElementTriP1, ElementTriP2, ElementVector, Functional, LinearForm
from skfem import MeshTri2
from skfem.helpers import dot, grad

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2]))
from taylor_hood import lu, steady_flow  # noqa: E402

LENGTH, CENTER, R = 4.0, (1.25, 0.45), 0.2  # the channel's end, the pin
RE, PE, KR = 40.0, 28.4, 20.0


def triangles(level):
    """2^level times as fine as the coarsest mesh, finest at the pin."""
    gmsh.initialize()
    gmsh.option.setNumber("General.Terminal", 0)
    cad = gmsh.model.occ
    channel = cad.addRectangle(0, 0, 0, LENGTH, 1)
    disc = cad.addDisk(*CENTER, 0, R, R)
    cad.fragment([(2, channel)], [(2, disc)])
    cad.synchronize()
    size = gmsh.model.mesh.field
    at = size.add("MathEval")
    distance = f"Abs(Sqrt((x-{CENTER[0]})^2+(y-{CENTER[1]})^2)-{R})"
    size.setString(at, "F", f"Min(0.12, 0.05+0.12*({distance}))/{2**level}")
    size.setAsBackgroundMesh(at)
    for option in ("FromPoints", "FromCurvature", "ExtendFromBoundary"):
        gmsh.option.setNumber("Mesh.MeshSize" + option, 0)
    gmsh.model.mesh.generate(2)
    gmsh.model.mesh.setOrder(2)
    with tempfile.NamedTemporaryFile(suffix=".msh") as file:
        gmsh.option.setNumber("Mesh.MshFileVersion", 2.2)
        gmsh.write(file.name)
        gmsh.finalize()
        return MeshTri2.load(file.name)


def from_axis(x):
    return np.hypot(x[0] - CENTER[0], x[1] - CENTER[1])


def flow(mesh):
    velocity = Basis(mesh, ElementVector(ElementTriP2()), intorder=6)
    pressure = Basis(mesh, ElementTriP1(), intorder=6)

    n = velocity.N
    x, y = velocity.doflocs
    held = np.isclose(x, 0) | np.isclose(y, 0) | np.isclose(y, 1) | (from_axis((x, y)) < R * (1 + 1e-3))
    free = np.nonzero(~np.r_[held, from_axis(pressure.doflocs) < R * (1 - 1e-3)])[0]
    state = np.zeros(n + pressure.N)
    inlet = velocity.get_dofs(lambda x: np.isclose(x[0], 0)).all(["u^1"])
    state[inlet] = 6 * y[inlet] * (1 - y[inlet])
    steady_flow(velocity, pressure, 1 / RE, state, free)
    return velocity, pressure, state


def quantities(level):
    mesh = triangles(level)
    velocity, pressure, state = flow(mesh)
    n = velocity.N
    basis = Basis(mesh, ElementTriP2(), intorder=6)
    pieces = basis.with_element(ElementTriP0())
    in_pin = from_axis(mesh.p[:, mesh.t[:3]].mean(axis=1)) < R
    pin = pieces.interpolate(in_pin.astype(float))
    area = Functional(lambda w: w["pin"]).assemble(basis, pin=pin)

    @BilinearForm
    def transport(T, v, w):
        k = 1 + (KR - 1) * w["pin"]
        return PE * dot(w["u"].value, grad(T)) * v + k * dot(grad(T), grad(v))

    @LinearForm
    def heating(v, w):
        return w["pin"] / area * v

    u = velocity.interpolate(state[:n])
    a = transport.assemble(basis, u=u, pin=pin)
    f = heating.assemble(basis, pin=pin)
    free = np.nonzero(~np.isclose(basis.doflocs[0], 0))[0]
    T = np.zeros(basis.N)
    T[free] = lu(a[free][:, free]).solve(f[free])
    inlet_heat = (a @ T - f)[np.isclose(basis.doflocs[0], 0)].sum()

    entry = pressure.boundary(mesh.facets_satisfying(lambda x: np.isclose(x[0], 0)))
    end = mesh.facets_satisfying(lambda x: np.isclose(x[0], LENGTH))
    out = basis.boundary(end)
    through = velocity.boundary(end).interpolate(state[:n])
    of_T = Functional(lambda w: w["pin"] * w["T"])
    carried = Functional(lambda w: w["u"].value[0] * w["T"])
    return {
        "T_mean": of_T.assemble(basis, pin=pin, T=basis.interpolate(T)) / area,
        "T_max": T.max(),
        "dp": Functional(lambda w: w["p"]).assemble(entry, p=entry.interpolate(state[n:])),
        "carried": PE * carried.assemble(out, T=out.interpolate(T), u=through),
        "inlet": inlet_heat,
    }


def main():
    results = []
    for level in range(3):
        results.append(quantities(level))
        print(level, results[-1], flush=True)
    last, before = results[-1], results[-2]
    if abs(last["carried"] + last["inlet"] - 1) > 1e-3:
        raise RuntimeError("heat is lost")
    change = max(abs(last[name] / before[name] - 1) for name in ("T_mean", "T_max", "dp"))
    with open(pathlib.Path(__file__).resolve().parent / "sink.csv", "w") as out:
        out.write("# A heated pin in a channel, finite elements, by sink.py: see there for the units.\n")
        out.write("Re,Pe,kr,T_mean,T_max,dp,change\n")
        out.write(f"{RE:g},{PE:g},{KR:g},{last['T_mean']:.6f},{last['T_max']:.6f},{last['dp']:.5f},{change:.1e}\n")


main()
