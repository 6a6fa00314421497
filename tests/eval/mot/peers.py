"""Run the trackers that people use today on given boxes and time their calls.

    python peers.py --data DIR --out DIR --tracker supervision-bytetrack|trackers-bytetrack|trackers-ocsort

Each tracker runs with its own defaults, the sequence's frame rate, one thread, and every box of det.txt. Only the calls to
`update` are timed (CPU seconds of the process); building the boxes and writing results are not.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import supervision as sv

from sequences import read_detections, sequences


def supervision_bytetrack(frame_rate):
    tracker = sv.ByteTrack(frame_rate=int(frame_rate))
    return tracker.update_with_detections


def trackers_bytetrack(frame_rate):
    from trackers import ByteTrackTracker

    return ByteTrackTracker(frame_rate=frame_rate).update


def trackers_ocsort(frame_rate):
    from trackers import OCSORTTracker

    return OCSORTTracker(frame_rate=frame_rate).update


PEERS = {
    "supervision-bytetrack": supervision_bytetrack,
    "trackers-bytetrack": trackers_bytetrack,
    "trackers-ocsort": trackers_ocsort,
}


def as_detections(rows):
    """Rows x, y, w, h, confidence -> supervision's corners."""
    boxes = rows[:, :4].copy()
    boxes[:, 2:] += boxes[:, :2]
    return sv.Detections(xyxy=boxes, confidence=rows[:, 4].copy(), class_id=np.zeros(len(rows), dtype=int))


def track(sequence, make, out_path):
    """CPU seconds spent in the tracker over one sequence; writes its boxes in MOTChallenge form."""
    update = make(sequence.frame_rate)
    frames = [as_detections(rows) for rows in read_detections(sequence)]
    spent, lines = 0.0, []
    for number, detections in enumerate(frames, start=1):
        before = time.process_time()
        tracked = update(detections)
        spent += time.process_time() - before
        for box, score, ident in zip(tracked.xyxy, tracked.confidence, tracked.tracker_id):
            if ident is None or ident < 0:
                continue
            x1, y1, x2, y2 = box
            lines.append(f"{number},{int(ident) + 1},{x1:.2f},{y1:.2f},{x2 - x1:.2f},{y2 - y1:.2f},{score:.3f},-1,-1,-1\n")
    out_path.write_text("".join(lines))
    return spent


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--tracker", choices=sorted(PEERS), required=True)
    args = parser.parse_args()
    folder = args.out / "tracks" / args.tracker / "data"
    folder.mkdir(parents=True, exist_ok=True)
    frames, cpu_s = 0, 0.0
    for sequence in sequences(args.data):
        cpu_s += track(sequence, PEERS[args.tracker], folder / f"{sequence.name}.txt")
        frames += sequence.length
    speed = {"frames": frames, "cpu_s": round(cpu_s, 3), "hz": round(frames / max(cpu_s, 1e-9), 1)}
    (args.out / "tracks" / args.tracker / "speed.json").write_text(json.dumps(speed))
    print(f"{args.tracker}: {frames} frames, {speed['hz']} Hz")


if __name__ == "__main__":
    main()
