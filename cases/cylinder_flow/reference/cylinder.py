"""Fields of the flow around a cylinder in a channel (case 2D-1 of M. Schaefer & S. Turek, in: Flow Simulation with
High-Performance Computers II, 1996, 547, doi:10.1007/978-3-322-89849-4_39) by finite elements, to compare fields with,
and as a check of the published intervals, which schafer_turek.csv holds.

Taylor-Hood elements of scikit-fem on triangles of Gmsh with sides bent to the cylinder, on three meshes. Drag and lift
follow from the residual of the momentum of the nodes on the cylinder. cylinder.csv has coefficients of all meshes,
fields.csv the fields of the finest at scattered points of the first half of the channel, all in SI.

    pip install numpy scipy scikit-fem meshio gmsh
    python cylinder.py
"""

import pathlib
import sys
import tempfile

import gmsh
import numpy as np
from scipy.interpolate import CubicSpline
from skfem import Basis, ElementTriP1, ElementTriP2, ElementVector, MeshTri2

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2]))
from taylor_hood import steady_flow  # noqa: E402

L, H, R, CENTER = 2.2, 0.41, 0.05, (0.2, 0.2)
NU, U_MAX = 1e-3, 0.3  # rho = 1


def triangles(level):
    """`level` times as fine as the coarsest mesh, finest at the cylinder."""
    gmsh.initialize()
    gmsh.option.setNumber("General.Terminal", 0)
    cad = gmsh.model.occ
    channel = cad.addRectangle(0, 0, 0, L, H)
    disc = cad.addDisk(*CENTER, 0, R, R)
    cad.cut([(2, channel)], [(2, disc)])
    cad.synchronize()
    size = gmsh.model.mesh.field
    at = size.add("MathEval")
    distance = f"Sqrt((x-{CENTER[0]})^2+(y-{CENTER[1]})^2)-{R}"
    size.setString(at, "F", f"Min(0.05, 0.009+0.12*({distance}))/{level}")
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


def flow(mesh):
    velocity = Basis(mesh, ElementVector(ElementTriP2()), intorder=6)
    pressure = Basis(mesh, ElementTriP1(), intorder=6)

    n = velocity.N
    state = np.zeros(n + pressure.N)
    inlet = velocity.get_dofs(lambda x: np.isclose(x[0], 0)).all(["u^1"])
    y = velocity.doflocs[1, inlet]
    state[inlet] = 4 * U_MAX * y * (H - y) / H**2
    held = velocity.get_dofs(mesh.facets_satisfying(lambda x: ~np.isclose(x[0], L), boundaries_only=True)).all()
    free = np.setdiff1d(np.arange(len(state)), held)
    momentum = steady_flow(velocity, pressure, NU, state, free, tolerance=1e-10)
    return velocity, pressure, state, momentum


def coefficients(mesh, velocity, pressure, state, momentum):
    """Drag, lift, and the difference of pressure between the front and the back of the cylinder."""

    def on_cylinder(x):
        return np.abs(np.hypot(x[0] - CENTER[0], x[1] - CENTER[1]) - R) < 1e-3

    facets = mesh.facets_satisfying(on_cylinder, boundaries_only=True)
    dofs = velocity.get_dofs(facets)
    scale = 2 / ((2 / 3 * U_MAX) ** 2 * 2 * R)
    nodes = pressure.get_dofs(facets).all()
    x, y = pressure.doflocs[:, nodes]
    p = state[velocity.N + nodes]
    angle = np.arctan2(y - CENTER[1], x - CENTER[0]) % (2 * np.pi)
    order = np.argsort(angle)
    around = np.r_[angle[order], angle[order[0]] + 2 * np.pi]
    front, back = CubicSpline(around, p[np.r_[order, order[0]]], bc_type="periodic")([np.pi, 2 * np.pi])
    return -scale * momentum[dofs.all(["u^1"])].sum(), -scale * momentum[dofs.all(["u^2"])].sum(), front - back


def main():
    here = pathlib.Path(__file__).resolve().parent
    with open(here / "cylinder.csv", "w") as out:
        out.write("# Flow around a cylinder, finite elements, by cylinder.py: on ever finer meshes.\n")
        out.write("unknowns,c_d,c_l,dp [Pa]\n")
        for level in (1, 2, 3):
            velocity, pressure, state, momentum = flow(triangles(level))
            found = coefficients(velocity.mesh, velocity, pressure, state, momentum)
            out.write(f"{len(state)},{found[0]:.6f},{found[1]:.7f},{found[2]:.6f}\n")
            print(level, *found, flush=True)
    # Values at corners of triangles, where velocity and pressure both have a node.
    at = {tuple(np.round(x, 9)): state[velocity.N + i] for i, x in enumerate(pressure.doflocs.T)}
    u = velocity.get_dofs(elements=True).all(["u^1"])
    v = velocity.get_dofs(elements=True).all(["u^2"])
    of_v = {tuple(np.round(velocity.doflocs[:, i], 9)): state[i] for i in v}
    corners = [i for i in u if tuple(np.round(velocity.doflocs[:, i], 9)) in at]
    with open(here / "fields.csv", "w") as out:
        out.write("# Flow around a cylinder, finite elements, by cylinder.py. SI units.\nx,y,u,v,p\n")
        for i in corners[::12]:
            key = tuple(np.round(velocity.doflocs[:, i], 9))
            if key[0] > L / 2:
                continue
            out.write(f"{key[0]:.9g},{key[1]:.9g},{state[i]:.7f},{of_v[key]:.7f},{at[key]:.7f}\n")


main()
