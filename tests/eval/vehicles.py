#!/usr/bin/env python3
"""Scores `edge-agent detect` on labelled junctions, beside PicoDet-S 416 as its authors trained it.

    tests/eval/vehicles.py [--binary target/debug/edge-agent] [--data ../shared/data] [--limit N]

Reads `redlight` below the data folder: `valid`, and the stretches of `train` that training keeps apart (models/training/vehicles).
Not every vehicle there is labelled, so recall is scored, and beside it how many boxes a picture gets. Both networks run in the same
program, with the same suppression of doubles and the same joining of riders.

    boxes     boxes per picture; car counts car, bus and truck, for the labels call them all car
    strict    labels with a box of their own (each box serves one label) at intersection over union >= 0.5; of a motorcycle either
              its box or its box joined to its riders', since labels are drawn with and without riders
    loose     strict, or intersection over union >= 0.3 with four fifths of the smaller of the two inside the other
    ms        median wall time of a picture, opening and decoding the file included

With OpenCV and ONNX Runtime for Python installed, two more tables: what of the sure boxes of PicoDet-S the shipped network finds in
clips of gates and streets, class by class; and the time of both networks alone, one thread, taking turns.
"""

import argparse
import collections
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
BASE = "picodet-s-416"
CARS, CLASSES = ("car", "bus", "truck"), ("person", "bicycle", "car", "motorcycle", "bus", "truck")
# What the base gives per picture at 0.25: no more is allowed.
ALLOWED = {"car": 9.7, "motorcycle": 5.4}
# A frame is taken this often from a clip, and a base box from this score on should be found again.
EVERY, SURE = 15, 0.5


def detect(binary, files, model=None, least=0.25):
    """Output records by file. `model` None is what the program uses by itself."""
    command = [binary, "detect", "--json", "--min-score", str(least)] + (["--model", model] if model else [])
    out = {}
    for at in range(0, len(files), 1000):
        done = subprocess.run(command + [str(f) for f in files[at:at + 1000]], stdout=subprocess.PIPE, text=True, cwd=ROOT)
        if done.returncode:
            sys.exit(f"{binary} failed with code {done.returncode}")
        for line in done.stdout.splitlines():
            record = json.loads(line)
            out[record["file"]] = record
    return out


def labels(picture, size=640):
    """Boxes x y w h of cars and motorcycles."""
    out = {"car": [], "motorcycle": []}
    text = (picture.parents[1] / "labels" / (picture.stem + ".txt")).read_text()
    for line in text.splitlines():
        kind, *n = line.split()
        name = {"0": "car", "2": "motorcycle"}.get(kind)
        if name is None:
            continue
        n = [float(v) * size for v in n]
        if len(n) == 4:
            box = [n[0] - n[2] / 2, n[1] - n[3] / 2, n[2], n[3]]
        else:  # a polygon
            box = [min(n[0::2]), min(n[1::2]), max(n[0::2]) - min(n[0::2]), max(n[1::2]) - min(n[1::2])]
        out[name].append(box)
    return out


def common(a, b):
    w = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    h = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(w, 0) * max(h, 0)


def iou(a, b):
    both = common(a, b)
    return both / (a[2] * a[3] + b[2] * b[3] - both + 1e-9)


def joined(boxes):
    x, y = min(b[0] for b in boxes), min(b[1] for b in boxes)
    return [x, y, max(b[0] + b[2] for b in boxes) - x, max(b[1] + b[3] for b in boxes) - y]


def candidates(objects, name, least):
    """Per box of the class that scores enough: the ways to draw it."""
    out = []
    for index, o in enumerate(objects):
        if o["score"] < least or not (o["class"] in CARS if name == "car" else o["class"] == name):
            continue
        riders = [r["box"] for r in objects if r.get("rides") == index and r["score"] >= min(least, 0.25)]
        out.append([o["box"]] + ([joined([o["box"]] + riders)] if riders else []))
    return out


def fit(label, ways, loose):
    """How well one of the ways fits the label; 0 when none does."""
    best = 0.0
    for box in ways:
        overlap = iou(label, box)
        inside = common(label, box) / (min(label[2] * label[3], box[2] * box[3]) + 1e-9)
        if overlap >= 0.5 or loose and overlap >= 0.3 and inside >= 0.8:
            best = max(best, overlap)
    return best


def hits(wanted, found, loose):
    pairs = sorted(((fit(w, f, loose), i, j) for i, w in enumerate(wanted) for j, f in enumerate(found)), reverse=True)
    used_w, used_f = set(), set()
    for value, i, j in pairs:
        if value > 0 and i not in used_w and j not in used_f:
            used_w.add(i)
            used_f.add(j)
    return len(used_w)


def score(title, records, pictures, least):
    cells = []
    for name in ("car", "motorcycle"):
        boxes = total = strict = loose = 0
        for picture in pictures:
            wanted = labels(picture)[name]
            found = candidates(records[str(picture)]["objects"], name, least)
            boxes, total = boxes + len(found), total + len(wanted)
            strict, loose = strict + hits(wanted, found, False), loose + hits(wanted, found, True)
        share = lambda n: f"{100 * n / max(total, 1):.1f} %"
        cells += [f"{boxes / len(pictures):.1f}", share(strict), share(loose)]
    ms = statistics.median(records[str(p)]["ms"] for p in pictures)
    print(f"| {title} | {' | '.join(cells)} | {ms:.0f} |", flush=True)


def apart(picture):
    """Stretches of the films that models/training/vehicles/data.py keeps apart."""
    number = re.match(r"\D*(\d+)", picture.name).group(1)
    return int(number) // 100 % 10 == 7


def junctions(binary, data, limit):
    sets = {"valid": sorted((data / "valid/images").glob("*.jpg")), "train, kept apart": sorted((data / "train/images").glob("*.jpg"))}
    sets["train, kept apart"] = [p for p in sets["train, kept apart"] if apart(p)]
    for name, pictures in sets.items():
        pictures = pictures[:limit]
        count = collections.Counter(k for p in pictures for k, v in labels(p).items() for _ in v)
        print(f"**{name}**: {len(pictures)} pictures, {count['car']} cars and {count['motorcycle']} motorcycles labelled; "
              f"at most {ALLOWED['car']} and {ALLOWED['motorcycle']} boxes per picture are wanted\n")
        print("| network, least score | car boxes | strict | loose | motorcycle boxes | strict | loose | ms |")
        print("|---|---|---|---|---|---|---|---|")
        ours = detect(binary, pictures)
        score("shipped, 0.25", ours, pictures, 0.25)
        score("shipped, 0.4", ours, pictures, 0.4)
        base = detect(binary, pictures, BASE)
        score("PicoDet-S 416, 0.25", base, pictures, 0.25)
        score("PicoDet-S 416, 0.4", base, pictures, 0.4)
        print()


def frames(clips, folder, limit):
    import cv2
    out = []
    for clip in clips:
        film, at = cv2.VideoCapture(str(clip)), 0
        while limit is None or len(out) < limit:
            ok, frame = film.read()
            if not ok:
                break
            if at % EVERY == 0:
                out.append(pathlib.Path(folder) / f"{clip.stem}-{at:05}.png")
                cv2.imwrite(str(out[-1]), frame)
            at += 1
    return out


def remembered(binary, data, limit):
    """What the base is sure of in pictures of other kinds, and how much of it the shipped network says too."""
    clips = sorted((ROOT / "tests/clips").glob("*.mp4")) + sorted((data / "clips").glob("*.mp4"))
    clips += [c for c in [pathlib.Path("/usr/share/doc/opencv-doc/examples/data/vtest.avi")] if c.is_file()]
    with tempfile.TemporaryDirectory() as folder:
        files = frames(clips, folder, limit)
        base, ours = detect(binary, files, BASE), detect(binary, files)
    sure, same, kind, extra = (collections.Counter() for _ in range(4))
    group = lambda name: "four wheels" if name in CARS else "two wheels" if name in ("bicycle", "motorcycle") else name
    for file in files:
        b, o = base[str(file)]["objects"], ours[str(file)]["objects"]
        for x in b:
            if x["score"] >= SURE:
                sure[x["class"]] += 1
                over = [y for y in o if iou(x["box"], y["box"]) >= 0.5]
                same[x["class"]] += any(y["class"] == x["class"] for y in over)
                kind[x["class"]] += any(group(y["class"]) == group(x["class"]) for y in over)
        for y in o:
            if y["score"] >= SURE:
                extra[y["class"]] += not any(iou(x["box"], y["box"]) >= 0.5 and group(x["class"]) == group(y["class"]) for x in b)
    print(f"**Classes kept**: {len(files)} frames of {', '.join(c.name for c in clips)}; boxes of PicoDet-S 416 from {SURE} on that the "
          "shipped network finds at 0.25 with intersection over union >= 0.5\n")
    print(f"| class | boxes | same class | same kind (two or four wheels) | from {SURE} on, and not in PicoDet-S at 0.25 |\n|---|---|---|---|---|")
    for name in CLASSES:
        share = lambda c: f"{100 * c[name] / sure[name]:.1f} %" if sure[name] else "-"
        print(f"| {name} | {sure[name]} | {share(same)} | {share(kind)} | {extra[name]} |")
    print()


def networks(binary):
    """Both networks alone, one thread, taking turns, by processor time."""
    import cv2
    import numpy
    import onnxruntime
    # A real scene: suppression inside a network costs nothing where there is nothing.
    film = cv2.VideoCapture(str(ROOT / "tests/clips/junction.mp4"))
    frame = [film.read()[1] for _ in range(40)][-1][:, :, ::-1] / 255.0
    frame = ((frame - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]).astype(numpy.float32)
    with open(ROOT / "models/manifest.toml", "rb") as file:
        models = [m for m in tomllib.load(file)["model"] if m["role"] == "objects"]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    runs = {}
    for model in models:
        session = onnxruntime.InferenceSession(str(ROOT / "models/onnx" / model["file"]), options)
        picture = cv2.resize(frame, (model["inputs"]["image"][3], model["inputs"]["image"][2]))
        given = {"image": numpy.ascontiguousarray(picture.transpose(2, 0, 1))[None]}
        if "scale_factor" in model["inputs"]:
            given["scale_factor"] = numpy.ones((1, 2), numpy.float32)
        runs[model["id"]] = (session, given, [])
    for _ in range(40):
        for session, given, times in runs.values():
            start = time.thread_time()
            session.run(None, given)
            times.append(1000 * (time.thread_time() - start))
    print("**Networks alone**, one thread, taking turns, processor time\n")
    print("| network | ms median | ms least | times PicoDet-S 416 |\n|---|---|---|---|")
    base = statistics.median(runs[BASE][2])
    for name, (_, _, times) in runs.items():
        print(f"| {name} | {statistics.median(times):.1f} | {min(times):.1f} | {statistics.median(times) / base:.2f} |")
    print()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / "target/debug/edge-agent"))
    parser.add_argument("--data", type=pathlib.Path, default=ROOT.parent / "shared/data")
    parser.add_argument("--limit", type=int, help="only the first N pictures of each set")
    args = parser.parse_args()
    binary, data = str(pathlib.Path(args.binary).resolve()), args.data.resolve()
    print("## Vehicles and people in streets\n")
    if (data / "redlight/valid/images").is_dir():
        junctions(binary, data / "redlight", args.limit)
    else:
        print("Labelled junctions (redlight) are not there: recall was not measured.\n")
    for part, table in (("OpenCV", lambda: remembered(binary, data, args.limit)), ("ONNX Runtime", lambda: networks(binary))):
        try:
            table()
        except ImportError:
            print(f"({part} for Python is not installed: a table is left out)\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
