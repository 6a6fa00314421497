"""Recall of labelled vehicles at a bounded number of boxes per picture, for networks of graph.py."""

import cv2
import numpy as np
import torch
from torchvision.ops import batched_nms

from data import CAR, MOTORCYCLE, tensor
from graph import decode, flatten

# What PicoDet-S 416 gives per picture at score 0.25.
CAR_BOXES, MOTORCYCLE_BOXES = 9.7, 5.4


def detect(net, picture, size, floor=0.05):
    """Rows x1 y1 x2 y2 score class, best first, in pixels of the picture; cars, buses and trucks suppress each other."""
    h, w = picture.shape[:2]
    image = torch.from_numpy(tensor(cv2.resize(picture, (size, size))))[None]
    with torch.no_grad():
        scores, dist, centre, stride = flatten(*net(image))
        boxes = decode(dist, centre, stride)[0] * torch.tensor([w, h, w, h]) / size
    best, kind = scores[0].max(-1)
    keep = best > floor
    best, kind, boxes = best[keep], kind[keep], boxes[keep]
    group = torch.where((kind == 4) | (kind == 5), torch.full_like(kind, CAR), kind)
    chosen = batched_nms(boxes, best, group, 0.6)[:200]
    return torch.cat([boxes, best[:, None], kind[:, None].float()], 1)[chosen].numpy()


def iou(a, b):
    low, high = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:4], b[None, :, 2:4])
    common = np.clip(high - low, 0, None).prod(-1)
    size = lambda x: (x[:, 2] - x[:, 0]) * (x[:, 3] - x[:, 1])
    return common / (size(a)[:, None] + size(b)[None] - common + 1e-9)


def joined(rows, floor):
    """Motorcycle boxes grown by the riders that sit on them."""
    bikes, people = rows[rows[:, 5] == MOTORCYCLE], rows[(rows[:, 5] == 0) & (rows[:, 4] >= floor)]
    out = []
    for bike in bikes:
        box = bike[:4].copy()
        for person in people[:, :4]:
            width = min(box[2], person[2]) - max(box[0], person[0])
            height = min(box[3], person[3]) - max(box[1], person[1])
            if width > 0.5 * (person[2] - person[0]) and height > 0.15 * (person[3] - person[1]) and person[3] < box[3]:
                box = np.concatenate([np.minimum(box[:2], person[:2]), np.maximum(box[2:], person[2:])])
        out.append(box)
    return bikes, np.array(out, np.float32).reshape(-1, 4)


def report(all_rows, samples):
    """Per class: score at the allowed number of boxes, recall strict and loose."""
    n, out = len(samples), {}
    for name, kinds, allowed in (("car", (2, 4, 5), CAR_BOXES), ("motorcycle", (3,), MOTORCYCLE_BOXES)):
        scores = np.sort(np.concatenate([r[np.isin(r[:, 5], kinds), 4] for r in all_rows]))[::-1]
        at = int(min(len(scores) - 1, allowed * n))
        for floor in (scores[at], 0.25, 0.4):
            strict = loose = total = boxes = 0
            for rows, (_, _, truth, labels) in zip(all_rows, samples):
                rows = rows[(rows[:, 4] >= floor) | (rows[:, 5] == 0)]
                wanted = truth[labels == (CAR if name == "car" else MOTORCYCLE)]
                if name == "car":
                    found = grown = rows[np.isin(rows[:, 5], kinds)][:, :4]
                else:
                    bikes, grown = joined(rows, 0.25)
                    found = bikes[:, :4]
                boxes += len(found)
                total += len(wanted)
                if len(wanted) and len(found):
                    overlap = np.maximum(iou(wanted, found), iou(wanted, grown)).max(1)
                    strict += int((overlap >= 0.5).sum())
                    loose += int((overlap >= 0.35).sum())
            out.setdefault(name, []).append((float(floor), boxes / n, strict / max(total, 1), loose / max(total, 1), total))
    return out


def show(out):
    for name, rows in out.items():
        for floor, boxes, strict, loose, total in rows:
            print(f"  {name:10} score {floor:.3f} boxes {boxes:5.2f} recall {strict:.3f} loose {loose:.3f} of {total}", flush=True)
