"""Fits the colour of a lamp box and writes `lamp.json` beside it.

    python train.py --data FOLDER_WITH_redlight [--seed 1] [--heads 6000]

Takes about two minutes on one core. Needs numpy, opencv-python and torch.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from data import CLASSES, real, redlight, rendered
from features import COUNT

HIDDEN = 20


def fit(x, y, weight, seed, epochs=120):
    torch.manual_seed(seed)
    mean, std = x.mean(0), x.std(0) + 1e-3
    xt, yt = torch.tensor((x - mean) / std, dtype=torch.float32), torch.tensor(y)
    wt = torch.tensor(weight, dtype=torch.float32)
    net = torch.nn.Sequential(torch.nn.Linear(COUNT, HIDDEN), torch.nn.Tanh(), torch.nn.Linear(HIDDEN, len(CLASSES)))
    optimiser = torch.optim.AdamW(net.parameters(), 3e-3, weight_decay=3e-3)
    rate = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs)
    for _ in range(epochs):
        order = torch.randperm(len(xt))
        for part in order.split(512):
            loss = (torch.nn.functional.cross_entropy(net(xt[part] + 0.05 * torch.randn_like(xt[part])), yt[part], reduction="none",
                                                      label_smoothing=0.02) * wt[part]).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        rate.step()
    layers = [net[0], net[2]]
    return {"mean": mean, "std": std, "w1": layers[0].weight.detach().numpy(), "b1": layers[0].bias.detach().numpy(),
            "w2": layers[1].weight.detach().numpy(), "b2": layers[1].bias.detach().numpy()}


def predict(model, x):
    hidden = np.tanh((x - model["mean"]) / model["std"] @ model["w1"].T + model["b1"])
    logits = hidden @ model["w2"].T + model["b2"]
    e = np.exp(logits - logits.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--heads", type=int, default=6000)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "lamp.json")
    args = parser.parse_args()
    torch.set_num_threads(1)
    rng = np.random.default_rng(args.seed)
    folder = args.data / "redlight"
    x, y, _ = real(folder, "train", rng, copies=4)
    backgrounds = [rgb for _, rgb, _ in redlight(folder, "train")][::3]
    xs, ys = rendered(rng, backgrounds, args.heads)
    counts = [np.bincount(y, minlength=4).tolist(), np.bincount(ys, minlength=4).tolist()]
    weight = np.concatenate([np.full(len(y), 1.0), np.full(len(ys), 0.7)])
    both, truth = np.concatenate([x, xs]), np.concatenate([y, ys])
    share = np.bincount(truth, weights=weight, minlength=4)
    weight = weight * (share.sum() / 4 / share)[truth] ** 0.5
    model = fit(both, truth, weight, args.seed)
    xv, yv, _ = real(folder, "valid", rng, copies=0)
    print("boxes per class (red, yellow, green, dark): real", counts[0], "rendered", counts[1])
    print("valid", table(predict(model, xv), yv))
    fresh = rendered(np.random.default_rng(args.seed + 1000), backgrounds, 800)
    print("rendered anew", table(predict(model, fresh[0]), fresh[1]))
    numbers = {name: np.round(value, 5).tolist() for name, value in model.items()}
    args.out.write_text(json.dumps({"version": 1, "classes": CLASSES, **numbers}, separators=(",", ":")) + "\n")


def table(p, y, least=0.8):
    answer = np.where(p.max(1) >= least, p.argmax(1), 4)
    out = np.zeros((4, 5), int)
    np.add.at(out, (y, answer), 1)
    return "truth red, yellow, green, dark -> said red, yellow, green, dark, unknown\n" + str(out)


if __name__ == "__main__":
    main()
