#!/usr/bin/env python3
"""Readings of ten thermocouples along a heated rod: the exact temperature and Gaussian noise.

    make_data.py [--noise-seed N | --without-noise] [--case known_flux|known_temperature] FILE

Exact, with m^2 = h P/(k A) and b = h/(m k) (D. R. Harper & W. B. Brown, NACA Report 158, 1922):
    T = T_air + S (cosh m(L - x) + b sinh m(L - x)),
    S = q/(k m (sinh mL + b cosh mL)) where the heat flux q into the base is known,
    S = (T_base - T_air)/(cosh mL + b sinh mL) where the temperature of the base is.
The noise is that of Python's random.Random(N).gauss, N = 1 in the committed files.
"""
import argparse
import math
import random

k, h = 15.1, 32.0                                  # the truth: W/(m K), W/(m^2 K)
length, diameter, air, base, flux = 0.1, 0.01, 20.0, 70.0, 20e3
noise = 0.2                                        # K
positions = [0.005 + 0.01 * i for i in range(10)]  # m


def temperature(x, case):
    m = math.sqrt(4 * h / (k * diameter))
    b = h / (m * k)
    shape = math.cosh(m * (length - x)) + b * math.sinh(m * (length - x))
    if case == "known_flux":
        return air + flux / (k * m) * shape / (math.sinh(m * length) + b * math.cosh(m * length))
    return air + (base - air) * shape / (math.cosh(m * length) + b * math.sinh(m * length))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--noise-seed", type=int, default=1)
    parser.add_argument("--without-noise", action="store_true")
    parser.add_argument("--case", choices=["known_flux", "known_temperature"], default="known_flux")
    parser.add_argument("file")
    given = parser.parse_args()
    draw = random.Random(given.noise_seed)
    size = 0 if given.without_noise else 1
    made_with = "--without-noise" if given.without_noise else f"--noise-seed {given.noise_seed}"
    with open(given.file, "w") as out:
        out.write(f"# made by make_data.py --case {given.case} {made_with}\nx [m],T [degC]\n")
        for x in positions:
            out.write(f"{x:.3f},{temperature(x, given.case) + size * draw.gauss(0, noise):.6f}\n")


main()
