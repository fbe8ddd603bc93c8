"""A network of any layers: each is its topic's own kernel in a section of its own; forward, backward, update."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from nncalc.errors import Refused, dimensions, listed
from nncalc.topics.backprop.blocks import RUNS, NetworkLayer, walked
from nncalc.topics.backprop.goal import RATE, FirstClassField, LossField, TargetField, goal
from nncalc.topics.backprop.plain import DenseLayer
from nncalc.topics.backprop.stack import Flow, Stack
from nncalc.topics.parts.back import from_above
from nncalc.topics.parts.belonging import GIVEN, LEFT_OUT, when
from nncalc.topics.parts.fields import About, Answer, Array
from nncalc.topics.parts.losses import loss_of
from nncalc.trace.name import StepName
from nncalc.trace.work import Work

IMAGE_KINDS = ("conv", "max_pool", "avg_pool", "global_avg_pool", "global_max_pool")


CELL_KINDS = ("rnn", "lstm", "gru")


def layered(
    work: Work,
    x: Annotated[
        Array,
        About(
            "the input: numbers, rows, an image, or tokens",
            also=("X", "input", "image"),
            example="[[1, 0, 2], [0, 1, 3], [2, 1, 0]]",
        ),
    ],
    layers: Annotated[
        list[NetworkLayer | DenseLayer],
        About(
            "a list of kinds with their numbers, from the input on",
            also=("network",),
            example="[{conv: {filter: [[1, -1], [0.5, 0]]}}, relu, {max_pool: 2}, flatten, {dense: [[0.4], [-0.3]]}]",
        ),
    ],
    target: TargetField = None,
    loss: LossField = "half_squared_error",
    rate: Annotated[float | None, replace(RATE, only=when(target=GIVEN) | when(upstream=GIVEN))] = None,
    upstream: Annotated[
        Array | None, About("∂L/∂output in place of a loss", also=("dY",), only=when(target=LEFT_OUT))
    ] = None,
    reduction: Annotated[
        Literal["mean", "sum"], About("over the rows of the output", only=when(target=GIVEN))
    ] = "mean",
    first_class: FirstClassField = None,
    layout: Annotated[
        Literal["columns", "rows"] | None,
        About("columns: W x, W is unit x input; rows: x W, W is input x unit (rows where tokens are rows)"),
    ] = None,
) -> Answer:
    """The same through layers of any kind, {conv: {filter, bias}}, relu, {max_pool: 2}, flatten, {dense: {W, b}}.

    What one layer gives is the next one's input, ∂L/∂input of one is ∂L/∂output of the one before (Rumelhart et al.
    1986; Goodfellow et al., Deep Learning, 6.5). Each layer has its topic's fields and steps: conv, max_pool, avg_pool,
    norm, attention, rnn, lstm, gru, softmax; beside them dense, feed_forward, residual, flatten, embedding, dropout.
    """
    kinds = [kind for kind, _ in walked(layers)]
    if layout == "columns" and "attention" in kinds:
        raise Refused("layout", "is columns, but attention has a row for each token", "rows")
    goes_back = target is not None or upstream is not None
    stack = Stack(work, RUNS, layout_of(x, layers, layout), goes_back)
    shaping = next((k for k in kinds if k in IMAGE_KINDS or k in ("dense", "norm", "rnn", "lstm", "gru")), "")
    out = stack.run(
        layers, Flow(x, "x", "x", image=x.ndim > 2 or (x.ndim == 2 and shaping in IMAGE_KINDS)), ("layers",)
    )
    _say(work, x, stack, layers)
    answer: Answer = {out.name: out.value}
    wrt = [*([x] if kinds[0] != "embedding" else []), *stack.learned.values()]
    if target is not None:
        if loss == "cross_entropy" and "softmax" not in (kinds[-1], out.activation):
            raise Refused("loss", f"is of probabilities, but {out.words} numbers", hint="end with softmax")
        with work.section("", "Loss"):
            answer["L"] = L = _loss(work, out, target, loss, reduction, first_class)
        gradients = work.backward(L, wrt)
    else:
        gradients = from_above(work, out.value, wrt, upstream)
    answer |= gradients
    return answer | (_updated(work, stack.learned, gradients, rate) if rate is not None else {})


def layout_of(x: Any, layers: list[Any], layout: str | None) -> str:
    """How weights stand: as is said, else input x unit where tokens are rows."""
    kinds = [kind for kind, _ in walked(layers)]
    tokens = "attention" in kinds or "embedding" in kinds or (x.ndim == 2 and _over_tokens(layers))
    return layout or ("rows" if tokens else "columns")


def _over_tokens(layers: list[Any]) -> bool:
    """Whether rows are normalized one by one."""
    return any(kind == "norm" and layer.kind in ("layer", "rms") for kind, layer in walked(layers))


def _say(work: Work, x: Any, stack: Stack, layers: list[Any]) -> None:
    """The row of layers with the shapes that they give, and the conventions that they hold."""
    said, kinds = work.trace().conventions, [kind for kind, _ in walked(layers)]
    said.append(" → ".join([f"x {dimensions(x.shape)}", *stack.row]))
    if {"dense", "feed_forward"} & set(kinds):
        said.append("weights unit x input: W·x" if stack.layout == "columns" else "weights input x unit: x·W")
    cells = [layer for kind, layer in walked(layers) if kind in CELL_KINDS]
    if any(getattr(layer, "layout", None) != "rows" for layer in cells):
        said.append(
            f"weights of {listed(dict.fromkeys(kind for kind in kinds if kind in CELL_KINDS))} unit x input: W·x"
        )
    said += stack.conventions


def _loss(work: Work, out: Flow, target: float | Array, kind: str, reduction: str, first_class: int | None) -> Any:
    """L, and how it is differentiated where the last layer and it are one. Raises Refused for an image."""
    p = out.value
    if p.ndim > 2 or out.image:
        raise Refused("target", f"belongs to numbers or rows, but {out.words}", hint="flatten before the loss")
    wanted = goal(work, target, p.shape, kind, first_class)
    samples = p.shape[0] if p.ndim > 1 and reduction == "mean" else 1
    written, like = loss_of(kind, p, wanted, samples, z=out.z, activation=out.activation)
    return work.let("L", written, like=like)


def _updated(work: Work, learned: Mapping[str, Any], gradients: Mapping[str, Any], rate: float) -> Answer:
    """W_new = W − rate·∂L/∂W of every layer."""
    new: Answer = {}
    for full, value in learned.items():
        name = StepName.parse(full)
        slope = gradients.get(name.beside(f"dL/d{name.local}"))
        if slope is not None:
            with work.section(name.section, "Update"):
                new[f"{full}_new"] = work.let(f"{name.local}_new", value - rate * slope)
    return new
