#!/usr/bin/env python3
"""Reads rendered identity cards with `edge-agent cards` and with other readers, and prints who read how many.

    tests/eval/cards.py --binary target/debug/edge-agent [--data FOLDER] [--each 40] [--keep FOLDER]

All people are invented. Frames are 640 x 480 JPEGs with the QR code of a card in one difficulty each. Peers that are not
installed (opencv-python-headless, zxing-cpp, pyzbar; segno draws the codes) are named as absent. Times are CPU milliseconds
per frame on one thread, opening the file included. DATA is not used: there are no labelled pictures of real cards.
"""
import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
import cv2
import numpy as np
import segno

cv2.setNumThreads(1)
W, H = 640, 480
FAMILY = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô"]
GIVEN = ["Văn Mẫu", "Thị Thử", "Hữu Nghĩa", "Ngọc Ánh", "Quốc Bảo", "Thùy Dương", "Minh Khuê", "Đức Thắng"]
PLACES = [("037", "Ninh Bình"), ("001", "Hà Nội"), ("079", "TP. Hồ Chí Minh"), ("048", "Đà Nẵng"), ("031", "Hải Phòng")]
# Name: pixels per module (least, most), tilt (1 = strong), blur in modules, contrast, noise, glare
KINDS = {
    "clear": dict(px=(3.0, 5.5)),
    "small": dict(px=(1.7, 2.5)),
    "tilted": dict(px=(3.0, 5.0), tilt=1.0),
    "blurred": dict(px=(2.5, 4.5), blur=(0.35, 0.75)),
    "dark, noisy": dict(px=(2.5, 4.5), contrast=(0.12, 0.3), noise=9),
    "glare": dict(px=(3.0, 5.0), glare=True, tilt=0.3),
    "mixed": dict(px=(2.2, 4.0), tilt=0.6, blur=(0.1, 0.45), contrast=(0.35, 0.9), noise=5),
}


def person(rng):
    code, place = rng.choice(PLACES)
    year, male = rng.randint(1950, 2008), rng.random() < 0.5
    g = (0 if year < 2000 else 2) + (0 if male else 1)
    number = f"{code}{g}{year % 100:02d}{rng.randint(0, 999999):06d}"
    old = f"{rng.randint(100000000, 399999999)}" if rng.random() < 0.6 else ""
    born = f"{rng.randint(1, 28):02d}{rng.randint(1, 12):02d}{year}"
    where = f"Số {rng.randint(1, 300)}, Tổ {rng.randint(1, 20)}, Phường Thử Nghiệm, {place}"
    name = f"{rng.choice(FAMILY)} {rng.choice(GIVEN)}"
    issued = f"{rng.randint(1, 28):02d}{rng.randint(1, 12):02d}{rng.randint(2021, 2024)}"
    return "|".join([number, old, name, born, "Nam" if male else "Nữ", where, issued])


def card(text, rng, scale):
    """A card with the code at its upper right; `scale` pixels per module. Returns the picture and the code's centre."""
    code = np.array([list(r) for r in segno.make(text, error="m", boost_error=False, micro=False).matrix], np.uint8)
    n = code.shape[0]
    light, dark = rng.randint(205, 245), rng.randint(20, 70)
    unit = 8  # drawn large, scaled down by the warp
    side = n * unit
    width, height = int(side * 3.6), int(side * 2.3)
    pic = np.full((height, width), light - 12, np.uint8)
    for _ in range(9):  # the printed lines of text
        y = rng.randint(int(height * .45), int(height * .95))
        x = int(width * .35)
        for _ in range(14):
            w = rng.randint(unit * 2, unit * 9)
            cv2.rectangle(pic, (x, y), (x + w, y + unit * 2), dark + 30, -1)
            x += w + unit * 2
    cv2.ellipse(pic, (int(width * .15), int(height * .65)), (int(width * .1), int(height * .25)), 0, 0, 360, 120, -1)
    x0, y0 = width - side - unit * 5, unit * 5
    cv2.rectangle(pic, (x0 - 4 * unit, y0 - 4 * unit), (x0 + side + 4 * unit, y0 + side + 4 * unit), light, -1)
    pic[y0:y0 + side, x0:x0 + side] = np.kron(np.where(code, dark, light).astype(np.uint8), np.ones((unit, unit), np.uint8))
    return pic, (x0 + side / 2, y0 + side / 2), scale / unit, n


def frame(text, kind, rng, nrng):
    k = KINDS[kind]
    px = rng.uniform(*k["px"])
    pic, centre, zoom, n = card(text, rng, px)
    tilt = k.get("tilt", 0)
    angle = np.deg2rad(rng.uniform(-180, 180) if tilt >= 1 else rng.uniform(-12, 12))
    half = n * px / 2 + 5 * px
    tx = rng.uniform(min(half, W / 2), max(W - half, W / 2))
    ty = rng.uniform(min(half, H / 2), max(H - half, H / 2))
    c, s = np.cos(angle) * zoom, np.sin(angle) * zoom
    m = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) @ np.array([[1, 0, -centre[0]], [0, 1, -centre[1]], [0, 0, 1]])
    p = np.array([[1, 0, 0], [0, 1, 0], [rng.uniform(-1, 1) * tilt * 0.0011, rng.uniform(-1, 1) * tilt * 0.0011, 1]])
    squeeze = np.diag([1 - 0.3 * tilt * rng.random(), 1 - 0.3 * tilt * rng.random(), 1])
    m = np.array([[1, 0, tx], [0, 1, ty], [0, 0, 1]]) @ p @ squeeze @ m
    back = cv2.resize(nrng.integers(60, 170, (6, 8)).astype(np.uint8), (W * 2, H * 2), interpolation=cv2.INTER_CUBIC)
    big = np.diag([2, 2, 1]) @ m  # twice as large, then halved: no aliasing
    warped = cv2.warpPerspective(pic, big, (W * 2, H * 2), flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full_like(pic, 255), big, (W * 2, H * 2))
    out = cv2.resize(np.where(mask > 127, warped, back), (W, H), interpolation=cv2.INTER_AREA).astype(np.float32)
    if "blur" in k:
        sigma = rng.uniform(*k["blur"]) * px
        out = cv2.GaussianBlur(out, (0, 0), sigma)
    if "contrast" in k:
        out = 40 + (out - 60) * rng.uniform(*k["contrast"])
    if k.get("glare"):
        yy, xx = np.mgrid[0:H, 0:W]
        r = n * px * rng.uniform(0.1, 0.3)
        gx, gy = tx + rng.uniform(-.4, .4) * n * px, ty + rng.uniform(-.4, .4) * n * px
        out += 190 * np.exp(-(((xx - gx) / r) ** 2 + ((yy - gy) / (r * rng.uniform(.5, 1.5))) ** 2))
    out += nrng.normal(0, k.get("noise", 2), out.shape)
    return np.clip(out, 0, 255).astype(np.uint8)


def peers():
    """Name -> function of a file that returns the texts in it; None when not installed."""
    found = {}
    detector = cv2.QRCodeDetector()

    def with_cv(path):
        return [t for t in detector.detectAndDecodeMulti(cv2.imread(path, cv2.IMREAD_GRAYSCALE))[1] or [] if t]

    found[f"OpenCV {cv2.__version__}"] = with_cv
    try:
        import zxingcpp
        found["zxing-cpp"] = lambda p: [b.text for b in zxingcpp.read_barcodes(
            cv2.imread(p, cv2.IMREAD_GRAYSCALE), formats=zxingcpp.BarcodeFormat.QRCode)]
    except ImportError:
        found["zxing-cpp"] = None
    try:
        from pyzbar import pyzbar
        pyzbar.decode(np.zeros((8, 8), np.uint8))
        # It takes UTF-8 for Shift JIS and the like; what it says is put back when that is possible.
        def with_zbar(p):
            texts = [c.data.decode("utf-8", "replace") for c in pyzbar.decode(
                cv2.imread(p, cv2.IMREAD_GRAYSCALE), symbols=[pyzbar.ZBarSymbol.QRCODE])]
            return texts
        found["zbar (pyzbar)"] = with_zbar
    except Exception:
        found["zbar (pyzbar)"] = None
    return found


def number_of(texts):
    return next((t.split("|")[0][-12:] for t in texts if t.count("|") >= 5), None)


def ours(binary, files):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run([binary, "cards", "--json", "--show-personal", *files], capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000 / len(files)
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    if len(lines) != len(files):
        sys.exit(f"cards: {binary} gave {len(lines)} lines for {len(files)} files: {run.stderr[-300:]}")
    return [line["cards"][0]["number"] if line.get("cards") else None for line in lines], cpu


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("--binary", required=True)
    ask.add_argument("--data")
    ask.add_argument("--each", type=int, default=40)
    ask.add_argument("--keep")
    args = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = args.keep or folder
        os.makedirs(folder, exist_ok=True)
        rng, nrng = random.Random(20261121), np.random.default_rng(20261121)
        sets = {}
        for kind in KINDS:
            for i in range(args.each):
                text = person(rng)
                path = os.path.join(folder, f"{kind.replace(', ', '-')}-{i:03d}.jpg")
                cv2.imwrite(path, frame(text, kind, rng, nrng), [cv2.IMWRITE_JPEG_QUALITY, 90])
                sets.setdefault(kind, []).append((path, text.split("|")[0]))
        print(f"rendered {sum(map(len, sets.values()))} frames", file=sys.stderr)
        table, absent = {}, []
        table["edge-agent cards"] = {}
        for kind, rows in sets.items():
            got, cpu = ours(args.binary, [p for p, _ in rows])
            table["edge-agent cards"][kind] = (sum(g == w for g, (_, w) in zip(got, rows)),
                                               sum(g is not None and g != w for g, (_, w) in zip(got, rows)), cpu)
        for name, read in peers().items():
            if read is None:
                absent.append(name)
                continue
            table[name] = {}
            for kind, rows in sets.items():
                start = time.process_time()
                got = [number_of(read(p)) for p, _ in rows]
                cpu = (time.process_time() - start) * 1000 / len(rows)
                table[name][kind] = (sum(g == w for g, (_, w) in zip(got, rows)),
                                     sum(g is not None and g != w for g, (_, w) in zip(got, rows)), cpu)
    print("Rendered cards of invented people, 640 x 480, "
          f"{args.each} frames a column: read right, % (CPU ms per frame, file opening included).\n")
    print("| reader | " + " | ".join(KINDS) + " | all | wrong | ms |")
    print("|---|" + "---|" * (len(KINDS) + 3))
    for name, row in table.items():
        right = sum(r for r, _, _ in row.values())
        wrong = sum(w for _, w, _ in row.values())
        mean = sum(ms for _, _, ms in row.values()) / len(row)
        cells = [f"{100 * r / args.each:.0f} ({ms:.0f})" for r, _, ms in row.values()]
        print(f"| {name} | " + " | ".join(cells) + f" | {100 * right / (args.each * len(KINDS)):.1f} | {wrong} | {mean:.1f} |")
    if absent:
        print("\nNot installed: " + ", ".join(absent) + ".")


main()
