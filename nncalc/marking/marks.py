"""A sheet, marked: one word for every line that was asked or given, with the error carried forward."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np

from nncalc.errors import Finding
from nncalc.marking.assignment import Assignment, lines_of
from nncalc.marking.closeness import Agreement, agrees, finite, within_digits
from nncalc.marking.runs import UNWORKABLE
from nncalc.marking.sheet import Line, Sheet
from nncalc.marking.trivial import is_trivial
from nncalc.marking.verdicts import Judged, Verdict, is_near, judge
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


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """One line of a marked sheet, its verdict and points decided.

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
    cells: Mapping[Index, Verdict]
    trivial: bool
    unpaid: bool
    copied: bool  # it only moves numbers of the problem
    points: Fraction | None
    earned: Fraction
    likely: tuple[Likely, ...] = ()

    @property
    def given(self) -> bool:
        """Whether the student wrote anything here."""
        return self.line is not None and bool(self.line.cells or self.line.trouble)

    def of(self, verdict: Verdict) -> list[Index]:
        """The cells with this verdict."""
        return with_verdict(self.cells, verdict)


def with_verdict(cells: Mapping[Index, Verdict], verdict: Verdict) -> list[Index]:
    """The cells with a verdict."""
    return [index for index, cell in cells.items() if cell is verdict]


@dataclass(slots=True)
class Marks:
    """A whole sheet."""

    asked: Assignment
    source: str
    lines: list[MarkedLine]
    traces: list[Trace]  # what follows from the student's own lines: as written, then with unwritten digits
    notes: list[Finding] = field(default_factory=list)  # what was read otherwise than it is written, or not at all

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
        self.lines = [replace(line, step=None) for line in self.lines]


def mark(asked: Assignment, sheet: Sheet) -> Marks:
    """Marks every line of a sheet, in the order of the page. What mistakes it looks like is the diagnosis' business."""
    marker = _LineMarker(asked, sheet)
    wanted = asked.lines if asked.points is not None else []
    lines = [marker.line(name) for name in asked.exact if name in wanted or name in sheet.lines]
    kept = [line for line in lines if line.given or line.name in wanted]
    return Marks(asked, sheet.source, kept, marker.judgement.followed, sheet.notes)


class _LineMarker:
    """Decides line by line, from the verdicts of the cells.

    `paid`: what follows from those slips alone that cost points, where there are others.
    """

    def __init__(self, asked: Assignment, sheet: Sheet):
        self.asked, self.sheet = asked, sheet
        self.judgement = judge(asked, sheet)
        self.paid = _paid(asked, sheet, self.judgement.verdicts)
        trace = self.judgement.followed[0]
        self.worked, self.steps = lines_of(trace), trace.named()

    def line(self, name: str) -> MarkedLine:
        """The line, with all its points or none."""
        line, exact, step = self.sheet.lines.get(name), self.asked.exact[name], self.steps.get(name)
        judged = self.judgement.verdicts.get(name, {})
        cells = {index: judged.get(index, Verdict.missing) for index in np.ndindex(exact.shape)}
        verdict = Verdict.wrong if line is not None and line.trouble else max(cells.values())
        trivial = verdict in (Verdict.rounded, Verdict.follows) and self.is_trivial(name, verdict, cells)
        if trivial and verdict is Verdict.rounded:
            verdict = Verdict.follows
        unpaid = verdict is Verdict.follows and self.is_unpaid(name, cells)
        points = Fraction(1) if self.asked.points is None else self.asked.points.get(name)
        follows = verdict is Verdict.follows and self.asked.problem.marking.follow and not trivial and not unpaid
        earned = points if points is not None and (verdict <= Verdict.rounded or follows) else Fraction(0)
        copied = step is not None and step.value.is_given
        return MarkedLine(
            name, line, exact, self.worked[name], step, verdict, cells, trivial, unpaid, copied, points, earned
        )

    def is_unpaid(self, name: str, cells: Mapping[Index, Verdict]) -> bool:
        """Whether a line follows from a slip that cost no points."""
        line, paid, marking = self.sheet.lines.get(name), self.paid, self.asked.problem.marking
        if paid is None or line is None:
            return False
        following = with_verdict(cells, Verdict.follows)
        return any(agrees(line.cells[i], paid[name][i], marking) is Agreement.NO for i in following)

    def is_trivial(self, name: str, verdict: Verdict, cells: Mapping[Index, Verdict]) -> bool:
        """Whether there was nothing to work in a line: it repeats others, or the student's own values left nothing.

        What is rounded and yet near the right numbers was worked, whatever was rounded to 0 on the way.
        """
        marking, line, exact = self.asked.problem.marking, self.sheet.lines.get(name), self.asked.exact[name]
        trace = self.judgement.followed[0]
        looked = with_verdict(cells, verdict)
        if verdict is Verdict.rounded and line is not None:
            looked = [i for i in looked if not is_near(line.cells[i].value, exact[i], marking)]
            trace = self.judgement.honest
        if not looked:
            return False
        if name not in self.steps or any(not finite(self.worked[name][i]) for i in looked):
            return True
        nothing = 0.5 * 10.0**-marking.places if marking.places is not None and marking.sig is None else INVISIBLE
        return all(is_trivial(trace.named(), self.asked.steps, name, i, nothing) for i in looked)


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
