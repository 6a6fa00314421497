"""Check a clip as the product will see it: python verify.py gate --objects picodet.onnx --text rec.onnx

Runs PicoDet-S on every third frame and the PP-OCR recogniser on the true plate corners, and prints for each vehicle how
often its class was found in the near half of its way, how wide its plate grows, and how often its text was exact.
"""

import argparse
import json
import os

import av
import cv2
import numpy as np

import cast
import detect
import plates


def overlap(a, b):
    """Intersection over union of two [x1, y1, x2, y2] boxes."""
    wide = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    high = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    both = wide * high
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both + 1e-9)


def corner(box):
    return [box[0], box[1], box[0] + box[2], box[1] + box[3]]


def straighten(picture, quad, lines):
    """The plate's lines as level pictures, with a little air around."""
    quad = np.array(quad, np.float32)
    low = quad[np.argsort(quad.sum(1))]
    top_left, bottom_right = low[0], low[-1]
    spare = quad[np.argsort(quad[:, 0] - quad[:, 1])]
    bottom_left, top_right = spare[0], spare[-1]
    wide = int(np.linalg.norm(top_right - top_left) * 2)
    high = int(np.linalg.norm(bottom_left - top_left) * 2)
    target = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    turn = cv2.getPerspectiveTransform(np.stack([top_left, top_right, bottom_right, bottom_left]), target)
    flat = cv2.warpPerspective(picture, turn, (wide, high), flags=cv2.INTER_CUBIC)
    return [flat] if lines == 1 else [flat[: high // 2 + 2], flat[high // 2 - 2 :]]


def plain(text):
    return "".join(c for c in text.upper().replace("Đ", "D") if c.isascii() and c.isalnum())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clip")
    parser.add_argument("--objects", required=True)
    parser.add_argument("--text", required=True)
    parser.add_argument("--every", type=int, default=3)
    parser.add_argument("--score", type=float, default=0.45)
    given = parser.parse_args()
    with open(os.path.join(cast.HERE, given.clip + ".json"), encoding="utf-8") as source:
        truth = json.load(source)
    objects, text = detect.Detector(given.objects), detect.Reader(given.text)
    tally = {v["plate"]: {"near": 0, "found": 0, "other": {}, "exact": 0, "tries": 0, "widest": 0, "scores": []} for v in truth["vehicles"]}
    strays = {}
    with av.open(os.path.join(cast.HERE, given.clip + ".mp4")) as source:
        for index, frame in enumerate(source.decode(video=0)):
            picture = frame.to_ndarray(format="bgr24")
            for vehicle in truth["vehicles"]:
                read(vehicle, tally[vehicle["plate"]], index, picture, text)
            if index % given.every:
                continue
            boxes = objects(picture)
            for vehicle in truth["vehicles"]:
                judge(vehicle, tally[vehicle["plate"]], index, boxes, given.score)
            present = [corner(v["boxes"][str(index)]) for v in truth["vehicles"] if str(index) in v["boxes"]]
            for name, score, box in boxes:
                if score >= given.score and not any(overlap(box, p) > 0.1 for p in present):
                    strays[name] = strays.get(name, 0) + 1
    for vehicle in truth["vehicles"]:
        t = tally[vehicle["plate"]]
        share = 100 * t["found"] / max(1, t["near"])
        print(
            f"{vehicle['display']:14} {vehicle['class']:10} {vehicle['direction']:4} near {t['near']:3} found {share:5.1f} % "
            f"mean {np.mean(t['scores'] or [0]):.2f} else {t['other']} plate ≤ {t['widest']:.0f} px, exact {t['exact']}/{t['tries']}"
        )
    print("detections away from every vehicle:", strays)


def read(vehicle, tally, index, picture, text):
    quad = vehicle["plates"].get(str(index))
    if quad is None:
        return
    wide = max(p[0] for p in quad) - min(p[0] for p in quad)
    tally["widest"] = max(tally["widest"], wide)
    if wide < (90 if vehicle["lines"] == 1 else 55):
        return
    tally["tries"] += 1
    got = "".join(text(np.ascontiguousarray(part)) for part in straighten(picture, quad, vehicle["lines"]))
    tally["exact"] += plain(got) == vehicle["plate"]


def judge(vehicle, tally, index, boxes, least):
    whole = vehicle["boxes"].get(str(index))
    if whole is None:
        return
    tall = [b[3] for b in vehicle["boxes"].values()]
    shown = corner(vehicle.get("machine_boxes", vehicle["boxes"]).get(str(index), whole))
    # Near: the taller half of what is seen, while at least most of the vehicle is inside the picture.
    if whole[3] < 0.35 * max(tall) or str(index) not in vehicle["plates"]:
        return
    tally["near"] += 1
    mine = [(s, n) for n, s, b in boxes if overlap(b, shown) > 0.4]
    right = [s for s, n in mine if n == vehicle["class"]]
    if right and max(right) >= least:
        tally["found"] += 1
        tally["scores"].append(max(right))
    for s, n in mine:
        if s >= least and n != vehicle["class"]:
            tally["other"][n] = tally["other"].get(n, 0) + 1


if __name__ == "__main__":
    main()
