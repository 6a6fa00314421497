"""What one lamp box shows, as numbers: the same arithmetic as `edge-agent/src/vision/signal/features.rs` (a test compares them).

A box is sampled on a 16 × 16 grid, its surroundings (the box grown to three times its size) on the same number of points. Colour
is counted by hue, weighted by chroma: once over all points, once over the bright ones, because a lamp is the brightest thing in
its box and its blown-out core has no colour of its own, only its rim and halo have.
"""

import numpy as np

GRID = 16
HUES = 12
COUNT = 2 * HUES + 6 + 3 + 1 + 3 + 2


def sample(rgb, box, grid=GRID):
    """`grid`² colours of a box (x, y, w, h in pixels) by bilinear interpolation, 0..1, row by row; the picture's edge is repeated."""
    height, width = rgb.shape[:2]
    x, y, w, h = box
    steps = (np.arange(grid) + 0.5) / grid
    xs = np.clip(x + steps * w - 0.5, 0, width - 1)
    ys = np.clip(y + steps * h - 0.5, 0, height - 1)
    x0, y0 = np.floor(xs).astype(int), np.floor(ys).astype(int)
    x1, y1 = np.minimum(x0 + 1, width - 1), np.minimum(y0 + 1, height - 1)
    fx, fy = (xs - x0)[None, :, None], (ys - y0)[:, None, None]
    part = lambda a, b: rgb[np.ix_(a, b)].astype(np.float32)
    top = part(y0, x0) * (1 - fx) + part(y0, x1) * fx
    low = part(y1, x0) * (1 - fx) + part(y1, x1) * fx
    return ((top * (1 - fy) + low * fy) / 255.0).reshape(-1, 3)


def hue(rgb, value, chroma):
    """Hue in bins 0..HUES (red 0, green a third, blue two thirds of the way)."""
    r, g, b = rgb[:, 0], rgb[:, 1], rgb[:, 2]
    c = np.maximum(chroma, 1e-6)
    h = np.where(value == r, (g - b) / c % 6.0, np.where(value == g, (b - r) / c + 2.0, (r - g) / c + 4.0))
    return h * (HUES / 6.0)


def histogram(bins, weight):
    """Soft histogram: every point is shared between the two nearest bins. Square roots, so that little light still counts."""
    low = np.floor(bins).astype(int)
    part = bins - low
    out = np.bincount(low % HUES, weight * (1 - part), HUES) + np.bincount((low + 1) % HUES, weight * part, HUES)
    return np.sqrt(out / len(bins))


def rank(values, part):
    """The value that this part of all values is below (nearest rank)."""
    ordered = np.sort(values)
    return ordered[min(int(part * len(ordered)), len(ordered) - 1)]


def features(rgb, box):
    """COUNT numbers about a box of an RGB picture (uint8, height × width × 3)."""
    x, y, w, h = box
    inside = sample(rgb, box)
    around = sample(rgb, (x - w, y - h, 3 * w, 3 * h))
    value, least = inside.max(1), inside.min(1)
    chroma = value - least
    bins = hue(inside, value, chroma)
    v = [rank(value, p) for p in (0.05, 0.25, 0.5, 0.75, 0.95, 0.99)]
    bright = np.clip((value - v[2]) / (v[5] - v[2] + 0.05), 0, 1) ** 2
    c = [rank(chroma, p) for p in (0.5, 0.9, 0.99)]
    white = float((least > 0.85).mean())
    ring_value = around.max(1)
    ring = list(around.mean(0)) + [rank(ring_value, 0.9)]
    return np.concatenate([histogram(bins, chroma), histogram(bins, chroma * bright), v, c, [white], ring,
                           [v[4] - ring[3]]]).astype(np.float32)
