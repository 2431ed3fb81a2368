"""Flow over a backward-facing step: reattachment, wall shear and pressure by finite elements, in units of the height of
the step h, the mean velocity at the inlet and rho. The inlet, with a developed profile, is in the plane of the step
(D. K. Gartling, Int. J. Numer. Meth. Fluids 11, 1990, 953, doi:10.1002/fld.1650110704), the channel twice as high as
the inlet; Re is formed with the mean velocity and twice the height of the step.

Taylor-Hood elements (biquadratic velocity, bilinear pressure) of scikit-fem on two grids, the second with half the
mesh width. step.csv has its values and, after `change`, what the halving changed of the length of reattachment;
fields_re100.csv has nodes of the coarser grid with values of the finer.

    pip install numpy scipy scikit-fem
    python step.py
"""

import pathlib
import sys

import numpy as np
from scipy.interpolate import CubicSpline
from skfem import Basis, ElementQuad1, ElementQuad2, ElementVector, MeshQuad

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2]))
from taylor_hood import steady_flow  # noqa: E402

REYNOLDS = [100, 200, 300, 400]


def length(re):
    return 8 + 0.04 * re


def grid(re, level):
    n = 4 * 2**level
    across = np.linspace(0, 2, 2 * n + 1)
    s = np.linspace(0, 1, n * round(length(re) / 3) + 1)
    along = length(re) * (0.4 * s + 0.6 * s**2)  # finer at the step
    return MeshQuad.init_tensor(along, across)


def flow(re, mesh, guess=None):
    velocity = Basis(mesh, ElementVector(ElementQuad2()), intorder=5)
    pressure = Basis(mesh, ElementQuad1(), intorder=5)

    state = np.zeros(velocity.N + pressure.N) if guess is None else guess.copy()
    held = velocity.get_dofs(lambda x: (x[0] == 0) | (x[1] == 0) | (x[1] == 2))
    inlet = velocity.get_dofs(lambda x: x[0] == 0).all(["u^1"])
    s = np.clip(velocity.doflocs[1, inlet] - 1, 0, 1)
    state[inlet] = 6 * s * (1 - s)
    free = np.setdiff1d(np.arange(len(state)), held.all())
    steady_flow(velocity, pressure, 2 / re, state, free)
    return velocity, pressure, state


def shear_at(velocity, u):
    """dy(u) on the floor, from the parabola through the floor's nodes and the two above them."""
    first = np.unique(velocity.mesh.p[1])[1]
    nodal = velocity.get_dofs(elements=True).all(["u^1"])
    x, y = velocity.doflocs[:, nodal]

    def along(height):
        on = nodal[np.isclose(y, height, atol=1e-12)]
        order = np.argsort(velocity.doflocs[0, on])
        return velocity.doflocs[0, on][order], u[on][order]

    at, middle = along(first / 2)
    return CubicSpline(at, (4 * middle - along(first)[1]) / first)


def quantities(re, velocity, pressure, state):
    u = state[: velocity.N]
    shear = shear_at(velocity, u)
    x_min = min(shear.derivative().roots(extrapolate=False), key=shear)
    nodal = velocity.get_dofs(elements=True).all(["u^1"])
    x, y = velocity.doflocs[:, nodal]
    rows = np.unique(np.round(y, 9))
    at_6 = []
    for height in rows:
        on = nodal[np.isclose(y, height, atol=1e-9)]
        on = on[np.argsort(velocity.doflocs[0, on])]
        at_6.append(CubicSpline(velocity.doflocs[0, on], u[on])(6))
    profile = CubicSpline(rows, at_6)
    return {
        "x_r": shear.roots(extrapolate=False)[-1],
        "shear_min": float(shear(x_min)),
        "x_shear_min": x_min,
        "u_6": float(max(profile(r) for r in profile.derivative().roots(extrapolate=False))),
    }


def solve(re, level):
    mesh = grid(re, level)
    state = None
    for rung in [100, re] if re > 100 else [re]:
        velocity, pressure, state = flow(rung, mesh, state)
    return velocity, pressure, state


def write_fields(coarse, velocity, pressure, state, name):
    """At every second node of the coarse grid: all of them are nodes of the fine one."""
    at = {}
    for basis, first, parts in ((velocity, 0, ["u^1", "u^2"]), (pressure, velocity.N, ["u"])):
        for part in parts:
            nodal = basis.get_dofs(elements=True).all([part])
            for dof in nodal:
                key = tuple(np.round(basis.doflocs[:, dof], 9))
                at.setdefault(key, []).append(state[first + dof])
    with open(name, "w") as out:
        out.write("# Flow over a step at Re = 100, finite elements, by step.py.\n")
        out.write("# Units: x, y in the height of the step, u, v in the mean velocity U, p in rho U^2.\nx,y,u,v,p\n")
        for x, y in coarse.p.T[::3]:
            u, v, p = at[tuple(np.round((x, y), 9))]
            out.write(f"{x:.9g},{y:.9g},{u:.7f},{v:.7f},{p:.7f}\n")


def main():
    here = pathlib.Path(__file__).resolve().parent
    rows = []
    for re in REYNOLDS:
        before = quantities(re, *solve(re, 1))
        solution = solve(re, 2)
        q = quantities(re, *solution)
        print(re, before, q, sep="\n  ", flush=True)
        change = abs(q["x_r"] - before["x_r"])
        found = [q["x_r"], change, q["shear_min"], q["x_shear_min"], q["u_6"]]
        rows.append(",".join([str(re), *(f"{value:.5f}" for value in found)]))
        if re == 100:
            write_fields(grid(re, 1), *solution, here / "fields_re100.csv")
    with open(here / "step.csv", "w") as out:
        out.write("# Flow over a step, finite elements, by step.py. Units: height of the step, mean velocity.\n")
        out.write("\n".join(["Re,x_r,change,shear_min,x_shear_min,u_6", *rows, ""]))


main()
