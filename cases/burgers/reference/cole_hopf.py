"""Writes burgers.csv and energy.csv: the exact solution of the viscous Burgers equation with u(x, 0) = -sin(pi x), u(-1) = u(1) = 0.

Cole (Quart. Appl. Math. 9, 1951, 225) and Hopf (Comm. Pure Appl. Math. 3, 1950, 201) reduce the equation to that of
heat, which leaves two integrals over the whole line with the weight f(y) exp(-(x - y)^2/(4 nu t)),
f(y) = exp(-cos(pi y)/(2 pi nu)):  u = -integral of sin(pi y) * weight / integral of weight.
The weight is analytic and falls like a Gaussian, so the trapezoidal rule converges geometrically (Trefethen & Weideman,
SIAM Rev. 56, 2014, 385). The program refuses to write unless two step sizes agree to 1e-12 at every point.

    python3 cole_hopf.py            # standard library only; some seconds
"""
import math
import pathlib

NU = 0.01 / math.pi
POINTS = 4000


def solution(x, t, steps):
    # f varies by exp(100); at 12.5 widths the Gaussian has fallen by exp(156).
    reach = 12.5 * math.sqrt(4 * NU * t)
    h = 2 * reach / steps
    exponents, sines = [], []
    for i in range(steps + 1):
        y = x - reach + i * h
        exponents.append(-math.cos(math.pi * y) / (2 * math.pi * NU) - (x - y) ** 2 / (4 * NU * t))
        sines.append(math.sin(math.pi * y))
    largest = max(exponents)
    weights = [math.exp(e - largest) for e in exponents]
    return -math.fsum(w * s for w, s in zip(weights, sines)) / math.fsum(weights)


def main():
    # Additive recurrence of the plastic number: scattered evenly, so that the mean over the points is that over the
    # domain, fronts included.
    plastic = 1.324717957244746
    worst = 0.0
    rows = []
    for n in range(POINTS):
        x = round(2 * ((0.5 + n / plastic) % 1) - 1, 6)
        t = round((0.5 + n / plastic**2) % 1, 6)
        u = solution(x, t, 400) if t > 0 else -math.sin(math.pi * x)
        if t > 0:
            worst = max(worst, abs(u - solution(x, t, 560)))
        rows.append(f"{x:g},{t:g},{u:.14g}")
    if worst > 1e-12:
        raise SystemExit(f"two step sizes differ by {worst:.1e}")
    print(f"two step sizes differ by {worst:.1e} at most")
    head = [
        "# Viscous Burgers equation, nu = 0.01/pi: exact solution by cole_hopf.py, two step sizes agree to 1e-12.",
        "# Units: x in L, t in L/U, u in U. Points scattered evenly over the domain.",
        "x,t,u",
    ]
    folder = pathlib.Path(__file__).parent
    (folder / "burgers.csv").write_text("\n".join(head + rows) + "\n")

    # u is odd and periodic in x, so the mean of u^2 over equispaced points converges geometrically, too.
    def energy(cells):
        return 2 * math.fsum(solution(i / cells, 1.0, 400) ** 2 for i in range(1, cells)) / (2 * cells)

    if abs(energy(1024) - energy(1536)) > 1e-12:
        raise SystemExit("the mean of u^2 is not resolved")
    (folder / "energy.csv").write_text(
        "# Mean of u^2 at t = L/U in U^2, nu in U*L, by cole_hopf.py. At the start it is 0.5.\n"
        f"nu,energy\n{NU:.15g},{energy(1536):.14g}\n"
    )


main()
