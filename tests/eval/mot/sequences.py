"""The sequences of a MOTChallenge folder: DIR/NAME/{gt.txt,det.txt,seqinfo.ini}."""

import configparser
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Sequence:
    """One clip: its name, folder, frames a second and number of frames."""

    name: str
    folder: Path
    frame_rate: float
    length: int

    @property
    def ground_truth(self):
        """gt.txt beside the boxes, or in the folder gt as MOTChallenge packs it."""
        return _first(self.folder / "gt.txt", self.folder / "gt" / "gt.txt")

    @property
    def detections(self):
        """det.txt beside the truth, or in the folder det as MOTChallenge packs it."""
        return _first(self.folder / "det.txt", self.folder / "det" / "det.txt")


def _first(*paths):
    return next((path for path in paths if path.is_file()), None)


def sequences(data):
    """All complete sequences in a folder, by name. Raises SystemExit with one clear line when there are none."""
    if not data.is_dir():
        raise SystemExit(f"no folder {data}: give the folder that holds MOT17-02 and its like")
    found = []
    for info in sorted(data.glob("*/seqinfo.ini")):
        parser = configparser.ConfigParser()
        parser.read(info)
        section = parser["Sequence"]
        sequence = Sequence(info.parent.name, info.parent, float(section["frameRate"]), int(section["seqLength"]))
        if sequence.ground_truth and sequence.detections:
            found.append(sequence)
    if not found:
        raise SystemExit(f"no sequence in {data}: each needs seqinfo.ini, gt.txt and det.txt")
    return found


def read_detections(sequence):
    """One array of rows x, y, w, h, confidence (float32) per frame, first frame first."""
    table = np.loadtxt(sequence.detections, delimiter=",", dtype=np.float32, ndmin=2)
    frames = table[:, 0].astype(int)
    return [table[frames == number][:, 2:7] for number in range(1, sequence.length + 1)]
