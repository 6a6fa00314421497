"""Characters drawn as strokes, in the manner of the narrow grotesque that Vietnamese plates are stamped with.

A glyph is a list of strokes, each a list of centre-line points in a box of 1 x 1 (y down). `Font` draws them with its own
weight, roundness, widths and stroke ends, so that a reader cannot hang on one shape.
"""

import cv2
import numpy as np

HEIGHT = 112  # pixels of a drawn glyph
OUT = 0.12  # how far a stroke runs out of the box where it ends flat on its edge


def arc(cx, cy, rx, ry, start, end, n=2.0, steps=28):
    """Part of a superellipse; degrees, 0 right, 90 down."""
    t = np.radians(np.linspace(start, end, steps))
    c, s = np.cos(t), np.sin(t)
    x = cx + rx * np.sign(c) * np.abs(c) ** (2 / n)
    y = cy + ry * np.sign(s) * np.abs(s) ** (2 / n)
    return list(zip(x, y))


def strokes(char, f):
    """Centre lines of `char` in the manner of font `f`."""
    n, o = f.round, OUT
    if char in "0O":
        return [arc(.5, .5, .5, .5, 0, 360, n + .4 if char == "0" else n, 48)]
    if char == "Q":
        return [arc(.5, .5, .5, .5, 0, 360, n, 48), [(.55, .72), (1, 1)]]
    if char == "1":
        x = f.one
        return [[(x, 1 + o), (x, 0 if f.one_flag > .05 else -o)], [(x, .01), (x - .75, f.one_flag + .08)]] + (
            [[(x - .6, 1), (x + .5, 1)]] if f.one_foot else [])
    if char == "2":
        return [arc(.5, .29, .5, .29, 188, 365, n) + [(.93, .42), (.0, .99), (1 + o, 1)]] if not f.two_round else [
            arc(.5, .28, .5, .28, 185, 360, n) + arc(.1, .3, .88, .36, 0, 50, 2)[1:] + [(0, 1), (1 + o, 1)]]
    if char == "3":
        if f.three_flat:
            return [[(0 - o, 0), (.95, 0), (.42, .4)], arc(.42, .7, .58, .3, 270, 500, n)]
        return [arc(.48, .25, .46, .25, 195, 450, n), arc(.48, .735, .52, .265, 270, 525, n), [(.35, .48), (.52, .48)]]
    if char == "4":
        if f.four_closed:
            return [[(.76, 1 + o), (.76, 0), (0, .72), (1 + o, .72)]]
        return [[(f.four_top, -o), (0, .74), (1 + o, .74)], [(.72, f.four_stem), (.72, 1 + o)]]
    if char == "5":
        return [[(.95 + o, 0), (.12, 0), (.05, .44)], arc(.46, .68, .54, .32, 222, 510, n)]
    if char in "69":
        bowl = arc(.5, .69, .5, .31, 0, 360, n, 40)
        if f.six_straight:
            stem = [(.62, -o), (.1, .52), (.01, .68)]
        else:
            stem = arc(.62, .62, .62, .62, 180, 282, 2 + .5 * (n - 2))
        both = [bowl, stem]
        return both if char == "6" else [[(1 - x, 1 - y) for x, y in s] for s in both]
    if char == "7":
        return [[(-o, 0), (.97, 0), (f.seven, 1 + o)]]
    if char == "8":
        w = f.eight
        return [arc(.5, .24, w, .24, 0, 360, n, 40), arc(.5, .735, .5, .265, 0, 360, n, 40)]
    if char == "A":
        top = f.a_top
        return [[(0 - .03, 1 + o), (.5 - top, 0 if top else -.02), (.5 + top, 0 if top else -.02), (1.03, 1 + o)],
                [(.16, f.a_bar), (.84, f.a_bar)]]
    if char == "B":
        return [[(0, 0), (0, 1)], [(0, 0), (.5, 0)] + arc(.5, .235, .44, .235, 270, 450, n) + [(0, .47)],
                [(0, .47), (.5, .47)] + arc(.5, .735, .5, .265, 270, 450, n) + [(0, 1)]]
    if char in "CG":
        body = arc(.5, .34, .5, .34, 345, 180, n) + arc(.5, .66, .5, .34, 180, 15, n)
        if char == "C":
            return [body]
        return [arc(.5, .32, .5, .32, 345, 180, n) + arc(.5, .67, .5, .33, 180, 0, n) + [(1, f.g_bar), (.55, f.g_bar)]]
    if char in "DĐ":
        body = [[(0, 0), (0, 1)], [(0, 0), (.42, 0)] + arc(.42, .34, .58, .34, 270, 360, n)
                + arc(.42, .66, .58, .34, 0, 90, n) + [(0, 1)]]
        return body + ([[(-.3, .5), (.35, .5)]] if char == "Đ" else [])
    if char == "E":
        return [[(1 + o, 0), (0, 0), (0, 1), (1 + o, 1)], [(0, .48), (.85, .48)]]
    if char == "F":
        return [[(1 + o, 0), (0, 0), (0, 1 + o)], [(0, .49), (.82, .49)]]
    if char == "H":
        return [[(0, -o), (0, 1 + o)], [(1, -o), (1, 1 + o)], [(0, .48), (1, .48)]]
    if char == "I":
        return [[(.5, -o), (.5, 1 + o)]]
    if char == "J":
        return [[(.9, -o)] + arc(.42, .7, .48, .3, 0, 170, n)]
    if char == "K":
        return [[(0, -o), (0, 1 + o)], [(1.0, -o), (.03, .6)], [(.35, .42), (1.04, 1 + o)]]
    if char == "L":
        return [[(0, -o), (0, 1), (1 + o, 1)]]
    if char == "M":
        return [[(0, 1 + o), (0, -.02), (.5, f.m_dip), (1, -.02), (1, 1 + o)]]
    if char == "N":
        return [[(0, 1 + o), (0, -.02), (1, 1.02), (1, -o)]]
    if char in "PR":
        low = f.p_low
        p = [[(0, 1 + o), (0, 0), (.5, 0)] + arc(.5, low / 2, .5, low / 2, 270, 450, n) + [(0, low)]]
        return p if char == "P" else p + [[(.45, low), (1.02, 1 + o)]]
    if char == "S":
        return [arc(.5, .255, .46, .255, 340, 108, n) + [(.42, .475), (.6, .52)] + arc(.5, .735, .5, .265, 290, 520, n)]
    if char == "T":
        return [[(-o, 0), (1 + o, 0)], [(.5, 0), (.5, 1 + o)]]
    if char == "U":
        return [[(0, -o)] + arc(.5, .68, .5, .32, 180, 0, n) + [(1, -o)]]
    if char == "V":
        return [[(-.04, -o), (.5, 1.0), (1.04, -o)]]
    if char == "W":
        return [[(-.03, -o), (.24, 1), (.5, .2), (.76, 1), (1.03, -o)]]
    if char == "X":
        return [[(-.02, -o), (1.02, 1 + o)], [(1.02, -o), (-.02, 1 + o)]]
    if char == "Y":
        return [[(-.04, -o), (.5, .52), (1.04, -o)], [(.5, .5), (.5, 1 + o)]]
    if char == "Z":
        return [[(-o, 0), (.98, 0), (.02, 1), (1 + o, 1)]]
    raise KeyError(char)


# Width over height, for a digit of width 1.
WIDTHS = {"1": .62, "I": .35, "J": .85, "L": .88, "F": .92, "E": .93, "M": 1.22, "W": 1.4, "N": 1.04, "A": 1.1,
          "V": 1.06, "Y": 1.05, "X": 1.04, "K": 1.03, "Q": 1.04, "G": 1.03, "O": 1.03, "Đ": 1.08, "7": .95, "4": 1.04}


class Font:
    """One way to draw the alphabet; `mask(char)` gives it as float32 0..1, HEIGHT pixels high."""

    def __init__(self, rng):
        u = rng.uniform
        self.width = u(.43, .60)  # of a digit, over its height
        self.weight = u(.105, .185)  # of a stroke, over the height
        self.round = u(2.0, 3.0) if rng.random() < .75 else u(3.0, 4.2)
        self.flat = rng.random() < .7
        self.one, self.one_flag, self.one_foot = u(.75, .95), u(.12, .30), rng.random() < .06
        self.two_round, self.three_flat = rng.random() < .5, rng.random() < .08
        self.four_closed, self.four_top, self.four_stem = rng.random() < .3, u(.3, .62), u(.36, .58)
        self.six_straight = rng.random() < .35
        self.seven, self.eight = u(.2, .48), u(.38, .48)
        self.a_top, self.a_bar = (0 if rng.random() < .6 else u(.04, .12)), u(.64, .76)
        self.g_bar, self.m_dip, self.p_low = u(.5, .6), u(.4, .8), u(.46, .58)
        self.slant = rng.normal(0, .015)
        self._masks = {}
        self._jitter = {c: rng.normal(0, .02) for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZĐ"}

    def mask(self, char):
        """The glyph, cached."""
        if char not in self._masks:
            self._masks[char] = self._draw(char)
        return self._masks[char]

    def _draw(self, char):
        h = HEIGHT
        t = self.weight * h
        w = max(int(round(h * self.width * (WIDTHS.get(char, 1.0) + self._jitter[char]))), int(t * 1.6))
        glyph = np.zeros((h, w), np.uint8)
        pad = int(t)
        for stroke in strokes(char, self):
            points = np.array(stroke, np.float64)
            points[:, 0] = t / 2 + points[:, 0] * (w - t) + self.slant * (h / 2 - points[:, 1] * h)
            points[:, 1] = t / 2 + points[:, 1] * (h - t)
            layer = np.zeros((h + 2 * pad, w + 2 * pad), np.uint8)
            fixed = np.round((points + pad) * 16).astype(np.int32).reshape(-1, 1, 2)
            cv2.polylines(layer, [fixed], False, 255, max(int(round(t)), 1), cv2.LINE_AA, 4)
            if self.flat:
                for end, inner in ((points[0], points[1]), (points[-1], points[-2])):
                    self._cut(layer, end + pad, inner + pad, t, closed=np.hypot(*(points[0] - points[-1])) < t / 2)
            glyph = np.maximum(glyph, layer[pad:pad + h, pad:pad + w])
        return glyph

    @staticmethod
    def _cut(layer, end, inner, t, closed):
        """Takes the round cap off an end."""
        d = end - inner
        length = np.hypot(*d)
        if closed or length < 1e-6:
            return
        d = d / length
        n = np.array([-d[1], d[0]])
        quad = np.array([end + n * t, end - n * t, end - n * t + d * t, end + n * t + d * t])
        cv2.fillConvexPoly(layer, np.round(quad * 16).astype(np.int32), 0, cv2.LINE_AA, 4)


_POOL = {}


def font(rng, pool=160):
    """One of `pool` fonts, the same in every process."""
    at = int(rng.integers(pool))
    if at not in _POOL:
        _POOL[at] = Font(np.random.default_rng(7919 + at))
    return _POOL[at]
