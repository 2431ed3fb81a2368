#!/usr/bin/env python3
"""Writes profile.csv and pipe.csv: developed pipe flow of a power-law fluid, exact.

    python3 cases/power_law_pipe/reference/exact.py            # standard library only

A. B. Metzner and J. C. Reed, AIChE J. 1, 1955, 434: the stress is -G x/2 whatever the fluid, and with the law
rate = (stress/K)^(1/n) the velocity is w = U (3 n + 1)/(n + 1) (1 - (x/R)^(1 + 1/n)), U = n/(3 n + 1) R (G R/(2 K))^(1/n).
"""
import math
import pathlib

R, G, K, n = 12e-3, 9e3, 7.2, 0.5
U = n / (3 * n + 1) * R * (G * R / (2 * K)) ** (1 / n)
here = pathlib.Path(__file__).resolve().parent
with open(here / "profile.csv", "w") as out:
    out.write("# Pipe flow of a power-law fluid, n = 1/2, exact, by exact.py.\n")
    out.write("# Units: x in R, w in the mean velocity, tau in G*R/2.\nx,w,tau\n")
    for i in range(51):
        x = i / 50
        out.write(f"{x:.2f},{(3*n + 1)/(n + 1)*(1 - x**(1 + 1/n)):.15g},{-x:.15g}\n")
with open(here / "pipe.csv", "w") as out:
    out.write("# Flow, velocity on the axis against the mean, and stress at the wall, exact, by exact.py.\n")
    out.write("R [mm],G [kPa/m],K [Pa s^(1/2)],flow [mL/s],peak,shear [Pa]\n")
    out.write(f"12,9,7.2,{math.pi*R**2*U*1e6:.15g},{(3*n + 1)/(n + 1):.15g},{G*R/2:.15g}\n")
