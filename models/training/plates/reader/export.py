#!/usr/bin/env python3
"""Weights to ONNX: export.py reader.pt OUT.onnx. Prints what the manifest must say, and the largest difference."""

import hashlib
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
import torch
from model import Reader


def main():
    weights, out = sys.argv[1:3]
    model = Reader(probabilities=True)
    model.load_state_dict(torch.load(weights, weights_only=True, map_location="cpu"))
    model.eval()
    torch.onnx.export(model, (torch.rand(2, 1, 32, 96),), out, input_names=["x"], output_names=["probabilities"], opset_version=17,
                      dynamic_axes={"x": {0: "lines", 3: "width"}, "probabilities": {0: "lines", 1: "steps"}}, dynamo=False)
    onnx.checker.check_model(out)
    session = onnxruntime.InferenceSession(out, providers=["CPUExecutionProvider"])
    worst = 0.0
    for shape in ((2, 1, 32, 96), (1, 1, 32, 160)):
        x = np.random.default_rng(0).random(shape, np.float32)
        with torch.no_grad():
            worst = max(worst, float(np.abs(session.run(None, {"x": x})[0] - model(torch.from_numpy(x)).numpy()).max()))
    data = pathlib.Path(out).read_bytes()
    print(f"bytes = {len(data)}\nsha256 = \"{hashlib.sha256(data).hexdigest()}\"\nlargest difference {worst:.1e}")


if __name__ == "__main__":
    main()
