"""Who drives when: the vehicles of each clip, their lanes and their speed along the way."""

import csv
import os

import numpy as np

import pinhole

HERE = os.path.dirname(os.path.abspath(__file__))
RECORDS = os.path.join(HERE, "..", "..", "seeds", "data", "demo-vehicles.csv")

GATE = pinhole.Pinhole((0.0, 0.0, 1.9), 8.5, 0.0, 1480.0, (1280, 720), 55)

# The gate: plate, shape, face of the fascia, lane x, direction, start in seconds, slowest speed in m/s.
GATE_CAST = [
    ("30K13579", "sedan", 0, 1.60, "in", 0.3, 2.3),
    ("35B134641", "rider", 1, -1.05, "out", 4.5, 3.2),
    ("35C14142", "truck", 0, 1.62, "in", 6.0, 2.0),
    ("36A97531", "suv", 1, 1.60, "in", 12.0, 2.4),
    ("35AA40012", "rider", 2, -1.15, "out", 15.0, 3.4),
    ("35A24681", "sedan", 1, 1.55, "in", 17.2, 2.2),
    ("15C22360", "truck", 1, 1.62, "in", 22.4, 2.1),
    ("90B237416", "rider", 3, -0.98, "out", 26.5, 3.0),
    ("29A86420", "suv", 0, 1.62, "in", 28.4, 2.2),
    ("18A11235", "hatch", 1, 1.58, "in", 33.6, 2.3),
]


def records():
    """The registered demonstration vehicles by canonical plate."""
    with open(RECORDS, encoding="utf-8", newline="") as source:
        return {row["plate"]: row for row in csv.DictReader(source)}


def nose(shape):
    """From the origin of a shape to its front (cars, trucks) or back (riders) end, in metres."""
    return {"sedan": 2.26, "hatch": 1.85, "suv": 2.33, "mpv": 2.30, "truck": 3.15, "rider": 0.97}[shape]


def key_ends(direction):
    """How far ahead of the camera the leading end stands at the rendered poses."""
    far = 27.0 / 1.16 ** np.arange(0, 15)
    if direction == "in":
        return np.concatenate([far[far > 2.6], [2.2, 1.5, 0.7, -0.3, -1.5, -2.8]])
    return np.concatenate([[0.35, 0.75], far[far > 1.0][::-1]])


def key_poses(lane, shape, direction):
    """Rendered positions of the origin of a vehicle."""
    return [(lane, end + nose(shape)) for end in key_ends(direction)]


def end_at(time, direction, slow):
    """Where the leading end is `time` seconds after the start: quick, slow at the line, quick again."""
    steps = np.arange(0, 18, 0.01)
    if direction == "in":
        y, path = 58.0, []
        for _ in steps:
            path.append(y)
            speed = slow + (6.2 - slow) * np.clip((y - 8.0) / 9.0, 0, 1) ** 0.8 + 5.0 * np.clip((y - 17.0) / 20.0, 0, 1)
            if y < 4.6:
                speed = slow + (5.5 - slow) * np.clip((4.6 - y) / 3.5, 0, 1)
            y -= speed * 0.01
    else:
        y, path = 0.36, []
        for _ in steps:
            path.append(y)
            speed = slow + (11.0 - slow) * np.clip((y - 4.0) / 22.0, 0, 1)
            y += speed * 0.01
    return np.interp(time, steps, path, left=np.nan, right=np.nan)


FPS = 12
GATE_SECONDS = 45
# How long the shutter stays open, in seconds: smears what is near and quick by a few pixels.
SHUTTER = 0.006
# The counting line on the road (metres ahead of the camera) and on the picture (share of the height).
GATE_LINE_Y = 5.9
GATE_LINE = [[0.02, 0.76], [0.98, 0.76]]

# The junction, seen from behind the traffic that waits at the stop line.
JUNCTION = pinhole.Pinhole((-0.6, 0.0, 4.6), 9.5, 0.0, 1180.0, (960, 540), 40)
# The signal head of the junction: middle of each lamp (world metres) and the lamp's radius.
SIGNAL = {"red": (4.9, 25.0, 3.62), "yellow": (4.9, 25.0, 3.22), "green": (4.9, 25.0, 2.82)}
LAMP_RADIUS = 0.15
JUNCTION_SECONDS = 32
STOP_Y = 15.0
# Lamp colour from each second on.
PHASES = [(0.0, "red"), (11.0, "green"), (21.0, "yellow"), (24.0, "red")]

# Plate, shape, look, lane x, [(time, y of the origin)…]; all drive away from the camera.
JUNCTION_CAST = [
    ("35N136055", "rider", 3, 0.30, [(6.6, 3.6), (8.4, 12.6), (9.8, 21.0), (12.4, 40.0), (14.6, 58.0)]),
    ("35A90909", "sedan", 0, -1.60, [(1.0, 3.0), (3.6, 10.6), (5.2, 12.3), (11.6, 12.3), (13.2, 14.6), (15.2, 23.0), (18.2, 45.0), (19.6, 58.0)]),
    ("14A27182", "suv", 1, -1.55, [(22.6, 3.0), (24.4, 11.4), (25.8, 20.0), (28.2, 39.0), (30.4, 58.0)]),
    ("29MD141231", "rider", 2, 1.35, [(1.8, 3.6), (4.4, 11.6), (5.8, 13.6), (11.3, 13.6), (12.6, 15.6), (14.6, 24.0), (17.8, 46.0), (19.4, 58.0)]),
    ("43A70711", "mpv", 0, -1.70, [(13.0, 3.0), (15.2, 11.6), (16.6, 19.6), (19.0, 37.0), (21.6, 58.0)]),
    ("35K14358", "rider", 4, 2.75, [(4.2, 3.6), (7.0, 11.4), (8.2, 13.2), (11.5, 13.2), (12.9, 15.4), (15.0, 24.0), (18.4, 46.0), (20.0, 58.0)]),
]
# Crossing traffic while our lamp is red: plate, shape, look, lane y, [(time, x)…], drives to the right.
CROSSING_CAST = [
    ("18A11235", "hatch", 0, 22.0, [(0.6, -16.0), (3.4, 0.0), (6.0, 16.0)]),
    ("90B237416", "rider", 4, 20.6, [(2.6, -16.0), (5.6, 0.0), (8.4, 16.0)]),
]


def junction_poses(lane):
    """Rendered positions of a vehicle that drives away from the junction's camera."""
    return [(lane, y) for y in 5.2 * 1.22 ** np.arange(0, 13)]


def crossing_poses(lane):
    """Rendered positions of a vehicle that crosses from left to right."""
    return [(x, lane) for x in np.linspace(-11.5, 11.5, 9)]


def along(knots, time):
    """Place on the lane at a time: smooth through the knots, NaN before and after."""
    times, places = (np.array(v, float) for v in zip(*knots))
    if not times[0] <= time <= times[-1]:
        return np.nan
    slope = np.gradient(places, times)
    flat = np.diff(places) == 0
    slope[:-1][flat] = slope[1:][flat] = 0
    k = int(np.clip(np.searchsorted(times, time, "right") - 1, 0, len(times) - 2))
    wide = times[k + 1] - times[k]
    t = (time - times[k]) / wide
    a, b, m, n = places[k], places[k + 1], slope[k] * wide, slope[k + 1] * wide
    return (2 * t**3 - 3 * t**2 + 1) * a + (t**3 - 2 * t**2 + t) * m + (3 * t**2 - 2 * t**3) * b + (t**3 - t**2) * n


def phase(time):
    """The lamp that is lit."""
    return [colour for start, colour in PHASES if start <= time][-1]


def _stop_line():
    ends, _ = JUNCTION.project([(-3.4, STOP_Y, 0), (4.1, STOP_Y, 0)])
    return [[round(float(v), 4) for v in end / JUNCTION.size] for end in ends]


def _lamp_boxes():
    boxes = {}
    for colour, (x, y, z) in SIGNAL.items():
        (low, high), _ = JUNCTION.project([(x - 0.18, y, z + 0.18), (x + 0.18, y, z - 0.18)])
        boxes[colour] = [round(float(v), 4) for v in (*(low / JUNCTION.size), *((high - low) / JUNCTION.size))]
    return boxes


# Marks on the pictures, in shares of width and height; lamp boxes are [x, y, w, h].
MARKS = {
    "gate": {"line": GATE_LINE, "in": "towards the bottom of the picture"},
    "junction": {
        "stop_line": _stop_line(), "ahead": "towards the top of the picture", "lamps": _lamp_boxes(),
        "phases": [{"from_s": start, "lamp": lamp} for start, lamp in PHASES],
    },
}
