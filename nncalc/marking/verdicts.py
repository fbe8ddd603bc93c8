"""One word for every cell of a sheet: beside the exact numbers, then the honestly rounded, then the student's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np

from nncalc.marking.assignment import Assignment, lines_of
from nncalc.marking.closeness import Agreement, Written, agrees, decimals, enough, finite, gap
from nncalc.marking.runs import Working, follow, honestly, unwritten_digits
from nncalc.marking.sheet import Sheet
from nncalc.problem.problem import Marking
from nncalc.trace.notation.tree import Index
from nncalc.trace.steps import Trace

# What digits that were not written down may make of a later number: at most so many of its last places.
MOST_UNITS = 10
# How many units of the places asked a number may move by the rounding of others that are not on the sheet.
FEW_UNITS = 5


class Verdict(IntEnum):
    """What a cell or a line is worth, the better first; a line is as good as the worst of its cells."""

    right = 0
    rounded = 1
    follows = 2
    places = 3
    missing = 4
    wrong = 5


Judged = dict[str, dict[Index, Verdict]]


@dataclass(frozen=True)
class Judgement:
    """The verdict of every cell that was written, and the workings that these came from.

    `honest`: with the student's roundings; `followed`: with all the student's numbers, as they are written first.
    """

    verdicts: Judged
    honest: Trace
    followed: list[Trace]


def judge(asked: Assignment, sheet: Sheet) -> Judgement:
    """One word for every cell."""
    judged: Judged = {}
    for name, line in sheet.lines.items():
        scale = scale_of(asked.exact[name])
        judged[name] = {i: _right(w, asked.exact[name][i], asked, scale) for i, w in line.cells.items()}
    honest = _again(judged, asked, sheet, honestly(asked, sheet), Verdict.rounded)
    followed = _again(judged, asked, sheet, follow(asked, sheet), Verdict.follows)
    if len(_cells(judged, Verdict.wrong)) > 1:
        _within_unwritten_digits(judged, asked, sheet)
    return Judgement(judged, (honest or [asked.trace])[0], followed or [asked.trace])


def scale_of(array: np.ndarray) -> float:
    """The size of the numbers in an array, beside which a rounding error is nothing."""
    if array.dtype.kind != "f":
        return 0.0
    finite = np.abs(array[np.isfinite(array)])
    return float(finite.max()) if finite.size else 0.0


def _right(written: Written, exact: Any, asked: Assignment, scale: float) -> Verdict:
    found = agrees(written, exact, asked.problem.marking, scale)
    return {Agreement.YES: Verdict.right, Agreement.FEW: Verdict.places, Agreement.NO: Verdict.wrong}[found]


def _again(
    judged: Judged, asked: Assignment, sheet: Sheet, workings: Iterable[Working], verdict: Verdict
) -> list[Trace]:
    """Looks at what is not so good once more, beside other workings; returns those that were needed."""
    needed: list[Trace] = []
    marking = asked.problem.marking
    # Slips of fewer places than were asked for make later numbers short; these need their places, too.
    demanded = marking.places is not None or marking.sig is not None
    short = demanded and any(not enough(sheet.lines[n].cells[i], marking) for n, i in _cells(judged, Verdict.follows))
    for working in workings if _cells(judged, verdict + 1) else ():
        needed.append(working.trace)
        worked = lines_of(working.trace)
        near = worked if working.near is None else lines_of(working.near)
        for name, index in _cells(judged, verdict + 1):
            number = worked[name][index]
            infinite = verdict is Verdict.rounded and not finite(number)
            if infinite or not is_near(number, near[name][index], marking):
                continue
            found = agrees(sheet.lines[name].cells[index], number, marking, short=short)
            if found is not Agreement.NO:
                judged[name][index] = verdict if found is Agreement.YES else min(judged[name][index], Verdict.places)
        if not _cells(judged, verdict + 1):
            break
    return needed


def is_near(rounded: Any, unrounded: Any, marking: Marking) -> bool:
    """Whether a number is what rounding on the way may make of another: some units of the places asked, or a tenth."""
    if rounded == unrounded:
        return True
    places = decimals(marking)
    unit = 0.0 if places is None else 10.0**-places
    return finite(unrounded) and gap(rounded, unrounded) <= max(FEW_UNITS * unit, abs(unrounded) / 10)


def _cells(judged: Judged, least: int) -> list[tuple[str, Index]]:
    """The cells that are at least so bad."""
    return [(name, index) for name, cells in judged.items() for index, found in cells.items() if found >= least]


def _within_unwritten_digits(judged: Judged, asked: Assignment, sheet: Sheet) -> None:
    """What follows from a slip whose further digits the student knew, but did not write down."""
    base, reach = unwritten_digits(asked, sheet, _cells(judged, Verdict.wrong))
    for name, index in _cells(judged, Verdict.wrong):
        written = sheet.lines[name].cells[index]
        if name in reach and reach[name][index] > 0 and enough(written, asked.problem.marking):
            room = written.unit / 2 + min(reach[name][index], MOST_UNITS * written.unit)
            if gap(written.value, base[name][index]) <= room:
                judged[name][index] = Verdict.follows
