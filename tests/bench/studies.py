#!/usr/bin/env python3
"""The three studies of normalization, balancing and depth; writes studies.md and studies-*.png beside this file.

    python3 tests/bench/studies.py                 all three, about 25 minutes on two cores
    python3 tests/bench/studies.py --only norms    one of norms, balancing, depth
    python3 tests/bench/studies.py --table         the page again from the studies that are there

Each study is `nusselt study` with three seeds, one thread for each run and a time limit that every run uses up (its
criteria cannot be met), so that settings are compared at equal time. Started again, it goes on where it stopped. The
page says what the numbers say: medians over the seeds, and where the quartiles of two settings overlap, that they do.
"""
import argparse
import json
import pathlib
import platform
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ENDLESS = ["optimizer.steps=1000000000", "criteria.residual=1e-300", "criteria.terms=1e-300"]
SEEDS = 3

STUDIES = json.loads((HERE / "studies.json").read_text())


def folder_of(study, part):
    return ROOT / "results" / "studies" / study["name"] / part["name"]


def words_of(study, part):
    words = ["study", part["case"]]
    for key in part["vary"]:
        words += ["--vary", key]
    return words + ["--seeds", str(SEEDS), f"optimizer.time={part['seconds']}"] + part.get("overrides", []) + ENDLESS


def run(study, part, program):
    folder = folder_of(study, part)
    folder.parent.mkdir(parents=True, exist_ok=True)
    command = [program] + words_of(study, part) + ["--output", str(folder)]
    print(" ".join(command), flush=True)
    # 12: a run broke down, which the table counts.
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    if code not in (0, 12):
        sys.exit(f"the study {study['name']}, {part['name']}, ended with exit code {code}")


def number(value):
    return f"{value:.3g}"


def shown(summary, runs):
    if summary is None:
        return "-"
    text = f"{number(summary['median'])} [{number(summary['lower_quartile'])}, {number(summary['upper_quartile'])}]"
    return text if summary["count"] == runs else f"{text} ({summary['count']} of {runs})"


def label(setting):
    return ", ".join(f"{key.split('.')[-1]} {value}" for key, value in setting["values"].items())


def overlap(a, b):
    return a["lower_quartile"] <= b["upper_quartile"] and b["lower_quartile"] <= a["upper_quartile"]


def sentences(part, result):
    """What the medians say: every value of the first varied key against its first value, other keys the same."""
    error = part["error"]
    lines = []
    key = part["against"].split("=")[0]
    base = part["against"].split("=")[1]
    for setting in result["settings"]:
        if setting["values"].get(key, base) == base:
            continue
        rest = {k: v for k, v in setting["values"].items() if k != key}
        like = [s for s in result["settings"] if s["values"].get(key) == base and all(s["values"][k] == v for k, v in rest.items())]
        here = setting["measured"].get(error)
        there = like[0]["measured"].get(error) if like else None
        if here is None or there is None:
            lines.append(f"- {label(setting)}: no finite {error}")
            continue
        same = "; the quartiles overlap, so three seeds do not tell them apart" if overlap(here, there) else ""
        factor = here["median"] / there["median"]
        lines.append(f"- {label(setting)}: {number(factor)} times the {error} of {key.split('.')[-1]} {base}{same}")
    return lines


def section(study):
    lines = [f"## {study['title']}", "", study["about"], ""]
    for part in study["parts"]:
        file = folder_of(study, part) / "study.json"
        if not file.exists():
            lines += [f"*{part['name']}: not run.*", ""]
            continue
        result = json.loads(file.read_text())
        command = " ".join(f'"{w}"' if "," in w or "[" in w else w for w in words_of(study, part))
        lines += [f"### {part['name']}", "", f"`nusselt {command}`", ""]
        keys = [k["key"] for k in result["varied"]]
        head = [k.split(".")[-1] for k in keys] + ["failed", "steps"] + result["errors"]
        lines += ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
        for setting in result["settings"]:
            runs = setting["runs"]
            failed = setting["broke_down"] + setting["diverged"]
            cells = [setting["values"][k] for k in keys] + [f"{failed} of {runs}", shown(setting["steps"], runs)]
            cells += [shown(setting["measured"][name], runs) for name in result["errors"]]
            lines.append("| " + " | ".join(cells) + " |")
        lines += ["", *sentences(part, result), ""]
        for kind in ("time", "steps"):
            picture = folder_of(study, part) / "figures" / f"{part['error'].replace(' ', '_')}_{kind}.png"
            if picture.exists():
                name = f"studies-{study['name']}-{part['name'].replace(' ', '_')}-{kind}.png"
                shutil.copyfile(picture, HERE / name)
                lines += [f"![{part['error']} against {kind}]({name})", ""]
    return lines


def page():
    lines = ["# Studies of normalization, balancing and depth", "",
             "Written by `python3 tests/bench/studies.py`, every number from the runs' own reports: medians over "
             f"{SEEDS} seeds at equal training time, quartiles in brackets; a run that diverged or broke down is counted "
             "as failed. Errors are relative, against the references of the cases. "
             f"Made on {platform.machine()}, {platform.system()}; times of another machine differ.", ""]
    for study in STUDIES:
        lines += section(study)
    (HERE / "studies.md").write_text("\n".join(lines).rstrip() + "\n")
    print(HERE / "studies.md")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=[study["name"] for study in STUDIES])
    parser.add_argument("--table", action="store_true", help="no runs, only the page")
    parser.add_argument("--program", default=str(ROOT / "build/system/nusselt"))
    arguments = parser.parse_args()
    for study in STUDIES:
        if arguments.table or (arguments.only and study["name"] != arguments.only):
            continue
        for part in study["parts"]:
            run(study, part, arguments.program)
    page()


if __name__ == "__main__":
    main()
