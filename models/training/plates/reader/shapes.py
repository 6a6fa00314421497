"""What lines of plates look like, and texts of steps under that, as edge-agent/src/vision/plate/{shape,trellis}.rs does it."""

import math

import numpy as np
from samples import ALPHABET


def slot(symbols, weights=None):
    """Weights of the 36 characters in one place; 0: cannot stand there."""
    w = np.zeros(36)
    w[list(symbols)] = 1 if weights is None else weights
    return w


D, L = slot(range(10)), slot([10 + i for i, c in enumerate(ALPHABET[10:]) if c not in "IJOQW"])
# Series are opened one after the other, so low digits are more common: as 1/d, of mean 1.
P = slot(range(1, 10), 1 / np.arange(1, 10) * 9 / sum(1 / d for d in range(1, 10)))
# Shapes of lines, and how much rarer each is than the first (natural logarithm).
TOP = [([D, D, L, P], 0), ([D, D, L], 1), ([D, D, L, L], 3)]
BOTTOM = [([D] * 5, 0), ([D] * 4, 1.5)]
WHOLE = [([D, D, L] + [D] * 5, 0), ([D, D, L] + [D] * 4, 2), ([D, D, L, L] + [D] * 5, 2.5), ([D, D, L, P] + [D] * 5, 3)]
FOREIGN = .05


def mass(steps, slots):
    """Weighted probability of all texts with one of each slot's symbols, in any places along the line."""
    rest, held = np.zeros(len(slots) + 1), np.zeros((len(slots), 36))
    weights = np.array(slots)
    rest[0] = 1
    for row in steps:
        sums = held.sum(1)
        other = np.vstack([np.zeros(36), sums[:-1, None] - held[:-1]])
        held = (held + (rest[:-1, None] + other) * weights) * row[1:]
        rest = (rest + np.concatenate([[0], sums])) * row[0]
    return rest[-1] + held[-1].sum()


def greedy(steps):
    best = steps.argmax(1)
    return [int(c) - 1 for i, c in enumerate(best) if c and (i == 0 or c != best[i - 1])]


def odds(lines, texts=None):
    """Text of a plate (`texts`: given per line), and the log-odds of its probability."""
    text, p = [], 1.0
    for at, steps in enumerate(lines):
        seen = greedy(steps) if texts is None else texts[at]
        text += seen
        if not seen:
            return "", -13.8
        shapes = WHOLE if len(lines) == 1 else (TOP, BOTTOM)[at]
        own = next((s for s, _ in shapes if len(s) == len(seen) and all(w[c] for w, c in zip(s, seen))), None)
        family = [s for s, _ in shapes]
        if own is None:  # a line of another shape stands for the classes that the list leaves out
            own = [D if c < 10 else L for c in seen]
            family.append(own)
        t = mass(steps, [slot([c], w[c]) for c, w in zip(seen, own)])
        all_plates = sum(mass(steps, s) for s in family)
        p *= t / max(all_plates + FOREIGN * max(1 - all_plates, 0), t)
    p = min(max(p, 1e-6), 1 - 1e-6)
    return "".join(ALPHABET[c] for c in text), math.log(p / (1 - p))


def fitted(steps, slots):
    """The most probable text with one of each slot's characters, and its path's log-probability (Viterbi)."""
    logs = np.log(np.maximum(steps, 1e-6))
    rest = [(0.0, ())] + [(-np.inf, ())] * len(slots)
    held = [{} for _ in slots]
    for row in logs:
        new_rest = []
        for filled in range(len(slots) + 1):
            ways = [rest[filled]] + (list(held[filled - 1].values()) if filled else [])
            score, text = max(ways, key=lambda w: w[0])
            new_rest.append((score + row[0], text))
        new_held = []
        for i, weights in enumerate(slots):
            now = {}
            before = sorted(((v, c) for c, v in held[i - 1].items()), key=lambda w: -w[0][0])[:2] if i else []
            for c in np.flatnonzero(weights).tolist():
                ways = [rest[i]] + [v for v, d in before if d != c]
                score, text = max(ways, key=lambda w: w[0])
                score, text = score + np.log(weights[c]), text + (c,)
                if c in held[i] and held[i][c][0] > score:
                    score, text = held[i][c]
                now[c] = (score + row[c + 1], text)
            new_held.append(now)
        rest, held = new_rest, new_held
    return max([rest[-1], *held[-1].values()], key=lambda w: w[0])


def shaped(steps, shapes):
    """The best text of the shapes; what was seen if it has a shape of another length, or if every fit loses too much."""
    seen = greedy(steps)
    score, text = max(((s - cost, t) for cost, (s, t) in ((cost, fitted(steps, s)) for s, cost in shapes)), key=lambda w: w[0])
    good = any(len(s) == len(seen) and all(w[c] for c, w in zip(seen, s)) for s, _ in shapes)
    if good and len(text) != len(seen):
        return seen
    return list(text) if score > np.log(steps.max(1)).sum() - 14 else seen
