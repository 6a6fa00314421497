"""Red-light crossings that `edge-agent replay` tells, against lists made by hand. Prints Markdown.

    python tests/eval/red_light.py --binary PATH_TO_edge-agent --data DATA [--only NAME] [--keep FOLDER] [--verbose]

The clip of `junction` is looked at with the program's own settings for roads; all that is configured is what a person drew on one
frame (tests/eval/red-light/*.scene.json). A list has one row per vehicle:

    at_s, frame          the first frame with its rear wheel past the line, or where it is seen best; replay's stream seconds
    class, x, y, w, h    of the vehicle with its riders, pixels
    verdict              act: past the line while red. near_miss: not that, and easily taken for it. doubtful: cannot be told by eye;
                         counts neither as missed nor as false

    giang-vo-lang-ha     the real stop line and its signal; every vehicle that comes near the line in red is listed
    queue                invented: a stop line where the queue stands, 38 pixels before the real one. Vehicles roll over it and
                         stand beyond it, hidden by others, trembling for a minute
    cross-street         invented: a line across the side street, governed by the same signal: 57 vehicles from the side, abreast

A told event is right when an act is within TIME_S of it and was then where the event says: the middle of the lower edges are
no further apart than the larger side of the listed box, more where the list's frame is another than the event's (vehicles go on
meanwhile). Each act serves one event. `kind` must be `red_light`; class is not judged, but printed where it differs.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
LISTS = {"giang-vo-lang-ha": "real stop line", "queue": "invented line in the queue", "cross-street": "invented line across the side street"}
TIME_S = 1.5
# A vehicle goes on by its own size in this time.
OWN_SIZE_S = 0.4
CONFIG = """site = "eval"
agent = "eval"
state_dir = "state"
[central]
url = "mqtt://127.0.0.1:1883"
[[camera]]
id = "junction"
plates = false
scene = "{scene}"
[camera.stream]
url = "rtsp://127.0.0.1:8554/junction"
"""


def rows(name):
    with open(HERE / "red-light" / f"{name}.csv", newline="") as file:
        out = list(csv.DictReader(file))
    for row in out:
        row["at_s"] = float(row["at_s"])
        row["frame"] = int(row["frame"])
        row["box"] = [float(row[k]) for k in "xywh"]
    return out


def replay(binary, clip, scene, every_frame=False):
    """What the program tells of one clip, and its summary."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "edge.toml"
        config.write_text(CONFIG.format(scene=scene.resolve()))
        command = [binary, "replay", str(clip), "--config", str(config), "--json", "--json-summary", "--start",
                   "2026-01-05T09:15:44Z"] + (["--every-frame"] if every_frame else [])
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"edge-agent replay failed:\n{done.stderr[-3000:]}")
    told = [json.loads(line) for line in done.stdout.splitlines() if line.strip()]
    return [event for event in told if event.get("kind") == "red_light"]


def foot(box):
    return box[0] + box[2] / 2, box[1] + box[3]


def cost(event, row, frames_per_s):
    """How far an event is from a row; None when it is not this vehicle."""
    late = abs(event["at_s"] - row["at_s"])
    if late > TIME_S:
        return None
    (ax, ay), (bx, by) = foot(event["box"]), foot(row["box"])
    apart = ((ax - bx) ** 2 + (ay - by) ** 2) ** 0.5
    went = abs(event["frame"] - row["frame"]) / frames_per_s / OWN_SIZE_S
    size = max(row["box"][2:])
    return late + apart / size if apart <= size * (1 + went) else None


def assign(costs):
    """One to one, as many pairs as there can be, near ones first."""
    owner = {}

    def place(i, tried):
        near = sorted((value, j) for j, value in enumerate(costs[i]) if value is not None)
        for _, j in near:
            if j not in tried:
                tried.add(j)
                if j not in owner or place(owner[j], tried):
                    owner[j] = i
                    return True
        return False

    best = lambda i: min((value for value in costs[i] if value is not None), default=float("inf"))
    for i in sorted(range(len(costs)), key=best):
        place(i, set())
    return {i: j for j, i in owner.items()}


def score(events, listed, frames_per_s=6.0):
    acts = [row for row in listed if row["verdict"] == "act"]
    doubtful = [row for row in listed if row["verdict"] == "doubtful"]
    matched = assign([[cost(event, row, frames_per_s) for row in acts] for event in events])
    missed = [row for j, row in enumerate(acts) if j not in matched.values()]
    rest = [event for i, event in enumerate(events) if i not in matched]
    false = [event for event in rest if all(cost(event, row, frames_per_s) is None for row in doubtful)]
    right = [(events[i], acts[j]) for i, j in matched.items()]
    return right, false, missed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", choices=LISTS)
    parser.add_argument("--keep", type=Path, help="keep what was told in this folder")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    print("## Red light\n")
    clips = sorted((args.data / "junction").glob("*.mp4"))
    if not clips:
        print("Left out: there is no clip in junction.")
        return
    print("| list | acts | told | right | false | missed | precision | recall |")
    print("|---|---|---|---|---|---|---|---|")
    notes = []
    for name, title in LISTS.items():
        if args.only not in (None, name):
            continue
        listed = rows(name)
        events = replay(args.binary, clips[0], HERE / "red-light" / f"{name}.scene.json")
        if args.keep:
            args.keep.mkdir(parents=True, exist_ok=True)
            (args.keep / f"{name}.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
        right, false, missed = score(events, listed)
        told = len(right) + len(false)
        print(f"| {name}: {title} | {len(right) + len(missed)} | {told} | {len(right)} | {len(false)} | {len(missed)} | "
              f"{len(right) / max(told, 1):.2f} | {len(right) / max(len(right) + len(missed), 1):.2f} |")
        for event in sorted(false, key=lambda e: e["at_s"]):
            notes.append(f"- {name}, false: {event['at_s']:.2f} s, frame {event['frame']}, {event['class']} at "
                         f"{[round(v) for v in event['box']]}, track {event['track_id']}")
        for row in missed:
            notes.append(f"- {name}, missed: {row['at_s']:.2f} s, frame {row['frame']}, {row['class']} at "
                         f"{[round(v) for v in row['box']]} {row['remark']}")
        if args.verbose:
            for event, row in sorted(right, key=lambda pair: pair[1]["at_s"]):
                other = "" if event["class"] == row["class"] else f" (as {event['class']})"
                notes.append(f"- {name}, right: {row['at_s']:.2f} s told as {event['at_s']:.2f} s, {row['class']}{other}")
    print("\n" + "\n".join(notes))
    streets = sorted((args.data / "clips").glob("two-way-traffic.mp4"))
    if streets and args.only is None:
        dark = replay(args.binary, streets[0], HERE / "red-light" / "no-signal.scene.json")
        print(f"\nA street without a signal (two-way-traffic.mp4), a stop line whose lamp boxes lie on plain asphalt: {len(dark)} told.")


if __name__ == "__main__":
    sys.exit(main())
