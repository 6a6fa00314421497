"""Score tracks as MOTChallenge does and compare trackers.

    python evaluate.py --data DIR --out DIR

Reads DIR/tracks/NAME/data/SEQUENCE.txt of each tracker, scores the pedestrian class with TrackEval (distractor classes removed, truth
rows flagged 0 ignored, as MOT17 says), and writes DIR/mot.json and the Markdown table DIR/mot.md.
"""

import argparse
import contextlib
import io
import json
from pathlib import Path

import trackeval

from sequences import sequences

OURS = "edge-agent"
METRICS = ["HOTA", "IDF1", "MOTA"]


def score(data, out, names):
    """{tracker: {sequence or COMBINED: {metric: per cent}}}"""
    found = sequences(data)
    layouts = {s.ground_truth.relative_to(s.folder).as_posix() for s in found}
    if len(layouts) != 1:
        raise SystemExit(f"the truth lies in different places per sequence: {sorted(layouts)}")
    dataset = trackeval.datasets.MotChallenge2DBox({
        "GT_FOLDER": str(data),
        "GT_LOC_FORMAT": "{gt_folder}/{seq}/" + layouts.pop(),
        "TRACKERS_FOLDER": str(out / "tracks"),
        "TRACKERS_TO_EVAL": names,
        "BENCHMARK": "MOT17",
        "SKIP_SPLIT_FOL": True,
        "SEQ_INFO": {s.name: s.length for s in found},
        "PRINT_CONFIG": False,
    })
    evaluator = trackeval.Evaluator({
        "PRINT_RESULTS": False, "PRINT_CONFIG": False, "TIME_PROGRESS": False, "OUTPUT_SUMMARY": False,
        "OUTPUT_DETAILED": False, "PLOT_CURVES": False, "OUTPUT_EMPTY_CLASSES": False,
    })
    metrics = [m({"PRINT_CONFIG": False}) for m in (trackeval.metrics.HOTA, trackeval.metrics.CLEAR, trackeval.metrics.Identity)]
    noise = io.StringIO()
    with contextlib.redirect_stdout(noise):
        results, messages = evaluator.evaluate([dataset], metrics)
    by_tracker = results["MotChallenge2DBox"]
    for name in names:
        if by_tracker.get(name) is None:
            raise SystemExit(f"{name} could not be scored: {messages['MotChallenge2DBox'].get(name)}\n{noise.getvalue()[-2000:]}")
    return {name: {("COMBINED" if s == "COMBINED_SEQ" else s): numbers(r["pedestrian"]) for s, r in by_tracker[name].items()}
            for name in names}


def numbers(result):
    """The figures people compare, in per cent; identity switches as a count."""
    hota, clear, identity = result["HOTA"], result["CLEAR"], result["Identity"]
    percent = {"HOTA": hota["HOTA"].mean(), "DetA": hota["DetA"].mean(), "AssA": hota["AssA"].mean(), "LocA": hota["LocA"].mean(),
               "IDF1": identity["IDF1"], "MOTA": clear["MOTA"]}
    return {k: round(100 * float(v), 2) for k, v in percent.items()} | {"IDSW": int(clear["IDSW"])}


def table(scores, speeds):
    """Markdown: all sequences together, then HOTA / IDF1 per sequence."""
    ours = speeds.get(OURS, {}).get("hz")
    order = sorted(scores, key=lambda name: (name != OURS, -scores[name]["COMBINED"]["HOTA"]))
    lines = ["| tracker | HOTA | IDF1 | MOTA | AssA | id switches | Hz (one thread) | ours is faster by |", "|---|---|---|---|---|---|---|---|"]
    for name in order:
        row, hz = scores[name]["COMBINED"], speeds[name]["hz"]
        times = f"{ours / hz:.0f}×" if ours and name != OURS else ""
        lines.append(f"| {name} | {row['HOTA']:.2f} | {row['IDF1']:.2f} | {row['MOTA']:.2f} | {row['AssA']:.2f} | {row['IDSW']} "
                     f"| {hz:,.0f} | {times} |")
    clips = sorted(s for s in scores[order[0]] if s != "COMBINED")
    lines += ["", "HOTA / IDF1 per sequence:", "", "| tracker | " + " | ".join(clips) + " |", "|---|" + "---|" * len(clips)]
    for name in order:
        cells = [f"{scores[name][s]['HOTA']:.1f} / {scores[name][s]['IDF1']:.1f}" for s in clips]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    names = sorted(p.parent.name for p in (args.out / "tracks").glob("*/speed.json"))
    if not names:
        raise SystemExit(f"no tracks in {args.out}: run the trackers first")
    speeds = {n: json.loads((args.out / "tracks" / n / "speed.json").read_text()) for n in names}
    scores = score(args.data, args.out, names)
    (args.out / "mot.json").write_text(json.dumps({n: {"scores": scores[n], "speed": speeds[n]} for n in names}, indent=1))
    markdown = table(scores, speeds)
    (args.out / "mot.md").write_text(markdown)
    print(markdown)


if __name__ == "__main__":
    main()
