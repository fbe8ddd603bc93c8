"""Backward from a ∂L/∂answer that is given, and one step of gradient descent."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Any

from nncalc.errors import Refused
from nncalc.topics.parts.belonging import GIVEN, when
from nncalc.topics.parts.fields import About, Answer
from nncalc.topics.parts.fitting import size_said
from nncalc.trace.name import StepName, gradient_name
from nncalc.trace.work import Work

RateField = Annotated[
    float | None,
    About(
        "step of gradient descent: gives the new weights",
        also=("lr", "eta", "learning_rate"),
        only=when(target=GIVEN) | when(upstream=GIVEN),
    ),
]


def from_above(work: Work, of: Any, wrt: Sequence[Any], upstream: Any) -> Answer:
    """The gradients by each of `wrt`; {} without an upstream, which must have the shape of what it belongs to.

    Raises Refused otherwise.
    """
    if upstream is None:
        return {}
    in_brackets(upstream, of.shape)
    if upstream.shape != of.shape:
        name = getattr(of, "name", None) or "the answer"
        raise Refused("upstream", f"{size_said(upstream.shape)}, but {name} {size_said(of.shape)}")
    return work.backward(of, wrt, seed=upstream)


def in_brackets(given: Any, shape: tuple[int, ...]) -> None:
    """Gives a given number the brackets of an array of one, where that is what is wanted."""
    if given.size == math.prod(shape) == 1:
        given.array = given.array.reshape(shape)


def updated(work: Work, parameters: dict[str, Any], gradients: dict[str, Any], rate: float) -> dict[str, Any]:
    """W_new = W − rate·∂L/∂W for each parameter that has a gradient; {"W_new": …}, of a layer {"conv1.K_new": …}."""
    new: dict[str, Any] = {}
    for name, v in parameters.items():
        slope, at = gradients.get(slope_of(name)), StepName.parse(name)
        if slope is not None:
            with work.section(at.section, ""), work.section("", "Update"):
                new[f"{name}_new"] = work.let(f"{at.local}_new", v - rate * slope)
    return new


def slope_of(name: str) -> str:
    """What the gradient of L by a value is called: dL/dW, conv1.dL/dK."""
    at = StepName.parse(name)
    return at.beside(gradient_name("L", at.local))
