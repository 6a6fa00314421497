"""Signal heads drawn by us: what redlight does not label, above all lamps that are off beside one that is lit.

A head is drawn in linear light at four times its size: housing, lenses with the sun in them, a lit lamp (disc, arrow or digits),
then bloom, exposure, a veil of stray light, a coloured cast, blur, noise and JPEG, in ranges wide enough to go from a clear
noon to a wet night.
"""

import cv2
import numpy as np

COLOURS = {"red": (1.0, 0.10, 0.08), "yellow": (1.0, 0.62, 0.08), "green": (0.08, 1.0, 0.62)}
NAMES = ["red", "yellow", "green"]


def mask(rng, size, kind):
    """Shape of the light within its lens, size × size, 0..1."""
    out = np.zeros((size, size), np.uint8)
    c = (size / 2, size / 2)
    if kind == "disc":
        cv2.circle(out, (int(c[0]), int(c[1])), int(size * 0.46), 255, -1, cv2.LINE_AA)
        if rng.random() < 0.4:
            out = out.astype(np.float32)
            dots = np.add.outer(np.sin(np.arange(size) * rng.uniform(0.8, 2)), np.sin(np.arange(size) * rng.uniform(0.8, 2)))
            out *= np.clip(0.55 + 0.45 * dots, 0, 1)
    elif kind == "digits":
        text = str(rng.integers(0, 99))
        cv2.putText(out, text, (int(size * 0.05), int(size * 0.8)), cv2.FONT_HERSHEY_SIMPLEX, size / (26.0 * len(text)), 255,
                    max(1, size // 10), cv2.LINE_AA)
    else:
        cv2.arrowedLine(out, (int(size * 0.8), size // 2), (int(size * 0.15), size // 2), 255, max(2, size // 6), cv2.LINE_AA, 0, 0.5)
    return out.astype(np.float32) / 255


def colour(rng, name):
    """A lamp's colour in linear light: lamps of one name differ (old bulbs, LED, dirt)."""
    base = np.array(COLOURS[name]) * rng.uniform(0.75, 1.3, 3)
    if name == "yellow":
        base[1] = rng.uniform(0.40, 0.85)
    if name == "green":
        base[2] = rng.uniform(0.25, 0.95)
        base[0] = rng.uniform(0.0, 0.22)
    if name == "red":
        base[1] = rng.uniform(0.01, 0.22)
    return base / base.max()


def head(rng, background):
    """(picture uint8 RGB, boxes of the lamps, box of the head, name of the lit lamp or None)."""
    lamp = float(np.exp(rng.uniform(np.log(2.6), np.log(26.0))))
    scale = 4 if lamp < 14 else 2
    size, gap = max(6, int(lamp * scale)), rng.uniform(1.02, 1.25)
    upright = rng.random() < 0.75
    count = 3 if rng.random() < 0.85 else 2
    names = NAMES if count == 3 else ["red", "green"]
    pitch = int(size * gap)
    long, short = pitch * count + size // 4, int(size * rng.uniform(1.15, 1.4))
    w, h = (short, long) if upright else (long, short)
    pad = int(size * 2.2)
    canvas = cv2.resize(background, (w + 2 * pad, h + 2 * pad), interpolation=cv2.INTER_AREA)
    night = rng.random() < 0.4
    ambient = rng.uniform(0.02, 0.25) if night else rng.uniform(0.35, 1.3)
    light = (canvas / 255.0) ** 2.2 * ambient
    housing = np.array([rng.uniform(0.005, 0.05)] * 3) if rng.random() < 0.85 else np.array([0.5, 0.4, 0.03])
    cv2.rectangle(light, (pad, pad), (pad + w, pad + h), [float(v) * ambient for v in housing], -1)
    lit = rng.choice(names) if rng.random() < 0.85 else None
    sun = rng.uniform(0.0, 0.05) if rng.random() < 0.65 else rng.uniform(0.05, 0.45)
    emission = np.zeros_like(light)
    boxes = []
    for index, name in enumerate(names):
        at = pad + size // 8 + index * pitch
        x, y = (pad + (short - size) // 2, at) if upright else (at, pad + (short - size) // 2)
        disc = mask(rng, size, "disc")[..., None]
        own = colour(rng, name)
        lens = (own * 0.5 + 0.5 * rng.random()) * sun * ambient + 0.004
        area = light[y:y + size, x:x + size]
        area[:] = area * (1 - disc) + lens * disc
        boxes.append((x / scale, y / scale, size / scale, size / scale))
        if name == lit:
            kind = rng.choice(["disc", "arrow", "digits"], p=[0.72, 0.16, 0.12])
            emission[y:y + size, x:x + size] += own * mask(rng, size, kind)[..., None]
    power = float(np.exp(rng.uniform(np.log(0.5), np.log(6.0 if not night else 30.0)))) * max(ambient, 0.25)
    reach = size * rng.uniform(0.2, 0.7)
    # Blurred at a quarter of the size: a halo has no detail.
    coarse = cv2.resize(emission, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    halo = cv2.GaussianBlur(coarse, (0, 0), reach / 4) * rng.uniform(0.0, 0.25) + cv2.GaussianBlur(coarse, (0, 0), reach) * rng.uniform(0.0, 0.1)
    bloom = cv2.resize(halo, (light.shape[1], light.shape[0]), interpolation=cv2.INTER_LINEAR)
    light = light + power * (emission + bloom)
    light = light * (1 + rng.uniform(-0.15, 0.15, 3)) + rng.uniform(0.0, 0.12) * rng.random() * (0.3 if night else 1.0)
    light = cv2.GaussianBlur(light, (0, 0), scale * rng.uniform(0.3, 1.1))
    out = cv2.resize(light, None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_AREA)
    out = np.clip(out * rng.uniform(0.7, 1.5), 0, 1) ** (1 / 2.2) * 255
    out = np.clip(out + rng.normal(0, rng.uniform(0.5, 7.0), out.shape), 0, 255).astype(np.uint8)
    ok, jpeg = cv2.imencode(".jpg", out[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 95))])
    out = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)[..., ::-1]
    return out, boxes, (pad / scale, pad / scale, w / scale, h / scale), names, lit
