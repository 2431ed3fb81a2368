#!/usr/bin/env python3
"""Writes profile.csv and channel.csv: the mixing-length channel by quadrature.

    python3 cases/turbulent_channel/reference/quadrature.py            # standard library only

In units of half the gap and the friction velocity the stress is 1 - x, so (1/Re + l^2 u') u' = 1 - x is a quadratic equation
for the slope u'. Its root is integrated with the rule of Gauss and Legendre of ten points in cells that grow from the wall
and shrink again to the middle, where the slope has a thin layer of its own; twice as many cells change the profile by less
than 1e-13.
"""
import math
import pathlib

Re, A = 395.0, 26.0
nodes = [0.1488743389816312, 0.4333953941292472, 0.6794095682990244, 0.8650633666889845, 0.9739065285171717]
weights = [0.2955242247147529, 0.2692667193099963, 0.2190863625159820, 0.1494513491505806, 0.0666713443086881]
rule = [(s * n, w) for n, w in zip(nodes, weights) for s in (-1, 1)]


def slope(x):
    s = (1 - x) ** 2
    length = (0.14 - 0.08 * s - 0.06 * s * s) * (1 - math.exp(-x * Re / A))
    force = 1 - x
    return 2 * force / (1 / Re + math.sqrt(1 / Re**2 + 4 * length**2 * force))


def integral(f, a, b):
    return sum(w * f((a + b) / 2 + n * (b - a) / 2) for n, w in rule) * (b - a) / 2


def profile(cells):
    """Velocity at the ends of the cells, and the mean of it."""
    ends = [(1 - math.cos(math.pi * i / cells)) / 2 for i in range(cells + 1)]
    u, mean = [0.0], 0.0
    for a, b in zip(ends, ends[1:]):
        # By parts: the integral of u over a cell from that of its slope.
        mean += u[-1] * (b - a) + integral(lambda x: slope(x) * (b - x), a, b)
        u.append(u[-1] + integral(slope, a, b))
    return ends, u, mean


ends, u, mean = profile(800)
_, finer, finer_mean = profile(1600)
assert max(abs(a - b) for a, b in zip(u, finer[::2])) < 1e-11 and abs(mean - finer_mean) < 1e-11
here = pathlib.Path(__file__).resolve().parent
with open(here / "profile.csv", "w") as out:
    out.write("# Mixing-length channel at Re_tau = 395, by quadrature.py.\n# Units: x in h, u in u_tau.\nx,u\n")
    for i in range(0, 801, 8):
        out.write(f"{ends[i]:.12g},{u[i]:.12g}\n")
with open(here / "channel.csv", "w") as out:
    out.write("# Mixing-length channel, by quadrature.py: velocities in u_tau, friction in rho*bulk^2/2.\n")
    out.write("Re_tau,A_plus,bulk,middle,friction\n")
    out.write(f"{Re:g},{A:g},{mean:.12g},{u[-1]:.12g},{2 / mean**2:.12g}\n")
    dean = math.sqrt(2 / 0.073 * (2 * Re * mean) ** 0.25)
    print(f"bulk {mean:.5f}, Dean's correlation {dean:.3f}, middle {u[-1]:.5f}")
