#!/usr/bin/env python3
"""The inverse cases over forty draws of the noise, fixed beforehand: seeds 1 to 40 of each case's make_data.py.

    python3 tests/bench/inverse.py --nusselt build/system/nusselt --work FOLDER [--draws 40] [--only CASE]
                                   [--machine TEXT] [KEY=VALUE ...]

Per parameter: in how many draws the 95 % interval covers the truth (at least 34 of 40 are asked for), and the mean
standard error beside the scatter of the estimates (within 25 % is asked for). A run without noise shows what the solver
adds: how far its estimate is from the truth, in standard errors. Writes draws.csv into the folder of the case and
prints the table of the READMEs; a run that did not end as converged stays in both and is counted.
"""
import argparse
import csv
import json
import math
import pathlib
import resource
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
CASES = {  # what is sought and its truth, the readings
    "inverse_conduction": ({"k": 15.1, "h": 32.0}, "thermocouples.csv"),
    "inverse_flow": ({"mu": 1.82e-5, "a": 2.14e-5}, "probes.csv"),
}


def run(arguments, case, noise):
    folder = arguments.work / case
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "cases" / case, folder / "case")
    subprocess.run(["python3", folder / "case/make_data.py", *noise, folder / "case" / CASES[case][1]], check=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run([arguments.nusselt, "run", folder / "case", "--output", folder / "run", "threads=1",
                    *arguments.override], stdout=subprocess.DEVNULL, check=False)
    spent = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    report = json.loads((folder / "run/report.json").read_text())
    shutil.rmtree(folder)
    result = {"status": report["status"], "steps": report["steps"], "cpu_s": round(spent, 2),
              "shift": f"{report['estimates']['shift']:.2g}"}
    for one in report["estimates"]["constants"]:
        error = one["standard_error"]
        result[one["name"]] = one["value"]
        result[one["name"] + " error"] = math.inf if error is None else error
    return result


def line(case, name, truth, rows, exact):
    values = [row[name] for row in rows]
    errors = [row[name + " error"] for row in rows]
    mean = sum(values) / len(values)
    mean_error = sum(errors) / len(errors)
    scatter = math.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))
    covered = sum(abs(value - truth) <= 1.959964 * error for value, error in zip(values, errors))
    converged = sum(row["status"] == "converged" for row in rows)
    seconds = sum(row["cpu_s"] for row in rows) / len(rows)
    return (f"| {case} | {name} | {truth:g} | {mean:.5g} | {scatter:.3g} | {mean_error:.3g} | "
            f"{mean_error / scatter:.2f} | {covered}/{len(rows)} | {abs(exact[name] - truth) / mean_error:.2g} | "
            f"{converged}/{len(rows)} | {seconds:.1f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nusselt", required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--draws", type=int, default=40)
    parser.add_argument("--only", choices=CASES)
    parser.add_argument("--machine", default="")
    parser.add_argument("override", nargs="*")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    table = ["| case | sought | truth | mean estimate | scatter | mean standard error | ratio | covered by 95 % | "
             "without noise: error/standard error | converged | CPU s per run |", "|" + "---|" * 11]
    for case in [arguments.only] if arguments.only else CASES:
        exact = run(arguments, case, ["--without-noise"])
        rows = [{"seed": seed, **run(arguments, case, ["--noise-seed", str(seed)])}
                for seed in range(1, arguments.draws + 1)]
        with open(ROOT / "cases" / case / "draws.csv", "w", encoding="utf-8") as file:
            file.write(f"# tests/bench/inverse.py --only {case} {' '.join(arguments.override)}".rstrip())
            file.write(f"; {arguments.machine}\n" if arguments.machine else "\n")
            writer = csv.DictWriter(file, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        table += [line(case, name, truth, rows, exact) for name, truth in CASES[case][0].items()]
    print("\n".join(table))


main()
