#!/usr/bin/env python3
"""Writes the small invented set of tests/eval: invented.py OUT_FOLDER [--plates 36] [--seed 5]

Rendered plates on rendered vehicles: shapes of one colour with lamps and a bumper, no picture of anything real. Files
are JPEG of 480 x 320, with labels.tsv as the real sets have (file x y w h plate status).
"""

import argparse
import pathlib

import cv2
import numpy as np
from render import camera, render_plate, soil
from render.plate import noise

WIDTH, HEIGHT = 480, 320
KINDS = ["civil", "civil", "civil", "business", "business", "state", "civil_moto_old", "civil_moto_old", "civil_moto_old", "civil_moto_new",
         "civil_moto_new", "e_moto", "special"]


def scene(rng):
    """A road and something on it."""
    n = noise(rng, (HEIGHT, WIDTH), 6)[..., None]
    image = np.clip(rng.uniform(60, 160, 3) + (n - .5) * 90, 0, 255).astype(np.uint8)
    body = rng.uniform(0, 255, 3).tolist()
    x0, x1 = int(rng.uniform(40, 120)), int(rng.uniform(360, 440))
    cv2.rectangle(image, (x0, int(rng.uniform(10, 60))), (x1, 300), body, -1)
    cv2.rectangle(image, (x0, 250), (x1, 310), [c * .4 for c in body], -1)
    for x in (x0 + 25, x1 - 25):
        cv2.ellipse(image, (x, 150), (18, 28), 0, 0, 360, (200, 30, 30), -1, cv2.LINE_AA)
    return image


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--plates", type=int, default=36)
    parser.add_argument("--seed", type=int, default=5)
    args = parser.parse_args()
    rng = np.random.default_rng(args.seed)
    (args.out / "images").mkdir(parents=True, exist_ok=True)
    rows = ["file\tx\ty\tw\th\tplate\tstatus"]
    for i in range(args.plates):
        plate = render_plate(rng, kind=KINDS[i % len(KINDS)])
        worn = soil(rng, plate.image, .25)
        h, w = worn.shape[:2]
        width = rng.uniform(75, 110) * (1.7 if plate.size == "long" else 1.0)
        height = width * h / w
        cx, cy, a = rng.uniform(190, 290), rng.uniform(150, 260), rng.normal(0, .05)
        turn = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
        quad = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [width / 2, height / 2] @ turn + [cx, cy]
        quad += rng.normal(0, .02, (4, 2)) * height
        image = scene(rng)
        small = cv2.resize(worn, (int(width * 1.3), int(height * 1.3)), interpolation=cv2.INTER_AREA)
        sh, sw = small.shape[:2]
        m = cv2.getPerspectiveTransform(np.float32([[0, 0], [sw, 0], [sw, sh], [0, sh]]), quad.astype(np.float32))
        cv2.warpPerspective(small, m, (WIDTH, HEIGHT), image, cv2.INTER_LINEAR, cv2.BORDER_TRANSPARENT)
        image = camera(rng, image, .35)
        name = f"images/{i:03}.jpg"
        cv2.imwrite(str(args.out / name), image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 80])
        (x, y), (x1, y1) = np.floor(quad.min(0)).astype(int), np.ceil(quad.max(0)).astype(int)
        rows.append(f"{name}\t{x}\t{y}\t{x1 - x}\t{y1 - y}\t{plate.text}\tinvented")
    (args.out / "labels.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
