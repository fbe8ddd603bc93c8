"""Layers that are made of others: residual and feed-forward blocks; and the table of all kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from nncalc.errors import Refused, dimensions
from nncalc.topics.backprop.kernels import KERNEL_KINDS
from nncalc.topics.backprop.plain import PLAIN_KINDS, DenseLayer, LayerName, activated, check_weights
from nncalc.topics.backprop.stack import Flow, Position, WorkLayer
from nncalc.topics.parts.activations import ActivationName
from nncalc.topics.parts.dense import affine
from nncalc.topics.parts.fields import About, Array, Variant


class NetworkLayer(Variant):
    """A layer with its numbers: {kind: {fields}}, {kind: the one field that it needs}, or a bare name."""

    options: ClassVar[dict[str, type | tuple[type, ...]]] = {}


@dataclass(frozen=True, kw_only=True)
class FeedForwardLayer:
    """Two dense layers at every token."""

    W1: Annotated[Array, "rows1 columns1", About("the first layer's weights", also=("W_1",))]
    b1: Annotated[Array | None, "units1", About("the first layer's bias", also=("b_1",))] = None
    W2: Annotated[Array, "rows2 columns2", About("the second layer's weights", also=("W_2",))]
    b2: Annotated[Array | None, "units2", About("the second layer's bias", also=("b_2",))] = None
    activation: Annotated[ActivationName, About("between them")] = "relu"
    name: LayerName = None


@dataclass(frozen=True)
class ResidualLayer:
    """Layers that are gone around: what comes in is added to what they give."""

    layers: Annotated[list[NetworkLayer | DenseLayer], About("the layers that are gone around")]
    projection: Annotated[
        Array | None, "rows columns", About("W_s where the sizes differ", symbol="W_s", also=("W_s", "shortcut"))
    ] = None
    activation: Annotated[ActivationName, About("after the sum")] = "identity"
    name: LayerName = None


def _feed_forward(at: Position, layer: FeedForwardLayer) -> Flow:
    """z2 = W2 g(W1 x + b1) + b2 of every row (Vaswani et al. 2017, 3.3)."""
    at.no_image()
    x, layout = at.before.value, at.stack.layout
    units = check_weights(at, "W1", layer.W1, layer.b1, x.shape[-1], "b1")
    check_weights(at, "W2", layer.W2, layer.b2, units, "b2")
    at.weighs(layout)
    W1, b1 = at.given("W1", layer.W1), at.given("b1", layer.b1)
    z1 = at.work.let("z1", affine(x, W1, b1, layout))
    a1 = activated(at, "z1", z1, layer.activation, "a1").value
    return at.let("z2", affine(a1, at.given("W2", layer.W2), at.given("b2", layer.b2), layout))


def _residual(at: Position, layer: ResidualLayer) -> Flow:
    """sum = F(x) + x, or + W_s x (He et al. 2016, eq. 1 and 2). Raises Refused where the shapes differ."""
    inner = at.stack.run(layer.layers, at.before, (*at.path, "layers"))
    with at.work.section(at.name, at.name):
        return _summed(at, layer, inner.value)


def _summed(at: Position, layer: ResidualLayer, inner: Any) -> Flow:
    x = shortcut = at.before.value
    if layer.projection is not None:
        at.no_image()
        check_weights(at, "projection", layer.projection, None, x.shape[-1])
        at.weighs(at.stack.layout)
        W_s = at.given("projection", layer.projection, "W_s")
        shortcut = at.work.let("shortcut", affine(x, W_s, None, at.stack.layout))
    if inner.shape != shortcut.shape:
        gone = "the shortcut" if layer.projection is not None else at.before.source
        what = f"give {dimensions(inner.shape)}, but {gone} {dimensions(shortcut.shape)}: no sum"
        raise Refused("layers", what, hint="a projection makes sizes equal" if layer.projection is None else "")
    total = at.work.let("sum", inner + shortcut)
    return activated(at, "sum", total, layer.activation)


def _in_section(run: WorkLayer) -> WorkLayer:
    """The layer in a section of its own, which bears its name."""

    def work(at: Position, layer: Any) -> Flow:
        with at.work.section(at.name, at.name):
            return run(at, layer)

    return work


_KINDS: dict[str, tuple[type | tuple[type, ...], WorkLayer]] = {
    **KERNEL_KINDS,
    **PLAIN_KINDS,
    "feed_forward": (FeedForwardLayer, _feed_forward),
    "residual": (ResidualLayer, _residual),
}
NetworkLayer.options = {name: record for name, (record, _) in _KINDS.items()}
RUNS: dict[str, WorkLayer] = {n: run if n == "residual" else _in_section(run) for n, (_, run) in _KINDS.items()}
