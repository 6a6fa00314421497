#!/usr/bin/env python3
"""Fits the tables of scores: calibrate.py READER.onnx PP-OCRv6_rec_small.onnx OUT.json [--plates 500] [--redlight FOLDER]

Renders plates that no network was trained on (their own seed) and reads them as the program does, with our reader and with
the registry's: the odds of a text among all texts that have the shape of a plate, see edge-agent/src/vision/plate/shape.rs.
The share of right texts per odds, pooled until monotone, is the score; of it the lower end of the 90 % interval, so that few
samples never promise much. Three tables: each reader alone, and both when they agree (by the sum of their odds). Fitted on
every other plate; what a score of 0.9 means on the plates between is printed.
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
from shapes import BOTTOM, TOP, WHOLE, odds, shaped

class Registry:
    """PP-OCR: the classes that are characters of plates."""

    def __init__(self, session):
        self.session, self.name = session, session.get_inputs()[0].name
        names = session.get_modelmeta().custom_metadata_map["character"].split("\n")
        self.known = [(i + 1, ALPHABET.index("D" if c in "Đđ" else c.upper()) + 1) for i, c in enumerate(names)
                      if len(c) == 1 and (c.upper() in ALPHABET or c in "Đđ")]
        self.none = [0] + [i + 1 for i, c in enumerate(names) if c in ("-", ".", "·", " ")]

    def steps(self, line):
        """`line` is a grey cut for our reader: a little less than what the program gives this one."""
        x = cv2.resize(line, (228 if line.shape[1] > 100 else 120, 48), interpolation=cv2.INTER_CUBIC).astype(np.float32) / 127.5 - 1
        x = np.repeat(np.pad(x, ((0, 0), (0, -x.shape[1] % 8)))[None, None], 3, 1)
        p = self.session.run(None, {self.name: x})[0][0].astype(np.float64)
        out = np.zeros((len(p), 37))
        out[:, 0] = p[:, self.none].sum(1)
        for at, symbol in self.known:
            out[:, symbol] += p[:, at]
        return out


def collect(reader, registry, plates, street):
    """Per look: plate number, true text, and text and odds of each of the two."""
    rng, found = np.random.default_rng(920_000), []
    for plate in range(plates):
        for lines, _ in views(rng, street, looks=1):
            x = np.stack([i for i, _, _ in lines])[:, None].astype(np.float32) / 255
            ways = [reader.run(None, {"x": x})[0].astype(np.float64), [registry.steps(i) for i, _, _ in lines]]
            shapes = [WHOLE] if len(lines) == 1 else [TOP, BOTTOM]
            opinions = [odds(w, [shaped(s, f) for s, f in zip(w, shapes)]) for w in ways]
            found.append((plate, "".join(t for _, t, _ in lines), *opinions))
    return found


def fit(found, points=12):
    """Monotone table: pooled adjacent violators over bins of equal size."""
    bins = [[np.mean([o for o, _ in b]), sum(r for _, r in b), len(b)] for b in np.array_split(np.array(sorted(found), dtype=object), points * 3)]
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


def pairs(found, way):
    """Odds and rightness."""
    if way == "agreed":
        return [(a[1] + b[1], a[0] == truth) for _, truth, a, b in found if a[0] == b[0]]
    at = 2 + ("reader", "registry").index(way)
    return [(f[at][1], f[at][0] == f[1]) for f in found]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reader")
    parser.add_argument("registry")
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--plates", type=int, default=500)
    parser.add_argument("--redlight", type=pathlib.Path)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    reader, registry = (onnxruntime.InferenceSession(m, options, providers=["CPUExecutionProvider"]) for m in (args.reader, args.registry))
    found = collect(reader, Registry(registry), args.plates, backgrounds(args.redlight, 40))
    recipe = (f"calibrate.py: {args.plates} rendered plates, two looks each, seed 920000, every other plate; share of right texts by log-odds, "
              "pooled until monotone, lower end of the 90 % interval")
    tables = {"recipe": recipe}
    for way in ("reader", "registry", "agreed"):
        tables[way] = fit(pairs([f for f in found if f[0] % 2 == 0], way))
        check = pairs([f for f in found if f[0] % 2], way)
        xs, ys = zip(*tables[way])
        sure = [r for o, r in check if np.interp(o, xs, ys) >= .9]
        print(f"{way}: {len(check)} looks, right {np.mean([r for _, r in check]):.3f}; score >= 0.9: {len(sure)}, wrong {sum(not r for r in sure)}")
    args.out.write_text(json.dumps(tables) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
