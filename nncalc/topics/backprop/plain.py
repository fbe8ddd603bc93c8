"""Layers that are no topic of their own: dense, flatten, activations, dropout, embedding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused, did_you_mean, dimensions, printable, so_many, some_of
from nncalc.topics.backprop.stack import Flow, Position, WorkLayer
from nncalc.topics.parts.activations import ACTIVATIONS, ActivationName
from nncalc.topics.parts.belonging import LEFT_OUT, when
from nncalc.topics.parts.dense import affine, inputs_and_units, transposed
from nncalc.topics.parts.fields import About, Array
from nncalc.topics.parts.fitting import size_said
from nncalc.trace.rules.pooling import upsampled
from nncalc.trace.value import numbers

LayerName = Annotated[str | None, About("what its steps are called (its kind and its place)")]


@dataclass(frozen=True)
class DenseLayer:
    """activation(W x + b) of a vector, or of each row."""

    W: Annotated[
        Array,
        "rows columns",
        About("weights, unit x input (with layout rows input x unit)", also=("w", "weights", "weight", "kernel")),
    ]
    b: Annotated[Array | None, "units", About("one number for each unit", also=("biases",))] = None
    bias: Annotated[Array | None, "units", About("the same as b", only=when(b=LEFT_OUT))] = None
    activation: Annotated[ActivationName, About("what is applied to z", also=("function",))] = "identity"
    name: LayerName = None


@dataclass(frozen=True)
class FlattenLayer:
    """All numbers of an image in one vector."""

    order: Annotated[
        Literal["chw", "hwc"], About("channel by channel (PyTorch), or all channels of a place together (Keras)")
    ] = "chw"
    name: LayerName = None


@dataclass(frozen=True)
class FunctionLayer:
    """A function of each number."""

    alpha: Annotated[float | None, About("its constant", also=("negative_slope", "slope"))] = None
    beta: Annotated[float | None, About("its second constant")] = None
    name: LayerName = None


@dataclass(frozen=True)
class DropoutLayer:
    """Some numbers are dropped, the others divided by what share is kept (inverted dropout)."""

    mask: Annotated[Array, About("1 where a number is kept, 0 where it is dropped; of the input's shape")]
    rate: Annotated[float, About("share that is dropped", least=0, also=("p",))] = 0.5
    name: LayerName = None


@dataclass(frozen=True)
class EmbeddingLayer:
    """A row of the table for each token."""

    table: Annotated[Array, "token dim", About("a row for each token", symbol="E", also=("W", "weight", "E"))]
    first: Annotated[int, About("what the first token is called", least=0, most=1, also=("first_token",))] = 1
    name: LayerName = None


@dataclass(frozen=True)
class UpsampleLayer:
    """Every place of an image several times (the nearest one's number)."""

    scale: Annotated[int, About("how many times", least=1, most=1000, also=("scale_factor", "size", "factor"))] = 2
    name: LayerName = None


@dataclass(frozen=True)
class ConcatLayer:
    """What an earlier layer gives, behind what comes in: by channels of images, else by columns."""

    layer: Annotated[str, About("its name", also=("to", "with"))]
    name: LayerName = None


def check_weights(at: Position, name: str, W: Any, b: Any, width: int, bias: str = "b") -> int:
    """How many units the weights have. Raises Refused where they do not fit what comes in, or each other."""
    layout = at.stack.layout
    inputs, units = inputs_and_units(W, layout)
    if inputs != width:
        hint = "; ".join(filter(None, (at.before.words, transposed(name, W, width, layout))))
        raise Refused(name, f"is {dimensions(W.shape)}, for {inputs} inputs, but {width} come in", hint=hint)
    if b is not None and b.shape != (units,):
        raise Refused(bias, f"{size_said(b.shape)}, but {name} has {units} units ({dimensions(W.shape)})")
    return int(units)


def _dense(at: Position, layer: DenseLayer) -> Flow:
    """z = W x + b, and a = g(z) where there is an activation."""
    at.no_image()
    x = at.before.value
    bias = "bias" if layer.b is None else "b"
    b = layer.bias if layer.b is None else layer.b
    check_weights(at, "W", layer.W, b, x.shape[-1], bias)
    at.weighs(at.stack.layout)
    z = at.work.let("z", affine(x, at.given("W", layer.W), at.given("b", b), at.stack.layout))
    return activated(at, "z", z, layer.activation)


def activated(at: Position, name: str, z: Any, activation: str, called: str = "a") -> Flow:
    """g(z), or z itself where nothing is applied."""
    if activation == "identity":
        return at.gives(name, z)
    return at.let(called, ACTIVATIONS[activation](z), z=z, activation=activation)


def _flatten(at: Position, layer: FlattenLayer) -> Flow:
    """A vector of an image; rows of tokens or samples follow each other."""
    x = at.before.value
    if x.ndim == 3:
        at.says("flattened channel by channel" if layer.order == "chw" else "flattened place by place, channels last")
        x = x if layer.order == "chw" else np.transpose(x, (1, 2, 0))
    return at.let("y", x.reshape((x.size,)))


def _function(at: Position, layer: FunctionLayer) -> Flow:
    """y = g(x), element by element."""
    g = ACTIVATIONS[at.kind]
    for name, usual in (("alpha", g.alpha), ("beta", g.beta)):
        if getattr(layer, name) is not None and usual is None:
            raise Refused(name, f"says nothing of {at.kind}")
    x = at.before.value
    return at.let("y", g.function(x, *g.constants(layer.alpha, layer.beta)), z=x, activation=at.kind)


def _dropout(at: Position, layer: DropoutLayer) -> Flow:
    """y = mask∘x / (1 − rate) (Srivastava et al. 2014, as frameworks do it)."""
    x = at.before.value
    if layer.mask.shape != x.shape:
        raise Refused("mask", f"{size_said(layer.mask.shape)}, but {dimensions(x.shape)} comes in")
    if not np.isin(layer.mask, (0, 1)).all():
        raise Refused("mask", "holds other numbers than 0 and 1")
    if layer.rate >= 1:
        raise Refused("rate", "drops everything", "less than 1")
    at.says("dropout inverted: what is kept is divided by 1 − rate")
    mask = at.given("mask", layer.mask, learned=False)
    kept = at.given("rate", layer.rate, learned=False)
    return at.let("y", mask * x / (1 - kept))


def _embedding(at: Position, layer: EmbeddingLayer) -> Flow:
    """X: a row of the table for each token. Raises Refused for a token that there is not."""
    E = at.given("table", layer.table, "E")
    return at.let("X", np.stack([E[row] for row in _rows_of(at, layer)]))


def _rows_of(at: Position, layer: EmbeddingLayer) -> list[int]:
    """Which row each token has, from 0: by its number, or by the place of the 1 in its row."""
    x, rows = numbers(at.before.value), layer.table.shape[0]
    one_hot = x.ndim == 2 and np.isin(x, (0, 1)).all() and (x.sum(axis=1) == 1).all()
    if at.before.source != "x" or not (x.ndim == 1 or one_hot):
        raise Refused("x", "wants a list of tokens", hint=at.before.words)
    if one_hot:
        if x.shape[1] != rows:
            of = "the vocabulary has" if at.stack.tokens else "a row of x has"
            raise Refused(
                "table", f"has {so_many(rows, 'row')}, but {of} {x.shape[1]} {'words' if at.stack.tokens else 'places'}"
            )
        return [int(place) for place in x.argmax(axis=1)]
    last = layer.first + rows - 1
    wrong = [t for t in x.tolist() if t != int(t) or not layer.first <= t <= last]
    if wrong:
        raise Refused("table", f"has tokens from {layer.first} to {last}, but x has {wrong[0]:g}")
    at.says(f"tokens count from {layer.first}")
    return [int(t) - layer.first for t in x.tolist()]


def _upsample(at: Position, layer: UpsampleLayer) -> Flow:
    """y[i, j] = x[⌈i/s⌉, ⌈j/s⌉]. Raises Refused where no image comes in."""
    x, s = at.before.value, layer.scale
    if not at.before.image:
        raise Refused("x", f"wants an image, but {at.before.words}")
    *channels, h, w = x.shape
    at.work.reserve("scale", (*channels, h * s, w * s))
    return at.let("y", upsampled(x, scale=s))


def _concat_with(at: Position, layer: ConcatLayer) -> Flow:
    """[x; skip], the skip connection's middle where it is larger (Ronneberger et al. 2015, U-Net)."""
    x, flows = at.before.value, at.stack.flows
    if layer.layer not in flows:
        hint = did_you_mean(layer.layer, flows, f"the layers before it are {some_of(flows, layer.layer, '')}")
        raise Refused("layer", f"there is no layer '{printable(layer.layer)}' before this one", hint=hint)
    other = flows[layer.layer]
    skip = other.value
    if other.image != at.before.image or skip.ndim != x.ndim:
        raise Refused("layer", f"{other.words}, but {dimensions(x.shape)} comes in", hint=at.before.words)
    if at.before.image:
        spare = [big - small for big, small in zip(skip.shape[-2:], x.shape[-2:], strict=True)]
        if min(spare) < 0:
            raise Refused("layer", f"{other.words}, smaller than the {dimensions(x.shape)} that come in")
        if any(spare):
            at.says("what is larger is cropped to its middle", named=True)
            top, left = (n // 2 for n in spare)
            skip = skip[..., top : top + x.shape[-2], left : left + x.shape[-1]]
        x, skip = (one if one.ndim == 3 else one[None] for one in (x, skip))
    elif skip.shape[:-1] != x.shape[:-1]:
        raise Refused("layer", f"{other.words}, but {dimensions(x.shape)} comes in")
    return at.let("y", np.concatenate([x, skip], axis=0 if at.before.image else -1))


PLAIN_KINDS: dict[str, tuple[type, WorkLayer]] = {
    "dense": (DenseLayer, _dense), "flatten": (FlattenLayer, _flatten), "dropout": (DropoutLayer, _dropout),
    "embedding": (EmbeddingLayer, _embedding), "upsample": (UpsampleLayer, _upsample),
    "concat_with": (ConcatLayer, _concat_with),
    **{name: (FunctionLayer, _function) for name in ACTIVATIONS if name != "softmax"},
}  # fmt: skip
