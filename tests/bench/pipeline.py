"""CPU time per frame and stage: `edge-agent replay` beside `loop.py` on the same clips, in turn, several times.

Writes pipeline.json. Each run is a process of its own; the order turns round from one round to the next.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import cv2

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
STREET = "/usr/share/doc/opencv-doc/examples/data/vtest.avi"
# Name, video, the demo configuration whose rules it is made for.
CLIPS = [
    ("gate", "tests/clips/gate.mp4", "industrial"),
    ("junction", "tests/clips/junction.mp4", "junction"),
    ("street (opencv-doc)", STREET, "tourist"),
    ("still", "tests/clips/still.mp4", "industrial"),
]


def same_work(text):
    """The configuration with the detector on every frame and nothing that the loop does not do."""
    text = re.sub(r"(?m)^plates = true", "plates = false", text)
    return text.replace("[camera.stream]", "[camera.motion]\nenabled = false\n\n[camera.stream]")


def run(command):
    """Runs to the end; standard error's last line, standard output and CPU seconds of the whole process."""
    before = os.times()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    after = os.times()
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return done.stdout, done.stderr.strip().splitlines(), cpu


def ours(agent, video, config):
    _, errors, cpu = run([agent, "replay", video, "--config", config, "--every-frame", "--json", "--json-summary"])
    return json.loads(errors[-1]) | {"process_cpu_s": cpu}


def loop(video, *options):
    output, _, cpu = run([sys.executable, HERE / "loop.py", video, *options])
    return json.loads(output) | {"process_cpu_s": cpu}


def measure(agent, model, name, video, demo, rounds, work):
    text = (ROOT / "configs" / "demo" / f"{demo}.toml").read_text()
    configs = {"as configured": work / f"{demo}.toml", "same work": work / f"{demo}-same.toml"}
    configs["as configured"].write_text(text)
    configs["same work"].write_text(same_work(text))
    first = str(work / "first.png")
    cv2.imwrite(first, cv2.VideoCapture(video).read()[1])

    jobs = {view: (lambda config=config: ours(agent, video, config)) for view, config in configs.items()}
    jobs["loop"] = lambda: loop(video, "--model", model)
    jobs["opencv"] = lambda: loop(video, "--decoder", "opencv")
    # One picture: what starting and loading costs.
    jobs["start as configured"] = lambda: ours(agent, first, configs["as configured"])
    jobs["start same work"] = lambda: ours(agent, first, configs["same work"])
    jobs["start loop"] = lambda: loop(first, "--model", model, "--decoder", "opencv")
    results = {job: [] for job in jobs}
    for turn in range(rounds):
        for job in sorted(jobs, reverse=bool(turn % 2)):
            began = time.monotonic()
            results[job].append(jobs[job]())
            print(f"{name}: {job}, {turn + 1} of {rounds}, {time.monotonic() - began:.0f} s", file=sys.stderr)
    capture = cv2.VideoCapture(video)
    size = [int(capture.get(p)) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)]
    return {"clip": name, "size": size, "results": results}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agent", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    model = str(ROOT / "models" / "onnx" / "picodet_s_416.onnx")
    began = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
    clips, absent = [], []
    for name, video, demo in CLIPS:
        if (ROOT / video).is_file():
            clips.append(measure(args.agent, model, name, str(ROOT / video), demo, args.rounds, args.out))
        else:
            absent.append(f"{name} ({video})")
            print(f"{name} is left out: there is no {video}", file=sys.stderr)
    record = {"date": began, "load": os.getloadavg()[0], "rounds": args.rounds, "clips": clips, "absent": absent}
    (args.out / "pipeline.json").write_text(json.dumps(record, indent=1))


if __name__ == "__main__":
    main()
