"""How far rounding reaches: what a number becomes where each before it is moved by one unit of the place asked.

An error is kept as the share of every number that it comes from, with its sign: what cancels on paper cancels here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from nncalc.marking.runs import Cell, cells_with
from nncalc.trace.notation.evaluation import evaluate
from nncalc.trace.notation.tree import Expr, Index, Op, Ref, StandIn, parts, with_refs
from nncalc.trace.steps import Trace

# What a number may be off by, for each number that this comes from.
Shares = dict[Cell, float]
# Formulas that are longer together than this are not looked through: the reach is then taken to be without end.
MOST_LOOKED_THROUGH = 400_000


class Reach:
    """The reach of roundings in one working.

    `pinned`: the cells that stand on the sheet; what was worked before them reaches no further. `unit`: one of the
    last place asked of a cell, given what it is in this working.
    """

    def __init__(self, trace: Trace, pinned: Collection[Cell], unit: Callable[[Cell, Any], float]):
        self.steps, self.answer = trace.named(), trace.answer
        self.pinned = pinned
        self.unit = unit
        self.left = MOST_LOOKED_THROUGH
        self.known: dict[Cell, Shares | None] = {}

    def of(self, cell: Cell) -> float:
        """How far a number may be off before it is itself written down; infinity where that cannot be told."""
        found = self._worked(self._found(cell))
        return math.inf if found is None else _size(found)

    def is_whole(self, cell: Cell) -> bool:
        """Whether it is worked from whole numbers alone, so that there is nothing to round."""
        cell = self._found(cell)
        if cell[0] not in self.steps:
            return False
        formula = self.steps[cell[0]].element(cell[1], inside=True)
        numbers = [float(ref.number) for ref in _refs(formula)]
        return all(number.is_integer() for number in (*numbers, _value(formula)) if math.isfinite(number))

    def _found(self, cell: Cell) -> Cell:
        """The step's cell that an answer, which is no step itself, repeats."""
        if cell[0] in self.steps:
            return cell
        worked = {name: np.asarray(step.computed) for name, step in self.steps.items()}
        return next(cells_with(self.answer[cell[0]][cell[1]], worked), cell)

    def _worked(self, cell: Cell) -> Shares | None:
        """The error that a cell has from those before it. Long chains need no recursion."""
        stack = [cell]
        while stack:
            top = stack[-1]
            missing = [c for c in self._before(top) if c not in self.known]
            if missing:
                stack.extend(missing)
                continue
            stack.pop()
            inherited = self._inherited(top)
            if not stack:
                return inherited
            self.known[top] = self._with_own(top, inherited)
        return None

    def _before(self, cell: Cell) -> list[Cell]:
        """The cells that its formula refers to."""
        step = self.steps.get(cell[0])
        if step is None or step.value.is_given:
            return []
        before = []
        for ref in _refs(step.element(cell[1], inside=True)):
            other = _cell(ref)
            if other[0] not in self.steps:
                self.known[other] = {}  # given
            elif other in self.pinned:
                self.known.setdefault(other, self._with_own(other, {}))
            before.append(other)
        return before

    def _with_own(self, cell: Cell, inherited: Shares | None) -> Shares | None:
        """The error with that of writing the number down, or carrying it in so many places."""
        step = self.steps[cell[0]]
        if inherited is None:
            return None
        if step.value.is_given or (not inherited and cell not in self.pinned and self.is_whole(cell)):
            return inherited
        return {**inherited, cell: self.unit(cell, step.array[cell[1]])}

    def _inherited(self, cell: Cell) -> Shares | None:
        step = self.steps.get(cell[0])
        if step is None or step.value.is_given:
            return {}
        formula = step.element(cell[1], inside=True)
        moved = [(ref, self.known.get(_cell(ref))) for ref in _refs(formula)]
        shares: Shares = {}
        here = _value(formula)
        for ref, error in moved:
            if error is None:
                return None
            size = _size(error)
            if not size:
                continue
            self.left -= len(error) + parts(formula)
            at = float(ref.number)
            up, down = (_value(_with(formula, ref, at + d)) for d in (size, -size))
            if self.left < 0 or not (math.isfinite(up) and math.isfinite(down) and math.isfinite(here)):
                return None
            slope = math.copysign(max(abs(up - here), abs(down - here)), up - down) / size
            for source, share in error.items():
                shares[source] = shares.get(source, 0.0) + slope * share
        return shares


def _size(shares: Shares) -> float:
    return sum(map(abs, shares.values()))


def _cell(ref: Ref) -> Cell:
    return str(getattr(ref.value, "name", "")), ref.index or ()


def _refs(x: Expr) -> list[Ref]:
    """The elements in a formula, each once."""
    found: dict[tuple[int, Index | None], Ref] = {}
    stack = [x]
    while stack:
        part = stack.pop()
        if isinstance(part, Ref):
            found.setdefault((id(part.value), part.index), part)
        elif isinstance(part, Op):
            stack.extend(part.args)
    return list(found.values())


def _with(x: Expr, moved: Ref, number: float) -> Expr:
    """The formula with another number for an element."""
    there = Ref(StandIn(np.float64(number)), ())
    return with_refs(x, lambda ref: there if ref.value is moved.value and ref.index == moved.index else ref)


def _value(x: Expr) -> float:
    try:
        return evaluate(x)
    except (ArithmeticError, KeyError, ValueError):
        return math.nan
