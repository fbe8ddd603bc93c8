"""A network of dense layers: forward, backward, and update after update."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused, dimensions
from nncalc.topics.backprop.descent import Parameters, descend
from nncalc.topics.backprop.goal import LAYOUT, NO_AIM, STANDS, AimFields, NetworkLayout
from nncalc.topics.backprop.stack import Flow
from nncalc.topics.parts.activations import ACTIVATIONS
from nncalc.topics.parts.belonging import GIVEN, Like, when
from nncalc.topics.parts.dense import Layer, affine, inputs_and_units, transposed
from nncalc.topics.parts.fields import About, Answer, Array
from nncalc.topics.parts.losses import check_shares
from nncalc.trace.work import Work

SEVERAL_SAMPLES = Like("of several samples", lambda x: np.ndim(x) > 1)


def network(
    work: Work,
    x: Annotated[
        Array, "input | sample input", About("the input, or one row for each sample", also=("X", "input"), data=True)
    ],
    layers: Annotated[
        list[Layer],
        About(
            "a list of {W, b, activation}, from the input on",
            chain=("input", "unit"),
            also=("network",),
            example="[{W: [[0.15, 0.2], [0.25, 0.3]], b: [0.35, 0.35], activation: sigmoid}]",
        ),
    ],
    aim: AimFields = NO_AIM,
    reduction: Annotated[
        Literal["mean", "sum"], About("over the samples", only=when(x=SEVERAL_SAMPLES, target=GIVEN))
    ] = "mean",
    layout: Annotated[NetworkLayout | None, replace(LAYOUT, says=lambda way: STANDS.get(way, ""))] = None,
) -> Answer:
    """Forward through the layers, every gradient of the backward pass, and the updated weights.

    z_l = W_l a_(l−1) + b_l, a_l = g(z_l); W_new = W − rate·∂L/∂W (Rumelhart et al. 1986; Goodfellow et al. 6.5).
    x: (input,) or (sample, input), then Z = A Wᵀ + b; W: (unit, input); b: (unit,). With the layout rows W is
    (input, unit), and Z = A W + b.
    """
    units = _check_chain(x, layers, layout)
    target = None if aim.target is None else aim.wanted(work, (*x.shape[:-1], units))
    given: Parameters = {}
    for k, layer in enumerate(layers, 1):
        given[f"W{k}"] = work.given(f"W{k}", layer.W)
        if layer.b is not None:
            given[f"b{k}"] = work.given(f"b{k}", layer.b)

    def forward(before: Parameters) -> tuple[Flow, Parameters]:
        now = given | before
        if aim.has_steps:
            now = {name: work.let(name, v) for name, v in now.items()}
        drawn: list[tuple[str, ...]] = [("x", dimensions(x.shape), "x", "")]
        z, a = None, x
        for k, layer in enumerate(layers, 1):
            z = work.let(f"z{k}", affine(a, now[f"W{k}"], now.get(f"b{k}"), layout))
            a = work.let(f"a{k}", ACTIVATIONS[layer.activation](z))
            drawn.append((f"a{k}", dimensions(a.shape), f"a{k}", layer.activation))
        if not before:
            work.trace().layers = drawn
        return Flow(a, f"a{len(layers)}", "", z=z, activation=layers[-1].activation), now

    if aim.target is not None:
        gives = f"layer {len(layers)} ends with {layers[-1].activation}"
        check_shares(aim.loss, layers[-1].activation, gives, "activation: softmax in the last layer")
    return descend(work, aim, forward, {"x": x}, reduction, target)


def _check_chain(x: Any, layers: Sequence[Layer], layout: str | None) -> int:
    """How many units the last layer has. Raises Refused where one layer does not fit what the one before gives."""
    size, before = x.shape[-1], "x has"
    for k, layer in enumerate(layers, 1):
        inputs, units = inputs_and_units(layer.W, layout)
        if inputs != size:
            what = f"is {dimensions(layer.W.shape)}, for {inputs} inputs, but {before} {size}"
            raise Refused(("layers", k, "W"), what, hint=transposed("W", layer.W, size, layout))
        size, before = units, f"layer {k} gives"
    return int(size)
