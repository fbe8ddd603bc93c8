"""Rules of functions that people write in their own formulas: vectors, products, places, small inverses."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np

from nncalc.trace.notation import tree as n
from nncalc.trace.notation.decimals import LOST, nothing_beside
from nncalc.trace.notation.functions import FUNCTIONS, MathFunction
from nncalc.trace.notation.nearness import near, near_within
from nncalc.trace.notation.tree import Expr, Index
from nncalc.trace.rules.reductions import _called, _reduced
from nncalc.trace.rules.table import rule, traced

# A matrix of more rows is inverted by other means than by hand.
MOST_INVERTED = 3


@traced
def vector(*xs: Any) -> Any:
    """[a, b, …]: numbers as a vector, rows as a matrix."""
    return np.stack([np.asarray(x) for x in xs])


rule(vector, lambda index, xs: xs[index[0]][index[1:]], lambda position: lambda g, y, *xs: g[position],
     whole=lambda *xs: n.call("vector", *(x.whole() for x in xs)), moves=True, many=True)  # fmt: skip


@traced
def place_of_max(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Where the largest element stands, counted from 1; of equals the first."""
    return np.argmax(x, axis=axis, keepdims=keepdims) + 1.0


@traced
def place_of_min(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Where the smallest element stands, counted from 1; of equals the first."""
    return np.argmin(x, axis=axis, keepdims=keepdims) + 1.0


@traced
def arg_largest(a: Any, b: Any) -> Any:
    """Which of two is the larger, element by element: 1, at a tie too, or 2."""
    return np.where(np.greater(b, a), 2.0, 1.0)


@traced
def arg_smallest(a: Any, b: Any) -> Any:
    """Which of two is the smaller, element by element: 1, at a tie too, or 2."""
    return np.where(np.less(b, a), 2.0, 1.0)


for _name, _best, _place, _several in (
    ("argmax", max, place_of_max, arg_largest), ("argmin", min, place_of_min, arg_smallest),
):  # fmt: skip

    def _number(*xs: float, best: Any = _best) -> float:
        return 1.0 + xs.index(best(xs))

    def _element(index: Index, x: Any, axis: Any = None, keepdims: bool = False, name: str = _name) -> Expr:
        return n.call(name, *_reduced(index, x, axis, keepdims))

    def _whole(x: Any, axis: Any = None, keepdims: bool = False, name: str = _name) -> Expr:
        return _called(name, axis, x)

    FUNCTIONS[_name] = MathFunction(_name, _number, _number, _several, 2, many=True, typed=False)
    rule(_place, _element, (None,), whole=_whole, options=("axis",), decides=near_within)
    rule(_several, lambda *xs, name=_name: n.call(name, *xs), (None, None), elementwise=True, decides=near_within)


@traced
def onehot(k: Any, size: int) -> Any:
    """Zeros with a 1 at place k, counted from 1; for each of several k a row."""
    return (np.expand_dims(k, -1) == np.arange(1, size + 1)) * 1.0


rule(onehot, lambda index, k, size: n.compare("=", k[index[:-1]], n.const(index[-1] + 1)), (None,),
     whole=lambda k, size: n.call("onehot", k.whole(), n.const(size)), options=("size",),
     shape=lambda k, size: (*np.shape(k), size),
     decides=lambda k, size: near(k, np.rint(np.asarray(k, float))))  # fmt: skip


def _without(x: Any, row: int, column: int) -> list[list[Any]]:
    """What is left of a small matrix, of numbers or formulas, without a row and a column."""
    return [[n for j, n in enumerate(line) if j != column] for i, line in enumerate(x) if i != row]


def _minor(x: Any, row: int, column: int) -> Any:
    """The signed determinant of what is left without a row and a column."""
    plus, minus = _halves(_without(x, row, column))
    return (plus - minus) if (row + column) % 2 == 0 else (minus - plus)


def _halves(x: Any) -> tuple[Any, Any]:
    """The determinant's terms with a plus and those with a minus, each as a sum."""
    if len(x) == 0:
        return 1, 0
    if len(x) == 1:
        return x[0][0], 0 * x[0][0]
    if len(x) == 2:
        return x[0][0] * x[1][1], x[0][1] * x[1][0]
    (a, b, c), (d, e, f), (g, h, i) = x
    return a * e * i + b * f * g + c * d * h, c * e * g + b * d * i + a * f * h


@traced
def inverse(x: Any) -> Any:
    """The inverse of a matrix of up to three rows: the transposed minors over the determinant."""
    size = x.shape[0]
    plus, minus = _halves(x.tolist() if x.dtype.kind == "f" else list(map(list, x)))
    minors = np.array([[_minor(x, j, i) for j in range(size)] for i in range(size)], x.dtype)
    return minors / np.asarray(plus - minus, x.dtype)


def _in_decimals(x: Any) -> Any:
    """The same of decimals, where a determinant of which no digit is left is 0."""
    of_sizes = sum(_halves(abs(x)))
    return inverse(x) * (Decimal("Infinity") if nothing_beside(np.subtract(*_halves(x)), of_sizes) else 1)


class _Formula:
    """A formula that is calculated with as a number is."""

    def __init__(self, tree: Expr):
        self.tree = tree

    def __add__(self, other: _Formula) -> _Formula:
        return _Formula(n.add(self.tree, other.tree))

    def __sub__(self, other: _Formula | int) -> _Formula:
        return _Formula(n.subtract(self.tree, other.tree)) if isinstance(other, _Formula) else self

    def __mul__(self, other: _Formula) -> _Formula:
        return _Formula(n.product(self.tree, other.tree))

    def __rmul__(self, zero: int) -> _Formula:
        return _Formula(n.ZERO)

    def __rsub__(self, zero: int) -> _Formula:
        return _Formula(n.negative(self.tree))


def _inverse(index: Index, x: Any) -> Expr:
    size = x.shape[0]
    if size == 1:
        return n.divide(n.ONE, x[0, 0])
    cells = [[_Formula(x[i, j]) for j in range(size)] for i in range(size)]
    plus, minus = _halves(cells)
    return n.divide(_minor(cells, index[1], index[0]).tree, (plus - minus).tree)


def _loses(x: Any) -> bool:
    """Whether floats lose digits of the determinant or of a minor."""
    size = len(x)
    parts = [x, *(_without(x, i, j) for i in range(size) for j in range(size) if size > 2)]
    return any(abs(np.subtract(*_halves(p))) < LOST * sum(_halves(np.abs(p))) for p in parts)


rule(inverse, _inverse, (lambda g, y, x: -(y.T @ g @ y.T),), whole=lambda x: n.call("inv", x.whole()),
     decides=_loses, poles=True, decimal=_in_decimals)  # fmt: skip
