"""Lines of plates as the reader gets them: seen by a camera, cut out by corners that are a little wrong.

The contract with the program (edge-agent/src/vision/plate): a plate's four corners are known; a one-line plate is cut
whole to 160 x 32 pixels, a two-line plate into [0, TOP_END] and [BOTTOM_START, 1] of its height, each 96 x 32; grey.
"""

import pathlib
import sys

import cv2
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from render import camera, draw, render_plate, soil  # noqa: E402
from render.plate import noise  # noqa: E402

HEIGHT, TWO_LINE_WIDTH, ONE_LINE_WIDTH = 32, 96, 160
TOP_END, BOTTOM_START = .56, .44
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # class i + 1; class 0 is blank
MAX_CHARS = 12
SCALE = {"long": .75, "short": .8, "motorcycle": 1.1}


def views(rng, backgrounds, soils=2, looks=2):
    """Cuts of one new plate: (lines, 'one' or 'two') per look; a line is (grey HEIGHT x width, text, centres)."""
    text = draw(rng)
    plate = render_plate(rng, text=text, scale=SCALE[text.size])
    for _ in range(soils):
        strength = float(rng.choice([.5, 1.0, 1.0, 1.0, 1.6]))
        worn = soil(rng, plate.image, strength)
        for _ in range(looks):
            yield _look(rng, plate, worn, strength, backgrounds)


def _look(rng, plate, worn, strength, backgrounds):
    h, w = worn.shape[:2]
    low, high = (75, 300) if plate.size == "long" else (48, 175)
    width = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    height = width * h / w
    tilt = rng.normal(0, .06) if rng.random() < .8 else rng.normal(0, .14)
    quad = _project(rng, width, height, tilt)
    margin = .25 * height
    origin = quad.min(0) - margin
    quad -= origin
    size = tuple(int(v) for v in np.ceil(quad.max(0) + margin))
    seen = _background(rng, size, backgrounds)
    small = cv2.resize(worn, (max(int(width * 1.25), 8), max(int(height * 1.25), 8)), interpolation=cv2.INTER_AREA)
    sh, sw = small.shape[:2]
    m = cv2.getPerspectiveTransform(np.float32([[0, 0], [sw, 0], [sw, sh], [0, sh]]), quad.astype(np.float32))
    cv2.warpPerspective(small, m, size, seen, cv2.INTER_LINEAR, cv2.BORDER_TRANSPARENT)
    seen = camera(rng, seen, strength)
    grey = cv2.cvtColor(seen, cv2.COLOR_RGB2GRAY)
    to_seen = cv2.getPerspectiveTransform(np.float32([[0, 0], [w, 0], [w, h], [0, h]]), quad.astype(np.float32))
    corners, seams = _corners(rng, plate, quad, to_seen, tilt)
    if len(plate.lines) == 1:
        bands, cut = [(0.0, 1.0)], ONE_LINE_WIDTH
    else:
        bands, cut = [(0.0, seams[0]), (seams[1], 1.0)], TWO_LINE_WIDTH
    lines = []
    for band, text, boxes in zip(bands, plate.lines, plate.char_boxes):
        image, to_cut = _cut(grey, corners, band, cut)
        centres = np.float32([[x + bw / 2, y + bh / 2] for x, y, bw, bh in boxes])
        places = cv2.perspectiveTransform(centres[None], to_cut @ to_seen)[0, :, 0] / cut
        lines.append((image, text, places))
    return lines, "one" if len(lines) == 1 else "two"


def _project(rng, width, height, tilt):
    """The plate's corners in the picture, about the origin."""
    x, y = width / 2, height / 2
    quad = np.array([[-x, -y], [x, -y], [x, y], [-x, y]])
    quad[:, 0] *= rng.uniform(.72, 1.05)  # seen from the side
    quad[:, 1] *= rng.uniform(.8, 1.08)
    shear = rng.normal(0, .05)
    quad = quad @ np.array([[1, shear], [rng.normal(0, .06), 1]])
    c, s = np.cos(tilt), np.sin(tilt)
    return quad @ np.array([[c, s], [-s, c]]) + rng.normal(0, .02, (4, 2)) * height


def _background(rng, size, backgrounds):
    """What surrounds the plate: part of a street picture, or smooth tones."""
    w, h = size
    if len(backgrounds) and rng.random() < .4:
        image = backgrounds[int(rng.integers(len(backgrounds)))]
        part = int(rng.uniform(30, 200))
        y, x = (int(rng.integers(max(s - part, 1))) for s in image.shape[:2])
        return cv2.resize(image[y:y + part, x:x + part], size)
    tone = rng.uniform(0, 255, 3) * rng.uniform(.1, 1)
    n = noise(rng, (h, w), rng.uniform(2, 8))[..., None]
    return np.clip(tone + (n - .5) * rng.uniform(0, 120), 0, 255).astype(np.uint8)


def _corners(rng, plate, quad, to_seen, tilt):
    """Corners as something found them, and where to cut between the lines."""
    height = np.linalg.norm(quad[3] - quad[0])
    roll = rng.random()
    seams = np.array([TOP_END, BOTTOM_START])
    if roll < .62:  # a localiser: near the true corners
        corners = quad + rng.normal(0, .022, (4, 2)) * height + rng.normal(0, .015, 2) * height
        corners = corners.mean(0) + (corners - corners.mean(0)) * rng.normal(1.01, .02, 2)
    elif roll < .8:  # an upright box around it
        (x0, y0), (x1, y1) = quad.min(0), quad.max(0)
        corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]) + rng.normal(0, .02, (2, 2))[[0, 0, 1, 1]] * height
    else:  # a text detector: near the characters, and a seam that was measured
        boxes = np.array([b for line in plate.char_boxes for b in line], float)
        x0, y0 = boxes[:, 0].min(), boxes[:, 1].min()
        x1, y1 = (boxes[:, 0] + boxes[:, 2]).max(), (boxes[:, 1] + boxes[:, 3]).max()
        g = rng.uniform(-.01, .1, 4) * (y1 - y0) / len(plate.lines)
        x0, y0, x1, y1 = x0 - g[0], y0 - g[1], x1 + g[2], y1 + g[3]
        corners = cv2.perspectiveTransform(np.float32([[[x0, y0], [x1, y0], [x1, y1], [x0, y1]]]), to_seen)[0].astype(float)
        corners += rng.normal(0, .012, (4, 2)) * height
        if len(plate.lines) == 2:
            low = max(b[1] + b[3] for b in plate.char_boxes[0])
            top = min(b[1] for b in plate.char_boxes[1])
            seams = ((low + top) / 2 - y0) / (y1 - y0) + np.array([.04, -.04])
    if len(plate.lines) == 2:
        seams = seams + rng.normal(0, .012)
    return corners, seams


def _cut(grey, corners, band, width):
    """The part between two heights of a quadrilateral, upright; and the map from the picture to it."""
    tl, tr, br, bl = corners
    (a, b) = band
    quad = np.float32([tl + (bl - tl) * a, tr + (br - tr) * a, tr + (br - tr) * b, tl + (bl - tl) * b])
    m = cv2.getPerspectiveTransform(quad, np.float32([[0, 0], [width, 0], [width, HEIGHT], [0, HEIGHT]]))
    shrink = np.linalg.norm(quad[3] - quad[0]) / HEIGHT
    if shrink > 1.5:  # as the program does: to a larger cut first, then by areas
        k = int(np.ceil(shrink / 1.5))
        big = cv2.warpPerspective(grey, np.diag([k, k, 1]).astype(float) @ m, (width * k, HEIGHT * k), flags=cv2.INTER_LINEAR,
                                  borderMode=cv2.BORDER_REPLICATE)
        return cv2.resize(big, (width, HEIGHT), interpolation=cv2.INTER_AREA), m
    return cv2.warpPerspective(grey, m, (width, HEIGHT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), m


def nothing(rng, backgrounds, width):
    """A cut without any plate: its text is empty."""
    image = camera(rng, _background(rng, (width, HEIGHT), backgrounds))
    return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), "", []


def encode(text, places):
    """Label and places, padded."""
    label, at = np.zeros(MAX_CHARS, np.uint8), np.zeros(MAX_CHARS, np.float16)
    for i, c in enumerate(text[:MAX_CHARS]):
        label[i] = ALPHABET.index(c) + 1
        at[i] = places[i]
    return label, at
