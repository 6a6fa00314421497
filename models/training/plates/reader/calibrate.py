#!/usr/bin/env python3
"""Fits the table of scores: calibrate.py READER.onnx OUT.json [--plates 1500] [--redlight FOLDER]

Renders plates that the network was not trained on (their own seed), reads them as the program does (the probability of
the text among all texts that have the shape of a plate, see edge-agent/src/vision/plate/shape.rs), and finds the share
of right texts per probability: pooled until monotone, then the lower end of its 90 % interval, so that few samples
never promise much. Prints what a score of 0.9 means on a second set that was not used for the fit.
"""

import argparse
import json
import math
import pathlib

import cv2
import numpy as np
import onnxruntime
from generate import backgrounds
from samples import ALPHABET, views

D, L, P = range(10), [10 + i for i, c in enumerate(ALPHABET[10:]) if c not in "IJOQW"], range(1, 10)
TOP = [[D, D, L, P], [D, D, L], [D, D, L, L]]
BOTTOM = [[D] * 5, [D] * 4]
WHOLE = [[D, D, L] + [D] * 5, [D, D, L] + [D] * 4, [D, D, L, L] + [D] * 5, [D, D, L, P] + [D] * 5]
FOREIGN = .05


def mass(steps, slots):
    """Probability of all texts with one of each slot's symbols, in any places along the line."""
    rest, held = np.zeros(len(slots) + 1), np.zeros((len(slots), 36))
    allowed = np.zeros((len(slots), 36))
    for i, s in enumerate(slots):
        allowed[i, list(s)] = 1
    rest[0] = 1
    for row in steps:
        sums = held.sum(1)
        other = np.vstack([np.zeros(36), sums[:-1, None] - held[:-1]])
        held = (held + rest[:-1, None] + other) * row[1:] * allowed
        rest = (rest + np.concatenate([[0], sums])) * row[0]
    return rest[-1] + held[-1].sum()


def greedy(steps):
    best = steps.argmax(1)
    return [int(c) - 1 for i, c in enumerate(best) if c and (i == 0 or c != best[i - 1])]


def odds(lines, texts=None):
    """Text of a plate (`texts`: given per line), and the log-odds of its probability."""
    text, p = [], 1.0
    for at, steps in enumerate(lines):
        seen = greedy(steps) if texts is None else texts[at]
        text += seen
        if not seen:
            return "", -13.8
        own = [D if c < 10 else L for c in seen]
        shapes = WHOLE if len(lines) == 1 else (TOP, BOTTOM)[at]
        # A line of another shape stands for the classes that the list leaves out.
        family = [s for s in shapes if len(s) != len(own) or any(set(a) - set(b) for a, b in zip(s, own))] + [own]
        t = mass(steps, [[c] for c in seen])
        all_plates = sum(mass(steps, s) for s in family)
        p *= t / max(all_plates + FOREIGN * max(1 - all_plates, 0), t)
    p = min(max(p, 1e-6), 1 - 1e-6)
    return "".join(ALPHABET[c] for c in text), math.log(p / (1 - p))


def collect(session, seed, plates, street):
    """Log-odds and rightness of `plates` rendered plates, four looks each."""
    rng, found = np.random.default_rng(seed), []
    for _ in range(plates):
        for lines, _ in views(rng, street):
            x = np.stack([i for i, _, _ in lines])[:, None].astype(np.float32) / 255
            text, o = odds(session.run(None, {"x": x})[0].astype(np.float64))
            found.append((o, text == "".join(t for _, t, _ in lines)))
    return sorted(found)


def fit(found, points=16):
    """Monotone table: pooled adjacent violators over bins of equal size."""
    bins = [[np.mean([o for o, _ in b]), sum(r for _, r in b), len(b)] for b in np.array_split(np.array(found, dtype=object), points * 3)]
    pools = []
    for o, right, n in bins:
        pools.append([o, right, n])
        while len(pools) > 1 and pools[-2][1] / pools[-2][2] >= pools[-1][1] / pools[-1][2]:
            a, b = pools.pop(-2), pools.pop()
            n = a[2] + b[2]
            pools.append([(a[0] * a[2] + b[0] * b[2]) / n, a[1] + b[1], n])
    table = []
    for o, right, n in pools:
        score = max(wilson(right, n), table[-1][1] if table else 0.0)
        if not table or o > table[-1][0] + 1e-3:
            table.append([round(float(o), 3), round(score, 4)])
    return table


def wilson(right, n, z=1.645):
    """Lower end of the interval of a share."""
    p = right / n
    return max((p + z * z / (2 * n) - z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n), 0.0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--plates", type=int, default=1500)
    parser.add_argument("--redlight", type=pathlib.Path)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(args.model, options, providers=["CPUExecutionProvider"])
    street = backgrounds(args.redlight, 40)
    found = collect(session, 920_000, args.plates, street)
    table = fit(found)
    recipe = (f"calibrate.py: {args.plates} rendered plates, four looks each, seed 920000; share of right texts by log-odds, pooled until "
              "monotone, lower end of the 90 % interval")
    args.out.write_text(json.dumps({"recipe": recipe, "points": table}) + "\n", encoding="utf-8")
    check = collect(session, 930_000, args.plates // 3, street)
    xs, ys = zip(*table)
    sure = [r for o, r in check if np.interp(o, xs, ys) >= .9]
    print(f"second set: {len(check)} looks, right {np.mean([r for _, r in check]):.3f}; score >= 0.9: {len(sure)}, wrong {sum(not r for r in sure)}")


if __name__ == "__main__":
    main()
