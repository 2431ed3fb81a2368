#!/usr/bin/env python3
"""Writes temperature.csv and plate.csv: two modes that decay in a plate with cold edges, exact.

    python3 cases/decaying_modes/reference/exact.py            # standard library only

T = (A1 sin(pi x/a) exp(-r1 t) + A2 sin(2 pi x/a) exp(-r2 t)) sin(pi y/b), r = alpha pi^2 (m^2/a^2 + 1/b^2).
"""
import math
import pathlib

a, b, k, rho, cp, A1, A2 = 0.120, 0.090, 16.2, 8000.0, 500.0, 60.0, 25.0
alpha = k / (rho * cp)
r1 = alpha * math.pi**2 * (1 / a**2 + 1 / b**2)
r2 = alpha * math.pi**2 * (4 / a**2 + 1 / b**2)
t_end = 1.2 / r1
here = pathlib.Path(__file__).resolve().parent
with open(here / "temperature.csv", "w") as out:
    out.write("# Temperature of the plate, exact, by exact.py.\n# Units: x in a, y in b, t in t_end, T in A1 above T_edge.\nx,y,t,T\n")
    for i in range(1, 12):
        for j in range(1, 8):
            for l in range(7):
                x, y, t = i / 12, j / 8, l / 6
                T = math.sin(math.pi * x) * math.exp(-r1 * t_end * t) + A2 / A1 * math.sin(2 * math.pi * x) * math.exp(-r2 * t_end * t)
                out.write(f"{x:.12g},{y:.12g},{t:.12g},{T*math.sin(math.pi*y):.12g}\n")
with open(here / "plate.csv", "w") as out:
    out.write("# Mean temperature at the end above the edges, heat through the left edge over all of time, exact, by exact.py.\n")
    out.write("a [mm],b [mm],A1 [K],A2 [K],T_mean [K],heat_left [kJ/m]\n")
    left = 2 * k * b / a * (A1 * (1 - math.exp(-r1 * t_end)) / r1 + 2 * A2 * (1 - math.exp(-r2 * t_end)) / r2)
    out.write(f"120,90,60,25,{4*A1/math.pi**2*math.exp(-1.2):.15g},{left/1e3:.15g}\n")
