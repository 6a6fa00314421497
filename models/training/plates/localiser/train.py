"""Trains the localiser: python train.py --out DIR [--minutes 40] [--seed 1]. Uses a GPU when there is one."""

import argparse
import copy
import json
import math
import os
import sys
import time

import numpy as np
import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import scenery
import sprites
from compose import SIZE, Composer
from network import CENTRE, COLOUR, CORNERS, HIDDEN, STRIDE, TWO, UNIT, Localiser

STREETS = os.environ.get("REDLIGHT", "../shared/data/redlight")
SAMPLES = os.environ.get("OPENCV_SAMPLES", "/usr/share/doc/opencv-doc/examples/data")
COLOURS = {"white": 0, "yellow": 1, "blue": 2, "red": 3}


def exact(rng):
    """One plate of the exact renderer, aged."""
    from render import render_plate, soil
    state = np.random.default_rng(rng.randrange(1 << 31))
    plate = render_plate(state, scale=1.0)
    return soil(state, plate.image), len(plate.lines) == 2, COLOURS[plate.colour.split("_")[0]]


def composer(seed, bank=4000, streets=None):
    bank = sprites.plates(bank, seed, exact)
    return Composer(scenery.streets(STREETS, streets), scenery.samples(SAMPLES), bank, seed)


def targets(plates, blank):
    """Maps of one picture: what each cell should say, and how much it counts."""
    n = SIZE // STRIDE
    goal, weight = np.zeros((15, n, n), np.float32), np.zeros((3, n, n), np.float32)  # weights: centre, corners, kinds
    weight[0] = 1
    for x, y, w, h in blank:
        x0, y0, x1, y1 = (int(max(0, v)) // STRIDE for v in (x - 2, y - 2, x + w + 2, y + h + 2))
        weight[0, y0:y1 + 1, x0:x1 + 1] = 0
    ys, xs = np.mgrid[0:n, 0:n].astype(np.float32) * STRIDE + STRIDE / 2
    for quad, two, tone, hidden in plates:
        side, down = (quad[1] + quad[2] - quad[0] - quad[3]) / 2, (quad[3] + quad[2] - quad[0] - quad[1]) / 2
        centre = crossing(quad)
        w, h = np.linalg.norm(side), np.linalg.norm(down)
        # Coordinates along the plate's own axes, -0.5..0.5 on it.
        det = side[0] * down[1] - side[1] * down[0]
        dx, dy = xs - centre[0], ys - centre[1]
        u, v = (dx * down[1] - dy * down[0]) / det, (dy * side[0] - dx * side[1]) / det
        inside = (np.abs(u) < 0.55) & (np.abs(v) < 0.55)
        weight[0][inside] = 1
        su, sv = max(0.08, 2.6 / w), max(0.14, 2.6 / h)
        peak = np.exp(-(u / su) ** 2 / 2 - (v / sv) ** 2 / 2)
        peak[~inside & (peak < 0.05)] = 0
        cell = min(n - 1, max(0, int(centre[1] // STRIDE))), min(n - 1, max(0, int(centre[0] // STRIDE)))
        peak[cell] = 1
        if min(h, w) < 7 or hidden > 0.9:  # too small or gone: either answer is right
            weight[0][inside] = 0
            weight[0][peak > 0.02] = 0
            continue
        goal[CENTRE] = np.maximum(goal[CENTRE], peak)
        near = peak > 0.25
        for i in range(4):
            goal[1 + 2 * i][near] = ((quad[i, 0] - xs) / UNIT)[near]
            goal[2 + 2 * i][near] = ((quad[i, 1] - ys) / UNIT)[near]
        weight[1][near] = UNIT / math.sqrt(w * h) * peak[near]
        weight[2][near] = peak[near]
        goal[TWO][near] = float(two)
        for i in range(4):
            goal[10 + i][near] = float(i == tone)
        goal[HIDDEN][near] = float(hidden > 0.4)
    return goal, weight


def crossing(quad):
    """Where the diagonals of a quad meet: the picture of the plate's centre."""
    a, b = quad[2] - quad[0], quad[3] - quad[1]
    det = a[0] * -b[1] + a[1] * b[0]
    if abs(det) < 1e-6:
        return quad.mean(0)
    d = quad[1] - quad[0]
    t = (d[0] * -b[1] + d[1] * b[0]) / det
    return quad[0] + t * a


class Pictures(torch.utils.data.IterableDataset):
    """Endless batches, ready for the network."""

    def __init__(self, args):
        self.args = args

    def __iter__(self):
        import cv2
        cv2.setNumThreads(1)
        info = torch.utils.data.get_worker_info()
        made = composer(self.args.seed + 100 * (info.id if info else 0), self.args.bank)
        while True:
            rows = [made.sample() for _ in range(self.args.batch)]
            maps = [targets(p, b) for _, p, b in rows]
            yield (torch.from_numpy(np.stack([r[0] for r in rows])), torch.from_numpy(np.stack([m[0] for m in maps])),
                   torch.from_numpy(np.stack([m[1] for m in maps])))


def losses(y, goal, weight):
    """Centre (focal), corners (of the plate's size), kinds."""
    y = y.float()
    count = (goal[:, CENTRE] == 1).sum().clamp(min=1)
    p = torch.sigmoid(y[:, CENTRE]).clamp(1e-5, 1 - 1e-5)
    t = goal[:, CENTRE]
    hit = (t == 1).float()
    centre = -(hit * (1 - p) ** 2 * p.log() + (1 - hit) * (1 - t) ** 4 * p ** 2 * (1 - p).log()) * weight[:, 0]
    w1, w2 = weight[:, 1:2], weight[:, 2]
    far = nn_smooth((y[:, CORNERS] - goal[:, CORNERS]) * w1.clamp(max=20))
    mass = w2.sum().clamp(min=1)
    bce = torch.nn.functional.binary_cross_entropy_with_logits
    two = (bce(y[:, TWO], goal[:, TWO], reduction="none") * w2).sum() / mass
    hidden = (bce(y[:, HIDDEN], goal[:, HIDDEN], reduction="none") * w2).sum() / mass
    tone = (-(torch.log_softmax(y[:, COLOUR], 1) * goal[:, COLOUR]).sum(1) * w2).sum() / mass
    return {"centre": centre.sum() / count, "corners": far.sum() / mass, "two": two, "tone": tone, "hidden": hidden}


def nn_smooth(d, beta=0.02):
    d = d.abs()
    return torch.where(d < beta, d * d / (2 * beta), d - beta / 2)


WEIGHTS = {"centre": 1.0, "corners": 2.0, "two": 0.2, "tone": 0.2, "hidden": 0.1}


def main():
    arg = argparse.ArgumentParser()
    arg.add_argument("--out", required=True)
    arg.add_argument("--minutes", type=float, default=40, help="of training, by the wall clock")
    arg.add_argument("--batch", type=int, default=16)
    arg.add_argument("--rate", type=float, default=2e-3)
    arg.add_argument("--seed", type=int, default=1)
    arg.add_argument("--bank", type=int, default=4000, help="plates rendered before the start")
    arg.add_argument("--workers", type=int, default=1)
    arg.add_argument("--start", help="weights to go on from")
    args = arg.parse_args()
    os.makedirs(args.out, exist_ok=True)
    gpu = torch.cuda.is_available()
    device = "cuda" if gpu else "cpu"
    if not gpu:
        torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    net = Localiser().to(device).to(memory_format=torch.channels_last)
    if args.start:
        net.load_state_dict(torch.load(args.start, map_location=device))
    mean = copy.deepcopy(net)
    opt = torch.optim.AdamW(net.parameters(), args.rate, weight_decay=1e-3)
    loader = iter(torch.utils.data.DataLoader(Pictures(args), batch_size=None, num_workers=args.workers, prefetch_factor=8 if args.workers else None))
    first = next(loader)
    began, step, running, log = time.time(), 0, {}, open(os.path.join(args.out, "curve.jsonl"), "a")
    while True:
        spent = (time.time() - began) / (60 * args.minutes)
        if spent >= 1:
            break
        for group in opt.param_groups:
            group["lr"] = args.rate * min(1, step / 100 + 0.01) * (0.02 + 0.98 * (0.5 + 0.5 * math.cos(math.pi * spent)))
        pictures, goal, weight = (t.to(device, non_blocking=True) for t in (first if step == 0 else next(loader)))
        x = pictures.permute(0, 3, 1, 2).float().div(255).contiguous(memory_format=torch.channels_last)
        with torch.autocast(device, torch.bfloat16, enabled=gpu):
            y = net(x)
        parts = losses(y, goal, weight)
        total = sum(WEIGHTS[k] * v for k, v in parts.items())
        opt.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        opt.step()
        step += 1
        decay = min(0.99, 1 - 1 / (step + 1))
        with torch.no_grad():
            for a, b in zip(mean.state_dict().values(), net.state_dict().values()):
                a.lerp_(b, 1 - decay) if a.dtype.is_floating_point else a.copy_(b)
        for k, v in parts.items():
            running[k] = running.get(k, 0.0) + float(v.detach())
        if step % 100 == 0:
            row = {"step": step, "minutes": round((time.time() - began) / 60, 2)} | {k: round(v / 100, 4) for k, v in running.items()}
            print(json.dumps(row), file=log, flush=True)
            print(row, flush=True)
            running = {}
            torch.save(mean.state_dict(), os.path.join(args.out, "localiser.pt"))
    torch.save(mean.state_dict(), os.path.join(args.out, "localiser.pt"))


if __name__ == "__main__":
    main()
