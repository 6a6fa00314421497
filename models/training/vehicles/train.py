"""Fine-tunes PicoDet-S on Vietnamese junctions; the base teaches what the labels leave out.

    python train.py --data REDLIGHT --extra 'GLOB' --out FOLDER [--size 512] [--minutes 60] [--start WEIGHTS] [--all]

Labelled cars and motorcycles are learned from their boxes. Everywhere else the base network's own scores are the target, so that
unlabelled vehicles are not punished and people, bicycles, buses and trucks are not forgotten.
"""

import argparse
import copy
import json
import math
import pathlib
import time

import numpy as np
import torch
import torch.nn.functional as F
from torchvision.ops import box_iou, generalized_box_iou_loss

import data
import score
from data import CAR
from graph import BINS, PicoDet, decode, flatten

TOP = 9


def assign(scores, boxes, centre, truth, labels):
    """For each anchor the index of its box (-1: none) and its target score."""
    anchors = len(centre)
    index, target = torch.full((anchors,), -1), torch.zeros(anchors)
    if not len(truth):
        return index, target
    overlap = box_iou(truth, boxes).clamp(1e-6)
    inside = (centre[None] > truth[:, None, :2]).all(-1) & (centre[None] < truth[:, None, 2:]).all(-1)
    # Small boxes may hold no centre: the nearest one counts.
    near = (centre[None] - (truth[:, None, :2] + truth[:, None, 2:]) / 2).norm(dim=-1)
    inside[torch.arange(len(truth)), near.argmin(1)] = True
    metric = scores[:, labels].t().clamp(1e-4) ** 0.5 * overlap ** 4 * inside
    best, at = metric.topk(min(TOP, anchors), 1)
    offers = torch.zeros_like(metric).scatter_(1, at, best) * (overlap > 0.1)
    value, owner = offers.max(0)
    hit = value > 1e-9
    index[hit] = owner[hit]
    mine = F.one_hot(owner, len(truth)).t().bool() & hit
    peak = (metric * mine).max(1).values.clamp(1e-9)
    reach = (overlap * mine).max(1).values
    target[hit] = (metric[owner, torch.arange(anchors)] / peak[owner] * reach[owner])[hit]
    return index, target


def class_of(labels, truth, teacher_scores, teacher_boxes):
    """Labels say `car` for buses and trucks too; where the base is sure, its word counts."""
    out = labels.clone()
    if not len(truth):
        return out
    overlap = box_iou(truth, teacher_boxes) > 0.6
    for g in range(len(truth)):
        if labels[g] == CAR and overlap[g].any():
            best = teacher_scores[overlap[g]][:, [2, 4, 5]].max(0).values
            if best[1:].max() > 0.45 and best[1:].max() > best[0] + 0.1:
                out[g] = 4 if best[1] > best[2] else 5
    return out


def losses(net, teacher, images, truths, labels):
    scores, dist, centre, stride = flatten(*net(images))
    with torch.no_grad():
        t_scores, t_dist, _, _ = flatten(*teacher(images))
        t_boxes = decode(t_dist, centre, stride)
    boxes = decode(dist, centre, stride)
    total = {"class": 0.0, "box": 0.0, "dfl": 0.0, "keep": 0.0}
    positives = 1.0
    for n in range(len(images)):
        kinds = class_of(labels[n], truths[n], t_scores[n], t_boxes[n])
        with torch.no_grad():
            index, quality = assign(scores[n], boxes[n], centre, truths[n], kinds)
        hit = index >= 0
        want = t_scores[n].clone()
        # Below this the base's scores are noise.
        want[want < 0.12] = 0
        own = want[:, [2, 3]]
        # What a label does not confirm stays, but weaker than what one does.
        want[:, [2, 3]] = own * 0.9
        if hit.any():
            want[hit] = torch.where(want[hit] > 0.3, want[hit] * torch.tensor([1.0, 1, 0, 0, 0, 0]), torch.zeros(()))
            want[hit, kinds[index[hit]]] = quality[hit]
        p = scores[n].clamp(1e-5, 1 - 1e-5)
        weight = torch.where(want > 0, (want - p.detach()).abs().clamp(0.1), 0.75 * p.detach() ** 2)
        weight[hit] = torch.maximum(weight[hit], 0.5 * (want[hit] > 0))
        total["class"] = total["class"] + (F.binary_cross_entropy(p, want, reduction="none") * weight).sum()
        positives += float(quality.sum())
        if hit.any():
            goal = truths[n][index[hit]]
            total["box"] = total["box"] + (generalized_box_iou_loss(boxes[n][hit], goal) * quality[hit]).sum()
            reach = torch.cat([centre[hit] - goal[:, :2], goal[:, 2:] - centre[hit]], 1) / stride[hit, None]
            reach = reach.clamp(0, BINS - 1 - 1e-3)
            low = reach.floor().long()
            share = reach - low
            logs = dist[n][hit].log_softmax(-1)
            dfl = -(logs.gather(-1, low[..., None])[..., 0] * (1 - share) + logs.gather(-1, low[..., None] + 1)[..., 0] * share)
            total["dfl"] = total["dfl"] + (dfl.mean(1) * quality[hit]).sum()
        sure = (t_scores[n].max(-1).values > 0.3) & ~hit
        if sure.any():
            w = t_scores[n].max(-1).values[sure]
            total["keep"] = total["keep"] + (generalized_box_iou_loss(boxes[n][sure], t_boxes[n][sure]) * w).sum()
            positives += 0.3 * float(w.sum())
    return {k: v / positives for k, v in total.items()}


class Batches(torch.utils.data.IterableDataset):
    def __init__(self, samples, extra, size, seed):
        self.samples, self.extra, self.size, self.seed = samples, extra, size, seed
        # Pictures with vehicles are shown more often than those with lamps alone.
        weights = np.array([0.5 + min(len(s[2]), 4) for s in samples], np.float64)
        self.weights = weights / weights.sum()

    def __iter__(self):
        worker = torch.utils.data.get_worker_info()
        rng = np.random.default_rng([self.seed, worker.id if worker else 0])

        def sample():
            if self.extra and rng.random() < 0.12:
                return self.extra[rng.integers(len(self.extra))], np.zeros((0, 4), np.float32), np.zeros(0, np.int64)
            _, picture, boxes, classes = self.samples[rng.choice(len(self.samples), p=self.weights)]
            return picture, boxes, classes

        while True:
            picture, boxes, classes = data.augment(sample, self.size, rng)
            yield torch.from_numpy(data.tensor(picture)), torch.from_numpy(boxes), torch.from_numpy(classes)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--extra", nargs="*", default=[])
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--minutes", type=float, default=60, help="wall time; the learning rate falls to nothing over it")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rate", type=float, default=5e-4)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--start", type=pathlib.Path, help="weights to go on from")
    parser.add_argument("--all", action="store_true", help="train on the kept-apart stretches too")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    everything, valid = data.load(args.data / "train"), data.load(args.data / "valid")
    apart = [s for s in everything if data.held_out(s[0])]
    samples = everything if args.all else [s for s in everything if not data.held_out(s[0])]
    extra = data.unlabelled(args.extra)
    print(f"{len(samples)} pictures to train on, {len(apart)} kept apart, {len(valid)} valid, {len(extra)} unlabelled", flush=True)
    teacher = PicoDet().eval().requires_grad_(False)
    net = PicoDet()
    if args.start:
        net.load_state_dict(torch.load(args.start))
    average = copy.deepcopy(net).eval().requires_grad_(False)
    optimiser = torch.optim.AdamW(net.parameters(), lr=args.rate, weight_decay=1e-4)
    batches = iter(torch.utils.data.DataLoader(Batches(samples, extra, args.size, args.seed), args.batch, num_workers=1,
                                               collate_fn=lambda rows: list(zip(*rows)), prefetch_factor=4))

    def evaluate(step):
        print(f"step {step}", flush=True)
        curves = {}
        for name, part in (("valid", valid), ("apart", apart)):
            out = score.report([score.detect(average, s[1], args.size) for s in part], part)
            print(name, flush=True)
            score.show(out)
            curves[name] = out
        torch.save(average.state_dict(), args.out / "last.pt")
        with open(args.out / "curve.jsonl", "a") as lines:
            lines.write(json.dumps({"step": step, **curves}) + "\n")

    start, step, seen, next_look = time.time(), 0, {}, 6.0
    while (done := (time.time() - start) / 60 / args.minutes) < 1:
        rate = args.rate * min(1, (step + 1) / 60) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))
        for group in optimiser.param_groups:
            group["lr"] = rate
        images, truths, labels = next(batches)
        parts = losses(net, teacher, torch.stack(images), truths, labels)
        loss = parts["class"] + 2 * parts["box"] + 0.25 * parts["dfl"] + 0.5 * parts["keep"]
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5)
        optimiser.step()
        step += 1
        keep = min(0.996, step / (step + 10))
        with torch.no_grad():
            for a, b in zip(average.parameters(), net.parameters()):
                a.lerp_(b, 1 - keep)
        for k, v in parts.items():
            seen[k] = seen.get(k, 0) + float(torch.as_tensor(v).detach())
        if step % 25 == 0:
            print(f"{step} {(time.time() - start) / 60:.1f} min rate {rate:.5f} " + " ".join(f"{k} {v / 25:.3f}" for k, v in seen.items()), flush=True)
            seen = {}
        if (time.time() - start) / 60 > next_look:
            next_look += 8
            evaluate(step)
    evaluate(step)


if __name__ == "__main__":
    main()
