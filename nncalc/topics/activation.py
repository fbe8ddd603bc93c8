"""Activation functions: by name for other topics, and as a topic of their own with their derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused
from nncalc.topics.fields import About, Answer, Array
from nncalc.trace.functions import leaky_relu, relu, sigmoid, softmax, softplus
from nncalc.trace.work import Work

ActivationName = Literal["identity", "sigmoid", "tanh", "relu", "leaky_relu", "softplus", "softmax"]

ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "identity": lambda z: z,
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "relu": relu,
    "leaky_relu": leaky_relu,
    "softplus": softplus,
    "softmax": softmax,
}

# g'(z), written with a = g(z) where one does so on paper; the tests hold each against `backward`.
SLOPES: dict[str, Callable[[Any, Any], Any]] = {
    "identity": lambda z, a: 0 * z + 1,
    "sigmoid": lambda z, a: a * (1 - a),
    "tanh": lambda z, a: 1 - a**2,
    "relu": lambda z, a: 1 * (z > 0),
    "softplus": lambda z, a: sigmoid(z),
    "silu": lambda z, a: sigmoid(z) + a * (1 - sigmoid(z)),
    "softsign": lambda z, a: 1 / (1 + np.abs(z)) ** 2,
    "abs": lambda z, a: np.sign(z),
    "exp": lambda z, a: a,
    "log_sigmoid": lambda z, a: 1 - sigmoid(z),
    "tanhshrink": lambda z, a: np.tanh(z) ** 2,
    "relu6": lambda z, a: (z > 0) * (z < 6),
    "step": lambda z, a: 0 * z,
}
MORE: dict[str, Callable[[Any], Any]] = {
    "silu": lambda z: z * sigmoid(z),
    "softsign": lambda z: z / (1 + np.abs(z)),
    "abs": np.abs,
    "exp": np.exp,
    "log_sigmoid": lambda z: np.log(sigmoid(z)),
    "tanhshrink": lambda z: z - np.tanh(z),
    "relu6": lambda z: np.minimum(6, np.maximum(0, z)),
    "step": lambda z: 1 * (z > 0),
}
Function = Literal[
    "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "silu", "softsign", "abs", "exp", "log_sigmoid",
    "tanhshrink", "relu6", "step", "identity",
]  # fmt: skip


def activation(
    work: Work,
    function: Annotated[
        Function | list[Function],
        About("one, or a list of several", also=("functions", "name"), example="[sigmoid, tanh, relu]"),
    ],
    x: Annotated[float | Array, "number | row number", About("where to work it", also=("z", "input"))],
    alpha: Annotated[float | None, About("the slope of leaky_relu below 0 (0.01), the limit of elu (1)")] = None,
) -> Answer:
    """y = g(x) and its derivative dy = g'(x), element by element.

    At a kink the derivative is the one from the left: relu'(0) = 0, |0|' = 0 (Goodfellow et al., Deep Learning, 6.3).
    """
    z = work.given("x", x)
    if isinstance(function, str):
        return _worked(work, function, z, alpha)
    answer: Answer = {}
    for place, name in enumerate(function, 1):
        if name in function[: place - 1]:
            raise Refused(("function", place), f"{name} is named twice")
        with work.section(name, name):
            answer |= {f"{name}.{key}": value for key, value in _worked(work, name, z, alpha).items()}
    return answer


def _worked(work: Work, name: str, z: Any, alpha: float | None) -> Answer:
    if name == "leaky_relu":
        a = 0.01 if alpha is None else alpha
        y = work.let("y", leaky_relu(z, alpha=a))
        return {"y": y, "dy": work.let("dy", (z > 0) + a * (z <= 0))}
    if name == "elu":
        a = 1.0 if alpha is None else alpha
        below = a * (np.exp(np.minimum(z, 0)) - 1)
        y = work.let("y", np.maximum(0, z) + below)
        return {"y": y, "dy": work.let("dy", (z > 0) + (z <= 0) * (y + a))}
    y = work.let("y", (ACTIVATIONS | MORE)[name](z))
    return {"y": y, "dy": work.let("dy", SLOPES[name](z, y))}
