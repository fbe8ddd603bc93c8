"""Counting: output sizes, parameters and multiply-adds of a network, layer by layer; updates of a training run."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import numpy as np

from nncalc.errors import Refused, times
from nncalc.topics.fields import About, Answer, Variant
from nncalc.trace.value import Value
from nncalc.trace.work import Work

BIG = 1_000_000_000
Size = Annotated[int | list[int], About(least=1, most=BIG)]
Pad = Annotated[
    int | list[int] | Literal["same", "valid"],
    About("zeros on every side, or same", least=0, most=BIG, also=("padding",)),
]
Bias = Annotated[bool, About("whether there is a bias", also=("use_bias", "biases"))]
Name = Annotated[str | None, About("what its lines are called")]


@dataclass(frozen=True)
class Conv:
    """filters of kernel x kernel over all channels."""

    filters: Annotated[int, About("how many", least=1, most=BIG, also=("out_channels", "channels"))]
    kernel: Annotated[int | list[int], About("its size", least=1, most=BIG, also=("kernel_size", "size", "f"))]
    stride: Annotated[int | list[int], About("step", least=1, most=BIG, also=("strides", "s"))] = 1
    pad: Pad = 0
    bias: Bias = True
    name: Name = None


@dataclass(frozen=True)
class Pool:
    """The largest or the average of each window."""

    window: Annotated[int | list[int], About("its size", least=1, most=BIG, also=("size", "kernel", "pool_size"))]
    stride: Annotated[
        int | list[int] | None, About("step (default: the window)", least=1, most=BIG, also=("strides",))
    ] = None
    pad: Pad = 0
    name: Name = None


@dataclass(frozen=True)
class Dense:
    """units, each with a weight for every input."""

    units: Annotated[int, About("how many", least=1, most=BIG, also=("out_features", "neurons"))]
    bias: Bias = True
    name: Name = None


@dataclass(frozen=True)
class Plain:
    """A layer without numbers to learn that keeps or only reshapes what it gets."""

    name: Name = None


@dataclass(frozen=True)
class Dropout:
    """Drops some of what it gets while training."""

    rate: Annotated[float | None, About("how much", also=("p",))] = None
    name: Name = None


class LayerSpec(Variant):
    """A layer: a bare name (flatten) or a mapping with one key ({dense: {units: 10}})."""

    options: ClassVar[dict[str, type]] = {
        "conv": Conv, "max_pool": Pool, "avg_pool": Pool, "global_avg_pool": Plain, "flatten": Plain, "dense": Dense,
        "dropout": Dropout, "batch_norm": Plain, "relu": Plain, "sigmoid": Plain, "tanh": Plain, "softmax": Plain,
    }  # fmt: skip


def params(
    work: Work,
    input_shape: Annotated[
        list[int],
        About(
            "[height, width, channels] of an image, or [n] of a vector",
            least=1,
            most=BIG,
            also=("input", "shape"),
            example="[28, 28, 1]",
        ),
    ],
    layers: Annotated[
        list[LayerSpec],
        About(
            "the layers in order",
            example="[{conv: {filters: 6, kernel: 5}}, {max_pool: {window: 2}}, flatten, {dense: {units: 10}}]",
        ),
    ],
    channels_first: Annotated[bool, About("input_shape is [channels, height, width]")] = False,
) -> Answer:
    """Output size, parameters and multiply-adds (MACs, biases not counted) of every layer, and the totals.

    conv: (n + 2p − f)/s + 1 rounded down; (f·f·c + 1)·k parameters; one MAC for each weight at each output place.
    FLOPs are 2·MACs (Dumoulin and Visin 2016; the sums of any course). Counts are exact whole numbers.
    """
    if len(input_shape) not in (1, 3):
        raise Refused("input_shape", "want [height, width, channels] or [n]")
    shape = (*input_shape[1:], input_shape[0]) if channels_first and len(input_shape) == 3 else tuple(input_shape)
    counts = _Counts(work, shape)
    work.overview("layer", "output", "parameters", "MACs")
    for k, (kind, layer) in enumerate(layers, 1):
        counts.layer(k, kind, layer)
    total = work.let("params", _sum(counts.parameters))
    macs = work.let("macs", _sum(counts.macs))
    flops = work.let("flops", 2 * macs)
    work.overview("total", "", whole(total), whole(macs))
    return {"output": np.array(counts.shape), "params": total, "macs": macs, "flops": flops}


class _Counts:
    """The shape on its way through the layers, and what has been counted."""

    def __init__(self, work: Work, shape: tuple[int, ...]):
        self.work, self.shape = work, shape
        self.parameters: list[Any] = []
        self.macs: list[Any] = []
        self.names: set[str] = set()

    def layer(self, k: int, kind: str, layer: Any) -> None:
        """One layer in a section of its own."""
        name = layer.name or f"{kind}{k}"
        if not name.isidentifier() or name in self.names:
            raise Refused(("layers", k), f"the name '{name}' is taken or has other signs than letters, digits and _")
        self.names.add(name)
        learned, cost = len(self.parameters), len(self.macs)
        if kind in COUNTS:
            with self.work.section(name, f"{name}: {times(self.shape)} in"):
                COUNTS[kind](self, k, layer)
        sums = (sum(map(whole, counts)) for counts in (self.parameters[learned:], self.macs[cost:]))
        self.work.overview(name, times(self.shape), *sums)

    def number(self, name: str, value: int) -> Any:
        """A whole number with a name of its own, exact at any size."""
        count = self.work.given(name, np.array(value, dtype=object))
        if isinstance(count, Value):
            count.shown = name.partition("_")[0]
        return count

    def image(self, k: int) -> tuple[int, int, int]:
        """Height, width and channels; a vector is refused."""
        if len(self.shape) != 3:
            raise Refused(("layers", k), "wants an image, but gets a vector", "no flatten before it")
        return self.shape[0], self.shape[1], self.shape[2]

    def slide(self, k: int, size: Any, stride: Any, pad: Any) -> list[Any]:
        """The output's height and width as steps, from the size of a window and its stride."""
        out: list[Any] = []
        for axis, letter, n in zip((0, 1), "HW", self.image(k)[:2], strict=True):
            f, s = (v if isinstance(v, int) else v[axis] for v in (size, stride))
            if pad == "same":
                out.append(self.work.let(letter, self.number(f"n_{letter}", -(-n // s)) * 1))
                continue
            p = 0 if pad == "valid" else pad if isinstance(pad, int) else pad[axis]
            if n + 2 * p < f:
                raise Refused(("layers", k), f"has a window of {f}, but gets only {n + 2 * p}")
            room = self.number(f"n_{letter}", n)
            room = room + 2 * self.number(f"p_{letter}", p) if p else room
            places = (room - self.number(f"f_{letter}", f)) // self.number(f"s_{letter}", s) + 1
            out.append(self.work.let(letter, places))
        self.shape = (*(whole(v) for v in out), self.shape[2])
        return out

    def counted(self, parameters: Any, macs: Any) -> None:
        """Names what a layer learns and what it costs."""
        if parameters is not None:
            self.parameters.append(self.work.let("params", parameters))
        if macs is not None:
            self.macs.append(self.work.let("macs", macs))


def whole(value: Any) -> int:
    """A count as a Python integer."""
    return int(np.asarray(getattr(value, "array", value)))


def _sum(counts: list[Any]) -> Any:
    total: Any = counts[0] if counts else np.array(0, dtype=object)
    for count in counts[1:]:
        total = total + count
    return total


def _conv(c: _Counts, k: int, layer: Conv) -> None:
    channels = c.image(k)[2]
    height, width = c.slide(k, layer.kernel, layer.stride, layer.pad)
    f = (layer.kernel, layer.kernel) if isinstance(layer.kernel, int) else layer.kernel
    f_h, f_w = c.number("f_h", f[0]), c.number("f_w", f[1])
    weights = f_h * f_w * c.number("c", channels)
    filters = c.number("k", layer.filters)
    c.shape = (*c.shape[:2], layer.filters)
    c.counted((weights + 1 if layer.bias else weights) * filters, height * width * filters * weights)


def _pool(c: _Counts, k: int, layer: Pool) -> None:
    c.slide(k, layer.window, layer.window if layer.stride is None else layer.stride, layer.pad)


def _global(c: _Counts, k: int, layer: Plain) -> None:
    c.shape = (c.image(k)[2],)


def _flatten(c: _Counts, k: int, layer: Plain) -> None:
    if len(c.shape) == 3:
        height, width, channels = (c.number(n, v) for n, v in zip("hwc", c.shape, strict=True))
        c.work.let("output", height * width * channels)
    c.shape = (math.prod(c.shape),)


def _dense(c: _Counts, k: int, layer: Dense) -> None:
    if len(c.shape) != 1:
        raise Refused(("layers", k), "wants a vector, but gets an image", "flatten before it")
    n, units = c.number("n", c.shape[0]), c.number("u", layer.units)
    c.shape = (layer.units,)
    c.counted(n * units + units if layer.bias else n * units, n * units)


def _norm(c: _Counts, k: int, layer: Plain) -> None:
    c.counted(2 * c.number("c", c.shape[-1]), None)


COUNTS: dict[str, Callable[[_Counts, int, Any], None]] = {
    "conv": _conv, "max_pool": _pool, "avg_pool": _pool, "global_avg_pool": _global, "flatten": _flatten,
    "dense": _dense, "batch_norm": _norm,
}  # fmt: skip


def training(
    work: Work,
    examples: Annotated[int, About("how many there are", least=1, most=BIG, also=("N", "samples"))],
    batch_size: Annotated[int, About("how many at a time", least=1, most=BIG, also=("B", "batch"))],
    epochs: Annotated[int, About("how often through all", least=1, most=BIG, also=("E",))] = 1,
) -> Answer:
    """⌈N/B⌉ updates an epoch, E·⌈N/B⌉ in all; the last batch of an epoch may be smaller."""
    N, B, E = (
        work.given(n, np.array(v, dtype=object)) for n, v in zip("NBE", (examples, batch_size, epochs), strict=True)
    )
    per_epoch = work.let("updates_per_epoch", (N + B - 1) // B)
    return {"updates_per_epoch": per_epoch, "updates": work.let("updates", E * per_epoch)}


FORMS = (params, training)
