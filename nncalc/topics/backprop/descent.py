"""Down the slope of a network's loss: forward, backward and update, once or one after the other."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from functools import reduce
from typing import Any

import numpy as np

from nncalc.topics.backprop.goal import Aim
from nncalc.topics.backprop.stack import Flow
from nncalc.topics.parts.back import from_above, slope_of, updated
from nncalc.topics.parts.fields import Answer
from nncalc.topics.parts.losses import class_hinge, loss_of, scaled
from nncalc.trace.name import StepName
from nncalc.trace.work import Work

# What is learned, by name: W1, b1; of a layer conv1.K.
Parameters = dict[str, Any]
# From the parameters of the update before (none at first): what the network gives, and the parameters as it used them.
Forward = Callable[[Parameters], tuple[Flow, Parameters]]


def descend(
    work: Work, aim: Aim, forward: Forward, inputs: Mapping[str, Any], reduction: str, target: Any = None
) -> Answer:
    """The output; with a loss or an upstream every gradient; with a rate the update, or update after update.

    inputs: what gets a gradient beside the parameters where there is one update. target: where it is given to the page
    already. Of several updates each has a section of its own, and the losses stand together at the end.
    """
    if not aim.has_steps:
        return _once(work, aim, forward, {}, inputs, reduction, target)[0]
    losses: list[Any] = []
    parameters: Parameters = {}
    answer: Answer = {}
    for number in work.rounds(aim.steps, beside=1):
        with work.section(f"step{number}", f"Update {number}"):
            answer, new = _once(work, aim, forward, parameters, {}, reduction, target)
            losses.append(answer.get("L"))
        if new is None:
            break
        parameters = new
    return answer | {f"L_{i}": work.let(f"L_{i}", L) for i, L in enumerate(losses) if L is not None}


def _once(
    work: Work, aim: Aim, forward: Forward, before: Parameters, inputs: Mapping[str, Any], reduction: str, target: Any
) -> tuple[Answer, Parameters | None]:
    """The answer, and the parameters after the update (None where nothing is updated)."""
    out, parameters = forward(before)
    answer: Answer = {out.name: out.value}
    wrt = {**inputs, **parameters}
    if aim.target is None:
        slopes = from_above(work, out.value, [*wrt.values()], aim.upstream)
    else:
        with work.section("", "Loss") if out.source else nullcontext():
            answer["L"] = L = _loss(work, aim, out, parameters, reduction, target)
        slopes = work.backward(L, [*wrt.values()])
    gradients = dict(zip(map(slope_of, wrt), slopes.values(), strict=False))  # of bare arrays there are none
    answer |= gradients
    if aim.rate is None or not gradients:
        return answer, None
    moved = {name: v for name, v in parameters.items() if not (aim.freeze_bias and _is_bias(name))}
    new = updated(work, moved, gradients, aim.rate)
    return answer | new, {name: new.get(f"{name}_new", v) for name, v in parameters.items()}


def _loss(work: Work, aim: Aim, out: Flow, parameters: Parameters, reduction: str, target: Any) -> Any:
    """L, and how it is differentiated where the last layer and it are one."""
    p = out.value
    wanted = aim.wanted(work, p.shape) if target is None else target
    samples = p.shape[0] if p.ndim > 1 and reduction == "mean" else 1
    if aim.names_classes(p.shape):
        written, like = scaled(class_hinge(work, p, wanted).sum(), samples), None
    else:
        written, like = loss_of(aim.loss, p, wanted, samples, z=out.z, activation=out.activation)
    if aim.l2:
        squares = (np.sum(v**2) for name, v in parameters.items() if _is_weight(name))
        decay = aim.l2 / 2 * reduce(operator.add, squares)
        written, like = written + decay, None if like is None else like + decay
    return work.let("L", written, like=like)


def _is_bias(name: str) -> bool:
    """b, b1, b_h; beta, which a normalization adds."""
    return StepName.parse(name).local.startswith("b")


def _is_weight(name: str) -> bool:
    """What is added to the loss by its square: no bias, and no scale of a normalization."""
    return not _is_bias(name) and StepName.parse(name).local != "gamma"
