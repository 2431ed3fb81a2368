#!/usr/bin/env python3
"""The honest rival of the heated cavity: Chebyshev collocation and Newton's method, in numpy.

    python3 tests/bench/chebyshev_cavity.py [Ra] [points along a side]

Prints wall seconds and the mean Nusselt number of the hot wall. Stream function and temperature in units of the side
and the thermal diffusivity; the clamped fourth derivative is that of Trefethen, Spectral Methods in MATLAB (2000),
program 38. The comparison belongs beside every time that a PINN needs for the same case.
"""
import sys
import time

import numpy as np

PRANDTL = 0.71


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


def solve(rayleigh, n, start=None):
    x, d, weights = chebyshev(n)
    side = 2.0  # [-1, 1] onto [0, 1]
    p1, p2, p3, p4 = (side ** (k + 1) * m for k, m in enumerate(clamped(x, d)))
    t1, t2 = side * d, side**2 * d @ d
    inner = n - 1
    eye_p, eye_t = np.eye(inner), np.eye(n + 1)
    # Axis 0 is x. Stream function at interior points; temperature everywhere.
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
    size = inner * inner
    if start is None:
        start = np.concatenate([np.zeros(size), np.repeat((1 - x) / 2, n + 1)])
    state = start.copy()
    txi, tyi = tx[interior], ty[interior]
    for _ in range(30):
        psi, t = state[:size], state[size:]
        u, v = py @ psi, -(px @ psi)
        lx, ly = pxlap @ psi, pylap @ psi
        gx, gy = txi @ t, tyi @ t
        momentum = u * lx + v * ly - PRANDTL * (biharmonic @ psi) + rayleigh * PRANDTL * gx
        energy = np.zeros((n + 1) ** 2)
        energy[interior] = u * gx + v * gy - tlap[interior] @ t
        energy[hot], energy[cold] = t[hot] - 1, t[cold]
        energy[insulated] = ty[insulated] @ t
        jacobian = np.zeros((state.size, state.size))
        jacobian[:size, :size] = (
            u[:, None] * pxlap + v[:, None] * pylap + lx[:, None] * py - ly[:, None] * px - PRANDTL * biharmonic
        )
        jacobian[:size, size:] = rayleigh * PRANDTL * txi
        jacobian[size + interior, :size] = gx[:, None] * py - gy[:, None] * px
        jacobian[size + interior, size:] = u[:, None] * txi + v[:, None] * tyi - tlap[interior]
        jacobian[size + hot, size + hot] = 1
        jacobian[size + cold, size + cold] = 1
        jacobian[np.ix_(size + insulated, size + grid.ravel())] = ty[insulated]
        step = np.linalg.solve(jacobian, np.concatenate([momentum, energy]))
        state -= step
        if np.linalg.norm(step) < 1e-10 * np.linalg.norm(state):
            break
    else:
        raise SystemExit(f"Newton did not converge at Ra = {rayleigh:g}")
    nusselt = 0.5 * weights @ -(tx[hot] @ state[size:])
    return state, nusselt


def main():
    rayleigh = float(sys.argv[1]) if len(sys.argv) > 1 else 1e4
    n = int(sys.argv[2]) if len(sys.argv) > 2 else 24
    begin = time.perf_counter()
    state, ra = None, min(rayleigh, 1e3)
    while True:  # a continuation by factors of ten, as for the network
        state, nusselt = solve(ra, n, state)
        if ra >= rayleigh:
            break
        ra = min(10 * ra, rayleigh)
    print(f"Ra {rayleigh:g}  points {n + 1}x{n + 1}  Nu {nusselt:.6f}  wall {time.perf_counter() - begin:.2f} s")


if __name__ == "__main__":
    main()
