"""A plate of millimetres: ground, frame, characters, bolts, seal. No weather and no camera yet."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from .glyphs import HEIGHT, font
from .texts import draw

SCALE = 1.5  # pixels per millimetre
SIZES = {"long": (520, 110), "short": (330, 165), "motorcycle": (190, 140)}
GROUND = {"white": (232, 232, 228), "yellow": (240, 190, 20), "blue": (25, 70, 160), "red": (180, 25, 30)}
INK = {"white": (18, 18, 22), "yellow": (18, 18, 22), "blue": (240, 240, 240), "red": (240, 240, 240),
       "white_red": (190, 25, 30), "yellow_red": (190, 25, 30)}


@dataclass
class Plate:
    """A rendered plate. Boxes are x, y, w, h in pixels of `image`."""

    image: np.ndarray
    text: str  # canonical: 0-9 A-Z, Đ as D, no separators
    lines: list  # canonical text per line
    kind: str
    colour: str
    size: str
    printed: list  # lines as printed
    char_boxes: list = field(default_factory=list)  # one list per line, one box per canonical character


def canonical(printed):
    """Without separators, Đ as D."""
    return "".join(c for c in printed.replace("Đ", "D") if c.isalnum())


def _tint(rng, colour, spread):
    return np.clip(np.array(colour, np.float32) + rng.normal(0, spread, 3) + rng.normal(0, spread), 0, 255)


def render_plate(rng, kind=None, text=None, scale=SCALE):
    """A plate of `kind` (None: drawn by frequency), or of a given `Text`."""
    text = text or draw(rng, kind)
    w, h = (int(round(s * scale)) for s in _size(rng, text))
    ground = _tint(rng, GROUND[text.colour.split("_")[0]], 5)
    image = np.empty((h, w, 3), np.float32)
    image[:] = ground
    ink = np.zeros((h, w), np.uint8)
    f = font(rng)
    boxes = _write(rng, ink, text, f, scale)
    _frame(rng, image, ink, scale)
    alpha = ink.astype(np.float32) / 255
    if rng.random() < .5:
        alpha = _worn(rng, alpha)
    image += alpha[..., None] * (_tint(rng, INK[text.colour], 10) - image)
    if rng.random() < .7:
        _emboss(rng, image, ink, scale)
    _seal(rng, image, text, scale)
    _bolts(rng, image, text, scale)
    printed = list(text.lines)
    lines = [canonical(p) for p in printed]
    return Plate(np.clip(image, 0, 255).astype(np.uint8), "".join(lines), lines, text.kind, text.colour, text.size, printed, boxes)


def _size(rng, text):
    w, h = SIZES[text.size]
    if text.size == "long" and rng.random() < .3:
        w = 470  # before 2020
    if text.size == "short" and rng.random() < .3:
        w, h = 280, 200  # before 2020
    return w, h


def _write(rng, ink, text, f, scale):
    """Draws the lines into `ink`; boxes of the characters."""
    h, w = ink.shape
    n = len(text.lines)
    if n == 1:
        height = h * rng.uniform(.56, .76)
        centres = [h * (.5 + rng.normal(0, .012))]
    else:
        height = h * rng.uniform(.36, .42)
        gap = h * rng.uniform(.035, .085) + height
        middle = h * (.5 + rng.normal(0, .012))
        centres = [middle - gap / 2, middle + gap / 2]
    heights = [height] * n
    if n == 2 and rng.random() < .25:
        heights[0] *= rng.uniform(.85, 1.0)
    # A plate holds its longest line: spacing and width give way to it.
    return [_line(rng, ink, line, f, c, hh, w, text, scale) for line, c, hh in zip(text.lines, centres, heights)]


def _advance(f, char, height, dash):
    if char in "-":
        return dash
    if char in ".":
        return .14 * height
    if char == " ":
        return .25 * height
    return f.mask(char).shape[1] * height / HEIGHT


def _line(rng, ink, line, f, cy, height, width, text, scale):
    letter_gap = rng.uniform(.12, .26) * height
    dash = rng.uniform(.18, .36) * height
    dot_gap = rng.uniform(.3, .9)
    advances = [_advance(f, c, height, dash) for c in line]
    gaps = [letter_gap * (dot_gap if "." in line[i:i + 2] else 1) for i in range(len(line) - 1)]
    room = width * rng.uniform(.84, .94)
    if text.size == "motorcycle" and rng.random() < .5 and len(line) >= 5:
        spread = room / (sum(advances) + sum(gaps))
        if spread > 1:
            extra = min(room - sum(advances) - sum(gaps), letter_gap * 1.2 * len(gaps))
            gaps = [g + extra / len(gaps) for g in gaps]
    squeeze = min(1.0, room / (sum(advances) + sum(gaps)))
    total = (sum(advances) + sum(gaps)) * squeeze
    x = (width - total) / 2 + rng.normal(0, .01) * width
    boxes = []
    dash_thick = rng.uniform(.08, .15) * height
    sloppy = rng.random() < .25
    for i, (c, a) in enumerate(zip(line, advances)):
        a *= squeeze
        if c in "-.":
            _separator(rng, ink, c, x, a, cy, height, dash_thick)
        elif c != " ":
            jitter = rng.normal(0, .015, 2) * height if sloppy else (0, 0)
            boxes.append(_stamp(ink, f.mask(c), x + jitter[0], cy - height / 2 + jitter[1], a, height))
        x += a + (gaps[i] * squeeze if i < len(gaps) else 0)
    return boxes


def _separator(rng, ink, c, x, a, cy, height, thick):
    if c == "-":
        y = cy + rng.normal(0, .02) * height
        cv2.rectangle(ink, (int(x), int(y - thick / 2)), (int(x + a), int(y + thick / 2)), 255, -1)
    else:
        y, r = cy + height * (.5 - rng.uniform(.03, .12)), max(height * rng.uniform(.05, .085), 1)
        if rng.random() < .6:
            cv2.circle(ink, (int((x + a / 2) * 16), int(y * 16)), int(r * 16), 255, -1, cv2.LINE_AA, 4)
        else:
            cv2.rectangle(ink, (int(x + a / 2 - r), int(y - r)), (int(x + a / 2 + r), int(y + r)), 255, -1)


def _stamp(ink, mask, x, y, w, h):
    x, y, w, h = int(round(x)), int(round(y)), max(int(round(w)), 2), int(round(h))
    glyph = cv2.resize(mask, (w, h), interpolation=cv2.INTER_AREA)
    x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + w, ink.shape[1]), min(y + h, ink.shape[0])
    if x1 > x0 and y1 > y0:
        part = ink[y0:y1, x0:x1]
        np.maximum(part, glyph[y0 - y:y1 - y, x0 - x:x1 - x], out=part)
    return (x, y, w, h)


def _frame(rng, image, ink, scale):
    """Rim of the plate, or a holder around it; corners are rounded."""
    h, w = ink.shape
    kind = rng.random()
    if kind < .45:  # a thin printed line
        m, t = int(rng.uniform(1.5, 5) * scale), max(int(rng.uniform(.8, 2.5) * scale), 1)
        rounded(ink, (m, m, w - m, h - m), int(rng.uniform(3, 9) * scale), int(rng.uniform(90, 255)), t)
    elif kind < .8:  # a holder: metal or black plastic
        t = int(rng.uniform(2, 8) * scale)
        tone = _tint(rng, rng.choice([25, 60, 150, 200, 225]) * np.ones(3), 8)
        mask = np.full((h, w), 255, np.uint8)
        rounded(mask, (t, t, w - t, h - t), int(rng.uniform(3, 10) * scale), 0, -1)
        image += (mask.astype(np.float32) / 255)[..., None] * (tone - image)
        if rng.random() < .25:  # with cut corners, as screwed holders have them
            c = int(rng.uniform(8, 20) * scale)
            for sx, sy in ((0, 0), (w, 0), (0, h), (w, h)):
                p = np.array([(sx, sy), (sx + (c if sx == 0 else -c), sy), (sx, sy + (c if sy == 0 else -c))])
                cv2.fillConvexPoly(image, p, tone.tolist())


def rounded(image, box, r, value, thickness):
    """A rectangle with round corners."""
    x0, y0, x1, y1 = box
    r = max(min(r, (x1 - x0) // 2 - 1, (y1 - y0) // 2 - 1), 1)
    t = [np.array([(cx + r * np.cos(a), cy + r * np.sin(a)) for a in np.radians(np.linspace(s, s + 90, 6))])
         for cx, cy, s in ((x1 - r, y1 - r, 0), (x0 + r, y1 - r, 90), (x0 + r, y0 + r, 180), (x1 - r, y0 + r, 270))]
    points = np.round(np.concatenate(t)).astype(np.int32).reshape(-1, 1, 2)
    if thickness < 0:
        cv2.fillPoly(image, [points], value, cv2.LINE_AA)
    else:
        cv2.polylines(image, [points], True, value, thickness, cv2.LINE_AA)


def noise(rng, shape, cells):
    """Smooth noise 0..1 with about `cells` blobs across."""
    h, w = shape
    small = rng.random((max(int(cells * h / w), 2), max(int(cells), 2)), np.float32)
    return np.clip(cv2.resize(small, (w, h), interpolation=cv2.INTER_CUBIC), 0, 1)


def _worn(rng, alpha):
    """Paint that has faded in places."""
    fade = noise(rng, alpha.shape, rng.uniform(3, 25))
    low = rng.uniform(.0, .6) if rng.random() < .25 else rng.uniform(.5, .9)
    return alpha * np.clip(low + (1 - low) * (fade * 3 - rng.uniform(0, .9)), low, 1)


def _emboss(rng, image, ink, scale):
    """Light on one edge of the stamped strokes and shadow on the other."""
    soft = cv2.GaussianBlur(ink, (0, 0), rng.uniform(.6, 1.4) * scale).astype(np.float32)
    angle, d = rng.uniform(0, 2 * np.pi), 1.0 * scale
    m = np.float32([[1, 0, d * np.cos(angle)], [0, 1, d * np.sin(angle)]])
    slope = soft - cv2.warpAffine(soft, m, soft.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    image += (slope * rng.uniform(.1, .45))[..., None]


def _seal(rng, image, text, scale):
    """The police's small stamp."""
    if rng.random() < .5:
        h, w = image.shape[:2]
        at = (int(w * (.5 + rng.normal(0, .02))), int(h * rng.uniform(.06, .14))) if len(text.lines) == 1 else (
            int(w * (.06 if rng.random() < .5 else rng.uniform(.4, .6))), int(h * rng.uniform(.4, .55)))
        r = int(rng.uniform(2.5, 6) * scale)
        tone = float(rng.uniform(-60, 40))
        patch = np.zeros((h, w), np.uint8)
        cv2.circle(patch, at, r, 255, max(int(scale), 1), cv2.LINE_AA)
        cv2.circle(patch, at, max(r // 2, 1), 180, -1, cv2.LINE_AA)
        x0, x1, y0, y1 = max(at[0] - r - 3, 0), at[0] + r + 3, max(at[1] - r - 3, 0), at[1] + r + 3
        image[y0:y1, x0:x1] += patch[y0:y1, x0:x1, None] * (tone / 255)


def _bolts(rng, image, text, scale):
    """Heads of screws, often on the height of the characters."""
    if rng.random() < .35:
        return
    h, w = image.shape[:2]
    pairs = {"long": [(.27, .1), (.5, .12), (.06, .5)], "short": [(.25, .1), (.5, .93), (.06, .5)],
             "motorcycle": [(.5, .06), (.35, .1), (.12, .12), (.05, .5), (.45, .5)]}[text.size]
    x, y = pairs[int(rng.integers(len(pairs)))]
    x, y = x + rng.normal(0, .03), y + rng.normal(0, .03)
    for px in {x, 1 - x}:
        centre = (int(px * w), int((y + rng.normal(0, .01)) * h))
        r = int(rng.uniform(2, 6) * scale)
        tone = _tint(rng, rng.choice([30, 90, 150, 210]) * np.ones(3), 10)
        cv2.circle(image, centre, r, tone.tolist(), -1, cv2.LINE_AA)
        light = np.clip(tone + rng.uniform(-70, 70), 0, 255)
        cv2.circle(image, (centre[0] - r // 3, centre[1] - r // 3), max(r // 2, 1), light.tolist(), -1, cv2.LINE_AA)
