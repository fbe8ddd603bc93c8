"""A sheet, marked: one word for every line that was asked or given, with the error carried forward."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from nncalc.marking.asked import Assignment, lines_of
from nncalc.marking.closeness import Agreement, agrees, finite, within_digits
from nncalc.marking.runs import UNWORKABLE
from nncalc.marking.sheet import Line, Sheet
from nncalc.marking.trivial import is_trivial
from nncalc.marking.verdicts import Judged, Judgement, Verdict, is_near, judge
from nncalc.running import run
from nncalc.trace.notation.tree import Index
from nncalc.trace.rounding import following
from nncalc.trace.steps import Step, Trace

# What nobody sees of a number where the problem asks for no places.
INVISIBLE = 1e-6


@dataclass(frozen=True, slots=True)
class Likely:
    """What mistake some wrong cells look like (no cells: the line as a whole), by name and in words."""

    cells: tuple[Index, ...]
    text: str
    names: tuple[str, ...]


@dataclass(slots=True)
class MarkedLine:
    """One line of a marked sheet.

    `exact` is the right array, `worked` what follows from the student's own earlier lines, `step` that working
    (None for an answer that is no step). `trivial`: it follows from a value that leaves nothing to work; `unpaid`: from
    a slip in a line without points.
    """

    name: str
    line: Line | None
    exact: np.ndarray
    worked: np.ndarray
    step: Step | None
    verdict: Verdict
    cells: dict[Index, Verdict] = field(default_factory=dict)
    trivial: bool = False
    unpaid: bool = False
    copied: bool = False  # it only moves numbers of the problem
    points: Fraction | None = None
    earned: Fraction = Fraction(0)
    likely: list[Likely] = field(default_factory=list)

    @property
    def given(self) -> bool:
        """Whether the student wrote anything here."""
        return self.line is not None and bool(self.line.cells or self.line.trouble)

    def of(self, verdict: Verdict) -> list[Index]:
        """The cells with this verdict."""
        return [index for index, cell in self.cells.items() if cell is verdict]


@dataclass(slots=True)
class Marks:
    """A whole sheet."""

    asked: Assignment
    source: str
    lines: list[MarkedLine]
    traces: list[Trace]  # what follows from the student's own lines: as written, then with unwritten digits

    @property
    def first(self) -> MarkedLine | None:
        """The line with the first error."""
        return next((mark for mark in self.lines if mark.verdict is Verdict.wrong), None)

    @property
    def total(self) -> Fraction:
        """The points there are; without points a line is worth one."""
        return sum((mark.points or Fraction(0) for mark in self.lines), Fraction(0))

    @property
    def earned(self) -> Fraction:
        """The points earned."""
        return sum((mark.earned for mark in self.lines), Fraction(0))

    @property
    def passed(self) -> bool:
        """Whether every line asked is right or rounded, and one of them more than a copy of what is given."""
        asked = [mark for mark in self.lines if mark.points is not None]
        worked = [mark for mark in asked if not mark.copied]
        return bool(worked) and all(mark.verdict <= Verdict.rounded for mark in asked)

    def forget_workings(self) -> None:
        """Keeps the marks alone: of a large class the workings of all sheets would fill the memory."""
        self.traces = []
        for mark in self.lines:
            mark.step = None


def mark(asked: Assignment, sheet: Sheet) -> Marks:
    """Marks every line of a sheet, in the order of the page. Its `likely` is filled in by the diagnosis."""
    judgement = judge(asked, sheet)
    paid = _paid(asked, sheet, judgement.verdicts)
    trace = judgement.followed[0]
    worked, steps = lines_of(trace), trace.named()
    wanted = asked.lines if asked.points is not None else []
    lines = []
    for name in asked.exact:
        if name in wanted or name in sheet.lines:
            line = sheet.lines.get(name)
            found = MarkedLine(name, line, asked.exact[name], worked[name], steps.get(name), Verdict.missing)
            found.cells = {
                i: judgement.verdicts.get(name, {}).get(i, Verdict.missing) for i in np.ndindex(found.exact.shape)
            }
            found.verdict = Verdict.wrong if line is not None and line.trouble else max(found.cells.values())
            if found.given or name in wanted:
                found.copied = found.step is not None and found.step.value.is_given
                _credit(found, asked, judgement, paid)
                lines.append(found)
    return Marks(asked, sheet.source, lines, judgement.followed)


def _credit(found: MarkedLine, asked: Assignment, judgement: Judgement, paid: dict[str, np.ndarray] | None) -> None:
    """The points of a line: all or none.

    `paid`: what follows from those slips alone that cost points, where there are others.
    """
    found.points = Fraction(1) if asked.points is None else asked.points.get(found.name)
    if found.verdict in (Verdict.rounded, Verdict.follows):
        found.trivial = _is_trivial(found, asked, judgement)
        if found.trivial and found.verdict is Verdict.rounded:
            found.verdict = Verdict.follows
    if found.verdict is Verdict.follows and paid is not None and found.line is not None:
        written, marking = found.line.cells, asked.problem.marking
        cells = found.of(Verdict.follows)
        found.unpaid = any(agrees(written[i], paid[found.name][i], marking) is Agreement.NO for i in cells)
    follows = asked.problem.marking.follow and not found.trivial and not found.unpaid
    if found.verdict <= Verdict.rounded or (found.verdict is Verdict.follows and follows):
        found.earned = found.points or Fraction(0)


def _is_trivial(found: MarkedLine, asked: Assignment, judgement: Judgement) -> bool:
    """Whether there was nothing to work in a line: it repeats others, or the student's own values left nothing.

    What is rounded and yet near the right numbers was worked, whatever was rounded to 0 on the way.
    """
    marking = asked.problem.marking
    if found.verdict is Verdict.rounded and found.line is not None:
        written = found.line.cells
        cells = [i for i in found.of(Verdict.rounded) if not is_near(written[i].value, found.exact[i], marking)]
        trace = judgement.honest
    else:
        cells, trace = found.of(Verdict.follows), judgement.followed[0]
    if not cells:
        return False
    if found.step is None or any(not finite(found.worked[i]) for i in cells):
        return True
    steps = trace.named()
    nothing = 0.5 * 10.0**-marking.places if marking.places is not None and marking.sig is None else INVISIBLE
    return all(is_trivial(steps, asked.steps, found.name, i, nothing) for i in cells)


def _paid(asked: Assignment, sheet: Sheet, judged: Judged) -> dict[str, np.ndarray] | None:
    """What follows where only slips are carried that cost points, and nothing that a tolerance let pass.

    None where there is nothing else.
    """
    points, free = asked.points or {}, False
    kept: dict[str, dict[Index, Any]] = {}
    for name, line in sheet.lines.items():
        for index, written in line.cells.items():
            verdict = judged[name][index]
            slipped = verdict >= Verdict.places and bool(points) and name not in points
            tolerated = verdict is Verdict.right and not within_digits(written, asked.exact[name][index])
            if slipped or tolerated:
                free = True
            else:
                kept.setdefault(name, {})[index] = written.value
    if not free:
        return None
    try:
        return lines_of(run(asked.problem, following(kept), finite=False))
    except UNWORKABLE:
        return None
