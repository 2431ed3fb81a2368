"""Nu(Ra) of the rolls, and the onset of convection from it: where Nu - 1, extrapolated, is 0.

Runs the case at Ra = 1500 (below the critical one), 2000, 2500, 3000 and 5000, and writes onset.csv: Nu at floor and ceiling, its
error against reference/rolls.csv, and the Ra at which the polynomial of 1/Ra in Nu - 1 through the four rows above the critical Ra
goes through Nu = 1. Reference: Ra = 1707.762 (Chandrasekhar, Hydrodynamic and Hydromagnetic Stability, Oxford 1961, section 15; at the
wavenumber 3.117).

    python3 cases/rayleigh_benard/onset.py [options of nusselt run, such as threads=1]      # standard library only; two minutes
"""
import csv
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
NUSSELT = HERE.parent.parent / "nusselt"
CRITICAL = 1707.762
BELOW, ABOVE = [1500], [2000, 2500, 3000, 5000]


def solve(rayleigh, options, folder):
    out = pathlib.Path(folder) / str(rayleigh)
    if rayleigh in BELOW:  # where air at rest is the solution
        options = [*options, "criteria.trivial=allowed"]
    subprocess.run([NUSSELT, "run", HERE, "--output", out, f"constants.Ra={rayleigh}", *options], check=False,
                   stdout=subprocess.DEVNULL)
    report = json.loads((out / "report.json").read_text())
    values = {q["name"]: q for q in report["quantities"]}
    return {"Ra": rayleigh, "status": report["status"], "steps": report["steps"], "cpu [s]": round(report["cpu_seconds"], 1),
            "Nu_floor": values["Nu_floor"]["value"], "Nu_ceiling": values["Nu_ceiling"]["value"],
            "error_floor": values["Nu_floor"]["relative_error"], "v_left": values["v_left"]["value"]}


def extrapolated(rows):
    """1/Ra as the polynomial through all rows in Nu - 1, at 0 (Lagrange)."""
    total = 0
    for i, row in enumerate(rows):
        product = 1 / row["Ra"]
        for j, other in enumerate(rows):
            if j != i:
                product *= -(other["Nu_floor"] - 1) / (row["Nu_floor"] - other["Nu_floor"])
        total += product
    return 1 / total


def main():
    with tempfile.TemporaryDirectory() as folder:
        rows = [solve(rayleigh, sys.argv[1:], folder) for rayleigh in BELOW + ABOVE]
    with open(HERE / "onset.csv", "w", newline="") as file:
        table = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
    onset = extrapolated([row for row in rows if row["Ra"] in ABOVE])
    for row in rows:
        print("  ".join(f"{key} {value}" for key, value in row.items()))
    print(f"onset at Ra = {onset:.2f}, critical Ra {CRITICAL}, relative error {abs(onset / CRITICAL - 1):.2e}")


if __name__ == "__main__":
    main()
