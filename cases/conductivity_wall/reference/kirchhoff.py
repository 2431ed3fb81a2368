#!/usr/bin/env python3
"""Writes temperature.csv and heat_flux.csv: conduction through a wall with k = k0 (1 + b (T - T0)), exact.

    python3 cases/conductivity_wall/reference/kirchhoff.py            # standard library only

Kirchhoff's transform (Vorlesungen ueber die Theorie der Waerme, 1894): F(T) = s + b s^2/2 with s = T - T0 has
k grad(T) = k0 grad(F), so that F is linear in x, and s follows from a quadratic equation.
"""
import math
import pathlib

L, k0, b, T0, T_hot, T_cold = 0.150, 0.13, 2.2e-3, 300.0, 1150.0, 340.0


def transform(T):
    return (T - T0) + b * (T - T0) ** 2 / 2


here = pathlib.Path(__file__).resolve().parent
with open(here / "temperature.csv", "w") as out:
    out.write("# Temperature of the wall, exact, by kirchhoff.py.\n# Units: x in L, T in T_hot - T_cold above T_cold.\nx,T\n")
    for i in range(101):
        F = transform(T_hot) + (transform(T_cold) - transform(T_hot)) * i / 100
        T = T0 + 2 * F / (1 + math.sqrt(1 + 2 * b * F))
        out.write(f"{i/100:.2f},{(T - T_cold)/(T_hot - T_cold):.15g}\n")
with open(here / "heat_flux.csv", "w") as out:
    out.write("# Heat flux k0 (F(T_hot) - F(T_cold))/L, exact, by kirchhoff.py.\n")
    out.write("L [mm],k0 [W/(m K)],b [1/K],T0 [K],T_hot [K],T_cold [K],flux [W/m^2]\n")
    out.write(f"150,0.13,2.2e-3,300,1150,340,{k0*(transform(T_hot) - transform(T_cold))/L:.15g}\n")
