#!/usr/bin/env python3
"""Scores `edge-agent plates` on labelled pictures.

    tests/eval/plates.py [--binary target/debug/edge-agent] [--data ../shared/data] [--fast] [--list] [--limit N]

Reads `plates-two-line/labels.tsv` (file x y w h plate status) and `plates-one-line/labels.tsv` (file plate ...) below the
data folder; a set that is not there is skipped. Per set it prints

    exact     pictures whose best plate has exactly the labelled text
    read      pictures for which any valid plate was given
    wrong     pictures with a valid, confident (score >= 0.8) and wrong text: the dangerous ones
    found     pictures with a plate box over the labelled box (intersection over union >= 0.5), where boxes are labelled
    ms        wall time per picture, median and 95th percentile; cpu: processor time per picture

Labels with status `unclear` are left out. Exit code 2 when no set is there.
"""

import argparse
import collections
import csv
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def labels(folder):
    with open(folder / "labels.tsv", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            if row.get("status") == "unclear":
                continue
            box = [int(row[k]) for k in "xywh"] if row.get("w") else None
            yield folder / row["file"], row["plate"], box


def iou(a, b):
    w = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    h = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    inter = max(w, 0) * max(h, 0)
    return inter / (a[2] * a[3] + b[2] * b[3] - inter)


def run(binary, files, extra):
    """Output lines by file, and processor seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    out, command = {}, [binary, "plates", "--json", *extra]
    if os.path.basename(binary) != "edge-agent":
        command.remove("plates")
    for at in range(0, len(files), 2000):
        done = subprocess.run(command + [str(f) for f in files[at:at + 2000]], stdout=subprocess.PIPE, text=True, cwd=ROOT)
        if done.returncode:
            sys.exit(f"{binary} failed with code {done.returncode}")
        for line in done.stdout.splitlines():
            record = json.loads(line)
            out[record["file"]] = record
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return out, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def score(name, binary, folder, extra, limit, show):
    wanted = list(labels(folder))[:limit]
    answers, cpu = run(binary, [str(f) for f, _, _ in wanted], extra)
    counts, times, boxed = collections.Counter(), [], 0
    for file, plate, box in wanted:
        record = answers[str(file)]
        times.append(record["ms"])
        best = record["plates"][0] if record["plates"] else None
        exact = bool(best) and best["text"] == plate
        counts["exact"] += exact
        counts["read"] += any(p["valid"] for p in record["plates"])
        counts["wrong"] += bool(best) and not exact and best["valid"] and best["score"] >= 0.8
        if box:
            boxed += 1
            counts["found"] += any(iou(p["box"], box) >= 0.5 for p in record["plates"])
        if show and not exact:
            print(name, file.name, plate, "->", [(p["raw"], p["text"], p["score"], p["box"], p["lines"]) for p in record["plates"]], file=sys.stderr)
    times.sort()
    share = lambda key, total: f"{100 * counts[key] / total:.1f} %" if total else "-"
    n = len(wanted)
    print(f"| {name} | {n} | {share('exact', n)} | {share('read', n)} | {counts['wrong']} | {share('found', boxed)} "
          f"| {statistics.median(times):.0f} / {times[int(0.95 * (n - 1))]:.0f} | {1000 * cpu / n:.0f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / "target/debug/edge-agent"))
    parser.add_argument("--data", type=pathlib.Path, default=ROOT.parent / "shared/data")
    parser.add_argument("--fast", action="store_true", help="the tiny recogniser")
    parser.add_argument("--list", action="store_true", help="wrong pictures on stderr")
    parser.add_argument("--limit", type=int, help="only the first N pictures of each set")
    args = parser.parse_args()
    sets = [s for s in ("two-line", "one-line") if (args.data / f"plates-{s}" / "labels.tsv").is_file()]
    if not sets:
        print(f"no labelled plates below {args.data}", file=sys.stderr)
        return 2
    print("| set | pictures | exact | read | confident and wrong | found | ms median / p95 | cpu ms |")
    print("|---|---|---|---|---|---|---|---|")
    for name in sets:
        score(name, args.binary, args.data / f"plates-{name}", ["--fast"] if args.fast else [], args.limit, args.list)
    return 0


if __name__ == "__main__":
    sys.exit(main())
