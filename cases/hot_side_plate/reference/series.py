#!/usr/bin/env python3
"""Writes temperature.csv, away.csv and plate.csv: a square plate with one hot side, exact series.

    python3 cases/hot_side_plate/reference/series.py            # standard library only

H. S. Carslaw and J. C. Jaeger, Conduction of Heat in Solids, 1959, sect. 5.3: T = sum over odd n of
4/(n pi) sin(n pi x) sinh(n pi y)/sinh(n pi). Terms fall as exp(-n pi (1 - y)); the sum ends below 1e-18, and on the hot side
itself T is 1.
"""
import math
import pathlib


def T(x, y):
    if y == 1:
        return 1.0
    total, n = 0.0, 1
    while True:
        fall = math.exp(-n * math.pi * (1 - y))
        ratio = fall * (1 - math.exp(-2 * n * math.pi * y)) / (1 - math.exp(-2 * n * math.pi))
        total += 4 / (n * math.pi) * math.sin(n * math.pi * x) * ratio
        if fall < 1e-18:
            return total
        n += 2


here = pathlib.Path(__file__).resolve().parent
even = [(i / 20, j / 20) for i in range(1, 20) for j in range(1, 21)]
corner = [(r * math.sin(q), 1 - r * math.cos(q)) for r in (0.002, 0.005, 0.01, 0.02, 0.04) for q in (0.2, 0.6, 1.0, 1.4)]
near = corner + [(1 - x, y) for x, y in corner]
with open(here / "temperature.csv", "w") as out:
    out.write("# Plate with one hot side, exact, by series.py: an even grid, and points down to 0.002 L from both corners.\n")
    out.write("# Units: x, y in L, T in dT above T_cold.\nx,y,T\n")
    for x, y in even + near:
        out.write(f"{x:.15g},{y:.15g},{T(x, y):.12g}\n")
with open(here / "away.csv", "w") as out:
    out.write("# Plate with one hot side, exact, by series.py: points of an even grid at least 0.1 L from both corners.\n")
    out.write("# Units: x, y in L, T in dT above T_cold.\nx,y,T\n")
    for x, y in even:
        if min(math.hypot(x, 1 - y), math.hypot(1 - x, 1 - y)) > 0.0999:
            out.write(f"{x:.15g},{y:.15g},{T(x, y):.12g}\n")
with open(here / "plate.csv", "w") as out:
    out.write("# Temperature in the centre and mean (both 1/4), heat through the bottom, exact, by series.py.\n")
    out.write("k [W/(m K)],dT [K],T_centre,T_mean,heat_bottom [W/m]\n")
    heat = 45 * 150 * sum(8 / (n * math.pi * math.sinh(n * math.pi)) for n in range(1, 60, 2))
    out.write(f"45,150,0.25,0.25,{heat:.15g}\n")
