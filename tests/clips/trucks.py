"""A light truck with a box body. The front looks towards -y; the origin lies on the road under the middle."""

import numpy as np

import cars
import mesh


def _cab(handle, look, deep):
    dark = mesh.material("trim", (0.010, 0.010, 0.011), 0.65)
    screen = mesh.material("glass-screen", (0.018, 0.024, 0.026), 0.03, 0.0, 1.0)
    chrome = mesh.material("chrome", (0.62, 0.63, 0.65), 0.18, 1.0)
    grey = mesh.material("bumper-grey", (0.16, 0.165, 0.17), 0.5)
    lens = mesh.material("lens", (0.55, 0.58, 0.60), 0.06, 0.2, 1.0)
    glow = mesh.material("beam", (1.0, 0.97, 0.9), 0.2, 0.0, 0.0, 3.0)
    amber = mesh.material("amber", (0.75, 0.25, 0.01), 0.15, 0.0, 1.0, 0.1)
    f = deep
    mesh.box("cab-low", (0, f + 0.80, 1.02), (1.96, 1.62, 0.98), look, handle, 0.07)
    points = [(sx * w, y, z) for z, w, y0, y1 in ((1.44, 0.975, f + 0.0, f + 1.6), (2.28, 0.90, f + 0.24, f + 1.6)) for sx, y in ((-1, y0), (1, y0), (1, y1), (-1, y1))]
    top = mesh.build("cab-top", points, [(0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7), (4, 5, 6, 7), (3, 2, 1, 0)], [look], handle, smooth=False)
    edge = top.modifiers.new("bevel", "BEVEL")
    edge.width, edge.segments = 0.06, 4
    glass = [(-0.87, f - 0.006, 1.50), (0.87, f - 0.006, 1.50), (0.81, f + 0.184, 2.16), (-0.81, f + 0.184, 2.16)]
    mesh.build("windscreen", glass, [(0, 1, 2, 3)], [screen], handle, smooth=False)
    for s in (-1, 1):
        pane = [(s * 0.978, f + 0.18, 1.48), (s * 0.978, f + 1.05, 1.48), (s * 0.925, f + 1.05, 2.10), (s * 0.925, f + 0.34, 2.10)]
        mesh.build("door-glass", pane, [(0, 1, 2, 3)], [screen], handle, smooth=False)
        mesh.box("mirror", (s * 1.20, f + 0.02, 1.72), (0.20, 0.10, 0.40), dark, handle, 0.03)
        mesh.tube("arm", [(s * 0.96, f + 0.12, 2.05), (s * 1.20, f + 0.04, 1.95)], 0.015, dark, handle, 8)
        mesh.box("lamp-case", (s * 0.72, f - 0.005, 0.86), (0.44, 0.06, 0.25), dark, handle, 0.03)
        mesh.box("lamp", (s * 0.70, f - 0.03, 0.86), (0.34, 0.05, 0.19), lens, handle, 0.03)
        mesh.ball("beam", (s * 0.66, f - 0.05, 0.86), (0.065, 0.02, 0.065), glow, handle)
        mesh.ball("blink", (s * 0.84, f - 0.05, 0.86), (0.035, 0.02, 0.07), amber, handle)
        mesh.ball("fog", (s * 0.66, f - 0.10, 0.46), (0.08, 0.02, 0.05), lens, handle)
    mesh.box("grille", (0, f - 0.005, 1.14), (1.30, 0.05, 0.30), dark, handle, 0.03)
    for z in (1.05, 1.12, 1.19):
        mesh.box("bar", (0, f - 0.03, z), (1.24, 0.03, 0.025), chrome, handle, 0.008)
    mesh.ball("badge", (0, f - 0.05, 1.12), (0.10, 0.015, 0.06), chrome, handle)
    mesh.box("bumper", (0, f - 0.03, 0.50), (2.0, 0.22, 0.36), grey, handle, 0.05)
    for x in (-0.45, 0.35):
        mesh.tube("wiper", [(x - 0.2, f - 0.03, 1.50), (x + 0.42, f + 0.02, 1.66)], 0.012, dark, handle, 6)


def build(handle, record, view="front"):
    """A two-axle truck about 6 m long, its cab in the registered colour."""
    look = cars.paint(record["vehicle_colour"])
    body = mesh.material("truck-box", (0.62, 0.63, 0.64), 0.45)
    rib = mesh.material("truck-rib", (0.42, 0.43, 0.45), 0.4, 0.6)
    dark = mesh.material("trim", (0.010, 0.010, 0.011), 0.65)
    tyre = mesh.material("tyre", (0.018, 0.018, 0.019), 0.8)
    rim = mesh.material("rim", (0.55, 0.56, 0.58), 0.28, 0.9)
    front = -3.0
    _cab(handle, look, front)
    mesh.box("cargo", (0, 1.0, 1.90), (2.12, 4.2, 2.05), body, handle, 0.02)
    for x in (-1.0, -0.5, 0, 0.5, 1.0):
        mesh.box("rib", (x, -1.11, 1.90), (0.06, 0.05, 2.05), rib, handle)
    for z in (0.90, 2.90):
        mesh.box("rail", (0, 1.0, z), (2.18, 4.25, 0.09), rib, handle, 0.01)
    for y in np.arange(-0.9, 3.1, 0.5):
        for s in (-1, 1):
            mesh.box("rib", (s * 1.075, y, 1.90), (0.04, 0.06, 2.0), rib, handle)
    mesh.box("chassis", (0, 0.6, 0.62), (0.9, 5.4, 0.22), dark, handle)
    for y in (front + 0.95, 1.75):
        for s in (-1, 1):
            cars._wheel(s * 0.86, y, 0.40, handle, rim, tyre, dark)
            mesh.box("arch", (s * 0.90, y, 0.84), (0.24, 0.95, 0.06), dark, handle, 0.02)
    if view == "front":
        return cars.plate(record, handle, (0, front - 0.17, 0.50), 0.0, 0.0)
    return cars.plate(record, handle, (0, 3.12, 0.70), np.pi, 0.0)
