"""Puts rendered views together: moves their pixels by depth, lays contact shadows, adds the camera's own faults."""

import glob
import os

import cv2
import numpy as np

import cast
import studio


class Actor:
    """One vehicle's rendered views, ready to be shown at any place on its lane."""

    def __init__(self, folder, view):
        self.view, self.wide = view, studio.canvas(view)
        about = np.load(os.path.join(folder, "outline.npz"))
        turn = float(about["heading"])
        spin = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
        self.outline, self.plate = about["outline"] @ spin.T, about["plate"] @ spin.T
        self.views = []
        for path in sorted(glob.glob(os.path.join(folder, "[0-9]*.npz"))):
            shot = np.load(path)
            colour = shot["colour"].astype(np.float32) / 255
            colour[..., :3] *= colour[..., 3:]
            depth = shot["depth"]
            seen = (depth < 900) & (colour[..., 3] > 0.02)
            # Beyond the outline the depth of the nearest vehicle pixel serves, so that soft edges move along.
            apart = cv2.distanceTransformWithLabels((~seen).astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL)
            owner = np.zeros(apart[1].max() + 1, np.float32)
            owner[apart[1][seen]] = depth[seen]
            self.views.append((shot["place"], shot["low"], colour, owner[apart[1]]))
        # The axis along which it drives: its views are neighbours in that order.
        places = np.array([v[0] for v in self.views])
        self.axis = int(np.argmax(np.ptp(places, axis=0)))
        self.views.sort(key=lambda v: v[0][self.axis])

    def _moved(self, key, place, low, size):
        """One view with its pixels moved to the vehicle standing at `place`, on the box (low, size) of the canvas."""
        spot, corner, colour, depth = key
        high, wide = depth.shape
        rows, columns = np.mgrid[0:high:2, 0:wide:2]
        pixels = np.stack([columns.ravel() + corner[0] + 0.5, rows.ravel() + corner[1] + 0.5], 1)
        points = self.wide.unproject(pixels, depth[::2, ::2].ravel())
        points[:, :2] += np.asarray(place[:2]) - spot
        points[:, 2] += place[2] if len(place) > 2 else 0
        target, _ = self.wide.project(points)
        shift = (target - pixels).astype(np.float32).reshape(*rows.shape, 2)
        shift = cv2.resize(np.ascontiguousarray(shift), (wide, high), interpolation=cv2.INTER_LINEAR)
        # The search for where each picture point comes from runs on every third point: the field is smooth.
        coarse = (max(2, size[0] // 3), max(2, size[1] // 3))
        columns, rows = np.linspace(0, size[0] - 1, coarse[0]), np.linspace(0, size[1] - 1, coarse[1])
        grid = np.stack(np.meshgrid(columns + low[0], rows + low[1]), 2).astype(np.float32)
        # The start of the search: the whole view scaled as its middle is.
        flat = shift.reshape(-1, 2)[colour[..., 3].ravel() > 0.5]
        weight = colour[..., 3].ravel() > 0.5
        ys, xs = np.divmod(np.flatnonzero(weight), wide)
        if not len(xs):
            return np.zeros((size[1], size[0], 4), np.float32), np.zeros((size[1], size[0], 1), np.float32)
        ax = np.polyfit(xs[::37] + corner[0] + flat[::37, 0], xs[::37], 1) if len(xs) > 400 else (1, -corner[0])
        ay = np.polyfit(ys[::37] + corner[1] + flat[::37, 1], ys[::37], 1) if len(xs) > 400 else (1, -corner[1])
        u, v = grid[..., 0] * ax[0] + ax[1], grid[..., 1] * ay[0] + ay[1]
        for _ in range(6):
            moved = cv2.remap(shift, u.astype(np.float32), v.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            u = 0.3 * u + 0.7 * (grid[..., 0] - corner[0] - moved[..., 0])
            v = 0.3 * v + 0.7 * (grid[..., 1] - corner[1] - moved[..., 1])
        y, x = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
        x *= np.float32((coarse[0] - 1) / max(1, size[0] - 1))
        y *= np.float32((coarse[1] - 1) / max(1, size[1] - 1))
        u, v = (cv2.remap(f.astype(np.float32), x, y, cv2.INTER_LINEAR) for f in (u, v))
        # Where the view's canvas ended it has nothing to say.
        across, down = u + corner[0], v + corner[1]
        known = (across > 0) & (across < self.wide.size[0] - 1) & (down > 0) & (down < self.wide.size[1] - 1)
        moved = cv2.remap(colour, u.astype(np.float32), v.astype(np.float32), cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT)
        return moved, known[..., None].astype(np.float32)

    def box(self, place):
        """Pixel box (x1, y1, x2, y2) of the vehicle on the picture, unclipped, or None behind the camera."""
        points = self.outline + np.array([*place[:2], 0])
        ahead = (points - self.view.place) @ self.view.axes[2] > 0.3
        if not ahead.any():
            return None
        pixels, _ = self.view.project(points[ahead])
        return np.concatenate([pixels.min(0), pixels.max(0)])

    def plate_box(self, place):
        """The plate's corners on the picture (4, 2), or None behind the camera."""
        points = self.plate + np.array([*place[:2], 0])
        if ((points - self.view.place) @ self.view.axes[2] < 0.3).any():
            return None
        return self.view.project(points)[0]

    def draw(self, place):
        """(low, premultiplied RGBA) of the vehicle at `place` in picture pixels, or None when out of sight."""
        bounds = self.box(place)
        if bounds is None:
            return None
        size = np.array(self.view.size)
        low = np.clip(np.floor(bounds[:2]) - 6, 0, size).astype(int)
        high = np.clip(np.ceil(bounds[2:]) + 6, 0, size).astype(int)
        if min(high - low) < 3:
            return None
        stops, here = np.array([v[0][self.axis] for v in self.views]), place[self.axis]
        after = int(np.clip(np.searchsorted(stops, here), 1, len(stops) - 1))
        near, far = self.views[after - 1], self.views[after]
        share = float(np.clip((here - stops[after - 1]) / (stops[after] - stops[after - 1]), 0, 1))
        # A short cross-fade keeps the plate and every edge single most of the way.
        share = float(np.clip((share - 0.5) / 0.5 + 0.5, 0, 1))
        area = (low + studio.MARGIN + (0, self.view.sink), high - low)
        layers = [(w, self._moved(k, place, *area)) for w, k in ((1 - share, near), (share, far)) if w > 0.001]
        total = sum(w * known for w, (_, known) in layers)
        drawn = sum(w * known * layer for w, (layer, known) in layers) / np.maximum(total, 1e-3)
        return low, drawn * fade(place)

    def shade(self, place):
        """(low, factor) that darkens the road under and around the vehicle."""
        foot = self.outline[self.outline[:, 2] < 0.55]
        x0, y0 = foot[:, :2].min(0) + np.array(place[:2])
        x1, y1 = foot[:, :2].max(0) + np.array(place[:2])
        # A motorbike lets light through under it; a car's floor hardly does.
        slim = x1 - x0 < 1.1
        strength, spread = (0.42, 0.20) if slim else (0.78, 0.26)
        reach = 0.7
        edge = np.array([[x0 - reach, y0 - reach, 0], [x1 + reach, y0 - reach, 0], [x1 + reach, y1 + reach, 0], [x0 - reach, y1 + reach, 0]])
        edge[:, 1] = np.maximum(edge[:, 1], 1.0)
        if y1 + reach < 1.2:
            return None
        pixels, _ = self.view.project(edge)
        low = np.clip(np.floor(pixels.min(0)), 0, self.view.size).astype(int)
        high = np.clip(np.ceil(pixels.max(0)), 0, self.view.size).astype(int)
        if min(high - low) < 2:
            return None
        rows, columns = np.mgrid[low[1] : high[1], low[0] : high[0]]
        ground = self.view.ground(np.stack([columns.ravel() + 0.5, rows.ravel() + 0.5], 1))
        gx = np.maximum(np.maximum(x0 + 0.12 - ground[:, 0], ground[:, 0] - x1 + 0.12), 0)
        gy = np.maximum(np.maximum(y0 + 0.25 - ground[:, 1], ground[:, 1] - y1 + 0.25), 0)
        away = np.nan_to_num(np.hypot(gx, gy), nan=9.0).reshape(rows.shape)
        return low, (1 - strength * fade(place) * np.exp(-((away / spread) ** 1.3))).astype(np.float32)


# Metres ahead of the camera at which a vehicle has vanished.
GONE = 60.0


def fade(place):
    """What haze and distance leave of a vehicle: it thins out over the last 8 m."""
    return float(np.clip((GONE - place[1]) / 8.0, 0, 1))


def compose(scene, showing):
    """The picture (float RGB) of a place with the given (actor, place) pairs, farthest first."""
    frame = scene.copy()
    for actor, place in sorted(showing, key=lambda s: -s[1][1]):
        shadow = actor.shade(place)
        if shadow is not None:
            (x, y), factor = shadow
            frame[y : y + factor.shape[0], x : x + factor.shape[1]] *= factor[..., None]
        drawn = actor.draw(place)
        if drawn is not None:
            (x, y), layer = drawn
            part = frame[y : y + layer.shape[0], x : x + layer.shape[1]]
            part *= 1 - np.clip(layer[..., 3:], 0, 1)
            part += layer[..., :3]
    return np.clip(frame, 0, 1)


_grain = {}


def _field(chance, high, wide):
    """A fresh-looking patch of grain: cut at a random place from one large sheet, which is far cheaper than drawing it."""
    sheet = _grain.get((high, wide))
    if sheet is None:
        sheet = np.random.default_rng(3).normal(0, 1, (high + 256, wide + 256, 3)).astype(np.float32) * 0.5
        sheet += np.random.default_rng(4).normal(0, 1, (high + 256, wide + 256, 1)).astype(np.float32)
        _grain[(high, wide)] = sheet
    y, x = chance.integers(0, 256, 2)
    return sheet[y : y + high, x : x + wide]


def expose(frame, chance, noise=2.0, soft=0.55):
    """What the sensor and lens add: slight softness, corner fall-off, grain that grows in the shadows. uint8 RGB."""
    frame = cv2.GaussianBlur(np.asarray(frame, np.float32), (0, 0), soft)
    high, wide = frame.shape[:2]
    y = np.linspace(-1, 1, high, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, wide, dtype=np.float32)[None]
    frame *= (255 - 255 * 0.05 * (x * x + y * y))[..., None]
    frame += np.float32(noise) * _field(chance, high, wide) * (1.2 - frame * np.float32(0.5 / 255))
    return np.clip(frame + 0.5, 0, 255).astype(np.uint8)
