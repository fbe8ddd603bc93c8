"""Whether a line that follows from a student's slip left anything to work: what a 0 or a 1 of their own made easy."""

from __future__ import annotations

import math
from collections.abc import Mapping

from nncalc.trace.notation.evaluation import evaluate
from nncalc.trace.notation.tree import Const, Expr, Index, Op, Ref
from nncalc.trace.steps import Step

Steps = Mapping[str, Step]

# Functions that flatten out, and how near to their limits they say nothing about what went in.
SATURATES = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0), "erf": (-1.0, 1.0)}
FLAT = 1e-6


def is_trivial(followed: Steps, exact: Steps, name: str, index: Index, nothing: float) -> bool:
    """Whether a cell needs no arithmetic with the student's values, though it does with the right ones.

    `nothing`: what is smaller than this cannot be seen in the places asked, and counts as 0.
    """
    here, there = (_formula(steps, name, index) for steps in (followed, exact))
    return not _works(here, nothing) and _works(there, nothing)


def _formula(steps: Steps, name: str, index: Index) -> Expr:
    """How a cell is made; of one that only repeats another, how that is."""
    x = steps[name].element(index, inside=True)
    while isinstance(x, Ref) and x.index is not None and (named := str(getattr(x.value, "name", ""))) in steps:
        x = steps[named].element(x.index, inside=True)
    return x


def _works(x: Expr, nothing: float) -> bool:
    """Whether there is anything to work: not where a factor is 0, all others are 1, or a function is flat."""
    if isinstance(x, (Const, Ref)):
        return False
    value = evaluate(x)
    if not math.isfinite(value):
        return False
    if x.kind in ("times", "matmul"):
        return _product(x, nothing)
    if x.kind == "divide":
        top, bottom = x.args
        return _works(top, nothing) if _is(bottom, 1, nothing) else abs(evaluate(top)) > nothing
    if x.kind == "add":
        terms = [term for term in x.args if abs(evaluate(term)) > nothing]
        return len(terms) > 1 or any(_works(term, nothing) for term in terms)
    if x.kind == "call":
        flat = any(abs(value - limit) <= max(FLAT, nothing) for limit in SATURATES.get(x.label, ()))
        return not flat and not (len(x.args) == 1 and abs(evaluate(x.args[0])) <= nothing)
    if x.kind in ("negative", "power"):
        base = x.args[0]
        return (
            abs(evaluate(base)) > nothing and not _is(base, 1, nothing) and (x.kind == "power" or _works(base, nothing))
        )
    return any(_works(part, nothing) for part in x.args)


def _product(x: Op, nothing: float) -> bool:
    if any(abs(evaluate(factor)) <= nothing for factor in x.args):
        return False
    left = [factor for factor in x.args if not _is(factor, 1, nothing)]
    return len(left) > 1 or any(_works(factor, nothing) for factor in left)


def _is(x: Expr, size: float, nothing: float) -> bool:
    return abs(abs(evaluate(x)) - size) <= nothing
