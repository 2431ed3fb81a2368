#!/usr/bin/env python3
"""Writes temperature.csv and ground.csv: a half-space whose surface temperature was changed at t = 0, exact.

    python3 cases/half_space/reference/erfc.py            # standard library only

H. S. Carslaw and J. C. Jaeger, Conduction of Heat in Solids, 1959, sect. 2.5: T falls by dT erfc(x/(2 sqrt(alpha t))), and
k dT/sqrt(pi alpha t) leaves through the surface.
"""
import math
import pathlib

k, rho, cp, dT, day = 0.62, 1650.0, 810.0, 17.0, 86400.0
alpha, t_0, t_1 = k / (rho * cp), 6 * day, 30 * day
here = pathlib.Path(__file__).resolve().parent
with open(here / "temperature.csv", "w") as out:
    out.write("# Fall of temperature in the ground, exact, by erfc.py.\n")
    out.write("# Units: x in 2 sqrt(alpha t_1), t in t_1, T in dT.\nx,t,T\n")
    for i in range(51):
        for j in range(13):
            x, t = i / 10, (6 + 2 * j) / 30
            out.write(f"{x:.2f},{t:.15g},{math.erfc(x/math.sqrt(t)):.12g}\n")
with open(here / "ground.csv", "w") as out:
    out.write("# Heat that leaves from t_0 to t_1; temperature two metres down at t_1 above the surface, exact, by erfc.py.\n")
    out.write("k [W/(m K)],alpha [m^2/s],t_0 [day],t_1 [day],dT [K],heat [MJ/m^2],T_2m [K]\n")
    heat = 2 * k * dT * (math.sqrt(t_1) - math.sqrt(t_0)) / math.sqrt(math.pi * alpha)
    out.write(f"{k},{alpha:.17g},6,30,17,{heat/1e6:.15g},{dT*math.erf(2/math.sqrt(4*alpha*t_1)):.15g}\n")
