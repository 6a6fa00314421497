"""Lamp boxes of `redlight` (CC BY 4.0) and rendered heads as features and labels."""

from pathlib import Path

import cv2
import numpy as np

from features import features, hue, sample
from render import NAMES, head

CLASSES = ["red", "yellow", "green", "dark"]
LABELS = {1: 2, 3: 0, 5: 1}


def redlight(folder, split):
    """Yields (file name, RGB picture, [(class, box in pixels)]) of one split."""
    for path in sorted((Path(folder) / split / "labels").glob("*.txt")):
        image = next((p for p in (Path(folder) / split / "images").glob(path.stem + ".*")), None)
        if image is None:
            continue
        rgb = cv2.imread(str(image))[..., ::-1]
        height, width = rgb.shape[:2]
        boxes = []
        for line in path.read_text().splitlines():
            numbers = [float(v) for v in line.split()]
            if len(numbers) < 5 or int(numbers[0]) not in LABELS:
                continue
            if len(numbers) == 5:
                cx, cy, w, h = (v * side for v, side in zip(numbers[1:], (width, height) * 2))
            else:
                xs, ys = np.array(numbers[1::2]) * width, np.array(numbers[2::2]) * height
                cx, cy, w, h = (xs.min() + xs.max()) / 2, (ys.min() + ys.max()) / 2, np.ptp(xs), np.ptp(ys)
            boxes.append((LABELS[int(numbers[0])], (cx - w / 2, cy - h / 2, w, h)))
        yield path.stem, rgb, boxes


HUE_RANGES = [(330, 20), (12, 62), (125, 205)]


def shows(rgb, box, label):
    """Whether anything in the box has the colour its label says: some lamps of a fixed camera are hidden behind a tree."""
    points = sample(rgb, box)
    value, chroma = points.max(1), points.max(1) - points.min(1)
    degrees = hue(points, value, chroma) * 30.0
    low, high = HUE_RANGES[label]
    inside = (degrees >= low) | (degrees <= high) if low > high else (degrees >= low) & (degrees <= high)
    return float(np.sort(np.where(inside, chroma * np.maximum(value, 0.3), 0))[-12:].mean()) > 0.10


def real(folder, split, rng, copies):
    """Features, labels and picture names. Copies are moved, scaled and re-exposed."""
    xs, ys, names = [], [], []
    for name, rgb, boxes in redlight(folder, split):
        for label, box in boxes:
            truth = label if shows(rgb, box, label) else 3
            for copy in range(max(copies, 1)):
                picture, (x, y, w, h) = rgb, box
                if copy:
                    picture = expose(rng, rgb, box)
                    x, y = x + w * rng.normal(0, 0.08), y + h * rng.normal(0, 0.08)
                    grow = np.exp(rng.normal(0, 0.12))
                    x, y, w, h = x - w * (grow - 1) / 2, y - h * (grow - 1) / 2, w * grow, h * grow
                    crop, (x, y, w, h) = shrink(rng, picture, (x, y, w, h))
                    xs.append(features(crop, (x, y, w, h)))
                else:
                    xs.append(features(picture, (x, y, w, h)))
                ys.append(truth)
                names.append(name)
        for _ in range(2 if copies > 1 else 0):
            box = background_box(rng, boxes)
            if box:
                xs.append(features(rgb, box))
                ys.append(3)
                names.append(name)
    return np.array(xs), np.array(ys), names


def background_box(rng, boxes):
    """A box away from every lamp."""
    size = float(np.exp(rng.uniform(np.log(5), np.log(70))))
    x, y = rng.uniform(0, 640 - size, 2)
    apart = all(x + size + 30 < b[0] or b[0] + b[2] + 30 < x or y + size + 30 < b[1] or b[1] + b[3] + 30 < y for _, b in boxes)
    return (x, y, size, size) if apart else None


def expose(rng, rgb, box):
    gain = np.exp(rng.normal(0, 0.2)) * (1 + rng.uniform(-0.06, 0.06, 3))
    gamma = np.exp(rng.normal(0, 0.15))
    x0, y0 = (int(max(v, 0)) for v in (box[0] - 2 * box[2], box[1] - 2 * box[3]))
    x1, y1 = int(box[0] + 3 * box[2]) + 2, int(box[1] + 3 * box[3]) + 2
    out = rgb.copy()
    part = (out[y0:y1, x0:x1] / 255.0) ** gamma * gain * 255 + rng.normal(0, rng.uniform(0, 4), out[y0:y1, x0:x1].shape)
    out[y0:y1, x0:x1] = np.clip(part, 0, 255)
    return out


def shrink(rng, rgb, box):
    """The surroundings of a box, made smaller as if seen from further away."""
    x, y, w, h = box
    x0, y0 = max(int(x - 1.5 * w), 0), max(int(y - 1.5 * h), 0)
    crop = rgb[y0:int(y + 2.5 * h) + 2, x0:int(x + 2.5 * w) + 2]
    factor = 1.0
    if min(w, h) > 12 and rng.random() < 0.5:
        factor = rng.uniform(8 / min(w, h), 1.0)
        crop = cv2.resize(np.ascontiguousarray(crop), None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return crop, ((x - x0) * factor, (y - y0) * factor, w * factor, h * factor)


def rendered(rng, backgrounds, count):
    """Cells of rendered heads (lit in their colour, or dark), and the whole heads."""
    xs, ys = [], []
    for _ in range(count):
        source = backgrounds[rng.integers(len(backgrounds))]
        side = int(rng.integers(40, 200))
        side = min(side, *(n - 1 for n in source.shape[:2]))
        y, x = (rng.integers(0, n - side) for n in source.shape[:2])
        picture, boxes, whole, names, lit = head(rng, np.ascontiguousarray(source[y:y + side, x:x + side]))
        for name, box in zip(names, boxes):
            jitter = rng.normal(0, 0.08, 2) * box[2]
            grow = np.exp(rng.normal(0.05, 0.1))
            box = (box[0] + jitter[0], box[1] + jitter[1], box[2] * grow, box[3] * grow)
            xs.append(features(picture, box))
            ys.append(NAMES.index(name) if name == lit else 3)
        xs.append(features(picture, whole))
        ys.append(NAMES.index(lit) if lit else 3)
    return np.array(xs), np.array(ys)
