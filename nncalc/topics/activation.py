"""Activation functions as a topic of their own, with their derivatives."""

from __future__ import annotations

from typing import Annotated, Any

from nncalc.errors import Refused
from nncalc.topics.parts.activations import ACTIVATIONS, Function
from nncalc.topics.parts.belonging import when
from nncalc.topics.parts.fields import About, Answer, Array
from nncalc.trace.work import Work


def activation(
    work: Work,
    function: Annotated[
        Function | list[Function],
        About("one, or a list of several", also=("functions", "name"), example="[sigmoid, tanh, relu]"),
    ],
    x: Annotated[float | Array, "number | row number", About("where to work it", also=("z", "input"))],
    alpha: Annotated[
        float | None,
        About(
            "leaky_relu's slope below 0 (0.01), elu's and celu's limit (1), hard_sigmoid's slope (1/6) …",
            only=when(function=tuple(name for name, g in ACTIVATIONS.items() if g.alpha is not None)),
        ),
    ] = None,
    beta: Annotated[
        float | None,
        About(
            "silu's and softplus's factor (1), hard_sigmoid's value at 0 (1/2) …",
            only=when(function=tuple(name for name, g in ACTIVATIONS.items() if g.beta is not None)),
        ),
    ] = None,
) -> Answer:
    """y = g(x) and its derivative dy = g'(x), element by element.

    At a kink the derivative is the one from the left: relu'(0) = 0; |0|' = 0 (Goodfellow et al., Deep Learning, 6.3).
    """
    z = work.given("x", x)
    if isinstance(function, str):
        return _worked(work, function, z, alpha, beta)
    answer: Answer = {}
    for place, name in enumerate(function, 1):
        if name in function[: place - 1]:
            raise Refused(("function", place), f"{name} is named twice")
        with work.section(name, name):
            answer |= {f"{name}.{key}": value for key, value in _worked(work, name, z, alpha, beta).items()}
    return answer


def _worked(work: Work, name: str, z: Any, alpha: float | None, beta: float | None) -> Answer:
    g = ACTIVATIONS[name]
    y = work.let("y", g.function(z, *g.constants(alpha, beta)))
    return {"y": y, "dy": work.let("dy", g.derivative(z, y, alpha, beta))}
