"""The places: light, road, gate, walls, trees, junction. The camera looks along +y."""

import bpy
import numpy as np

import mesh
from cast import LAMP_RADIUS, SIGNAL


def light(sun_turn=-60, sun_rise=38, power=2.6, sky=0.9, soft=6.0):
    """A bright hazy sky and a softened sun. Angles in degrees."""
    world = bpy.data.worlds.new("sky")
    bpy.context.scene.world = world
    world.use_nodes = True
    tree = world.node_tree
    place = tree.nodes.new("ShaderNodeTexCoord")
    split = tree.nodes.new("ShaderNodeSeparateXYZ")
    ramp = tree.nodes.new("ShaderNodeValToRGB")
    tree.links.new(place.outputs["Generated"], split.inputs[0])
    tree.links.new(split.outputs["Z"], ramp.inputs[0])
    steps = ramp.color_ramp.elements
    steps[0].position, steps[0].color = 0.0, (0.16, 0.15, 0.14, 1)
    steps[1].position, steps[1].color = 0.03, (0.82, 0.86, 0.90, 1)
    for at, tint in ((0.25, (0.62, 0.74, 0.92, 1)), (0.55, (0.85, 0.90, 0.98, 1)), (1.0, (0.50, 0.66, 0.92, 1))):
        steps.new(at).color = tint
    noise = tree.nodes.new("ShaderNodeTexNoise")
    noise.inputs["Scale"].default_value = 2.2
    noise.inputs["Detail"].default_value = 6
    tree.links.new(place.outputs["Generated"], noise.inputs["Vector"])
    cloud = tree.nodes.new("ShaderNodeMix")
    cloud.data_type = "RGBA"
    cloud.inputs[7].default_value = (0.93, 0.93, 0.94, 1)
    tree.links.new(noise.outputs["Fac"], cloud.inputs[0])
    tree.links.new(ramp.outputs["Color"], cloud.inputs[6])
    tree.links.new(cloud.outputs[2], tree.nodes["Background"].inputs["Color"])
    tree.nodes["Background"].inputs["Strength"].default_value = sky
    lamp = bpy.data.lights.new("sun", "SUN")
    lamp.energy = power
    lamp.angle = np.radians(soft)
    lamp.color = (1.0, 0.95, 0.87)
    made = bpy.data.objects.new("sun", lamp)
    made.rotation_euler = (np.radians(90 - sun_rise), 0, np.radians(sun_turn))
    bpy.context.scene.collection.objects.link(made)


def camera(where, pitch, turn, focal_px, size):
    """A pin-hole camera; `focal_px` is the focal length in pixels of the finished picture."""
    lens = bpy.data.cameras.new("camera")
    lens.sensor_width = 36
    lens.lens = focal_px * 36 / size[0]
    made = bpy.data.objects.new("camera", lens)
    made.location = where
    made.rotation_euler = (np.radians(90 - pitch), 0, np.radians(turn))
    scene = bpy.context.scene
    scene.collection.objects.link(made)
    scene.camera = made
    scene.render.resolution_x, scene.render.resolution_y = size
    return made


def rough(name, dark, pale, scale=40.0, bump=0.15, rough=0.85):
    """A stony surface: two tints mixed by fine and coarse noise, with relief."""
    made = mesh.material(name, pale, rough)
    tree = made.node_tree
    node = tree.nodes["Principled BSDF"]
    place = tree.nodes.new("ShaderNodeTexCoord")
    fine, coarse = tree.nodes.new("ShaderNodeTexNoise"), tree.nodes.new("ShaderNodeTexNoise")
    fine.inputs["Scale"].default_value = scale
    fine.inputs["Detail"].default_value = 4
    coarse.inputs["Scale"].default_value = 0.45
    coarse.inputs["Detail"].default_value = 5
    for each in (fine, coarse):
        tree.links.new(place.outputs["Object"], each.inputs["Vector"])
    add = tree.nodes.new("ShaderNodeMath")
    add.operation = "ADD"
    tree.links.new(fine.outputs["Fac"], add.inputs[0])
    tree.links.new(coarse.outputs["Fac"], add.inputs[1])
    span = tree.nodes.new("ShaderNodeMapRange")
    span.inputs["From Min"].default_value, span.inputs["From Max"].default_value = 0.7, 1.3
    tree.links.new(add.outputs[0], span.inputs["Value"])
    mix = tree.nodes.new("ShaderNodeMix")
    mix.data_type = "RGBA"
    mix.inputs[6].default_value, mix.inputs[7].default_value = (*dark, 1), (*pale, 1)
    tree.links.new(span.outputs[0], mix.inputs[0])
    tree.links.new(mix.outputs[2], node.inputs["Base Color"])
    if bump:
        relief = tree.nodes.new("ShaderNodeBump")
        relief.inputs["Strength"].default_value = bump
        relief.inputs["Distance"].default_value = 0.01
        tree.links.new(fine.outputs["Fac"], relief.inputs["Height"])
        tree.links.new(relief.outputs["Normal"], node.inputs["Normal"])
    return made


def flat(name, x0, x1, y0, y1, z, look):
    """A level rectangle."""
    return mesh.build(name, [(x0, y0, z), (x1, y0, z), (x1, y1, z), (x0, y1, z)], [(0, 1, 2, 3)], [look], smooth=False)


def tree(x, y, tall, seed):
    """A broad-leaved tree: trunk and thousands of small leaf cards in clumps."""
    chance = np.random.default_rng(seed)
    bark = mesh.material("bark", (0.11, 0.085, 0.06), 0.9)
    mesh.tube("trunk", [(x, y, 0), (x + 0.1, y, tall * 0.35), (x - 0.1, y, tall * 0.6)], [0.16, 0.12, 0.07], bark, None, 10)
    clumps = chance.normal(0, 1, (26, 3)) * (tall * 0.20, tall * 0.20, tall * 0.13) + (x, y, tall * 0.68)
    count = 150
    centre = np.repeat(clumps, count, 0) + chance.normal(0, tall * 0.055, (26 * count, 3))
    a, b = chance.normal(0, 1, (2, len(centre), 3))
    a *= (0.11 / np.linalg.norm(a, axis=1))[:, None]
    b = np.cross(a, b)
    b *= (0.16 / np.linalg.norm(b, axis=1))[:, None]
    points = np.stack([centre - a, centre + b, centre + a, centre - b], 1).reshape(-1, 3)
    faces = np.arange(len(points)).reshape(-1, 4)
    leaves = [mesh.material(f"leaf{k}", tint, 0.6) for k, tint in enumerate([(0.05, 0.11, 0.025), (0.08, 0.16, 0.03), (0.035, 0.08, 0.02)])]
    mesh.build("leaves", points, faces, leaves, None, chance.integers(0, 3, len(faces)), smooth=False)


def hedge(x0, x1, y, tall, seed):
    """A clipped hedge of leaf cards."""
    chance = np.random.default_rng(seed)
    count = int((x1 - x0) * 900)
    centre = np.stack([chance.uniform(x0, x1, count), y + chance.uniform(-0.3, 0.3, count), chance.uniform(0, tall, count)], 1)
    a, b = chance.normal(0, 0.05, (2, count, 3))
    points = np.stack([centre - a, centre + b, centre + a, centre - b], 1).reshape(-1, 3)
    faces = np.arange(len(points)).reshape(-1, 4)
    leaves = [mesh.material(f"hedge{k}", tint, 0.6) for k, tint in enumerate([(0.04, 0.10, 0.02), (0.07, 0.15, 0.03)])]
    mesh.build("hedge", points, faces, leaves, None, chance.integers(0, 2, count), smooth=False)


def corrugated(x0, x1, y, tall, look, z=0.0):
    """A sheet-metal wall that faces -y."""
    xs = np.arange(x0, x1, 0.05)
    depth = y + 0.03 * np.abs(((xs / 0.25) % 1) - 0.5)
    points = np.concatenate([np.stack([xs, depth, np.full_like(xs, h)], 1) for h in (z, z + tall)])
    faces = [(k, k + 1, len(xs) + k + 1, len(xs) + k) for k in range(len(xs) - 1)]
    mesh.build("sheet", points, faces, [look], smooth=False)


def factory(x0, x1, y, tall, tint, name):
    """A long works hall with a row of windows and a roof edge."""
    corrugated(x0, x1, y, tall, mesh.material("sheet-" + name, tint, 0.55))
    pane = mesh.material("pane", (0.05, 0.07, 0.09), 0.1, 0.0, 0.6)
    frame = mesh.material("frame", (0.55, 0.55, 0.54), 0.6)
    for x in np.arange(x0 + 1.5, x1 - 2, 3.2):
        mesh.box("window", (x, y - 0.03, tall * 0.62), (2.2, 0.05, 1.0), pane)
        mesh.box("sill", (x, y - 0.05, tall * 0.62 - 0.55), (2.4, 0.1, 0.08), frame)
    mesh.box("eaves", ((x0 + x1) / 2, y - 0.1, tall + 0.15), (x1 - x0 + 0.6, 0.5, 0.35), frame)


def bare():
    """Only what a vehicle mirrors and stands on: road and verge, unseen by the camera."""
    asphalt = rough("asphalt", (0.060, 0.060, 0.062), (0.115, 0.113, 0.110), 90, 0.35)
    walls = mesh.material("far-walls", (0.30, 0.30, 0.29), 0.9)
    for made in (
        flat("road", -60, 60, -60, 90, 0.0, asphalt),
        mesh.box("far", (0, 62, 3.5), (100, 1, 7), walls),
        mesh.box("near", (0, -26, 4.0), (100, 1, 8), walls),
    ):
        made.visible_camera = False


def gate():
    """The approach lane of an industrial park: in lane right of the kerb, out lane left of it."""
    asphalt = rough("asphalt", (0.060, 0.060, 0.062), (0.115, 0.113, 0.110), 90, 0.35)
    paving = rough("paving", (0.22, 0.21, 0.19), (0.36, 0.34, 0.31), 25, 0.2)
    soil = rough("grass", (0.05, 0.085, 0.02), (0.12, 0.15, 0.05), 12, 0.4)
    white = rough("marking", (0.42, 0.42, 0.40), (0.66, 0.66, 0.63), 60, 0.1, 0.7)
    yellow = rough("marking-yellow", (0.45, 0.28, 0.02), (0.66, 0.42, 0.03), 60, 0.1, 0.7)
    flat("soil", -80, 80, -8, 120, -0.02, soil)
    flat("road", -3.4, 3.4, -8, 60, 0.0, asphalt)
    flat("cross", -80, 80, 34, 44, 0.004, asphalt)
    for y in range(-6, 32, 4):
        flat("dash", -3.15, -3.05, y, y + 2.2, 0.006, white)
    flat("edge", 3.12, 3.22, -6, 33, 0.006, white)
    flat("stop", -0.02, 3.1, 8.9, 9.2, 0.006, white)
    mesh.box("hump", (1.55, 13.4, 0.0), (3.0, 0.5, 0.06), yellow, None, 0.02)
    for k, y in enumerate(np.arange(4.6, 24, 0.8)):
        tint = mesh.material("kerb-pale", (0.60, 0.58, 0.52), 0.8) if k % 2 else mesh.material("kerb-red", (0.42, 0.05, 0.04), 0.8)
        mesh.box("kerb", (-0.30, y, 0.07), (0.22, 0.79, 0.16), tint, None, 0.02)
    for sign, x in ((1, 3.4), (-1, -3.4)):
        mesh.box("kerb-side", (x + sign * 0.12, 14, 0.06), (0.22, 44, 0.14), paving, None, 0.02)
        flat("walk", min(x + sign * 0.2, x + sign * 2.4), max(x + sign * 0.2, x + sign * 2.4), -8, 33, 0.10, paving)
    # Guard booth, boom (open), bollards.
    wall = rough("render-wall", (0.52, 0.50, 0.42), (0.66, 0.63, 0.54), 18, 0.1)
    blue = mesh.material("booth-blue", (0.03, 0.14, 0.36), 0.45)
    pane = mesh.material("pane", (0.05, 0.07, 0.09), 0.1, 0.0, 0.6)
    mesh.box("booth", (5.0, 14.5, 1.2), (1.9, 2.4, 2.4), wall, None, 0.03)
    mesh.box("booth-window", (4.9, 13.28, 1.55), (1.3, 0.06, 0.9), pane)
    mesh.box("booth-window", (4.03, 14.5, 1.55), (0.06, 1.6, 0.9), pane)
    mesh.box("booth-roof", (5.0, 14.5, 2.5), (2.7, 3.2, 0.18), blue, None, 0.03)
    steel = mesh.material("barrier-box", (0.66, 0.32, 0.02), 0.4)
    mesh.box("barrier", (3.62, 11.6, 0.62), (0.32, 0.36, 1.05), steel, None, 0.03)
    for k in range(9):
        tint = mesh.material("boom-red", (0.55, 0.02, 0.02), 0.4) if k % 2 else mesh.material("boom-white", (0.75, 0.75, 0.73), 0.4)
        mesh.box("boom", (3.59 + 0.03 * k, 11.4, 1.25 + 0.34 * k), (0.09, 0.05, 0.34), tint, None, 0.005, (0, 0.09, 0))
    for y in np.arange(5, 33, 3.0):
        mesh.tube("bollard", [(3.75, y, 0), (3.75, y, 0.75)], 0.05, steel, None, 10)
    # Walls, fence, halls, trees.
    mesh.box("wall", (-14.6, 33.2, 1.0), (20.4, 0.25, 2.0), wall, None, 0.02)
    mesh.box("wall", (14.6, 33.2, 1.0), (20.4, 0.25, 2.0), wall, None, 0.02)
    for x in (-4.2, 4.3):
        mesh.box("pier", (x, 33.0, 1.6), (0.7, 0.7, 3.2), blue, None, 0.03)
    factory(-46, -9, 62, 7.5, (0.42, 0.47, 0.52), "grey")
    factory(4, 52, 70, 8.5, (0.17, 0.30, 0.46), "blue")
    for k, (x, y, t) in enumerate([(-7, 18, 5.0), (-7.6, 26, 6.0), (-8.5, 11, 4.6), (7.8, 22, 5.2), (8.4, 28, 6.0), (-13, 36, 7), (11, 46, 7), (0, 56, 7.5), (-5, 54, 6.5), (7.5, 9.5, 4.8), (-20, 48, 8), (20, 40, 7)]):
        tree(x, y, t, 40 + k)
    hedge(-6.4, -5.9, 14, 0.1, 3)
    for y in np.arange(8, 32, 1.0):
        hedge(-6.6, -6.0, y, 0.8, int(y))
    pole = mesh.material("pole", (0.30, 0.31, 0.32), 0.45, 0.6)
    for y in (13, 28):
        mesh.tube("lamp-post", [(-4.9, y, 0), (-4.9, y, 5.6), (-4.2, y, 6.0)], 0.06, pole, None, 10)




def _shops(x, y0, y1, seed):
    """A row of narrow shop houses along the road at x, seen slantwise."""
    chance = np.random.default_rng(seed)
    y, side = y0, 1 if x > 0 else -1
    pane = mesh.material("pane", (0.05, 0.07, 0.09), 0.1, 0.0, 0.6)
    tints = [(0.62, 0.55, 0.38), (0.50, 0.58, 0.60), (0.66, 0.62, 0.58), (0.55, 0.40, 0.32), (0.42, 0.52, 0.44)]
    while y < y1:
        deep, tall = chance.uniform(4.2, 5.6), chance.uniform(7, 12.5)
        tint = tints[chance.integers(len(tints))]
        wall = mesh.material(f"house{seed}-{int(y)}", tint, 0.85)
        mesh.box("house", (x + side * 4, y + deep / 2, tall / 2), (8, deep - 0.1, tall), wall)
        awning = mesh.material(f"awning{chance.integers(4)}", tuple(chance.uniform(0.05, 0.5, 3)), 0.7)
        mesh.box("awning", (x - side * 0.7, y + deep / 2, 3.0), (1.5, deep - 0.4, 0.08), awning, None, 0, (0, side * -0.18, 0))
        for level in np.arange(4.6, tall - 1, 3.2):
            for share in (0.28, 0.72):
                mesh.box("window", (x - side * 0.02, y + deep * share, level), (0.08, 1.1, 1.5), pane)
        mesh.box("shutter", (x - side * 0.02, y + deep / 2, 1.4), (0.08, deep - 1.2, 2.6), mesh.material("shutter", (0.22, 0.23, 0.25), 0.5, 0.5))
        y += deep


def junction():
    """Four arms; our approach runs away from the camera between x = 0 and 7 m, the stop line lies at 15 m."""
    asphalt = rough("asphalt", (0.060, 0.060, 0.062), (0.115, 0.113, 0.110), 90, 0.35)
    paving = rough("paving", (0.22, 0.21, 0.19), (0.36, 0.34, 0.31), 25, 0.2)
    white = rough("marking", (0.42, 0.42, 0.40), (0.66, 0.66, 0.63), 60, 0.1, 0.7)
    yellow = rough("marking-yellow", (0.45, 0.28, 0.02), (0.66, 0.42, 0.03), 60, 0.1, 0.7)
    flat("ground", -90, 90, -20, 140, -0.02, asphalt)
    for x0, x1 in ((-90, -8.2), (4.4, 90)):
        for y0, y1 in ((-20, 18.2), (31.5, 140)):
            mesh.box("pavement", ((x0 + x1) / 2, (y0 + y1) / 2, 0.0), (x1 - x0, y1 - y0, 0.28), paving, None, 0.04)
    for y0, y1 in ((-20, 15.0), (34.5, 140)):
        for k in (-0.12, 0.06):
            flat("centre", -3.7 + k, -3.64 + k, y0, y1, 0.005, yellow)
    for y in np.arange(-20, 14.5, 3.0):
        flat("lane", 0.30, 0.40, y, min(y + 1.6, 14.8), 0.005, white)
    flat("stop", -3.4, 4.1, 15.0, 15.45, 0.006, white)
    for x in np.arange(-7.8, 4.2, 0.95):
        flat("zebra", x, x + 0.5, 16.3, 18.3, 0.006, white)
        flat("zebra", x, x + 0.5, 31.4, 33.4, 0.006, white)
    # Signal: pole on the far right corner, one head.
    pole = mesh.material("pole", (0.30, 0.31, 0.32), 0.45, 0.6)
    case = mesh.material("signal-case", (0.012, 0.013, 0.014), 0.5)
    off = mesh.material("lamp-off", (0.03, 0.03, 0.03), 0.3)
    x, y, z = SIGNAL["yellow"]
    mesh.tube("mast", [(x + 0.35, y + 0.15, 0), (x + 0.35, y + 0.15, 4.6)], 0.075, pole, None, 12)
    mesh.box("case", (x, y + 0.14, z), (0.46, 0.22, 1.34), case, None, 0.04)
    mesh.box("plate", (x, y + 0.27, z), (0.62, 0.02, 1.56), case, None, 0.01)
    for lamp in SIGNAL.values():
        mesh.ball("lens", (lamp[0], lamp[1] + 0.03, lamp[2]), (LAMP_RADIUS, 0.02, LAMP_RADIUS), off)
        mesh.tube("hood", [(lamp[0] - 0.16, lamp[1] - 0.10, lamp[2] + 0.03), (lamp[0], lamp[1] - 0.12, lamp[2] + 0.18), (lamp[0] + 0.16, lamp[1] - 0.10, lamp[2] + 0.03)], 0.016, case, None, 8)
    _shops(9.5, -6, 15.5, 11)
    _shops(9.5, 36, 96, 12)
    _shops(-13.5, 36, 96, 13)
    _shops(-13.5, -6, 15.5, 14)
    factory(-60, -22, 52, 8, (0.42, 0.47, 0.52), "grey")
    factory(20, 60, 52, 8, (0.17, 0.30, 0.46), "blue")
    for k, (x, y, t) in enumerate([(6.6, 14, 5.5), (6.8, 36.5, 5.5), (6.8, 46, 6), (6.8, 58, 6), (-10.5, 37, 5.5), (-10.5, 48, 6), (-10.5, 60, 6), (-10.6, 13, 5), (0, 104, 9), (-6, 106, 9), (6, 102, 8)]):
        tree(x, y, t, 70 + k)
    for y in (12, 40, 62):
        mesh.tube("lamp-post", [(5.4, y, 0), (5.4, y, 7.0), (4.2, y, 7.4)], 0.07, pole, None, 10)
