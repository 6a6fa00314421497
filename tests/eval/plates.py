#!/usr/bin/env python3
"""Scores `edge-agent plates` and its peers on labelled pictures; prints Markdown.

    tests/eval/plates.py [--binary target/debug/edge-agent] [--data ../shared/data] [--peer-limit N] [--fast] [--list] [--limit N]

Reads `plates-two-line/labels.tsv` (file x y w h plate status) and `plates-one-line/labels.tsv` (file plate ...) below the
data folder, and `tests/eval/invented/labels.tsv` (rendered, in the repository). Columns:

    exact     pictures whose best plate has exactly the labelled text
    found     recall: pictures with a plate box over the labelled box (intersection over union >= 0.5)
    sure      readings with score >= 0.9, per 100 pictures
    wrong     of 1,000 such readings, how many are wrong: the dangerous ones (and their number)
    ms        processor time per picture, without loading the models, one thread
    crop ms   the same on a crop of a vehicle's size round the plate

Labels with status `unclear` are left out. Peers (plates_peers.py) need Python packages `rapidocr`, `onnxruntime` and `opencv-python-headless`;
they are slow, so they get every n-th picture, --peer-limit in all per set (0: all; -1: none). Exit code 2 when nothing could be scored.
"""

import argparse
import csv
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEAD = "| reader | pictures | exact | found | sure | wrong per 1,000 at ≥ 0.9 | ms | crop ms |\n|---|---|---|---|---|---|---|---|"


def labels(folder):
    """File, text and box of every legible picture."""
    with open(folder / "labels.tsv", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            if row.get("status") != "unclear":
                box = [int(row[k]) for k in "xywh"] if row.get("w") else None
                yield folder / row["file"], row["plate"], box


def iou(a, b):
    w = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    h = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    inter = max(w, 0) * max(h, 0)
    return inter / max(a[2] * a[3] + b[2] * b[3] - inter, 1)


def children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(binary, files, extra):
    """Output lines by file, and processor milliseconds per picture without those of starting."""
    command = [binary, "plates", "--json", *extra]
    before = children()
    subprocess.run(command + [str(files[0])], stdout=subprocess.DEVNULL, cwd=ROOT)
    start = children() - before
    out, before, calls = {}, children(), 0
    for at in range(0, len(files), 2000):
        done = subprocess.run(command + [str(f) for f in files[at:at + 2000]], stdout=subprocess.PIPE, text=True, cwd=ROOT)
        calls += 1
        if done.returncode not in (0, 1):
            sys.exit(f"{binary} failed with code {done.returncode}")
        for line in done.stdout.splitlines():
            record = json.loads(line)
            out[record["file"]] = record
    if missing := [f for f in files if str(f) not in out]:
        sys.exit(f"{binary}: no answer for {len(missing)} of {len(files)} pictures, {missing[0].name} among them")
    used = children() - before - calls * start
    return out, 1000 * used / max(len(files) - calls, 1)


def row(name, wanted, answers, ms, crop_ms=None, show=False):
    """A table line. `answers`: per picture (text or None, score, box or None)."""
    exact = found = boxed = sure = wrong = 0
    for (file, plate, box), (text, score, seen) in zip(wanted, answers):
        exact += text == plate
        if box:
            boxed += 1
            found += seen is not None and iou(seen, box) >= .5
        if text is not None and score >= .9:
            sure += 1
            wrong += text != plate
        if show and text != plate:
            print(name, file.name, plate, "->", text, score, seen, file=sys.stderr)
    n = len(wanted)
    share = f"{100 * found / boxed:.1f} %" if boxed else "–"
    risk = f"{1000 * wrong / sure:.1f} ({wrong} of {sure})" if sure else "– (0)"
    print(f"| {name} | {n} | {100 * exact / n:.1f} % | {share} | {100 * sure / n:.0f} | {risk} | {ms:.0f} | "
          f"{'–' if crop_ms is None else f'{crop_ms:.1f}'} |", flush=True)


def best(record):
    plates = record.get("plates") or []
    return (plates[0]["text"], plates[0]["score"], plates[0]["box"]) if plates else (None, 0.0, None)


def crops(wanted, folder):
    """Crops as a vehicle detector would give them, for timing: about three plate widths by four plate heights."""
    import cv2
    files = []
    for i, (file, _, box) in enumerate([w for w in wanted if w[2]][:120]):
        image = cv2.imread(str(file))
        x, y, w, h = box
        left, top = max(x - w, 0), max(y - 3 * h, 0)
        out = pathlib.Path(folder) / f"{i}.png"
        cv2.imwrite(str(out), image[top:y + 2 * h, left:x + 2 * w])
        files.append(out)
    return files


def ours(name, args, wanted):
    extra = ["--fast"] if args.fast else []
    answers, ms = run(args.binary, [f for f, _, _ in wanted], extra)
    crop_ms = None
    if any(box for _, _, box in wanted):
        try:
            with tempfile.TemporaryDirectory() as folder:
                files = crops(wanted, folder)
                crop_ms = run(args.binary, files, extra)[1]
        except ImportError:
            print("no opencv in Python: vehicle crops are not timed", file=sys.stderr)
    row(name, wanted, [best(answers[str(f)]) for f, _, _ in wanted], ms, crop_ms, args.list)


def main():
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / "target/debug/edge-agent"))
    parser.add_argument("--data", type=pathlib.Path, default=ROOT.parent / "shared/data")
    parser.add_argument("--fast", action="store_true", help="the tiny recogniser")
    parser.add_argument("--list", action="store_true", help="wrong pictures on stderr")
    parser.add_argument("--limit", type=int, help="only the first N pictures of each set")
    parser.add_argument("--peer-limit", type=int, default=60, help="pictures per set for the peers; 0 all, -1 none")
    args = parser.parse_args()
    sets = [("Two lines, whole pictures", args.data / "plates-two-line"), ("One line, crops", args.data / "plates-one-line"),
            ("Invented, in the repository", ROOT / "tests/eval/invented/plates")]
    done = 0
    print("## Plates\n")
    for title, folder in sets:
        print(f"### {title}\n")
        if not (folder / "labels.tsv").is_file():
            print(f"Not measured: there is no {folder.name}/labels.tsv.\n")
            continue
        done += 1
        wanted = list(labels(folder))[:args.limit]
        print(HEAD)
        ours("edge-agent", args, wanted)
        if args.peer_limit >= 0:
            step = max(len(wanted) // args.peer_limit, 1) if args.peer_limit else 1
            few = wanted[::step]
            if step > 1:
                ours("edge-agent, the peers' pictures", args, few)
            from plates_peers import peers
            peers(few, row)
        print()
    if not done:
        print(f"no labelled plates below {args.data}", file=sys.stderr)
    return 0 if done else 2


if __name__ == "__main__":
    sys.exit(main())
