"""A network of dense layers: forward, backward, and update after update."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused
from nncalc.topics.backprop.goal import FirstClassField, LossField, RateField, TargetField, goal
from nncalc.topics.parts.activations import ACTIVATIONS
from nncalc.topics.parts.back import updated
from nncalc.topics.parts.belonging import GIVEN, Like, when
from nncalc.topics.parts.dense import Layer, affine
from nncalc.topics.parts.fields import About, Answer, Array
from nncalc.topics.parts.losses import loss_of
from nncalc.trace.work import Work

SEVERAL_SAMPLES = Like("of several samples", lambda x: np.ndim(x) > 1)


def network(
    work: Work,
    x: Annotated[Array, "input | sample input", About("the input, or one row for each sample", also=("X", "input"))],
    layers: Annotated[
        list[Layer],
        About(
            "a list of {W, b, activation}, from the input on",
            chain=("input", "unit"),
            also=("network",),
            example="[{W: [[0.15, 0.2], [0.25, 0.3]], b: [0.35, 0.35], activation: sigmoid}]",
        ),
    ],
    target: TargetField = None,
    loss: LossField = "half_squared_error",
    rate: RateField = None,
    steps: Annotated[
        int, About("how many updates", least=1, most=1_000_000, also=("epochs", "iterations"), only=when(rate=GIVEN))
    ] = 1,
    freeze_bias: Annotated[bool, About("leave the biases as they are in the update", only=when(rate=GIVEN))] = False,
    l2: Annotated[
        float,
        About(
            "weight decay: adds l2/2 times the sum of squared weights to L",
            also=("weight_decay",),
            only=when(target=GIVEN),
        ),
    ] = 0,
    reduction: Annotated[
        Literal["mean", "sum"], About("over the samples", only=when(x=SEVERAL_SAMPLES, target=GIVEN))
    ] = "mean",
    first_class: FirstClassField = None,
) -> Answer:
    """Forward through the layers, every gradient of the backward pass, and the updated weights.

    z_l = W_l a_(l−1) + b_l, a_l = g(z_l); W_new = W − rate·∂L/∂W (Rumelhart et al. 1986; Goodfellow et al. 6.5).
    x: (input,) or (sample, input), then Z = A Wᵀ + b; W: (unit, input); b: (unit,).
    """
    _check_chain(x, layers)
    out = (*x.shape[:-1], layers[-1].W.shape[0])
    samples = x.shape[0] if x.ndim > 1 and reduction == "mean" else 1
    net = Network(
        x=x,
        target=None if target is None else goal(work, target, out, loss, first_class),
        activations=[layer.activation for layer in layers],
        loss=partial(loss_of, loss, samples=samples),
        l2=l2,
    )
    parameters: Parameters = {}
    for k, layer in enumerate(layers, 1):
        parameters[f"W{k}"] = work.given(f"W{k}", layer.W)
        if layer.b is not None:
            parameters[f"b{k}"] = work.given(f"b{k}", layer.b)
    if rate is None or steps == 1:
        return net.work_once(work, parameters, rate, freeze_bias, [x])[0]
    return _descend(work, net, parameters, rate, freeze_bias, steps)


Parameters = dict[str, Any]


@dataclass(frozen=True)
class Network:
    """What stays the same from update to update."""

    x: Any
    target: Any
    activations: list[str]
    loss: Callable[..., tuple[Any, Any]]
    l2: float

    def work_once(
        self, work: Work, parameters: Parameters, rate: float | None, freeze: bool, inputs: Sequence[Any] = ()
    ) -> tuple[Answer, Parameters]:
        """Forward; backward where there is a target; the update where there is a rate."""
        z, a = self.forward(work, parameters)
        answer: Answer = {f"a{len(self.activations)}": a}
        if self.target is None:
            return answer, parameters
        written, like = self.loss(a, self.target, z=z, activation=self.activations[-1])
        if self.l2:
            decay = self.l2 / 2 * _squares(v for name, v in parameters.items() if name.startswith("W"))
            written, like = written + decay, None if like is None else like + decay
        L = work.let("L", written, like=like)
        gradients = work.backward(L, [*inputs, *parameters.values()])
        answer |= {"L": L} | gradients
        if rate is None or not gradients:
            return answer, parameters
        moved = {name: v for name, v in parameters.items() if not (freeze and name.startswith("b"))}
        new = updated(work, moved, gradients, rate)
        return answer | new, {name: new.get(f"{name}_new", v) for name, v in parameters.items()}

    def forward(self, work: Work, parameters: Parameters) -> tuple[Any, Any]:
        """The last layer's z and a."""
        z, a = None, self.x
        for k, activation in enumerate(self.activations, 1):
            W, b = parameters[f"W{k}"], parameters.get(f"b{k}")
            z = work.let(f"z{k}", affine(a, W, b))
            a = work.let(f"a{k}", ACTIVATIONS[activation](z))
        return z, a


def _squares(weights: Iterable[Any]) -> Any:
    return reduce(operator.add, (np.sum(w**2) for w in weights))


def _descend(work: Work, net: Network, parameters: Parameters, rate: float, freeze: bool, steps: int) -> Answer:
    """Update after update, each in a section of its own; the losses together at the end."""
    losses: list[Any] = []
    answer: Answer = {}
    for number in work.rounds(steps, beside=1):
        with work.section(f"step{number}", f"Update {number}"):
            parameters = {name: work.let(name, v) for name, v in parameters.items()}
            answer, new = net.work_once(work, parameters, rate, freeze)
            losses.append(answer.get("L"))
        if new is parameters:
            break
        parameters = new
    return answer | {f"L_{i}": work.let(f"L_{i}", L) for i, L in enumerate(losses) if L is not None}


def _check_chain(x: Any, layers: Sequence[Layer]) -> None:
    size, before = x.shape[-1], "x has"
    for k, layer in enumerate(layers, 1):
        units, inputs = layer.W.shape
        if inputs != size:
            raise Refused(("layers", k, "W"), f"is {units} x {inputs}, for {inputs} inputs, but {before} {size}")
        size, before = units, f"layer {k} gives"
