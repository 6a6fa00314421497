"""Path-traced views of one vehicle at a few poses along its way, each with its depth.

A whole clip in Cycles would cost hours on a small machine. A vehicle that drives straight on is rigid, so a few dozen
views with depth say everything: `film.py` moves their pixels to any pose between.
"""

import os
import tempfile

import bpy
import numpy as np

import mesh
import pinhole
import world

# Sprites are rendered on a canvas wider than the picture, so that what stands half outside is there to move in.
MARGIN = 220


def begin(view, size, samples=12):
    """An empty stage lit like the place, and the camera of `view` on the wider canvas."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    world.light()
    world.camera(view.where, view.pitch, view.turn, view.focal, size)
    scene.render.engine = "CYCLES"
    cycles = scene.cycles
    cycles.samples = samples
    cycles.use_denoising = False
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 4, 2, 2
    scene.view_settings.view_transform = "AgX"
    scene.view_settings.look = "AgX - Medium High Contrast"
    scene.view_settings.exposure = 0.55
    scene.render.threads_mode, scene.render.threads = "FIXED", 2
    scene.render.use_persistent_data = True
    return scene


def canvas(view):
    """The same camera with MARGIN more pixels on each side."""
    wide = (view.size[0] + 2 * MARGIN, view.size[1] + 2 * MARGIN)
    return pinhole.Pinhole(view.where, view.pitch, view.turn, view.focal, wide)


def _depth_output(scene, folder):
    scene.view_layers[0].use_pass_z = True
    scene.use_nodes = True
    tree = scene.node_tree
    tree.nodes.clear()
    layer = tree.nodes.new("CompositorNodeRLayers")
    out = tree.nodes.new("CompositorNodeOutputFile")
    out.base_path = folder
    out.format.file_format, out.format.color_depth = "OPEN_EXR", "32"
    out.file_slots[0].path = "depth"
    tree.links.new(layer.outputs["Depth"], out.inputs[0])


def _load(path):
    image = bpy.data.images.load(path)
    image.colorspace_settings.name = "Non-Color"
    pixels = np.empty(image.size[0] * image.size[1] * 4, np.float32)
    image.pixels.foreach_get(pixels)
    shape = (image.size[1], image.size[0], 4)
    bpy.data.images.remove(image)
    return pixels.reshape(shape)[::-1]


def corners(handle):
    """All vertices of a vehicle in its own frame, thinned: its outline for bounding boxes."""
    bpy.context.view_layer.update()
    inverse = np.array(handle.matrix_world.inverted())
    points = []
    for child in handle.children:
        flat = np.empty(len(child.data.vertices) * 3)
        child.data.vertices.foreach_get("co", flat)
        spot = np.c_[flat.reshape(-1, 3), np.ones(len(flat) // 3)] @ np.array(child.matrix_world).T @ inverse.T
        points.append(spot[:: max(1, len(spot) // 400), :3])
    return np.concatenate(points)


def shoot(view, build, heading, poses, folder):
    """Render one vehicle (made by `build(handle)`) at each (x, y) of `poses`; save views and outline under `folder`."""
    os.makedirs(folder, exist_ok=True)
    wide = canvas(view)
    scene = begin(view, wide.size)
    scene.render.film_transparent = True
    world.bare()
    handle = mesh.empty("vehicle")
    plate = build(handle)
    handle.rotation_euler = (0, 0, heading)
    outline = corners(handle)
    bpy.context.view_layer.update()
    inverse = np.array(handle.matrix_world.inverted())
    flat = np.array([list(v.co) + [1] for v in plate.data.vertices])
    plate_local = (flat @ np.array(plate.matrix_world).T @ inverse.T)[:, :3]
    turn = np.array([[np.cos(heading), -np.sin(heading), 0], [np.sin(heading), np.cos(heading), 0], [0, 0, 1]])
    with tempfile.TemporaryDirectory() as scratch:
        _depth_output(scene, scratch)
        for index, (x, y) in enumerate(poses):
            path = os.path.join(folder, f"{index:02d}.npz")
            if os.path.exists(path):
                continue
            points = outline @ turn.T + (x, y, 0)
            pixels, depth = wide.project(points)
            pixels = pixels[(points - wide.place) @ wide.axes[2] > 0.35]
            if not len(pixels):
                continue
            low = np.clip(np.floor(pixels.min(0)) - 8, 0, wide.size).astype(int)
            high = np.clip(np.ceil(pixels.max(0)) + 8, 0, wide.size).astype(int)
            if min(high - low) < 4:
                continue
            _snap(scene, handle, (x, y), wide.size, low, high, scratch, path)
    # Last of all: a folder with an outline is complete, and only those are put into a clip.
    np.savez(os.path.join(folder, "outline.npz"), outline=outline, plate=plate_local, heading=heading)


def _snap(scene, handle, place, size, low, high, scratch, path):
    handle.location = (*place, 0)
    area = float(np.prod(high - low))
    scene.cycles.samples = int(np.clip(0.8e6 / area, 4, 28))
    render = scene.render
    render.use_border = render.use_crop_to_border = True
    render.border_min_x, render.border_max_x = low[0] / size[0], high[0] / size[0]
    render.border_min_y, render.border_max_y = 1 - high[1] / size[1], 1 - low[1] / size[1]
    render.filepath = os.path.join(scratch, "colour.png")
    render.image_settings.file_format, render.image_settings.color_mode = "PNG", "RGBA"
    bpy.ops.render.render(write_still=True)
    colour = _load(render.filepath)
    depth_file = [f for f in os.listdir(scratch) if f.startswith("depth")][0]
    depth = _load(os.path.join(scratch, depth_file))[..., 0]
    os.remove(os.path.join(scratch, depth_file))
    # The renderer rounds the border its own way: trust the picture's size, keep its top left corner.
    np.savez_compressed(
        path, colour=(colour * 255 + 0.5).astype(np.uint8), depth=depth.astype(np.float32), low=low, place=np.array(place)
    )


def scenery(view, arrange, path, samples=32):
    """The empty place as a picture."""
    scene = begin(view, view.size, samples)
    scene.camera.data.shift_y = -view.sink / max(view.size)
    arrange()
    scene.cycles.use_denoising = True
    scene.render.filepath = path
    bpy.ops.render.render(write_still=True)
