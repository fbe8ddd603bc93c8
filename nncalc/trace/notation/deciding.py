"""Formulas whose form depends on numbers: as these decide, or left open with all that they may become."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from nncalc.trace.notation.evaluation import evaluate
from nncalc.trace.notation.tree import ZERO, Expr, Op, compare

_OPEN = ContextVar("open", default=False)


@contextmanager
def left_open() -> Iterator[None]:
    """Within it formulas hold for any numbers: what these decide stands in them as `either` and `largest`."""
    before = _OPEN.set(True)
    try:
        yield
    finally:
        _OPEN.reset(before)


def either(test: Expr, then: Expr, other: Expr) -> Expr:
    """The one formula where a test comes to a number that is not 0, else the other."""
    if _OPEN.get():
        return Op("either", (test, then, other))
    return then if evaluate(test) else other


def at_largest(sizes: Sequence[Expr], choices: Sequence[Expr]) -> Expr:
    """The choice that stands where the largest of the sizes does, the first of equals."""
    if _OPEN.get():
        return Op("largest", (*sizes, *choices))
    return choices[max(range(len(sizes)), key=lambda i: evaluate(sizes[i]))]


def is_nothing(x: Expr) -> Expr:
    """[x = 0]."""
    return compare("=", x, ZERO)
