"""A class and its homework: every sheet marked, whatever the others are like."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache

from nncalc.errors import Failure, Finding, Location, T, attempted
from nncalc.limits import Permissions
from nncalc.marking import sheet
from nncalc.marking.assignment import Assignment, ask
from nncalc.marking.diagnosis import diagnose
from nncalc.marking.marks import Marks, mark
from nncalc.marking.pairing import Submission
from nncalc.problem.problem import load


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
    """What became of one sheet: its marks, or what made it unusable; without `asked` that is the problem."""

    pair: Submission
    asked: Assignment | None
    marks: Marks | None = None
    findings: list[Finding] = field(default_factory=list)
    holds: bool | None = None  # of a key: whether it does

    @property
    def earned(self) -> Fraction:
        """The points earned, 0 for a sheet that could not be marked."""
        return self.marks.earned if self.marks is not None else Fraction(0)

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


def sums(results: Iterable[Marked]) -> tuple[Fraction, Fraction]:
    """The points earned, and those there were to earn."""
    results = list(results)
    return sum((r.earned for r in results), Fraction(0)), sum((r.total for r in results), Fraction(0))


class Marker:
    """Marks sheets one by one; each problem is worked once.

    A bug of ours is a line at its file and neither costs the others nor is the student's fault; where there is one
    sheet only (`alone`) there is nothing else to do, and it is raised.
    """

    def __init__(self, rules: Permissions, diagnosed: bool = True, alone: bool = False):
        self.rules = rules
        self.alone = alone
        self.diagnosed = diagnosed
        self.asked = cache(self._asked)

    def _asked(self, path: str) -> Assignment | list[Finding]:
        asked = self._attempted(lambda: ask(load(path, rules=self.rules)), path)
        return asked.findings if isinstance(asked, Failure) else asked

    def marked(self, pairs: Iterable[Submission]) -> Iterator[Marked]:
        """What became of each, in order; a bad sheet never stops the rest."""
        for one in pairs:
            asked = self.asked(one.file)
            yield Marked(one, None, findings=asked) if isinstance(asked, list) else self._sheet(one, asked)

    def _sheet(self, one: Submission, asked: Assignment) -> Marked:
        path = one.sheet
        return self.graded(one, asked, lambda: sheet.Sheet("") if path is None else sheet.from_file(path, asked))

    def graded(self, one: Submission, asked: Assignment, read: Callable[[], sheet.Sheet]) -> Marked:
        """What became of one sheet, which `read` gives."""
        marks = self._attempted(lambda: self._marks(asked, read()), one.file if one.sheet is None else one.sheet)
        if isinstance(marks, Failure):
            return Marked(one, None if marks.is_bug else asked, findings=marks.findings)
        return Marked(one, asked, marks)

    def _marks(self, asked: Assignment, given: sheet.Sheet) -> Marks:
        marks = mark(asked, given)
        if self.diagnosed:
            diagnose(marks)
        elif not self.alone:
            marks.forget_workings()
        return marks

    def _attempted(self, work: Callable[[], T], path: str) -> T | Failure:
        done = attempted(work, Location(path))
        if self.alone and isinstance(done, Failure) and done.is_bug:
            raise done.error
        return done
