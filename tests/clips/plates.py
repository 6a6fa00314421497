"""Plate faces drawn as flat pictures: sizes and layout of the Vietnamese norm, invented numbers only."""

from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSansCondensed-Bold.ttf"

# Width and height in millimetres of the three plate blanks.
CAR_LONG = (520, 110)
CAR_SHORT = (330, 165)
MOTORCYCLE = (190, 140)

COLOURS = {
    "white": ((236, 236, 230), (18, 18, 20)),
    "yellow": ((236, 186, 24), (18, 18, 20)),
    "blue": ((18, 62, 150), (238, 238, 238)),
    "red": ((170, 20, 26), (238, 238, 238)),
}


def blank_size(vehicle_type, lines):
    """The blank (mm) that a vehicle of this type carries for this number of lines."""
    if vehicle_type == "motorcycle":
        return MOTORCYCLE
    return CAR_LONG if lines == 1 else CAR_SHORT


def split_lines(display, lines):
    """The text of each printed line: the break is the first hyphen, or the space of a motorcycle plate."""
    if lines == 1:
        return [display]
    if " " in display:
        return display.split(" ", 1)
    return display.split("-", 1)


def _fit(text, width, height, ink):
    """One line of text as a mask whose glyphs are `height` pixels tall and at most `width` pixels long."""
    font = ImageFont.truetype(FONT, height * 2)
    caps = font.getbbox("0")
    left, _, right, _ = font.getbbox(text)
    tall = caps[3] - caps[1]
    mask = Image.new("L", (right - left + 8, font.getbbox("Đg")[3] + 8), 0)
    ImageDraw.Draw(mask).text((4 - left, 0), text, font=font, fill=255)
    mask = mask.crop((0, caps[1] - 3, mask.width, caps[3] + 3))
    scale = height / tall
    # Plate letters are narrow: squeeze first, then squeeze more where the line would not fit.
    wide = min(width, int(mask.width * scale * 0.98))
    mask = mask.resize((wide, int(mask.height * scale)), Image.LANCZOS)
    layer = Image.new("RGBA", mask.size, ink + (0,))
    layer.putalpha(mask)
    return layer


def draw(display, lines, colour, vehicle_type, scale=2):
    """The plate as an RGB picture of `scale` pixels per millimetre."""
    width, height = (side * scale for side in blank_size(vehicle_type, lines))
    paper, ink = COLOURS[colour]
    face = Image.new("RGB", (width, height), tuple(int(c * 0.55) for c in paper))
    pen = ImageDraw.Draw(face)
    edge = 3 * scale
    pen.rounded_rectangle((edge // 2, edge // 2, width - edge // 2, height - edge // 2), 6 * scale, fill=ink)
    pen.rounded_rectangle((edge, edge, width - edge, height - edge), 5 * scale, fill=paper)
    rows = split_lines(display, lines)
    glyph = {1: 66, 2: 56 if vehicle_type == "motorcycle" else 63}[lines] * scale
    slot = (height - 2 * edge) / len(rows)
    for index, row in enumerate(rows):
        text = _fit(row, int(width * 0.90), int(glyph), ink)
        top = int(edge + slot * (index + 0.5) - text.height / 2 + (0.5 - index) * 4 * scale * (lines == 2))
        face.paste(text, ((width - text.width) // 2, top), text)
    for x in (0.06, 0.94):
        y = edge + slot * (0.5 if lines == 2 else 0.16)
        pen.ellipse((width * x - 5, y - 5, width * x + 5, y + 5), fill=(120, 120, 120))
    return face.filter(ImageFilter.GaussianBlur(0.6))
