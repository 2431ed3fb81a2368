#!/usr/bin/env python3
"""Readings of sixteen thermocouples below the heated face of a block: the exact temperature and Gaussian noise.

    make_data.py [--noise-seed N | --without-noise] FILE
    make_data.py --truth                            the cosine coefficients of the flux, W/m^2

The flux is a spot, q = 2 kW/m^2 + 20 kW/m^2 exp(-((y - 0.4 H)/(0.3 H))^2): no finite sum of cosines. Its coefficients
q_n are taken by the midpoint rule, and each mode of the temperature is exact, with m = n pi/H:
    T = T_w + q_0 (L - x)/k + sum of q_n/(k m) sinh(m (L - x))/cosh(m L) cos(m y)      (60 modes).
The noise is that of Python's random.Random(N).gauss, N = 1 in the committed file.
"""
import argparse
import math
import random

length, height, k, wall = 0.05, 0.1, 15.0, 20.0    # m, m, W/(m K), degC
noise, depth, count = 0.1, 0.01, 16                 # K, m below the face, thermocouples
modes, nodes = 60, 4000


def flux(y):
    return 2e3 + 20e3 * math.exp(-(((y - 0.4 * height) / (0.3 * height)) ** 2))


def coefficient(n):
    places = [height * (i + 0.5) / nodes for i in range(nodes)]
    return (1 if n == 0 else 2) * sum(flux(y) * math.cos(n * math.pi * y / height) for y in places) / nodes


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--noise-seed", type=int, default=1)
    parser.add_argument("--without-noise", action="store_true")
    parser.add_argument("--truth", action="store_true")
    parser.add_argument("file", nargs="?")
    given = parser.parse_args()
    q = [coefficient(n) for n in range(modes + 1)]
    if given.truth:
        print("\n".join(f"q{n} {value:.2f}" for n, value in enumerate(q[:9])))
    if given.file is None:
        return

    def temperature(x, y):
        total = wall + q[0] * (length - x) / k
        for n in range(1, modes + 1):
            m = n * math.pi / height
            total += q[n] / (k * m) * math.sinh(m * (length - x)) / math.cosh(m * length) * math.cos(m * y)
        return total

    draw = random.Random(given.noise_seed)
    size = 0 if given.without_noise else 1
    made_with = "--without-noise" if given.without_noise else f"--noise-seed {given.noise_seed}"
    with open(given.file, "w", encoding="utf-8") as out:
        out.write(f"# made by make_data.py {made_with}\nx [m],y [m],T [degC]\n")
        for i in range(count):
            y = height * (i + 0.5) / count
            out.write(f"{depth:.3f},{y:.6f},{temperature(depth, y) + size * draw.gauss(0, noise):.6f}\n")


main()
