"""Render the views that the clips are made of: python render.py scenery|keys gate|junction [plate…]"""

import math
import os
import sys

import cars
import cast
import riders
import studio
import trucks
import world

CACHE = os.environ.get("CLIP_CACHE", os.path.join(cast.HERE, "..", "..", ".cache", "clips"))


def builder(record, shape, look, view="front"):
    """The function that models one vehicle."""
    if shape == "truck":
        return lambda handle: trucks.build(handle, record, view)
    if shape == "rider":
        return lambda handle: riders.build(handle, record, look)
    return lambda handle: cars.build(handle, record, shape, look, view)


def gate(only):
    """Every vehicle of the gate clip."""
    known = cast.records()
    for plate, shape, look, lane, direction, *_ in cast.GATE_CAST:
        if only and plate not in only:
            continue
        heading = math.pi if direction == "out" else 0.0
        poses = cast.key_poses(lane, shape, direction)
        studio.shoot(cast.GATE, builder(known[plate], shape, look), heading, poses, os.path.join(CACHE, "gate", plate))
        print("done", plate, flush=True)


def junction(only):
    """Every vehicle of the junction clip: away from the camera, or from left to right."""
    known = cast.records()
    for cast_list, heading, poses in (
        (cast.JUNCTION_CAST, math.pi, cast.junction_poses),
        (cast.CROSSING_CAST, math.pi / 2, cast.crossing_poses),
    ):
        for plate, shape, look, lane, *_ in cast_list:
            if only and plate not in only:
                continue
            folder = os.path.join(CACHE, "junction", plate)
            studio.shoot(cast.JUNCTION, builder(known[plate], shape, look, "rear"), heading, poses(lane), folder)
            print("done", plate, flush=True)


def main(arguments):
    os.makedirs(CACHE, exist_ok=True)
    what, clip, *only = arguments
    view, arrange, keys = {"gate": (cast.GATE, world.gate, gate), "junction": (cast.JUNCTION, world.junction, junction)}[clip]
    if what == "scenery":
        studio.scenery(view, arrange, os.path.join(CACHE, clip + ".png"))
    else:
        keys(only)


if __name__ == "__main__":
    main(sys.argv[1:])
