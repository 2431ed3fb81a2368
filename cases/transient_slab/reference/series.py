#!/usr/bin/env python3
"""Writes temperature.csv and slab.csv: a plate that cools by convection after its heating was switched off, exact series.

    python3 cases/transient_slab/reference/series.py            # standard library only

H. S. Carslaw and J. C. Jaeger, Conduction of Heat in Solids, 1959, sect. 3.11: with the roots of l tan(l) = Bi,
T = sum of 4 sin(l)/(l^2 (2 l + sin(2 l))) cos(l x) exp(-l^2 Fo), of which the start is 1/Bi + (1 - x^2)/2. 600 terms; the smallest
time after the start has Fo = 1.3e-3, where the last of them is zero in double precision.
"""
import math
import pathlib

Bi, Fo = 1.3, 1.2


def root(n):
    low, high = n * math.pi, n * math.pi + math.pi / 2
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return middle
        if middle * math.sin(middle) * (-1) ** n < Bi * math.cos(middle) * (-1) ** n:
            low = middle
        else:
            high = middle


roots = [root(n) for n in range(600)]
parts = [4 * math.sin(l) / (l * l * (2 * l + math.sin(2 * l))) for l in roots]


def T(x, t):
    return sum(c * math.cos(l * x) * math.exp(-l * l * t) for c, l in zip(parts, roots)) if t > 0 else 1 / Bi + (1 - x * x) / 2


here = pathlib.Path(__file__).resolve().parent
with open(here / "temperature.csv", "w") as out:
    out.write("# Temperature of the plate, exact, by series.py; times lie closer after the start.\n")
    out.write("# Units: x in L, Fo_t is the time in L^2/alpha, T in q*L^2/k above T_oil.\nx,Fo_t,T\n")
    for i in range(21):
        for j in range(31):
            t = Fo * (j / 30) ** 2
            out.write(f"{i/20:.2f},{t:.15g},{T(i/20, t):.12g}\n")
with open(here / "slab.csv", "w") as out:
    out.write("# Heat given off, and temperatures in the middle and on the surface at the end, exact, by series.py.\n")
    out.write("Bi,Fo,heat,T_middle,T_surface\n")
    mean = sum(c * math.sin(l) / l * math.exp(-l * l * Fo) for c, l in zip(parts, roots))
    out.write(f"{Bi},{Fo},{1 - mean/(1/Bi + 1/3):.12g},{T(0, Fo):.12g},{T(1, Fo):.12g}\n")
