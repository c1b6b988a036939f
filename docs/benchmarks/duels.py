#!/usr/bin/env python3
# Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
"""What duels.sh does with its results.

duels.py table FOLDER       the table of docs/benchmarks.md from a folder of duels, or from what was kept of them
duels.py keep DUEL FOLDER   keeps the figures of a duel in one file of a folder, without the machine's name and folders
duels.py rate SUMMARY       replies a second of a run
"""
import json
import pathlib
import re
import sys

SHOWN = (50.0, 99.0, 99.9)


def read(path):
    return json.loads(pathlib.Path(path).read_text())


def rate(summary):
    counts = read(summary)["counts"]
    return int(counts["replies"] * 1e9 / counts["measuredNs"])


def figures(duel):
    """The comparison of a duel and the summaries of its runs, without what is long and says nothing about them."""
    all_of_it = read(duel / "comparison.json")
    all_of_it["runs"] = {}
    for source in sorted(duel.glob("*/run-*/summary.json")):
        run = read(source)
        environment = run.pop("environment")
        environment.pop("host", None)
        all_of_it.setdefault("environment", environment)
        run.pop("slowest", None)
        run["server"].pop("info", None)
        all_of_it["runs"]["/".join(source.parts[-3:-1])] = run
    return all_of_it


def keep(duel, folder):
    duel = pathlib.Path(duel).resolve()
    text = json.dumps(figures(duel), separators=(",", ":")) + "\n"
    for folder_of_this_machine in (duel.parent, pathlib.Path(__file__).resolve().parents[2]):
        text = text.replace(str(folder_of_this_machine) + "/", "")
    (pathlib.Path(folder) / (duel.name + ".json")).write_text(text)


def microseconds(ns):
    return "%.0f" % (ns / 1e3) if ns >= 1e5 else "%.1f" % (ns / 1e3)


def order(path):
    return [int(number) for number in re.findall(r"\d+", path.stem)]


def table(folder):
    folder = pathlib.Path(folder)
    duels = [path for path in folder.glob("p*-*") if path.suffix == ".json" or (path / "comparison.json").exists()]
    print("| | rate | | this server | redis-server | ratio (interval) | this server is |")
    print("|---|---|---|---|---|---|---|")
    for path in sorted(duels, key=order):
        result = read(path) if path.is_file() else figures(path)
        rate = next(iter(result["runs"].values()))["configuration"]["ratePerSecond"]
        begin = "P=%d, %d %% | %s/s" % (*order(path), "{:,.0f}".format(rate))
        for one in result["comparison"]["ratios"]:
            if one["percentile"] not in SHOWN:
                continue
            judged = one["verdict"] != "NONE" and not result["invalid"]
            print("| %s | p%g | %s us | %s us | %.2f%s | %s |" % (
                begin,
                one["percentile"],
                microseconds(one["secondNs"]),
                microseconds(one["firstNs"]),
                one["ratio"],
                " (%.2f to %.2f)" % (one["low"], one["high"]) if judged else "",
                one["verdict"].lower() if judged else "no verdict: " + (
                    "INVALID" if result["invalid"] else one["reason"])))
            begin = " | "


if __name__ == "__main__":
    commands = {"table": table, "keep": keep, "rate": lambda summary: print(rate(summary))}
    if len(sys.argv) < 3 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]](*sys.argv[2:])
