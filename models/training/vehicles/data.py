"""Pictures and boxes: the `redlight` set (CC BY 4.0, see README) and unlabelled pictures that keep the other classes alive.

Boxes are x1 y1 x2 y2 in pixels; labels are `CAR` or `MOTORCYCLE` of graph.CLASSES. The set's labels are not complete.
"""

import pathlib
import re

import cv2
import numpy as np

CAR, MOTORCYCLE = 2, 3
# Classes of the set: 0 car, 1 green_light, 2 motobike, 3 red_light, 4 stop_line, 5 yellow_light.
LABELS = {0: CAR, 2: MOTORCYCLE}
MEAN, DEVIATION = np.array([0.485, 0.456, 0.406], np.float32), np.array([0.229, 0.224, 0.225], np.float32)


def read_labels(path, width, height):
    boxes, classes = [], []
    for line in path.read_text().splitlines():
        kind, *numbers = line.split()
        numbers = np.array(numbers, np.float32)
        if int(kind) not in LABELS:
            continue
        if len(numbers) == 4:
            x, y, w, h = numbers
            corners = [x - w / 2, y - h / 2, x + w / 2, y + h / 2]
        else:  # a polygon
            corners = [numbers[0::2].min(), numbers[1::2].min(), numbers[0::2].max(), numbers[1::2].max()]
        boxes.append(np.array(corners) * [width, height, width, height])
        classes.append(LABELS[int(kind)])
    return np.array(boxes, np.float32).reshape(-1, 4), np.array(classes, np.int64)


def load(folder):
    """`[(name, picture RGB, boxes, classes)]`, sorted by name."""
    out = []
    for file in sorted((folder / "images").glob("*.jpg")):
        picture = cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB)
        boxes, classes = read_labels(folder / "labels" / (file.stem + ".txt"), picture.shape[1], picture.shape[0])
        out.append((file.name, picture, boxes, classes))
    return out


def held_out(name):
    """Whether a training picture is kept apart: whole stretches of each film, so that no neighbour of it is trained on."""
    film, number = re.match(r"(\D*)(\d+)", name).groups()
    return int(number) // 100 % 10 == 7


def unlabelled(patterns):
    """Pictures and every 25th frame of clips, for distillation only."""
    out = []
    for pattern in patterns:
        for file in sorted(pathlib.Path("/").glob(pattern.lstrip("/"))):
            if file.suffix in (".mp4", ".avi"):
                clip, at = cv2.VideoCapture(str(file)), 0
                while True:
                    ok, frame = clip.read()
                    if not ok:
                        break
                    if at % 25 == 0:
                        out.append(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB))
                    at += 1
            else:
                frame = cv2.imread(str(file))
                if frame is not None and min(frame.shape[:2]) >= 200:
                    out.append(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB))
    return out


def _place(canvas, picture, boxes, area, rng, zoom):
    """Draws a random part of `picture` into `area` (x1 y1 x2 y2) of `canvas`; the boxes on the canvas and the share of each that is seen."""
    h, w = picture.shape[:2]
    stretch = np.exp(rng.uniform(-0.18, 0.18))
    sx, sy = zoom * stretch, zoom / stretch
    x1, y1, x2, y2 = area
    aw, ah = x2 - x1, y2 - y1
    sx, sy = sx * aw / w, sy * ah / h
    spare_x, spare_y = w * sx - aw, h * sy - ah
    dx = x1 - (rng.uniform(0, spare_x) if spare_x > 0 else rng.uniform(spare_x, 0))
    dy = y1 - (rng.uniform(0, spare_y) if spare_y > 0 else rng.uniform(spare_y, 0))
    matrix = np.array([[sx, 0, dx - x1], [0, sy, dy - y1]], np.float32)
    canvas[y1:y2, x1:x2] = cv2.warpAffine(picture, matrix, (aw, ah), flags=cv2.INTER_LINEAR, borderValue=(114, 114, 114))
    if not len(boxes):
        return boxes, np.zeros(0)
    moved = boxes * [sx, sy, sx, sy] + [dx, dy, dx, dy]
    clipped = np.clip(moved, [x1, y1, x1, y1], [x2, y2, x2, y2])
    size = lambda b: (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    return clipped, size(clipped) / np.maximum(size(moved), 1)


def augment(samples, size, rng):
    """One training picture: `(RGB uint8, boxes, classes)` from 1 or 4 of `samples()`."""
    canvas = np.full((size, size, 3), 114, np.uint8)
    if rng.random() < 0.3:
        cx, cy = (int(v) for v in rng.uniform(0.35, 0.65, 2) * size)
        areas = [(0, 0, cx, cy), (cx, 0, size, cy), (0, cy, cx, size), (cx, cy, size, size)]
        zooms = rng.uniform(1.0, 2.0, 4)
    else:
        areas, zooms = [(0, 0, size, size)], [np.exp(rng.uniform(np.log(0.75), np.log(1.6)))] if rng.random() < 0.75 else [1.0]
    boxes, classes = [], []
    for area, zoom in zip(areas, zooms):
        picture, b, c = samples()
        placed, seen = _place(canvas, picture, b, area, rng, zoom)
        for box, kind, share in zip(placed, c, seen):
            w, h = box[2] - box[0], box[3] - box[1]
            if share > 0.4 and w > 4 and h > 4:
                boxes.append(box)
                classes.append(kind)
    boxes = np.array(boxes, np.float32).reshape(-1, 4)
    if rng.random() < 0.5:
        canvas = canvas[:, ::-1]
        boxes = boxes[:, [2, 1, 0, 3]] * [-1, 1, -1, 1] + [size, 0, size, 0]
    return _light(np.ascontiguousarray(canvas), rng), boxes.astype(np.float32), np.array(classes, np.int64)


def _light(picture, rng):
    if rng.random() < 0.6:
        hsv = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV).astype(np.float32)
        hsv[..., 0] = (hsv[..., 0] + rng.uniform(-6, 6)) % 180
        hsv[..., 1] = np.clip(hsv[..., 1] * rng.uniform(0.5, 1.5), 0, 255)
        hsv[..., 2] = np.clip(hsv[..., 2] * rng.uniform(0.45, 1.4), 0, 255)
        picture = cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2RGB)
    if rng.random() < 0.15:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.3))
    if rng.random() < 0.15:
        noise = rng.normal(0, rng.uniform(2, 10), picture.shape[:2] + (1,))
        picture = np.clip(picture + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.15:
        picture = cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 80))])[1], 1)
    return picture


def tensor(picture):
    """`[3,H,W]` as the network takes it."""
    return np.ascontiguousarray(((picture.astype(np.float32) / 255 - MEAN) / DEVIATION).transpose(2, 0, 1))
