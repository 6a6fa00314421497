#!/usr/bin/env python3
"""Trains the reader on shards of generate.py: train.py SHARDS --out FOLDER [--minutes 45] [--wall 90] [--seed 1]

Works on one processor core or on a GPU, whichever there is. `--minutes` is processor time on a core and wall time on a
GPU; `--wall` ends it earlier. The step is warmed up and then lowered to zero over that time. New shards are picked up
while it runs. The best moving average so far lies in FOLDER/reader.pt, the curve in FOLDER/curve.csv.
"""

import argparse
import copy
import csv
import pathlib
import random
import time

import numpy as np
import torch
from model import Reader
from torch.nn import functional as F

HELD_OUT = 900_000  # seeds from here on are for measuring


class Shards:
    """Lines in memory; `batch` gives one kind of line at a time."""

    def __init__(self, folder, most):
        self.folder, self.most, self.known, self.data = folder, most, set(), {"one": [], "two": []}
        self.look()

    def look(self):
        files = sorted(self.folder.glob("shard-*.npz"))
        for file in [f for f in files if int(f.stem.split("-")[1]) < HELD_OUT and f not in self.known][:self.most]:
            self.known.add(file)
            add(self.data, file)
        self.joined = {k: [np.concatenate(c) for c in zip(*v)] for k, v in self.data.items() if v}

    def batch(self, rng, size):
        kind = "two" if rng.random() < .72 else "one"
        images, labels, places = self.joined[kind]
        n = size if kind == "two" else size * 5 // 8
        at = rng.integers(0, len(images), n)
        return images[at], labels[at], places[at].astype(np.float32)


def add(data, file):
    with np.load(file) as shard:
        for kind in data:
            data[kind].append([shard[kind], shard[kind + "_labels"], shard[kind + "_places"]])


def shaken(images, places, rng):
    """Small shifts, an erased patch and noise, so that a line is never the same twice."""
    x = torch.from_numpy(images).float()[:, None] / 255
    dy, dx = int(rng.integers(-1, 2)), int(rng.integers(-3, 4))
    x = torch.roll(x, (dy, dx), (2, 3))
    places = places + dx / x.shape[3] * (places > 0)
    if rng.random() < .5:
        x = x * float(rng.uniform(.7, 1.2)) + torch.randn_like(x) * float(rng.exponential(.02))
    if rng.random() < .3:
        w, h = int(rng.integers(2, 8)), int(rng.integers(3, 16))
        left, top = int(rng.integers(0, x.shape[3] - w)), int(rng.integers(0, 32 - h))
        x[::3, :, top:top + h, left:left + w] = float(rng.random())
    return x, places


def loss_of(logs, labels, places, guide):
    """CTC; at the start also each character's own step, so that reading begins at once."""
    lengths = (labels > 0).sum(1)
    steps = logs.shape[1]
    ctc = F.ctc_loss(logs.transpose(0, 1), labels, torch.full((len(logs),), steps, dtype=torch.long), lengths, zero_infinity=True,
                     reduction="none")
    # What nobody can read must not drown what can be learnt.
    loss = ctc.clamp(max=20).mean()
    if guide > 0:
        rows, cols = torch.nonzero(labels, as_tuple=True)
        step = (places[rows, cols] * steps).long().clamp(0, steps - 1)
        loss = loss + guide * 4 * F.nll_loss(logs[rows, step], labels[rows, cols])
    return loss


@torch.no_grad()
def measure(model, data, device):
    """Share of lines read exactly, by kind, and how many are surely wrong (weakest character >= 0.9)."""
    model.eval()
    out = {}
    for kind, (images, labels, _) in data.items():
        right, sure_wrong = 0, 0
        for i in range(0, len(images), 256):
            x = torch.from_numpy(images[i:i + 256]).float()[:, None].to(device) / 255
            logs = model(x).cpu()
            for row, label in zip(logs, labels[i:i + 256]):
                text, low = greedy(row)
                wanted = [int(c) for c in label if c]
                right += text == wanted
                sure_wrong += text != wanted and bool(text) and low >= .9
        out[kind] = (right / len(images), 1000 * sure_wrong / len(images))
    model.train()
    return out


def greedy(logs):
    """Classes along the best path, and the weakest character's probability."""
    p, best = logs.exp().max(1)
    text, low, last = [], 1.0, 0
    for c, q in zip(best.tolist(), p.tolist()):
        if c and c != last:
            text.append(c)
            low = min(low, q) if len(text) > 1 else q
        last = c
    return text, low


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shards", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--minutes", type=float, default=45)
    parser.add_argument("--wall", type=float, default=90, help="minutes")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=pathlib.Path, help="weights to go on from")
    parser.add_argument("--most", type=int, default=200, help="shards held in memory")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    random.seed(args.seed)
    rng = np.random.default_rng(args.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.set_num_threads(1)
    args.out.mkdir(parents=True, exist_ok=True)
    shards = Shards(args.shards, args.most)
    held = {"one": [], "two": []}
    for file in sorted(args.shards.glob("shard-9?????.npz")):
        add(held, file)
    held = {k: [np.concatenate(c)[:1500] for c in zip(*v)] for k, v in held.items() if v}
    train(args, rng, device, shards, held)


def train(args, rng, device, shards, held):
    model = Reader().to(device, memory_format=torch.channels_last)
    if args.start:
        model.load_state_dict(torch.load(args.start, weights_only=True, map_location=device))
    mean = copy.deepcopy(model).eval()
    optimiser = torch.optim.AdamW(model.parameters(), lr=args.rate, weight_decay=1e-2)
    clock = time.monotonic if device == "cuda" else time.process_time
    begun, wall, step, running = clock(), time.monotonic(), 0, 0.0
    with open(args.out / "curve.csv", "w", newline="") as file:
        curve = csv.writer(file)
        curve.writerow(["step", "core_minutes", "loss", "one_exact", "two_exact", "one_sure_wrong_per_1000", "two_sure_wrong_per_1000"])
        while True:
            done = max((clock() - begun) / 60 / args.minutes, (time.monotonic() - wall) / 60 / args.wall)
            if done >= 1:
                break
            rate = args.rate * min(1, (step + 20) / 300) * (1 - done) ** 1.2
            for group in optimiser.param_groups:
                group["lr"] = rate
            images, labels, places = shards.batch(rng, args.batch)
            x, places = shaken(images, places, rng)
            logs = model(x.to(device, memory_format=torch.channels_last))
            guide = 0 if args.start else max(0.0, 1 - step / 1500)
            loss = loss_of(logs, torch.from_numpy(labels).long().to(device), torch.from_numpy(places).to(device), guide)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimiser.step()
            running = .98 * running + .02 * loss.item()
            step += 1
            keep = min(.998, 1 - 2 / (step + 2))
            with torch.no_grad():
                for a, b in zip(mean.state_dict().values(), model.state_dict().values()):
                    a.lerp_(b, 1 - keep) if a.is_floating_point() else a.copy_(b)
            if step % 500 == 0:
                shards.look()
                torch.save(mean.state_dict(), args.out / "reader.pt")
                scores = measure(mean, held, device) if held else {"one": (0, 0), "two": (0, 0)}
                row = [step, round((clock() - begun) / 60, 2), round(running, 4), *(round(scores[k][i], 4) for i in (0, 1) for k in ("one", "two"))]
                curve.writerow(row)
                file.flush()
                print(*row, f"{len(shards.known)} shards, done {done:.2f}", flush=True)
    torch.save(mean.state_dict(), args.out / "reader.pt")


if __name__ == "__main__":
    main()
