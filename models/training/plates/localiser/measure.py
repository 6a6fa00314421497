"""Measures an exported localiser on real pictures: python measure.py MODEL.onnx DATA [--draw FOLDER] [--threshold 0.3]

Recall at IoU 0.5 on full frames with labelled boxes (plates-two-line), crops that are nothing but a plate
(plates-one-line), boxes found on street frames (redlight valid, junction), and the time of one run.
"""

import argparse
import csv
import glob
import os
import time

import cv2
import numpy as np
import onnxruntime

GREY = 114


class Model:
    def __init__(self, path):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(path, options)

    def find(self, picture, side, threshold=0.3, border=0):
        """Plates of an RGB picture scaled to `side` on its longer side: (score, corners 4×2, two, colour, hidden)."""
        scale = side / max(picture.shape[:2])
        h, w = (max(8, round(s * scale)) for s in picture.shape[:2])
        small = cv2.resize(picture, (w, h), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR) if (h, w) != picture.shape[:2] else picture
        canvas = np.full((-(-(h + 2 * border) // 32) * 32, -(-(w + 2 * border) // 32) * 32, 3), GREY, np.uint8)
        canvas[border:border + h, border:border + w] = small
        x = np.ascontiguousarray(canvas.transpose(2, 0, 1)[None].astype(np.float32) / 255)
        start = time.perf_counter()
        y = self.session.run(None, {"image": x})[0][0]
        self.ms = 1000 * (time.perf_counter() - start)
        heat = y[0]
        peak = (heat >= threshold) & (heat == cv2.dilate(heat, np.ones((3, 3))))
        found = []
        for r, c in sorted(zip(*np.nonzero(peak)), key=lambda p: -heat[p]):
            quad = y[1:9, r, c].reshape(4, 2) + [c * 4 + 2, r * 4 + 2] - border
            if all(overlap(quad, f[1]) < 0.3 for f in found):
                found.append((float(heat[r, c]), quad, y[9, r, c], y[10:14, r, c], y[14, r, c]))
        return [(s, q / scale, a, b, h) for s, q, a, b, h in found]


def overlap(a, b):
    return iou(bounds(a), bounds(b), least=True)


def bounds(q):
    low, high = q.min(0), q.max(0)
    return low[0], low[1], high[0] - low[0], high[1] - low[1]


def iou(a, b, least=False):
    w, h = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0]), min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    common = max(w, 0) * max(h, 0)
    return common / max(1e-9, min(a[2] * a[3], b[2] * b[3]) if least else a[2] * a[3] + b[2] * b[3] - common)


def load(path):
    return cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB)


def draw(picture, found, path):
    out = picture[..., ::-1].copy()
    for score, quad, two, _, hidden in found:
        cv2.polylines(out, [np.int32(np.round(quad * 16))], True, (0, 255, 0) if hidden < 0.5 else (255, 0, 255), 1, cv2.LINE_AA, 4)
        cv2.putText(out, f"{score:.2f} {'2' if two > .5 else '1'}", tuple(map(int, quad[0] - [0, 3])), cv2.FONT_HERSHEY_PLAIN, 0.8, (0, 0, 255))
    return out


def main():
    arg = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arg.add_argument("model")
    arg.add_argument("data")
    arg.add_argument("--threshold", type=float, default=0.3)
    arg.add_argument("--draw")
    arg.add_argument("--limit", type=int)
    args = arg.parse_args()
    model = Model(args.model)
    rows = list(csv.DictReader(open(os.path.join(args.data, "plates-two-line", "labels.tsv")), delimiter="\t"))[:args.limit]
    for side in (480, 320):
        hit, extra, quality, two, scores, ms, white = 0, 0, [], 0, [], [], 0
        for row in rows:
            picture = load(os.path.join(args.data, "plates-two-line", row["file"]))
            found = model.find(picture, side, args.threshold)
            ms.append(model.ms)
            box = [int(row[k]) for k in "xywh"]
            best = max(found, key=lambda f: iou(bounds(f[1]), box), default=None)
            q = iou(bounds(best[1]), box) if best else 0
            hit += q >= 0.5
            extra += len(found) - (q >= 0.5)
            if q >= 0.5:
                quality.append(q)
                scores.append(best[0])
                two += best[2] > 0.5
                white += best[3].argmax() == 0
            elif args.draw:
                cv2.imwrite(os.path.join(args.draw, f"missed-{side}-{os.path.basename(row['file'])}.png"), draw(picture, found, None))
        n = len(rows)
        print(f"two-line side {side}: recall {100 * hit / n:.2f} %, others {extra}, mean IoU {np.mean(quality):.3f} p5 {np.percentile(quality or [0], 5):.3f}, "
              f"two lines {100 * two / max(hit, 1):.1f} %, white {100 * white / max(hit, 1):.1f} %, score p1 p5 p50 {np.percentile(scores or [0], [1, 5, 50]).round(3)}, ms {np.median(ms):.1f}")
    paths = sorted(glob.glob(os.path.join(args.data, "plates-one-line", "images", "*")))[:args.limit]
    for side, border in ((224, 16), (224, 0)):
        hit, one, scores, extra, white = 0, 0, [], 0, 0
        for path in paths:
            picture = load(path)
            found = model.find(picture, side, args.threshold, border)
            whole = (0, 0, picture.shape[1], picture.shape[0])
            best = max(found, key=lambda f: iou(bounds(f[1]), whole), default=None)
            good = bool(best) and iou(bounds(best[1]), whole) >= 0.5
            hit += good
            extra += len(found) - good
            if good:
                scores.append(best[0])
                one += best[2] < 0.5
                white += best[3].argmax() == 0
        print(f"one-line crops, side {side} border {border}: {100 * hit / len(paths):.1f} %, others {extra}, one line {100 * one / max(hit, 1):.1f} %, white {100 * white / max(hit, 1):.1f} %, score p1 p5 {np.percentile(scores or [0], [1, 5]).round(3)}")
    for name, pattern in (("redlight valid", "redlight/valid/images/*"), ("junction", "junction/**/*.jpg")):
        paths = sorted(glob.glob(os.path.join(args.data, pattern), recursive=True))[:150]
        counts, drawn = [], 0
        for path in paths:
            picture = load(path)
            found = model.find(picture, min(640, max(picture.shape[:2])), args.threshold)
            counts.append(len(found))
            if args.draw and found and drawn < 40:
                drawn += 1
                cv2.imwrite(os.path.join(args.draw, f"{name.split()[0]}-{os.path.basename(path)}.png"), draw(picture, found, None))
        if paths:
            print(f"{name}: {len(paths)} frames, {np.mean(counts):.2f} boxes per frame, ms {model.ms:.1f}")


if __name__ == "__main__":
    main()
