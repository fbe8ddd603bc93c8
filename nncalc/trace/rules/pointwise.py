"""Rules of functions that work element by element, with NumPy's broadcasting."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np

from nncalc.trace.notation import tree as n
from nncalc.trace.notation.deciding import either
from nncalc.trace.notation.decimals import floor_of
from nncalc.trace.notation.nearness import near, near_whole
from nncalc.trace.rules.table import rule


def pointwise(function: Any, element: Callable[..., n.Expr], *derivative: Any, **stated: Any) -> None:
    """A rule of an elementwise function: its formula in the arguments' formulas, a derivative an argument."""
    rule(function, element, derivative, elementwise=True, **stated)


def called(name: str) -> Callable[..., n.Expr]:
    """The formula name(x, …)."""
    return lambda *args: n.call(name, *args)


def related(relation: str) -> Callable[..., n.Expr]:
    """The formula [a relation b]."""
    return lambda a, b: n.compare(relation, a, b)


rule(np.positive, lambda x: x, (lambda g, y, x: g,), elementwise=True, moves=True, compute=lambda x: x)
pointwise(np.square, lambda x: n.power(x, n.TWO), lambda g, y, x: g * 2 * x)
pointwise(np.floor_divide, lambda a, b: n.call("floor", n.divide(a, b)), None, None,
          decimal=np.frompyfunc(lambda a, b: floor_of(Decimal(a) / b), 2, 1),
          decides=lambda a, b: near_whole(a / b))  # fmt: skip

for _function, _relation in (
    (np.greater, ">"), (np.greater_equal, ">="), (np.less, "<"), (np.less_equal, "<="), (np.equal, "="),
):  # fmt: skip
    pointwise(_function, related(_relation), None, None, decides=near)


def _where(condition: Any, a: Any, b: Any) -> n.Expr:
    """The side that holds; the condition of a whole value is written out."""
    return n.call("where", condition, a, b) if n.rank(condition) else either(condition, a, b)


pointwise(np.where, _where, None,
          lambda g, y, c, a, b: g * c,
          lambda g, y, c, a, b: g * (1 - c))  # fmt: skip
