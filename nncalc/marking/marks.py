"""A sheet, marked: one word for every line that was asked or given, with the error carried forward."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np

from nncalc.errors import Finding, InputError
from nncalc.marking.assignment import Assignment, lines_of
from nncalc.marking.closeness import finite, gap
from nncalc.marking.credit import A_FEW, Cells, is_one_number, share
from nncalc.marking.procedures import one_explains
from nncalc.marking.runs import Cell, cells_with, written_cells
from nncalc.marking.sheet import Line, Sheet
from nncalc.marking.told import line_told, points_number
from nncalc.marking.trivial import Ease, ease, has_work
from nncalc.marking.verdicts import Judged, Verdict, is_near, judge, paid_alone, same_number
from nncalc.trace.notation.tree import Index
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
    accepted: str = ""  # the words of the further right value that was given

    @property
    def given(self) -> bool:
        """Whether the student wrote anything here."""
        return self.line is not None and bool(self.line.cells or self.line.trouble)

    @property
    def is_paid(self) -> bool:
        """Whether it earned all its points, and has some."""
        return bool(self.earned) and self.earned == self.points

    def of(self, verdict: Verdict) -> list[Index]:
        """The cells with this verdict."""
        return with_verdict(self.cells, verdict)


def with_verdict(cells: Mapping[Index, Verdict], verdict: Verdict) -> list[Index]:
    """The cells with a verdict."""
    return [index for index, cell in cells.items() if cell is verdict]


@dataclass(slots=True, repr=False)
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
    def noted(self) -> list[str]:
        """The notes as the student reads them: the file by its name, and the line; the first, and how many more."""
        told = []
        for note in self.notes:
            mark = note.mark if note.mark is not None and note.mark.source == self.source else None  # none: typed
            told.append(replace(note, mark=mark and replace(mark, column=None)).pathless)
        return InputError(told).lines()

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
        """Whether every line asked is right or rounded, and one of them more than a copy, if there is more to do."""
        asked = [mark for mark in self.lines if mark.points is not None]
        nothing_else = all(step.value.is_given for step in self.asked.steps.values())
        worked = [mark for mark in asked if not mark.copied or nothing_else]
        return bool(worked) and all(mark.verdict <= Verdict.rounded for mark in asked)

    def __float__(self) -> float:
        """The share of the points that is earned, from 0 to 1; without any points whether it passed."""
        return float(self.earned / self.total) if self.total else float(self.passed)

    def __repr__(self) -> str:
        """One line: what is earned, and where the first error is."""
        first = "" if self.first is None else f", the first error is in {self.first.name}"
        return f"<Marks {points_number(self.earned)} of {points_number(self.total)}{first}>"

    def to_dict(self) -> dict[str, Any]:
        """All of it as texts, numbers and lists of them, as JSON has it."""
        return {
            "passed": self.passed,
            "earned": points_number(self.earned),
            "total": points_number(self.total),
            "first_error": None if self.first is None else self.first.name,
            "notes": self.noted,
            "lines": [line_told(line, line.earned) for line in self.lines],
        }

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
    if marker.is_one_number and 2 * sum(len(line.of(Verdict.wrong)) for line in kept) > len(marker.numbers):
        kept = [replace(line, earned=Fraction(0)) for line in kept]
    return Marks(asked, sheet.source, kept, marker.judgement.followed, sheet.notes)


class _LineMarker:
    """Decides line by line, from the verdicts of the cells.

    `paid`: what follows from those slips alone that cost points, where there are others.
    """

    def __init__(self, asked: Assignment, sheet: Sheet):
        self.asked, self.sheet = asked, sheet
        self.judgement = judge(asked, sheet)
        self.written = self.judgement.followed[0]
        self.worked, self.steps = lines_of(self.written), self.written.named()
        self.alone = lines_of(self.judgement.followed[-1])
        free = _free(asked, sheet, self.judgement.verdicts)
        paid = paid_alone(asked, sheet, self.judgement, free) if free and self.judgement.rooms else None
        self.paid = lines_of(paid) if paid is not None else None
        self.numbers = [w for _, w in written_cells(sheet)]
        self.is_one_number = len(self.numbers) >= A_FEW and is_one_number(self.numbers)

    def line(self, name: str) -> MarkedLine:
        """The line, with the points that it earns."""
        line, step = self.sheet.lines.get(name), self.steps.get(name)
        exact, worked = self.asked.exact[name], self.worked[name]
        judged = self.judgement.verdicts.get(name, {})
        if name in self.judgement.follows_in_shape and line is not None:
            cells = dict.fromkeys(line.unfitting, Verdict.follows)
        else:
            cells = {index: judged.get(index, Verdict.missing) for index in np.ndindex(exact.shape)}
            worked = worked if worked.shape == exact.shape else exact
        in_shape = line is None or not line.trouble or name in self.judgement.follows_in_shape
        verdict = max(cells.values()) if in_shape else Verdict.wrong
        following = with_verdict(cells, Verdict.follows)
        unpaid = [index for index in following if self.is_unpaid(name, index)]
        known = Cells(cells, {index: self.ease(name, index) for index in following}, unpaid)
        is_copy = name not in self.steps and all(self.is_on_sheet(*self.repeated(name, i)) for i in following)
        if (is_copy and len(following) == len(cells)) or (
            line is not None and is_one_number(line.cells.values()) and len(set(exact.flat)) > 1
        ):
            known = replace(known, ease=dict.fromkeys(following, Ease.trivial))
        points = Fraction(1) if self.asked.points is None else self.asked.points.get(name)
        earned = (points or Fraction(0)) * (self.share(name, known) if in_shape else 0)
        no_work = verdict is Verdict.follows and known.is_trivial
        from_free = verdict is Verdict.follows and bool(unpaid)
        copied = step is not None and step.value.is_given
        return MarkedLine(
            name,
            line,
            exact,
            worked,
            step,
            verdict,
            cells,
            no_work,
            from_free,
            copied,
            points,
            earned,
            accepted=self.judgement.accepted.get(name, ""),
        )

    def share(self, name: str, cells: Cells) -> Fraction:
        """The part of its points that a line earns."""
        line, part = self.sheet.lines.get(name), share(self.asked, name, cells)
        wrong = tuple(i for i, verdict in cells.verdicts.items() if verdict is Verdict.wrong)
        if not 0 < part < 1 or line is None:
            return part
        if is_one_number(line.cells.values()):
            return Fraction(0)
        if not wrong or self.asked.problem.marking.credit != "slip":
            return part
        traces = self.judgement.followed
        explained = any(one_explains(self.asked, self.sheet, line, wrong, trace) for trace in traces)
        return Fraction(0) if explained else part

    def is_unpaid(self, name: str, index: Index) -> bool:
        """Whether a cell follows from slips that cost no points, not from those that do."""
        if self.paid is None or not self.is_on_sheet(name, index):
            return False
        written, paid = self.sheet.lines[name].cells[index], self.paid[name]
        if paid.shape != self.asked.exact[name].shape:
            return False
        if not (finite(written.value) and finite(paid[index])):
            return bool(written.value != paid[index])
        return gap(written.value, paid[index]) > self.judgement.rooms.get((name, index), 0.0)

    def is_on_sheet(self, name: str, index: Index) -> bool:
        """Whether the student wrote a number there."""
        return name in self.sheet.lines and index in self.sheet.lines[name].cells

    def repeated(self, name: str, index: Index) -> Cell:
        """The step's cell that a cell of an answer repeats with the right numbers and the student's, if any does."""
        there = {step: value.array for step, value in self.steps.items()}
        number = self.worked[name][index]
        for step, at in cells_with(self.asked.exact[name][index], self.asked.exact):
            array = there.get(step)
            if array is not None and array.shape == self.asked.exact[step].shape and array[at] == number:
                return step, at
        return "", ()

    def ease(self, name: str, index: Index) -> Ease:
        """What a cell took that follows: it may repeat others, or the student's own values left nothing to work."""
        marking = self.asked.problem.marking
        alone, exact = self.alone[name], self.asked.exact[name]
        if alone.shape == exact.shape and finite(exact[index]) and same_number(alone[index], exact[index]):
            return Ease.work  # no slip came in: it follows from rounded numbers
        if name not in self.steps:
            name, index = self.repeated(name, index)
            if self.is_on_sheet(name, index):
                return Ease.work  # of that line; it is paid as what follows from it is
        if name not in self.steps or not finite(self.worked[name][index]):
            return Ease.trivial
        if self.worked[name].shape != self.asked.exact[name].shape:
            return Ease.work if has_work(self.steps, name, index) else Ease.moved
        nothing = 0.5 * 10.0**-marking.places if marking.places is not None and marking.sig is None else INVISIBLE
        return ease(self.steps, self.asked.steps, name, index, nothing)


def _free(asked: Assignment, sheet: Sheet, judged: Judged) -> set[Cell]:
    """Numbers off the right ones that cost no points: in lines that have none, and what only a tolerance let pass."""
    points = asked.points or {}
    accepted = {name for name in asked.accepted if name in points or not points}
    free = set()
    for (name, index), written in written_cells(sheet):
        verdict, exact = judged[name][index], asked.exact[name][index]
        slipped = verdict >= Verdict.places and bool(points) and name not in points
        off = verdict is Verdict.right and not is_near(written.value, exact, asked) and name not in accepted
        if slipped or off:
            free.add((name, index))
    return free
