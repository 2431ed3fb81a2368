#!/usr/bin/env python3
"""The inverse cases over forty draws of the noise, fixed beforehand: seeds 1 to 40 of each case's make_data.py.

    python3 tests/bench/inverse.py --nusselt build/system/nusselt --work FOLDER [--draws 40] [--only CASE]

Per parameter: in how many draws the 95 % interval covers the truth (at least 34 of 40 are asked for), and the mean
standard error beside the scatter of the estimates (within 25 % is asked for). Writes tests/bench/inverse.json and
inverse.md; a run that did not end as converged stays in the table and is counted.
"""
import argparse
import json
import math
import pathlib
import resource
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
TRUTH = {
    "inverse_conduction": {"k": 15.1, "h": 32.0},
    "inverse_flow": {"mu": 1.82e-5, "a": 2.14e-5},
}
DATA = {"inverse_conduction": "thermocouples.csv", "inverse_flow": "probes.csv"}


def draw(arguments, case, seed):
    folder = arguments.work / f"{case}_{seed}"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "cases" / case, folder / "case")
    subprocess.run(["python3", folder / "case" / "make_data.py", "--noise-seed", str(seed),
                    folder / "case" / DATA[case]], check=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run([arguments.nusselt, "run", folder / "case", "--output", folder / "run", "threads=1",
                    *arguments.override], stdout=subprocess.DEVNULL, check=False)
    spent = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    report = json.loads((folder / "run" / "report.json").read_text())
    shutil.rmtree(folder)
    found = {one["name"]: (one["value"], one["standard_error"]) for one in report["estimates"]["constants"]}
    return {"seed": seed, "status": report["status"], "steps": report["steps"], "cpu_seconds": round(spent, 2),
            "shift": report["estimates"]["shift"], "estimates": found}


def summary(rows, name, truth):
    values = [row["estimates"][name][0] for row in rows]
    errors = [row["estimates"][name][1] for row in rows]
    mean = sum(values) / len(values)
    scatter = math.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))
    covered = sum(abs(value - truth) <= 1.959964 * error for value, error in zip(values, errors))
    return {"truth": truth, "mean": mean, "scatter": scatter, "mean_standard_error": sum(errors) / len(errors),
            "covered": covered, "draws": len(rows)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nusselt", required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--draws", type=int, default=40)
    parser.add_argument("--only")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "tests/bench")
    parser.add_argument("override", nargs="*")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    result = {}
    for case, truth in TRUTH.items():
        if arguments.only not in (None, case):
            continue
        rows = [draw(arguments, case, seed) for seed in range(1, arguments.draws + 1)]
        result[case] = {"parameters": {name: summary(rows, name, value) for name, value in truth.items()},
                        "runs": rows}
    (arguments.out / "inverse.json").write_text(json.dumps(result, indent=1) + "\n")
    text = ["| case | parameter | truth | mean estimate | scatter | mean standard error | ratio | covered by 95 % | "
            "converged | CPU s per run |", "|---|---|---|---|---|---|---|---|---|---|"]
    for case, one in result.items():
        runs = one["runs"]
        converged = sum(row["status"] == "converged" for row in runs)
        seconds = sum(row["cpu_seconds"] for row in runs) / len(runs)
        for name, s in one["parameters"].items():
            text.append(f"| {case} | {name} | {s['truth']:g} | {s['mean']:.5g} | {s['scatter']:.3g} | "
                        f"{s['mean_standard_error']:.3g} | {s['mean_standard_error'] / s['scatter']:.2f} | "
                        f"{s['covered']}/{s['draws']} | {converged}/{len(runs)} | {seconds:.1f} |")
    (arguments.out / "inverse.md").write_text("\n".join(text) + "\n")
    print("\n".join(text))


main()
