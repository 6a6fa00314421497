"""How much the scores depend on the exact settings: random ones around the defaults, scored like the defaults.

    python robustness.py --data DIR --out DIR --agent PATH [--settings 24] [--seed 1]

If the defaults only stood out by luck, settings near them would score much less. Also says, for each sequence, what it gets from
the settings that are best on all the others.
"""

import argparse
import json
import random
import shutil
from pathlib import Path

from evaluate import score
from ours import SUMMARY
from sequences import sequences

import subprocess

# Default and range of each setting; the ranges reach about 30 % to either side.
RANGES = {
    "high_score": (0.6, 0.5, 0.7), "birth_score": (0.65, 0.55, 0.75), "match_high": (0.2, 0.12, 0.28),
    "match_low": (0.6, 0.45, 0.7), "match_new": (0.2, 0.1, 0.35), "widen": (0.3, 0.0, 0.6),
    "duplicate_iou": (0.55, 0.45, 0.7), "lost_s": (1.5, 1.0, 2.2), "motion.measured": (0.06, 0.04, 0.08),
    "motion.drift": (0.3, 0.2, 0.4), "motion.acceleration": (0.8, 0.5, 1.2), "motion.first_velocity": (3.0, 2.0, 5.0),
    "motion.score_trust": (0.8, 0.5, 0.95),
}


def draw(rng):
    """Settings drawn evenly from their ranges; what starts a track is never less sure than what continues one."""
    settings = {name: round(rng.uniform(low, high), 3) for name, (_, low, high) in RANGES.items()}
    settings["birth_score"] = max(settings["birth_score"], settings["high_score"])
    return settings


def run(agent, found, settings, folder):
    """Tracks of all sequences with these settings."""
    (folder / "data").mkdir(parents=True)
    path = folder / "settings.toml"
    # Dotted keys come after plain ones: TOML has no way back out of a table otherwise.
    path.write_text("".join(f"{name} = {value}\n" for name, value in sorted(settings.items(), key=lambda s: "." in s[0])))
    for sequence in found:
        done = subprocess.run(
            [agent, "track", "--settings", path, "--detections", sequence.detections, "--frame-rate",
             str(sequence.frame_rate), "--out", folder / "data" / f"{sequence.name}.txt"],
            stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0 or not SUMMARY.search(done.stderr):
            raise SystemExit(f"{agent} failed with {settings}:\n{done.stderr}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--agent", type=Path, required=True)
    parser.add_argument("--settings", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    out, found, rng = args.out / "robustness", sequences(args.data), random.Random(args.seed)
    shutil.rmtree(out, ignore_errors=True)
    drawn = {"default": {name: default for name, (default, _, _) in RANGES.items()}}
    drawn |= {f"random-{n:03}": draw(rng) for n in range(1, args.settings + 1)}
    for name, settings in drawn.items():
        run(args.agent.resolve(), found, settings, out / "tracks" / name)
    scores = score(args.data, out, list(drawn))
    (out / "robustness.json").write_text(json.dumps({n: {"settings": drawn[n], "scores": scores[n]} for n in drawn}, indent=1))
    report(scores, [s.name for s in found])


def report(scores, clips):
    """Prints the spread over all settings, and the leave-one-out result per sequence."""
    random_ones = [name for name in scores if name != "default"]
    print(f"{len(random_ones)} random settings around the defaults, all sequences together:\n")
    print("| | default | least | mean | most |\n|---|---|---|---|---|")
    for metric in ("HOTA", "IDF1", "MOTA"):
        values = [scores[name]["COMBINED"][metric] for name in random_ones]
        print(f"| {metric} | {scores['default']['COMBINED'][metric]:.2f} | {min(values):.2f} | {sum(values) / len(values):.2f} "
              f"| {max(values):.2f} |")
    print("\nEach sequence with the settings that are best on the others (HOTA / IDF1):\n")
    print("| sequence | chosen without it | default |\n|---|---|---|")
    for clip in clips:
        others = [c for c in clips if c != clip]
        best = max(scores, key=lambda name: sum(scores[name][c]["HOTA"] + scores[name][c]["IDF1"] for c in others))
        cell = [f"{scores[name][clip]['HOTA']:.1f} / {scores[name][clip]['IDF1']:.1f}" for name in (best, "default")]
        print(f"| {clip} | {cell[0]} | {cell[1]} |")


if __name__ == "__main__":
    main()
