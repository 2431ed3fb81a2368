#!/usr/bin/env python3
"""Writes profile.csv and annulus.csv: developed laminar flow between two coaxial cylinders, exact.

    python3 cases/annulus/reference/exact.py            # standard library only

H. Lamb, Hydrodynamics, 1932, art. 331: w = G/(4 mu) (R2^2 - x^2 + (R2^2 - R1^2) ln(x/R2)/ln(R2/R1)).
"""
import math
import pathlib

R1, R2, mu, G = 3e-3, 15e-3, 1.41, 12e3
U = G * (R2 - R1) ** 2 / (12 * mu)
c = (R2**2 - R1**2) / math.log(R2 / R1)


def shear(x):
    """mu dw/dx"""
    return G / 4 * (c / x - 2 * x)


here = pathlib.Path(__file__).resolve().parent
with open(here / "profile.csv", "w") as out:
    out.write("# Velocity in the annulus, exact, by exact.py.\n# Units: x, the radius, in R2, w in G*(R2 - R1)^2/(12*mu).\nx,w\n")
    for i in range(101):
        x = R1 + (R2 - R1) * i / 100
        w = G / (4 * mu) * (R2**2 - x**2 + c * math.log(x / R2)) if 0 < i < 100 else 0
        out.write(f"{x/R2:.15g},{w/U:.15g}\n")
with open(here / "annulus.csv", "w") as out:
    out.write("# Flow, and shear stress on rod and pipe, exact, by exact.py.\n")
    out.write("R1 [mm],R2 [mm],mu [Pa s],G [kPa/m],flow [mL/s],drag_rod [Pa],drag_pipe [Pa]\n")
    flow = math.pi * G / (8 * mu) * (R2**4 - R1**4 - (R2**2 - R1**2) * c)
    out.write(f"3,15,1.41,12,{flow*1e6:.15g},{shear(R1):.15g},{-shear(R2):.15g}\n")
