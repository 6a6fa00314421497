"""The loop that most people would write: video to BGR, resize, normalise, onnxruntime. One thread.

Prints one JSON object: frames, and CPU milliseconds per frame by stage (all threads of the process counted).
`prepare` is the usual numpy code, `prepare_lean` the leanest that was found; both are timed on every frame.
"""

import argparse
import json
import os
import time

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = "threads;1"

import av  # noqa: E402
import cv2  # noqa: E402
import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402

SIDE = 416
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
STD = np.array([0.229, 0.224, 0.225], np.float32)


def pyav_frames(video):
    container = av.open(video)
    stream = container.streams.video[0]
    stream.thread_type = "NONE"
    stream.codec_context.thread_count = 1
    for frame in container.decode(stream):
        yield frame.to_ndarray(format="bgr24")


def opencv_frames(video):
    capture = cv2.VideoCapture(video, cv2.CAP_FFMPEG)
    while True:
        there, picture = capture.read()
        if not there:
            return
        yield picture


def prepare(picture):
    rgb = cv2.cvtColor(cv2.resize(picture, (SIDE, SIDE)), cv2.COLOR_BGR2RGB)
    values = (rgb.astype(np.float32) / 255.0 - MEAN) / STD
    return np.ascontiguousarray(values.transpose(2, 0, 1)[None])


def prepare_lean(picture):
    small = cv2.resize(picture, (SIDE, SIDE))
    tensor = np.empty((1, 3, SIDE, SIDE), np.float32)
    for channel in range(3):
        plane = tensor[0, channel]
        np.multiply(small[:, :, 2 - channel], 1 / (255 * STD[channel]), out=plane, dtype=np.float32)
        plane -= MEAN[channel] / STD[channel]
    return tensor


def session(model):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("video")
    parser.add_argument("--model", help="ONNX file of PicoDet-S; without it the video is only decoded")
    parser.add_argument("--decoder", choices=["pyav", "opencv"], default="pyav")
    parser.add_argument("--frames", type=int, help="stop after so many")
    args = parser.parse_args()

    cv2.setNumThreads(1)
    detector = session(args.model) if args.model else None
    spent = dict.fromkeys(["decode", "prepare", "prepare_lean", "infer"], 0.0)
    frames = found = 0
    mark = time.process_time()

    def lap(stage):
        nonlocal mark
        now = time.process_time()
        spent[stage] += now - mark
        mark = now

    for picture in {"pyav": pyav_frames, "opencv": opencv_frames}[args.decoder](args.video):
        lap("decode")
        frames += 1
        if detector:
            prepare_lean(picture)
            lap("prepare_lean")
            tensor = prepare(picture)
            lap("prepare")
            height, width = picture.shape[:2]
            scale = np.array([[SIDE / height, SIDE / width]], np.float32)
            boxes = detector.run(None, {"image": tensor, "scale_factor": scale})[0]
            found += int((boxes[:, 1] >= 0.5).sum())
            lap("infer")
        if frames == args.frames:
            break
    per_frame = {stage: 1e3 * seconds / max(frames, 1) for stage, seconds in spent.items()}
    print(json.dumps({"frames": frames, "boxes": found, "cpu_ms_per_frame": per_frame}))


if __name__ == "__main__":
    main()
