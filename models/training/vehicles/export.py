"""Writes trained weights as the ONNX file that the edge agent loads.

    python export.py --weights last.pt --out street_s_544.onnx [--share 0.5] [--size 544] [--at car=0.235 --at motorcycle=0.28 ...]

Input `image[1,3,S,S]`, output `anchors[1,38,A]`: per anchor of the grids with strides 8, 16, 32 and 64 (row by row) six scores in the
order of graph.CLASSES, then eight bins each for the distances to left, top, right and bottom. Boxes and suppression are left to the
reader, which needs them for the few anchors that score.

`--share` is the share of the trained weights; the rest are the base's. In between lies what both know: half of each keeps the large
vehicles of gates, which the training set lacks, and nearly all that was learned about small ones.

`--at CLASS=S` bends the scores of a class (a power, so that their order stays) such that S becomes 0.25: then 0.25 means as many boxes
per picture as it did for the base network.
"""

import argparse
import hashlib
import math
import pathlib

import numpy as np
import onnx
import onnxruntime as ort
import torch

from graph import CLASSES, PicoDet

NORMAL = 0.25


class Exported(torch.nn.Module):
    def __init__(self, net, powers):
        super().__init__()
        self.net = net
        self.bent = any(p != 1 for p in powers)
        self.register_buffer("powers", torch.tensor(powers, dtype=torch.float32).view(1, -1, 1))

    def forward(self, image):
        scores, boxes = self.net(image)
        scores = torch.cat([s.flatten(2) for s in scores], 2)
        if self.bent:
            scores = scores ** self.powers
        return torch.cat([scores, torch.cat([b.flatten(2) for b in boxes], 2)], 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=pathlib.Path, help="default: those of the base network")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--size", type=int, default=544)
    parser.add_argument("--at", action="append", default=[], metavar="CLASS=S")
    args = parser.parse_args()
    powers = [1.0] * len(CLASSES)
    for pair in args.at:
        name, score = pair.split("=")
        powers[CLASSES.index(name)] = math.log(NORMAL) / math.log(float(score))
    net = PicoDet()
    if args.weights:
        trained, base = torch.load(args.weights, map_location="cpu", weights_only=True), net.state_dict()
        net.load_state_dict({k: base[k].lerp(v, args.share) if v.is_floating_point() else v for k, v in trained.items()})
    net = Exported(net, powers).eval().requires_grad_(False)
    image = torch.randn(1, 3, args.size, args.size)
    torch.onnx.export(net, (image,), str(args.out), input_names=["image"], output_names=["anchors"], opset_version=13, dynamo=False)
    model = onnx.load(str(args.out))
    onnx.checker.check_model(model)
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    got = ort.InferenceSession(model.SerializeToString(), options).run(None, {"image": image.numpy()})[0]
    print(f"differs from torch by at most {np.abs(got - net(image).numpy()).max():.1e}, powers {[round(p, 3) for p in powers]}")
    data = args.out.read_bytes()
    print(f"sha256 = \"{hashlib.sha256(data).hexdigest()}\"\nbytes = {len(data)}\nanchors = [1, {got.shape[1]}, {got.shape[2]}]")


if __name__ == "__main__":
    main()
