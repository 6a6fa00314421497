"""What happens to a plate on the road: dirt, scratches, bends, shadow, glare, things in front of it."""

import cv2
import numpy as np

from .plate import noise


def soil(rng, image, strength=1.0):
    """Ages and lights a plate picture; the stronger the worse. Returns uint8 RGB of the same size."""
    out = image.astype(np.float32)
    for effect, share in ((dirt, .3), (scratches, .15), (mud, .08), (shadow, .3), (glow, .22), (glare, .2), (reflection, .12), (cover, .05)):
        if rng.random() < share * strength:
            effect(rng, out)
    return np.clip(out, 0, 255, out=out).astype(np.uint8)


def dirt(rng, out):
    """A film of dust."""
    n = noise(rng, out.shape[:2], rng.uniform(2, 20))
    tone = np.array([120, 105, 85], np.float32) + rng.normal(0, 15, 3)
    out += ((n ** 2) * rng.uniform(.1, .55))[..., None] * (tone - out)


def mud(rng, out):
    """Drops and blots that hide strokes."""
    h, w = out.shape[:2]
    tone = (np.array([95, 80, 60]) + rng.normal(0, 20, 3)).clip(0, 255).tolist()
    for _ in range(int(rng.integers(1, 25))):
        r = int(rng.exponential(.025) * h) + 1
        cv2.circle(out, (int(rng.integers(w)), int(rng.integers(h))), min(r, h // 8), tone, -1, cv2.LINE_AA)


def scratches(rng, out):
    """Thin lines, light or dark."""
    h, w = out.shape[:2]
    for _ in range(int(rng.integers(1, 6))):
        p = (int(rng.integers(w)), int(rng.integers(h)))
        a, length = rng.uniform(0, np.pi), rng.uniform(.1, .6) * w
        q = (int(p[0] + length * np.cos(a)), int(p[1] + length * np.sin(a)))
        tone = float(rng.choice([60, 120, 230]))
        cv2.line(out, p, q, (tone, tone, tone), int(rng.integers(1, 3)), cv2.LINE_AA)


def shadow(rng, out):
    """One side darker, with a hard or soft edge."""
    out *= _edge(rng, out.shape[:2], rng.uniform(.25, .85), 1.0)[..., None]


def _edge(rng, shape, low, high):
    h, w = shape
    a, at = rng.uniform(0, 2 * np.pi), rng.uniform(.15, .85)
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    t = (x / w - .5) * np.cos(a) + (y / h - .5) * np.sin(a) + .5
    return low + (high - low) / (1 + np.exp(-(t - at) * rng.uniform(4, 80)))


def glow(rng, out):
    """Light of one colour over all or part of it: brake lamps, street lamps, a flash."""
    colours = [(255, 40, 40), (255, 60, 60), (255, 190, 90), (90, 110, 255), (255, 255, 255)]
    colour = np.array(colours[int(rng.integers(len(colours)))], np.float32)
    h, w = out.shape[:2]
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    cx, cy = rng.uniform(-.2, 1.2) * w, rng.uniform(-.5, 1.2) * h
    d = ((x - cx) / w) ** 2 + ((y - cy) / h) ** 2
    out += (np.exp(-d / rng.uniform(.1, 1.2)) * rng.uniform(.2, .8))[..., None] * colour


def glare(rng, out):
    """A patch that is burnt out, hard or soft at the edge."""
    h, w = out.shape[:2]
    mask = np.zeros((h, w), np.uint8)
    for _ in range(int(rng.integers(1, 4))):
        axes = (int(rng.uniform(.02, .22) * w) + 1, int(rng.uniform(.02, .22) * h) + 1)
        cv2.ellipse(mask, (int(rng.integers(w)), int(rng.integers(h))), axes, rng.uniform(0, 180), 0, 360, 255, -1, cv2.LINE_AA)
    mask = cv2.GaussianBlur(mask, (0, 0), rng.uniform(1, .06 * h + 1)).astype(np.float32)
    out += (mask * rng.uniform(.2, 1.0))[..., None]


def reflection(rng, out):
    """Bright or dark streaks: what polished film and holders mirror."""
    h, w = out.shape[:2]
    mask = np.zeros((h, w), np.uint8)
    for _ in range(int(rng.integers(1, 5))):
        centre = (int(rng.uniform(0, 1) * w), int(rng.uniform(-.1, 1.1) * h))
        axes = (int(rng.uniform(.1, .5) * w), int(rng.uniform(.05, .4) * h))
        start = rng.uniform(0, 360)
        cv2.ellipse(mask, centre, axes, rng.uniform(-30, 30), start, start + rng.uniform(20, 120), 255,
                    max(int(rng.uniform(.01, .045) * h), 1), cv2.LINE_AA)
    mask = cv2.GaussianBlur(mask, (0, 0), rng.uniform(.5, 2)).astype(np.float32)
    out += (mask * (rng.uniform(.3, 1.0) if rng.random() < .8 else -.6))[..., None]


def cover(rng, out):
    """Something before the plate: a cable, a bag, a tail."""
    h, w = out.shape[:2]
    tone = rng.uniform(0, 200, 3).tolist()
    if rng.random() < .6:
        p, q = (int(rng.integers(w)), 0), (int(rng.integers(w)), h)
        cv2.line(out, p, q, tone, max(int(rng.uniform(.02, .08) * h), 1), cv2.LINE_AA)
    else:
        cx, cy = int(rng.choice([0, w])), int(rng.integers(h))
        cv2.circle(out, (cx, cy), int(rng.uniform(.1, .3) * h), tone, -1, cv2.LINE_AA)
