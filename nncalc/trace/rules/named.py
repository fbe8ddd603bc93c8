"""The functions with a name, a row each: how they are worked, written and differentiated.

A row makes a function known to formulas (evaluation, LaTeX), to expressions that people type, and to the engine (its
rule). The few that have a rule of their own, for they write their elements out, only name it.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from nncalc.trace.notation.functions import FUNCTIONS, Function
from nncalc.trace.rules.functions import erf, relu, sigmoid, softplus
from nncalc.trace.rules.pointwise import called, pointwise
from nncalc.trace.value import RULES


def named(
    name: str, number: Callable[..., float], traced: Any = None, latex: str = "", *derivative: Any,
    typed: bool = True, also: tuple[str, ...] = (), many: bool = False,
) -> None:  # fmt: skip
    """A row: the function, and the rule of its NumPy function unless that has one. The derivative: one an argument."""
    FUNCTIONS[name] = Function(name, number, traced, latex, typed, also, many)
    if traced is not None and traced not in RULES:
        pointwise(traced, called(name), *(derivative or (None,)))


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def _sign(x: float) -> float:
    return math.copysign(1.0, x) if x else 0.0


def _softplus(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


# What expressions write with a sign.
named("add", operator.add, np.add, typed=False)
named("subtract", operator.sub, np.subtract, typed=False)
named("multiply", operator.mul, np.multiply, typed=False)
named("divide", operator.truediv, np.divide, typed=False)
named("power", math.pow, np.power, typed=False)
named("negative", operator.neg, np.negative, typed=False)

named("exp", math.exp, np.exp, r"\exp", lambda g, y, x: g * y)
named("ln", math.log, np.log, r"\ln", lambda g, y, x: g / x, also=("log",))
named("log2", math.log2, np.log2, r"\log_2", lambda g, y, x: g / (x * np.log(2)), typed=False)
named("log10", math.log10, np.log10, r"\log_{10}", lambda g, y, x: g / (x * np.log(10)))
named("sqrt", math.sqrt, np.sqrt, "", lambda g, y, x: g / (2 * y))
named("sin", math.sin, np.sin, r"\sin", lambda g, y, x: g * np.cos(x))
named("cos", math.cos, np.cos, r"\cos", lambda g, y, x: -g * np.sin(x))
named("tan", math.tan, np.tan, r"\tan", lambda g, y, x: g * (1 + y**2))
named("sinh", math.sinh, np.sinh, r"\sinh", lambda g, y, x: g * np.cosh(x))
named("cosh", math.cosh, np.cosh, r"\cosh", lambda g, y, x: g * np.sinh(x))
named("tanh", math.tanh, np.tanh, r"\tanh", lambda g, y, x: g * (1 - y**2))
named("sigmoid", _sigmoid, sigmoid, r"\sigma")
named("relu", lambda x: max(x, 0.0), relu, r"\operatorname{ReLU}")
named("softplus", _softplus, softplus)
named("abs", abs, np.abs, "", lambda g, y, x: g * np.sign(x))
# At a tie the first argument takes the whole gradient.
named("min", min, np.minimum, r"\min", lambda g, y, a, b: g * (a <= b), lambda g, y, a, b: g * (a > b), many=True)
named("max", max, np.maximum, r"\max", lambda g, y, a, b: g * (a >= b), lambda g, y, a, b: g * (a < b), many=True)
named("erf", math.erf, erf, r"\operatorname{erf}", typed=False)
named("sign", _sign, np.sign, r"\operatorname{sign}", typed=False)
named("floor", math.floor, np.floor, typed=False)
named("ceil", math.ceil, np.ceil, typed=False)
named("value", lambda x: x, typed=False)  # the identity function, where a page has to write it
