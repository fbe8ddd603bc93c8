"""The functions that have a name in formulas and expressions: a table of one row each.

A row says all that there is to know of a function: its name, how a float and an array are computed, its derivatives,
how it is written. A new one is one row here, and the tests hold it to what it says.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from nncalc.trace.notation import tree as n
from nncalc.trace.notation.functions import FUNCTIONS, MathFunction
from nncalc.trace.rules.functions import erf, relu, sigmoid, softplus
from nncalc.trace.rules.pointwise import called, pointwise

Formula = Callable[..., n.Expr]


def named(
    name: str,
    number: Callable[..., float],
    traced: Callable[..., Any],
    *derivative: Callable[..., Any] | None,
    formula: Formula | None = None,
    element: Formula | None = None,
    short: bool = False,
    compute: Callable[..., Any] | None = None,
    typed: bool = True,
    **row: Any,
) -> None:
    """A row of `FUNCTIONS`, with the rule of its traced function; a derivative an argument, as in `rule`.

    It is written name(x), or as a `formula` where it is an operator, which is then not called by its name. `element`:
    how one element is written out, as relu(x) is max(0, x); with `short` only in a step of its own, as σ(x) is.
    """
    FUNCTIONS[name] = MathFunction(name, number, traced, len(derivative), typed=typed and formula is None, **row)
    whole = formula or called(name)
    pointwise(traced, element or whole, *derivative, whole=whole, inside=whole if short else None, compute=compute)


def _power(a: Any, b: Any) -> Any:
    """a ** b; a square is worked as one, as ** does, which is ten times as fast as a power."""
    return np.square(a) if type(b) is int and b == 2 else np.power(a, b)


def _logistic(x: float) -> float:
    """σ(x), without overflow at either end."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


# Operators: an expression writes them by their signs.
named("add", operator.add, np.add, lambda g, y, a, b: g, lambda g, y, a, b: g, formula=n.add)
named("subtract", operator.sub, np.subtract, lambda g, y, a, b: g, lambda g, y, a, b: -g, formula=n.subtract)
named("multiply", operator.mul, np.multiply,
      lambda g, y, a, b: g * b, lambda g, y, a, b: g * a, formula=n.product)  # fmt: skip
named("divide", operator.truediv, np.divide,
      lambda g, y, a, b: g / b, lambda g, y, a, b: -(g * a) / b**2, formula=n.divide)  # fmt: skip
named("power", math.pow, np.power,
      lambda g, y, a, b: g * b * a ** (b - 1),
      lambda g, y, a, b: g * y * np.log(a), formula=n.power, compute=_power)  # fmt: skip
named("negative", operator.neg, np.negative, lambda g, y, x: -g, formula=n.negative)

# Functions that people call by their names.
named("exp", math.exp, np.exp, lambda g, y, x: g * y, latex=r"\exp")
named("ln", math.log, np.log, lambda g, y, x: g / x, latex=r"\ln", also=("log",))
named("log10", math.log10, np.log10, lambda g, y, x: g / (x * np.log(10)), latex=r"\log_{10}")
named("sqrt", math.sqrt, np.sqrt, lambda g, y, x: g / (2 * y), latex=r"\sqrt{…}")
named("sin", math.sin, np.sin, lambda g, y, x: g * np.cos(x), latex=r"\sin")
named("cos", math.cos, np.cos, lambda g, y, x: -g * np.sin(x), latex=r"\cos")
named("tan", math.tan, np.tan, lambda g, y, x: g * (1 + y**2), latex=r"\tan")
named("sinh", math.sinh, np.sinh, lambda g, y, x: g * np.cosh(x), latex=r"\sinh")
named("cosh", math.cosh, np.cosh, lambda g, y, x: g * np.sinh(x), latex=r"\cosh")
named("tanh", math.tanh, np.tanh, lambda g, y, x: g * (1 - y**2), latex=r"\tanh")
named("sigmoid", _logistic, sigmoid, lambda g, y, x: g * y * (1 - y), text="σ", latex=r"\sigma",
      element=lambda x: n.divide(n.ONE, n.add(n.ONE, n.call("exp", n.negative(x)))), short=True)  # fmt: skip
named("relu", lambda x: max(x, 0.0), relu, lambda g, y, x: g * (x > 0), latex=r"\operatorname{ReLU}",
      element=lambda x: n.call("max", n.ZERO, x))  # fmt: skip
named("softplus", lambda x: max(x, 0.0) + math.log1p(math.exp(-abs(x))), softplus, lambda g, y, x: g * sigmoid(x),
      element=lambda x: n.call("ln", n.add(n.ONE, n.call("exp", x))))  # fmt: skip
named("abs", abs, np.abs, lambda g, y, x: g * np.sign(x), latex=r"\left| … \right|")
# At a tie the first argument takes the whole gradient.
named("max", max, np.maximum, lambda g, y, a, b: g * (a >= b), lambda g, y, a, b: g * (a < b),
      many=True, latex=r"\max")  # fmt: skip
named("min", min, np.minimum, lambda g, y, a, b: g * (a <= b), lambda g, y, a, b: g * (a > b),
      many=True, latex=r"\min")  # fmt: skip

# Functions that only formulas of ours name.
named("log2", math.log2, np.log2, lambda g, y, x: g / (x * np.log(2)), latex=r"\log_2", typed=False)
named("erf", math.erf, erf, lambda g, y, x: g * (2 / math.sqrt(math.pi)) * np.exp(-(x**2)), typed=False)
named("sign", lambda x: math.copysign(1.0, x) if x else 0.0, np.sign, None, typed=False)
named("floor", math.floor, np.floor, None, latex=r"\left\lfloor … \right\rfloor", typed=False)
named("ceil", math.ceil, np.ceil, None, latex=r"\left\lceil … \right\rceil", typed=False)
