"""A problem worked again with a student's numbers in it: honestly rounded ones only, or all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from nncalc.errors import InputError
from nncalc.marking.assignment import Assignment, lines_of
from nncalc.marking.closeness import Agreement, agrees, decimals, enough, finite, within_digits
from nncalc.marking.sheet import Sheet
from nncalc.running import run
from nncalc.trace.notation.tree import Index
from nncalc.trace.rounding import Settle, exact, following, on_paper, with_cells
from nncalc.trace.steps import Trace

# Slips beyond this are carried as they are written.
MOST_SLIPS = 24
# How a kernel refuses what a student's slip makes of a problem: a count of 300 digits, a division by 0.
UNWORKABLE = (InputError, ArithmeticError, ValueError)


@dataclass(frozen=True)
class Working:
    """A problem worked with a student's numbers; `near`: the same with what is not on the sheet unrounded.

    Rounding a hidden number to 0 could make anything of those after it: what counts must be near the unrounded.
    """

    trace: Trace
    near: Trace | None = None


def honestly(asked: Assignment, sheet: Sheet) -> Iterator[Working]:
    """Workings that carry the student's numbers as far as they are right, roundings included.

    The second also rounds what is not on the sheet to the places asked, as who works by hand has.
    """
    yield from _workings(asked, sheet, _some(asked, sheet, right=True))


def follow(asked: Assignment, sheet: Sheet) -> Iterator[Working]:
    """Workings that carry the student's slips: as they are written, or with the digits that were not written down.

    In the first every number of the sheet is carried; in the second those that are right, or follow, go on unrounded.
    """
    yield from _workings(asked, sheet, following(sheet.values), _some(asked, sheet, right=False))


def _workings(asked: Assignment, sheet: Sheet, *ways: Settle) -> Iterator[Working]:
    unrounded: dict[Settle, Trace] = {}
    for between in _between(asked, sheet):
        for way in ways:
            try:
                trace = run(asked.problem, _both(between, way), finite=False)
            except UNWORKABLE:  # from this slip on there is nothing to follow
                continue
            if between is exact:
                unrounded[way] = trace
                yield Working(trace)
            elif way in unrounded:
                yield Working(trace, unrounded[way])


def _between(asked: Assignment, sheet: Sheet) -> list[Settle]:
    """How lines are carried that are not on the sheet."""
    complete = asked.steps.keys() <= sheet.lines.keys()
    return [exact] if complete else [exact, on_paper(decimals(asked.problem.marking), asked.problem.marking.sig)]


def _both(between: Settle, then: Settle) -> Settle:
    return lambda name, array, as_given: then(name, between(name, array, as_given), as_given)


def _some(asked: Assignment, sheet: Sheet, right: bool) -> Settle:
    """Carries those of the student's numbers that are right here (exactly, or worked from what was carried), or those
    that are not."""

    def settle(name: str, array: object, as_given: bool) -> object:
        line = sheet.lines.get(name)
        if line is None:
            return array
        worked, reference, marking = np.asarray(array), asked.exact[name], asked.problem.marking
        carried = {}
        for index, written in line.cells.items():
            agreeing = [n for n in (reference[index], worked[index]) if agrees(written, n, marking) is Agreement.YES]
            # What only a tolerance lets pass is right, but no rounding: others are not worked from it.
            rounding = any(within_digits(written, number) for number in agreeing)
            if rounding if right else not agreeing:
                carried[index] = written.value
        return with_cells(array, carried)

    return settle


def unwritten_digits(
    asked: Assignment, sheet: Sheet, slips: list[tuple[str, Index]]
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """What follows from the slips, the rest unrounded; and how far that could be elsewhere by their unwritten digits.

    Each slip moves by half a unit of its last place; what its movement does to a line is worked, not estimated.
    """
    marking = asked.problem.marking
    written = {slip: sheet.lines[slip[0]].cells[slip[1]] for slip in slips}
    slips = [slip for slip in slips if enough(written[slip], marking) and finite(written[slip].value)]
    carried: dict[str, dict[Index, Any]] = {}
    for name, index in slips:
        carried.setdefault(name, {})[index] = written[name, index].value
    reach: dict[str, np.ndarray] = {}
    try:
        base = lines_of(run(asked.problem, following(carried), finite=False))
        for name, index in slips[:MOST_SLIPS]:
            moved = written[name, index].value + written[name, index].unit / 2
            other = {**carried, name: {**carried[name], index: moved}}
            for line, array in lines_of(run(asked.problem, following(other), finite=False)).items():
                with np.errstate(all="ignore"):
                    off = np.abs(np.asarray(array, dtype=float) - np.asarray(base[line], dtype=float))
                reach[line] = reach.get(line, 0.0) + np.nan_to_num(off, nan=0.0, posinf=0.0)
    except UNWORKABLE:
        return {}, {}
    return base, reach
