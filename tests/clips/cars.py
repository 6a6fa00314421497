"""Cars: lofted bodies with painted fascias. Fronts look towards -y; the origin lies on the road under the middle."""

import cv2
import numpy as np

import mesh
import plates

# Length, width, height, wheel radius and the heights that give a style its silhouette (metres).
STYLES = {
    "sedan": dict(length=4.45, width=1.74, height=1.47, wheel=0.31, hood=0.80, belt=0.93, cowl=-1.05, roof=-0.35, rear=0.85, boot=1.50, tail=0.98, clear=0.17),
    "hatch": dict(length=3.65, width=1.62, height=1.50, wheel=0.29, hood=0.84, belt=0.96, cowl=-1.05, roof=-0.45, rear=1.15, boot=1.60, tail=0.99, clear=0.17),
    "suv": dict(length=4.60, width=1.86, height=1.69, wheel=0.36, hood=1.02, belt=1.10, cowl=-1.05, roof=-0.35, rear=1.55, boot=2.08, tail=1.12, clear=0.22),
    "mpv": dict(length=4.55, width=1.76, height=1.72, wheel=0.33, hood=0.92, belt=1.02, cowl=-1.25, roof=-0.45, rear=1.75, boot=2.08, tail=1.05, clear=0.20),
}

PAINTS = {
    "silver": ((0.46, 0.47, 0.49), 0.55), "white": ((0.80, 0.80, 0.79), 0.0), "red": ((0.36, 0.012, 0.016), 0.25),
    "grey": ((0.11, 0.12, 0.13), 0.45), "yellow": ((0.75, 0.45, 0.02), 0.0), "black": ((0.010, 0.010, 0.012), 0.1),
    "blue": ((0.02, 0.08, 0.32), 0.2), "green": ((0.02, 0.20, 0.09), 0.1),
}


def paint(colour):
    """The body paint of a registered vehicle colour."""
    base, metal = PAINTS[colour]
    return mesh.material("paint-" + colour, base, 0.32, metal, 1.0)


def _curve(s, knots):
    """Smooth curve through (place, value) knots."""
    xs, ys = zip(*knots)
    x = np.clip(s, xs[0], xs[-1])
    i = np.clip(np.searchsorted(xs, x, "right") - 1, 0, len(xs) - 2)
    t = (x - np.take(xs, i)) / (np.take(xs, i + 1) - np.take(xs, i))
    t = t * t * (3 - 2 * t) * 0.6 + t * 0.4
    return np.take(ys, i) * (1 - t) + np.take(ys, i + 1) * t


def _round(angle, power):
    c, s = np.cos(angle), np.sin(angle)
    return np.sign(c) * np.abs(c) ** (2 / power), np.sign(s) * np.abs(s) ** (2 / power)


def _lower_body(style, look, parent):
    """Bumpers, bonnet, flanks and boot: superellipse sections along the length, wheel wells pushed inwards."""
    p, half = style, style["length"] / 2
    step = 1 - np.cos(np.linspace(0, np.pi, 150))
    ys = -half + step / 2 * p["length"]
    s = (ys + half) / p["length"]
    cowl, boot = (p["cowl"] + half) / p["length"], (min(p["boot"], half - 0.12) + half) / p["length"]
    top = _curve(s, [(0, p["hood"] - 0.22), (0.02, p["hood"] - 0.10), (0.07, p["hood"] - 0.02), (cowl, p["belt"] + 0.02), (boot, p["tail"]), (0.975, p["tail"] - 0.02), (1, p["tail"] - 0.20)])
    low = _curve(s, [(0, p["clear"] + 0.14), (0.03, p["clear"] + 0.02), (0.12, p["clear"]), (0.9, p["clear"] + 0.02), (1, p["clear"] + 0.16)])
    wide = p["width"] / 2 * _curve(s, [(0, 0.66), (0.012, 0.80), (0.05, 0.925), (0.14, 0.985), (0.3, 1.0), (0.75, 1.0), (0.92, 0.95), (0.985, 0.84), (1, 0.72)])
    around = 120
    angle = np.linspace(0, 2 * np.pi, around, endpoint=False)
    rows = []
    for y, w, t, b in zip(ys, wide, top, low):
        c, k = _round(angle, 4.6)
        z = (t + b) / 2 + k * (t - b) / 2
        lean = 1 - 0.10 * np.clip((z - (b + 0.35 * (t - b))) / (t - b), 0, 1) ** 2
        x = c * w * lean
        crease = 0.018 * np.exp(-(((z - 0.62 * p["belt"]) / 0.035) ** 2)) * np.sign(x) * (np.abs(c) > 0.9)
        rows.append(np.stack([x - crease, np.full(around, y), z], 1))
    ends = [np.tile([[0, ys[i] + d, (top[i] + low[i]) / 2]], (around, 1)) for i, d in ((0, -0.015), (-1, 0.015))]
    points = np.vstack([ends[0], *rows, ends[1]])
    faces = mesh.grid_faces(len(ys) + 2, around)
    centre, normal = mesh.normals(points, faces)
    if normal[np.argmax(centre[:, 2])][2] < 0:
        normal = -normal
    pick = np.zeros(len(faces), int)
    # The painted front and back take the outermost stretch whatever way its faces look, the bonnet excepted.
    front = (centre[:, 1] < -half + 0.30) & ((normal[:, 1] < -0.30) | (normal[:, 2] < 0.2) & (centre[:, 1] < -half + 0.22))
    back = (centre[:, 1] > half - 0.26) & ((normal[:, 1] > 0.30) | (normal[:, 2] < 0.2) & (centre[:, 1] > half - 0.18))
    pick[front], pick[back] = 1, 2
    for axle in axles(style):
        away = np.hypot(centre[:, 1] - axle, centre[:, 2] - p["wheel"])
        pick[(away < p["wheel"] * 1.17) & (np.abs(normal[:, 0]) > 0.3)] = 3
    pick[(pick == 0) & (centre[:, 2] < p["clear"] + 0.07)] = 3
    uv = np.stack([points[:, 0] / p["width"] + 0.5, points[:, 2] / 1.3], 1)
    mesh.build("body", points, faces, look, parent, pick, uv=uv)
    return np.interp(0.62, [0, 1], [0, 1])


def axles(style):
    """Where the wheels stand along the length."""
    return (-style["length"] / 2 + 0.80, style["length"] / 2 - 0.83)


def _cabin(style, look, parent):
    """Windows and roof: rings that shrink upwards, faces picked as glass where a window is."""
    p = style
    base, tall = p["belt"] - 0.04, p["height"] - p["belt"] + 0.04
    rise = np.linspace(0, np.pi / 2, 70)
    around = 240
    angle = np.linspace(0, 2 * np.pi, around, endpoint=False)
    rows = []
    for r in rise:
        h = np.sin(r) ** 0.85
        shrink = max(np.cos(r), 1e-4) ** 0.32
        y0, y1 = p["cowl"] + (p["roof"] - p["cowl"]) * h, p["boot"] + (p["rear"] - p["boot"]) * h
        w = p["width"] / 2 * (0.90 - 0.17 * h)
        c, k = _round(angle, 5.0)
        middle, reach = (y0 + y1) / 2, (y1 - y0) / 2
        bow = 0.10 * (1 - np.clip(np.abs(c), 0, 1) ** 2) * np.sign(k)
        rows.append(np.stack([c * w * shrink, middle + k * reach * shrink + bow * np.abs(k) ** 4, np.full(around, base + tall * h)], 1))
    points = np.vstack(rows)
    faces = mesh.grid_faces(len(rise), around)
    centre, normal = mesh.normals(points, faces)
    if normal[np.argmax(centre[:, 2])][2] < 0:
        normal = -normal
    h = (centre[:, 2] - base) / tall
    pick = np.zeros(len(faces), int)
    side = np.abs(normal[:, 0]) > 0.65
    pillar = (p["roof"] + p["rear"]) / 2
    glass_side = side & (h > 0.16) & (h < 0.86) & (np.abs(centre[:, 1] - pillar + 0.12) > 0.045)
    reach = p["width"] / 2 * (0.90 - 0.17 * h) * 0.93
    glass_front = (normal[:, 1] < -0.25) & ~side & (h > 0.05) & (h < 0.90) & (np.abs(centre[:, 0]) < reach)
    glass_rear = (normal[:, 1] > 0.25) & ~side & (h > 0.22) & (h < 0.86) & (np.abs(centre[:, 0]) < reach * 0.97)
    pick[glass_side], pick[glass_front | glass_rear] = 1, 2
    pick[(pick == 0) & side & (h > 0.1) & (h < 0.9) & (np.abs(centre[:, 1] - pillar + 0.12) < 0.045)] = 3
    mesh.build("cabin", points, faces, look, parent, pick)


def _wheel(x, y, radius, parent, rim, tyre, dark):
    turn = 1 if x > 0 else -1
    mesh.ring("tyre", (x, y, radius), radius, [(-0.10, 0.62), (-0.105, 0.9), (-0.08, 0.99), (0, 1), (0.08, 0.99), (0.105, 0.9), (0.10, 0.62)], tyre, parent)
    mesh.ring("well", (x, y, radius), radius, [(turn * 0.06, 0.66), (turn * 0.06, 0.01)], dark, parent)
    mesh.ring("rim", (x, y, radius), radius, [(turn * 0.10, 0.66), (turn * 0.085, 0.60)], rim, parent)
    for spoke in range(5):
        a = spoke * 2 * np.pi / 5 + 0.4
        out = radius * 0.60
        mesh.tube("spoke", [(x + turn * 0.09, y, radius), (x + turn * 0.085, y + out * np.cos(a), radius + out * np.sin(a))], [0.045, 0.03], rim, parent, 8)


def _brush(size=(1024, 768)):
    return np.zeros((size[1], size[0], 4), np.uint8)


def fascia(style, colour, face, seed):
    """The painted front: lamps, grille, bumper. Picture space is width by 1.3 m, alpha is the lamps' own light."""
    p = STYLES[style]
    base, _ = PAINTS[colour]
    body = tuple(int(255 * (v if v <= 0.0031 * 12.92 else v) ** (1 / 2.2)) for v in base)
    art = _brush()
    art[..., :3] = body
    high, wide = art.shape[:2]
    mirror = lambda pts: [(wide - x, y) for x, y in pts]

    def at(x, z):
        return int((x / p["width"] + 0.5) * wide), int((1 - z / 1.3) * high)

    def fill(points, tint, both=True, glow=0):
        for shape in ([points, [(-x, z) for x, z in points]] if both else [points]):
            cv2.fillPoly(art, [np.array([at(*q) for q in shape], np.int32)], (*tint, glow), cv2.LINE_AA)

    w, top, low = p["width"] / 2, p["hood"], p["clear"]
    mid = top - 0.22
    black, chrome, lens = (9, 9, 10), (190, 193, 196), (150, 158, 166)
    # Grille between the lamps.
    g = 0.42 * w if face == 0 else 0.52 * w
    fill([(-g, mid + 0.10), (g, mid + 0.10), (g * 0.9, mid - 0.06), (-g * 0.9, mid - 0.06)], chrome, False)
    fill([(-g * 0.96, mid + 0.085), (g * 0.96, mid + 0.085), (g * 0.86, mid - 0.045), (-g * 0.86, mid - 0.045)], black, False)
    for k in range(5):
        z = mid - 0.03 + k * 0.027
        fill([(-g * 0.92, z), (g * 0.92, z), (g * 0.92, z + 0.007), (-g * 0.92, z + 0.007)], (78, 80, 84), False)
    cv2.ellipse(art, at(0, mid + 0.025), (34, 24), 0, 0, 360, (*chrome, 0), -1, cv2.LINE_AA)
    cv2.ellipse(art, at(0, mid + 0.025), (24, 15), 0, 0, 360, (60, 62, 66, 0), -1, cv2.LINE_AA)
    # Headlamps: dark housing, clear lens, two bright projectors, a daylight strip.
    a, b = 0.50 * w, 0.985 * w
    fill([(a, mid + 0.02), (b, mid + 0.07), (b, mid + 0.17), (a + 0.06, mid + 0.12), (a - 0.01, mid + 0.06)], (24, 25, 28))
    fill([(a + 0.03, mid + 0.04), (b, mid + 0.085), (b, mid + 0.155), (a + 0.07, mid + 0.105)], lens)
    for x, r in ((0.62 * w, 21), (0.77 * w, 26)):
        for sign in (-1, 1):
            cv2.circle(art, at(sign * x, mid + 0.085), r + 7, (60, 62, 66, 0), -1, cv2.LINE_AA)
            cv2.circle(art, at(sign * x, mid + 0.085), r, (238, 240, 240, 70), -1, cv2.LINE_AA)
    fill([(a + 0.02, mid + 0.022), (b, mid + 0.068), (b, mid + 0.085), (a + 0.02, mid + 0.038)], (250, 250, 246), True, 190)
    # Bumper: lower intake, fog lamps, the lip.
    fill([(-0.50 * w, low + 0.24), (0.50 * w, low + 0.24), (0.58 * w, low + 0.09), (-0.58 * w, low + 0.09)], (13, 13, 14), False)
    for k in range(3):
        z = low + 0.115 + 0.04 * k
        fill([(-0.53 * w, z), (0.53 * w, z), (0.53 * w, z + 0.008), (-0.53 * w, z + 0.008)], (44, 45, 47), False)
    fill([(0.66 * w, low + 0.13), (0.93 * w, low + 0.17), (0.93 * w, low + 0.27), (0.70 * w, low + 0.24)], (17, 17, 18))
    for sign in (-1, 1):
        cv2.circle(art, at(sign * 0.79 * w, low + 0.205), 20, (205, 208, 210, 20), -1, cv2.LINE_AA)
    fill([(-w, low + 0.06), (w, low + 0.06), (w, 0), (-w, 0)], (18, 18, 19), False)
    # Shut lines.
    for z in (top - 0.085,):
        cv2.line(art, at(-0.9 * w, z), at(0.9 * w, z), (*(int(v * 0.35) for v in body), 0), 3, cv2.LINE_AA)
    return mesh.picture_material(f"front-{seed}", art, 0.30, 1.0, 5.0)


def tail(style, colour, seed):
    """The painted back: lamp clusters, boot lid lines, bumper."""
    p = STYLES[style]
    body = tuple(int(255 * v ** (1 / 2.2)) for v in PAINTS[colour][0])
    art = _brush()
    art[..., :3] = body
    high, wide = art.shape[:2]
    w, top, low = p["width"] / 2, p["tail"], p["clear"]
    at = lambda x, z: (int((x / p["width"] + 0.5) * wide), int((1 - z / 1.3) * high))

    def fill(points, tint, both=True, glow=0):
        for shape in ([points, [(-x, z) for x, z in points]] if both else [points]):
            cv2.fillPoly(art, [np.array([at(*q) for q in shape], np.int32)], (*tint, glow), cv2.LINE_AA)

    fill([(0.55 * w, top - 0.27), (w, top - 0.30), (w, top - 0.08), (0.60 * w, top - 0.10)], (120, 8, 10), True, 60)
    fill([(0.62 * w, top - 0.20), (w, top - 0.22), (w, top - 0.17), (0.62 * w, top - 0.15)], (235, 225, 220))
    fill([(0.58 * w, top - 0.26), (w, top - 0.285), (w, top - 0.235), (0.58 * w, top - 0.215)], (200, 14, 14), True, 160)
    fill([(-0.5 * w, top - 0.16), (0.5 * w, top - 0.16), (0.5 * w, top - 0.13), (-0.5 * w, top - 0.13)], (185, 188, 190), False)
    line = (*(int(v * 0.35) for v in body), 0)
    cv2.line(art, at(-0.8 * w, top - 0.40), at(0.8 * w, top - 0.40), line, 4, cv2.LINE_AA)
    fill([(-0.8 * w, low + 0.20), (0.8 * w, low + 0.20), (0.85 * w, low), (-0.85 * w, low)], (22, 22, 23), False)
    fill([(0.66 * w, low + 0.22), (0.86 * w, low + 0.22), (0.86 * w, low + 0.26), (0.66 * w, low + 0.26)], (170, 10, 12))
    return mesh.picture_material(f"tail-{seed}", art, 0.30, 1.0, 2.0)


def plate(record, parent, centre, turn=0.0, tilt=0.0):
    """The vehicle's plate on a thin backing; returns the plate object."""
    width, height = (side / 1000 for side in plates.blank_size(record["vehicle_type"], int(record["lines"])))
    art = np.array(plates.draw(record["display"], int(record["lines"]), record["plate_colour"], record["vehicle_type"]))
    look = mesh.picture_material("plate-" + record["plate"], art, 0.45)
    dark = mesh.material("plastic", (0.012, 0.012, 0.013), 0.5)
    x, y, z = centre
    sign = 1 if abs(turn) < 1 else -1
    mesh.box("holder", (x, y + sign * 0.012, z), (width + 0.02, 0.02, height + 0.02), dark, parent, 0.004, (tilt, 0, turn))
    made = mesh.card("plate", (x, y - sign * 0.004, z), width, height, look, parent, turn, tilt)
    return made


def build(handle, record, style, face=0, view="front"):
    """A car of a style in the registered colour, with its plate on the side that the camera sees."""
    p = STYLES[style]
    colour = record["vehicle_colour"]
    look = paint(colour)
    dark = mesh.material("trim", (0.010, 0.010, 0.011), 0.65)
    glass = mesh.material("glass-side", (0.012, 0.015, 0.016), 0.04, 0.0, 1.0)
    screen = mesh.material("glass-screen", (0.018, 0.024, 0.026), 0.03, 0.0, 1.0)
    gloss = mesh.material("gloss-black", (0.008, 0.008, 0.009), 0.15)
    tyre = mesh.material("tyre", (0.018, 0.018, 0.019), 0.8)
    rim = mesh.material("rim", (0.55, 0.56, 0.58), 0.28, 0.9)
    seed = record["plate"]
    _lower_body(p, [look, fascia(style, colour, face, seed), tail(style, colour, seed), dark], handle)
    _cabin(p, [look, glass, screen, gloss], handle)
    for y in axles(p):
        for sign in (-1, 1):
            _wheel(sign * (p["width"] / 2 - 0.10), y, p["wheel"], handle, rim, tyre, dark)
    for sign in (-1, 1):
        x = sign * (p["width"] / 2 + 0.06)
        mesh.ball("mirror", (x, p["cowl"] + 0.42, p["belt"] + 0.08), (0.11, 0.07, 0.075), look, handle)
        mesh.tube("stalk", [(x - sign * 0.14, p["cowl"] + 0.40, p["belt"]), (x, p["cowl"] + 0.42, p["belt"] + 0.04)], 0.025, gloss, handle, 8)
    for x in (-0.32, 0.28):
        mesh.tube("wiper", [(x - 0.10, p["cowl"] - 0.02, p["belt"] + 0.03), (x + 0.38, p["cowl"] + 0.10, p["belt"] + 0.075)], 0.009, dark, handle, 6)
    if view == "front":
        long = record["lines"] == "1"
        return plate(record, handle, (0, -p["length"] / 2 - 0.03, p["clear"] + (0.30 if long else 0.27)), 0.0, -0.03)
    return plate(record, handle, (0, p["length"] / 2 + 0.03, p["tail"] - 0.30), np.pi, 0.0)
