"""The functions that have a name in formulas and expressions: a table of one row each.

A row says all that there is to know of a function: its name, how a float and an array are computed, its derivatives,
how it is written. A new one is one row here, and the tests hold it to what it says.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np

from nncalc.trace.notation import decimals as d
from nncalc.trace.notation import tree as n
from nncalc.trace.notation.functions import FUNCTIONS, MathFunction
from nncalc.trace.notation.nearness import near, near_whole
from nncalc.trace.rules.functions import erf, relu, sigmoid, softplus
from nncalc.trace.rules.pointwise import called, pointwise

Formula = Callable[..., n.Expr]


def _sizes(a: Any, b: Any) -> Any:
    return abs(a) + abs(b)


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
    decimal: Callable[..., Any] | None = None,
    mislead: dict[str, Any] | None = None,
    zeros: bool = False,
    **row: Any,
) -> None:
    """A row of `FUNCTIONS`, with the rule of its traced function; a derivative an argument, as in `rule`.

    It is written name(x), or as a `formula` where it is an operator, which is then not called by its name. `element`:
    how one element is written out, as relu(x) is max(0, x); with `short` only in a step of its own, as σ(x) is.
    `decimal`: its value for decimals, where `number` has none for them; `mislead`: where a float of it may, as `Rule`
    says.
    """
    count = len(derivative)
    FUNCTIONS[name] = MathFunction(
        name, number, decimal or number, traced, count, typed=typed and formula is None, zeros=zeros, **row
    )
    if zeros:  # and small arguments may lead to infinity
        mislead = {"sums": lambda x: 1, "poles": True}
    whole = formula or called(name)
    pointwise(traced, element or whole, *derivative, whole=whole, inside=whole if short else None, compute=compute,
              decimal=np.frompyfunc(_of_decimals(decimal), count, 1) if decimal else None,
              irrational=decimal is not None, **mislead or {})  # fmt: skip


def _of_decimals(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function of decimals, also where a whole number comes."""
    return lambda *args: function(*map(Decimal, args))


def _power(a: Any, b: Any) -> Any:
    """a ** b; a square is worked as one, as ** does, which is ten times as fast as a power."""
    return np.square(a) if type(b) is int and b == 2 else np.power(a, b)


def _logistic(x: float) -> float:
    """σ(x), without overflow at either end."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


# fmt: off
# Operators: an expression writes them by their signs.
named("add", operator.add, np.add,
      lambda g, y, a, b: g, lambda g, y, a, b: g, formula=n.add, mislead={"sums": _sizes})
named("subtract", operator.sub, np.subtract,
      lambda g, y, a, b: g, lambda g, y, a, b: -g, formula=n.subtract, mislead={"sums": _sizes})
named("multiply", operator.mul, np.multiply,
      lambda g, y, a, b: g * b, lambda g, y, a, b: g * a, formula=n.product)
named("divide", operator.truediv, np.divide,
      lambda g, y, a, b: g / b, lambda g, y, a, b: -(g * a) / b**2, formula=n.divide, mislead={"poles": True})
named("power", math.pow, np.power,
      lambda g, y, a, b: g * b * a ** (b - 1), lambda g, y, a, b: g * y * np.log(a),
      formula=n.power, compute=_power, decimal=d.power_of, mislead={"poles": True})
named("negative", operator.neg, np.negative, lambda g, y, x: -g, formula=n.negative)

# Functions that people call by their names.
named("exp", math.exp, np.exp, lambda g, y, x: g * y, latex=r"\exp", decimal=Decimal.exp)
named("ln", math.log, np.log, lambda g, y, x: g / x, latex=r"\ln", also=("log",), decimal=Decimal.ln, zeros=True)
named("log10", math.log10, np.log10, lambda g, y, x: g / (x * np.log(10)), latex=r"\log_{10}",
      decimal=Decimal.log10, zeros=True)
named("sqrt", math.sqrt, np.sqrt, lambda g, y, x: g / (2 * y), text="√", latex=r"\sqrt{…}", decimal=Decimal.sqrt)
named("sin", math.sin, np.sin, lambda g, y, x: g * np.cos(x), latex=r"\sin", decimal=d.sin, zeros=True)
named("cos", math.cos, np.cos, lambda g, y, x: -g * np.sin(x), latex=r"\cos", decimal=d.cos, zeros=True)
named("tan", math.tan, np.tan, lambda g, y, x: g * (1 + y**2), latex=r"\tan", decimal=d.tan, zeros=True)
named("sinh", math.sinh, np.sinh, lambda g, y, x: g * np.cosh(x), latex=r"\sinh", decimal=d.sinh)
named("cosh", math.cosh, np.cosh, lambda g, y, x: g * np.sinh(x), latex=r"\cosh", decimal=d.cosh)
named("tanh", math.tanh, np.tanh, lambda g, y, x: g * (1 - y**2), latex=r"\tanh", decimal=d.tanh)
named("sigmoid", _logistic, sigmoid, lambda g, y, x: g * y * (1 - y), text="σ", latex=r"\sigma",
      element=lambda x: n.divide(n.ONE, n.add(n.ONE, n.call("exp", n.negative(x)))), short=True, decimal=d.sigmoid_of)
named("relu", lambda x: max(x, 0.0), relu, lambda g, y, x: g * (x > 0),
      element=lambda x: n.call("max", n.ZERO, x))
named("softplus", lambda x: max(x, 0.0) + math.log1p(math.exp(-abs(x))), softplus, lambda g, y, x: g * sigmoid(x),
      element=lambda x: n.call("ln", n.add(n.ONE, n.call("exp", x))), decimal=d.softplus_of)
named("abs", abs, np.abs, lambda g, y, x: g * np.sign(x), latex=r"\left| … \right|")
# At a tie the first argument takes the whole gradient.
named("max", max, np.maximum, lambda g, y, a, b: g * (a >= b), lambda g, y, a, b: g * (a < b),
      many=True, latex=r"\max", mislead={"decides": near})
named("min", min, np.minimum, lambda g, y, a, b: g * (a <= b), lambda g, y, a, b: g * (a > b),
      many=True, latex=r"\min", mislead={"decides": near})

# Functions that only formulas of ours name.
named("log2", math.log2, np.log2, lambda g, y, x: g / (x * np.log(2)), latex=r"\log_2", typed=False,
      decimal=d.log2, zeros=True)
named("erf", math.erf, erf, lambda g, y, x: g * (2 / math.sqrt(math.pi)) * np.exp(-(x**2)), typed=False,
      decimal=d.erf_of)
named("sign", lambda x: math.copysign(1.0, x) if x else 0.0, np.sign, None, typed=False)
named("floor", math.floor, np.floor, None, latex=r"\left\lfloor … \right\rfloor", typed=False,
      decimal=d.floor_of, mislead={"decides": near_whole})
named("ceil", math.ceil, np.ceil, None, latex=r"\left\lceil … \right\rceil", typed=False,
      decimal=d.ceil_of, mislead={"decides": near_whole})
# fmt: on
