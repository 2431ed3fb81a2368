#!/usr/bin/env python3
"""Writes profile.csv and channel.csv: plane Poiseuille flow, u = 6 U y (H - y)/H^2, p = dp (1 - x/L), exact.

    python3 cases/poiseuille/reference/exact.py            # standard library only
"""
import pathlib

H, L, mu, dp = 4e-3, 10e-3, 62e-3, 250.0
U = dp * H**2 / (12 * mu * L)
here = pathlib.Path(__file__).resolve().parent
with open(here / "profile.csv", "w") as out:
    out.write("# Channel flow, exact, by exact.py.\n# Units: x in L, y in H, u in the mean velocity, p in dp.\nx,y,u,p\n")
    for i in range(11):
        for j in range(21):
            x, y = i / 10, j / 20
            out.write(f"{x:.2f},{y:.2f},{6*y*(1 - y):.15g},{1 - x:.15g}\n")
with open(here / "channel.csv", "w") as out:
    out.write("# Flow per width, shear stress on a plate dp H/(2 L), and f Re = 96, exact, by exact.py.\n")
    out.write("H [mm],L [mm],mu [mPa s],dp [Pa],flow [L/(s m)],shear [Pa],fRe\n")
    out.write(f"4,10,62,250,{U*H*1e3:.15g},{dp*H/(2*L):.15g},96\n")
