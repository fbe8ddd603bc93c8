"""Whether a line that follows from a student's slip left anything to work: what a 0 or a 1 of their own made easy."""

from __future__ import annotations

import math

from nncalc.trace.notation import Const, Expr, Index, Op, Ref, evaluate
from nncalc.trace.steps import Step

# Functions that flatten out, and how near to their limits they say nothing about what went in.
SATURATES = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0), "erf": (-1.0, 1.0)}
FLAT = 1e-6


def is_trivial(followed: Step, exact: Step, index: Index) -> bool:
    """Whether a cell needs no arithmetic with the student's values, though it does with the right ones."""
    return not _works(followed.element(index)) and _works(exact.element(index))


def _works(x: Expr) -> bool:
    """Whether there is anything to work: not where a factor is 0, all others are 1, or a function is flat."""
    if isinstance(x, (Const, Ref)):
        return False
    if not math.isfinite(evaluate(x)):
        return False
    if x.kind in ("times", "matmul"):
        return _product(x)
    if x.kind == "divide":
        top, bottom = x.args
        return _works(x.args[0]) if abs(evaluate(bottom)) == 1 else evaluate(top) != 0
    if x.kind == "add":
        terms = [term for term in x.args if evaluate(term) != 0]
        return len(terms) > 1 or any(_works(term) for term in terms)
    if x.kind == "call":
        value = evaluate(x)
        flat = any(abs(value - limit) < FLAT for limit in SATURATES.get(x.label, ()))
        return not flat and not (len(x.args) == 1 and evaluate(x.args[0]) == 0)
    if x.kind in ("negative", "power"):
        return evaluate(x.args[0]) not in (0.0, 1.0) and (x.kind == "power" or _works(x.args[0]))
    return any(_works(part) for part in x.args)


def _product(x: Op) -> bool:
    values = [evaluate(factor) for factor in x.args]
    if 0 in values:
        return False
    left = [factor for factor, value in zip(x.args, values, strict=True) if abs(value) != 1]
    return len(left) > 1 or any(_works(factor) for factor in left)
