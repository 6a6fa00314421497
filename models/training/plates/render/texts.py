"""What stands on plates: drawn from the classes and layouts of the Vietnamese rules, common ones more often."""

from dataclasses import dataclass

PROVINCES = [c for c in range(11, 100) if c not in (13, 42, 44, 45, 46, 87, 91, 96)]
COMMON = [29, 30, 50, 51, 59, 43, 60, 61, 72, 15, 65, 47]
LETTERS = "ABCDEFGHKLMNPSTUVXYZ"
SECOND = "ABCDEFHKLMNPRSTUVXYZ"
STATE = "ABCDEFGHKLM"
SPECIAL = ["LD", "DA", "RM", "MK", "HC", "KT", "CD", "TĐ", "R"]
MILITARY = ("AA AB AC AD AN AT AV BB BC BH BK BL BP BS BT BV CA CB CC CH CM CP CT CV DB HA HB HC HD HE HH HL HN HQ HT KA KB "
            "KC KD KK KN KP KT KV ND PA PC PK PM PP PQ PT PX PY QA QB QH TC TH TK TM TN TT VB VK VT").split()


@dataclass(frozen=True)
class Text:
    """`lines` as printed (separators and Đ kept), and which plate they stand on."""

    kind: str
    size: str  # long, short, motorcycle
    colour: str  # white, yellow, blue, red, white_red, yellow_red
    lines: tuple


def _pick(rng, items):
    return items[int(rng.integers(len(items)))]


def _province(rng):
    return _pick(rng, COMMON) if rng.random() < .35 else _pick(rng, PROVINCES)


def _letter(rng, letters=LETTERS):
    return _pick(rng, letters)


def _digits(rng, n):
    """Order number; a third of the draws repeat digits, which readers drop."""
    if rng.random() < .3:
        few = [int(rng.integers(10)) for _ in range(2)]
        text = "".join(str(_pick(rng, few)) for _ in range(n))
    else:
        text = "".join(str(int(d)) for d in rng.integers(0, 10, n))
    return text if int(text) else _digits(rng, n)


def _number(rng, four=.15):
    if rng.random() < four:
        return _digits(rng, 4)
    d = _digits(rng, 5)
    return f"{d[:3]}.{d[3:]}"


def _car(rng, letters=LETTERS, colour="white", kind="civil", four=.12):
    head, number = f"{_province(rng)}{_letter(rng, letters)}", _number(rng, four)
    return _car_lines(rng, kind, colour, head, number)


def _car_lines(rng, kind, colour, head, number):
    if rng.random() < .55:
        return Text(kind, "long", colour, (_pick(rng, [f"{head}-{number}", f"{head}-{number}", f"{head} {number}"]),))
    return Text(kind, "short", colour, (head, number))


def civil_car(rng):
    return _car(rng)


def business(rng):
    return _car(rng, colour="yellow", kind="business", four=.03)


def state_car(rng):
    return _car(rng, STATE, "blue", "state")


def _moto(rng, kind, colour, series, four=.2):
    dash = _pick(rng, ["-", "-", "-", " "])
    return Text(kind, "motorcycle", colour, (f"{_province(rng)}{dash}{series}", _number(rng, four)))


def civil_moto_old(rng):
    return _moto(rng, "civil_moto_old", "white", f"{_letter(rng)}{int(rng.integers(1, 10))}")


def civil_moto_new(rng):
    return _moto(rng, "civil_moto_new", "white", _letter(rng) + _letter(rng, SECOND), .02)


def state_moto(rng):
    return _moto(rng, "state_moto", "blue", f"{_letter(rng, STATE)}{int(rng.integers(1, 10))}")


def e_moto(rng):
    return _moto(rng, "e_moto", "white", f"MĐ{int(rng.integers(1, 10))}", .02)


def military(rng):
    d = _digits(rng, 4)
    code, number = _pick(rng, MILITARY), f"{d[:2]}-{d[2:]}"
    if rng.random() < .5:
        return Text("military", "long", "red", (f"{code}-{number}",))
    return Text("military", _pick(rng, ["short", "motorcycle"]), "red", (code, number))


def diplomatic(rng):
    code, country, order = _pick(rng, ["NG", "QT", "CV", "NN"]), _digits(rng, 3), _digits(rng, int(rng.integers(2, 4)))
    colour = "white_red" if code in ("NG", "QT") else "white"
    p = _pick(rng, [29, 30, 31, 41, 43, 50, 51, 80])
    roll = rng.random()
    if roll < .45:
        return Text("diplomatic", "long", colour, (f"{p}-{country}-{code}-{order}",))
    if roll < .75:
        return Text("diplomatic", _pick(rng, ["short", "motorcycle"]), colour, (f"{p}-{code}", f"{country}-{order}"))
    return Text("diplomatic", _pick(rng, ["short", "motorcycle"]), colour, (f"{p}-{country}", f"{code}-{order}"))


def temporary(rng):
    p, number = _province(rng), _number(rng, .3)
    if rng.random() < .6:
        return _car_lines(rng, "temporary", "white", f"T{p}" if rng.random() < .7 else f"{p}T", number)
    return Text("temporary", "motorcycle", "white", (f"T{p}" if rng.random() < .7 else f"{p}-T", number))


def special(rng):
    colour = "yellow" if rng.random() < .15 else "white"
    return _car_lines(rng, "special", colour, f"{_province(rng)}{_pick(rng, SPECIAL)}", _number(rng, .1))


def economic_zone(rng):
    return _car_lines(rng, "economic_zone", "yellow_red", f"{_pick(rng, [74, 38])}{_pick(rng, ['LB', 'CT'])}", _number(rng, .3))


def any_text(rng):
    """No grammar: every character in every place, so that none is rare and foreign plates are read, not bent."""
    pool = "0123456789" * 2 + "ABCDEFGHJKLMNPRSTUVWXYZ"
    word = lambda n: "".join(_pick(rng, pool) for _ in range(n))
    if rng.random() < .3:
        return Text("any", "long", "white", (word(int(rng.integers(5, 9))),))
    return Text("any", _pick(rng, ["motorcycle", "short"]), "white", (word(int(rng.integers(2, 5))), word(int(rng.integers(3, 6)))))


# kind -> (drawing function, share of all plates)
KINDS = {
    "civil": (civil_car, .22), "business": (business, .09), "state": (state_car, .03), "civil_moto_old": (civil_moto_old, .36),
    "civil_moto_new": (civil_moto_new, .08), "state_moto": (state_moto, .015), "e_moto": (e_moto, .02), "military": (military, .03),
    "diplomatic": (diplomatic, .02), "temporary": (temporary, .015), "special": (special, .04), "economic_zone": (economic_zone, .01),
    "any": (any_text, .07),
}
_NAMES, _SHARES = list(KINDS), [s for _, s in KINDS.values()]


def draw(rng, kind=None):
    """A text of `kind`, or of a kind drawn by its share."""
    if kind is None:
        total = sum(_SHARES)
        kind = _NAMES[int(rng.choice(len(_NAMES), p=[s / total for s in _SHARES]))]
    return KINDS[kind][0](rng)
