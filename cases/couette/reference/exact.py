#!/usr/bin/env python3
"""Writes the references of both Couette films, exact: profile.csv, couette.csv, thinning_profile.csv, thinning.csv.

    python3 cases/couette/reference/exact.py            # standard library only

Constant viscosity, x in the film's thickness H, T in T_warm - T_cold above T_cold (H. C. Brinkman, Appl. Sci. Res. A 2, 1951,
120): u = x, T = x + Br/2 x (1 - x), heat into the plates k dT/H (Br/2 + 1) and (Br/2 - 1).
mu = mu_0 exp(-T), plates at T = 0 (R. Nahme, Ingenieur-Archiv 11, 1940, 191): the equation T'' = -Na S^2 exp(T), S the shear
stress in mu_0 U/H, has the solution T = 2 ln(cosh(a/2)/cosh(a (x - 1/2))) with a = 2 asinh(sqrt(Na/8)).
"""
import math
import pathlib

Br, Na = 4.9, 6.4
H, k, dT = 0.25e-3, 0.14, 20.0
here = pathlib.Path(__file__).resolve().parent
with open(here / "profile.csv", "w") as out:
    out.write("# Couette film, exact, by exact.py.\n# Units: x in H, u in U, T in dT above T_cold.\nx,u,T\n")
    for i in range(51):
        x = i / 50
        out.write(f"{x:.2f},{x:.15g},{x + Br/2*x*(1 - x):.15g}\n")
with open(here / "couette.csv", "w") as out:
    out.write("# Heat into the fixed and into the moving plate, exact, by exact.py.\n")
    out.write("Br,H [mm],k [W/(m K)],dT [K],cold [kW/m^2],warm [kW/m^2]\n")
    out.write(f"{Br},0.25,{k},20,{k*dT/H*(Br/2 + 1)/1e3:.15g},{k*dT/H*(Br/2 - 1)/1e3:.15g}\n")
a = 2 * math.asinh(math.sqrt(Na / 8))
with open(here / "thinning_profile.csv", "w") as out:
    out.write("# Couette film of viscosity mu_0 exp(-b (T - T_0)), exact, by exact.py.\n")
    out.write("# Units: x in H, u in U, T in 1/b above T_0.\nx,u,T\n")
    for i in range(51):
        x = i / 50
        u = (1 + math.tanh(a * (x - 0.5)) / math.tanh(a / 2)) / 2
        out.write(f"{x:.2f},{u:.15g},{2*math.log(math.cosh(a/2)/math.cosh(a*(x - 0.5))):.15g}\n")
with open(here / "thinning.csv", "w") as out:
    out.write("# Shear stress in mu_0*U/H: asinh(sqrt(Na/8))/sqrt(Na/8*(1 + Na/8)), exact, by exact.py.\nNa,shear\n")
    out.write(f"{Na},{a*math.sqrt(2/Na)/math.cosh(a/2):.15g}\n")
