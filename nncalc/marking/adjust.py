"""Points that an instructor gives instead of those that were marked, each with its reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from nncalc.errors import Finding, InputError, Location, did_you_mean, printable
from nncalc.limits import Limits
from nncalc.marking.assignment import Assignment
from nncalc.marking.credit import points
from nncalc.marking.pairing import Submission
from nncalc.marking.roster import Roster, folded
from nncalc.marking.rows import headed

COLUMNS = ("student", "problem", "line", "points", "reason")
EVERYONE = "*"
# Instead of a line: the whole problem.
WHOLE = ""
POINTS = re.compile(r"\d{1,7}([.,]\d{1,6})?")


@dataclass(frozen=True)
class Adjustment:
    """The points for a line, or for a whole problem."""

    line: str
    points: Fraction
    reason: str

    def said(self, before: Fraction) -> str:
        """What was adjusted, in words: z_o: 2 instead of 0 (misprint in the problem)."""
        line = f"{printable(self.line, 300)}: " if self.line else ""
        numbers = [points(value) for value in (self.points, before)]
        why = f" ({printable(self.reason, 300)})" if self.reason else ""
        return f"adjusted: {line}{' instead of '.join(numbers)}{why}"


@dataclass
class Adjustments:
    """All of a class, by student and problem; what is said of one student stands above what is said of everyone."""

    found: dict[tuple[str, str], dict[str, Adjustment]] = field(default_factory=dict)

    def of(self, student: str, problem: str) -> dict[str, Adjustment]:
        """What is adjusted for a student in a problem, by line."""
        return self.found.get((EVERYONE, problem), {}) | self.found.get((student, problem), {})


def read_adjustments(
    path: str,
    pairs: Iterable[Submission],
    roster: Roster,
    asked: Callable[[str], Assignment | list[Finding]],
    limits: Limits,
) -> Adjustments:
    """Reads the list (columns student, problem, line, points, reason) for the pairs of a class.

    Raises InputError with every name that nobody knows, every line twice and all points beyond the most there are.
    """
    reader = _Reader(list(pairs), roster, asked)
    for at, row in headed(path, limits, COLUMNS):
        try:
            reader.add(at, row)
        except InputError as error:
            reader.findings += [Finding(f.what, at, f.field, f.want, f.hint) for f in error.findings]
    if reader.findings:
        raise InputError(reader.findings)
    return Adjustments(reader.found)


class _Reader:
    """Rows against what is known of a class."""

    def __init__(self, pairs: list[Submission], roster: Roster, asked: Callable[[str], Assignment | list[Finding]]):
        self.students = {folded(pair.student): pair.student for pair in pairs}
        self.problems = {pair.problem: pair for pair in pairs}
        self.files = {(pair.student, pair.problem): pair.file for pair in pairs}
        self.roster, self.asked = roster, asked
        self.found: dict[tuple[str, str], dict[str, Adjustment]] = {}
        self.findings: list[Finding] = []

    def add(self, at: Location, row: dict[str, str]) -> None:
        """Takes one row. Raises InputError where it cannot be meant."""
        student = EVERYONE if row["student"] == EVERYONE else self._student(row["student"])
        problem = self._problem(row["problem"])
        usable = [asked for file in self._files(student, problem) if not isinstance(asked := self.asked(file), list)]
        if not usable:
            return  # what is wrong with the problem is said where it is marked
        for asked in usable:
            line = asked.meant(row["line"])[0] if row["line"] else WHOLE
            one = Adjustment(line, _points(row["points"], _most(asked, line)), row["reason"])
        lines = self.found.setdefault((student, problem), {})
        if one.line in lines:
            raise InputError(Finding(f"{row['line'] or 'the problem'} of {printable(student)} is adjusted twice", at))
        lines[one.line] = one

    def _student(self, name: str) -> str:
        known = self.roster.meant(name)
        if known is None and folded(name) not in self.students:
            hint = did_you_mean(name, self.students.values())
            raise InputError(Finding(f"there is no student {printable(name) or 'without a name'}", hint=hint))
        return known.id if known else self.students[folded(name)]

    def _problem(self, name: str) -> str:
        if not name and len(self.problems) == 1:
            return next(iter(self.problems))
        if name not in self.problems:
            hint = did_you_mean(name, self.problems, f"the problems are {', '.join(self.problems)}")
            raise InputError(Finding(f"there is no problem {printable(name) or 'without a name'}", hint=hint))
        return name

    def _files(self, student: str, problem: str) -> list[str]:
        files = {file for (who, what), file in self.files.items() if what == problem and student in (EVERYONE, who)}
        if not files:
            raise InputError(Finding(f"{printable(problem)} is not asked of {printable(student)}"))
        return sorted(files)


def _most(asked: Assignment, line: str) -> Fraction:
    """The most points that there are for a line, or for the whole problem."""
    points = asked.points if asked.points is not None else dict.fromkeys(asked.lines, Fraction(1))
    return points.get(line, Fraction(0)) if line else sum(points.values(), Fraction(0))


def _points(text: str, most: Fraction) -> Fraction:
    if not POINTS.fullmatch(text):
        raise InputError(Finding(f"want points from 0, got {printable(text) or 'nothing'}"))
    points = Fraction(text.replace(",", "."))
    if points > most:
        raise InputError(Finding(f"{printable(text)} points are more than the {float(most):g} that there are"))
    return points
