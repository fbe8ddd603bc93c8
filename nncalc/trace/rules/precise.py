"""Exact where hands are exact: what floats cannot tell is worked once more in decimals of many digits.

A float is trusted until it decides something that it may have wrong: a sum of which next to nothing is left, two
numbers that are all but equal, a logarithm of what underflowed. There, and only there, the value is worked again from
the numbers that were given, by the rules' own `compute`, and the float that goes on is the nearest to what comes out.
So every later look at floats is right. Large arrays do not pay for it.
"""

from __future__ import annotations

from decimal import Context, Decimal, Inexact, localcontext
from functools import cache
from inspect import signature
from itertools import pairwise
from math import isfinite
from typing import Any, NamedTuple

import numpy as np

from nncalc.trace.notation.decimals import (
    AGAIN,
    DIGITS,
    ONCE_MORE,
    as_meant,
    comparable,
    is_odd,
    nothing_beside,
    precision,
    read_float,
)
from nncalc.trace.notation.nearness import all_but_equal
from nncalc.trace.rule import LARGE

# How far back an irrational history is followed. What lies before it is taken as its float.
HORIZON = 2000


class InDecimals(NamedTuple):
    """An array of decimals, and whether nothing was rounded on the way to it."""

    numbers: Any
    exact: bool


def as_read(array: Any, value: Any) -> tuple[Any, bool]:
    """The array of a value that gets a name, as a person reads it, and whether all its numbers are finite.

    0.3 for 0.30000000000000004, and equals as equals.
    """
    if getattr(array, "size", LARGE) >= LARGE or array.dtype.kind != "f":
        return array, is_finite(array)
    floats = array.ravel().tolist()
    if len(floats) > 1 and any(a != b and all_but_equal(a, b) for a, b in pairwise(sorted(floats))):
        array = value.nearest_floats()
        floats = array.ravel().tolist()
    written = repr(floats)
    read = [read_float(x) for x in floats] if is_odd(written) else floats
    finite = "n" not in written  # of inf and nan
    return array if read == floats else np.array(read).reshape(array.shape), finite


def is_finite(array: Any) -> bool:
    """Whether it holds no infinity and no nan; a sum that is finite says so of a large array."""
    array = np.asarray(array)
    if array.dtype.kind != "f":
        return True
    with np.errstate(all="ignore"):  # of a sum that overflows the numbers are looked at
        return (array.size >= LARGE and isfinite(array.sum())) or bool(np.isfinite(array).all())


def worked(value: Any, digits: int = DIGITS) -> InDecimals:
    """The value in decimals, from what was given or settled; in each number of digits it is worked once."""
    if digits == DIGITS:
        return value.precise or _Desk(digits).work(value)
    return _desk_of(value, digits).work(value)


def _desk_of(value: Any, digits: int, uncut: bool = False) -> _Desk:
    """Where the working's values are worked in more digits; what was looked at once is not worked again."""
    desks: dict[int, _Desk] = value.work.desks
    desk = desks.get(digits)
    if desk is None or (uncut and desk.cut):
        desk = desks[digits] = _Desk(digits)
    desk.roots.append(value)
    return desk


class _Desk:
    """Where values are worked in so many digits. Those of the usual number stay with the values."""

    def __init__(self, digits: int):
        self.digits = digits
        self.usual = digits == DIGITS
        self.known: dict[tuple[int, bool], InDecimals] = {}
        self.cut = False
        self.roots: list[Any] = []  # held, since what is known is known by their identity

    def found(self, value: Any) -> Any:
        """What was worked before, or None."""
        return value.precise if self.usual else self.known.get((id(value), value.settled))

    def keep(self, value: Any, worked: InDecimals) -> None:
        """Remembers it."""
        if self.usual:
            value.precise = worked
        else:
            self.known[id(value), value.settled] = worked

    def work(self, root: Any) -> InDecimals:
        """The value in decimals; its history needs no recursion."""
        oldest = root.serial - HORIZON
        stack = [root]
        with localcontext(precision(self.digits)) as context:
            while stack:
                value = stack[-1]
                if self.found(value) is None and (leaf := self.leaf(value, oldest, context)) is not None:
                    self.keep(value, leaf)
                if self.found(value) is not None:
                    stack.pop()
                elif missing := [a for a in value.args if hasattr(a, "rule") and self.found(a) is None]:
                    stack.extend(missing)
                else:
                    self.keep(value, self.applied(value, context))
        worked: InDecimals = self.found(root)
        return worked

    def leaf(self, value: Any, oldest: int, context: Context) -> InDecimals | None:
        """What has no history: given, rounded, written by a student, or farther back than one looks."""
        far = value.name is not None and value.serial < oldest
        if far and not self.usual and value.precise is not None:
            self.cut = True
            precise: InDecimals = value.precise
            return precise
        if not (_is_given(value) or (far and value.irrational)):
            return None
        context.clear_flags()
        numbers = as_decimals(value.array)
        for index, number in (value.meant or {}).items():
            numbers[index] = +number.decimal
        return InDecimals(numbers, not context.flags[Inexact])

    def applied(self, value: Any, context: Context) -> InDecimals:
        """A value from its arguments, by its rule; a 0 that comes of rounded numbers is looked at in more digits."""
        rule = value.rule
        args = [self.found(a) if hasattr(a, "rule") else None for a in value.args]
        bare = [w.numbers if w else _of_constant(a) for a, w in zip(value.args, args, strict=True)]
        params = {k: _of_constant(p) for k, p in (_defaults(rule.in_decimals) | value.params).items()}
        context.clear_flags()
        if rule.decides is not None:
            bare = [rounded(b) for b in bare]
        numbers = as_decimals(rule.in_decimals(*bare, **params))
        exact = all(w.exact for w in args if w) and not context.flags[Inexact]
        if not exact and rule.scale is not None:
            scale = as_decimals(rule.scale(*bare, **params))
            nothing = np.asarray(nothing_beside(numbers, scale), bool)
            if nothing.any():
                again: Any = self.again(value, AGAIN) if self.usual else Decimal(0)
                numbers = np.where(nothing, again, numbers)
        if not exact and rule.poles and self.usual and not all(Decimal(n).is_finite() for n in numbers.ravel()):
            numbers = self.again(value, ONCE_MORE)
        return InDecimals(numbers, exact)

    def again(self, value: Any, digits: int) -> Any:
        """The same in more digits, unless its history is too long: then a 0 is believed."""
        desk = _desk_of(value, digits, uncut=True)
        numbers = desk.work(value).numbers
        return np.full(numbers.shape, Decimal(0)) if desk.cut else numbers


def _meant(n: Any) -> Any:
    return as_meant(n) if isinstance(n, float) else int(n) if isinstance(n, np.integer) else n


_MEANT = np.frompyfunc(_meant, 1, 1)


def _is_given(value: Any) -> bool:
    """Whether it has no history in decimals: given, rounded, a student's own, or made from large arrays."""
    if value.rule is None or value.settled or value.rule.opaque:
        return True
    return any(getattr(getattr(a, "array", a), "size", 1) >= LARGE for a in value.args)


_ROUNDED = np.frompyfunc(lambda n: comparable(n) if isinstance(n, Decimal) else n, 1, 1)


def as_decimals(array: Any) -> Any:
    """The numbers of an array as what they are meant as: (…), of objects; whole numbers and truths stay."""
    return np.array(_MEANT(np.asarray(array, dtype=object)), dtype=object)


def rounded(numbers: Any) -> Any:
    """Decimals to the digits in which they can be compared."""
    return np.array(_ROUNDED(numbers), dtype=object)


@cache
def _defaults(function: Any) -> dict[str, float]:
    """What a function takes where nothing else is said."""
    if isinstance(function, np.ufunc):
        return {}
    try:
        parameters = signature(function).parameters.values()
    except ValueError:  # np.where before NumPy 2 tells none
        return {}
    return {p.name: p.default for p in parameters if isinstance(p.default, float)}


def _of_constant(x: Any) -> Any:
    """An argument that no Value holds: a number or an array of them."""
    if isinstance(x, (float, np.floating)):
        return as_meant(float(x) if isinstance(x, np.floating) else x)
    return as_decimals(x) if isinstance(x, np.ndarray) and x.dtype.kind == "f" else x
