"""PicoDet-S as a torch module: runs the ONNX graph of models/onnx/picodet_s_416.onnx up to scores and box distributions.

The graph is cut before the boxes are decoded, so that it can be trained and takes any input whose sides are multiples of 64.
Only the six classes that gates and junctions need are kept; their rows come first in the order of `CLASSES`.
"""

import pathlib

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper

CLASSES = ["person", "bicycle", "car", "motorcycle", "bus", "truck"]
COCO_ROWS = [0, 1, 2, 3, 5, 7]
STRIDES = [8, 16, 32, 64]
BINS = 8
BASE = pathlib.Path(__file__).resolve().parents[2] / "onnx/picodet_s_416.onnx"


def _attributes(node):
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


class PicoDet(torch.nn.Module):
    """Input: `image[N,3,H,W]`, RGB, ImageNet mean and deviation. Output per stride: scores `[N,6,h,w]` in 0..1, boxes `[N,32,h,w]`."""

    def __init__(self, path=BASE):
        super().__init__()
        graph = onnx.load(str(path)).graph
        constants = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
        produced_by = {o: n for n in graph.node for o in n.output}
        scores = [n.output[0] for n in graph.node if n.op_type == "Sqrt"]
        boxes = [n.input[0] for n in graph.node if n.op_type == "Transpose"]
        self.outputs = scores + boxes
        needed, stack = set(), list(self.outputs)
        while stack:
            name = stack.pop()
            if name in needed:
                continue
            needed.add(name)
            if name in produced_by:
                stack += [i for i in produced_by[name].input if i]
        self.steps = []
        params = {}
        for node in graph.node:
            if not set(node.output) & needed:
                continue
            inputs = [i for i in node.input if i]
            if all(i in constants for i in inputs):
                constants[node.output[0]] = self._fold(node, [constants[i] for i in inputs])
                continue
            self.steps.append((node.op_type, inputs, node.output[0], _attributes(node)))
        self._fuse()
        used = {i for _, inputs, _, _ in self.steps for i in inputs}
        for name in used & constants.keys():
            value = np.array(constants[name])
            if value.dtype == np.float32 and 80 in value.shape:
                value = np.take(value, COCO_ROWS, axis=value.shape.index(80))
            params[name] = value
        self.keys = {}
        statistics = {i for op, inputs, _, _ in self.steps if op == "ConvNorm" for i in inputs[4:6]}
        for name, value in params.items():
            key = name.replace(".", "_")
            self.keys[name] = key
            tensor = torch.from_numpy(value.copy())
            trained = value.dtype == np.float32 and value.size > 1 and name not in statistics
            if trained:
                self.register_parameter(key, torch.nn.Parameter(tensor))
            else:
                self.register_buffer(key, tensor)

    def _fuse(self):
        """Convolution with the normalisation after it, and x * hard_sigmoid(x), as one step each: twice as fast to train."""
        users = {}
        for step in self.steps:
            for name in step[1]:
                users.setdefault(name, []).append(step)
        fused, skip = [], set()
        for step in self.steps:
            op, inputs, output, at = step
            if output in skip:
                continue
            after = users.get(output, [])
            # Identity nodes between the two carry nothing.
            while len(after) == 1 and after[0][0] == "Identity":
                skip.add(after[0][2])
                output, after = after[0][2], users.get(after[0][2], [])
            if op == "Conv" and len(after) == 1 and after[0][0] == "BatchNormalization":
                norm = after[0]
                skip.add(norm[2])
                fused.append(("ConvNorm", inputs[:2] + norm[1][1:5], norm[2], at | {"epsilon": norm[3].get("epsilon", 1e-5)}))
            elif op == "HardSigmoid" and len(after) == 1 and after[0][0] == "Mul" and abs(at["alpha"] - 1 / 6) < 1e-4 \
                    and self._same(inputs[0], [i for i in after[0][1] if i != output]):
                skip.add(after[0][2])
                fused.append(("HardSwish", inputs, after[0][2], {}))
            else:
                fused.append((op, inputs, output, at))
        self.steps = fused

    def _same(self, name, others):
        """Whether the one other input is `name`, looking through identities."""
        alias = {o: i[0] for op, i, o, _ in self.steps if op == "Identity"}
        root = lambda n: root(alias[n]) if n in alias else n
        return len(others) == 1 and root(others[0]) == root(name)

    @staticmethod
    def _fold(node, values):
        if node.op_type == "Reshape":
            return values[0].reshape(values[1].tolist())
        if node.op_type in ("Identity", "Cast"):
            return values[0]
        raise NotImplementedError(f"constant {node.op_type}")

    def forward(self, image):
        values = {"image": image}

        def value(name):
            return values[name] if name in values else getattr(self, self.keys[name])

        for op, inputs, output, at in self.steps:
            x = value(inputs[0])
            if op == "Conv":
                pads = at.get("pads", [0, 0, 0, 0])
                assert pads[0] == pads[2] and pads[1] == pads[3]
                bias = value(inputs[2]) if len(inputs) > 2 else None
                y = F.conv2d(x, value(inputs[1]), bias, at.get("strides", 1), pads[:2], at.get("dilations", 1), at.get("group", 1))
            elif op == "ConvNorm":
                # Statistics stay those of the base: batches are small.
                weight, scale, shift, mean, var = (value(i) for i in inputs[1:6])
                factor = scale * torch.rsqrt(var + at["epsilon"])
                pads = at.get("pads", [0, 0, 0, 0])
                y = F.conv2d(x, weight * factor.view(-1, 1, 1, 1), shift - mean * factor, at.get("strides", 1), pads[:2],
                             at.get("dilations", 1), at.get("group", 1))
            elif op == "HardSwish":
                y = F.hardswish(x)
            elif op == "HardSigmoid":
                y = torch.clamp(x * at.get("alpha", 0.2) + at.get("beta", 0.5), 0, 1)
            elif op == "Mul":
                y = x * value(inputs[1])
            elif op == "Add":
                y = x + value(inputs[1])
            elif op == "Relu":
                y = F.relu(x)
            elif op == "Sigmoid":
                y = torch.sigmoid(x)
            elif op == "Sqrt":
                y = torch.sqrt(x)
            elif op == "GlobalAveragePool":
                y = x.mean((2, 3), keepdim=True)
            elif op == "Concat":
                y = torch.cat([value(i) for i in inputs], at["axis"])
            elif op == "Resize":
                y = F.interpolate(x, scale_factor=2, mode="nearest")
            elif op == "Identity":
                y = x
            else:
                raise NotImplementedError(op)
            values[output] = y
        out = [values[o] for o in self.outputs]
        return out[:4], out[4:]


def flatten(scores, boxes):
    """Scores `[N,A,6]`, distributions `[N,A,4,8]`, centres `[A,2]` and strides `[A]` in input pixels."""
    flat, dist, centre, stride = [], [], [], []
    for level, (s, b) in enumerate(zip(scores, boxes)):
        n, _, h, w = s.shape
        flat.append(s.flatten(2).transpose(1, 2))
        dist.append(b.flatten(2).transpose(1, 2).reshape(n, h * w, 4, BINS))
        y, x = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
        centre.append((torch.stack([x, y], -1).reshape(-1, 2) + 0.5) * STRIDES[level])
        stride.append(torch.full((h * w,), float(STRIDES[level])))
    return torch.cat(flat, 1), torch.cat(dist, 1), torch.cat(centre).to(flat[0].device), torch.cat(stride).to(flat[0].device)


def decode(dist, centre, stride):
    """Boxes `[N,A,4]` as x1 y1 x2 y2."""
    bins = torch.arange(BINS, dtype=dist.dtype, device=dist.device)
    reach = (dist.softmax(-1) * bins).sum(-1) * stride[None, :, None]
    return torch.cat([centre - reach[..., :2], centre + reach[..., 2:]], -1)


if __name__ == "__main__":
    import time
    import onnxruntime as ort
    torch.set_num_threads(1)
    net = PicoDet().eval()
    image = torch.randn(1, 3, 416, 416)
    print(sum(p.numel() for p in net.parameters()), "parameters")
    with torch.no_grad():
        s, d, c, st = flatten(*net(image))
        boxes = decode(d, c, st)[0]
    o = ort.SessionOptions(); o.intra_op_num_threads = 1
    m = onnx.load(str(BASE))
    for name in ("p2o.pd_op.concat.4.0", "p2o.pd_op.divide.0.0"):
        m.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    sess = ort.InferenceSession(m.SerializeToString(), o)
    out = sess.run(["p2o.pd_op.concat.4.0", "p2o.pd_op.divide.0.0"], {"image": image.numpy(), "scale_factor": np.ones((1, 2), np.float32)})
    print("scores differ by", np.abs(out[0][0][COCO_ROWS].T - s[0].numpy()).max(), "boxes by", np.abs(out[1][0] - boxes.numpy()).max())
    for size in (416, 480, 512):
        for amp in (False, True):
            x = torch.randn(4, 3, size, size).to(memory_format=torch.channels_last)
            for turn in range(3):
                t = time.process_time()
                with torch.autocast("cpu", torch.bfloat16, enabled=amp):
                    s, b = net(x)
                sum(v.float().sum() for v in s + b).backward()
                took = (time.process_time() - t) / 4
            print(size, "bf16" if amp else "f32", f"{took * 1000:.0f} ms per picture, forward and backward")
