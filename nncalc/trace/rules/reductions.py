"""Rules of functions that take many elements to one: sum, mean, max."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import product
from typing import Any

import numpy as np

from nncalc.trace.notation import tree as n
from nncalc.trace.notation.deciding import either
from nncalc.trace.notation.nearness import near_within
from nncalc.trace.notation.tree import Expr, Index
from nncalc.trace.rules.functions import divide_or_zero
from nncalc.trace.rules.table import rule, traced
from nncalc.trace.value import numbers


def _axes(axis: Any, ndim: int) -> tuple[int, ...]:
    """The axes that are reduced, from 0."""
    if axis is None:
        return tuple(range(ndim))
    return tuple(a % ndim for a in (axis if isinstance(axis, tuple) else (axis,)))


def _reduced(index: Index, x: Any, axis: Any, keepdims: bool) -> list[Expr]:
    """The elements of x that go into one element of the result, in row-major order."""
    axes = _axes(axis, x.ndim)
    kept = iter(index)
    ranges: list[Any] = []
    for a, size in enumerate(x.shape):
        if a in axes:
            ranges.append(range(size))
            if keepdims:
                next(kept)
        else:
            ranges.append((next(kept),))
    return [x[i] for i in product(*ranges)]


def _called(name: str, axis: Any, x: Any) -> Expr:
    """Σ(x) of all of it; Σ_j x[i,j] of each row."""
    return _taken(name, axis, x, x.whole())


def _taken(name: str, axis: Any, x: Any, whole: Expr) -> Expr:
    return n.along_axes(name, _axes(axis, x.ndim), whole, x.ndim)


def spread(g: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    """The gradient of a reduction, repeated for every element that went into it."""
    axes = _axes(axis, x.ndim)
    kept = tuple(1 if a in axes else size for a, size in enumerate(x.shape))
    return np.broadcast_to(g if g.shape == kept else g.reshape(kept), x.shape)


def _count(x: Any, axis: Any) -> int:
    return int(np.prod([x.shape[a] for a in _axes(axis, x.ndim)]))


def _mean(index: Index, x: Any, axis: Any = None, keepdims: bool = False) -> Expr:
    return n.divide(n.add(*_reduced(index, x, axis, keepdims)), n.const(_count(x, axis)))


rule(
    np.sum,
    lambda index, x, axis=None, keepdims=False: n.add(*_reduced(index, x, axis, keepdims)),
    (lambda g, y, x, axis=None, keepdims=False: spread(g, x, axis, keepdims),),
    whole=lambda x, axis=None, keepdims=False: _called("sum", axis, x),
    options=("axis",),
    sums=True,
)
rule(
    np.mean,
    _mean,
    (lambda g, y, x, axis=None, keepdims=False: spread(g / _count(x, axis), x, axis, keepdims),),
    whole=lambda x, axis=None, keepdims=False: _called("mean", axis, x),
    options=("axis",),
    sums=True,
)


AT_0 = "at distance 0 the slope is taken as 0"


@traced
def length(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """√Σx²; at 0, where it has no slope, that is taken as 0."""
    return np.sqrt(np.sum(np.square(x), axis=axis, keepdims=keepdims))


def _length(index: Index, x: Any, axis: Any = None, keepdims: bool = False) -> Expr:
    return n.call("sqrt", n.add(*(n.power(part, n.TWO) for part in _reduced(index, x, axis, keepdims))))


def _whole_length(x: Any, axis: Any = None, keepdims: bool = False) -> Expr:
    return n.call("sqrt", _taken("sum", axis, x, n.power(x.whole(), n.TWO)))


def _along_it(g: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """g·x/|x|, and 0 at a length of 0, which the page says."""
    if not numbers(y).all() and AT_0 not in y.work.trace().notes:
        y.work.note(AT_0)
    return spread(g, x, axis, keepdims) * divide_or_zero(x, spread(y, x, axis, keepdims))


rule(
    length,
    _length,
    (_along_it,),
    whole=_whole_length,
    options=("axis",),
    irrational=True,
    decimal=lambda x, axis=None, keepdims=False: np.frompyfunc(lambda s: Decimal(s).sqrt(), 1, 1)(
        np.sum(x * x, axis=axis, keepdims=keepdims)
    ),
)


@traced
def is_first_max(x: Any, axis: Any = None) -> Any:
    """1 where an element is the largest along the axis (the first of equals), else 0."""
    flat = np.reshape(x, (1, -1)) if axis is None else np.moveaxis(x, axis, -1).reshape(-1, x.shape[axis])
    first = np.arange(flat.shape[1]) == np.argmax(flat, axis=1)[:, None]
    if axis is None:
        return first.reshape(np.shape(x)).astype(float)
    moved = np.moveaxis(x, axis, -1).shape
    return np.moveaxis(first.reshape(moved), -1, axis).astype(float)


rule(
    np.max,
    lambda index, x, axis=None, keepdims=False: n.call("max", *_reduced(index, x, axis, keepdims)),
    (lambda g, y, x, axis=None, keepdims=False: spread(g, x, axis, keepdims) * is_first_max(x, axis=axis),),
    whole=lambda x, axis=None, keepdims=False: _called("max", axis, x),
    options=("axis",),
)


rule(
    np.min,
    lambda index, x, axis=None, keepdims=False: n.call("min", *_reduced(index, x, axis, keepdims)),
    (lambda g, y, x, axis=None, keepdims=False: spread(g, x, axis, keepdims) * is_first_max(-x, axis=axis),),
    whole=lambda x, axis=None, keepdims=False: _called("min", axis, x),
    options=("axis",),
)


def _is_max(index: Index, x: Any, axis: Any = None) -> Expr:
    """[x = max(…)], and 0 where one before it is as large."""
    reduced = index if axis is None else index[:axis] + index[axis + 1 :] if axis >= 0 else index[:-1]
    elements = _reduced(() if axis is None else reduced, x, axis, False)
    return _is_best(x[index], elements, np.ravel_multi_index(index, x.shape) if axis is None else index[axis])


def _is_best(own: Expr, elements: Sequence[Expr], position: Any) -> Expr:
    here = n.compare("=", own, n.call("max", *elements))
    if n.rank(own) or not position:
        return here
    return either(n.add(*(n.compare("=", x, own) for x in elements[:position])), n.ZERO, here)


rule(is_first_max, _is_max, (None,), decides=near_within,
     whole=lambda x, axis=None: n.compare("=", x.whole(), _called("max", axis, x)))  # fmt: skip


@traced
def largest(*xs: Any) -> Any:
    """The largest of several arrays, element by element; at a tie the gradient goes to the first."""
    return np.max(np.stack(xs), axis=0)


@traced
def is_largest(*xs: Any, position: int) -> Any:
    """1 where the array at `position` is the first that is the largest, else 0."""
    return (np.argmax(np.stack(xs), axis=0) == position).astype(float)


def _is_largest(*xs: Expr, position: int) -> Expr:
    return _is_best(xs[position], xs, position)


rule(largest, lambda *xs: n.call("max", *xs),
     lambda position: lambda g, y, *xs: g * is_largest(*xs, position=position), elementwise=True)  # fmt: skip
rule(is_largest, _is_largest, None, elementwise=True, decides=near_within)
