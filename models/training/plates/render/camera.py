"""What optics, sensor and coding do to a picture at the size the camera sees it."""

import cv2
import numpy as np


def camera(rng, image, strength=1.0):
    """Exposure, night, rain, blur, noise, sharpening, JPEG. Returns uint8 RGB of the same size."""
    out = image.astype(np.float32)
    expose(rng, out, strength)
    if rng.random() < .06 * strength:
        rain(rng, out)
    out = blur(rng, out, strength)
    if rng.random() < .75:
        grain(rng, out, strength)
    if rng.random() < .3:
        soft = cv2.GaussianBlur(out, (0, 0), rng.uniform(.8, 2))
        out += (out - soft) * rng.uniform(.3, 1.6)
    out = np.clip(out, 0, 255).astype(np.uint8)
    return jpeg(rng, out, strength) if rng.random() < .7 else out


def expose(rng, out, strength):
    """Contrast, brightness, colour cast; one picture in seven is a night's."""
    out *= (1 + rng.normal(0, .06, 3)).astype(np.float32)
    if rng.random() < .14 * strength:
        out *= np.float32(rng.uniform(.12, .45))
        out += np.float32(rng.uniform(0, 25))
        return
    low, span = rng.uniform(-10, 70), rng.uniform(.35, 1.25)
    out *= np.float32(span)
    out += np.float32(low * (1.1 - .6 * span))
    if rng.random() < .3:
        np.clip(out, 0, 255, out=out)
        out[:] = 255 * (out / 255) ** np.float32(rng.uniform(.6, 1.7))


def rain(rng, out):
    """Bright streaks."""
    h, w = out.shape[:2]
    slope = rng.uniform(-.3, .3)
    layer = np.zeros((h, w), np.uint8)
    for _ in range(int(rng.integers(5, 40))):
        x, y, length = rng.uniform(0, w), rng.uniform(0, h), rng.uniform(.1, .4) * h
        cv2.line(layer, (int(x), int(y)), (int(x + slope * length), int(y + length)), 255, 1, cv2.LINE_AA)
    out += layer[..., None] * np.float32(rng.uniform(.1, .35))


def blur(rng, out, strength):
    """Defocus or motion, in pixels of the height."""
    roll, h = rng.random(), out.shape[0]
    if roll < .45:
        return cv2.GaussianBlur(out, (0, 0), rng.uniform(.3, .3 + .022 * h * strength))
    if roll < .6:
        n = 2 * int(rng.uniform(.5, 1 + .04 * h * strength)) + 1
        kernel = np.zeros((n, n), np.float32)
        a = rng.uniform(0, np.pi)
        d = np.array([np.cos(a), np.sin(a)]) * n / 2
        c = n // 2
        cv2.line(kernel, (int(round(c - d[0])), int(round(c - d[1]))), (int(round(c + d[0])), int(round(c + d[1]))), 1.0)
        return cv2.filter2D(out, -1, kernel / max(kernel.sum(), 1e-6), borderType=cv2.BORDER_REPLICATE)
    return out


def grain(rng, out, strength):
    """Sensor noise, grey or coloured."""
    h, w = out.shape[:2]
    sigma = rng.exponential(5) * strength
    if rng.random() < .5:
        out += (rng.standard_normal((h, w, 1), np.float32) * np.float32(sigma))
    else:
        out += (rng.standard_normal((h, w, 3), np.float32) * np.float32(sigma))


def jpeg(rng, image, strength):
    """Coding at a quality of 25 to 95."""
    quality = int(np.clip(95 - rng.exponential(18) * strength, 25, 95))
    _, data = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1]
