"""Turns the measurements into RESULTS.md. Every number there comes from here."""

import argparse
import json
import os
import platform
import re
from pathlib import Path
from statistics import median

STAGES = ["decode", "prepare", "infer", "track", "rest", "plates", "evidence"]
# What a loop has as well.
SHARED = ["decode", "prepare", "infer"]
LEAST_SPEED_UP = 20
MOST_OVERHEAD = 0.02
MOST_RATIO = 0.9
MOST_COMMAND_MS = 250
LEAST_PER_MINUTE = 30


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])


def verdict(met):
    return "met" if met else "**missed**"


def machine():
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())
    cores, kernel = len(os.sched_getaffinity(0)), platform.release().split("-")[0]
    return f"{model[1] if model else platform.machine()}, {cores} cores, {int(memory[1]) / 2**20:.0f} GiB, Linux {kernel}"


def per_stage(runs, stage):
    return median(run["cpu_ms_per_frame"].get(stage, 0.0) for run in runs)


class Clip:
    """Medians and ratios of one clip."""

    def __init__(self, record):
        self.name, self.size, self.runs = record["clip"], record["size"], record["results"]
        self.frames = self.runs["loop"][0]["frames"]

    def agent(self, view):
        return {stage: per_stage(self.runs[view], stage) for stage in STAGES}

    def loop(self, prepare="prepare"):
        """The better of both decoders, so that the loop is not slowed down by its choice of library."""
        decode = min(per_stage(self.runs[job], "decode") for job in ("loop", "opencv"))
        return {"decode": decode, "prepare": per_stage(self.runs["loop"], prepare), "infer": per_stage(self.runs["loop"], "infer")}

    def ratios(self, view, prepare="prepare"):
        """Ours (tracking included) over the loop, per round."""
        ours = [run["cpu_ms_per_frame"] for run in self.runs[view]]
        loops = zip(self.runs["loop"], self.runs["opencv"])
        theirs = [
            min(a["cpu_ms_per_frame"]["decode"], b["cpu_ms_per_frame"]["decode"])
            + a["cpu_ms_per_frame"][prepare]
            + a["cpu_ms_per_frame"]["infer"]
            for a, b in loops
        ]
        return [sum(ms[stage] for stage in [*SHARED, "track"]) / total for ms, total in zip(ours, theirs)]

    def overhead(self, view):
        ms = self.agent(view)
        return (ms["track"] + ms["rest"]) / (ms["decode"] + ms["infer"])

    def process_ms(self, job):
        """The whole process per frame, without starting and loading."""
        start = median(run["process_cpu_s"] for run in self.runs[f"start {job}"])
        whole = median(run["process_cpu_s"] for run in self.runs[job])
        return 1e3 * (whole - start) / (self.frames - 1)


VIEWS = {"as configured": "ours, as configured", "same work": "ours, same work"}


def pipeline(measured):
    path = measured / "pipeline.json"
    if not path.is_file():
        return ["Not measured."]
    record = json.loads(path.read_text())
    clips = [Clip(clip) for clip in record["clips"]]
    out = [PIPELINE.format(date=record["date"], rounds=record["rounds"], load=f"{record['load']:.1f}")]
    rows = []
    for clip in clips:
        label = f"{clip.name}, {clip.size[0]}×{clip.size[1]}, {clip.frames} frames"
        for view, words in VIEWS.items():
            ms = clip.agent(view)
            gated = clip.runs[view][0]["gated"] / clip.frames
            row = [label, words, f"{gated:.0%}", *(f"{ms[stage]:.2f}" for stage in STAGES)]
            rows.append([*row, f"{sum(ms.values()):.2f}", f"{clip.process_ms(view):.2f}"])
            label = ""
        ms = clip.loop()
        row = ["", "Python loop", "–", *(f"{ms[stage]:.2f}" for stage in SHARED), *["–"] * 4]
        rows.append([*row, f"{sum(ms.values()):.2f}", f"{clip.process_ms('loop'):.2f}"])
    out.append(table(["clip", "", "gated", *STAGES, "sum", "process"], rows))
    out += [RATIO, ratios(clips), OVERHEAD, overheads(clips)]
    out += [f"Left out, not there: {', '.join(record['absent'])}."] if record["absent"] else []
    return out


def ratios(clips):
    rows = []
    for clip in clips:
        for view, words in VIEWS.items():
            cells = []
            for prepare in ("prepare", "prepare_lean"):
                values = clip.ratios(view, prepare)
                cells.append(f"{median(values):.3f} ({min(values):.3f}–{max(values):.3f})")
            rows.append([clip.name, words, *cells, verdict(median(clip.ratios(view)) <= MOST_RATIO)])
    return table(["clip", "", "usual preparation", "leanest preparation", f"≤ {MOST_RATIO} of the usual loop"], rows)


def overheads(clips):
    rows = []
    for clip in clips:
        for view, words in VIEWS.items():
            share, ms = clip.overhead(view), clip.agent(view)
            own, base = f"{ms['track']:.3f} + {ms['rest']:.3f}", f"{ms['decode'] + ms['infer']:.2f}"
            rows.append([clip.name, words, own, base, f"{share:.2%}", verdict(share <= MOST_OVERHEAD)])
    return table(["clip", "", "track + rest, ms", "decode + infer, ms", "overhead", f"≤ {MOST_OVERHEAD:.0%}"], rows)


def tracker(measured):
    path = measured / "mot" / "mot.json"
    if not path.is_file():
        where = "`../shared/data/mot17`; see `tests/eval/mot/README.md`"
        return [f"**Not measured**: the MOT17 sequences are not beside this checkout ({where})."]
    scores = json.loads(path.read_text())
    whole = {name: entry["scores"]["COMBINED"] | {"Hz": entry["speed"]["hz"]} for name, entry in scores.items()}
    ours = whole.pop("edge-agent")
    targets = []
    for key, factor in (("HOTA", 1), ("IDF1", 1), ("Hz", LEAST_SPEED_UP)):
        best = max(peer[key] for peer in whole.values())
        wanted = f"≥ {factor} × the fastest peer" if factor > 1 else "≥ the best peer"
        targets.append([key, f"{ours[key]:,.2f}", f"{best:,.2f}", wanted, verdict(ours[key] >= factor * best)])
    return [TRACKER, (measured / "mot" / "mot.md").read_text().strip(), table(["", "ours", "best peer", "target", ""], targets)]


WAYS = {
    "event": "1 event per append",
    "event+fdatasync": "1 event per append, then `fdatasync`",
    "batch": "32 events per append",
    "batch+fdatasync": "32 events per append, then `fdatasync`",
    "picture": "1 event with a 100 kB picture per append",
    "picture+receipt": "1 event with a 100 kB picture per append, receipted at once",
}


def outbox(measured):
    path = measured / "outbox.json"
    if not path.is_file():
        return ["Not measured."]
    record = json.loads(path.read_text())
    rows = []
    for way, words in WAYS.items():
        for side, label in (("ours", "outbox (sled)"), ("sqlite", f"SQLite {record['sqlite_version']}")):
            runs = record[side].get(way)
            if not runs:
                continue
            rate = [run["events"] / run["seconds"] for run in runs]
            cpu = median(1e6 * run["cpu_seconds"] / run["events"] for run in runs)
            disk = median(run["disk_bytes"] / run["events"] / 1000 for run in runs)
            calls = record["syncs"].get(f"{side} {way}")
            calls = ", ".join(f"{n:.2f} {call}" for call, n in (calls or {}).items() if n) or "–"
            batch = runs[0]["events"] // runs[0]["appends"]
            row = [words, label, f"{median(rate):,.0f} ({min(rate):,.0f}–{max(rate):,.0f})", batch]
            rows.append([*row, calls, f"{cpu:,.0f}", f"{disk:,.1f}"])
    head = ["", "", "events/s", "events per append", "sync calls per append", "CPU µs per event", "kB to disk per event"]
    return [OUTBOX.format(**record), table(head, rows), OUTBOX_NOTES]


def rank(values, share):
    """The smallest value that `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]


def gate(measured):
    path = measured / "gate.json"
    if not path.is_file():
        return ["Not measured."]
    record = json.loads(path.read_text())
    clip, rows = record["clip"], []
    for key, words in (("commanded_ms", "to the command"), ("arrived_ms", "to its arrival at the barrier")):
        values = clip[key]
        shares = [rank(values, share) for share in (0.5, 0.95, 0.99)]
        met = verdict(shares[1] <= MOST_COMMAND_MS)
        rows.append([words, len(values), *(f"{ms:.0f}" for ms in shares), f"{max(values):.0f}", met])
    latency = table(["plate legible …", "samples", "p50 ms", "p95 ms", "p99 ms", "most ms", f"p95 ≤ {MOST_COMMAND_MS} ms"], rows)
    rows = []
    for flow in record["flow"]:
        decided = flow["decided_ms"]
        shares = [f"{rank(decided, share):.1f}" for share in (0.5, 0.95, 0.99)]
        passed = f"{flow['passed']} of {flow['people']}"
        goal = verdict(flow["passed"] == flow["people"]) if flow["per_minute"] >= LEAST_PER_MINUTE else "–"
        rows.append([flow["per_minute"], passed, *shares, f"{flow['cpu_ms_per_person']:.0f}", goal])
    head = ["people a minute", "passed", "p50 ms", "p95 ms", "p99 ms", "CPU ms per person", "all passed"]
    burst = record["burst"]
    words = GATE_BURST.format(
        people=burst["people"], rate=burst["decisions_per_s"], cpu=burst["cpu_ms_per_decision"], passed=burst["passed"]
    )
    intro = GATE.format(date=record["date"], rounds=clip["rounds"], load=f"{record['load']:.1f}", vehicles=clip["vehicles"])
    return [intro, latency, GATE_FLOW, table(head, rows), words]


PIPELINE = """{date}, {rounds} rounds, load {load} at the end. CPU milliseconds per frame (medians), every frame of the clip analysed.

- *ours, as configured*: `edge-agent replay CLIP --config configs/demo/… --every-frame --json --json-summary`: motion gate,
  tracking, lines, plates where the demo reads them, evidence pictures.
- *ours, same work*: the same with the motion gate off and plates off, so the detector sees every frame as in the loop.
- *Python loop*: `tests/bench/loop.py`: video to BGR (PyAV and OpenCV both measured, the cheaper counts), `cv2.resize`, numpy
  normalisation, onnxruntime of the same release with the same PicoDet-S file. It tracks nothing.

One thread everywhere (`OMP_NUM_THREADS=1`, `cv2.setNumThreads(1)`, one decoder thread, one onnxruntime thread, no spinning). Ours and theirs
take turns in the same run, each in a process of its own. CPU time is little disturbed by other work on the machine, but not at
all undisturbed (shared caches); ratios are sturdier than times. *gated* is the share of frames that the motion gate kept
from the detector. *process* is the whole process (all threads, user and system) less starting and loading, per frame; for the
loop it holds both preparations."""

RATIO = """**Ours over the loop**: decode + prepare + infer + track of ours, over decode + prepare + infer of theirs; median of the
rounds (least–most). *Usual* is `cvtColor`, `astype`, `/ 255`, `- mean`, `/ std`, `transpose`; *leanest* multiplies channel by
channel into the tensor, which few people write."""

OVERHEAD = """**Own overhead**: tracking, motion gate, lines and book-keeping over decoding and inference. Where the gate spares
nearly all inference there is little left to compare with: see the milliseconds there."""

TRACKER = """`tests/eval/mot/run.sh`: the same boxes for every tracker, scored by TrackEval; processor time of the tracker's calls alone, one
thread, same run."""

OUTBOX = """{date}, {rounds} rounds, on the disk that holds the checkout. `edge-agent/examples/outbox_throughput.rs` beside
SQLite (`tests/bench/outbox.py`: write-ahead log, `synchronous = full`, through Python's `sqlite3`), in turn. Messages of 1,024
bytes. Ours builds, hashes, chains and signs (Ed25519) every event; SQLite stores ready bytes. Sync calls are counted over 200 appends
with strace, where it is installed. *kB to disk* is what the kernel charged to the process as written."""

OUTBOX_NOTES = """How to read it: an append returns when sled has flushed. sled flushes with `sync_file_range`: a killed agent loses
nothing, but the file's metadata and the device's own cache are not forced out as `fdatasync` (SQLite's way) does, so a power cut
can take the newest events. The rows with `fdatasync` show what that costs on top and are the ones to hold beside SQLite. sled
writes whole pages of its tree for a small change, hence the bytes on disk. Events per second swing with everything else that
uses the disk (least–most of the rounds); CPU, calls and bytes are steady."""

GATE = """{date}, the gate clip {rounds} times, load {load} at the end. `edge-agent/examples/gate_bench.rs`: the real pipeline at 10 frames a second of the
clip, all {vehicles} vehicles on the list, a simulated barrier behind HTTP on the same machine. A frame counts as taken when it is handed to the
pipeline, so that decoding and the camera's own delay are not in it; detection, tracking, reading, vote, decision and hand-over are. Frames
come as fast as the machine works them off, not at the clip's pace."""

GATE_FLOW = """**People with cards** at one lane: each shows a card at the lane's rate and goes through 0.8 s after it is free, so that 75 a minute is what
the turnstile itself can do. Times are from the card's text to decision, command and provisional event on disk."""

GATE_BURST = """As fast as they go, 10,000 people on the list, {people} cards and passages: {rate:.0f} decisions a second, {cpu:.1f} CPU ms each, provisional and
settled event on disk; {passed} passed."""

PAGE = """# Measurements

Written by `make bench` (`tests/bench/run.sh`); not edited by hand. Each part has its own date, because parts can be measured again
alone (`BENCH_PARTS`).

- Machine: {machine}
- Program: profile `{profile}`{note}

## Pipeline

{pipeline}

## Tracker alone

{tracker}

## Outbox

{outbox}

## Gate

{gate}
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measured", required=True, type=Path)
    parser.add_argument("--profile", required=True)
    parser.add_argument("--write", required=True, type=Path)
    args = parser.parse_args()
    note = "" if args.profile != "dev" else (
        ", which compiles the agent at opt-level 3 and its dependencies at 2;\n"
        "  `BENCH_PROFILE=release make bench` measures a release build"
    )
    parts = {part.__name__: "\n\n".join(part(args.measured)) for part in (pipeline, tracker, outbox, gate)}
    args.write.write_text(PAGE.format(machine=machine(), profile=args.profile, note=note, **parts))


if __name__ == "__main__":
    main()
