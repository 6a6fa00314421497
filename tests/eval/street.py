"""Crossings of the stop line in the `junction` clip: ours, and a plain line check over supervision's ByteTrack. Prints Markdown.

    python tests/eval/street.py --binary PATH_TO_edge-agent --data DATA [--keep FOLDER]

Both get the boxes of our detector, from the same run. A plain line check is what people write first: the foot of a track was on
one side of the line and is now on the other, between its ends. A crossing counts as *standing* when the vehicle did not go
anywhere: the boxes that belong to its track lie, in the two seconds before and the two after, less than 0.3 of its size apart
(medians). A crossing counts as *doubled* when another track crossed the same way within 1.5 s with a box that covers three quarters of
this one's or lies in it. Tracks count as doubled while two of a kind cover each other by 0.85.

Run with the Python that has supervision (see tests/eval/mot/requirements-supervision.txt); without it our rows come alone.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import numpy as np

FRAMES_PER_S = 6.0166
LINE = ((0.067 * 640, 0.704 * 480), (0.85 * 640, 0.762 * 480))
VEHICLES = {"car": 0, "motorcycle": 1, "bus": 0, "truck": 0}


def distance(p):
    (ax, ay), (bx, by) = LINE
    return ((bx - ax) * (p[1] - ay) - (by - ay) * (p[0] - ax)) / np.hypot(bx - ax, by - ay)


def along(p):
    (ax, ay), (bx, by) = LINE
    return ((p[0] - ax) * (bx - ax) + (p[1] - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)


def foot(box):
    return box[0] + box[2] / 2, box[1] + box[3]


def plain_check(tracks):
    """(frame, track, way) whenever the foot changes sides between the line's ends. `tracks`: id -> {frame: box}."""
    for ident, path in tracks.items():
        before = None
        for frame in sorted(path):
            point = foot(path[frame])
            side = distance(point) > 0
            if before is not None and side != before and 0 <= along(point) <= 1:
                yield frame, ident, "down" if side else "up"
            before = side


def stands(path, frame):
    """Whether the vehicle of this track went nowhere around this frame."""
    reach = int(2 * FRAMES_PER_S)
    before = [path[f] for f in path if frame - reach <= f < frame]
    after = [path[f] for f in path if frame <= f <= frame + reach]
    if not before or not after:
        return False
    # The middle of the upper edge and the foot: a box cut at its wheels moves only one of them.
    centre = lambda boxes: np.median([[b[0] + b[2] / 2, b[1], b[1] + b[3]] for b in boxes], axis=0)
    size = np.sqrt(np.median([b[2] * b[3] for b in before + after]))
    moved = np.abs(centre(after) - centre(before))
    return bool(np.hypot(moved[0], min(moved[1], moved[2])) < 0.3 * size)


def share(a, b):
    w = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    h = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(w, 0) * max(h, 0) / max(min(a[2] * a[3], b[2] * b[3]), 1)


def doubled_crossings(crossings, tracks, kinds):
    count = 0
    for index, (frame, ident, way) in enumerate(crossings):
        for other_frame, other, other_way in crossings[:index]:
            common = set(tracks[ident]) & set(tracks[other])
            near = [f for f in common if abs(f - frame) <= 9]
            if (other != ident and way == other_way and abs(frame - other_frame) <= 9 and kinds[ident] == kinds[other]
                    and near and np.median([share(tracks[ident][f], tracks[other][f]) for f in near]) >= 0.75):
                count += 1
                break
    return count


def doubled_tracks(tracks, kinds):
    """Pairs of tracks of one kind that lie on each other for three frames or more."""
    together = {}
    frames = {}
    for ident, path in tracks.items():
        for frame, box in path.items():
            frames.setdefault(frame, []).append((ident, box))
    for seen in frames.values():
        for i, (a, box_a) in enumerate(seen):
            for b, box_b in seen[:i]:
                sizes = sorted([box_a[2] * box_a[3], box_b[2] * box_b[3]])
                if kinds[a] == kinds[b] and share(box_a, box_b) >= 0.85 and sizes[0] >= 0.35 * sizes[1]:
                    together[a, b] = together.get((a, b), 0) + 1
    return sum(count >= 3 for count in together.values())


def supervision_tracks(frames, with_classes):
    import supervision as sv

    tracker = sv.ByteTrack(frame_rate=6)
    tracks, votes = {}, {}
    for number, found in enumerate(frames):
        if found:
            boxes = np.array([d["box"] for d in found], dtype=float)
            detections = sv.Detections(
                xyxy=np.column_stack([boxes[:, 0], boxes[:, 1], boxes[:, 0] + boxes[:, 2], boxes[:, 1] + boxes[:, 3]]),
                confidence=np.array([d["score"] for d in found]), class_id=np.array([VEHICLES[d["class"]] for d in found]))
        else:
            detections = sv.Detections.empty()
        out = tracker.update_with_detections(detections)
        if out.tracker_id is None:
            continue
        for box, ident, kind in zip(out.xyxy, out.tracker_id, out.class_id):
            tracks.setdefault(int(ident), {})[number] = [box[0], box[1], box[2] - box[0], box[3] - box[1]]
            votes.setdefault(int(ident), []).append(int(kind))
    return tracks, {ident: int(np.median(kinds)) for ident, kinds in votes.items()}


def row(name, crossings, tracks, kinds):
    crossings = sorted(crossings)
    standing = sum(stands(tracks[ident], frame) for frame, ident, _ in crossings)
    back = sum(way == "down" for _, _, way in crossings)
    double = doubled_crossings(crossings, tracks, kinds)
    return (f"| {name} | {len(tracks)} | {doubled_tracks(tracks, kinds)} | {len(crossings)} | {back} | {standing} | {double} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--config", type=Path, default=Path(__file__).parent / "junction.toml")
    args = parser.parse_args()
    clips = sorted((args.data / "junction").glob("*.mp4"))
    if not clips:
        print("Crossings left out: there is no clip in junction.")
        return
    done = subprocess.run([args.binary, "trace", str(clips[0]), "--config", str(args.config)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"edge-agent trace failed:\n{done.stderr}")
    if args.keep:
        args.keep.mkdir(parents=True, exist_ok=True)
        (args.keep / "trace.jsonl").write_text(done.stdout)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    tracks, kinds, crossings = {}, {}, []
    for number, line in enumerate(lines):
        for track in line["tracks"]:
            if track["class"] in VEHICLES:
                tracks.setdefault(track["id"], {})[number] = track["box"]
                kinds[track["id"]] = VEHICLES[track["class"]]
        for crossing in line["crossings"]:
            if crossing["track"] in tracks:
                crossings.append((number, crossing["track"], "down" if crossing["direction"] == "in" else "up"))
    print("## Crossings of a stop line\n")
    print("| 64 s, one stop line, boxes of our detector | tracks | doubled pairs | crossings | backwards | standing | doubled |")
    print("|---|---|---|---|---|---|---|")
    print(row("edge-agent", crossings, tracks, kinds))
    print(row("our tracks, plain line check", list(plain_check(tracks)), tracks, kinds))
    found = [[d for d in line["detections"] if d["class"] in VEHICLES] for line in lines]
    try:
        peer, peer_kinds = supervision_tracks(found, True)
    except ImportError:
        print("\nThe peer is left out: supervision is not installed.")
        return
    print(row("supervision ByteTrack, plain line check", list(plain_check(peer)), peer, peer_kinds))


if __name__ == "__main__":
    sys.exit(main())
