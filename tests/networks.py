"""Networks counted a second time, in plain loops that share nothing with nncalc: the truth for tests of `params`."""

from __future__ import annotations

import math
from typing import Any


class Misfit(Exception):
    """These layers do not go together."""


class Net:
    """An image of h x w x c on its way through layers; what they learn, and their multiply-adds."""

    def __init__(self, h: int, w: int, c: int):
        self.h, self.w, self.c = h, w, c
        self.params = self.macs = self.statistics = 0

    def conv(self, k: int, f: int, s: int = 1, p: int = 0, bias: bool = False, groups: int = 1, d: int = 1) -> Net:
        self.h, self.w = (len(range(0, n + 2 * p - d * (f - 1), s)) for n in (self.h, self.w))
        if self.c % groups or k % groups or not self.h or not self.w:
            raise Misfit
        one = f * f * (self.c // groups)
        self.params += k * one + (k if bias else 0)
        self.macs += self.h * self.w * k * one
        self.c = k
        return self

    def pool(self, f: int, s: int | None = None, p: int = 0, ceil: bool = False) -> Net:
        """As many windows as begin inside; rounded up, one may hang over, if it begins before the zeros behind."""
        s = f if s is None else s
        last = [n + p if ceil else n + 2 * p - f + 1 for n in (self.h, self.w)]
        full = [math.ceil((n + 2 * p - f) / s) + 1 if ceil else 10**9 for n in (self.h, self.w)]
        if self.h + 2 * p < f or self.w + 2 * p < f:
            raise Misfit
        self.h, self.w = (min(len(range(0, at, s)), most) for at, most in zip(last, full, strict=True))
        return self

    def norm(self) -> Net:
        self.params += 2 * self.c
        self.statistics += 2 * self.c
        return self

    def unit(self, k: int, f: int, s: int = 1, p: int = 0, groups: int = 1) -> Net:
        """Convolution without bias, batch norm."""
        return self.conv(k, f, s, p, groups=groups).norm()

    def flat(self, mean: bool = False) -> Net:
        self.h, self.w, self.c = 1, 1, self.c if mean else self.h * self.w * self.c
        return self

    def dense(self, n: int) -> Net:
        self.params += self.c * n + n
        self.macs += self.c * n
        self.c = n
        return self

    def at(self) -> Net:
        """Another one that starts from here, with nothing counted yet."""
        return Net(self.h, self.w, self.c)

    def plus(self, *others: Net) -> Net:
        """What branches from here count, too."""
        for other in others:
            self.params += other.params
            self.macs += other.macs
            self.statistics += other.statistics
        return self

    def join(self, *branches: Net) -> Net:
        """Branches from here, their channels behind each other."""
        self.h, self.w, self.c = branches[0].h, branches[0].w, sum(b.c for b in branches)
        return self.plus(*branches)


def lenet() -> Net:
    net = Net(28, 28, 1).conv(6, 5, p=2, bias=True).pool(2).conv(16, 5, bias=True).pool(2)
    return net.flat().dense(120).dense(84).dense(10)


def alexnet() -> Net:
    net = Net(224, 224, 3).conv(64, 11, 4, 2, bias=True).pool(3, 2).conv(192, 5, p=2, bias=True).pool(3, 2)
    for k in (384, 256, 256):
        net.conv(k, 3, p=1, bias=True)
    return net.pool(3, 2).flat().dense(4096).dense(4096).dense(1000)


def vgg(*many: int) -> Net:
    net = Net(224, 224, 3)
    for k, n in zip((64, 128, 256, 512, 512), many, strict=True):
        for _ in range(n):
            net.conv(k, 3, p=1, bias=True)
        net.pool(2)
    return net.flat().dense(4096).dense(4096).dense(1000)


def googlenet() -> Net:
    net = Net(224, 224, 3).unit(64, 7, 2, 3).pool(3, 2, ceil=True).unit(64, 1).unit(192, 3, p=1).pool(3, 2, ceil=True)
    table = [
        (64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64), 3, (192, 96, 208, 16, 48, 64), (160, 112, 224, 24, 64, 64),
        (128, 128, 256, 24, 64, 64), (112, 144, 288, 32, 64, 64), (256, 160, 320, 32, 128, 128), 2,
        (256, 160, 320, 32, 128, 128), (384, 192, 384, 48, 128, 128),
    ]  # fmt: skip
    for row in table:
        if isinstance(row, int):
            net.pool(row, 2, ceil=True)
            continue
        a, b, c, d, e, f = row
        net.join(net.at().unit(a, 1), net.at().unit(b, 1).unit(c, 3, p=1), net.at().unit(d, 1).unit(e, 3, p=1),
                 net.at().pool(3, 1, 1).unit(f, 1))  # fmt: skip
    return net.flat(mean=True).dense(1000)


def resnet(*blocks: int, bottleneck: bool = False, groups: int = 1, wide: int = 1) -> Net:
    net = Net(224, 224, 3).unit(64, 7, 2, 3).pool(3, 2, 1)
    for stage, n in enumerate(blocks):
        width = 64 * 2**stage
        for block in range(n):
            s, out = (2 if stage and not block else 1), width * (4 if bottleneck else 1)
            if net.c != out or s > 1:
                net.plus(net.at().unit(out, 1, s))
            if bottleneck:
                net.unit(width * wide, 1).unit(width * wide, 3, s, 1, groups).unit(out, 1)
            else:
                net.unit(width, 3, s, 1).unit(width, 3, 1, 1)
    return net.flat(mean=True).dense(1000)


def mobilenet_v1() -> Net:
    net = Net(224, 224, 3).unit(32, 3, 2, 1)
    for k, s in [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]:
        net.unit(net.c, 3, s, 1, net.c).unit(k, 1)
    return net.flat(mean=True).dense(1000)


def inverted(squeeze: bool, last: int, *rows: tuple[int, int, int, int, int]) -> Net:
    """MobileNetV2 and EfficientNet: expansion, kernel, stride, channels, how often."""
    net = Net(224, 224, 3).unit(32, 3, 2, 1)
    for t, f, s, k, n in rows:
        for i in range(n):
            came = net.c
            if t > 1:
                net.unit(came * t, 1)
            net.unit(net.c, f, 1 if i else s, f // 2, net.c)
            if squeeze:
                net.plus(net.at().flat(mean=True).dense(came // 4).dense(net.c))
            net.unit(k, 1)
    return net.unit(last, 1).flat(mean=True).dense(1000)


def squeezenet() -> Net:
    net = Net(224, 224, 3).conv(96, 7, 2, bias=True).pool(3, 2, ceil=True)
    for i, (a, b) in enumerate([(16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256)]):
        if i in (3, 7):
            net.pool(3, 2, ceil=True)
        net.conv(a, 1, bias=True)
        net.join(net.at().conv(b, 1, bias=True), net.at().conv(b, 3, p=1, bias=True))
    return net.conv(1000, 1, bias=True).flat(mean=True)


def densenet() -> Net:
    net = Net(224, 224, 3).unit(64, 7, 2, 3).pool(3, 2, 1)
    for i, n in enumerate((6, 12, 24, 16)):
        for _ in range(n):
            net.join(net.at(), net.at().norm().conv(128, 1).norm().conv(32, 3, p=1))
        if i < 3:
            net.norm().conv(net.c // 2, 1).pool(2)
    return net.norm().flat(mean=True).dense(1000)


def convnext() -> Net:
    net = Net(224, 224, 3).conv(96, 4, 4, bias=True).norm()
    for i, n in enumerate((3, 3, 9, 3)):
        c = 96 * 2**i
        if i:
            net.norm().conv(c, 2, 2, bias=True)
        for _ in range(n):
            net.conv(c, 7, p=3, bias=True, groups=c).norm().conv(4 * c, 1, bias=True).conv(c, 1, bias=True)
            net.params += c
    return net.flat(mean=True).norm().dense(1000)


def unet() -> Net:
    net, skips = Net(572, 572, 1), []
    for k in (64, 128, 256, 512):
        net.conv(k, 3, bias=True).conv(k, 3, bias=True)
        skips.append(k)
        net.pool(2)
    net.conv(1024, 3, bias=True).conv(1024, 3, bias=True)
    for k in reversed(skips):
        net.params += 2 * 2 * net.c * k + k
        net.macs += net.h * net.w * net.c * k * 2 * 2
        net.h, net.w, net.c = 2 * net.h, 2 * net.w, k + k
        net.conv(k, 3, bias=True).conv(k, 3, bias=True)
    return net.conv(2, 1, bias=True)


def transformer(
    vocabulary: int, d: int, blocks: int, hidden: int, tokens: int | None = None, **other: Any
) -> tuple[int, int]:
    """Parameters and multiply-adds (of one token where `tokens` is not known) of a stack of blocks and its embedding.

    kv: how wide keys and values are; matrices: of the feed-forward part; bias; norm: numbers of one norm; places;
    head: multiply-adds and parameters of what follows; experts, active.
    """
    kv, matrices, bias = other.get("kv", d), other.get("matrices", 2), other.get("bias", True)
    norm, places, experts, active = (
        other.get(n, v) for n, v in (("norm", 2 * d), ("places", 0), ("experts", 1), ("active", 1))
    )
    projections = d * d + 2 * d * kv + d * d
    biases = 2 * d + 2 * kv + hidden + d if bias else 0
    router = d * experts if experts > 1 else 0
    block = projections + experts * matrices * d * hidden + router + biases + 2 * norm
    per_token = projections + active * matrices * d * hidden + router
    t = 1 if tokens is None else tokens
    macs = blocks * (t * per_token + (0 if tokens is None else 2 * t * t * d))
    return vocabulary * d + places * d + blocks * block, macs
