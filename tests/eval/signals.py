"""Lamp state: single lamp boxes of `redlight`, and the signals of the `junction` clip over time. Prints Markdown.

    python tests/eval/signals.py --binary PATH_TO_edge-agent --data DATA

Beside ours stands what people write first: the share of pixels whose hue, saturation and brightness (HSV) lie in the range of
each colour, and the largest wins. Needs numpy and opencv-python for that peer and for reading pictures' sizes.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import cv2
    import numpy as np
except ImportError:
    cv2 = None

LABELS = {1: "green", 3: "red", 5: "yellow"}
STATES = ["red", "yellow", "green", "off", "unknown"]
LEAST = 0.8
# What the lamps of the clip show, looked at by eye: (first frame, state). The near head's yellow lamp is dead.
TRUTH = {
    "near": [(0, "green"), (7, "off"), (25, "red")],
    "near-digits": [(0, "green"), (7, "off"), (25, "red")],
    "far": [(0, "green"), (7, "yellow"), (25, "red")],
}


def boxes(folder):
    """(label, picture, box in pixels) of the validation split."""
    for path in sorted((folder / "valid" / "labels").glob("*.txt")):
        image = next(iter((folder / "valid" / "images").glob(path.stem + ".*")), None)
        if image is None:
            continue
        side = None
        for line in path.read_text().splitlines():
            numbers = [float(v) for v in line.split()]
            if len(numbers) < 5 or int(numbers[0]) not in LABELS:
                continue
            if side is None:
                side = cv2.imread(str(image)).shape[1::-1]
            if len(numbers) == 5:
                cx, cy, w, h = (v * s for v, s in zip(numbers[1:], side * 2))
            else:
                xs, ys = np.array(numbers[1::2]) * side[0], np.array(numbers[2::2]) * side[1]
                cx, cy, w, h = (xs.min() + xs.max()) / 2, (ys.min() + ys.max()) / 2, np.ptp(xs), np.ptp(ys)
            yield LABELS[int(numbers[0])], image, (cx - w / 2, cy - h / 2, w, h)


def crop(picture, box):
    x, y, w, h = box
    return picture[max(int(y), 0):int(y + h) + 1, max(int(x), 0):int(x + w) + 1]


def hsv_peer(picture, box):
    """The largest share of saturated, bright pixels; none below two in a hundred."""
    part = crop(picture, box)
    if part.size == 0:
        return "unknown"
    hsv = cv2.cvtColor(part, cv2.COLOR_BGR2HSV)
    lit = (hsv[..., 1] > 90) & (hsv[..., 2] > 110)
    hue = hsv[..., 0]
    share = {"red": ((hue < 11) | (hue > 165)), "yellow": (hue >= 11) & (hue < 36), "green": (hue >= 40) & (hue < 100)}
    counts = {name: float((mask & lit).mean()) for name, mask in share.items()}
    best = max(counts, key=counts.get)
    return best if counts[best] >= 0.02 else "unknown"


def visible(picture, box, label):
    """Whether anything in the box has the labelled colour: some lamps of a fixed camera hang behind a tree."""
    part = crop(picture, box)
    if part.size == 0:
        return False
    hsv = cv2.cvtColor(part, cv2.COLOR_BGR2HSV)
    hue = hsv[..., 0]
    inside = {"red": (hue < 11) | (hue > 165), "yellow": (hue >= 6) & (hue < 32), "green": (hue >= 62) & (hue < 103)}[label]
    return float((inside & (hsv[..., 1] > 70) & (hsv[..., 2] > 90)).mean()) >= 0.02


def ours(binary, asked):
    """One answer per box: the likeliest state, or unknown below LEAST."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        for _, image, box in asked:
            file.write(json.dumps({"file": str(image.resolve()), "box": [float(v) for v in box]}) + "\n")
        file.flush()
        done = subprocess.run([binary, "signals", "--boxes", file.name], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"edge-agent signals failed:\n{done.stderr}")
    answers = []
    for line in done.stdout.splitlines():
        scores = json.loads(line)
        best = max(scores, key=scores.get)
        answers.append(best if scores[best] >= LEAST else "unknown")
    return answers


def summary(name, truth, answers):
    """A row: right, unknown (or dark: no answer either), wrong per 1,000 boxes."""
    total = max(len(truth), 1)
    none = sum(a in ("unknown", "off") for a in answers)
    wrong = sum(a not in ("unknown", "off") and a != t for t, a in zip(truth, answers))
    right = total - none - wrong
    return f"| {name} | {len(truth)} | {right / total:.1%} | {none / total:.1%} | {1000 * wrong / total:.1f} |"


def confusion(truth, answers):
    lines = ["| labelled \\ said | " + " | ".join(STATES) + " |", "|---" * 6 + "|"]
    for label in STATES[:3]:
        counts = [sum(t == label and a == s for t, a in zip(truth, answers)) for s in STATES]
        lines.append(f"| {label} | " + " | ".join(map(str, counts)) + " |")
    return lines


def single_boxes(binary, folder):
    asked = list(boxes(folder))
    pictures = {image: cv2.imread(str(image)) for image in {a[1] for a in asked}}
    truth = [label for label, _, _ in asked]
    mine = ours(binary, asked)
    peer = [hsv_peer(pictures[image], box) for _, image, box in asked]
    seen = [visible(pictures[image], box, label) for label, image, box in asked]
    keep = lambda values: [v for v, s in zip(values, seen) if s]
    yield "| lamp boxes, one frame each | boxes | right | no answer | wrong per 1,000 |"
    yield "|---|---|---|---|---|"
    yield summary("edge-agent, all boxes", truth, mine)
    yield summary("HSV ranges, all boxes", truth, peer)
    yield summary("edge-agent, boxes that show the labelled colour", keep(truth), keep(mine))
    yield summary("HSV ranges, boxes that show the labelled colour", keep(truth), keep(peer))
    yield ""
    yield from confusion(truth, mine)


def state_at(phases, frame):
    return [state for first, state in phases if first <= frame][-1]


def over_time(binary, clip, config):
    done = subprocess.run([binary, "signals", str(clip), "--config", str(config), "--json"], capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        raise SystemExit(f"edge-agent signals failed:\n{done.stderr}")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    first = min(line["frame"] for line in lines)
    yield "| signal over 64 s at 6 frames a second | frames | right | unknown | wrong per 1,000 | late after a change, s |"
    yield "|---|---|---|---|---|---|"
    for signal, phases in TRUTH.items():
        rows = [line for line in lines if line["signal"] == signal]
        right = unknown = wrong = 0
        late = []
        for row in rows:
            frame = row["frame"] - first
            truth = state_at(phases, frame)
            change = max(f for f, _ in phases if f <= frame)
            # While a change is being confirmed the old word still stands; how long is told apart.
            before = state_at(phases, change - 1) if change else "unknown"
            if row["state"] == truth:
                right += 1
            elif row["state"] == "unknown":
                unknown += 1
            elif row["state"] == before and frame - change <= 9:
                late.append(frame - change)
            else:
                wrong += 1
        total = max(len(rows), 1)
        yield (f"| {signal} | {len(rows)} | {right / total:.1%} | {unknown / total:.1%} | {1000 * wrong / total:.1f} | "
               f"{(max(late) + 1) / 6 if late else 0:.1f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--data", type=Path, required=True)
    args = parser.parse_args()
    if cv2 is None:
        print("Signals left out: numpy and opencv-python are not installed.")
        return
    cv2.setNumThreads(1)
    print("## Signals\n")
    folder, clips = args.data / "redlight", sorted((args.data / "junction").glob("*.mp4"))
    if folder.is_dir():
        print("\n".join(single_boxes(args.binary, folder)))
    else:
        print("Lamp boxes left out: there is no folder redlight.")
    print()
    if clips:
        print("\n".join(over_time(args.binary, clips[0], Path(__file__).parent / "junction.toml")))
    else:
        print("Signals over time left out: there is no clip in junction.")


if __name__ == "__main__":
    sys.exit(main())
