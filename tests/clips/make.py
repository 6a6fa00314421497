"""Make the clips from the rendered views: python make.py gate|still|junction [--first SECONDS]

Writes NAME.mp4 (H.264, no B-frames, a key frame each second), the same stream as NAME.h264 (Annex-B, for looping), and
NAME.json (the truth: who is where in every frame).
"""

import argparse
import json
import os
import re
from fractions import Fraction

import av
import cv2
import numpy as np

import cast
import film
import render

CLASSES = {"sedan": "car", "hatch": "car", "suv": "car", "mpv": "car", "truck": "truck", "rider": "motorcycle"}


class Writer:
    """An mp4 and its Annex-B twin."""

    def __init__(self, name, size, fps, quality):
        self.path = os.path.join(cast.HERE, name)
        self.mp4 = av.open(self.path + ".mp4", "w", options={"movflags": "faststart"})
        self.stream = self.mp4.add_stream("libx264", rate=Fraction(fps))
        self.stream.width, self.stream.height, self.stream.pix_fmt = *size, "yuv420p"
        self.stream.options = {
            "preset": "medium", "crf": str(quality), "profile": "high", "bf": "0", "g": str(fps), "keyint_min": str(fps),
            "sc_threshold": "0", "x264-params": "force-cfr=1:repeat-headers=0:colorprim=bt709:transfer=bt709:colormatrix=bt709",
        }

    def add(self, rgb):
        for packet in self.stream.encode(av.VideoFrame.from_ndarray(rgb, "rgb24")):
            self.mp4.mux(packet)

    def close(self):
        for packet in self.stream.encode():
            self.mp4.mux(packet)
        self.mp4.close()
        with av.open(self.path + ".mp4") as source, av.open(self.path + ".h264", "w", format="h264") as raw:
            twin = raw.add_stream_from_template(source.streams.video[0])
            for packet in source.demux(source.streams.video[0]):
                if packet.dts is not None:
                    packet.stream = twin
                    raw.mux(packet)


def picture(path):
    """A saved picture as float RGB."""
    return cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB).astype(np.float32) / 255


def clipped(box, size):
    """[x, y, w, h] of what the picture shows of a box, or None."""
    low, high = np.clip(box[:2], 0, size), np.clip(box[2:], 0, size)
    if min(high - low) < 4:
        return None
    return [round(float(v), 1) for v in (*low, *(high - low))]


class Part:
    """One vehicle's run through a clip, and its truth as it gathers."""

    def __init__(self, actor, record, shape, direction, place_at, crossing):
        self.actor, self.place_at, self.crossing = actor, place_at, crossing
        low = actor.outline[:, 2] < 1.1
        self.machine = actor.outline[low] if shape == "rider" else None
        self.truth = {
            "plate": record["plate"], "display": record["display"], "lines": int(record["lines"]),
            "plate_colour": record["plate_colour"], "vehicle_type": record["vehicle_type"], "class": CLASSES[shape],
            "direction": direction, "first_frame": None, "last_frame": None, "line_frame": None, "line_time_s": None,
            "boxes": {}, "plates": {},
        }
        if shape == "rider":
            self.truth["machine_boxes"] = {}

    def note(self, frame, time, place, size, fps):
        truth, view = self.truth, self.actor.view
        bounds = self.actor.box(place)
        seen = None if bounds is None else clipped(bounds, size)
        if not seen:
            return
        truth["first_frame"] = frame if truth["first_frame"] is None else truth["first_frame"]
        truth["last_frame"] = frame
        truth["boxes"][frame] = seen
        if self.machine is not None:
            points = self.machine + np.array([*place, 0])
            points = points[(points - view.place) @ view.axes[2] > 0.3]
            if len(points):
                pixels, _ = view.project(points)
                part = clipped(np.concatenate([pixels.min(0), pixels.max(0)]), size)
                if part:
                    truth["machine_boxes"][frame] = part
        plate = self.actor.plate_box(place)
        if plate is not None and (plate > 0).all() and (plate < size).all():
            truth["plates"][frame] = [[round(float(v), 1) for v in p] for p in plate]
        if truth["line_frame"] is None and self.crossing(time, bounds):
            truth["line_frame"], truth["line_time_s"] = frame, round(frame / fps, 3)


_lit = {}


def lamps(scene, time):
    """The junction with the lamp of the moment lit."""
    if cast.phase(time) in _lit:
        return _lit[cast.phase(time)]
    view, frame = cast.JUNCTION, scene.copy()
    x, y, z = cast.SIGNAL[cast.phase(time)]
    (spot, edge), _ = view.project([(x, y - 0.05, z), (x + cast.LAMP_RADIUS, y - 0.05, z)])
    radius = edge[0] - spot[0]
    rows, columns = np.mgrid[0 : view.size[1], 0 : view.size[0]]
    away = np.hypot(columns + 0.5 - spot[0], rows + 0.5 - spot[1]) / radius
    tint = np.array({"red": (1.0, 0.10, 0.06), "yellow": (1.0, 0.72, 0.08), "green": (0.10, 0.95, 0.55)}[cast.phase(time)])
    lit = np.clip((1.05 - away) * radius, 0, 1)[..., None]
    frame = frame * (1 - lit) + lit * (tint * 0.9 + 0.1 * np.clip(1 - away, 0, 1)[..., None])
    _lit[cast.phase(time)] = (frame + 0.35 * tint * np.exp(-((away / 1.7) ** 2))[..., None] * (1 - lit)).astype(np.float32)
    return _lit[cast.phase(time)]


def junction_parts():
    """The vehicles of the junction clip that have been rendered."""
    known = cast.records()
    for crossing, cast_list in ((False, cast.JUNCTION_CAST), (True, cast.CROSSING_CAST)):
        for plate, shape, _, lane, knots in cast_list:
            folder = os.path.join(render.CACHE, "junction", plate)
            if not os.path.exists(os.path.join(folder, "outline.npz")):
                continue

            def place_at(time, knots=knots, lane=lane, crossing=crossing):
                spot = cast.along(knots, time)
                return None if np.isnan(spot) else ((spot, lane) if crossing else (lane, spot))

            def over(time, _, at=place_at, crossing=crossing, half=cast.nose(shape)):
                return not crossing and at(time)[1] + half >= cast.STOP_Y

            part = Part(film.Actor(folder, cast.JUNCTION), known[plate], shape, "across" if crossing else "ahead", place_at, over)
            yield part


def gate_parts():
    """The vehicles of the gate clip that have been rendered."""
    known = cast.records()
    for plate, shape, _, lane, direction, start, slow in cast.GATE_CAST:
        folder = os.path.join(render.CACHE, "gate", plate)
        if not os.path.exists(os.path.join(folder, "outline.npz")):
            continue

        def place_at(time, direction=direction, slow=slow, start=start, lane=lane, ahead=cast.nose(shape)):
            end = cast.end_at(time - start, direction, slow)
            return None if np.isnan(end) else (lane, end + ahead)

        def crossing(_, bounds, direction=direction, level=cast.GATE_LINE[0][1] * cast.GATE.size[1]):
            return bounds[3] >= level if direction == "in" else bounds[3] < level

        yield Part(film.Actor(folder, cast.GATE), known[plate], shape, direction, place_at, crossing)


def exposure(time, scene, parts, before):
    """What the open shutter sees: two moments where a near vehicle moves, else one."""
    moments = []
    for moment in (time, time + cast.SHUTTER):
        showing = [(p.actor, p.place_at(moment)) for p in parts]
        showing = [(actor, place) for actor, place in showing if place is not None and place[1] < film.GONE]
        moments.append(film.compose(before(scene, time) if before else scene, showing))
        if not any(quick(actor, place) for actor, place in showing):
            break
    return sum(moments) / len(moments)


def shoot(name, view, scene, parts, seconds, fps, quality, noise, before=None, truth_only=False):
    """Compose, write and describe one clip."""
    chance = np.random.default_rng(7)
    writer = None if truth_only else Writer(name, view.size, fps, quality)
    total = int(round(seconds * fps))
    for frame in range(total):
        time = frame / fps
        for part in parts:
            place = part.place_at(time)
            if place is not None and place[1] < film.GONE - 3:
                part.note(frame, time, place, np.array(view.size), fps)
        if writer:
            writer.add(film.expose(exposure(time, scene, parts, before), chance, noise))
    if writer:
        writer.close()
    truth = {
        "clip": name, "width": view.size[0], "height": view.size[1], "fps": fps, "frames": total,
        **cast.MARKS.get(name, {}), "vehicles": [p.truth for p in parts],
    }
    with open(os.path.join(cast.HERE, name + ".json"), "w", encoding="utf-8") as out:
        out.write(dense(truth))


def quick(actor, place):
    """Whether a vehicle is near enough for its motion to smear."""
    bounds = actor.box(place)
    return bounds is not None and bounds[3] - bounds[1] > 120 and bounds[0] < actor.view.size[0]


def dense(truth):
    """JSON with one line for each frame's box."""
    text = json.dumps(truth, ensure_ascii=False, indent=1)
    for _ in range(3):
        text = re.sub(r"\[\s+((?:-?[\d.]+,\s+)*-?[\d.]+)\s+\]", lambda m: "[" + ", ".join(m[1].split(",")).replace("\n", "").replace("  ", "") + "]", text)
    return text + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clip", choices=["gate", "still", "junction"])
    parser.add_argument("--first", type=float, help="only so many seconds")
    parser.add_argument("--truth", action="store_true", help="write the JSON alone")
    given = parser.parse_args()
    scene = picture(os.path.join(render.CACHE, "gate.png"))
    if given.clip == "gate":
        shoot("gate", cast.GATE, scene, list(gate_parts()), given.first or cast.GATE_SECONDS, cast.FPS, 27, 1.5, truth_only=given.truth)
    elif given.clip == "still":
        shoot("still", cast.GATE, scene, [], given.first or 20, cast.FPS, 27, 1.8, truth_only=given.truth)
    else:
        scene = picture(os.path.join(render.CACHE, "junction.png"))
        shoot("junction", cast.JUNCTION, scene, list(junction_parts()), given.first or cast.JUNCTION_SECONDS, cast.FPS, 26, 1.4, lamps, truth_only=given.truth)


if __name__ == "__main__":
    main()
