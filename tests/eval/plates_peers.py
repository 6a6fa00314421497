"""Peers for plates.py: RapidOCR as it comes, its box cut in two, and the registry recogniser on halves of the true box."""

import re
import sys
import time

PATTERN = re.compile(r"^\d\d[A-Z][A-Z0-9]?\d{4,5}$|^[A-Z]{2}\d{4}$|^\d\d\d{3}(NG|QT|CV|NN)\d{2,3}$|^\d\d(LD|DA|RM|MK|HC|KT|CD|TD|MD\d)\d{4,5}$")


def plain(text):
    return re.sub(r"[^A-Z0-9]", "", text.upper().replace("Đ", "D"))


def bounds(points):
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return [min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)]


def joined(texts):
    """Of found lines (box, text, score): the text that looks like a plate, alone or as two stacked lines."""
    texts = sorted(texts, key=lambda t: t[0][1])
    ways = [([a], a[1], a[2], a[0]) for a in texts]
    for i, a in enumerate(texts):
        for b in texts[i + 1:]:
            x, y = min(a[0][0], b[0][0]), min(a[0][1], b[0][1])
            box = [x, y, max(a[0][0] + a[0][2], b[0][0] + b[0][2]) - x, max(a[0][1] + a[0][3], b[0][1] + b[0][3]) - y]
            ways.append(([a, b], a[1] + b[1], min(a[2], b[2]), box))
    ways = [(plain(t), s, box) for _, t, s, box in ways]
    good = [w for w in ways if PATTERN.match(w[0])]
    return max(good or ways or [(None, 0.0, None)], key=lambda w: w[1])


def found(ocr, image):
    out = ocr(image, use_det=True, use_cls=False, use_rec=True)
    if out.boxes is None or out.txts is None:
        return []
    return [(bounds(b), t, float(s)) for b, t, s in zip(out.boxes, out.txts, out.scores)]


def recognised(ocr, image):
    out = ocr(image, use_det=False, use_cls=False, use_rec=True)
    return (out.txts[0], float(out.scores[0])) if out.txts else ("", 0.0)


def halves(ocr, image, box, two):
    x, y, w, h = (int(v) for v in box)
    part = image[max(y, 0):y + h, max(x, 0):x + w]
    if part.size == 0:
        return None, 0.0, None
    rows = part.shape[0]
    cuts = [part[:int(rows * .53)], part[int(rows * .47):]] if two else [part]
    reads = [recognised(ocr, c) for c in cuts]
    return plain("".join(t for t, _ in reads)), min(s for _, s in reads), box


def box_in_two(ocr, image):
    """The largest text-like area that may be a plate, read as two halves."""
    texts = [t for t in found(ocr, image) if t[0][2] * t[0][3] > 0]
    text, score, box = joined(texts)
    if box is None:
        return None, 0.0, None
    return halves(ocr, image, box, box[2] / max(box[3], 1) < 2.6)


def peers(wanted, row):
    """Prints a line per peer; says so when they are not installed."""
    try:
        import cv2
        from rapidocr import ModelType, OCRVersion, RapidOCR
    except ImportError as missing:
        print(f"peers are not measured: {missing}", file=sys.stderr)
        return
    cv2.setNumThreads(1)
    quiet = {"Global.log_level": "error", "EngineConfig.onnxruntime.intra_op_num_threads": 1, "EngineConfig.onnxruntime.inter_op_num_threads": 1}
    ocr = RapidOCR(params=quiet)
    v6 = ocr
    try:
        v6 = RapidOCR(params={**quiet, "Rec.ocr_version": OCRVersion.PPOCRV6, "Rec.model_type": ModelType.SMALL})
        name = "PP-OCRv6 small on the true box"
    except Exception as e:  # its choice of models differs between versions
        name = "RapidOCR's recogniser on the true box"
        print(f"rapidocr without PP-OCRv6 small: {e}", file=sys.stderr)
    ways = [("RapidOCR as it comes", lambda i, b: joined(found(ocr, i))), ("RapidOCR, its box cut in two", lambda i, b: box_in_two(ocr, i)),
            (f"{name}, cut, plate pattern", lambda i, b: by_pattern(v6, i, b))]
    for name, way in ways:
        answers, used = [], 0.0
        for file, _, box in wanted:
            image = cv2.imread(str(file))
            begun = time.process_time()
            answers.append(way(image, box))
            used += time.process_time() - begun
        row(name, wanted, answers, 1000 * used / len(wanted))


def by_pattern(ocr, image, box):
    """What the pattern does not accept is no answer."""
    whole = [0, 0, image.shape[1], image.shape[0]]
    box = box or whole
    text, score, box = halves(ocr, image, box, box[2] / box[3] < 2.6)
    return (text, score, box) if text and PATTERN.match(text) else (None, 0.0, box)
