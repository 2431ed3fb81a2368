#!/usr/bin/env python3
"""Writes temperature.csv and door.csv: a wall that radiates and convects on one side, from one scalar equation.

    python3 cases/radiating_wall/reference/exact.py            # standard library only

The temperature is linear; that of the outer side, T, solves k (T_in - T)/L = epsilon sigma (T^4 - T_hall^4) + h (T - T_hall),
whose left side falls and whose right side rises with T: one root, found by halving the interval until it is empty.
"""
import pathlib

L, k, epsilon, sigma, h, T_in, T_hall = 0.080, 1.9, 0.87, 5.670374419e-8, 6.5, 1250.0, 295.0


def radiated(T):
    return epsilon * sigma * (T**4 - T_hall**4)


low, high = T_hall, T_in
while True:
    T_out = (low + high) / 2
    if T_out in (low, high):
        break
    if k * (T_in - T_out) / L > radiated(T_out) + h * (T_out - T_hall):
        low = T_out
    else:
        high = T_out
heat = k * (T_in - T_out) / L
here = pathlib.Path(__file__).resolve().parent
with open(here / "temperature.csv", "w") as out:
    out.write("# Temperature of the door, exact, by exact.py.\n# Units: x in L, T in T_in - T_hall above T_hall.\nx,T\n")
    for i in range(51):
        out.write(f"{i/50:.2f},{(T_in + (T_out - T_in)*i/50 - T_hall)/(T_in - T_hall):.15g}\n")
with open(here / "door.csv", "w") as out:
    out.write("# Outer side above the hall, heat through the door, radiated share of it, exact, by exact.py.\n")
    out.write("L [mm],k [W/(m K)],epsilon,h [W/(m^2 K)],T_in [K],T_hall [K],T_out [K],heat [W/m^2],radiated\n")
    out.write(f"80,1.9,0.87,6.5,1250,295,{T_out - T_hall:.15g},{heat:.15g},{radiated(T_out)/heat:.15g}\n")
