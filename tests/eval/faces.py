#!/usr/bin/env python3
"""Measures `edge-agent faces` on labelled photos, beside OpenCV's own detector and recogniser with the same two models.

    tests/eval/faces.py [--binary target/debug/edge-agent] [--data ../shared/data] [--write-thresholds FILE] [--show]

Reads `faces/pairs.csv` (file_x, file_y, Decision: Yes, No) below the data folder. A photo's subject is its largest face. Pairs:

    genuine   labelled Yes
    impostor  labelled No, and faces of one photo against each other: they are different people by themselves

For each false-match rate it prints the similarity that keeps it, the upper bound that the number of impostor pairs supports (95 %,
one-sided, Clopper-Pearson; with no false match the rule of three) and how many genuine pairs are found. Where the sample is too
small for a rate, the threshold is the tail of a normal distribution through the impostor scores, and marked unverified. The pairs come
from few people and are not independent: the true bounds are wider.

`cpu` is processor time per photo, decoding included, one thread. OpenCV is looked for as `cv2`; without it, or without the model files in
.cache/models and models/onnx, the peer is left out, and that is said. Without the set only the drawn face of the repository is looked for.
"""

import argparse
import csv
import datetime
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import resource
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"):
    os.environ[name] = "1"

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODEL = "sface-2021dec"
# Shows one person twice.
MIRRORED = ("img11_reflection.jpg",)
RATES = (0.05, 0.02, 0.01, 0.001, 1e-4, 1e-5, 1e-6)


def ours(binary, files):
    """Faces per file, and processor milliseconds per photo."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([binary, "faces", "--json", *map(str, files)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{binary} failed with code {done.returncode}")
    faces = {}
    for line in done.stdout.splitlines():
        record = json.loads(line)
        faces[pathlib.Path(record["file"]).name] = record["faces"]
    return faces, 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / len(files)


def model_file(name):
    for folder in (os.environ.get("VG_MODELS_DIR"), ROOT / ".cache/models", ROOT / "models/onnx", ROOT / "models"):
        if folder and (pathlib.Path(folder) / name).is_file():
            return str(pathlib.Path(folder) / name)
    raise FileNotFoundError(name)


def opencv(files):
    """The same by cv2.FaceDetectorYN and cv2.FaceRecognizerSF: photos with a side above 640 reduced to it, as ours are."""
    import cv2

    cv2.setNumThreads(1)
    detector = cv2.FaceDetectorYN.create(model_file("yunet_2023mar.onnx"), "", (640, 640), 0.6, 0.3, 5000)
    recogniser = cv2.FaceRecognizerSF.create(model_file("face_recognition_sface_2021dec.onnx"), "")
    faces, start = {}, time.process_time()
    for file in files:
        picture = cv2.imread(str(file))
        shrink = min(1.0, 640 / max(picture.shape[:2]))
        small = cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA) if shrink < 1 else picture
        detector.setInputSize((small.shape[1], small.shape[0]))
        found = detector.detect(small)[1]
        faces[file.name] = []
        for row in ([] if found is None else found):
            row = row.copy()
            row[:14] /= shrink
            vector = recogniser.feature(recogniser.alignCrop(picture, row))[0]
            vector = vector / math.sqrt(float((vector * vector).sum()))
            faces[file.name].append({"box": row[:4].tolist(), "landmarks": row[4:14].reshape(5, 2).tolist(), "score": float(row[14]), "refused": None, "vector": vector.tolist()})
        faces[file.name].sort(key=lambda f: -f["box"][2] * f["box"][3])
    return faces, 1000 * (time.process_time() - start) / len(files)


def similarity(a, b):
    return sum(x * y for x, y in zip(a["vector"], b["vector"]))


def scores(faces, pairs):
    """Similarities of genuine and impostor pairs; pairs without two vectors are counted."""
    genuine, impostor, missed = [], [], 0
    for x, y, same in pairs:
        a, b = (next(iter(faces[f]), None) for f in (x, y))
        if not (a and b and a["vector"] and b["vector"]):
            missed += same
            continue
        (genuine if same else impostor).append(similarity(a, b))
    labelled = len(impostor)
    for file, found in faces.items():
        if file in MIRRORED:
            continue
        good = [f for f in found if f["vector"]]
        impostor += [similarity(a, b) for i, a in enumerate(good) for b in good[i + 1:]]
    return genuine, impostor, labelled, missed


def binomial_at_most(k, n, p):
    """P(X <= k), in logarithms."""
    log = lambda i: math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1) + i * math.log(p) + (n - i) * math.log1p(-p)
    return sum(math.exp(log(i)) for i in range(k + 1))


def bound(k, n):
    """Upper end of the 95 % one-sided Clopper-Pearson interval for k of n."""
    low, high = k / n, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if middle < 1 and binomial_at_most(k, n, middle) > 0.05 else (low, middle)
    return high


def thresholds(genuine, impostor):
    """Rows of rate, similarity, support, bound, false matches, found; the similarity never falls as the rate gets stricter."""
    mean, deviation = statistics.mean(impostor), statistics.stdev(impostor)
    ranked, n, last = sorted(impostor, reverse=True), len(impostor), -1.0
    for rate in RATES:
        # The most false matches that the sample still allows for this rate.
        allowed = max((k for k in range(n) if k / n <= rate and bound(k, n) <= rate), default=None)
        if allowed is None:
            # As strict as the normal tail says, and never looser than the highest impostor seen.
            at, support = max(statistics.NormalDist(mean, deviation).inv_cdf(1 - rate), ranked[0] + 5e-4), "unverified"
        else:
            at, support = ranked[allowed] + 5e-4, "measured"
        # Rounded up, so that the file's threshold is as strict as what was counted.
        last = max(last, math.ceil(at * 1000) / 1000)
        false = sum(s >= last for s in impostor)
        yield rate, last, support, bound(false, n), false, sum(s >= last for s in genuine)


def rates_match(rows, impostor, genuine, out, today):
    with open(out, "w", encoding="utf-8", newline="") as file:
        write = csv.writer(file, lineterminator="\n")
        write.writerow("model rate similarity support bound impostor_pairs false_matches genuine_pairs found sample measured".split())
        for rate, at, support, upper, false, found in rows:
            write.writerow([MODEL, f"{rate:g}", f"{at:.3f}", support, f"{upper:.5f}", len(impostor), false, len(genuine), found,
                            "64 photos of public persons (few people: pairs not independent)", today])


def iou(a, b):
    w = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    h = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    inter = max(w, 0) * max(h, 0)
    return inter / (a[2] * a[3] + b[2] * b[3] - inter)


def agreement(mine, theirs):
    """Share of the peer's faces that we have too (box overlap), and the mean similarity of their vectors."""
    there, vectors, total = 0, [], 0
    for file, faces in theirs.items():
        for face in faces:
            total += 1
            near = max(mine[file], key=lambda m: iou(m["box"], face["box"]), default=None)
            if near and iou(near["box"], face["box"]) >= 0.5:
                there += 1
                if near["vector"]:
                    vectors.append(similarity(near, face))
    return there, total, vectors


def report(name, faces, cpu, pairs):
    genuine, impostor, labelled, missed = scores(faces, pairs)
    rows = list(thresholds(genuine, impostor))
    refused = sum(bool(f["refused"]) for found in faces.values() for f in found)
    print(f"| {name} | {sum(bool(f) for f in faces.values())} of {len(faces)} | {sum(map(len, faces.values()))} | {refused} "
          f"| {min(genuine):.3f} … {statistics.median(genuine):.3f} | {statistics.mean(impostor):.3f}, max {max(impostor):.3f} "
          f"| {missed} | {cpu:.0f} |")
    return genuine, impostor, labelled, rows


def invented(binary):
    """Without photos: only whether the drawn face of the repository is found. It says nothing about people."""
    found, _ = ours(binary, [ROOT / "tests/eval/invented/faces/drawn.jpg"])
    good = sum(bool(f["vector"]) for faces in found.values() for f in faces)
    print(f"No labelled photos: error rates are not measured. Of the repository's 1 drawn face {good} is found and good enough.")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / "target/debug/edge-agent"))
    parser.add_argument("--data", type=pathlib.Path, default=ROOT.parent / "shared/data")
    parser.add_argument("--write-thresholds", type=pathlib.Path, help="write wire/data/face-thresholds.csv anew")
    parser.add_argument("--show", action="store_true", help="refused faces and weak genuine pairs on stderr, by file name")
    args = parser.parse_args()
    print("## Faces\n")
    folder = args.data / "faces"
    if not (folder / "pairs.csv").is_file():
        return invented(args.binary)
    with open(folder / "pairs.csv", encoding="utf-8", newline="") as lines:
        pairs = [(row["file_x"], row["file_y"], row["Decision"] == "Yes") for row in csv.DictReader(lines)]
    files = sorted(f for f in folder.iterdir() if f.suffix.lower() in (".jpg", ".jpeg", ".png"))
    mine, cpu = ours(args.binary, files)
    print("| | photos with a face | faces | refused | genuine: least … median | impostor: mean, highest | genuine pairs not compared | cpu ms per photo |")
    print("|---|---|---|---|---|---|---|---|")
    genuine, impostor, labelled, rows = report("ours", mine, cpu, pairs)
    peer = None
    try:
        peer, peer_cpu = opencv(files)
        peer_rows = report("OpenCV, same models, no gate", peer, peer_cpu, pairs)[3]
    except (ImportError, FileNotFoundError) as error:
        print(f"\nOpenCV is left out: {error}.")
    print(f"\n{len(genuine)} genuine pairs; {len(impostor)} impostor pairs ({labelled} labelled, {len(impostor) - labelled} within one photo).\n")
    print("| false-match rate asked for | similarity | false matches | supported up to (95 %) | support | genuine found | OpenCV: similarity, found |")
    print("|---|---|---|---|---|---|---|")
    for i, (rate, at, support, upper, false, found) in enumerate(rows):
        other = f"{peer_rows[i][1]:.3f}, {peer_rows[i][5]}" if peer else "–"
        print(f"| {rate:g} | {at:.3f} | {false} of {len(impostor)} | {100 * upper:.2f} % | {support} | {found} of {len(genuine)} | {other} |")
    if peer:
        there, total, vectors = agreement(mine, peer)
        print(f"\nOf OpenCV's {total} faces {there} are ours too; vectors of the same face agree with similarity "
              f"{min(vectors):.3f} at least, {statistics.mean(vectors):.3f} in the mean.")
    if args.show:
        for file, faces in mine.items():
            for face in faces:
                if face["refused"]:
                    print(file, face["box"], face["score"], face["reasons"], face["measures"], file=sys.stderr)
    if args.write_thresholds:
        rates_match(rows, impostor, genuine, args.write_thresholds, datetime.date.today().isoformat())
    return 0


if __name__ == "__main__":
    sys.exit(main())
