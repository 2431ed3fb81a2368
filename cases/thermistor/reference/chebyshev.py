#!/usr/bin/env python3
"""Reference for the thermistor: Chebyshev collocation and Newton's method for potential and temperature.

    python3 cases/thermistor/reference/chebyshev.py [points along a side]

Writes thermistor.csv and quantities.csv beside itself. In units of the side L, the voltage V and the temperature
1/alpha above that of the electrodes: s = 1/(1 + t), Jo = sigma_0 V^2 alpha/k, Bi = h L/k on the upper side. Without cooling
the largest temperature is known exactly, whatever the shape (F. Kohlrausch, Ann. Phys. 306, 1900, 132,
doi:10.1002/andp.18993060107): t + t^2/2 = Jo/8; the script refuses to write unless it finds that.
"""
import pathlib
import sys

import numpy as np

JOULE = 2.24  # sigma_0 V^2 alpha/k
BIOT = 2.0


def chebyshev(n):
    """Points on [0, 1], differentiation matrix, quadrature weights (Clenshaw & Curtis)."""
    k = np.arange(n + 1)
    x = np.cos(np.pi * k / n)
    c = np.where((k == 0) | (k == n), 2.0, 1.0) * (-1.0) ** k
    d = np.outer(c, 1 / c) / (x[:, None] - x[None, :] + np.eye(n + 1))
    d -= np.diag(d.sum(axis=1))
    moments = np.array([2 / (1 - j * j) if j % 2 == 0 else 0.0 for j in k])
    weights = np.linalg.solve(np.cos(np.outer(k, np.pi * k / n)), moments)
    return (x + 1) / 2, 2 * d, weights / 2


def solve(n, biot):
    x, d, weights = chebyshev(n)
    eye = np.eye(n + 1)
    dx, dy = np.kron(d, eye), np.kron(eye, d)  # axis 0 is x
    lap = dx @ dx + dy @ dy
    nodes = (n + 1) ** 2
    grid = np.arange(nodes).reshape(n + 1, n + 1)
    right, left = grid[0, :], grid[-1, :]
    top, bottom = grid[1:-1, 0], grid[1:-1, -1]
    p, t = np.repeat(x, n + 1), np.zeros(nodes)
    for _ in range(50):
        s, s1, s2 = 1 / (1 + t), -1 / (1 + t) ** 2, 2 / (1 + t) ** 3
        px, py, tx, ty, lp = dx @ p, dy @ p, dx @ t, dy @ t, lap @ p
        gradients, square = px * tx + py * ty, px**2 + py**2
        charge = s * lp + s1 * gradients
        energy = lap @ t + JOULE * s * square
        cc = s[:, None] * lap + (s1 * tx)[:, None] * dx + (s1 * ty)[:, None] * dy
        ct = np.diag(s1 * lp + s2 * gradients) + (s1 * px)[:, None] * dx + (s1 * py)[:, None] * dy
        ec = 2 * JOULE * s[:, None] * (px[:, None] * dx + py[:, None] * dy)
        et = lap + np.diag(JOULE * s1 * square)
        for side, value in ((left, 0.0), (right, 1.0)):
            charge[side], energy[side] = p[side] - value, t[side]
            cc[side], ct[side], ec[side], et[side] = np.eye(nodes)[side], 0, 0, np.eye(nodes)[side]
        for side, b in ((top, biot), (bottom, 0.0)):
            charge[side], energy[side] = py[side], ty[side] + b * t[side]
            cc[side], ct[side], ec[side], et[side] = dy[side], 0, 0, dy[side] + b * np.eye(nodes)[side]
        step = np.linalg.solve(np.block([[cc, ct], [ec, et]]), np.concatenate([charge, energy]))
        p, t = p - step[:nodes], t - step[nodes:]
        if np.abs(step).max() < 1e-12:
            break
    else:
        raise SystemExit("Newton's method did not converge")
    shape = (n + 1, n + 1)
    p, t = p.reshape(shape), t.reshape(shape)
    current = weights @ ((d @ p) / (1 + t))[-1]
    return x, p, t, current


def interpolation(x, places):
    """Matrix from values at Chebyshev points to values at `places` (barycentric formula)."""
    w = (-1.0) ** np.arange(len(x))
    w[[0, -1]] /= 2
    difference = places[:, None] - x[None, :]
    exact = np.abs(difference) < 1e-14
    m = w / np.where(exact, 1.0, difference)
    m /= m.sum(axis=1, keepdims=True)
    m[exact.any(axis=1)] = exact[exact.any(axis=1)]
    return m


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 28
    exact = np.sqrt(1 + JOULE / 4) - 1
    _, _, t, _ = solve(n, 0.0)
    if abs(t.max() - exact) > 1e-9:
        raise SystemExit(f"without cooling the hottest point is {t.max():.12g}, it should be {exact:.12g}")
    x, p, t, current = solve(n, BIOT)
    _, _, coarse, coarse_current = solve(n - 6, BIOT)
    finest = np.linspace(0, 1, 2001)
    hottest = (interpolation(x, np.array([0.5])) @ t).ravel()
    hottest_on_line = (interpolation(x, finest) @ hottest).max()
    print(f"hottest point on x = L/2: {hottest_on_line:.10f}, current {current:.10f}")
    print(f"with {n - 6}: current differs by {abs(current - coarse_current):.1e}")
    folder = pathlib.Path(__file__).parent
    with open(folder / "quantities.csv", "w", encoding="utf-8") as file:
        file.write("Jo,Bi,theta_max,current\n")
        file.write(f"{JOULE},{BIOT},{hottest_on_line:.10f},{current:.10f}\n")
        no_cooling = solve(n, 0.0)[3]
        file.write(f"{JOULE},0,{exact:.12f},{no_cooling:.10f}\n")
    places = np.linspace(0, 1, 21)
    at = interpolation(x, places)
    fine_p, fine_t = at @ p @ at.T, at @ t @ at.T
    with open(folder / "thermistor.csv", "w", encoding="utf-8") as file:
        file.write("x,y,phi,theta\n")
        for i, a in enumerate(places):
            for j, b in enumerate(places):
                file.write(f"{a:.2f},{b:.2f},{fine_p[i, j]:.10f},{fine_t[i, j]:.10f}\n")


if __name__ == "__main__":
    main()
