#!/usr/bin/env python3
"""Writes temperature.csv and quantities.csv: the exact temperature of a straight fin that loses heat at sides and tip.

    python3 cases/fin/reference/exact.py            # standard library only

D. R. Harper and W. B. Brown, NACA Report 158, 1922. With m^2 = h P/(k A) and b = h/(m k),
(T - T_air)/(T_base - T_air) = (cosh m(L - x) + b sinh m(L - x))/(cosh mL + b sinh mL).
"""
import math
import pathlib

L, A, P, k, h, T_base, T_air = 60e-3, 1e-4, 85e-3, 167.0, 65.0, 85.0, 25.0
m = math.sqrt(h * P / (k * A))
b = h / (m * k)
foot = math.cosh(m * L) + b * math.sinh(m * L)


def theta(x):
    return (math.cosh(m * (L - x)) + b * math.sinh(m * (L - x))) / foot


here = pathlib.Path(__file__).resolve().parent
with open(here / "temperature.csv", "w") as out:
    out.write("# Temperature of the fin, exact, by exact.py.\n# Units: x in L, T in T_base - T_air above T_air.\nx,T\n")
    for i in range(101):
        out.write(f"{i/100:.2f},{theta(i/100*L):.15g}\n")
heat = k * A * m * (T_base - T_air) * (math.sinh(m * L) + b * math.cosh(m * L)) / foot
with open(here / "quantities.csv", "w") as out:
    out.write("# Heat into the base, fin efficiency and temperature of the tip above the air, exact, by exact.py.\n")
    out.write("L [mm],A [cm^2],P [mm],k [W/(m K)],h [W/(m^2 K)],T_base [degC],T_air [degC],heat [W],efficiency,T_tip [K]\n")
    out.write(f"60,1,85,167,65,85,25,{heat:.15g},{heat/(h*(P*L + A)*(T_base - T_air)):.15g},{(T_base - T_air)*theta(L):.15g}\n")
