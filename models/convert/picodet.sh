#!/bin/sh
# Makes models/onnx/picodet_s_416.onnx from the Paddle weights inside the Python package `paddlelabel-ml`.
# Run it from anywhere: `models/convert/picodet.sh`. It needs python3-venv, the network and about 3 GB of disk
# under .cache/; the product itself needs none of this, because the result is committed.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
cache="$root/.cache/convert"
venv="$cache/venv"
mkdir -p "$cache/wheel"
[ -x "$venv/bin/paddle2onnx" ] || {
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --upgrade pip
    "$venv/bin/pip" install --quiet paddlepaddle==3.0.0 paddle2onnx==2.1.0 setuptools packaging
}
"$venv/bin/pip" download --quiet --no-deps --dest "$cache/wheel" paddlelabel-ml==1.0.0
"$venv/bin/python" -m zipfile -e "$cache"/wheel/paddlelabel_ml-1.0.0-*.whl "$cache/unpacked"

ckpt="$cache/unpacked/paddlelabel_ml/model/PicoDet/ckpt"
echo "e3922b2a8f1bc0d9ee9dce7152484f6a8a7d40f18f8701a222c884469b4546f2  $ckpt/model.pdiparams" | sha256sum --check --quiet
echo "da078fd535d21b3ef57e81f67e7e8f68514c4d38f1cb7df02f135966f4b1119f  $ckpt/model.pdmodel" | sha256sum --check --quiet

PATH="$venv/bin:$PATH" paddle2onnx --model_dir "$ckpt" \
    --model_filename model.pdmodel --params_filename model.pdiparams \
    --opset_version 13 --save_file "$root/models/onnx/picodet_s_416.onnx"
sha256sum "$root/models/onnx/picodet_s_416.onnx"
