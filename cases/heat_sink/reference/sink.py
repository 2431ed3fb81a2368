"""Flow over a block that is heated inside: flow and temperatures by finite elements, in units of the height H of the
channel, the mean velocity U and rho U^2; temperatures in the power of the block per depth over the conductivity of the
fluid, above that of the inlet.

    Re = rho U H/mu, Pe = rho cp U H/k; the block is kr times as conductive as the fluid

Taylor-Hood elements (biquadratic velocity and temperature, bilinear pressure) of scikit-fem on three grids, each with
half the mesh width of the one before, finest at the corners of the block, which limit the order to about 1. sink.csv
has the values of the finest grid and, after `change`, the largest relative difference from the one before.

    pip install numpy scipy scikit-fem
    python sink.py
"""

import pathlib
import sys

import numpy as np
from skfem import Basis, BilinearForm, ElementQuad1, ElementQuad2, ElementVector, Functional, LinearForm, MeshQuad
from skfem.helpers import dot, grad

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2]))
from taylor_hood import lu, steady_flow  # noqa: E402

LENGTH, FRONT, BACK, TOP = 5.0, 1.25, 2.0, 0.4  # the channel's end, where the block begins and ends, its height
RE, PE, KR = 40.0, 28.4, 20.0


def between(a, b, n, fine_a, fine_b):
    """n intervals from a to b, finer at the ends that are told so."""
    s = np.linspace(0, 1, n + 1)
    if fine_a and fine_b:
        s = s - 0.7 * np.sin(2 * np.pi * s) / (2 * np.pi)
    elif fine_a:
        s = s**1.7
    elif fine_b:
        s = 1 - (1 - s) ** 1.7
    return a + (b - a) * s


def grid(level):
    n = 2**level
    x = np.r_[
        between(0, FRONT, 6 * n, False, True),
        between(FRONT, BACK, 5 * n, True, True)[1:],
        between(BACK, LENGTH, 12 * n, True, False)[1:],
    ]
    y = np.r_[between(0, TOP, 4 * n, False, True), between(TOP, 1, 5 * n, True, False)[1:]]
    return MeshQuad.init_tensor(x, y)


def in_block(x):
    return (x[0] > FRONT) & (x[0] < BACK) & (x[1] < TOP)


def flow(mesh):
    velocity = Basis(mesh, ElementVector(ElementQuad2()), intorder=6)
    pressure = Basis(mesh, ElementQuad1(), intorder=6)

    n = velocity.N
    x, y = velocity.doflocs
    held = np.isclose(x, 0) | np.isclose(y, 0) | np.isclose(y, 1)
    e = 1e-9
    held |= (x > FRONT - e) & (x < BACK + e) & (y < TOP + e)
    px, py = pressure.doflocs
    solid = in_block(np.array([px, py])) | ((py < e) & (px > FRONT + e) & (px < BACK - e))
    free = np.nonzero(~np.r_[held, solid])[0]
    state = np.zeros(n + pressure.N)
    inlet = velocity.get_dofs(mesh.facets_satisfying(lambda x: np.isclose(x[0], 0))).all(["u^1"])
    state[inlet] = 6 * y[inlet] * (1 - y[inlet])
    steady_flow(velocity, pressure, 1 / RE, state, free)
    return velocity, pressure, state


def temperature(velocity, state):
    mesh = velocity.mesh
    basis = Basis(mesh, ElementQuad2(), intorder=6)
    area = (BACK - FRONT) * TOP

    @BilinearForm
    def transport(T, v, w):
        k = np.where(in_block(w.x), KR, 1)
        return PE * dot(w["u"].value, grad(T)) * v + k * dot(grad(T), grad(v))

    @LinearForm
    def heating(v, w):
        return np.where(in_block(w.x), 1 / area, 0) * v

    a = transport.assemble(basis, u=velocity.interpolate(state[: velocity.N]))
    f = heating.assemble(basis)
    free = np.nonzero(~np.isclose(basis.doflocs[0], 0))[0]
    T = np.zeros(basis.N)
    T[free] = lu(a[free][:, free]).solve(f[free])
    return basis, T, (a @ T - f)  # the last is what the inlet gives, by node


def quantities(level):
    mesh = grid(level)
    velocity, pressure, state = flow(mesh)
    basis, T, inlet_heat = temperature(velocity, state)

    @Functional
    def mean_block(w):
        return np.where(in_block(w.x), w["T"], 0) / ((BACK - FRONT) * TOP)

    outlet = mesh.facets_satisfying(lambda x: np.isclose(x[0], LENGTH))

    @Functional
    def carried(w):
        return w["u"].value[0] * w["T"]

    entry = mesh.facets_satisfying(lambda x: np.isclose(x[0], 0))
    p_in = Functional(lambda w: w["p"]).assemble(
        pressure.boundary(entry), p=pressure.boundary(entry).interpolate(state[velocity.N :])
    )
    out = basis.boundary(outlet)
    through = velocity.boundary(outlet).interpolate(state[: velocity.N])
    heat = PE * carried.assemble(out, T=out.interpolate(T), u=through)
    return {
        "T_mean": mean_block.assemble(basis, T=basis.interpolate(T)),
        "T_max": T[in_block(basis.doflocs)].max(),
        "carried": heat,
        "inlet": inlet_heat[np.isclose(basis.doflocs[0], 0)].sum(),
        "dp": p_in,
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
        out.write("# A heated block in a channel, finite elements, by sink.py: see there for the units.\n")
        out.write("Re,Pe,kr,T_mean,T_max,dp,change\n")
        out.write(f"{RE:g},{PE:g},{KR:g},{last['T_mean']:.6f},{last['T_max']:.6f},{last['dp']:.5f},{change:.1e}\n")


main()
