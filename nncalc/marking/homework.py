"""A class and its homework: every sheet marked, whatever the others are like."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache

from nncalc.errors import Finding, InputError, Location, findings_of
from nncalc.limits import Permissions
from nncalc.marking import sheet
from nncalc.marking.asked import Assignment, ask
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
        """Whether every line asked is right or rounded."""
        return self.marks is not None and self.marks.passed


def sums(results: Iterable[Marked]) -> tuple[Fraction, Fraction]:
    """The points earned, and those there were to earn."""
    results = list(results)
    return sum((r.earned for r in results), Fraction(0)), sum((r.total for r in results), Fraction(0))


class Marker:
    """Marks sheets one by one; each problem is worked once. `alone`: there is one only, a bug of ours is raised."""

    def __init__(self, rules: Permissions, diagnosed: bool = True, alone: bool = False):
        self.rules = rules
        self.alone = alone
        self.diagnosed = diagnosed
        self.asked = cache(self._asked)

    def _asked(self, path: str) -> Assignment | list[Finding]:
        try:
            return ask(load(path, rules=self.rules))
        except Exception as error:
            if self.alone and not isinstance(error, InputError):
                raise
            return findings_of(error, Location(path))

    def marked(self, pairs: Iterable[Submission]) -> Iterator[Marked]:
        """What became of each, in order; a bad sheet never stops the rest."""
        for one in pairs:
            asked = self.asked(one.file)
            if isinstance(asked, list):
                yield Marked(one, None, findings=asked)
            elif one.sheet is None:
                yield Marked(one, asked, mark(asked, sheet.Sheet("")))
            else:
                yield self._sheet(one, one.sheet, asked)

    def _sheet(self, one: Submission, path: str, asked: Assignment) -> Marked:
        try:
            marks = mark(asked, sheet.from_file(path, asked))
            if self.diagnosed:
                diagnose(marks)
            elif not self.alone:
                marks.forget_workings()
            return Marked(one, asked, marks, marks.troubles)
        except Exception as error:  # a bug of ours must neither cost the others nor be the student's fault
            ours = not isinstance(error, (InputError, MemoryError))
            if ours and self.alone:
                raise
            return Marked(one, None if ours else asked, findings=findings_of(error, Location(path)))
