#!/usr/bin/env python3
"""Velocity and temperature of air at eight points between porous walls: the exact fields and Gaussian noise.

    make_data.py [--noise-seed N | --without-noise] FILE

Exact, with nu = mu/rho and x across the channel, V the speed through the walls and G the pressure gradient:
    u = G/(rho V) (x - H (e^(V x/nu) - 1)/(e^(V H/nu) - 1)),
    T = T_0 + (T_1 - T_0) (e^(V x/a) - 1)/(e^(V H/a) - 1).
The noise is that of Python's random.Random(N).gauss, N = 1 in the committed file.
"""
import argparse
import math
import random

mu, a = 1.82e-5, 2.14e-5                            # the truth: Pa s, m^2/s
rho, speed, gradient, height, cold, hot = 1.2, 5e-3, 0.01, 0.02, 20.0, 40.0
noise_u, noise_t = 3e-4, 0.2                        # m/s, K
positions = [0.0022 * (i + 1) for i in range(8)]    # m


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--noise-seed", type=int, default=1)
    parser.add_argument("--without-noise", action="store_true")
    parser.add_argument("file")
    given = parser.parse_args()
    draw = random.Random(given.noise_seed)
    size = 0 if given.without_noise else 1
    made_with = "--without-noise" if given.without_noise else f"--noise-seed {given.noise_seed}"
    with open(given.file, "w") as out:
        out.write(f"# made by make_data.py {made_with}\nx [m],u [m/s],T [degC]\n")
        for x in positions:
            layer = lambda D: math.expm1(speed * x / D) / math.expm1(speed * height / D)
            u = gradient / (rho * speed) * (x - height * layer(mu / rho))
            t = cold + (hot - cold) * layer(a)
            out.write(f"{x:.4f},{u + size * draw.gauss(0, noise_u):.8f},{t + size * draw.gauss(0, noise_t):.6f}\n")


main()
