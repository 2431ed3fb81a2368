#!/usr/bin/env python3
"""Writes layer.csv: steady convection in a square porous layer heated from below (Darcy-Benard), by Galerkin's method.

    python3 cases/darcy_benard/reference/galerkin.py            # needs numpy

In units of the height, k/(rho cp H) and the temperature difference: lap psi = -Ra dT/dx, u = dpsi/dy, v = -dpsi/dx,
u dT/dx + v dT/dy = lap T; psi = 0 on all walls, T = 1 below, 0 above, no heat through the sides. T = 1 - y + sum b_mn cos(m pi
x) sin(n pi y), psi = sum a_mn sin(m pi x) sin(n pi y). Newton's method on the b_mn; the products are projected on a grid of
Gauss points that integrates them exactly enough. The Nusselt number agrees between 20 and 24 modes each way to 1e-6, and to
0.2 % with Caltagirone, J. Fluid Mech. 72, 1975, 269, doi:10.1017/S0022112075003345: 2.651 at Ra = 100, 3.813 at 200.
"""
import pathlib

import numpy as np


def solve(Ra, modes, start=None):
    x, w = np.polynomial.legendre.leggauss(3 * modes)
    x, w = (x + 1) / 2, w / 2
    m, n = np.arange(modes), np.arange(1, modes + 1)
    cx, sx = np.cos(np.pi * np.outer(x, m)), np.sin(np.pi * np.outer(x, m))
    cy, sy = np.cos(np.pi * np.outer(x, n)), np.sin(np.pi * np.outer(x, n))
    M, N = m[:, None] * np.pi, n[None, :] * np.pi
    square = M**2 + N**2
    norm = np.where(m == 0, 1.0, 2.0)[:, None] * 2.0

    def project(f):
        return norm * ((cx * w[:, None]).T @ f @ (sy * w[:, None]))

    def fields(b):
        a = -Ra * M * b / square
        u, v = sx @ (a * N) @ cy.T, -cx @ (a * M) @ sy.T
        return u, v, -sx @ (b * M) @ sy.T, cx @ (b * N) @ cy.T

    def change(b, db):
        u, v, tx, ty = fields(b)
        du, dv, dtx, dty = fields(db)
        return project(du * tx + u * dtx + dv * (ty - 1) + v * dty) + square * db

    def residual(b):
        u, v, tx, ty = fields(b)
        return project(u * tx + v * (ty - 1)) + square * b

    b = np.zeros((modes, modes))
    if start is None:
        b[1, 0], b[0, 1] = 0.3, -0.1
    else:
        k = start.shape[0]
        b[:k, :k] = start
    for _ in range(60):
        r = residual(b)
        if np.abs(r).max() < 1e-11:
            break
        J = np.empty((modes * modes, modes * modes))
        for i in range(modes * modes):
            e = np.zeros(modes * modes)
            e[i] = 1
            J[:, i] = change(b, e.reshape(modes, modes)).ravel()
        b = b - np.linalg.solve(J, r.ravel()).reshape(modes, modes)
    assert np.abs(residual(b)).max() < 1e-9
    return b, 1 - float((b[0] * n * np.pi).sum())


here = pathlib.Path(__file__).resolve().parent
with open(here / "layer.csv", "w") as out:
    out.write("# Square porous layer heated from below, by galerkin.py: one roll.\nRa,Nu\n")
    for Ra in (60, 100, 200):
        coarse, rough = solve(Ra, 20)
        _, Nu = solve(Ra, 24, coarse)
        assert Nu > 1.1 and abs(rough - Nu) < 1e-6 * Nu
        out.write(f"{Ra},{Nu:.7g}\n")
