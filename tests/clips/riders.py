"""Motorbikes with riders, seen from behind. The front looks towards -y; the origin lies on the road under the middle."""

import numpy as np

import cars
import mesh

SHIRTS = [(0.10, 0.16, 0.34), (0.42, 0.08, 0.07), (0.30, 0.33, 0.30), (0.55, 0.50, 0.38), (0.05, 0.22, 0.18)]
HELMETS = [(0.55, 0.56, 0.58), (0.03, 0.10, 0.35), (0.60, 0.05, 0.05), (0.02, 0.02, 0.02), (0.62, 0.55, 0.20)]


def _wheels(parent, scooter):
    tyre = mesh.material("tyre", (0.018, 0.018, 0.019), 0.8)
    rim = mesh.material("rim", (0.55, 0.56, 0.58), 0.28, 0.9)
    dark = mesh.material("trim", (0.010, 0.010, 0.011), 0.65)
    radius = 0.25 if scooter else 0.29
    shape = [(-0.045, 0.68), (-0.062, 0.82), (-0.050, 0.94), (-0.02, 1), (0.02, 1), (0.050, 0.94), (0.062, 0.82), (0.045, 0.68)]
    for y in (-0.62, 0.60):
        mesh.ring("tyre", (0, y, radius), radius, shape, tyre, parent)
        mesh.ring("hub", (0, y, radius), radius, [(-0.07, 0.01), (-0.07, 0.25), (0.07, 0.25), (0.07, 0.01)], dark, parent)
        mesh.ring("rim", (0, y, radius), radius, [(-0.03, 0.72), (-0.03, 0.66), (0.03, 0.66), (0.03, 0.72)], rim, parent)
        for k in range(9):
            a = k * 2 * np.pi / 9
            mesh.tube("spoke", [(0.02, y, radius), (0.02, y + 0.68 * radius * np.cos(a), radius + 0.68 * radius * np.sin(a))], 0.006, rim, parent, 6)
    return radius


def _machine(parent, colour, scooter):
    """Frame, fairing, tail, lamps, exhaust, handlebar."""
    look = cars.paint(colour)
    dark = mesh.material("trim", (0.010, 0.010, 0.011), 0.65)
    vinyl = mesh.material("seat", (0.014, 0.013, 0.013), 0.55)
    steel = mesh.material("steel", (0.50, 0.50, 0.51), 0.25, 1.0)
    lamp = mesh.material("tail-lamp", (0.55, 0.01, 0.012), 0.12, 0.0, 1.0, 0.6)
    amber = mesh.material("amber", (0.75, 0.25, 0.01), 0.15, 0.0, 1.0, 0.1)
    radius = _wheels(parent, scooter)
    wide = 0.19 if scooter else 0.145
    mesh.ball("tail", (0, 0.40, 0.74), (wide, 0.44, 0.13), look, parent, (0.16, 0, 0))
    mesh.ball("belly", (0, -0.02, 0.52), (0.16, 0.40, 0.16), look, parent)
    mesh.ball("engine", (0, 0.02, 0.34), (0.17, 0.24, 0.13), steel, parent)
    mesh.ball("seat", (0, 0.24, 0.85), (0.155, 0.45, 0.065), vinyl, parent, (0.06, 0, 0))
    for sign in (-1, 1):
        mesh.ball("shield", (sign * 0.20, -0.36, 0.60), (0.14, 0.08, 0.29), look, parent, (0.2, 0, sign * 0.35))
    mesh.tube("stem", [(0, -0.42, 0.42), (0, -0.50, 0.72), (0, -0.44, 1.0)], [0.14, 0.15, 0.11], look, parent)
    mesh.ball("head", (0, -0.45, 1.05), (0.15, 0.13, 0.11), look, parent)
    for sign in (-1, 1):
        mesh.tube("fork", [(sign * 0.07, -0.62, radius), (sign * 0.07, -0.48, 0.80)], 0.02, steel, parent, 10)
        mesh.tube("shock", [(sign * 0.13, 0.58, radius + 0.02), (sign * 0.13, 0.42, 0.70)], 0.026, steel, parent, 10)
        mesh.tube("swing", [(sign * 0.08, 0.10, 0.32), (sign * 0.085, 0.60, radius)], 0.022, dark, parent, 8)
        mesh.tube("bar", [(0, -0.40, 1.06), (sign * 0.22, -0.38, 1.09), (sign * 0.37, -0.29, 1.05)], [0.014, 0.014, 0.019], dark, parent, 8)
        mesh.tube("mirror-arm", [(sign * 0.24, -0.36, 1.05), (sign * 0.41, -0.36, 1.27)], 0.007, dark, parent, 6)
        mesh.ball("mirror", (sign * 0.42, -0.36, 1.30), (0.085, 0.02, 0.058), dark, parent)
        mesh.card("glass", (sign * 0.42, -0.337, 1.30), 0.14, 0.09, mesh.material("mirror-glass", (0.7, 0.75, 0.8), 0.03, 1.0), parent, np.pi)
        mesh.ball("signal", (sign * 0.165, 0.76, 0.765), (0.050, 0.05, 0.036), amber, parent)
        mesh.tube("peg", [(sign * 0.12, 0.02, 0.30), (sign * 0.29, 0.02, 0.30)], 0.018, dark, parent, 8)
        mesh.tube("pillion-peg", [(sign * 0.12, 0.36, 0.36), (sign * 0.23, 0.38, 0.36)], 0.016, dark, parent, 8)
    mesh.ball("lamp", (0, 0.80, 0.785), (0.115, 0.07, 0.058), lamp, parent, (0.25, 0, 0))
    mesh.tube("rail", [(0.13, 0.50, 0.86), (0.13, 0.86, 0.93), (-0.13, 0.86, 0.93), (-0.13, 0.50, 0.86)], 0.017, steel, parent, 8)
    mesh.tube("exhaust", [(0.15, 0.05, 0.24), (0.19, 0.35, 0.28), (0.20, 0.84, 0.37)], [0.03, 0.055, 0.062], steel, parent)
    mesh.ball("pipe-end", (0.202, 0.91, 0.385), (0.035, 0.012, 0.035), dark, parent)
    mesh.tube("fender", [(0, 0.46, 0.64), (0, 0.74, 0.68), (0, 0.90, 0.60), (0, 0.94, 0.50)], [0.075, 0.08, 0.07, 0.055], dark, parent)


def _rider(parent, seed):
    """One person in a shirt, trousers and helmet, hands on the grips."""
    shirt = mesh.material(f"shirt{seed % 5}", SHIRTS[seed % 5], 0.85)
    denim = mesh.material(f"denim{seed % 3}", [(0.035, 0.05, 0.09), (0.02, 0.02, 0.022), (0.16, 0.14, 0.11)][seed % 3], 0.9)
    skin = mesh.material("skin", (0.42, 0.25, 0.17), 0.55)
    shell = mesh.material(f"helmet{seed % 5}", HELMETS[seed % 5], 0.15, 0.0, 1.0)
    shoe = mesh.material("shoe", (0.03, 0.028, 0.027), 0.6)
    mesh.tube("torso", [(0, 0.18, 0.93), (0, 0.17, 1.03), (0, 0.10, 1.22), (0, 0.05, 1.36)], [0.165, 0.165, 0.185, 0.12], shirt, parent, 28)
    mesh.ball("hips", (0, 0.20, 0.92), (0.185, 0.17, 0.12), denim, parent)
    mesh.tube("shoulders", [(-0.19, 0.06, 1.36), (0, 0.06, 1.40), (0.19, 0.06, 1.36)], [0.075, 0.10, 0.075], shirt, parent, 20)
    mesh.tube("neck", [(0, 0.04, 1.42), (0, 0.01, 1.52)], 0.055, skin, parent)
    mesh.ball("face", (0, -0.03, 1.58), (0.085, 0.10, 0.12), skin, parent)
    mesh.ball("helmet", (0, 0.0, 1.63), (0.135, 0.155, 0.125), shell, parent)
    mesh.tube("rim", [(-0.13, 0.02, 1.58), (-0.08, 0.13, 1.575), (0.08, 0.13, 1.575), (0.13, 0.02, 1.58)], 0.012, shoe, parent, 8)
    for sign in (-1, 1):
        mesh.tube("upper-arm", [(sign * 0.21, 0.06, 1.35), (sign * 0.34, -0.02, 1.17)], [0.068, 0.055], shirt, parent)
        mesh.tube("fore-arm", [(sign * 0.34, -0.02, 1.17), (sign * 0.35, -0.27, 1.08)], [0.046, 0.036], skin, parent)
        mesh.ball("hand", (sign * 0.355, -0.30, 1.07), (0.045, 0.05, 0.04), skin, parent)
        mesh.tube("thigh", [(sign * 0.12, 0.18, 0.89), (sign * 0.24, -0.20, 0.80)], [0.105, 0.08], denim, parent)
        mesh.tube("shin", [(sign * 0.24, -0.20, 0.80), (sign * 0.25, -0.05, 0.40)], [0.075, 0.05], denim, parent)
        mesh.tube("shoe", [(sign * 0.25, 0.06, 0.345), (sign * 0.25, -0.14, 0.345)], [0.05, 0.045], shoe, parent)


def build(handle, record, seed):
    """A motorbike and its rider, with the plate under the tail lamp."""
    scooter = record["model"] in ("Vision", "Feliz", "Lead")
    _machine(handle, record["vehicle_colour"], scooter)
    _rider(handle, seed)
    return cars.plate(record, handle, (0, 0.985, 0.61), np.pi, 0.08)
