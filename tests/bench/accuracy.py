#!/usr/bin/env python3
"""Errors against time for every case of the accuracy table; writes accuracy.md and accuracy-*.svg beside this file.

    python3 tests/bench/accuracy.py                      everything: hours
    python3 tests/bench/accuracy.py --only poisson       one row, three seeds
    python3 tests/bench/accuracy.py --table              the page again from the runs that are there

Each run has its time limit and criteria that it cannot meet, so that it uses all its time; errors come from its
history.csv, where the reference stands beside the training and decides nothing. A row counts only what its own
history.csv holds, and the median over seeds counts a run that failed as infinite.
"""
import argparse
import csv
import json
import math
import pathlib
import platform
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ENDLESS = ["optimizer.steps=1000000000", "criteria.residual=1e-300", "criteria.terms=1e-300"]

# Targets: (what, bound, seconds); a row runs for `seconds`, or for the longest of its targets. `error of X` is the relative L2 error of a field, `quantity X` the relative error of
# a number against its reference; several of them together mean the largest.
ROWS = json.loads((HERE / "accuracy.json").read_text())


def run_folder(row, method, seed):
    return ROOT / "results" / "accuracy" / row["name"] / f"{method or 'default'}-{seed}"


def run(row, method, seed, threads, program):
    folder = run_folder(row, method, seed)
    seconds = row.get("seconds", max(t[2] for t in row["targets"]))
    command = [program, "run", row["case"], f"seed={seed}", f"threads={threads}", f"optimizer.time={seconds}"]
    command += row["overrides"] + ENDLESS + ["--output", str(folder), "--overwrite"]
    if method:
        command.append(f"optimizer.name={method}")
    print(" ".join(command), flush=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{folder}.log", "w") as log:
        subprocess.run(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, check=False)


def curve(row, method, seed, names):
    """(wall seconds, error) at every evaluation; empty where there is no run."""
    folder = run_folder(row, method, seed)
    if not (folder / "history.csv").exists() or not (folder / "report.json").exists():
        return []
    report = json.loads((folder / "report.json").read_text())
    known = {q["name"]: q["reference"] for q in report["quantities"]}
    rungs = 1 + max((o.count(",") + 1 for o in row["overrides"] if o.startswith("ladder.") and "[" in o), default=0)
    points = []
    with open(folder / "history.csv", newline="") as file:
        lines = list(csv.DictReader(file))
        for line in lines:
            # The reference is that of the case itself, which is the last rung.
            if int(line["rung"]) != rungs:
                continue
            wall = float(line["wall [s]"])
            errors = []
            for name in names:
                value = float(line[name] or "nan")
                if name.startswith("quantity "):
                    reference = known[name.removeprefix("quantity ")]
                    value = abs(value - reference) / abs(reference)
                errors.append(value)
            if all(math.isfinite(e) for e in errors):
                points.append((wall, max(errors)))
    return points


def error_at(points, seconds):
    reached = [error for wall, error in points if wall <= seconds]
    return reached[-1] if reached else math.inf


def processor():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


COLOURS = ["#0b6e99", "#c4541a", "#3c7d3c", "#7a4fa3", "#888888"]


def picture(row, names, seeds):
    """Error against time, both logarithmic, as SVG."""
    curves = []
    for number, method in enumerate([None, *row.get("methods", [])]):
        for seed in seeds:
            points = [(max(wall, 1e-2), error) for wall, error in curve(row, method, seed, names) if error > 0]
            if points:
                curves.append((method or "default", COLOURS[number % len(COLOURS)], points))
    if not curves:
        return None
    everything = [p for _, _, points in curves for p in points]
    x0, x1 = (f(math.log10(p[0]) for p in everything) for f in (min, max))
    y0, y1 = math.floor(min(math.log10(p[1]) for p in everything)), math.ceil(max(math.log10(p[1]) for p in everything))
    width, height, left, bottom = 560, 340, 70, 50
    x = lambda wall: left + (math.log10(wall) - x0) / max(x1 - x0, 1e-9) * (width - left - 20)
    y = lambda error: 30 + (y1 - math.log10(error)) / max(y1 - y0, 1e-9) * (height - bottom - 30)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<text x="{left}" y="18">{row["name"]}: {", ".join(names)}</text>',
    ]
    for decade in range(y0, y1 + 1):
        out.append(f'<line x1="{left}" x2="{width - 20}" y1="{y(10.0**decade):.1f}" y2="{y(10.0**decade):.1f}" stroke="#ddd"/>')
        out.append(f'<text x="{left - 8}" y="{y(10.0**decade) + 4:.1f}" text-anchor="end">1e{decade}</text>')
    for decade in range(math.ceil(x0), math.floor(x1) + 1):
        out.append(f'<line x1="{x(10.0**decade):.1f}" x2="{x(10.0**decade):.1f}" y1="30" y2="{height - bottom}" stroke="#ddd"/>')
        out.append(f'<text x="{x(10.0**decade):.1f}" y="{height - bottom + 16}" text-anchor="middle">{10.0**decade:g}</text>')
    out.append(f'<text x="{(left + width) / 2}" y="{height - 12}" text-anchor="middle">wall time [s]</text>')
    for _, colour, points in curves:
        path = " ".join(f"{x(wall):.1f},{y(error):.1f}" for wall, error in points)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.4"/>')
    for number, (name, colour) in enumerate(dict((name, colour) for name, colour, _ in curves).items()):
        out.append(f'<text x="{width - 24}" y="{46 + 16 * number}" text-anchor="end" fill="{colour}">{name}</text>')
    out.append("</svg>\n")
    file = HERE / f"accuracy-{row['name']}.svg"
    file.write_text("\n".join(out))
    return file.name


def table(rows, seeds):
    lines = [
        "# Accuracy against time",
        "",
        f"Made by `python3 tests/bench/accuracy.py` on {processor()}; float64, from random weights, without data,",
        "default optimizer. Each run had one thread and, besides what the command says,",
        f"`seed=N threads=1 optimizer.time=S {' '.join(ENDLESS)}`, so that it goes on when its",
        "criteria hold; S is the last number of the column \"ran\". Errors are those of the last evaluation before the target's",
        "time was up: the relative L2 error of a field, or that of a number; of several numbers the largest. A target longer than",
        "the run was judged at the end of the run. Seconds are wall clock of training and evaluation, without the start of the",
        "program (0.3 s). `tests/bench/chebyshev_cavity.py` is the rival for the cavity: see README.md.",
        "",
        "| case | command | what | target | ran | median | each seed | met |",
        "|---|---|---|---|---|---|---|---|",
    ]
    pictures = []
    for row in rows:
        command = " ".join(["./nusselt run", row["case"], *(f"'{o}'" if " " in o or "[" in o else o for o in row["overrides"])])
        for names, bound, seconds in row["targets"]:
            ran = [s for s in seeds if run_folder(row, None, s).exists()]
            if not ran:
                lines.append(f"| {row['name']} | `{command}` | {', '.join(names)} | {bound:g} in {seconds} s | not run | | | |")
                continue
            ran_for = row.get("seconds", max(t[2] for t in row["targets"]))
            errors = [error_at(curve(row, None, s, names), seconds) for s in ran]
            median = statistics.median(errors)
            each = ", ".join(f"{e:.1e}" for e in errors)
            met = "yes" if median <= bound else "**no**"
            if len(ran) < 3:
                met += f", {len(ran)} of 3 seeds"
            lines.append(f"| {row['name']} | `{command}` | {', '.join(names)} | {bound:g} in {seconds} s | {ran_for:.0f} s | {median:.1e} | {each} | {met} |")
        drawn = picture(row, row["targets"][-1][0], seeds)
        if drawn:
            pictures.append(f"![{row['name']}]({drawn})")
    (HERE / "accuracy.md").write_text("\n".join([*lines, "", *pictures]) + "\n")
    print("\n".join(lines))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="comma-separated names of rows")
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--threads", default="0", help="threads of a run; 0 lets the program choose")
    parser.add_argument("--program", default="./nusselt", help="the launcher, or a built program")
    parser.add_argument("--methods", action="store_true", help="also the other optimizers of the row, first seed")
    parser.add_argument("--table", action="store_true", help="run nothing")
    arguments = parser.parse_args()
    names = [n for n in arguments.only.split(",") if n]
    unknown = set(names) - {row["name"] for row in ROWS}
    if unknown:
        sys.exit(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(row['name'] for row in ROWS)}")
    seeds = [int(s) for s in arguments.seeds.split(",")]
    if not arguments.table:
        for row in ROWS:
            if names and row["name"] not in names:
                continue
            for seed in seeds:
                run(row, None, seed, arguments.threads, arguments.program)
            if arguments.methods:
                for method in row.get("methods", []):
                    run(row, method, seeds[0], arguments.threads, arguments.program)
    table(ROWS, seeds)


if __name__ == "__main__":
    main()
