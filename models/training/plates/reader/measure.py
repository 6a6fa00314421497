#!/usr/bin/env python3
"""Reads real pictures with the labelled boxes: measure.py WEIGHTS DATA [--half 0|1] [--list SHEET.png]

Two-line plates are cut by the upright box of their label, one-line pictures are the plate. Only for measuring: nothing is
ever trained on these pictures. --half takes every other picture, so that the other half stays unseen while one looks.
"""

import argparse
import csv
import pathlib

import cv2
import numpy as np
import torch
from model import Reader
from samples import ALPHABET, BOTTOM_START, ONE_LINE_WIDTH, TOP_END, TWO_LINE_WIDTH, _cut
from shapes import BOTTOM, TOP, WHOLE, odds, shaped


def cuts(grey, box, lines):
    x, y, w, h = box
    corners = np.float64([[x, y], [x + w, y], [x + w, y + h], [x, y + h]])
    bands = [(0, 1)] if lines == 1 else [(0, TOP_END), (BOTTOM_START, 1)]
    return np.stack([_cut(grey, corners, b, ONE_LINE_WIDTH if lines == 1 else TWO_LINE_WIDTH)[0] for b in bands])


def read(model, images):
    """Text, and the probability that the program would give it before calibration."""
    with torch.no_grad():
        lines = model(torch.from_numpy(images).float()[:, None] / 255).exp().double().numpy()
    shapes = [WHOLE] if len(lines) == 1 else [TOP, BOTTOM]
    texts = [shaped(steps, s) for steps, s in zip(lines, shapes)]
    _, o = odds(lines, texts)
    return "".join(ALPHABET[c] for t in texts for c in t), 1 / (1 + np.exp(-o))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights")
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--half", type=int)
    parser.add_argument("--list", help="a picture of what was read wrongly")
    args = parser.parse_args()
    torch.set_num_threads(1)
    model = Reader()
    model.load_state_dict(torch.load(args.weights, weights_only=True, map_location="cpu"))
    model.eval()
    wrong = []
    for lines, name in ((2, "plates-two-line"), (1, "plates-one-line")):
        with open(args.data / name / "labels.tsv", encoding="utf-8", newline="") as file:
            rows = [r for r in csv.DictReader(file, delimiter="\t") if r.get("status") != "unclear"]
        rows = [r for i, r in enumerate(rows) if args.half is None or i % 2 == args.half]
        right, sure, sure_wrong = 0, 0, 0
        for row in rows:
            grey = cv2.cvtColor(cv2.imread(str(args.data / name / row["file"])), cv2.COLOR_BGR2GRAY)
            box = [int(row[k]) for k in "xywh"] if lines == 2 else [0, 0, grey.shape[1], grey.shape[0]]
            images = cuts(grey, box, lines)
            text, low = read(model, images)
            right += text == row["plate"]
            sure += low >= .9
            sure_wrong += low >= .9 and text != row["plate"]
            if text != row["plate"]:
                wrong.append((images, row["plate"], text, low))
        print(f"{name}: {len(rows)} pictures, exact {100 * right / len(rows):.2f} %, probability >= 0.9: {sure}, of these wrong {sure_wrong}")
    if args.list and wrong:
        cv2.imwrite(args.list, sheet(wrong))


def sheet(wrong):
    tiles = []
    for images, plate, text, low in wrong[:96]:
        tile = np.zeros((150, 208, 3), np.uint8)
        for i, image in enumerate(images):
            tile[i * 64:i * 64 + 62, :192] = cv2.cvtColor(cv2.resize(image, (192, 62)), cv2.COLOR_GRAY2BGR)
        for y, t, c in ((130, plate, (0, 255, 0)), (147, f"{text} {low:.2f}", (0, 160, 255))):
            cv2.putText(tile, t, (2, y), 0, .5, c, 1, cv2.LINE_AA)
        tiles.append(tile)
    while len(tiles) % 8:
        tiles.append(np.zeros_like(tiles[0]))
    return np.vstack([np.hstack(tiles[i:i + 8]) for i in range(0, len(tiles), 8)])


if __name__ == "__main__":
    main()
