"""Answers in a table, as forms and quizzes give them: a row a student, a column a line or a cell (s[1])."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nncalc.errors import Finding, InputError, Location, printable
from nncalc.marking.assignment import Assignment
from nncalc.marking.entries import Entries
from nncalc.marking.pairing import NOT_HANDED_IN, UNLISTED, Submission, of_tries
from nncalc.marking.roster import Roster
from nncalc.marking.rows import csv_rows
from nncalc.reading.nodes import ScalarNode

TABLE_ENDINGS = (".csv", ".tsv")
# Columns that say who answered, the most telling first; a first and a last name go together.
WHO = ("student", "name", "full name", "username", "user name", "student id", "id", "sid", "email", "email address")
FIRST_NAMES, LAST_NAMES = ("first name", "firstname", "given name"), ("last name", "lastname", "surname")


@dataclass(frozen=True)
class Response:
    """A row: who answered, where it stands, and the lines."""

    student: str
    mark: Location
    entries: Entries


@dataclass(frozen=True)
class Columns:
    """Which columns hold answers, by their names, and which say who answered."""

    answers: dict[int, str]
    who: list[int]


def is_table(path: str) -> bool:
    """Whether a file's name says that it holds a table."""
    return path.lower().endswith(TABLE_ENDINGS)


def responses(path: str, asked: Assignment, roster: Roster) -> tuple[dict[str, list[Response]], list[Finding]]:
    """Everybody's answers, of each student the last first, and what was passed over.

    Raises InputError where the file cannot be read or no column of it is a line of the problem.
    """
    (first, head), *body = csv_rows(path, asked.problem.limits)
    columns, notes = _columns(head, asked, first)
    found: dict[str, list[Response]] = {}
    for mark, row in body:
        student = " ".join(filter(None, (_text(row, n) for n in columns.who)))
        if not student and not any(_text(row, n) for n in columns.answers):
            continue
        student = student or f"row {mark.line}"
        known = roster.meant(student)
        student = known.id if known else student
        texts = {name: text for n, name in columns.answers.items() if (text := _text(row, n))}
        found[student] = [Response(student, mark, _entries(texts, mark)), *found.pop(student, [])]
    return found, notes


def pair_rows(
    path: str, asked: Assignment, problem: str, roster: Roster, attempt: str
) -> tuple[list[Submission], dict[str, Response], list[Finding]]:
    """A table's rows as what was handed in to a problem, by file and line; everybody on the list has one.

    Raises InputError as `responses` does, and where nobody has answered.
    """
    found, notes = responses(path, asked, roster)
    if not found:
        raise InputError(Finding("holds no answers", Location(path), want="a row a student"))
    rows = {str(row.mark): row for tries in found.values() for row in tries}
    names = {one.id: one.name for one in roster.students}
    pairs = []
    for student in dict.fromkeys([*names, *found]):
        tries = found.get(student, [])
        first, others = (str(tries[0].mark) if tries else None), tries[1:]
        unlisted = [UNLISTED] if names and student not in names else []
        one = Submission(student, problem, asked.problem.file, first, "" if tries else NOT_HANDED_IN)
        one = replace(one, name=names.get(student, ""), remarks=(*unlisted, *of_tries(tries, attempt)))
        pairs.append(replace(one, earlier=tuple(str(row.mark) for row in others)) if attempt == "best" else one)
        if others:
            what = f"{printable(student)} has answered in line {others[0].mark.line} before; the {attempt} counts"
            notes.append(Finding(what, tries[0].mark))
    return pairs, rows, notes


def _columns(head: list[str], asked: Assignment, mark: Location) -> tuple[Columns, list[Finding]]:
    names = [name.strip() for name in head]
    answers: dict[int, str] = {}
    notes: list[Finding] = []
    who = _who([name.lower() for name in names])
    for n, name in enumerate(names):
        try:
            asked.meant(name)
        except InputError:
            if n not in who and name and name.lower() not in (*WHO, *FIRST_NAMES, *LAST_NAMES):
                notes.append(
                    Finding(f"the column '{printable(name)}' is no line of the problem, and is passed over", mark)
                )
            continue
        if n in who:
            who = [m for m in who if m != n]
        if name in answers.values():
            raise InputError(Finding(f"the column '{printable(name)}' is there twice", mark, want="each line once"))
        answers[n] = name
    if not answers:
        example = ", ".join(f"{name}[1]" if asked.exact[name].ndim == 1 else name for name in asked.lines[:3])
        raise InputError(
            Finding("no column is a line of the problem", mark, want=f"a first row like student, {example}")
        )
    if not who:
        others = [n for n in range(len(names)) if n not in answers]
        who = others[:1]
    return Columns(answers, who), notes if any(names) else []


def _who(names: list[str]) -> list[int]:
    best = next((n for known in WHO[:3] for n, name in enumerate(names) if name == known), None)
    if best is not None:
        return [best]
    parts = [n for group in (FIRST_NAMES, LAST_NAMES) for n, name in enumerate(names) if name in group]
    return parts or [n for known in WHO for n, name in enumerate(names) if name == known][:1]


def _text(row: list[str], n: int) -> str:
    """A cell; spreadsheets keep a text as a text by ="…" or an apostrophe."""
    text = row[n].strip() if n < len(row) else ""
    return text[2:-1].strip() if text.startswith('="') and text.endswith('"') else text.lstrip("'").strip()


def _entries(texts: dict[str, str], mark: Location) -> Entries:
    at = replace(mark, column=1)
    return Entries({name: ScalarNode(text, False, at) for name, text in texts.items()}, dict.fromkeys(texts, mark))
