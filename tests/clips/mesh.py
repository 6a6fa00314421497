"""Small building blocks over Blender's Python module: meshes, materials, textures."""

import bpy
import numpy as np

_images = {}


def material(name, colour, rough=0.5, metal=0.0, coat=0.0, emit=0.0):
    """A plain principled material; `emit` is the strength of its own light."""
    known = bpy.data.materials.get(name)
    if known:
        return known
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    node = made.node_tree.nodes["Principled BSDF"]
    node.inputs["Base Color"].default_value = (*colour, 1)
    node.inputs["Roughness"].default_value = rough
    node.inputs["Metallic"].default_value = metal
    node.inputs["Coat Weight"].default_value = coat
    node.inputs["Coat Roughness"].default_value = 0.04
    if emit:
        node.inputs["Emission Color"].default_value = (*colour, 1)
        node.inputs["Emission Strength"].default_value = emit
    return made


def picture_material(name, pixels, rough=0.35, coat=0.0, glow=0.0):
    """A material whose colour is a picture (RGB or RGBA array); alpha, where given, is the share of own light."""
    height, width = pixels.shape[:2]
    image = bpy.data.images.new(name, width, height)
    flat = np.ones((height, width, 4), np.float32)
    flat[..., :3] = pixels[..., :3] / 255.0
    image.pixels.foreach_set(flat[::-1].ravel())
    image.pack()
    made = material(name, (1, 1, 1), rough, coat=coat)
    tree = made.node_tree
    node = tree.nodes["Principled BSDF"]
    texture = tree.nodes.new("ShaderNodeTexImage")
    texture.image = image
    texture.extension = "EXTEND"
    tree.links.new(texture.outputs["Color"], node.inputs["Base Color"])
    if glow:
        tree.links.new(texture.outputs["Color"], node.inputs["Emission Color"])
        mask = bpy.data.images.new(name + "-glow", width, height)
        light = np.ones((height, width, 4), np.float32)
        light[..., :3] = pixels[..., 3:4] / 255.0
        mask.pixels.foreach_set(light[::-1].ravel())
        mask.pack()
        lamp = tree.nodes.new("ShaderNodeTexImage")
        lamp.image = mask
        lamp.extension = "EXTEND"
        gain = tree.nodes.new("ShaderNodeMath")
        gain.operation = "MULTIPLY"
        gain.inputs[1].default_value = glow
        tree.links.new(lamp.outputs["Color"], gain.inputs[0])
        tree.links.new(gain.outputs[0], node.inputs["Emission Strength"])
    return made


def build(name, points, faces, materials, parent=None, pick=None, smooth=True, uv=None):
    """A mesh object. `pick` gives each face its material index, `uv` each vertex its place on a picture."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata([tuple(p) for p in points], [], [tuple(f) for f in faces])
    for each in materials:
        mesh.materials.append(each)
    if pick is not None:
        mesh.polygons.foreach_set("material_index", np.asarray(pick, np.int32))
    mesh.polygons.foreach_set("use_smooth", np.full(len(mesh.polygons), smooth))
    if uv is not None:
        layer = mesh.uv_layers.new(name="uv")
        corner = np.empty(len(mesh.loops), np.int32)
        mesh.loops.foreach_get("vertex_index", corner)
        layer.data.foreach_set("uv", np.asarray(uv, np.float32)[corner].ravel())
    mesh.update()
    made = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(made)
    made.parent = parent
    return made


def grid_faces(rows, columns, closed=True):
    """Quads between consecutive rings of `columns` points."""
    faces = []
    for r in range(rows - 1):
        for c in range(columns if closed else columns - 1):
            d = (c + 1) % columns
            faces.append((r * columns + c, r * columns + d, (r + 1) * columns + d, (r + 1) * columns + c))
    return faces


def normals(points, faces):
    """Centre and unit normal of each quad."""
    corners = points[np.asarray(faces)]
    normal = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-12
    return corners.mean(1), normal


def box(name, centre, size, look, parent=None, bevel=0.0, turn=(0, 0, 0)):
    """A box, its edges rounded by `bevel` metres."""
    x, y, z = (s / 2 for s in size)
    points = [(i * x, j * y, k * z) for i in (-1, 1) for j in (-1, 1) for k in (-1, 1)]
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    made = build(name, points, faces, [look], parent, smooth=False)
    made.location = centre
    made.rotation_euler = turn
    if bevel:
        edge = made.modifiers.new("bevel", "BEVEL")
        edge.width = bevel
        edge.segments = 3
    return made


def ball(name, centre, size, look, parent=None, turn=(0, 0, 0), detail=24):
    """An ellipsoid with the given half axes."""
    around, up = detail * 2, detail
    angle = np.linspace(0, 2 * np.pi, around, endpoint=False)
    rise = np.linspace(-np.pi / 2, np.pi / 2, up)
    points = [(np.cos(a) * np.cos(r), np.sin(a) * np.cos(r), np.sin(r)) for r in rise for a in angle]
    made = build(name, np.array(points) * np.array(size), grid_faces(up, around), [look], parent)
    made.location = centre
    made.rotation_euler = turn
    return made


def tube(name, path, radii, look, parent=None, around=16):
    """A tube of changing thickness through the points of `path`, its ends rounded."""
    path = np.asarray(path, float)
    radii = np.broadcast_to(np.asarray(radii, float), (len(path),))
    along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True) + 1e-9
    first, last = along[0] * radii[0], along[-1] * radii[-1]
    path = np.vstack([path[0] - first, path[0] - 0.7 * first, path, path[-1] + 0.7 * last, path[-1] + last])
    radii = np.concatenate([[0.01 * radii[0], 0.7 * radii[0]], radii, [0.7 * radii[-1], 0.01 * radii[-1]]])
    along = np.vstack([along[:1], along[:1], along, along[-1:], along[-1:]])
    points = []
    for centre, radius, way in zip(path, radii, along):
        side = np.cross(way, (0, 0, 1) if abs(way[2]) < 0.9 else (1, 0, 0))
        side /= np.linalg.norm(side)
        up = np.cross(side, way)
        for a in np.linspace(0, 2 * np.pi, around, endpoint=False):
            points.append(centre + radius * (np.cos(a) * side + np.sin(a) * up))
    return build(name, np.array(points), grid_faces(len(path), around), [look], parent)


def ring(name, centre, radius, profile, look, parent=None, around=48):
    """A wheel-like solid turned round the x axis; `profile` lists (x, radius share) from one side to the other."""
    points = [
        (x, radius * r * np.cos(a), radius * r * np.sin(a))
        for x, r in profile
        for a in np.linspace(0, 2 * np.pi, around, endpoint=False)
    ]
    made = build(name, np.array(points), grid_faces(len(profile), around), [look], parent)
    made.location = centre
    return made


def card(name, centre, width, height, look, parent=None, turn=0.0, tilt=0.0):
    """An upright picture that faces -y, turned round z and leaned back by `tilt`."""
    w, h = width / 2, height / 2
    points = [(-w, 0, -h), (w, 0, -h), (w, 0, h), (-w, 0, h)]
    made = build(name, points, [(0, 1, 2, 3)], [look], parent, smooth=False, uv=[(0, 0), (1, 0), (1, 1), (0, 1)])
    made.location = centre
    made.rotation_euler = (tilt, 0, turn)
    return made


def empty(name):
    """A handle to move a whole vehicle by."""
    made = bpy.data.objects.new(name, None)
    bpy.context.scene.collection.objects.link(made)
    return made
