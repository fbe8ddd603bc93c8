"""Whose sheet answers which problem: a row for everybody whom either side knows."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sized
from dataclasses import dataclass
from pathlib import Path

from nncalc.disk.folder import EMPTY
from nncalc.errors import Finding, InputError, Location, did_you_mean, printable
from nncalc.limits import Permissions
from nncalc.marking.owners import Owners
from nncalc.marking.roster import Roster, folded
from nncalc.marking.submissions import SHEET_KINDS, Upload, stem, uploads
from nncalc.marking.variants import Problems, problems_of

# So many names are told where nothing fits.
NAMED_AT_MOST = 5
NOT_HANDED_IN, UNLISTED = "not handed in", "not on the list of students"


@dataclass(frozen=True)
class Submission:
    """A student's sheet and the problem it answers; no sheet where none was handed in, and then the reason.

    `earlier`: further attempts that may count. `variants`: the others who have a problem of their own
    here, with its file. `remarks`: what the instructor should know.
    """

    student: str
    problem: str  # its name in the homework: lstm, week1/lstm
    file: str
    sheet: str | None
    reason: str = ""
    name: str = ""
    earlier: tuple[str, ...] = ()
    variants: tuple[tuple[str, str], ...] = ()
    remarks: tuple[str, ...] = ()


def pair_sheets(
    problem: str,
    answers: str,
    rules: Permissions,
    roster: Roster | None = None,
    attempt: str = "last",
    is_one: bool = False,
) -> tuple[list[Submission], list[Finding]]:
    """Who answered what, and what belongs to nobody.

    `hw3/lstm.yaml` is answered by `subs/s01/lstm.yaml`, a single problem also by `subs/s01.yaml`; where `hw3/s01/`
    exists, its problems are that student's own variants. Folders of Canvas, Moodle and Gradescope are read as they are.
    `is_one`: the folder is what one student handed in, if any file lies at its top.

    Raises InputError where a folder or a file cannot be read, or nothing can be paired.
    """
    if not os.path.isdir(answers):
        return _one(problem, answers, rules), []
    pairing = _Pairing(problem, answers, rules, roster or Roster(), is_one)
    pairs = [pair for student in pairing.students for pair in pairing.rows(student, attempt)]
    if not any(pair.sheet for pair in pairs):
        raise InputError(pairing.nothing())
    return pairs, [*pairing.owners.findings, *pairing.stray]


class _Pairing:
    """A homework and what was handed in."""

    def __init__(self, problem: str, answers: str, rules: Permissions, roster: Roster, is_one: bool):
        self.problem, self.answers = problem, answers
        self.handed = uploads(answers, rules.limits)
        self.is_flat = all(one.is_flat for one in self.handed)
        self.flat_names = {name for one in self.handed if one.is_flat for name, _ in one.tries}
        self.is_one = is_one and any(one.is_flat for one in self.handed)
        self.folder = Path(answers).resolve().name
        self.owners = Owners(self.handed, roster)
        self.roster = {student.id: student for student in roster.students}
        people = {folded(self.owners.of(one)) for one in self.handed} | {
            folded(one.name) for one in self.handed if one.is_flat
        }
        weeks = {one.name.partition("/")[0] for one in self.handed if one.name.count("/")}
        self.problems = self._named(
            problems_of(
                problem, rules, lambda name: folded(self.owners.name(name)) in people or self._listed(name), weeks
            )
        )
        self.mine: dict[str, list[Upload]] = {}
        self.stray: list[Finding] = []
        for one in self.handed:
            student = self._student(one)
            if student:
                self.mine.setdefault(student, []).append(one)
            else:
                self.stray.append(self._of_nobody(one))

    @property
    def students(self) -> list[str]:
        """Everybody whom the list, the variants or the sheets know; in the order of the list, if there is one."""
        others = sorted({*self.mine, *self.problems.own} - set(self.roster))
        return [*self.roster, *others]

    def rows(self, student: str, attempt: str) -> list[Submission]:
        """A row for each problem that is asked of a student."""
        mine, asked = self.mine.get(student, []), self.problems.of(student)
        chosen, left = _chosen(mine, asked)
        self.stray += [Finding(one.trouble, Location(one.path)) for one in mine if one.trouble]
        self.stray += [_unasked(one, asked) for one in left]
        known = self.roster.get(student)
        rows: list[Submission] = []
        for name, file in asked.items():
            tries, copies = _in_order(chosen.get(name, []))
            self.stray += copies
            first, others = (tries[0].path if tries else None), tries[1:]
            reason = "" if first else _reason(mine, left)
            earlier = tuple(one.path for one in others) if attempt == "best" else ()
            remarks = (*self._remarks(student, mine, rows), *of_tries(tries, attempt))
            variants = self.problems.variants(student, name)
            called = known.name if known else ""
            rows.append(Submission(student, name, file, first, reason, called, earlier, variants, remarks))
        return rows

    def nothing(self) -> Finding:
        """Why nothing could be paired, as far as one can tell."""
        sheets = [one for one in self.handed if not one.trouble]
        where = Location(self.answers)
        if not sheets:
            troubles = [
                one.finding for one in (upload.found for upload in self.handed) if one.trouble and one.trouble != EMPTY
            ]
            kinds = sorted(
                {os.path.splitext(one.path)[1] or "without an ending" for one in self.handed if not one.found.is_folder}
            )
            held = f"; what there is: {printable(', '.join(kinds[:NAMED_AT_MOST]))}" if kinds else ""
            what = f"holds no answer sheets (*{', *'.join(SHEET_KINDS)}){held}"
            return troubles[0] if troubles and not kinds else Finding(what, where)
        if self.problems.own and not self.problems.shared:
            what = f"no sheet is of a student who has a problem: those are {_some(self.problems.own)}"
        else:
            what = f"no sheet answers a problem by its name: the problems are {_some(self.problems.names)}"
        names = _some(sorted({os.path.relpath(one.path, self.answers) for one in sheets}))
        return Finding(
            f"{what}, the sheets {names}", where, hint="a sheet may begin with problem: NAME and student: NAME"
        )

    def _listed(self, name: str) -> bool:
        return self.owners.roster.meant(name) is not None

    def _named(self, problems: Problems) -> Problems:
        """The variants under the students' own names: the folder S01 is s01's."""
        return Problems(problems.shared, {self.owners.name(folder): files for folder, files in problems.own.items()})

    def _student(self, one: Upload) -> str:
        """Whose it is. A file that lies by itself is named for its student where one problem is asked."""
        folder = self.owners.name(self.folder)
        if self.is_one:
            return folder
        student = self.owners.of(one)
        if student or not one.is_flat:
            return student
        if self.is_flat and len(self.problems.shared) > 1 and not self.problems.own:  # the folder of one student
            return folder if self.flat_names & set(self.problems.shared) else ""
        student = self.owners.name(one.name)
        single = len(self.problems.of(student)) == 1
        return student if single and (self.is_flat or Path(one.path).suffix.lower() in SHEET_KINDS[:2]) else ""

    def _of_nobody(self, one: Upload) -> Finding:
        return Finding(one.trouble, Location(one.path)) if one.trouble else _unasked(one, self.problems.shared)

    def _remarks(self, student: str, mine: list[Upload], before: list[Submission]) -> Iterable[str]:
        """What is said once of a student: no such name on the list, handed in late, an upload that is no sheet."""
        if before:
            return
        if self.roster and student not in self.roster:
            yield UNLISTED
        if any(one.late for one in mine):
            yield "late"


def _chosen(mine: list[Upload], asked: Mapping[str, str]) -> tuple[dict[str, list[tuple[int, Upload]]], list[Upload]]:
    """The sheets of a student for each problem with the number of the attempt, and those that answer none."""
    chosen: dict[str, list[tuple[int, Upload]]] = {}
    left: list[Upload] = []
    for one in (one for one in mine if not one.trouble):
        name, attempt = _answered(one, asked)
        if name:
            chosen.setdefault(name, []).append((attempt, one))
        else:
            left.append(one)
    if len(asked) == 1 and not chosen and left:  # what else should it answer?
        return {next(iter(asked)): [(one.tries[-1][1], one) for one in left]}, []
    return chosen, left


def _answered(one: Upload, asked: Mapping[str, str]) -> tuple[str, int]:
    """The problem that a sheet answers, by what it says, else by its name, and the number of the attempt."""
    by_name = {name.casefold(): name for name in asked}
    by_end: dict[str, list[str]] = {}
    for name in asked:
        by_end.setdefault(name.casefold().rpartition("/")[2], []).append(name)
    said = stem(one.said_problem.replace(os.sep, "/"))
    for text, attempt in [(said, one.tries[-1][1]), *one.tries]:
        low = text.casefold()
        ends = by_end.get(low.rpartition("/")[2], [])
        if low and (low in by_name or len(ends) == 1):
            return by_name.get(low) or ends[0], attempt
    return "", 0


def _in_order(tries: list[tuple[int, Upload]]) -> tuple[list[Upload], list[Finding]]:
    """The attempts, the last first, and those that are the same attempt once more."""
    ordered = sorted(tries, key=lambda one: (-one[0], one[1].name.count("/"), _kind(one[1].path), one[1].path))
    kept: dict[int, Upload] = {}
    copies = []
    for attempt, one in ordered:
        first = kept.setdefault(attempt, one)
        if first is not one:
            what = f"answers the same problem as {printable(os.path.basename(first.path))}"
            copies.append(Finding(what, Location(one.path), want="one"))
    return list(kept.values()), copies


def _kind(path: str) -> int:
    return next(i for i, kind in enumerate(SHEET_KINDS) if path.lower().endswith(kind))


def of_tries(tries: Sized, attempt: str) -> list[str]:
    """What is said of somebody who handed in more than once."""
    return [f"{len(tries)} attempts, the {attempt} counts"] if len(tries) > 1 else []


def _reason(mine: list[Upload], left: list[Upload]) -> str:
    """Why there is no sheet of a student."""
    files = [one for one in mine if not one.found.is_folder]
    if not mine:
        return NOT_HANDED_IN
    if not files:
        return "handed in an empty folder" if mine[0].trouble == EMPTY else f"the folder {mine[0].trouble}"
    if all(one.trouble for one in files):
        held = _some(os.path.basename(one.path) for one in files)
        return f"handed in only {held}: {files[0].trouble}"
    if left:
        return f"not handed in under this name, but there is {_some(os.path.basename(one.path) for one in left)}"
    return NOT_HANDED_IN


def _some(names: Iterable[str]) -> str:
    names = list(names)
    shown = [printable(name) for name in names[:NAMED_AT_MOST]]
    return ", ".join(shown) + (f" and {len(names) - len(shown)} more" if len(names) > len(shown) else "")


def _unasked(one: Upload, asked: Mapping[str, str]) -> Finding:
    last = one.name.rpartition("/")[2].lower()
    return Finding("answers no problem of this name", Location(one.path), hint=did_you_mean(last, asked, cutoff=0.5))


def _one(problem: str, answers: str, rules: Permissions) -> list[Submission]:
    """One sheet: of the problem, or of that with its name in a folder."""
    student = stem(Path(answers).name) if answers != "-" else "stdin"
    shared = problems_of(problem, rules).shared
    if not os.path.isdir(problem):
        return [Submission(student, next(iter(shared)), problem, answers)]
    if len(shared) > 1 and student not in shared:
        want = f"one of {', '.join(shared)}"
        raise InputError(Finding("answers no problem of this name", Location(answers), want=want))
    name = student if student in shared else next(iter(shared))
    return [Submission(student, name, shared[name], answers)]
