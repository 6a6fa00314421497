#!/usr/bin/env python3
"""A contact sheet of rendered plates, to look at: sheet.py OUT.png [SEED] [clean|soiled|seen]"""

import pathlib
import sys

import cv2
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from render import camera, render_plate, soil  # noqa: E402


def main():
    rng = np.random.default_rng(int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    mode = sys.argv[3] if len(sys.argv) > 3 else "seen"
    tiles = []
    while len(tiles) < 70:
        plate = render_plate(rng)
        image = plate.image if mode == "clean" else soil(rng, plate.image)
        if mode == "seen":
            width = int(rng.uniform(60, 130) * (1.9 if plate.size == "long" else 1))
            small = cv2.resize(image, (width, image.shape[0] * width // image.shape[1]), interpolation=cv2.INTER_AREA)
            image = camera(rng, small)
        size = (230, 54) if plate.size == "long" else (200, 110) if plate.size == "short" else (150, 110)
        tile = np.zeros((114, 234, 3), np.uint8)
        tile[:size[1], :size[0]] = cv2.resize(image, size)
        tiles.append(tile)
    rows = [np.hstack(tiles[i:i + 7]) for i in range(0, 70, 7)]
    cv2.imwrite(sys.argv[1], np.vstack(rows)[..., ::-1])


if __name__ == "__main__":
    main()
