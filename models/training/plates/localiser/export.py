"""Weights to ONNX with free input size: python export.py WEIGHTS.pt OUT.onnx"""

import sys

import onnx
import torch

from network import Localiser, Shipped


def main():
    net = Localiser()
    net.load_state_dict(torch.load(sys.argv[1], map_location="cpu"))
    free = {"image": {2: "height", 3: "width"}, "plates": {2: "rows", 3: "columns"}}
    torch.onnx.export(Shipped(net.eval()).eval(), torch.rand(1, 3, 320, 320), sys.argv[2], input_names=["image"], output_names=["plates"],
                      dynamic_axes=free, opset_version=17, dynamo=False)
    model = onnx.load(sys.argv[2])
    onnx.checker.check_model(model)
    model.doc_string = "Vietnamese licence plates: centre, corners, lines, colour, hidden per cell of 4x4 pixels"
    onnx.save(model, sys.argv[2])


if __name__ == "__main__":
    main()
