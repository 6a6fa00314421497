"""Rendered Vietnamese licence plates: training material without anybody's data.

    from render import render_plate, soil, camera, degrade

    plate = render_plate(rng)          # rng: numpy.random.Generator; kind=None draws one by frequency
    plate.image                        # uint8 RGB, 1.5 px per millimetre, the plate and nothing else
    plate.text, plate.lines, plate.kind, plate.colour, plate.char_boxes

`soil` ages a plate (dirt, scratches, shadow, glare), `camera` is what optics, sensor and coding do to a picture, and
`degrade` is one after the other. All take and give uint8 RGB.
"""

from .camera import camera
from .plate import Plate, render_plate
from .surface import soil
from .texts import KINDS, Text, draw


def degrade(rng, image, strength=1.0):
    """`soil`, then `camera`."""
    return camera(rng, soil(rng, image, strength), strength)


__all__ = ["KINDS", "Plate", "Text", "camera", "degrade", "draw", "render_plate", "soil"]
