#!/usr/bin/env python3
"""Writes shards of training lines: generate.py OUT_FOLDER --shards N [--seed S] [--redlight FOLDER]

A shard is shard-SEED.npz with `one` (lines of one-line plates) and `two` (of two-line plates), their labels and the
places of their characters. Seeds from 900000 on are kept for measuring. With --redlight, frames of that data set
(CC BY 4.0) serve as surroundings; without it there are only smooth tones.
"""

import argparse
import pathlib

import cv2
import numpy as np
from samples import ONE_LINE_WIDTH, TWO_LINE_WIDTH, encode, nothing, views

PLATES = 1000  # per shard; four looks each


def backgrounds(folder, most=120):
    files = sorted(pathlib.Path(folder).rglob("*.jpg"))[:most * 4:4] if folder else []
    images = (cv2.imread(str(f)) for f in files)
    return [i[..., ::-1] for i in images if i is not None]


def shard(seed, street):
    rng = np.random.default_rng(seed)
    found = {"one": [], "two": []}
    for _ in range(PLATES):
        for lines, kind in views(rng, street):
            found[kind] += lines
            if rng.random() < .06:
                found[kind].append(nothing(rng, street, ONE_LINE_WIDTH if kind == "one" else TWO_LINE_WIDTH))
    out = {}
    for kind, lines in found.items():
        out[kind] = np.stack([i for i, _, _ in lines])
        coded = [encode(t, p) for _, t, p in lines]
        out[kind + "_labels"], out[kind + "_places"] = (np.stack(c) for c in zip(*coded))
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--shards", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--redlight", type=pathlib.Path)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    args.out.mkdir(parents=True, exist_ok=True)
    street = backgrounds(args.redlight)
    for seed in range(args.seed, args.seed + args.shards):
        whole = args.out / f"part-{seed}.npz"
        np.savez(whole, **shard(seed, street))
        whole.rename(args.out / f"shard-{seed}.npz")
        print(f"shard {seed}", flush=True)


if __name__ == "__main__":
    main()
