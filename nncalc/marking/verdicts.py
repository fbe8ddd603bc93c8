"""One word for every cell of a sheet: beside the exact numbers, then the honestly rounded, then the student's own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np

from nncalc.marking.assignment import Assignment, lines_of
from nncalc.marking.closeness import BOUNDARY, Agreement, Written, agrees, finite, gap, holds, unit_asked
from nncalc.marking.procedures import explained_shapes
from nncalc.marking.reach import Reach
from nncalc.marking.runs import Cell, all_written, carrying, only, written_cells
from nncalc.marking.sheet import Sheet
from nncalc.trace.notation.tree import Index
from nncalc.trace.steps import Trace

# So many units of the places asked a number may be away by the rounding of others; beyond it these places cannot tell.
MOST_UNITS = 5
# What so many units cannot hold still follows from the rounded numbers, up to this part of it: it is not called right.
A_PART = 0.1
# A slip that was taken for a rounding shows so late; so often the sheet is worked anew without it.
ROUNDS = 6


class Verdict(IntEnum):
    """What a cell or a line is worth, the better first; a line is as good as the worst of its cells."""

    right = 0
    rounded = 1
    follows = 2
    places = 3
    missing = 4
    wrong = 5


Judged = dict[str, dict[Index, Verdict]]


@dataclass
class Judgement:
    """The verdict of every cell that was written, and the workings that these came from.

    `honest`: with the student's roundings; `followed`: with all the student's numbers as they are written, then with
    the slips alone. `rooms`: how far off what follows may be. `explained`, `follows_in_shape`: the lines of another
    shape that a named mistake gives, and those that follow from them. `accepted`: lines with a further right value.
    """

    verdicts: Judged
    honest: Trace
    followed: list[Trace]
    rooms: dict[Cell, float] = field(default_factory=dict)
    explained: dict[str, np.ndarray] = field(default_factory=dict)
    follows_in_shape: dict[str, np.ndarray] = field(default_factory=dict)
    accepted: dict[str, str] = field(default_factory=dict)


def judge(asked: Assignment, sheet: Sheet) -> Judgement:
    """One word for every cell."""
    judged = beside_exact(asked, sheet)
    judgement = Judgement(judged, asked.trace, [asked.trace])
    judgement.accepted = {n: words for n in sheet.lines if (words := _accepted(asked, sheet, n))}
    if sheet.is_key:
        return judgement
    if _cells(judged, Verdict.rounded):
        judgement.honest = _roundings(asked, sheet, judged)
    judgement.explained = explained_shapes(asked, sheet)
    if _cells(judged, Verdict.follows) or judgement.explained:
        _Following(asked, sheet, judgement).judge()
    return judgement


def beside_exact(asked: Assignment, sheet: Sheet) -> Judged:
    """The verdicts beside the right numbers alone."""
    return {name: _line(asked, sheet, name) for name in sheet.lines}


def _line(asked: Assignment, sheet: Sheet, name: str) -> dict[Index, Verdict]:
    """The cells of a line beside the exact numbers, and the further ones that the problem accepts."""
    exact, cells = asked.exact[name], sheet.lines[name].cells
    scale = scale_of(exact)
    if sheet.is_key:
        keep = asked.problem.marking
        return {i: Verdict.right if holds(w, exact[i], keep, scale) else Verdict.wrong for i, w in cells.items()}
    if _accepted(asked, sheet, name):
        return dict.fromkeys(cells, Verdict.right)
    return {i: _right(w, exact[i], asked, scale) for i, w in cells.items()}


def _accepted(asked: Assignment, sheet: Sheet, name: str) -> str:
    """The words of the further right value that a line has, if it is none of the problem's own."""
    marking, cells = asked.problem.marking, sheet.lines[name].cells
    for words, other in asked.accepted.get(name, {}).items():
        if cells and all(agrees(w, other[i], marking) is Agreement.YES for i, w in cells.items()):
            return words
    return ""


def scale_of(array: np.ndarray) -> float:
    """The size of the numbers in an array, beside which a rounding error is nothing."""
    if array.dtype.kind != "f":
        return 0.0
    finite = np.abs(array[np.isfinite(array)])
    return float(finite.max()) if finite.size else 0.0


def _right(written: Written, exact: Any, asked: Assignment, scale: float) -> Verdict:
    found = agrees(written, exact, asked.problem.marking, scale)
    return {Agreement.YES: Verdict.right, Agreement.FEW: Verdict.places, Agreement.NO: Verdict.wrong}[found]


def _cells(judged: Judged, least: int) -> list[Cell]:
    """The cells that are at least so bad."""
    return [(name, index) for name, cells in judged.items() for index, found in cells.items() if found >= least]


def is_near(written: Any, worked: Any, asked: Assignment) -> bool:
    """Whether rounding may have made one number of another: at most some units of the places asked."""
    if not (finite(written) and finite(worked)):
        return bool(written == worked)
    unit = unit_asked(worked, asked.problem.marking)
    return gap(written, worked) <= MOST_UNITS * unit * BOUNDARY + _noise(worked)


def _noise(number: Any) -> float:
    return (BOUNDARY - 1) * abs(float(number)) if isinstance(number, (float, np.floating)) else 0.0


def reach_in(asked: Assignment, trace: Trace, pinned: Collection[Cell]) -> Reach:
    """The reach of one unit of the places asked, where these cells stand on the sheet."""
    marking = asked.problem.marking
    return Reach(trace, pinned, lambda cell, number: unit_asked(number, marking))


def room(asked: Assignment, reach: Reach, cell: Cell, right: Any, carried: Any, part: float = 0.0) -> float:
    """How far from the right number one may be that was worked from others which are rounded, as those on the sheet.

    At most some units of the place asked, or a `part` of the number, where that is more.
    """
    unit = unit_asked(right, asked.problem.marking)
    if not unit or not (finite(right) and finite(carried)):
        return MOST_UNITS * unit
    off, rounding = gap(carried, right), reach.of(cell)
    last = 0.0 if not off and not rounding and reach.is_whole(cell) else unit
    most = max(MOST_UNITS * unit, part * abs(right)) if reach.left > 0 else MOST_UNITS * unit
    return float(min(off + rounding + last, most) * BOUNDARY + _noise(right))


def _roundings(asked: Assignment, sheet: Sheet, judged: Judged) -> Trace:
    """Finds what is honestly rounded, worked with the student's own roundings; returns that working."""
    honest = {c for c, w in written_cells(sheet) if is_near(w.value, asked.exact[c[0]][c[1]], asked)}
    for _ in range(ROUNDS):
        trace = carrying(asked, sheet, only(honest)) or asked.trace
        worked, reach = lines_of(trace), reach_in(asked, trace, honest)
        for name, index in [c for c in honest if judged[c[0]][c[1]] > Verdict.rounded]:
            exact, number = asked.exact[name][index], sheet.lines[name].cells[index].value
            if gap(number, exact) <= room(asked, reach, (name, index), exact, worked[name][index]):
                judged[name][index] = Verdict.rounded
        slips = {c for c in honest if judged[c[0]][c[1]] > Verdict.rounded}
        if not slips:
            break
        honest -= slips
        for name, index in honest:
            if judged[name][index] is Verdict.rounded:
                judged[name][index] = Verdict.wrong  # seen once more without the slips
    return trace


class _Following:
    """What follows from a student's slips, and how far around it roundings reach."""

    def __init__(self, asked: Assignment, sheet: Sheet, judgement: Judgement):
        self.asked, self.sheet, self.judgement = asked, sheet, judgement
        self.judged = judgement.verdicts
        self.looked = _cells(self.judged, Verdict.follows)
        self.slips: set[Cell] = set()  # what looked like a rounding of what follows, and is none

    def judge(self) -> None:
        """Finds the cells that follow; where one does not, what comes after it follows from it."""
        as_it_stands = carrying(self.asked, self.sheet, all_written, self.judgement.explained)
        found: dict[Cell, Verdict] = {}
        alone = written = self.asked.trace
        for _ in range(ROUNDS):
            worked = carrying(self.asked, self.sheet, self.slip_alone, self.judgement.explained)
            if worked is None:
                return
            alone = worked
            written = as_it_stands or alone
            found = self.beside(alone, written)
            slips = {c for c, verdict in found.items() if verdict is Verdict.wrong}
            if slips <= self.slips:
                break
            self.slips |= slips
        for (name, index), verdict in found.items():
            self.judged[name][index] = min(self.judged[name][index], verdict)
        self.judgement.followed = [written, alone]
        self.judgement.follows_in_shape = self.in_shape(alone)

    def slip_alone(self, name: str, index: Index, written: Any, worked: Any) -> Any:
        """What goes on: a slip as it is written; else what was worked, not what was made of it by rounding."""
        exact = self.asked.exact[name][index]
        good = self.judged[name][index] <= Verdict.rounded
        if ((name, index) not in self.slips or good) and is_near(written, worked, self.asked):
            return None
        return exact if good and is_near(written, exact, self.asked) else written

    def beside(self, alone: Trace, written: Trace) -> dict[Cell, Verdict]:
        """The verdicts beside what follows from the slips."""
        marking = self.asked.problem.marking
        followed, carried = lines_of(alone), lines_of(written)
        reach = reach_in(self.asked, written, {cell for cell, _ in written_cells(self.sheet)})
        found: dict[Cell, Verdict] = {}
        for name, index in self.looked:
            found[name, index] = Verdict.wrong
            exact = self.asked.exact[name]
            if not followed[name].shape == carried[name].shape == exact.shape:
                continue
            number, right, own = self.sheet.lines[name].cells[index], followed[name][index], carried[name][index]
            rights, agreement = [right], agrees(number, right, marking)
            if same_number(right, exact[index]):  # no slip came in: it may follow from what rounding made of the others
                agreement = Agreement.NO
                rights += [own] if finite(own) and finite(right) and gap(own, right) < abs(right) else []
            if agreement is Agreement.FEW:
                found[name, index] = Verdict.places
            for other in rights:
                size = room(self.asked, reach, (name, index), other, own, A_PART)
                near = finite(number.value) and finite(other) and gap(number.value, other) <= size
                if near or agreement is Agreement.YES:
                    found[name, index] = Verdict.follows
                    self.judgement.rooms[name, index] = size + (gap(other, right) if near else 0.0)
                    break
        return found

    def in_shape(self, alone: Trace) -> dict[str, np.ndarray]:
        """The lines of another shape that follow from others."""
        followed = lines_of(alone)
        lines = {name: line for name, line in self.sheet.lines.items() if line.unfitting}
        return {
            name: followed[name]
            for name, line in lines.items()
            if line.shape == followed[name].shape != self.asked.exact[name].shape
            and all(is_near(w.value, followed[name][i], self.asked) for i, w in line.unfitting.items())
        }


def same_number(a: Any, b: Any) -> bool:
    """Whether two worked numbers are one, but for a rounding error."""
    return bool(a == b) or (finite(a) and finite(b) and gap(a, b) <= _noise(b))


def paid_alone(asked: Assignment, sheet: Sheet, judgement: Judgement, free: Collection[Cell]) -> Trace | None:
    """What follows from the slips that cost points, where others (`free`) cost none."""

    def carry(name: str, index: Index, written: Any, worked: Any) -> Any:
        if (name, index) in free or is_near(written, worked, asked):
            return None
        exact = asked.exact[name][index]
        good = judgement.verdicts[name][index] <= Verdict.rounded
        return exact if good and is_near(written, exact, asked) else written

    return carrying(asked, sheet, carry, judgement.explained)
