"""Flat pictures to be pasted: plates, and things that are no plates (signs, stickers, grilles, posters)."""

import glob
import os
import random
import string

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from scenery import colour

WHITE, YELLOW, BLUE, RED = range(4)
LETTERS = "ABCDEFGHKLMNPSTUVXYZ"
WORDS = (
    "CƠM PHỞ BÁNH MÌ CÀ PHÊ SỬA XE RỬA XE HONDA CENTER NHÀ THUỐC CẤM ĐỖ XE KHÁCH SẠN SALE OFF BÁN NHÀ CHO THUÊ MOBILE SHOP "
    "TẠP HÓA GARAGE HÀNG HOTLINE VIETNAM YAMAHA VISION AIR BLADE WAVE DREAM LEAD TAXI MAI LINH VINASUN GRAB STOP TRƯỜNG HỌC"
).split()


def fonts():
    """Fonts that come with the system and with matplotlib."""
    import matplotlib
    inside = os.path.join(os.path.dirname(matplotlib.__file__), "mpl-data", "fonts", "ttf", "DejaVu*.ttf")
    return sorted(glob.glob("/usr/share/fonts/truetype/**/*.ttf", recursive=True) + glob.glob(inside))


FONTS = [f for f in fonts() if not any(w in f for w in ("Math", "Display", "Emoji", "Noto"))]


def text_block(rng, lines, width, height, ink, paper, font=None, fill=0.86):
    """`lines` of text, each stretched to its band of a `width`×`height` rectangle."""
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = paper
    font = ImageFont.truetype(font or rng.choice(FONTS), 48)
    band = height / len(lines)
    for i, line in enumerate(lines):
        box = font.getbbox(line)
        mask = Image.new("L", (max(2, box[2] - box[0]), max(2, box[3] - box[1])), 0)
        ImageDraw.Draw(mask).text((-box[0], -box[1]), line, 255, font)
        w, h = int(width * fill * rng.uniform(0.92, 1.04)), int(band * fill * rng.uniform(0.8, 0.95))
        w, h = min(w, width - 2), min(h, int(band))
        mask = cv2.resize(np.asarray(mask), (max(w, 2), max(h, 2)), interpolation=cv2.INTER_AREA).astype(np.float32)[..., None] / 255
        x, y = (width - mask.shape[1]) // 2, int(i * band + (band - mask.shape[0]) / 2)
        area = picture[y:y + mask.shape[0], x:x + mask.shape[1]]
        area[:] = (area * (1 - mask[:area.shape[0]]) + np.array(ink) * mask[:area.shape[0]]).astype(np.uint8)
    return picture


CONDENSED = [f for f in FONTS if "Condensed-Bold" in f or "Sans-Bold" in f or f.endswith("SansCondensed.ttf")] or FONTS


def plain_plate(rng):
    """A plate without exact letter shapes: (picture, two lines?, colour class). Used beside the exact renderer."""
    kind = rng.choices([WHITE, YELLOW, BLUE, RED], [0.62, 0.16, 0.12, 0.1])[0]
    paper = {WHITE: (238, 238, 236), YELLOW: (240, 190, 40), BLUE: (30, 70, 170), RED: (190, 25, 35)}[kind]
    paper = tuple(int(min(255, max(0, v + rng.randint(-14, 14)))) for v in paper)
    ink = (15, 15, 18) if kind in (WHITE, YELLOW) else (240, 240, 240)
    digits = lambda n: "".join(rng.choice(string.digits) for _ in range(n))
    tail = digits(3) + "." + digits(2) if rng.random() < 0.75 else digits(4)
    head = digits(2)
    series = rng.choice(LETTERS)
    two = rng.random() < 0.62
    if two:
        motorcycle = rng.random() < 0.75
        first = head + "-" + series + (rng.choice("123456789") if rng.random() < 0.7 else rng.choice(LETTERS)) if motorcycle else head + series
        size, lines = ((190, 140) if motorcycle else (330, 165)), [first, tail]
    else:
        size, lines = (520, 110), [head + series + "-" + tail]
    scale = rng.uniform(0.55, 1.0) if size[0] > 200 else rng.uniform(1.0, 1.4)
    width, height = int(size[0] * scale), int(size[1] * scale)
    picture = text_block(rng, lines, width, height, ink, paper, rng.choice(CONDENSED))
    if rng.random() < 0.7:
        inset = rng.randint(1, 4)
        cv2.rectangle(picture, (inset, inset), (width - 1 - inset, height - 1 - inset), ink if rng.random() < 0.7 else colour(rng), rng.randint(1, 3))
    if rng.random() < 0.5:
        for x, y in ((0.5, 0.08), (0.5, 0.92)) if rng.random() < 0.5 else ((0.12, 0.5), (0.88, 0.5)):
            cv2.circle(picture, (int(x * width), int(y * height)), max(2, height // 25), colour(rng), -1)
    return picture, two, kind


def sign(rng):
    """Text that is no plate: words, prices, slogans, mixed sizes."""
    paper, ink = colour(rng), colour(rng)
    if rng.random() < 0.5:
        paper = rng.choice([(240, 240, 240), (245, 205, 40), (200, 30, 30), (30, 60, 160), (20, 120, 60), (15, 15, 15)])
        ink = rng.choice([(20, 20, 20), (250, 250, 250), (230, 220, 40), (210, 30, 30)])
    count = rng.choice([1, 1, 2, 3, 4])
    lines = [" ".join(rng.choice(WORDS) for _ in range(rng.randint(1, 3))) for _ in range(count)]
    if rng.random() < 0.25:
        lines = [line.lower() for line in lines]
    if count > 2 and rng.random() < 0.4:
        lines[-1] = "".join(rng.choice(string.digits) for _ in range(10))
    width, height = rng.randint(60, 360), rng.randint(30, 200)
    return text_block(rng, lines, width, height, ink, paper, fill=rng.uniform(0.5, 0.9))


def thing(rng):
    """A rectangle without text: blank board, lamp, reflector, sticker, poster, grille, chequers."""
    width, height = rng.randint(30, 200), rng.randint(15, 140)
    out = np.empty((height, width, 3), np.uint8)
    out[:] = rng.choice([colour(rng), (240, 240, 240), (200, 30, 30), (245, 205, 40)])
    what = rng.randrange(5)
    if what == 1:
        step = rng.randint(3, 14)
        for at in range(0, width if rng.random() < 0.5 else height, 2 * step):
            cv2.rectangle(out, (at, 0), (at + step, height), colour(rng), -1)
    elif what == 2:
        for _ in range(rng.randint(2, 9)):
            cv2.ellipse(out, (rng.randint(0, width), rng.randint(0, height)), (rng.randint(3, 60), rng.randint(3, 60)), rng.random() * 360, 0, 360, colour(rng), -1)
    elif what == 3:
        step = rng.randint(6, 25)
        for y in range(0, height, step):
            for x in range((y // step % 2) * step, width, 2 * step):
                cv2.rectangle(out, (x, y), (x + step, y + step), colour(rng) if rng.random() < 0.3 else (20, 20, 20), -1)
    elif what == 4:
        cv2.rectangle(out, (3, 3), (width - 4, height - 4), colour(rng), rng.randint(1, 6))
    return out


def plates(count, seed, exact=None):
    """`count` plates; two thirds from the exact renderer when there is one: a function rng → (picture, two lines?, colour)."""
    rng = random.Random(seed)
    return [exact(rng) if exact and i % 3 else plain_plate(rng) for i in range(count)]
