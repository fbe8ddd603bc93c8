"""The number that a formula stands for: in floats, where these may mislead in decimals, or exactly in whole numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from decimal import Decimal, Inexact, getcontext, localcontext
from fractions import Fraction
from typing import Any

import numpy as np

from nncalc.trace.notation.decimals import (
    AGAIN,
    DIGITS,
    LOST,
    as_meant,
    comparable,
    constant_of,
    nothing_beside,
    power_of,
    precision,
)
from nncalc.trace.notation.functions import FUNCTIONS
from nncalc.trace.notation.nearness import all_but_equal
from nncalc.trace.notation.tree import RELATIONS, Const, Expr, Index, Op, Ref, fold


def evaluate(x: Expr) -> float:
    """The number that a formula of elements stands for (whole values have none).

    A part that overflows is inf, one without a value nan, as in NumPy: σ(−1000) is 0 though exp(1000) is written in it.
    Where floats may mislead it is worked in decimals.
    """
    try:
        return fold(x, _in_floats)
    except _Doubt:
        try:
            return _in_decimals(x)
        except OverflowError:  # a whole number is wanted of what has no end
            return math.inf


def evaluate_many(x: Expr) -> Any:
    """The same where a reference stands for an array of numbers: the formula's number for each, in floats, to be drawn.

    What has no value there is nan.
    """
    with np.errstate(all="ignore"):
        return np.asarray(fold(x, _each), float)


def _each(x: Expr, args: list[Any]) -> Any:
    if isinstance(x, Const):
        return float(x.value)
    if isinstance(x, Ref):
        return np.asarray(x.number, float)
    if x.kind == "call":
        return FUNCTIONS[x.label].traced(*args)
    if x.kind == "compare":
        relation: Callable[..., Any] = RELATIONS[x.label][0]
        return np.asarray(relation(*args), float)
    return _EACH[x.kind](args)


class _Doubt(Exception):
    """Floats may have lost what this depends on."""


def _in_floats(x: Expr, args: list[float]) -> float:
    if isinstance(x, Const):
        return float(x.value)
    if isinstance(x, Ref):
        return float(x.number)
    try:
        if x.kind == "call":
            row = FUNCTIONS[x.label]
            value = float(row.number(*args))
            _trust(row.zeros and abs(value) < LOST)
            return value
        if x.kind == "compare":
            a, b = args
            _trust(all_but_equal(a, b))
            return float(RELATIONS[x.label][0](a, b))
        value = float(_ARITHMETIC[x.kind](args))
        if x.kind == "add":
            _trust(abs(value) < LOST * math.fsum(map(abs, args)))
        return value
    except OverflowError:
        return math.inf
    except (ValueError, ZeroDivisionError):
        _trust(any(a == 0 for a in args))
        return math.nan


def _trust(doubtful: bool) -> None:
    if doubtful:
        raise _Doubt


def _in_decimals(x: Expr) -> float:
    """The formula in decimals; a 0 that was rounded on the way is looked at in more digits."""
    for digits in (DIGITS, AGAIN):
        with localcontext(precision(digits)) as context:
            value, nothing = fold(x, _decimal)
            if not nothing or not context.flags[Inexact]:
                break
    return float(value)


def _decimal(x: Expr, parts: list[tuple[Decimal, bool]]) -> tuple[Decimal, bool]:
    """The number in the digits of the context, and whether a sum came to nothing beside its terms."""
    if isinstance(x, Const):
        return constant_of(x.value), False
    if isinstance(x, Ref):
        return decimal_of(x.value, x.index), False
    args, nothing = [a for a, _ in parts], any(n for _, n in parts)
    if x.kind == "call":
        return Decimal(FUNCTIONS[x.label].decimal(*args)), nothing
    if x.kind == "compare":
        relation: Callable[..., bool] = RELATIONS[x.label][0]
        return Decimal(relation(*map(comparable, args))), nothing
    if x.kind == "add":
        value = sum(args, Decimal(0))
        if nothing_beside(value, sum(map(abs, args), Decimal(0))):
            return Decimal(0), True
        return value, nothing
    return Decimal(_IN_DECIMALS[x.kind](args)), nothing


def decimal_of(value: Any, index: Index | None) -> Decimal:
    """An element of a named value as a decimal."""
    numbers = value.decimals(getcontext().prec) if hasattr(value, "decimals") else None
    number = (value.array if numbers is None else numbers)[index or ()]
    return number if isinstance(number, Decimal) else as_meant(number)


def exactly(x: Expr) -> Fraction | None:
    """The number that a formula of whole numbers stands for, exact at any size; None where a number is a float."""
    return fold(x, _exactly)


def _exactly(x: Expr, args: list[Fraction | None]) -> Fraction | None:
    if isinstance(x, Const):
        return x.value if isinstance(x.value, Fraction) else None
    if isinstance(x, Ref):
        held = x.number.item() if hasattr(x.number, "item") else x.number
        return Fraction(held) if isinstance(held, int) else None
    worked = _EXACTLY.get(x.label or x.kind)
    if worked is None or (x.kind == "divide" and not args[-1]):
        return None
    known = [a for a in args if a is not None]
    return Fraction(worked(known)) if len(known) == len(args) else None


_EXACTLY: dict[str, Callable[[list[Fraction]], Fraction | int]] = {
    "add": sum, "negative": lambda a: -a[0], "times": math.prod, "divide": lambda a: a[0] / a[1],
    "floor": lambda a: math.floor(a[0]), "ceil": lambda a: math.ceil(a[0]),
}  # fmt: skip

# What `deciding` leaves open: sizes stand before the choices between which they decide.
_OPEN: dict[str, Callable[[list[Any]], Any]] = {
    "either": lambda a: a[1] if a[0] else a[2],
    "largest": lambda a: a[len(a) // 2 + max(range(len(a) // 2), key=a.__getitem__)],
}

_ARITHMETIC: dict[str, Callable[[list[float]], float]] = {
    "add": math.fsum,
    "negative": lambda a: -a[0],
    "times": math.prod,
    "divide": lambda a: a[0] / a[1] if a[1] else math.copysign(math.inf, a[0]) if a[0] else math.nan,
    "power": lambda a: math.pow(*a),
    **_OPEN,
}

_EACH: dict[str, Callable[[list[Any]], Any]] = {
    "add": sum,
    "negative": lambda a: -a[0],
    "times": math.prod,
    "divide": lambda a: np.divide(*a),
    "power": lambda a: np.power(*a),
    "either": lambda a: np.where(*a),
    "largest": lambda a: _of_largest(np.array(np.broadcast_arrays(*a)), len(a) // 2),
}


def _of_largest(rows: Any, half: int) -> Any:
    return np.take_along_axis(rows[half:], np.argmax(rows[:half], axis=0)[None], axis=0)[0]


_IN_DECIMALS: dict[str, Callable[[list[Decimal]], Decimal]] = {
    "negative": lambda a: -a[0],
    "times": lambda a: math.prod(a, start=Decimal(1)),
    "divide": lambda a: a[0] / a[1],
    "power": lambda a: power_of(*a),
    **_OPEN,
}


def _operations(x: Expr) -> Iterator[Op]:
    """Every operation in a formula."""
    stack = [x]
    while stack:
        part = stack.pop()
        if isinstance(part, Op):
            yield part
            stack.extend(part.args)


def tied_brackets(x: Expr) -> list[Op]:
    """The brackets of a formula in which a derivative is a convention: [a > b] of equals, [a = max(…)] of several.

    [a > a] is none.
    """
    return [p for p in _operations(x) if p.kind == "compare" and _is_tied(p.args[0], p.args[1], p.label)]


def _is_tied(a: Expr, b: Expr, relation: str) -> bool:
    if isinstance(a, Ref) and isinstance(b, Ref) and a.value is b.value and a.index == b.index:
        return False
    value = evaluate(a)
    if relation != "=":
        return value == evaluate(b)
    return isinstance(b, Op) and b.label == "max" and sum(value == evaluate(part) for part in b.args) > 1


def beyond_digits(x: Expr, digits: int) -> list[Op]:
    """The parts of a formula that numbers of so many digits, as they are shown, do not give.

    A sum of which almost nothing is left, and the logarithm of what is shown as 0.
    """
    last = 10.0**-digits
    found: list[Op] = []

    def worked(part: Expr, args: list[float]) -> float:
        value = _in_floats(part, args)
        if isinstance(part, Op) and _is_beyond(part, value, args, last):
            found.append(part)
        return value

    try:
        fold(x, worked)
    except _Doubt:  # part by part, each as exactly as it takes
        parts = (p for p in _operations(x) if p.kind == "add" or p.label == "ln")
        return [p for p in parts if _is_beyond(p, evaluate(p), [evaluate(a) for a in p.args], last)]
    return found[::-1]


def _is_beyond(part: Op, value: float, args: list[float], last: float) -> bool:
    if part.kind == "add":
        return 0 < abs(value) < last * max(map(abs, args)) < math.inf
    return part.label == "ln" and args[0] == 0 and math.isfinite(value)
