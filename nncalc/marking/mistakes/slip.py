"""A wrong line as the library of mistakes sees it, and what a mistake says its numbers would be."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from nncalc.marking.assignment import Assignment
from nncalc.marking.sheet import Line
from nncalc.trace.name import StepName
from nncalc.trace.notation.evaluation import evaluate, exactly
from nncalc.trace.notation.tree import Const, Expr, Index, Op, Ref, parts
from nncalc.trace.notation.writing import expand
from nncalc.trace.steps import Step, Trace
from nncalc.trace.value import Value

# A formula is written out through steps that are not on the sheet, while it has no more parts than this.
MOST_PARTS = 60


@dataclass(frozen=True)
class Slip:
    """A line whose numbers do not come from the student's own earlier lines.

    `wrong`: the cells that are wrong (none where the line has another shape); `trace`: the working that follows from
    the sheet; `values`: all numbers on the sheet, by line; `carried`: those that other workings of it go on with;
    `workings`: what was worked for other lines already.
    """

    asked: Assignment
    line: Line
    wrong: tuple[Index, ...]
    step: Step
    trace: Trace
    values: Mapping[str, dict[Index, float | int]]
    carried: Mapping[str, dict[Index, float | int]]
    workings: dict[Any, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The line's name."""
        return self.step.name

    @cached_property
    def called(self) -> StepName:
        """What the line's name says."""
        return StepName.parse(self.name)

    @cached_property
    def steps(self) -> dict[str, Step]:
        """The steps of the working that follows from the sheet."""
        return self.trace.named()

    @cached_property
    def worked(self) -> np.ndarray:
        """What follows here from the student's earlier lines."""
        return np.asarray(self.step.computed)

    @cached_property
    def counts(self) -> bool:
        """Whether whole numbers come out here, so that nothing was rounded."""
        worked = np.asarray(self.worked, dtype=float)
        return bool(np.array_equal(worked, np.round(worked)))

    @cached_property
    def others(self) -> tuple[Index, ...]:
        """The cells that were written and are not wrong."""
        wrong = set(self.wrong)
        return tuple(index for index in self.line.cells if index not in wrong)

    def beside(self, base: str) -> np.ndarray | None:
        """A step of the same section, with the student's numbers in it."""
        step = self.steps.get(self.called.beside(base))
        return None if step is None else np.asarray(step.array)

    def comes_after(self, named: Any) -> bool:
        """Whether a value is this line's, or was worked from it: as its cause it would explain itself."""
        if named is self.step.value:
            return True
        if not isinstance(named, Value) or named.serial < self.step.value.serial:
            return False
        if id(named) not in self._later:
            self._later[id(named)] = any(map(self.comes_after, named.args))
        return self._later[id(named)]

    @cached_property
    def _later(self) -> dict[int, bool]:
        return {}

    @cached_property
    def unseen(self) -> set[str]:
        """The steps that are not whole on the sheet and that this line is worked from without another one between."""
        found: set[str] = set()
        stack: list[Any] = list(self.step.value.args)
        while stack:
            held = stack.pop()
            if not isinstance(held, Value) or held.name in found:
                continue
            if held.name in self.steps:
                if len(self.values.get(held.name, ())) >= np.size(held.array):
                    continue
                found.add(held.name)
            stack.extend(held.args)
        return found

    @cached_property
    def _formulas(self) -> dict[tuple[Index, bool], Expr]:
        return {}

    def formula(self, index: Index, grown: bool = True) -> Expr:
        """The cell's formula, with σ(z) not written out; `grown`: through the lines that are not on the sheet."""
        if (index, grown) not in self._formulas:
            x = self._grown(self.formula(index, False)) if grown else self.step.element(index, inside=True)
            self._formulas[index, grown] = x
        return self._formulas[index, grown]

    def _grown(self, x: Expr) -> Expr:
        for _ in range(3):
            size = parts(x)
            grown = self._expanded(x, MOST_PARTS - size)
            if grown is x or parts(grown) > MOST_PARTS:
                return x
            x = grown
        return x

    def _expanded(self, x: Expr, room: int) -> Expr:
        if isinstance(x, Ref):
            value = x.value
            hidden = isinstance(value, Value) and value.name in self.steps and not self.values.get(value.name or "")
            if not hidden or x.index is None or room < 2 or not isinstance(value, Value) or value.is_given:
                return x
            inner = expand(value, x.index, inside=True)
            return inner if parts(inner) < room else x
        if isinstance(x, Const):
            return x
        args = tuple(self._expanded(a, room) for a in x.args)
        return x if all(map(operator.is_, args, x.args)) else Op(x.kind, args, x.label)


@dataclass(frozen=True)
class Candidate:
    """What the numbers would be: `at` gives a cell's (None where it says nothing), `shape` where that is another.

    `whole`: it is done to the whole line, so that it must explain all of it; `apart`: it may be done in some cells
    alone, too. `far`: a slip in one number of a line that is not on the sheet; there are so many of these that some fit
    a short number by chance.
    """

    words: str
    at: Callable[[Index], Any]
    whole: bool = False
    shape: tuple[int, ...] | None = None
    far: bool = False
    say: Callable[[Index], str] | None = None  # the words for another cell than the first wrong one
    apart: bool = False


@dataclass(frozen=True)
class Mistake:
    """One named wrong procedure: the topics and lines it applies to (none: all), and what it would give.

    `refines`: mistakes that say the same less well. `describes`: it only says what the result looks like, so that
    any procedure with the same result says more. `of_the_pen`: no number of places tells it from rounding.
    """

    name: str
    find: Callable[[Slip], Iterator[Candidate]]
    topics: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    refines: tuple[str, ...] = ()
    describes: bool = False
    of_the_pen: bool = False

    def applies(self, slip: Slip) -> bool:
        """Whether it can be made in this line."""
        local = slip.called.local
        return (not self.topics or slip.trace.topic in self.topics) and (not self.lines or local in self.lines)


def array_candidate(words: str, array: Any) -> Iterator[Candidate]:
    """The candidate that gives a whole array."""
    array = np.asarray(array)
    yield Candidate(words, lambda index: array[index], True, array.shape)


def value(x: Expr) -> Any:
    """The number a formula stands for, whole numbers at any size; nan where it has none."""
    whole = exactly(x) if _counts(x) else None
    if whole is not None and whole.denominator == 1:
        return int(whole)
    try:
        return evaluate(x)
    except ArithmeticError:  # a changed formula may divide by 0 where a whole number is wanted
        return math.nan


def _counts(x: Expr) -> bool:
    """Whether nothing in a formula is a float."""
    if isinstance(x, Op):
        return all(map(_counts, x.args))
    return not isinstance(x.value, float) if isinstance(x, Const) else np.asarray(x.value.array).dtype.kind != "f"
