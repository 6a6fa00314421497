"""Backgrounds: street frames with vehicle boxes, free sample pictures, and invented floors, walls and vehicle rears."""

import glob
import math
import os
import random

import cv2
import numpy as np

# Pictures of Debian's opencv-doc that show places, things and printed text (one that shows a plate is left out).
SAMPLES = (
    "aero1 aero3 aloeL aloeR apple baboon blox board box_in_scene building butterfly cards fruits graf1 graf3 home "
    "imageTextN left01 left04 left09 leuvenA notes orange rubberwhale1 smarties starry_night stuff sudoku ela_original"
).split()
VEHICLES = {"0": "car", "2": "motorcycle"}


class Street:
    """One frame with the boxes of its vehicles (pixels: x, y, w, h, kind)."""

    def __init__(self, path, label):
        self.path, self.boxes = path, []
        self.picture = cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB)
        height, width = self.picture.shape[:2]
        for row in open(label):
            kind, *box = row.split()
            if kind not in VEHICLES:
                continue
            if len(box) > 4:  # a polygon
                x, y = [float(v) for v in box[0::2]], [float(v) for v in box[1::2]]
                left, top, right, bottom = min(x), min(y), max(x), max(y)
            else:
                cx, cy, w, h = map(float, box[:4])
                left, top, right, bottom = cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2
            self.boxes.append((left * width, top * height, (right - left) * width, (bottom - top) * height, VEHICLES[kind]))


def streets(folder, limit=None):
    """The training half of `redlight` (CC BY 4.0)."""
    found = []
    paths = sorted(glob.glob(os.path.join(folder, "train", "images", "*")))
    for path in paths[:limit]:
        label = os.path.join(folder, "train", "labels", os.path.splitext(os.path.basename(path))[0] + ".txt")
        if os.path.exists(label):
            found.append(Street(path, label))
    return found


def samples(folder):
    """Free sample pictures and some frames of a street with walkers, from Debian's opencv-doc."""
    found = []
    for name in SAMPLES:
        for path in glob.glob(os.path.join(folder, name + ".*")):
            picture = cv2.imread(path)
            if picture is not None:
                scale = min(1.0, 900 / max(picture.shape[:2]))
                picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
                found.append(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))
    film = cv2.VideoCapture(os.path.join(folder, "vtest.avi"))
    for at in range(0, 700, 70):
        film.set(cv2.CAP_PROP_POS_FRAMES, at)
        good, frame = film.read()
        if good:
            found.append(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB))
    return found


def colour(rng, dark=False):
    """A random colour, greyish as things in streets are."""
    level = rng.randint(5, 70) if dark else rng.randint(10, 245)
    spread = rng.choice([6, 6, 15, 60])
    return tuple(int(min(255, max(0, level + rng.randint(-spread, spread)))) for _ in range(3))


def noise_texture(rng, size, strength):
    """Blotches of several sizes, mean 0."""
    out = np.zeros((size, size), np.float32)
    state = np.random.RandomState(rng.randrange(1 << 31))
    for cells in (4, 12, 40, 120):
        patch = state.randn(cells, cells).astype(np.float32)
        out += cv2.resize(patch, (size, size), interpolation=cv2.INTER_LINEAR) * strength * rng.random()
    return out


def floor(rng, size):
    """A lit floor or wall with stains, stripes, tiles."""
    base = np.array(colour(rng), np.float32)
    out = np.empty((size, size, 3), np.float32)
    out[:] = base
    angle, reach = rng.random() * 2 * math.pi, rng.uniform(0, 60)
    ys, xs = np.mgrid[0:size, 0:size].astype(np.float32) / size - 0.5
    out += ((xs * math.cos(angle) + ys * math.sin(angle)) * reach)[..., None]
    out += noise_texture(rng, size, rng.uniform(2, 14))[..., None]
    out = np.clip(out, 0, 255).astype(np.uint8)
    for _ in range(rng.choice([0, 0, 1, 2])):
        stripes(rng, out)
    if rng.random() < 0.25:
        step = rng.randint(20, 90)
        line = colour(rng)
        for at in range(rng.randint(0, step), size, step):
            cv2.line(out, (at, 0), (at + rng.randint(-20, 20), size), line, 1)
            cv2.line(out, (0, at), (size, at), line, 1)
    return out


def stripes(rng, out):
    """A kerb or barrier: a band of two alternating colours."""
    size = out.shape[0]
    one, two = rng.choice([((230, 200, 30), (20, 20, 20)), ((220, 40, 40), (235, 235, 235)), (colour(rng), colour(rng))])
    length, width = rng.uniform(0.5, 1.5) * size, rng.uniform(0.03, 0.12) * size
    step, angle = rng.uniform(0.05, 0.2) * size, rng.random() * math.pi
    x, y = rng.uniform(-0.2, 0.8) * size, rng.uniform(-0.2, 0.8) * size
    dx, dy = math.cos(angle), math.sin(angle)
    slant = rng.uniform(-1, 1)
    for i in range(int(length / step)):
        a, b = i * step, (i + 1) * step
        corners = [(a, 0), (b, 0), (b + slant * width, width), (a + slant * width, width)]
        points = np.array([(x + u * dx - v * dy, y + u * dy + v * dx) for u, v in corners], np.int32)
        cv2.fillPoly(out, [points], one if i % 2 else two)


def rear(rng, out, quad, kind):
    """Draws an invented vehicle rear or front behind the plate `quad` (4×2): dark body, lamps, tyre, pipes, feet."""
    centre, (w, h) = quad.mean(0), np.ptp(quad, axis=0)
    w = max(w, 8.0)
    cx, cy = map(float, centre)
    big = kind == "motorcycle"
    body = colour(rng, dark=rng.random() < 0.7)
    wide = w * (rng.uniform(0.8, 1.7) if big else rng.uniform(1.5, 3.5))
    up, down = h * rng.uniform(0.8, 4), h * rng.uniform(0.2, 2.2)

    def blob(x, y, rx, ry, fill, sides=None):
        n = sides or rng.randint(5, 12)
        turn = rng.random() * 6.28
        angles = [turn + 2 * math.pi * i / n for i in range(n)]
        points = [(x + rx * math.cos(a) * rng.uniform(0.75, 1.15), y + ry * math.sin(a) * rng.uniform(0.75, 1.15)) for a in angles]
        cv2.fillPoly(out, [np.array(points, np.int32)], fill, cv2.LINE_AA)

    shade = tuple(int(v * 0.75) for v in out[min(max(int(cy), 0), out.shape[0] - 1), min(max(int(cx), 0), out.shape[1] - 1)])
    blob(cx + rng.uniform(-1, 1) * w, cy + down, wide * 1.5, down, tuple(map(int, shade)))
    if big:
        blob(cx, cy + down * 0.9, w * rng.uniform(0.15, 0.5), down + h, colour(rng, dark=True))
    blob(cx, cy - up / 2, wide, up, body)
    for _ in range(rng.randint(2, 7)):
        fill = colour(rng, dark=rng.random() < 0.5)
        blob(cx + rng.uniform(-1.3, 1.3) * wide, cy + rng.uniform(-up, down), w * rng.uniform(0.1, 0.7), h * rng.uniform(0.1, 1), fill)
    for _ in range(rng.randint(0, 3)):  # lamps
        lamp = rng.choice([(200, 30, 30), (235, 60, 50), (255, 180, 60), (250, 250, 245), (255, 120, 130)])
        x, y = cx + rng.uniform(-0.9, 0.9) * wide, cy - rng.uniform(0.2, 1.2) * up
        blob(x, y, w * rng.uniform(0.1, 0.6), h * rng.uniform(0.1, 0.5), lamp)
        if rng.random() < 0.4:
            cv2.circle(out, (int(x), int(y)), max(2, int(w * rng.uniform(0.05, 0.3))), (255, 250, 245), -1, cv2.LINE_AA)
    for _ in range(rng.randint(0, 4)):  # pipes, bars, legs
        a = (int(cx + rng.uniform(-2, 2) * wide), int(cy + rng.uniform(-2, 2) * h))
        b = (int(a[0] + rng.uniform(-1, 1) * w), int(a[1] + rng.uniform(-3, 3) * h))
        cv2.line(out, a, b, colour(rng), max(1, int(w * rng.uniform(0.03, 0.25))), cv2.LINE_AA)
    if not big:
        for i in range(rng.choice([0, 4, 7])):  # a grille
            y = int(cy - h * (1 + 0.3 * i))
            cv2.line(out, (int(cx - wide * 0.7), y), (int(cx + wide * 0.7), y), colour(rng, dark=True), max(1, int(h * 0.1)))


def street_crop(rng, street, size, around):
    """A square piece of a frame with what lies in it: picture, boxes of vehicles in its pixels, the chosen box or None."""
    height, width = street.picture.shape[:2]
    chosen = None
    if around and street.boxes:
        weights = [max(b[2] * b[3], 1.0) for b in street.boxes]
        chosen = rng.choices(range(len(street.boxes)), weights)[0]
        x, y, w, h, _ = street.boxes[chosen]
        side = max(w, h) * rng.uniform(1.05, 3.0)
        side = min(max(side, 60), max(width, height))
        left = x + w / 2 - side / 2 + rng.uniform(-0.5, 0.5) * (side - w)
        top = y + h / 2 - side / 2 + rng.uniform(-0.5, 0.5) * (side - h)
    else:
        side = rng.uniform(150, max(width, height))
        left, top = rng.uniform(0, max(1, width - side)), rng.uniform(0, max(1, height - side))
    scale = size / side
    flip = rng.random() < 0.5
    matrix = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]], np.float32)
    way = cv2.INTER_AREA if scale < 0.7 else cv2.INTER_LINEAR
    border = rng.choice([cv2.BORDER_REFLECT_101, cv2.BORDER_CONSTANT])
    if scale < 0.7:
        x0, y0 = max(0, int(left)), max(0, int(top))
        piece = street.picture[y0:y0 + int(side), x0:x0 + int(side)]
        picture = cv2.resize(piece, (size, size), interpolation=way)
        matrix = np.array([[size / piece.shape[1], 0, -x0 * size / piece.shape[1]], [0, size / piece.shape[0], -y0 * size / piece.shape[0]]])
    else:
        picture = cv2.warpAffine(street.picture, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=border, borderValue=(114, 114, 114))
    boxes = []
    for x, y, w, h, kind in street.boxes:
        bx, by = x * matrix[0, 0] + matrix[0, 2], y * matrix[1, 1] + matrix[1, 2]
        bw, bh = w * matrix[0, 0], h * matrix[1, 1]
        boxes.append([size - bx - bw if flip else bx, by, bw, bh, kind])
    if flip:
        picture = np.ascontiguousarray(picture[:, ::-1])
    return picture, boxes, None if chosen is None else boxes[chosen]


def sample_crop(rng, pictures, size):
    """A piece of a free picture, turned and scaled at random."""
    picture = rng.choice(pictures)
    height, width = picture.shape[:2]
    side = rng.uniform(0.25, 1.0) * min(height, width)
    left, top = rng.uniform(0, width - side), rng.uniform(0, height - side)
    piece = picture[int(top):int(top + side), int(left):int(left + side)]
    out = cv2.resize(piece, (size, size), interpolation=cv2.INTER_AREA if side > size else cv2.INTER_LINEAR)
    if rng.random() < 0.5:
        out = out[:, ::-1]
    return np.ascontiguousarray(out)
