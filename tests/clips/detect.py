"""PicoDet-S and the PP-OCR recogniser through onnxruntime, as plainly as can be: only to check the clips."""

import cv2
import numpy as np
import onnxruntime as ort

WANTED = {0: "person", 1: "bicycle", 2: "car", 3: "motorcycle", 5: "bus", 7: "truck", 9: "traffic light"}
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
STD = np.array([0.229, 0.224, 0.225], np.float32)


def _session(path):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class Detector:
    """PicoDet-S 416: boxes in pixels of the given picture."""

    def __init__(self, path):
        self.net = _session(path)

    def __call__(self, bgr, least=0.25):
        height, width = bgr.shape[:2]
        rgb = cv2.cvtColor(cv2.resize(bgr, (416, 416)), cv2.COLOR_BGR2RGB).astype(np.float32) / 255
        blob = ((rgb - MEAN) / STD).transpose(2, 0, 1)[None]
        scale = np.array([[416 / height, 416 / width]], np.float32)
        feed = {i.name: (scale if "scale" in i.name else blob) for i in self.net.get_inputs()}
        rows = self.net.run(None, feed)[0]
        return [
            (WANTED[int(c)], float(s), [float(v) for v in box])
            for c, s, *box in rows
            if s >= least and int(c) in WANTED
        ]


class Reader:
    """PP-OCR recogniser on one line of text."""

    def __init__(self, path):
        self.net = _session(path)
        meta = self.net.get_modelmeta().custom_metadata_map
        self.letters = [""] + meta["character"].splitlines() + [" "]

    def __call__(self, bgr):
        width = max(48, int(round(bgr.shape[1] * 48 / bgr.shape[0])))
        blob = cv2.resize(bgr, (width, 48)).astype(np.float32) / 127.5 - 1
        out = self.net.run(None, {self.net.get_inputs()[0].name: blob.transpose(2, 0, 1)[None]})[0][0]
        best = out.argmax(1)
        kept = [i for n, i in enumerate(best) if i and (n == 0 or best[n - 1] != i)]
        return "".join(self.letters[i] for i in kept if i < len(self.letters))
