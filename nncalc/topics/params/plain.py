"""Layers of any network: dense, flatten, activations, dropout, normalization, and numbers that are learned freely."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from nncalc.errors import dimensions
from nncalc.topics.params.common import BIG, HasBias, Name, Plain
from nncalc.topics.params.part import Part
from nncalc.topics.params.shape import Shape, Size, known_sizes, sizes
from nncalc.topics.parts.activations import ACTIVATIONS, Function
from nncalc.topics.parts.fields import About, shown

# Those of the topic, and what goes over all numbers of a token.
ActivationKind = Literal[Function, "softmax", "log_softmax", "swish"]
HasScale = Annotated[bool, About("whether there is a gamma", also=("gamma",))]
HasShift = Annotated[bool, About("whether there is a beta", also=("beta", "center", "shift"))]
LearnedShape = Annotated[
    int | list[int] | None,
    About(
        "how many numbers gamma has along each axis (default: the channels, or the numbers of a token)",
        least=1,
        most=BIG,
        also=("normalized_shape",),
    ),
]


@dataclass(frozen=True)
class Dense:
    """units, each with a weight for every input; of a sequence at every token."""

    units: Annotated[int, About("how many", least=1, most=BIG, also=("out_features", "neurons", "out"))]
    bias: HasBias = True
    name: Name = None


@dataclass(frozen=True)
class ActivationLayer:
    """A function of each number with a constant."""

    alpha: Annotated[float | None, About("its constant", also=("negative_slope", "slope"))] = None
    name: Name = None


@dataclass(frozen=True)
class Dropout:
    """Drops some of what it gets while training."""

    rate: Annotated[float | None, About("how much", least=0, also=("p",))] = None
    name: Name = None


@dataclass(frozen=True)
class BatchNorm:
    """A scale and a shift a channel; mean and variance are kept, not learned."""

    scale: HasScale = True
    bias: HasShift = True
    name: Name = None


@dataclass(frozen=True)
class LayerNorm:
    """A scale and a shift for each number of a token, or for each channel."""

    scale: HasScale = True
    bias: HasShift = True
    shape: LearnedShape = None
    name: Name = None


@dataclass(frozen=True)
class RmsNorm:
    """A scale for each number of a token, or for each channel."""

    scale: HasScale = True
    bias: HasShift = False
    shape: LearnedShape = None
    name: Name = None


@dataclass(frozen=True)
class GroupNorm:
    """A scale and a shift a channel, however the channels are grouped."""

    groups: Annotated[int | None, About("channels are divided into so many", least=1, most=BIG)] = None
    scale: HasScale = True
    bias: HasShift = True
    name: Name = None


@dataclass(frozen=True)
class InstanceNorm:
    """A scale and a shift a channel."""

    scale: HasScale = True
    bias: HasShift = True
    name: Name = None


@dataclass(frozen=True)
class Learned:
    """Numbers that are learned by themselves: a class token, a scale, a table of positions."""

    shape: Annotated[int | list[int], About("how many along each axis", least=1, most=BIG, also=("size",))]
    name: Name = None


def unchanged(part: Part, layer: Any) -> Shape:
    """Nothing is learned, and the shape stays; a constant is told."""
    told = [f"{n} {shown(value)}" for n in ("rate", "alpha") if (value := getattr(layer, n, None)) is not None]
    part.label = ", ".join([part.name, *told])
    return part.shape


def features(part: Part) -> tuple[Any, Any]:
    """A token's or a vector's numbers, and over how many tokens they go (None: a vector, or not known).

    Raises Refused for an image.
    """
    if len(part.shape) == 3:
        hint = "flatten before it" if part.kind == "dense" else "patches makes a sequence of an image"
        wanted = "a vector" if part.kind == "dense" else "a sequence or a vector"
        raise part.refused(f"wants {wanted}, but gets an image of {part.spoken(part.shape)}", hint=hint)
    tokens = part.shape[0] if len(part.shape) == 2 and part.shape[0].exact is not None else None
    return part.shape[-1], tokens


def sequence(part: Part) -> tuple[Size, Any]:
    """A token's numbers and the number of tokens (None: not known); a vector is refused."""
    numbers, tokens = features(part)
    if len(part.shape) == 1:
        raise part.refused(f"wants a sequence, but gets a vector of {part.spoken(part.shape)}", "[T, D]")
    return numbers, tokens


def one_for_all(part: Part) -> Shape:
    """One vector in place of a sequence."""
    if len(part.shape) == 2 and part.shape[0].exact is None:
        part.remark(f"after {part.name} there is one vector for all tokens: the MACs from there on are for a sequence")
    return part.shape[-1:]


def each(part: Part, tokens: Any, macs: Any) -> Any:
    """What all tokens take together."""
    return macs if tokens is None or macs is None else part.number("T", tokens, "tokens") * macs


def dense(part: Part, layer: Dense) -> Shape:
    """n·u + u parameters."""
    numbers, tokens = features(part)
    words = f"{layer.units} units" + ("" if layer.bias else ", no bias")
    with part.section(words, (*known_sizes(part.shape[:-1]), layer.units)):
        n, u = part.number("n", numbers, "numbers that come in"), part.number("u", layer.units, "units")
        part.learns(lambda: n * u + u if layer.bias else n * u)
        part.costs(each(part, tokens, n * u))
    part.counter.output = (layer.units, numbers.exact or 0)
    return (*part.shape[:-1], *sizes(layer.units))


def flatten(part: Part, layer: Plain) -> Shape:
    """All numbers behind each other."""
    if len(part.shape) == 1:
        return part.shape
    length = math.prod(part.known(size) for size in part.shape)
    with part.section("", (length,)):
        of_images = [("d", "depth"), ("h", "height"), ("w", "width"), ("c", "channels")]
        axes = of_images[-len(part.shape) :] if len(part.shape) > 2 else [("T", "tokens"), ("D", "numbers a token")]
        counts = [part.number(symbol, size, means) for (symbol, means), size in zip(axes, part.shape, strict=True)]
        return (part.size("output", math.prod(counts), length),)


def batch_norm(part: Part, layer: BatchNorm) -> Shape:
    """2·c parameters (gamma and beta), and 2·c statistics that training keeps without learning them."""
    with part.section(_affine(layer.scale, layer.bias), known_sizes(part.shape)):
        c = part.number("c", part.shape[-1], "channels")
        if layer.scale or layer.bias:
            part.learns(lambda: (layer.scale + layer.bias) * c)
        if not part.counter.sharing:
            part.count("statistics", 2 * c)
    return part.shape


def count_norm(part: Part, layer: Any) -> Shape:
    """2·c parameters, c without a bias or a scale. Raises Refused where groups do not divide the channels."""
    groups = getattr(layer, "groups", None)
    channels = part.shape[-1].exact or 0
    if groups and channels % groups:
        raise part.refused(f"{groups} groups cannot share {channels} channels evenly", "a divisor", at="groups")
    shape = getattr(layer, "shape", None)
    words = [f"{groups} groups"] if groups else []
    words += [_affine(layer.scale, layer.bias)]
    words[-1] += f" of {_sides(shape)}" if shape else ""
    with part.section(", ".join(words), known_sizes(part.shape)):
        if layer.scale or layer.bias:
            part.learns(lambda: (layer.scale + layer.bias) * _along_each(part, shape))
    return part.shape


def _along_each(part: Part, shape: int | list[int] | None) -> Any:
    """How many numbers there are along all axes: n1·n2; without a shape the channels."""
    if shape is None:
        return part.number("c", part.shape[-1], "channels" if len(part.shape) == 3 else "numbers a token")
    return math.prod(part.number(f"n{axis}", n, f"size of axis {axis}") for axis, n in enumerate(_listed(shape), 1))


def _listed(shape: int | list[int]) -> list[int]:
    return [shape] if isinstance(shape, int) else shape


def _sides(shape: int | list[int]) -> str:
    return dimensions(_listed(shape))


def _affine(scale: bool, bias: bool) -> str:
    return " and ".join(word for word, there in (("gamma", scale), ("beta", bias)) if there) or "no gamma, no beta"


def learned(part: Part, layer: Learned) -> Shape:
    """As many parameters as its shape has numbers; what comes in goes on as it is."""
    with part.section(f"{_sides(layer.shape)} numbers", known_sizes(part.shape)):
        part.learns(lambda: _along_each(part, layer.shape))
    return part.shape


def _has_alpha(name: str) -> bool:
    return name in ACTIVATIONS and ACTIVATIONS[name].alpha is not None


PLAIN_LAYERS: dict[str, tuple[type, Callable[[Part, Any], Shape]]] = {
    **{name: (ActivationLayer if _has_alpha(name) else Plain, unchanged) for name in get_args(ActivationKind)},
    "flatten": (Plain, flatten), "dense": (Dense, dense),
    "dropout": (Dropout, unchanged), "batch_norm": (BatchNorm, batch_norm), "layer_norm": (LayerNorm, count_norm),
    "rms_norm": (RmsNorm, count_norm), "group_norm": (GroupNorm, count_norm),
    "instance_norm": (InstanceNorm, count_norm),
    "local_response_norm": (Plain, unchanged), "learned": (Learned, learned),
}  # fmt: skip
