#!/usr/bin/env python3
"""Writes vortex.csv and energy.csv: decay of a Taylor-Green vortex, exact.

    python3 cases/taylor_green/reference/exact.py            # standard library only

G. I. Taylor, Phil. Mag. 46, 1923, 671. In L, U, L/U and rho U^2, with E = exp(-2 pi^2 t/Re):
u = sin(pi x) cos(pi y) E, v = -cos(pi x) sin(pi y) E, p = (cos(2 pi x) + cos(2 pi y))/4 E^2, whose mean is zero at all times.
"""
import math
import pathlib

Re, t_end = 24.0, 1.2
pi = math.pi
here = pathlib.Path(__file__).resolve().parent
with open(here / "vortex.csv", "w") as out:
    out.write("# Taylor-Green vortex, exact, by exact.py.\n# Units: x, y in L, t in L/U, u, v in U, p in rho*U^2.\nx,y,t,u,v,p\n")
    for i in range(11):
        for j in range(11):
            for k in range(7):
                x, y, t = i / 10, j / 10, t_end * k / 6
                E = math.exp(-2 * pi**2 * t / Re)
                u = math.sin(pi * x) * math.cos(pi * y) * E
                v = -math.cos(pi * x) * math.sin(pi * y) * E
                p = (math.cos(2 * pi * x) + math.cos(2 * pi * y)) / 4 * E * E
                out.write(f"{x:.12g},{y:.12g},{t:.12g},{u:.12g},{v:.12g},{p:.12g}\n")
with open(here / "energy.csv", "w") as out:
    r = 4 * pi**2 * t_end / Re
    out.write("# Kinetic energy at t = 1.2 L/U in that of the start, exp(-r), r = 4 pi^2 t/Re; pressure on the side x = 0 above the\n")
    out.write("# mean, over all of time, in rho*U^2: (1 - exp(-r))/(4 r). Exact, by exact.py.\nRe,energy,pressure\n")
    out.write(f"24,{math.exp(-r):.15g},{(1 - math.exp(-r))/(4*r):.15g}\n")
