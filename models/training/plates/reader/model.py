"""The network: grey line -> per step, logits of blank and 36 characters."""

import torch
from torch import nn
from torch.nn import functional as F

CLASSES = 37


def conv(a, b, k=3, stride=1, padding=None):
    return nn.Sequential(nn.Conv2d(a, b, k, stride, k // 2 if padding is None else padding, bias=False), nn.BatchNorm2d(b),
                         nn.ReLU(inplace=True))


class Residual(nn.Module):
    def __init__(self, c, k=3):
        super().__init__()
        pad = (k[0] // 2, k[1] // 2) if isinstance(k, tuple) else k // 2
        self.one = conv(c, c, k, padding=pad)
        self.two = nn.Sequential(nn.Conv2d(c, c, k, padding=pad, bias=False), nn.BatchNorm2d(c))

    def forward(self, x):
        return F.relu(x + self.two(self.one(x)))


class Reader(nn.Module):
    """`x[N,1,32,W]`, grey 0..1; out `[N, W/4, 37]`: probabilities when `probabilities`, else log-probabilities."""

    def __init__(self, widths=(16, 24, 48, 72, 96), probabilities=False):
        super().__init__()
        a, b, c, d, e = widths
        self.probabilities = probabilities
        self.stem = nn.Sequential(conv(1, a, 3, (2, 2)), conv(a, b), conv(b, c, 3, (2, 2)), Residual(c))
        self.body = nn.Sequential(conv(c, d, 3, (2, 1)), Residual(d))
        # The four rows become one; then the line is read along, so that a character knows its neighbours.
        self.fold = conv(d, e, (4, 3), 1, (0, 1))
        self.along = nn.Sequential(Residual(e, (1, 5)), nn.Dropout(.1))
        self.head = nn.Conv2d(e, CLASSES, 1)

    def forward(self, x):
        # Light and contrast are taken out here, so that whoever calls has nothing to get wrong.
        mean = x.mean((2, 3), keepdim=True)
        x = x - mean
        x = x / (x.pow(2).mean((2, 3), keepdim=True).sqrt() + .02)
        y = self.along(self.fold(self.body(self.stem(x))))
        y = self.head(y).squeeze(2).transpose(1, 2)
        return y.softmax(-1) if self.probabilities else y.log_softmax(-1)
