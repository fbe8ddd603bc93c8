"""A problem's working as data that needs no NumPy: numbers, and how each follows from others, so that a page can mark.

Each cell has a skeleton, which many cells share, and the cells that it is made from, by their places in one row of
numbers. A skeleton is a place among these (0, 1, …), a constant ([2]), or an operator with operands (["add", 0, 1]).
What floats decide (a maximum's place, a kink) is left open in it. Every formula is held against further workings with
other numbers: where it does not give what was worked there, the cell says that it cannot be followed.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from nncalc.marking.assignment import Assignment, lines_of
from nncalc.marking.runs import Cell, cells_with, worked_with
from nncalc.trace.notation.deciding import left_open
from nncalc.trace.notation.evaluation import evaluate
from nncalc.trace.notation.tree import Const, Expr, Index, Op, Ref, StandIn, fold, parts, with_refs
from nncalc.trace.rounding import Settle, with_cells
from nncalc.trace.steps import Step, Trace

# What stands for a skeleton where there is none: the number never changes; it changes in a way that is not known.
FIXED, UNKNOWN = -1, -2
# Beyond so many cells and operands no slip is followed: the page would be too large.
MOST_OPERANDS = 200_000
# Whole numbers beyond it are none for a float.
LARGEST_WHOLE = 2**53
# How far a formula may be off in the second working, for a rounding error.
NEAR_ENOUGH = 1e-7
# How other numbers are made for that working: how far, and how often with the other sign.
OTHERS = ((0.01, 0.0), (0.1, 0.0), (0.5, 0.15))
# Floats; counts as NumPy has them; counts of any size.
HELD_COUNTS = {"i": 1, "u": 1, "O": 2}
ROLES = {"given": 0, "step": 1, "moved": 2, "answer": 3}


class WorksheetData:
    """The data of one problem. `names`: the values in order; `start`: where the numbers of each begin."""

    def __init__(self, asked: Assignment):
        self.asked, self.trace = asked, asked.trace
        self.arrays = _arrays(asked)
        self.names: list[str] = []
        self.start: dict[str, int] = {}
        self.numbers: list[float | int | str] = []
        self.skeletons: dict[str, int] = {}
        self.shapes: list[Any] = []
        self.formulas: dict[Cell, Expr | None] = _formulas(asked, self.arrays)
        for name in _needed(asked, self.formulas, self.arrays):
            self._add(name)
        self.cells = list(self._cells())

    def _add(self, name: str) -> None:
        array = self.arrays[name]
        self.start[name] = len(self.numbers)
        self.names.append(name)
        self.numbers += [_plain(number) for number in np.asarray(array, dtype=object).ravel().tolist()]

    def place(self, name: str, index: Index) -> int:
        """Where a cell stands among the numbers."""
        return self.start[name] + (int(np.ravel_multi_index(index, self.arrays[name].shape)) if index else 0)

    def role(self, name: str) -> str:
        """What a value is."""
        step = self.asked.steps.get(name)
        if step is None:
            return "given" if name in self.trace.given else "answer"
        return "moved" if step.value.is_given else "step"

    def _cells(self) -> Iterator[int]:
        """For each number its skeleton, and where what it is made from stands."""
        for name in self.names:
            for index in np.ndindex(self.arrays[name].shape):
                formula = self.formulas.get((name, index), _NOTHING)
                if formula is None:
                    yield UNKNOWN
                    continue
                places: dict[int, int] = {}
                skeleton = fold(formula, partial(self._part, places))
                if not places:
                    yield FIXED
                    continue
                key = repr(skeleton)
                if key not in self.skeletons:
                    self.skeletons[key] = len(self.skeletons)
                    self.shapes.append([len(places), skeleton])
                yield self.skeletons[key]
                yield from places

    def _part(self, places: dict[int, int], part: Expr, args: list[Any]) -> Any:
        if isinstance(part, Const):
            return [float(part.value)]
        if isinstance(part, Ref):
            return places.setdefault(self.place(_name(part), part.index or ()), len(places))
        return [part.label if part.kind in ("call", "compare") else part.kind, *args]

    def plain(self) -> dict[str, Any]:
        """All of it, as JSON has it but for infinities."""
        marking = self.asked.problem.marking
        accepted = {
            name: [[words, array.ravel().tolist()] for words, array in values.items()]
            for name, values in self.asked.accepted.items()
        }
        values = [
            [n, list(self.arrays[n].shape), ROLES[self.role(n)], HELD_COUNTS.get(self.arrays[n].dtype.kind, 0)]
            for n in self.names
        ]
        return {
            "places": marking.places, "sig": marking.sig, "tolerance": marking.tolerance or 0, "accept": accepted,
            "values": values, "numbers": self.numbers, "skeletons": self.shapes, "cells": self.cells,
        }  # fmt: skip


_NOTHING = Const(math.nan)


def _plain(number: Any) -> float | int | str:
    """A number as JSON has it; a whole one that no float holds as text."""
    whole = isinstance(number, int) and not isinstance(number, bool)
    return str(number) if whole and abs(number) > LARGEST_WHOLE else number if whole else float(number)


def _arrays(asked: Assignment) -> dict[str, np.ndarray]:
    """What is given, the lines, and what else was worked."""
    given = {name: np.asarray(value.array) for name, value in asked.trace.given.items()}
    return given | {name: array for name, array in asked.exact.items() if name not in given}


def _formulas(asked: Assignment, arrays: Mapping[str, np.ndarray]) -> dict[Cell, Expr | None]:
    """How each cell is made; None where that is not known, or does not hold for other numbers."""
    others = _worked_otherwise(asked)
    left, found = MOST_OPERANDS, dict[Cell, Expr | None]()
    with left_open():
        for step in asked.trace.steps:
            holds = _Holds(step, others)
            for index in np.ndindex(step.array.shape):
                formula = _formula(step, index, arrays) if left > 0 else None
                left -= 1 if formula is None else parts(formula)
                found[step.name, index] = formula if formula is not None and holds(formula, index) else None
    for name, array in arrays.items():
        if name not in asked.steps and not all(_is_same(name, array, other) for other in others):
            found |= {(name, index): _repeated(name, index, asked, others) for index in np.ndindex(array.shape)}
    return found


def _formula(step: Step, index: Index, arrays: Mapping[str, np.ndarray]) -> Expr | None:
    """The formula of a cell, None where it holds what has no number or no place."""
    formula = with_refs(step.element(index, inside=True), lambda ref: _with_number(ref, arrays))
    stack = [formula]
    while stack:
        part = stack.pop()
        if isinstance(part, Op):
            stack.extend(part.args)
        elif isinstance(part, Ref) and (_name(part) not in arrays or (part.index is None and arrays[_name(part)].ndim)):
            return None
    return formula


def _name(ref: Ref) -> str:
    return str(getattr(ref.value, "name", ""))


def _with_number(ref: Ref, arrays: Mapping[str, np.ndarray]) -> Expr:
    """What was given without a place on the page, as the number that it is."""
    fixed = _name(ref) not in arrays and getattr(ref.value, "rule", None) is None
    return Const(float(ref.number)) if fixed and not np.ndim(ref.number) else ref


class _Holds:
    """Whether the formulas of a step give what it is in other workings: in one at least, and nowhere something else."""

    def __init__(self, step: Step, others: list[Trace]):
        self.there = [(_known(other), np.asarray(other[step.name].computed)) for other in others]

    def __call__(self, formula: Expr, index: Index) -> bool:
        found = [self.is_so(formula, known, worked, index) for known, worked in self.there]
        return True in found and False not in found

    def is_so(self, formula: Expr, known: Mapping[str, Any], worked: np.ndarray, index: Index) -> bool | None:
        """Whether it does in one; None where that has no number there."""
        if worked.ndim != len(index):
            return False
        try:
            number = evaluate(with_refs(formula, lambda ref: Ref(StandIn(known[_name(ref)]), ref.index)))
        except (ArithmeticError, KeyError, ValueError, IndexError, TypeError):
            return False
        if not (math.isfinite(worked[index]) and math.isfinite(number)):
            return True if number == worked[index] else None
        scale = float(np.abs(worked[np.isfinite(worked)]).max(initial=0)) if worked.dtype.kind == "f" else 0.0
        return abs(number - float(worked[index])) <= NEAR_ENOUGH * max(abs(number), scale)


def _known(trace: Trace) -> dict[str, Any]:
    return {name: value.array for name, value in (trace.given | trace.named()).items()}


def _is_same(name: str, array: np.ndarray, other: Trace) -> bool:
    """Whether what is no step is the same in another working: it is given, or depends on given numbers alone."""
    held = other.given[name].array if name in other.given else lines_of(other).get(name)
    return held is not None and np.array_equal(array, held)


def _worked_otherwise(asked: Assignment) -> list[Trace]:
    """The problem worked with other numbers at every step; none where it refuses some: nobody knows which."""
    ways = (_other(random.Random(seed), far, turned) for seed, (far, turned) in enumerate(OTHERS))
    traces = [trace for way in ways if (trace := worked_with(asked, way)) is not None]
    alike = all([*trace.named()] == [*asked.trace.named()] for trace in traces)
    return traces if alike and len(traces) == len(OTHERS) else []


def _other(chance: random.Random, far: float, turned: float) -> Settle:
    def moved(number: Any) -> Any:
        if isinstance(number, int):
            return number + chance.randint(0, 9)
        return number * chance.uniform(1 - far, 1 + far) * (-1 if chance.random() < turned else 1)

    def settle(name: str, array: Any, as_given: bool) -> Any:
        held = np.asarray(array)
        if held.dtype.kind not in "iufO":
            return array
        return with_cells(array, {index: moved(held.item(index)) for index in np.ndindex(held.shape)})

    return settle


def _repeated(name: str, index: Index, asked: Assignment, others: list[Trace]) -> Expr | None:
    """The step's cell that a cell of what is no step repeats in every working, None where there is none."""
    numbers = []
    for trace in (asked.trace, *others):
        held = trace.given[name].array if name in trace.given else lines_of(trace).get(name)
        if held is None or np.ndim(held) != len(index):
            return None
        numbers.append(held[index])
    there = {n: np.asarray(s.array) for n, s in asked.steps.items()}
    for step, at in cells_with(numbers[0], there):
        arrays = [other[step].array for other in others]
        if all(a.shape == there[step].shape and a[at] == number for a, number in zip(arrays, numbers[1:], strict=True)):
            return Ref(asked.steps[step].value, at)
    return None


def _needed(asked: Assignment, formulas: Mapping[Cell, Expr | None], arrays: Mapping[str, np.ndarray]) -> list[str]:
    """The lines asked and all that they are made from, each behind what it is made from."""
    needed: dict[str, None] = {}
    stack = list(reversed(asked.lines))
    while stack:
        name = stack[-1]
        cells = (formulas.get((name, index)) for index in np.ndindex(arrays[name].shape))
        before = set().union(*map(_named_in, cells)) - {*needed, name} if name not in needed else ()
        if before:
            stack += sorted(before)
            continue
        needed.setdefault(stack.pop())
    return list(needed)


def _named_in(formula: Expr | None) -> set[str]:
    def worked(part: Expr, names: list[set[str]]) -> set[str]:
        return {_name(part)} if isinstance(part, Ref) else set().union(*names)

    return set() if formula is None else fold(formula, worked)
