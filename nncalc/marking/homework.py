"""A class and its homework: every sheet marked, whatever the others are like."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from typing import Any

from nncalc.errors import Failure, Finding, Location, T, attempted, printable
from nncalc.limits import Permissions
from nncalc.marking import sheet
from nncalc.marking.adjust import WHOLE, Adjustment, Adjustments
from nncalc.marking.alike import HIGH, LOW, content, right_share
from nncalc.marking.assignment import Assignment, ask
from nncalc.marking.diagnosis import diagnose
from nncalc.marking.marks import MarkedLine, Marks, mark
from nncalc.marking.pairing import Submission
from nncalc.marking.responses import Response
from nncalc.problem.problem import load

# So many sheets of different content are remembered: without their workings, and with them.
MOST_ALIKE, MOST_WORKINGS = 2000, 100


@dataclass(frozen=True)
class Homework:
    """All that was marked. `one`: a single sheet, not a class; `stray`: files that belong to nobody."""

    results: list[Marked]
    stray: list[Finding] = field(default_factory=list)
    one: bool = False

    @property
    def problems(self) -> list[str]:
        """The names of the problems."""
        return list(dict.fromkeys(result.pair.problem for result in self.results))

    @property
    def students(self) -> dict[str, dict[str, Marked]]:
        """The results of each student, by problem."""
        students: dict[str, dict[str, Marked]] = {}
        for result in self.results:
            students.setdefault(result.pair.student, {})[result.pair.problem] = result
        return students

    @property
    def findings(self) -> list[Finding]:
        """What was wrong with files, each once."""
        found = [finding for result in self.results for finding in result.findings]
        return list({str(finding): finding for finding in [*found, *self.stray]}.values())


@dataclass
class Marked:
    """What became of one sheet: its marks, or what made it unusable; without `asked` that is the problem.

    `adjusted`: the points that an instructor gave instead, by line; without a line for the whole problem. `flags`: what
    the instructor should look at.
    """

    pair: Submission
    asked: Assignment | None
    marks: Marks | None = None
    findings: list[Finding] = field(default_factory=list)
    holds: bool | None = None  # of a key: whether it does
    adjusted: Mapping[str, Adjustment] = field(default_factory=dict)
    flags: tuple[str, ...] = ()

    @property
    def earned(self) -> Fraction:
        """The points earned, 0 for a sheet that could not be marked."""
        if WHOLE in self.adjusted:
            return self.adjusted[WHOLE].points
        lines = {mark.name: mark.earned for mark in self.marks.lines} if self.marks is not None else {}
        return sum((lines | {name: one.points for name, one in self.adjusted.items()}).values(), Fraction(0))

    @property
    def total(self) -> Fraction:
        """The points there were to earn."""
        if self.marks is not None:
            return self.marks.total
        return sum((self.asked.points or {}).values(), Fraction(0)) if self.asked is not None else Fraction(0)

    @property
    def passed(self) -> bool:
        """Whether every line asked is right or rounded; of a key whether it holds."""
        if self.holds is not None:
            return self.holds
        return self.marks is not None and self.marks.passed

    def earned_by(self, mark: MarkedLine) -> Fraction:
        """The points of a line, adjusted or not."""
        return self.adjusted[mark.name].points if mark.name in self.adjusted else mark.earned

    @property
    def reasons(self) -> list[str]:
        """Why nothing could be marked, where nothing could."""
        return [*([self.pair.reason] if self.pair.reason else []), *map(str, self.findings)]

    @property
    def remarks(self) -> list[str]:
        """All that an instructor should know of it."""
        return [*self.reasons, *self.pair.remarks, *self.flags, *self.adjustments, *self.notes, *self.unread]

    @property
    def unread(self) -> list[str]:
        """The lines of the sheet that cannot be read, and why."""
        lines = [mark.line for mark in self.marks.lines if mark.line is not None] if self.marks is not None else []
        return [
            str(
                Finding(
                    line.trouble, replace(line.mark, column=None), line.name * (line.name != line.mark.source)
                ).pathless
            )
            for line in lines
            if line.is_unread
        ]

    @property
    def notes(self) -> list[str]:
        """What of the sheet was read otherwise than it is written, and what was passed over."""
        return self.marks.noted if self.marks is not None else []

    @property
    def adjustments(self) -> list[str]:
        """What was adjusted, in words."""
        return [one.said(self.earned_before(name)) for name, one in self.adjusted.items()]

    def earned_before(self, name: str) -> Fraction:
        """The points of a line, or of the whole, as they were marked."""
        if self.marks is None:
            return Fraction(0)
        return sum((mark.earned for mark in self.marks.lines if name in (WHOLE, mark.name)), Fraction(0))


def sums(results: Iterable[Marked]) -> tuple[Fraction, Fraction]:
    """The points earned, and those there were to earn."""
    results = list(results)
    return sum((r.earned for r in results), Fraction(0)), sum((r.total for r in results), Fraction(0))


class Marker:
    """Marks sheets one by one; each problem is worked once, and sheets of the same content are marked once.

    A bug of ours is a line at its file and neither costs the others nor is the student's fault; where there is one
    sheet only (`alone`) there is nothing else to do, and it is raised. `workings`: whether they are kept.
    """

    def __init__(
        self, rules: Permissions, alone: bool = False, workings: bool = True, adjusted: Adjustments | None = None
    ):
        self.rules = rules
        self.alone = alone
        self.workings = workings
        self.adjusted = adjusted or Adjustments()
        self.asked = cache(self._asked)
        self.rows: dict[str, Response] = {}  # of a table, by file and line
        self._alike: dict[tuple[str, Any], Marks] = {}

    def _asked(self, path: str) -> Assignment | list[Finding]:
        asked = self._attempted(lambda: ask(load(path, rules=self.rules)), path)
        return asked.findings if isinstance(asked, Failure) else asked

    def marked(self, pairs: Iterable[Submission]) -> Iterator[Marked]:
        """What became of each, in order; a bad sheet never stops the rest."""
        for one in pairs:
            asked = self.asked(one.file)
            if isinstance(asked, list):
                yield Marked(one, None, findings=asked)
                continue
            tries = [self._sheet(replace(one, sheet=path), asked) for path in (one.sheet, *one.earlier)]
            best = max(tries, key=lambda result: (result.marks is not None, result.earned))
            flags = self._of_another(best, asked)
            yield replace(best, adjusted=self.adjusted.of(one.student, one.problem), flags=flags)

    def _sheet(self, one: Submission, asked: Assignment) -> Marked:
        path = one.sheet
        row = self.rows.get(path or "")
        if row is not None:
            source = row.mark.source
            one = replace(one, sheet=source)
            return self.graded(one, asked, lambda: sheet.from_entries(row.entries, asked, source))
        return self.graded(one, asked, lambda: sheet.Sheet("") if path is None else sheet.from_file(path, asked))

    def graded(self, one: Submission, asked: Assignment, read: Callable[[], sheet.Sheet]) -> Marked:
        """What became of one sheet, which `read` gives."""
        marks = self._attempted(lambda: self._marks(asked, read()), one.file if one.sheet is None else one.sheet)
        if isinstance(marks, Failure):
            return Marked(one, None if marks.is_bug else asked, findings=marks.findings)
        return Marked(one, asked, marks)

    def _marks(self, asked: Assignment, given: sheet.Sheet) -> Marks:
        """The marks of a sheet; of one that says what another said those of that one, which takes no memory."""
        key = asked.problem.file, content(given)
        known = self._alike.get(key)
        if known is None:
            known = mark(asked, given)
            diagnose(known)
            if not self.workings:
                known.forget_workings()
            if len(self._alike) >= (MOST_WORKINGS if self.workings else MOST_ALIKE):
                self._alike.pop(next(iter(self._alike)))
            self._alike[key] = known
        return replace(known, source=given.source, notes=given.notes)

    def _of_another(self, result: Marked, asked: Assignment) -> tuple[str, ...]:
        """Whose variant a sheet fits that does not fit its own: who copied has another's right numbers."""
        path = result.pair.sheet
        if path is None or result.marks is None or not result.pair.variants or right_share(path, asked) >= LOW:
            return ()
        for student, file in result.pair.variants:
            other = self.asked(file)
            if not isinstance(other, list) and right_share(path, other) >= HIGH:
                return (f"the numbers fit the variant of {printable(student)}",)
        return ()

    def _attempted(self, work: Callable[[], T], path: str) -> T | Failure:
        done = attempted(work, Location(path))
        if self.alone and isinstance(done, Failure) and done.is_bug:
            raise done.error
        return done
