"""A sheet, marked: one word for every line that was asked or given, with the error carried forward."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from nncalc.marking.asked import Asked, lines_of
from nncalc.marking.sheet import Line, Sheet
from nncalc.marking.trivial import is_trivial
from nncalc.marking.verdicts import Verdict, judge
from nncalc.trace.notation import Index
from nncalc.trace.steps import Step, Trace


@dataclass(frozen=True, slots=True)
class Likely:
    """What mistake some wrong cells look like (no cells: the line as a whole), by name and in words."""

    cells: tuple[Index, ...]
    text: str
    names: tuple[str, ...]


@dataclass(slots=True)
class Mark:
    """One line of a marked sheet.

    `exact` is the right array, `worked` what follows from the student's own earlier lines, `step` that working
    (None for an answer that is no step). `trivial`: it follows from a value that leaves nothing to work.
    """

    name: str
    line: Line | None
    exact: np.ndarray
    worked: np.ndarray
    step: Step | None
    verdict: Verdict
    cells: dict[Index, Verdict] = field(default_factory=dict)
    trivial: bool = False
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

    asked: Asked
    source: str
    lines: list[Mark]
    traces: list[Trace]  # what follows from the student's own lines: as written, then with unwritten digits

    @property
    def first(self) -> Mark | None:
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
        """Whether every line asked is right or rounded, and there is one."""
        asked = [mark for mark in self.lines if mark.points is not None]
        return bool(asked) and all(mark.verdict <= Verdict.rounded for mark in asked)


def mark(asked: Asked, sheet: Sheet) -> Marks:
    """Marks every line of a sheet, in the order of the page. Its `likely` is filled in by the diagnosis."""
    judged, traces = judge(asked, sheet)
    worked, steps = lines_of(traces[0]), {step.name: step for step in traces[0].steps}
    wanted = asked.lines if asked.points is not None else []
    lines = []
    for name in asked.exact:
        if name in wanted or name in sheet.lines:
            line = sheet.lines.get(name)
            found = Mark(name, line, asked.exact[name], worked[name], steps.get(name), Verdict.missing)
            found.cells = {i: judged.get(name, {}).get(i, Verdict.missing) for i in np.ndindex(found.exact.shape)}
            found.verdict = Verdict.wrong if line is not None and line.trouble else max(found.cells.values())
            if found.given or name in wanted:
                _credit(found, asked)
                lines.append(found)
    return Marks(asked, sheet.source, lines, traces)


def _credit(found: Mark, asked: Asked) -> None:
    """The points of a line: all or none."""
    points = asked.points
    found.points = Fraction(1) if points is None else points.get(found.name)
    if found.verdict is Verdict.follows and found.step is not None:
        found.trivial = all(is_trivial(found.step, asked.steps[found.name], i) for i in found.of(Verdict.follows))
    follows = found.verdict is Verdict.follows and asked.problem.marking.follow and not found.trivial
    if found.verdict <= Verdict.rounded or follows:
        found.earned = found.points or Fraction(0)
