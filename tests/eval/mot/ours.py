"""Run `edge-agent track` over every sequence and collect its own figures.

    python ours.py --data DIR --out DIR --agent PATH

The agent prints the CPU seconds of its tracker alone (reading and writing text excluded), as the peers are timed.
"""

import argparse
import json
import re
import subprocess
from pathlib import Path

from sequences import sequences

SUMMARY = re.compile(r"(\d+) frames, (\d+) tracks, ([0-9.]+) s of tracker CPU")


def track(agent, sequence, out_path):
    """Frames and CPU seconds of one sequence; writes its boxes in MOTChallenge form."""
    done = subprocess.run(
        [agent, "track", "--detections", sequence.detections, "--frame-rate", str(sequence.frame_rate), "--out", out_path],
        stderr=subprocess.PIPE, text=True, check=False)
    summary = SUMMARY.search(done.stderr)
    if done.returncode != 0 or not summary:
        raise SystemExit(f"{agent} failed on {sequence.name}:\n{done.stderr}")
    return int(summary[1]), float(summary[3])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--agent", type=Path, required=True)
    args = parser.parse_args()
    folder = args.out / "tracks" / "edge-agent" / "data"
    folder.mkdir(parents=True, exist_ok=True)
    frames, cpu_s = 0, 0.0
    for sequence in sequences(args.data):
        counted, spent = track(args.agent.resolve(), sequence, folder / f"{sequence.name}.txt")
        frames, cpu_s = frames + counted, cpu_s + spent
    speed = {"frames": frames, "cpu_s": round(cpu_s, 4), "hz": round(frames / max(cpu_s, 1e-9), 1)}
    (args.out / "tracks" / "edge-agent" / "speed.json").write_text(json.dumps(speed))
    print(f"edge-agent: {frames} frames, {speed['hz']} Hz")


if __name__ == "__main__":
    main()
