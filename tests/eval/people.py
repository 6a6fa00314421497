"""People counted over a line, against counts by eye. Prints Markdown.

    python tests/eval/people.py --binary PATH_TO_edge-agent --data DATA

The walkers clip (vtest.avi of Debian's opencv-doc) is counted by eye in tests/clips/walkers-count.toml, crossing by crossing; rows
that a person could count either way are marked there. The clip one-by-one-person.mp4 of DATA shows six people who come from the
lower edge, stand at a table, and leave to the right: six over an upright line at 0.8 of the width.

Beside ours stands what people write first, on the same tracks: the foot was on one side of the line and is now on the other.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

WALKERS = Path("/usr/share/doc/opencv-doc/examples/data/vtest.avi")
COUNT = Path(__file__).parent.parent / "clips" / "walkers-count.toml"
DETECTORS = ("picodet-s-416", "street-s-544")
RATES = (5.0, 7.0, 10.0)
# A crossing is that of the eye if it is within this time of it, seconds.
SAME_S = 1.0

CONFIG = """
site = "eval"
agent = "edge"
state_dir = "{state}"
[central]
url = "mqtt://127.0.0.1:1883"
[detector]
model = "{detector}"
[tracker]
high_score = 0.45
birth_score = 0.5
[[camera]]
id = "cam"
plates = false
[camera.stream]
url = "rtsp://127.0.0.1:8554/cam"
analysis_fps = {rate}
[[camera.line]]
id = "line"
from = {start}
to = {end}
counts = ["person"]
"""


def run(binary, command, clip, config, *more):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "edge.toml"
        path.write_text(CONFIG.format(state=folder, **config))
        done = subprocess.run(
            [binary, command, clip, "--config", path, *more], capture_output=True, text=True, check=True
        )
    return [json.loads(line) for line in done.stdout.splitlines()]


def ours(binary, clip, config):
    """[(seconds, way)] as the events say."""
    events = run(binary, "replay", clip, config, "--json", "--start", "2026-11-20T00:00:00Z")
    found = []
    for event in events:
        if event["kind"] == "crossing":
            hours, minutes, seconds = event["captured"]["at"].split("T")[1].rstrip("Z").split(":")
            at_s = 3600 * int(hours) + 60 * int(minutes) + float(seconds)
            found.append((at_s, event["payload"]["direction"]))
    return found


def plain(binary, clip, config, size):
    """[(seconds, way)] of a plain foot check on the tracks of every frame."""
    (ax, ay), (bx, by) = ([part * side for part, side in zip(end, size)] for end in (config["start"], config["end"]))
    before, found = {}, []
    for frame in run(binary, "trace", clip, config):
        for track in frame["tracks"]:
            if track["class"] != "person":
                continue
            x, y, w, h = track["box"]
            x, y = x + w / 2, y + h
            side = (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0
            along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)
            if before.get(track["id"], side) != side and 0 <= along <= 1:
                found.append((frame["time_s"], "in" if side else "out"))
            before[track["id"]] = side
    return found


def compare(found, rows):
    """Missed, and counted without cause. Rows with a doubt may be either."""
    left, missed = list(found), 0
    for row in (row for row in rows if "doubt" not in row):
        near = [f for f in left if f[1] == row["direction"] and abs(f[0] - row["time_s"]) <= SAME_S]
        if near:
            left.remove(min(near, key=lambda f: abs(f[0] - row["time_s"])))
        else:
            missed += 1
    doubtful = [row for row in rows if "doubt" in row]
    extra = [
        f for f in left
        if not any(row["direction"] == f[1] and abs(f[0] - row["time_s"]) <= SAME_S for row in doubtful)
    ]
    return missed, len(extra)


def row(name, detector, rate, found, by_eye, rows):
    ways = [sum(1 for f in found if f[1] == way) for way in ("in", "out")]
    off = abs(ways[0] - by_eye[0]) + abs(ways[1] - by_eye[1])
    missed, extra = compare(found, rows) if rows else ("–", "–")
    share = f"{100 * off / sum(by_eye):.1f} %"
    print(f"| {name} | {detector} | {rate} | {ways[0]} / {ways[1]} | {by_eye[0]} / {by_eye[1]} | {share} | {missed} | {extra} |")


def measure(binary, title, clip, size, ends, by_eye, rows):
    print(f"\n**{title}**\n")
    print("| | detector | frames a second | in / out | by eye | off | missed | without cause |")
    print("|---|---|---|---|---|---|---|---|")
    for detector in DETECTORS:
        config = {"detector": detector, "start": ends[0], "end": ends[1]}
        for rate in RATES:
            row("ours", detector, f"{rate:.0f}", ours(binary, clip, {**config, "rate": rate}), by_eye, rows)
        found = plain(binary, clip, {**config, "rate": 10.0}, size)
        row("plain foot check", detector, "10", found, by_eye, rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--data", type=Path, required=True)
    arguments = parser.parse_args()
    print("## People over a line")
    if WALKERS.is_file():
        count = tomllib.loads(COUNT.read_text())
        by_eye, ends = (count["in"], count["out"]), ([0.05, 0.55], [0.95, 0.55])
        title = "Walkers (opencv-doc), 80 s, 26 crossings"
        measure(arguments.binary, title, WALKERS, (768, 576), ends, by_eye, count["crossing"])
    else:
        print("\nThe walkers clip is missing: install Debian's package opencv-doc.", file=sys.stderr)
    clip = arguments.data / "clips" / "one-by-one-person.mp4"
    if clip.is_file():
        title = "One by one, 139 s, 6 people"
        measure(arguments.binary, title, clip, (768, 432), ([0.8, 1.0], [0.8, 0.2]), (6, 0), None)
    else:
        print(f"\n{clip} is missing: only the walkers are measured.", file=sys.stderr)


main()
