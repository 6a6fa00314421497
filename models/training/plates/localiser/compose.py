"""Training pictures of the localiser: plates put with perspective into scenes, and everything else that happens."""

import math
import random

import cv2
import numpy as np

import scenery
import sprites

SIZE = 256  # side of a training picture, pixels
GREY = 114  # level round a picture that does not fill the network's input


def turned(rng, width, height, hard=False):
    """Corners (4×2, from the top left clockwise, about 0) of a plate of `width`×`height` seen by a camera."""
    yaw = rng.gauss(0, 0.25) if not hard else rng.uniform(-0.9, 0.9)
    pitch = rng.gauss(0.1, 0.25) if not hard else rng.uniform(-0.8, 0.8)
    roll = rng.gauss(0, 0.07) if rng.random() < 0.75 else rng.uniform(-0.6, 0.6)
    yaw, pitch = max(-1.0, min(1.0, yaw)), max(-0.95, min(0.95, pitch))
    away = max(width, height) * rng.uniform(2.0, 9.0)
    out = []
    for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        x, y, z = x * width / 2, y * height / 2, 0.0
        x, z = x * math.cos(yaw), x * math.sin(yaw)
        y, z = y * math.cos(pitch) - z * math.sin(pitch), y * math.sin(pitch) + z * math.cos(pitch)
        f = away / (away + z)
        x, y = x * f, y * f
        out.append((x * math.cos(roll) - y * math.sin(roll), x * math.sin(roll) + y * math.cos(roll)))
    return np.array(out, np.float32)


def paste(rng, out, sprite, quad):
    """Warps `sprite` onto `quad` of `out`, with a soft edge."""
    height, width = out.shape[:2]
    low, high = np.floor(quad.min(0)).astype(int) - 2, np.ceil(quad.max(0)).astype(int) + 3
    low, high = np.maximum(low, 0), np.minimum(high, [width, height])
    if (high - low < 2).any():
        return
    across = np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[3] - quad[0])
    goal = max(4, int(across[0] * 1.15)), max(3, int(across[1] * 1.15))
    if goal[0] < sprite.shape[1]:
        sprite = cv2.resize(sprite, goal, interpolation=cv2.INTER_AREA)
    h, w = sprite.shape[:2]
    matrix = cv2.getPerspectiveTransform(np.float32([[0, 0], [w, 0], [w, h], [0, h]]) - 0.5, (quad - low).astype(np.float32) - 0.5)
    span = (int(high[0] - low[0]), int(high[1] - low[1]))
    flat = cv2.warpPerspective(sprite, matrix, span, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    mask = np.zeros((span[1], span[0]), np.uint8)
    cv2.fillConvexPoly(mask, np.round((quad - low - 0.5) * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
    area = out[low[1]:high[1], low[0]:high[0]]
    alpha = mask[..., None].astype(np.uint16)
    area[:] = ((area * (255 - alpha) + flat * alpha) // 255).astype(np.uint8)


def grown(quad, factor, shift=(0, 0)):
    centre = quad.mean(0)
    return (quad - centre) * factor + centre + np.float32(shift)


def holder(rng, out, quad):
    """What a plate is screwed onto: a frame, a shadow, a bright rim."""
    roll = rng.random()
    if roll < 0.35:
        size = np.ptp(quad, axis=0)
        around = grown(quad, np.float32([1 + rng.uniform(0.02, 0.12), 1 + rng.uniform(0.02, 0.25)]), (0, rng.uniform(-0.03, 0.05) * size[1]))
        cv2.fillConvexPoly(out, np.round(around * 16).astype(np.int32), scenery.colour(rng, dark=rng.random() < 0.6), cv2.LINE_AA, 4)
    elif roll < 0.6:
        shift = np.float32([rng.uniform(-0.06, 0.06), rng.uniform(0, 0.12)]) * np.ptp(quad, axis=0)
        cv2.fillConvexPoly(out, np.round((quad + shift) * 16).astype(np.int32), (15, 15, 15), cv2.LINE_AA, 4)


def at(quad, u, v):
    """The point at (u, v) of a quad, bilinear."""
    top, bottom = quad[0] * (1 - u) + quad[1] * u, quad[3] * (1 - u) + quad[2] * u
    return top * (1 - v) + bottom * v


def cover(rng, out, quad):
    """Something in front of a plate; the share of it that is hidden, about."""
    kind = rng.random()
    share = rng.choice([0.1, 0.2, 0.3, 0.6, 0.75, 0.95]) * rng.uniform(0.8, 1.1)
    share = min(share, 1.0)
    fill = scenery.colour(rng)
    if kind < 0.5:  # from one side
        side = rng.randrange(4)
        p = {0: [(-.1, -.1), (share, -.1), (share, 1.1), (-.1, 1.1)], 1: [(1 - share, -.1), (1.1, -.1), (1.1, 1.1), (1 - share, 1.1)],
             2: [(-.1, -.1), (1.1, -.1), (1.1, share), (-.1, share)], 3: [(-.1, 1 - share), (1.1, 1 - share), (1.1, 1.1), (-.1, 1.1)]}[side]
        p = [(u + rng.uniform(-.08, .08), v + rng.uniform(-.08, .08)) for u, v in p]
        cv2.fillPoly(out, [np.int32([at(quad, u, v) for u, v in p])], fill, cv2.LINE_AA)
    elif kind < 0.75:  # a bar or rope
        share = min(share, 0.35)
        v = rng.uniform(0.1, 0.9)
        a, b = at(quad, -.1, v + rng.uniform(-.4, .4)), at(quad, 1.1, v)
        height = np.linalg.norm(quad[3] - quad[0])
        cv2.line(out, tuple(map(int, a)), tuple(map(int, b)), fill, max(1, int(share * height)), cv2.LINE_AA)
    else:  # blots
        area = 0.0
        w, h = np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[3] - quad[0])
        while area < share * 1.3:
            r = rng.uniform(0.1, 0.35)
            centre = at(quad, rng.random(), rng.random())
            cv2.ellipse(out, tuple(map(int, centre)), (max(1, int(w * r)), max(1, int(h * r))), rng.random() * 180, 0, 360, fill, -1, cv2.LINE_AA)
            area += math.pi * r * r
    return share


def light(rng, out, quad=None):
    """Exposure, night, cast, lamps, glare, rain; in place of a copy."""
    f = out.astype(np.float32)
    if rng.random() < 0.2:  # night
        f *= rng.uniform(0.12, 0.5)
        if quad is not None and rng.random() < 0.7:  # the plate throws light back
            spot(rng, f, quad.mean(0), np.ptp(quad, axis=0).max() * rng.uniform(0.6, 2), rng.uniform(0.5, 3.0), multiply=True)
    f *= rng.uniform(0.6, 1.45)
    f += rng.uniform(-25, 30)
    f *= np.float32([rng.uniform(0.85, 1.15) for _ in range(3)])
    for _ in range(rng.choice([0, 0, 0, 1, 2])):
        place = quad.mean(0) + np.float32([rng.uniform(-1, 1), rng.uniform(-1.5, 1)]) * np.ptp(quad, axis=0) * 1.5 if quad is not None and rng.random() < 0.6 else np.float32([rng.random(), rng.random()]) * SIZE
        spot(rng, f, place, rng.uniform(5, 70), rng.uniform(60, 320))
    if rng.random() < 0.15:
        f = f.mean(2, keepdims=True).repeat(3, 2)
    np.clip(f, 0, 255, out=f)
    if rng.random() < 0.3:
        f = 255 * (f / 255) ** rng.uniform(0.55, 1.7)
    return f


def spot(rng, f, place, radius, strength, multiply=False):
    """A soft blob of light."""
    tone = np.float32(rng.choice([(1, 1, 1), (1, 1, 0.85), (1, 0.3, 0.3), (0.4, 1, 0.6), (1, 0.75, 0.3), (0.5, 0.6, 1)]))
    x, y = place
    reach = radius * 2.6
    x0, x1, y0, y1 = int(max(0, x - reach)), int(min(f.shape[1], x + reach)), int(max(0, y - reach)), int(min(f.shape[0], y + reach))
    if x1 <= x0 or y1 <= y0:
        return
    d = ((np.arange(x0, x1, dtype=np.float32) - x) ** 2)[None] + ((np.arange(y0, y1, dtype=np.float32) - y) ** 2)[:, None]
    blob = np.exp(-d / (2 * radius * radius))[..., None]
    if multiply:
        f[y0:y1, x0:x1] *= 1 + blob * strength
    else:
        f[y0:y1, x0:x1] += blob * strength * tone


def lens(rng, f):
    """Blur, low resolution, noise, rain, coding; gives 8-bit."""
    height, width = f.shape[:2]
    roll = rng.random()
    if roll < 0.3:
        f = cv2.GaussianBlur(f, (0, 0), rng.uniform(0.4, 2.2))
    elif roll < 0.42:
        n = rng.choice([3, 5, 7, 9, 13])
        kernel = np.zeros((n, n), np.float32)
        a = rng.random() * math.pi
        dx, dy = math.cos(a) * n / 2, math.sin(a) * n / 2
        cv2.line(kernel, (round(n / 2 - dx), round(n / 2 - dy)), (round(n / 2 + dx), round(n / 2 + dy)), 1.0)
        f = cv2.filter2D(f, -1, kernel / max(kernel.sum(), 1))
    if rng.random() < 0.35:
        s = rng.uniform(0.3, 0.9)
        small = cv2.resize(f, (int(width * s), int(height * s)), interpolation=cv2.INTER_AREA)
        f = cv2.resize(small, (width, height), interpolation=rng.choice([cv2.INTER_LINEAR, cv2.INTER_CUBIC]))
    if rng.random() < 0.06:
        layer, slope = np.zeros((height, width), np.uint8), rng.uniform(-0.3, 0.3)
        for _ in range(rng.randint(20, 150)):
            x, y, length = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(5, 40)
            cv2.line(layer, (int(x), int(y)), (int(x + slope * length), int(y + length)), 255, 1, cv2.LINE_AA)
        f = f + layer[..., None] * rng.uniform(0.1, 0.4)
    if rng.random() < 0.2:
        f = f + (f - cv2.GaussianBlur(f, (0, 0), 1.2)) * rng.uniform(0.4, 1.8)
    if rng.random() < 0.6:
        noise = np.empty((height, width, 1 if rng.random() < 0.5 else 3), np.float32)
        cv2.randn(noise, 0, rng.expovariate(1 / 6))
        f = f + noise.reshape(height, width, -1)
    out = np.clip(f, 0, 255).astype(np.uint8)
    if rng.random() < 0.45:
        _, data = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, rng.randint(25, 92)])
        out = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return out


def caption(rng, out):
    """Writing that a camera or recorder puts over its picture."""
    text = rng.choice(["%02d/%02d/20%02d %02d:%02d:%02d" % tuple(rng.randint(1, 28) for _ in range(6)), "CAM %02d" % rng.randint(1, 30),
                       "".join(rng.choice("0123456789ABCDEF") for _ in range(8)), "1080P 25FPS", "GATE IN"])
    scale, tone = rng.uniform(0.3, 0.8), rng.choice([(255, 255, 255), (255, 255, 0), (0, 0, 0), (0, 255, 0), (255, 0, 0)])
    where = (rng.randint(-20, SIZE * 2 // 3), rng.choice([rng.randint(8, 30), rng.randint(SIZE - 30, SIZE - 2), rng.randint(8, SIZE - 2)]))
    cv2.putText(out, text, where, rng.choice([cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_PLAIN]), scale, tone, rng.choice([1, 1, 2]), cv2.LINE_AA)


class Composer:
    """Makes training pictures; `bank` is a list of (picture, two lines?, colour)."""

    def __init__(self, streets, pictures, bank, seed):
        self.rng = random.Random(seed)
        self.streets, self.pictures, self.bank = streets, pictures, bank
        rng = random.Random(seed + 1)
        self.others = [sprites.sign(rng) for _ in range(500)] + [sprites.thing(rng) for _ in range(250)]
        self.floors = [scenery.floor(rng, SIZE) for _ in range(80)]

    def ground(self):
        """A scene without plates: picture, boxes where real plates may be, a box to put a plate on or None."""
        rng, roll = self.rng, self.rng.random()
        if roll < 0.4:
            return scenery.street_crop(rng, rng.choice(self.streets), SIZE, around=rng.random() < 0.8)
        if roll < 0.65:
            return scenery.sample_crop(rng, self.pictures, SIZE), [], None
        floor = rng.choice(self.floors)
        if rng.random() < 0.5:
            floor = floor[::-1, ::rng.choice([1, -1])]
        return np.ascontiguousarray(floor), [], None

    def size(self, sprite, box):
        """Width and height of a plate before perspective, pixels."""
        rng = self.rng
        aspect = sprite.shape[1] / sprite.shape[0]
        if box is not None and rng.random() < 0.7:
            share = rng.uniform(0.2, 0.5) if aspect < 2.6 else rng.uniform(0.3, 0.65)
            width = box[2] * share
        else:
            low = 22 if aspect < 2.6 else 36
            width = math.exp(rng.uniform(math.log(low), math.log(0.85 * SIZE)))
        width = min(max(width, 20 if aspect < 2.6 else 34), 0.92 * SIZE, 0.92 * SIZE * aspect)
        return width, width / aspect * rng.uniform(0.92, 1.08)

    def scene(self):
        """(picture, plates, blank boxes) of a whole scene."""
        rng = self.rng
        out, boxes, box = self.ground()
        blank = [b[:4] for b in boxes]
        plates, taken = [], []
        for _ in range(rng.choice([0, 1, 1, 2, 3])):
            sprite = rng.choice(self.others)
            width = math.exp(rng.uniform(math.log(18), math.log(0.75 * SIZE)))
            quad = turned(rng, width, width * sprite.shape[0] / sprite.shape[1], rng.random() < 0.3)
            paste(rng, out, sprite, quad + np.float32([rng.uniform(0, SIZE), rng.uniform(0, SIZE)]))
        placed = []
        for _ in range(rng.choices(range(7), [0.08, 0.3, 0.2, 0.16, 0.12, 0.08, 0.06])[0]):
            placed += self.place(box, taken)
            box = None
        for (_, two, _), quad, draw in placed:
            if draw:
                scenery.rear(rng, out, quad, "motorcycle" if two else "car")
        for (sprite, two, tone), quad, _ in placed:
            holder(rng, out, quad)
            paste(rng, out, self.lit(sprite), quad)
            hidden = cover(rng, out, quad) if rng.random() < 0.1 else 0.0
            plates.append((quad, two, tone, hidden))
        if rng.random() < 0.25:
            caption(rng, out)
        return out, plates, blank

    def place(self, box, taken):
        """A plate, its corners, and whether a vehicle is to be drawn behind it; empty when there is no room."""
        rng = self.rng
        plate = rng.choice(self.bank)
        sprite = plate[0]
        width, height = self.size(sprite, box)
        shape = turned(rng, width, height, hard=rng.random() < 0.12)
        for _ in range(6):
            if box is not None:
                place = np.float32([box[0] + box[2] * rng.uniform(0.25, 0.75), box[1] + box[3] * rng.uniform(0.45, 0.95)])
            else:
                place = np.float32([rng.uniform(0.05, 0.95) * SIZE, rng.uniform(0.05, 0.95) * SIZE])
            quad = shape + place
            low, high = quad.min(0), quad.max(0)
            inside = (low > -0.04 * (high - low)).all() and (high < SIZE + 0.04 * (high - low)).all()
            apart = all((high < l - 4).any() or (low > h + 4).any() for l, h in taken)
            if inside and apart:
                break
        else:
            return []
        taken.append((low, high))
        return [(plate, quad, rng.random() < (0.15 if box is not None else 0.6) and np.ptp(quad[:, 0]) > 25)]

    def lit(self, sprite):
        """The plate's own light: brighter or darker than its surroundings, a shadow across it."""
        rng = self.rng
        f = sprite.astype(np.float32) * rng.uniform(0.45, 1.15)
        if rng.random() < 0.25:
            a, where = rng.random() * 6.28, rng.uniform(-0.4, 0.4)
            h, w = f.shape[:2]
            side = (np.linspace(-.5, .5, w)[None] * math.cos(a) + np.linspace(-.5, .5, h)[:, None] * math.sin(a)) > where
            f *= np.where(side, 1.0, rng.uniform(0.35, 0.8))[..., None].astype(np.float32)
        return np.clip(f, 0, 255).astype(np.uint8)

    def tight(self):
        """A crop that shows a plate and little else, somewhere on grey."""
        rng = self.rng
        sprite, two, tone = rng.choice(self.bank)
        aspect = sprite.shape[1] / sprite.shape[0]
        width = rng.uniform(0.4, 0.97) * SIZE if rng.random() < 0.8 else rng.uniform(0.18, 0.4) * SIZE
        width = min(width, 0.93 * SIZE * aspect)
        quad = turned(rng, width, width / aspect, rng.random() < 0.15)
        low, high = quad.min(0), quad.max(0)
        span = high - low
        margin = np.float32([rng.uniform(-0.03, 0.12), rng.uniform(-0.06, 0.3)]), np.float32([rng.uniform(-0.03, 0.12), rng.uniform(-0.06, 0.3)])
        low, high = low - margin[0] * span, high + margin[1] * span
        size = np.minimum(np.ceil(high - low).astype(int), SIZE)
        out, _, _ = self.ground()
        out = np.ascontiguousarray(out[:size[1], :size[0]])
        quad = quad - low
        if rng.random() < 0.6:
            out[:] = scenery.colour(rng)
        holder(rng, out, quad)
        paste(rng, out, self.lit(sprite), quad)
        hidden = cover(rng, out, quad) if rng.random() < 0.05 else 0.0
        return out, [(quad, two, tone, hidden)]

    def sample(self):
        """(uint8 SIZE×SIZE×3, plates, blank boxes)."""
        rng = self.rng
        if rng.random() < 0.15:
            out, plates = self.tight()
            out = lens(rng, light(rng, out, plates[0][0]))
            canvas = np.full((SIZE, SIZE, 3), GREY, np.uint8)
            x, y = rng.randint(0, SIZE - out.shape[1]), rng.randint(0, SIZE - out.shape[0])
            if rng.random() < 0.3:
                x = y = 0
            canvas[y:y + out.shape[0], x:x + out.shape[1]] = out
            shift = np.float32([x, y])
            return canvas, [(q + shift, two, tone, hidden) for q, two, tone, hidden in plates], []
        out, plates, blank = self.scene()
        out = lens(rng, light(rng, out, plates[0][0] if plates else None))
        if rng.random() < 0.1:  # part of the input is no picture
            edge = rng.randint(SIZE * 5 // 8, SIZE - 8)
            if all(p[0][:, 1].max() < edge for p in plates):
                out[edge:] = GREY
        return out, plates, blank
