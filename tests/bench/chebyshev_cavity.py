#!/usr/bin/env python3
"""The honest rival of the heated cavity: Chebyshev collocation and Newton's method, in numpy.

    python3 tests/bench/chebyshev_cavity.py [Ra] [points along a side] [--prandtl Pr]
    python3 tests/bench/chebyshev_cavity.py 1e4 32 --lewis Le --buoyancy N [--field FILE]

Prints wall seconds and the mean Nusselt number of the hot wall; with a Lewis number and the ratio of solutal to thermal
buoyancy also the mean Sherwood number, of a species that is held at 1 on the hot and 0 on the cold wall. `--field`
writes x, y, u, v, T and the species on a grid. Stream function and scalars in units of the side and the thermal
diffusivity; the clamped fourth derivative is that of Trefethen, Spectral Methods in MATLAB (2000), program 38. The
comparison belongs beside every time that a PINN needs for the same case.
"""
import argparse
import time

import numpy as np


def chebyshev(n):
    """Points on [-1, 1], differentiation matrix, quadrature weights (Clenshaw & Curtis)."""
    k = np.arange(n + 1)
    x = np.cos(np.pi * k / n)
    c = np.where((k == 0) | (k == n), 2.0, 1.0) * (-1.0) ** k
    d = np.outer(c, 1 / c) / (x[:, None] - x[None, :] + np.eye(n + 1))
    d -= np.diag(d.sum(axis=1))
    moments = np.array([2 / (1 - j * j) if j % 2 == 0 else 0.0 for j in k])
    weights = np.linalg.solve(np.cos(np.outer(k, np.pi * k / n)), moments)
    return x, d, weights


def clamped(x, d):
    """First to fourth derivatives of a function that vanishes at both ends with its slope, at interior points."""
    powers = [np.linalg.matrix_power(d, k) for k in range(5)]
    w, w1, w2 = np.diag(1 - x**2), np.diag(-2 * x), -2.0
    scale = np.diag(np.append(np.append(0.0, 1 / (1 - x[1:-1] ** 2)), 0.0))

    def derivative(k):
        m = w @ powers[k] + k * w1 @ powers[k - 1]
        if k > 1:
            m = m + k * (k - 1) / 2 * w2 * powers[k - 2]
        return (m @ scale)[1:-1, 1:-1]

    return [derivative(k) for k in range(1, 5)]


def solve(rayleigh, n, prandtl=0.71, scalars=((1.0, 1.0),), start=None):
    """State: the stream function at interior points, then each scalar everywhere, and the mean gradients at the hot wall.

    `scalars`: Lewis number (1 for temperature) and share of the buoyancy of each.
    """
    x, d, weights = chebyshev(n)
    side = 2.0  # [-1, 1] onto [0, 1]
    p1, p2, p3, p4 = (side ** (k + 1) * m for k, m in enumerate(clamped(x, d)))
    t1, t2 = side * d, side**2 * d @ d
    inner = n - 1
    eye_p, eye_t = np.eye(inner), np.eye(n + 1)
    # Axis 0 is x. Stream function at interior points; scalars everywhere.
    px, py = np.kron(p1, eye_p), np.kron(eye_p, p1)
    pxlap = np.kron(p3, eye_p) + np.kron(p1, p2)
    pylap = np.kron(eye_p, p3) + np.kron(p2, p1)
    biharmonic = np.kron(p4, eye_p) + np.kron(eye_p, p4) + 2 * np.kron(p2, p2)
    tx, ty = np.kron(t1, eye_t), np.kron(eye_t, t1)
    tlap = np.kron(t2, eye_t) + np.kron(eye_t, t2)

    grid = np.arange((n + 1) ** 2).reshape(n + 1, n + 1)
    interior = grid[1:-1, 1:-1].ravel()
    hot, cold = grid[-1, :], grid[0, :]  # x = 0 is the last Chebyshev point
    insulated = np.concatenate([grid[1:-1, 0], grid[1:-1, -1]])
    size, nodes = inner * inner, (n + 1) ** 2
    if start is None:
        start = np.concatenate([np.zeros(size)] + [np.repeat((1 - x) / 2, n + 1) for _ in scalars])
    state = start.copy()
    txi, tyi, tlapi = tx[interior], ty[interior], tlap[interior]
    for _ in range(30):
        psi = state[:size]
        u, v = py @ psi, -(px @ psi)
        lx, ly = pxlap @ psi, pylap @ psi
        residual = np.zeros(state.size)
        jacobian = np.zeros((state.size, state.size))
        residual[:size] = u * lx + v * ly - prandtl * (biharmonic @ psi)
        jacobian[:size, :size] = (
            u[:, None] * pxlap + v[:, None] * pylap + lx[:, None] * py - ly[:, None] * px - prandtl * biharmonic
        )
        for k, (lewis, share) in enumerate(scalars):
            at = size + k * nodes
            s = state[at : at + nodes]
            gx, gy = txi @ s, tyi @ s
            residual[:size] += share * rayleigh * prandtl * gx
            residual[at + interior] = u * gx + v * gy - (tlapi @ s) / lewis
            residual[at + hot], residual[at + cold] = s[hot] - 1, s[cold]
            residual[at + insulated] = ty[insulated] @ s
            columns = slice(at, at + nodes)
            jacobian[:size, columns] = share * rayleigh * prandtl * txi
            jacobian[at + interior, :size] = gx[:, None] * py - gy[:, None] * px
            jacobian[at + interior, columns] = u[:, None] * txi + v[:, None] * tyi - tlapi / lewis
            jacobian[at + hot, at + hot] = 1
            jacobian[at + cold, at + cold] = 1
            jacobian[at + insulated, columns] = ty[insulated]
        step = np.linalg.solve(jacobian, residual)
        state -= step
        if np.linalg.norm(step) < 1e-10 * np.linalg.norm(state):
            break
    else:
        raise SystemExit(f"Newton did not converge at Ra = {rayleigh:g}")
    at_hot = [0.5 * weights @ -(tx[hot] @ state[size + k * nodes : size + (k + 1) * nodes]) for k in range(len(scalars))]
    return state, at_hot


def interpolation(x, places):
    """Matrix from values at Chebyshev points to values at `places` in [-1, 1] (barycentric formula)."""
    w = (-1.0) ** np.arange(len(x))
    w[[0, -1]] /= 2
    difference = places[:, None] - x[None, :]
    exact = np.abs(difference) < 1e-14
    m = w / np.where(exact, 1.0, difference)
    m /= m.sum(axis=1, keepdims=True)
    m[exact.any(axis=1)] = exact[exact.any(axis=1)]
    return m


def write_field(path, state, n, scalars, along=21):
    x, d, _ = chebyshev(n)
    inner, nodes = n - 1, (n + 1) ** 2
    w = 1 - x[1:-1] ** 2
    # The basis (1 - x^2) q has its values on the walls and its slope there.
    psi = np.zeros((n + 1, n + 1))
    psi[1:-1, 1:-1] = state[: inner * inner].reshape(inner, inner)
    q = np.zeros_like(psi)
    q[1:-1, 1:-1] = psi[1:-1, 1:-1] / np.outer(w, w)
    full = np.outer(1 - x**2, 1 - x**2) * q
    places = np.linspace(-1, 1, along)
    at = interpolation(x, places)

    def values(f):
        return at @ f @ at.T

    columns = [values(full @ (2 * d).T), values(-(2 * d) @ full)]
    for k in range(len(scalars)):
        first = inner * inner + k * nodes
        columns.append(values(state[first : first + nodes].reshape(n + 1, n + 1)))
    unit = (places + 1) / 2
    with open(path, "w", encoding="utf-8") as file:
        file.write("x,y,u,v,T" + (",C" if len(scalars) > 1 else "") + "\n")
        for i in range(along):
            for j in range(along):
                file.write(",".join(f"{value:.10g}" for value in [unit[i], unit[j]] + [c[i, j] for c in columns]) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rayleigh", nargs="?", type=float, default=1e4)
    parser.add_argument("n", nargs="?", type=int, default=24)
    parser.add_argument("--prandtl", type=float, default=0.71)
    parser.add_argument("--lewis", type=float)
    parser.add_argument("--buoyancy", type=float, default=0.0)
    parser.add_argument("--field")
    given = parser.parse_args()
    scalars = [(1.0, 1.0)] + ([(given.lewis, given.buoyancy)] if given.lewis else [])
    begin = time.perf_counter()
    state, rayleigh = None, min(given.rayleigh, 1e3)
    while True:  # a continuation by factors of ten, as for the network
        state, at_hot = solve(rayleigh, given.n, given.prandtl, scalars, state)
        if rayleigh >= given.rayleigh:
            break
        rayleigh = min(10 * rayleigh, given.rayleigh)
    sherwood = f"  Sh {at_hot[1]:.9f}" if given.lewis else ""
    print(
        f"Ra {given.rayleigh:g}  points {given.n + 1}x{given.n + 1}  Nu {at_hot[0]:.9f}{sherwood}"
        f"  wall {time.perf_counter() - begin:.2f} s"
    )
    if given.field:
        write_field(given.field, state, given.n, scalars)


if __name__ == "__main__":
    main()
