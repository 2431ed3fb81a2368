"""Counter-flow heat exchanger of two channels and a wall: temperatures by finite elements, in units of the height of a
channel b and of the difference of the inlet temperatures.

    Pe u dT/dx = d2T/dx2 + d2T/dy2,   u = 6 s (1 - s)

in both channels, with s from wall to wall and Pe = rho cp um b/k; the wall is kr times as conductive, and its ends and
the outer sides of the channels are insulated. What enters is the heat of the stream, -dT/dn = Pe u (T - T_in) at the
inlets; at the outlets dT/dx = 0. Biquadratic elements of scikit-fem on four grids, each with half the mesh width of the
one before. exchanger.csv has the temperatures that the streams leave with (means over the flow) of the finest grid and,
after `change`, what the last halving changed; temperature.csv has nodes of the coarsest grid with values of the finest.

    pip install numpy scipy scikit-fem
    python exchanger.py
"""

import pathlib

import numpy as np
from scipy.sparse.linalg import splu
from skfem import Basis, BilinearForm, ElementQuad2, FacetBasis, Functional, LinearForm, MeshQuad
from skfem.helpers import dot, grad

LENGTH, THICKNESS, KR, PE = 24.0, 0.25, 0.4, 12.0


def ends_refined(length, n, finest):
    """n intervals, shorter towards both ends: `finest` is the ratio of the first to the mean."""
    s = np.linspace(0, 1, n + 1)
    return length * (s + (finest - 1) * np.sin(2 * np.pi * s) / (2 * np.pi))


def grid(level):
    n = 3 * 2**level
    wall = np.linspace(1, 1 + THICKNESS, max(2, n // 2) + 1)
    y = np.r_[np.linspace(0, 1, n + 1), wall[1:], np.linspace(1 + THICKNESS, 2 + THICKNESS, n + 1)[1:]]
    return MeshQuad.init_tensor(ends_refined(LENGTH, 14 * n, 0.1), y)


def velocity(y):
    below, above = y, y - 1 - THICKNESS
    hot = np.where((below > 0) & (below < 1), 6 * below * (1 - below), 0)
    cold = np.where((above > 0) & (above < 1), 6 * above * (1 - above), 0)
    return hot - cold


def conductivity(y):
    return np.where((y > 1) & (y < 1 + THICKNESS), KR, 1)


def solve(level):
    mesh = grid(level)
    basis = Basis(mesh, ElementQuad2(), intorder=6)

    @BilinearForm
    def transport(T, v, w):
        return PE * velocity(w.x[1]) * T.grad[0] * v + conductivity(w.x[1]) * dot(grad(T), grad(v))

    @BilinearForm
    def entering(T, v, w):
        return PE * np.abs(velocity(w.x[1])) * T * v

    @LinearForm
    def brought(v, w):
        return PE * velocity(w.x[1]) * v

    def inlet(x, first):
        facets = mesh.facets_satisfying(
            lambda p: np.isclose(p[0], x) & (p[1] > first) & (p[1] < first + 1), boundaries_only=True
        )
        return FacetBasis(mesh, ElementQuad2(), facets=facets, intorder=6)

    hot, cold = inlet(0, 0), inlet(LENGTH, 1 + THICKNESS)
    matrix = transport.assemble(basis) + entering.assemble(hot) + entering.assemble(cold)
    lu = splu(matrix.tocsc(), "MMD_AT_PLUS_A", 0.01, options={"SymmetricMode": True})
    return mesh, basis, lu.solve(brought.assemble(hot))  # the hot stream comes with 1, the cold one with 0


def bulk(mesh, basis, T, x, first):
    """Mean over the flow at an end x, of the channel that begins at `first`."""
    facets = mesh.facets_satisfying(
        lambda p: np.isclose(p[0], x) & (p[1] > first) & (p[1] < first + 1), boundaries_only=True
    )
    end = basis.boundary(facets)

    @Functional
    def mean(w):
        s = w.x[1] - first
        return 6 * s * (1 - s) * w["T"]

    return mean.assemble(end, T=end.interpolate(T))


def outlet_temperatures(mesh, basis, T):
    return bulk(mesh, basis, T, LENGTH, 0), bulk(mesh, basis, T, 0, 1 + THICKNESS)


def main():
    outlets = []
    for level in range(4):
        mesh, basis, T = solve(level)
        outlets.append(outlet_temperatures(mesh, basis, T))
        print(level, *outlets[-1], flush=True)
    hot, cold = outlets[-1]
    if abs(hot + cold - 1) > 1e-6:
        raise RuntimeError("heat is lost between the streams")
    here = pathlib.Path(__file__).resolve().parent
    with open(here / "exchanger.csv", "w") as out:
        out.write("# Outlets of the counter-flow exchanger, finite elements, by exchanger.py.\n")
        out.write("Pe,kr,length,thickness,hot_out,cold_out,change\n")
        change = abs(cold - outlets[-2][1])
        out.write(f"{PE:g},{KR:g},{LENGTH:g},{THICKNESS:g},{hot:.6f},{cold:.6f},{change:.1e}\n")
    nodes = dict(zip(map(tuple, np.round(basis.doflocs.T, 9)), T))
    with open(here / "temperature.csv", "w") as out:
        out.write("# Temperatures of the counter-flow exchanger, finite elements, by exchanger.py.\n")
        out.write("# Units: x, y in b, T in the difference of the inlets above the cold one.\nx,y,T\n")
        for x, y in grid(0).p.T[::2]:
            out.write(f"{x:.9g},{y:.9g},{nodes[tuple(np.round((x, y), 9))]:.6f}\n")


main()
