"""A class and a homework: which sheet belongs to which problem and student, and all of them marked."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from fractions import Fraction
from functools import cache
from pathlib import Path

from nncalc.errors import Finding, InputError, Mark, vis
from nncalc.folder import ENDINGS, problem_files
from nncalc.marking import sheet
from nncalc.marking.asked import Asked, ask
from nncalc.marking.diagnosis import diagnose
from nncalc.marking.marks import Marks, mark
from nncalc.problem import load
from nncalc.reading.limits import Rules


@dataclass(frozen=True)
class Pair:
    """A student's sheet and the problem it answers; no sheet where none was handed in."""

    student: str
    problem: str  # its name in the homework: lstm, week1/lstm
    file: str
    sheet: str | None


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

    pair: Pair
    asked: Asked | None
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


def plain(path: str) -> str:
    """A name without its ending: lstm for lstm.yaml and lstm.answers.yaml."""
    for ending in (".answers.yaml", ".answers.yml", *ENDINGS):
        if path.endswith(ending):
            return path[: -len(ending)]
    return path


def pair(problem: str, answers: str, rules: Rules) -> tuple[list[Pair], list[Finding]]:
    """Who answered what, by the paths of the files, and what belongs to nobody.

    `hw3/lstm.yaml` is answered by `subs/s01/lstm.yaml`, a single problem also by `subs/s01.yaml`; where `hw3/s01/`
    exists, its problems are that student's own variants.
    """
    if not os.path.isdir(answers):
        return _one(problem, answers, rules), []
    files = problem_files(answers, rules.limits, sheets=True)
    if not files:
        raise InputError(Finding("holds no answer sheets (*.yaml)", Mark(answers)))
    sheets = {plain(os.path.relpath(f.path, answers)): f.path for f in files if not f.trouble}
    shared, own = _problems(problem, {name.split(os.sep)[0] for name in sheets}, rules)
    if len(shared) > 1 and any(name in shared for name in sheets):  # the folder is that of one student
        sheets = {os.path.join(Path(answers).resolve().name, name): path for name, path in sheets.items()}
    found, used = [], set()
    for student in sorted({name.split(os.sep)[0] for name in sheets}):
        asked = shared | own.get(student, {})
        for name, file in asked.items():
            names = [os.path.join(student, name), *([student] if len(asked) == 1 else [])]
            held = next((n for n in names if n in sheets), None)
            used.add(held)
            found.append(Pair(student, name, file, sheets[held] if held is not None else None))
    stray = [Finding(f.trouble, Mark(f.path), hint=f.hint) for f in files if f.trouble]
    stray += [_stray(name, path, shared) for name, path in sheets.items() if name not in used]
    return [p for p in found if p.sheet is not None or _handed_in(p, found)], stray


def _stray(name: str, path: str, shared: Mapping[str, str]) -> Finding:
    last = name.rpartition(os.sep)[2].lower()
    near = get_close_matches(last, shared, 1, 0.5)
    return Finding("answers no problem of this name", Mark(path), hint=f"did you mean {near[0]}?" if near else "")


def _handed_in(pair: Pair, pairs: Iterable[Pair]) -> bool:
    return any(p.student == pair.student and p.sheet is not None for p in pairs)


def _one(problem: str, answers: str, rules: Rules) -> list[Pair]:
    """One sheet: of the problem, or of that with its name in a folder."""
    student = plain(Path(answers).name) if answers != "-" else "stdin"
    if not os.path.isdir(problem):
        return [Pair(student, plain(Path(problem).name), problem, answers)]
    problems, _ = _problems(problem, set(), rules)
    if len(problems) > 1 and student not in problems:
        raise InputError(
            Finding("answers no problem of this name", Mark(answers), want=f"one of {', '.join(problems)}")
        )
    name = student if student in problems else next(iter(problems))
    return [Pair(student, name, problems[name], answers)]


def _problems(problem: str, students: set[str], rules: Rules) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """The problems of all by their names, and those of single students."""
    if not os.path.isdir(problem):
        return {plain(Path(problem).name): problem}, {}
    shared: dict[str, str] = {}
    own: dict[str, dict[str, str]] = {}
    for found in problem_files(problem, rules.limits):
        first, _, rest = plain(os.path.relpath(found.path, problem)).partition(os.sep)
        if rest and first in students:
            own.setdefault(first, {})[rest] = found.path
        else:
            shared[os.path.join(first, rest) if rest else first] = found.path
    if not shared and not own:
        raise InputError(Finding("holds no problem files (*.yaml)", Mark(problem)))
    return shared, own


class Marker:
    """Marks sheets one by one; each problem is worked once."""

    def __init__(self, rules: Rules, diagnosed: bool = True):
        self.rules = rules
        self.diagnosed = diagnosed
        self.asked = cache(self._asked)

    def _asked(self, path: str) -> Asked | list[Finding]:
        try:
            return ask(load(path, rules=self.rules))
        except InputError as error:
            return error.findings

    def marked(self, pairs: Iterable[Pair]) -> Iterator[Marked]:
        """What became of each, in order; a bad sheet never stops the rest."""
        for one in pairs:
            asked = self.asked(one.file)
            if isinstance(asked, list):
                yield Marked(one, None, findings=asked)
            elif one.sheet is None:
                yield Marked(one, asked, mark(asked, sheet.Sheet("")))
            else:
                yield self._sheet(one, one.sheet, asked)

    def _sheet(self, one: Pair, path: str, asked: Asked) -> Marked:
        try:
            marks = mark(asked, sheet.from_file(path, asked))
            if self.diagnosed:
                diagnose(marks)
            return Marked(one, asked, marks)
        except InputError as error:
            return Marked(one, asked, findings=error.findings)
        except MemoryError:
            return Marked(one, asked, findings=[Finding("needs more memory than there is", Mark(path))])
        except Exception as error:  # a bug of ours in one sheet must not cost the others
            what = f"a bug of ours, please report it ({type(error).__name__}: {vis(str(error), 200)})"
            return Marked(one, asked, findings=[Finding(what, Mark(path))])
