"""The localiser's network: per cell of 4×4 pixels, is it a plate's centre, where are its corners, what kind is it."""

import torch
from torch import nn

STRIDE = 4
UNIT = 32.0  # pixels per unit of a corner's offset
# Channels of the output: centre, four corners (x, y from the cell's middle, in UNIT pixels; top left first, clockwise),
# two lines, colour (white, yellow, blue, red), hidden by more than two fifths.
CENTRE, CORNERS, TWO, COLOUR, HIDDEN = 0, slice(1, 9), 9, slice(10, 14), 14
OUTPUTS = 15


class Pointwise(nn.Conv2d):
    """A 1×1 convolution; in training a matrix product, which one thread does several times faster."""

    def __init__(self, i, o, bias=True):
        super().__init__(i, o, 1, bias=bias)

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        y = nn.functional.linear(x.permute(0, 2, 3, 1), self.weight.flatten(1), self.bias)
        return y.permute(0, 3, 1, 2)


def conv(i, o, k=3, s=1, groups=1):
    return nn.Sequential(nn.Conv2d(i, o, k, s, k // 2, groups=groups, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True))


class Block(nn.Module):
    """Depthwise then pointwise, with a shortcut where sizes agree."""

    def __init__(self, i, o, k=3, s=1):
        super().__init__()
        self.deep = nn.Sequential(
            nn.Conv2d(i, i, k, s, k // 2, groups=i, bias=False), nn.BatchNorm2d(i), nn.ReLU(inplace=True),
            Pointwise(i, o, bias=False), nn.BatchNorm2d(o))
        self.same = i == o and s == 1

    def forward(self, x):
        y = self.deep(x)
        return torch.relu(x + y if self.same else y)


class Localiser(nn.Module):
    def __init__(self, width=1.0, neck=48):
        super().__init__()
        a, b, c, d, e = (int(round(v * width / 8)) * 8 for v in (16, 32, 64, 96, 128))
        self.s2 = conv(3, a, 3, 2)
        self.s4 = nn.Sequential(conv(a, b, 3, 2), Block(b, b))
        self.s8 = nn.Sequential(Block(b, c, 3, 2), Block(c, c), Block(c, c))
        self.s16 = nn.Sequential(Block(c, d, 5, 2), Block(d, d, 5), Block(d, d, 5))
        self.s32 = nn.Sequential(Block(d, e, 5, 2), Block(e, e, 5), Block(e, e, 5))
        self.l32, self.l16, self.l8 = (Pointwise(n, neck) for n in (e, d, c))
        self.l4 = Pointwise(b, neck)
        self.m16, self.m8 = Block(neck, neck, 5), Block(neck, neck, 5)
        self.m4 = nn.Sequential(Block(neck, neck), Block(neck, neck))
        self.head = Pointwise(neck, OUTPUTS)
        nn.init.zeros_(self.head.bias)
        self.head.bias.data[CENTRE] = -4.6

    def forward(self, x):
        """`x` RGB 0..1, N×3×H×W, sides multiples of 32; N×15×H/4×W/4, all raw."""
        x4 = self.s4(self.s2(x * 4.0 - 2.0))
        x8 = self.s8(x4)
        x16 = self.s16(x8)
        x32 = self.s32(x16)
        up = lambda t: nn.functional.interpolate(t, scale_factor=2.0, mode="nearest")
        y = self.m16(self.l16(x16) + up(self.l32(x32)))
        y = self.m8(self.l8(x8) + up(y))
        return self.head(self.m4(self.l4(x4) + up(y)))


class Shipped(nn.Module):
    """The network with its last touches inside: probabilities and pixels."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, x):
        y = self.net(x)
        return torch.cat([torch.sigmoid(y[:, :1]), y[:, CORNERS] * UNIT, torch.sigmoid(y[:, TWO:TWO + 1]),
                          torch.softmax(y[:, COLOUR], 1), torch.sigmoid(y[:, HIDDEN:])], 1)
