"""Layers of images: convolutions, pooling, and what changes an image's size."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from nncalc.errors import dimensions
from nncalc.topics.params.common import (
    BIG,
    Filters,
    Groups,
    HasBias,
    Kernel,
    LayerDilation,
    LayerPad,
    LayerStride,
    Name,
    Plain,
    Scale,
)
from nncalc.topics.params.part import Part
from nncalc.topics.params.plain import one_for_all
from nncalc.topics.params.shape import Shape, Size, sizes
from nncalc.topics.params.windows import Axis, along, cells, off_page, per_axis, slide, taken, window
from nncalc.topics.parts.fields import About
from nncalc.trace.rules.whole import quotient

Out = Annotated[int | list[int], About("what goes out; a number or [height, width]", least=1, most=BIG)]


@dataclass(frozen=True)
class Conv:
    """filters of kernel x kernel over all channels of an image, or of kernel steps of a sequence."""

    filters: Filters
    kernel: Kernel
    stride: LayerStride = 1
    pad: LayerPad = 0
    dilation: LayerDilation = 1
    groups: Groups = 1
    bias: HasBias = True
    name: Name = None


@dataclass(frozen=True)
class Depthwise:
    """One filter for every channel."""

    kernel: Kernel
    stride: LayerStride = 1
    pad: LayerPad = 0
    dilation: LayerDilation = 1
    multiplier: Annotated[
        int, About("filters a channel", least=1, most=BIG, also=("depth_multiplier", "channel_multiplier"))
    ] = 1
    bias: HasBias = True
    name: Name = None


@dataclass(frozen=True)
class TransposedConv:
    """A convolution the other way: every number that comes in spreads over kernel x kernel places."""

    filters: Filters
    kernel: Kernel
    stride: LayerStride = 1
    pad: LayerPad = 0
    dilation: LayerDilation = 1
    groups: Groups = 1
    output_pad: Annotated[int | list[int], About("added at the end", least=0, most=BIG, also=("output_padding",))] = 0
    bias: HasBias = True
    name: Name = None


@dataclass(frozen=True)
class Pool:
    """The largest or the average of each window."""

    window: Annotated[
        int | list[int], About("its size", least=1, most=BIG, also=("size", "kernel", "pool_size", "kernel_size"))
    ]
    stride: Annotated[
        int | list[int] | None, About("step (default: the window)", least=1, most=BIG, also=("strides", "s"))
    ] = None
    pad: LayerPad = 0
    dilation: LayerDilation = 1
    ceil: Annotated[bool, About("round the number of windows up", also=("ceil_mode",))] = False
    name: Name = None


@dataclass(frozen=True)
class AdaptivePool:
    """As many windows as the output asks for."""

    output: Annotated[Out, About("its size", least=1, most=BIG, also=("output_size", "size"))]
    name: Name = None


@dataclass(frozen=True)
class Upsample:
    """Every place several times, or numbers put between."""

    scale: Annotated[Scale, About("how many times", least=1, most=BIG, also=("scale_factor", "size", "factor"))] = 2
    name: Name = None


@dataclass(frozen=True)
class PadChannels:
    """Channels of zeros behind those that come in."""

    to: Annotated[int, About("how many channels go out", least=1, most=BIG, also=("channels", "filters"))]
    stride: Annotated[
        int | None, About("every so many places only (default: 1; on the way around, as the layers)", least=1, most=BIG)
    ] = None
    name: Name = None


def spatial(part: Part) -> Size:
    """The channels of an image, or of a sequence that is slid over; a vector is refused."""
    if len(part.shape) == 1:
        hint = "no flatten before it" if part.path[-1] != 1 else ""
        what = f"wants an image, but gets a vector of {part.spoken(part.shape)}"
        raise part.refused(what, "[height, width, channels]", hint)
    return part.shape[-1]


def image(part: Part) -> None:
    """Refuses what is no image."""
    spatial(part)
    if len(part.shape) != 3:
        raise part.refused(
            f"wants an image, but gets a sequence of {part.spoken(part.shape)}", "[height, width, channels]"
        )


def _divided(part: Part, groups: int, filters: int) -> None:
    channels = part.shape[-1].exact or 0
    if channels % groups or filters % groups:
        what = f"{groups} groups cannot share {channels} channels and {filters} filters evenly"
        raise part.refused(what, "a number that divides both", at="groups")


def _said(layer: Any, windows: Sequence[Axis], what: str) -> str:
    """6 filters of 5 x 5, stride 2, padding 1."""
    apart, steps = {w.d for w in windows}, [w.s for w in windows]
    usual = [w.f for w in windows] if isinstance(layer, Pool) else [1] * len(windows)
    words = [what, f"stride {dimensions(steps) if len(set(steps)) > 1 else steps[0]}" if steps != usual else ""]
    zeros = layer.pad if isinstance(layer.pad, (int, str)) else dimensions(layer.pad)
    words.append(f"padding {zeros}" if layer.pad not in (0, "valid") else "")
    words.append(f"dilation {' x '.join(map(str, sorted(apart)))}" if apart != {1} else "")
    words.append(f"{layer.groups} groups" if getattr(layer, "groups", 1) > 1 else "")
    words.append("no bias" if not getattr(layer, "bias", True) else "")
    more = getattr(layer, "output_pad", 0)
    words.append(f"{more if isinstance(more, int) else dimensions(more)} added at the end" if more else "")
    words.append("rounded up" if getattr(layer, "ceil", False) else "")
    return ", ".join(filter(None, words))


def _sides(windows: Sequence[Axis]) -> str:
    return dimensions([w.f for w in windows])


def count_conv(part: Part, layer: Conv | TransposedConv) -> Shape:
    """(f·f·c + 1)·k parameters; one multiply-add for each weight at each place that goes out."""
    spatial(part)
    _divided(part, layer.groups, layer.filters)
    windows = window(part, layer.kernel, layer.stride, layer.pad, layer.dilation)
    lengths = taken(part, windows)
    what = f"{layer.filters} filters of {_sides(windows)}"
    with part.section(_said(layer, windows, what), (*lengths, layer.filters)):
        out = slide(part, windows, lengths)
        weights, k = _weights(part, windows, layer)
        part.learns(lambda: (weights + 1) * k if layer.bias else weights * k)
        part.costs(math.prod(value for value, _ in out) * k * weights)
    return (*(size for _, size in out), *sizes(layer.filters))


def count_transposed(part: Part, layer: TransposedConv) -> Shape:
    """As many parameters as a convolution; one multiply-add for each weight at each place that comes in.

    Raises Refused where nothing would come out.
    """
    spatial(part)
    _divided(part, layer.groups, layer.filters)
    extras = per_axis(part, layer.output_pad, len(part.shape) - 1, "output_pad")
    forward = window(part, layer.kernel, layer.stride, layer.pad, layer.dilation)
    windows = [replace(w.same_transposed() if w.as_same else w, extra=e) for w, e in zip(forward, extras, strict=True)]
    if any(w.extra >= max(w.s, w.d) for w in windows if w.extra):
        raise part.refused(f"is {max(extras)}", "less than the stride or the dilation", at="output_pad")
    lengths = [w.spread_over(w.n, off_page) for w in windows]
    if min(lengths) < 1:
        raise part.refused(f"cuts off more than there is: {dimensions(lengths)} would go out", at="pad")
    what = f"{layer.filters} filters of {_sides(windows)}"
    with part.section(_said(layer, windows, what), (*lengths, layer.filters)):
        out = slide(part, windows, lengths, back=True)
        weights, k = _weights(part, windows, layer)
        part.learns(lambda: (weights + 1) * k if layer.bias else weights * k)
        came = [along(part, windows, axis)("n", n, "") for axis, n in enumerate(part.shape[:-1])]
        part.costs(math.prod(came) * k * weights)
    return (*(size for _, size in out), *sizes(layer.filters))


def _weights(part: Part, windows: Sequence[Axis], layer: Any) -> tuple[Any, Any]:
    """f·f·c weights a filter (c/g with groups), and how many filters."""
    weights = cells(part, windows) * part.number("c", part.shape[-1], "channels in")
    if layer.groups > 1:
        weights = quotient(weights, part.number("g", layer.groups, "groups"))
    return weights, part.number("k", layer.filters, "filters")


def depthwise(part: Part, layer: Depthwise) -> Shape:
    """(f·f + 1)·c parameters."""
    spatial(part)
    windows = window(part, layer.kernel, layer.stride, layer.pad, layer.dilation)
    lengths = taken(part, windows)
    channels = (part.shape[-1].exact or 0) * layer.multiplier
    many = f"{layer.multiplier} filters" if layer.multiplier > 1 else "one filter"
    with part.section(_said(layer, windows, f"{many} of {_sides(windows)} a channel"), (*lengths, channels)):
        out = slide(part, windows, lengths)
        c = part.number("c", part.shape[-1], "channels in")
        last = part.shape[-1]
        if layer.multiplier > 1:
            c = c * part.number("m", layer.multiplier, "filters a channel")
            last = part.size("C", c, channels)
            c = part.numbers["c"] * part.numbers["m"]
        weights = cells(part, windows)
        part.learns(lambda: (weights + 1) * c if layer.bias else weights * c)
        part.costs(math.prod(value for value, _ in out) * c * weights)
    return (*(size for _, size in out), last)


def count_pool(part: Part, layer: Pool) -> Shape:
    """The size alone: nothing is learned, and no products are summed."""
    spatial(part)
    windows = window(part, layer.window, layer.stride, layer.pad, layer.dilation, ceil=layer.ceil, sized="window")
    lengths = taken(part, windows)
    with part.section(_said(layer, windows, f"windows of {_sides(windows)}"), (*lengths, part.shape[-1].exact)):
        out = slide(part, windows, lengths)
    return (*(size for _, size in out), part.shape[-1])


def overall(part: Part, layer: Plain) -> Shape:
    """One number a channel, or one for each number of a token."""
    spatial(part)
    return one_for_all(part)


def adaptive(part: Part, layer: AdaptivePool) -> Shape:
    """The size that is asked for."""
    spatial(part)
    return (*sizes(*per_axis(part, layer.output, len(part.shape) - 1, "output")), part.shape[-1])


def upsample(part: Part, layer: Upsample) -> Shape:
    """n·s along each axis."""
    spatial(part)
    scales = per_axis(part, layer.scale, len(part.shape) - 1, "scale")
    windows = [Axis(part.known(n), f=s, s=s, as_same=True) for n, s in zip(part.shape, scales, strict=False)]
    lengths = [w.spread_over(w.n, off_page) for w in windows]
    with part.section(f"{dimensions(scales)} times", (*lengths, part.shape[-1].exact)):
        out = slide(part, windows, lengths, back=True)
    return (*(size for _, size in out), part.shape[-1])


def pad_channels(part: Part, layer: PadChannels) -> Shape:
    """No parameters: a shortcut that only adds zeros. Raises Refused where there are fewer."""
    image(part)
    if layer.to < (part.shape[-1].exact or 0):
        raise part.refused(f"has {layer.to} channels, but {part.shape[-1].exact} come in", "at least as many", at="to")
    windows = [Axis(part.known(n), f=1, s=layer.stride or 1) for n in part.shape[:-1]]
    lengths = taken(part, windows)
    if layer.stride in (None, 1):
        return (*part.shape[:-1], *sizes(layer.to))
    with part.section(f"every {layer.stride}th place, zeros as channels", (*lengths, layer.to)):
        return (*(size for _, size in slide(part, windows, lengths)), *sizes(layer.to))


IMAGE: dict[str, tuple[type, Callable[[Part, Any], Shape]]] = {
    "conv": (Conv, count_conv), "depthwise": (Depthwise, depthwise),
    "transposed_conv": (TransposedConv, count_transposed),
    "max_pool": (Pool, count_pool), "avg_pool": (Pool, count_pool), "global_avg_pool": (Plain, overall),
    "global_max_pool": (Plain, overall), "adaptive_avg_pool": (AdaptivePool, adaptive),
    "adaptive_max_pool": (AdaptivePool, adaptive), "upsample": (Upsample, upsample),
    "pad_channels": (PadChannels, pad_channels),
}  # fmt: skip
