"""Whether a cell has anything to work: structural zeros and copies have not, nor what a 0 or 1 of a slip made easy."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import Enum

from nncalc.trace.notation.evaluation import evaluate
from nncalc.trace.notation.tree import Const, Expr, Index, Op, Ref
from nncalc.trace.steps import Step

Steps = Mapping[str, Step]

# Functions that flatten out, and how near to their limits they say nothing about what went in.
SATURATES = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0), "erf": (-1.0, 1.0)}
FLAT = 1e-6
# Through more lines than this no structural zero is followed.
MOST_STEPS = 40


class Ease(Enum):
    """What a cell that follows from a slip took: work; none, though it should have; none either way (a copy)."""

    work = "work"
    trivial = "trivial"
    moved = "moved"


def ease(followed: Steps, exact: Steps, name: str, index: Index, nothing: float) -> Ease:
    """Whether a cell needs arithmetic with the student's values, and with the right ones.

    `nothing`: what is smaller than this cannot be seen in the places asked, and counts as 0.
    """
    here, there = (_Look(nothing).works(_formula(steps, name, index)) for steps in (followed, exact))
    return Ease.work if here else Ease.trivial if there else Ease.moved


def has_work(exact: Steps, name: str, index: Index) -> bool:
    """Whether a cell of a problem has to be worked: no structural zero, and no copy of what is given."""
    return name not in exact or _Moved(exact).number(exact[name].element(index, inside=True)) is None


class _Moved:
    """The numbers that nobody works: given ones, wherever they stand, and what a given 0 or a mask makes of others."""

    def __init__(self, steps: Steps):
        self.steps = steps
        self.left = MOST_STEPS

    def number(self, x: Expr) -> float | None:
        """The number, None where it has to be worked."""
        if isinstance(x, Const):
            return float(x.value)
        if isinstance(x, Ref):
            return self._referred(x)
        parts = [self.number(part) for part in x.args]
        if x.kind in ("times", "matmul"):
            left = [part for part in parts if part not in (1, -1)]
            one = None not in parts and len(left) < 2
            return 0.0 if 0 in parts else math.prod(filter(None, parts)) if one else None
        if x.kind == "add":  # a sum of which one term is left has to be looked at
            return -math.inf if -math.inf in parts else None if any(part != 0 for part in parts) else 0.0
        if x.kind == "divide":
            return 0.0 if parts[0] == 0 else parts[0] if parts[1] == 1 else None
        if x.kind == "negative":
            return None if parts[0] is None else -parts[0]
        return 0.0 if x.label == "exp" and parts == [-math.inf] else None

    def _referred(self, x: Ref) -> float | None:
        number = evaluate(x)
        if getattr(x.value, "is_given", False) or math.isinf(number):
            return number
        self.left -= 1
        name = str(getattr(x.value, "name", ""))
        if number or self.left < 0 or x.index is None or name not in self.steps:
            return None
        return self.number(self.steps[name].element(x.index, inside=True))


def _formula(steps: Steps, name: str, index: Index) -> Expr:
    """How a cell is made; of one that only repeats another, how that is."""
    x = steps[name].element(index, inside=True)
    while isinstance(x, Ref) and x.index is not None and (named := str(getattr(x.value, "name", ""))) in steps:
        x = steps[named].element(x.index, inside=True)
    return x


class _Look:
    """Whether a formula leaves anything to work: not where a factor is 0, all others are 1, or a function is flat."""

    def __init__(self, nothing: float):
        self.nothing = nothing

    def works(self, x: Expr) -> bool:
        """Whether there is any arithmetic to be done."""
        if isinstance(x, (Const, Ref)):
            return False
        if not math.isfinite(evaluate(x)):
            return False
        return bool(getattr(self, f"_{x.kind}", self._other)(x))

    def _times(self, x: Op) -> bool:
        if any(self.is_nothing(factor) for factor in x.args):
            return False
        left = [factor for factor in x.args if not self.is_one(factor)]
        return len(left) > 1 or any(self.works(factor) for factor in x.args)

    _matmul = _times

    def _divide(self, x: Op) -> bool:
        top, bottom = x.args
        return self.works(top) if self.is_one(bottom) else not self.is_nothing(top)

    def _add(self, x: Op) -> bool:
        terms = [term for term in x.args if not self.is_nothing(term)]
        return len(terms) > 1 or any(self.works(term) for term in terms)

    def _call(self, x: Op) -> bool:
        value, limits = evaluate(x), SATURATES.get(x.label, ())
        flat = any(abs(value - limit) <= max(FLAT, self.nothing) for limit in limits)
        return not flat and not all(self.is_nothing(arg) for arg in x.args)

    def _compare(self, x: Op) -> bool:
        return not all(self.is_nothing(arg) for arg in x.args)

    def _negative(self, x: Op) -> bool:
        return not self.is_nothing(x.args[0]) and not self.is_one(x.args[0]) and self.works(x.args[0])

    def _power(self, x: Op) -> bool:
        return not self.is_nothing(x.args[0]) and not self.is_one(x.args[0])

    def _other(self, x: Op) -> bool:
        return any(self.works(part) for part in x.args)

    def is_nothing(self, x: Expr) -> bool:
        """Whether it is 0, or what nobody sees of it."""
        return abs(evaluate(x)) <= self.nothing

    def is_one(self, x: Expr) -> bool:
        """Whether it is 1 or −1, so that a factor changes nothing."""
        return abs(abs(evaluate(x)) - 1) <= self.nothing
