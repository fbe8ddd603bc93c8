"""Who is in the class: a list of students with all the names that a folder, a platform or a sheet may call them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from nncalc.errors import Finding, InputError, Location, printable
from nncalc.limits import Limits
from nncalc.marking.rows import csv_rows

# What the first cell of a line of headings may say.
HEADINGS = ("id", "student", "studentid", "sid", "number", "name", "username", "login")


@dataclass(frozen=True)
class Student:
    """Somebody on the list: what marks are kept under, the name for people, and what else they are called."""

    id: str
    name: str = ""
    others: tuple[str, ...] = ()


@dataclass
class Roster:
    """The class; empty where no list is given, and then everybody who hands in belongs to it."""

    students: list[Student] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._by_id = {folded(student.id): student for student in self.students}
        self._by_name: dict[str, set[Student]] = {}
        for student in self.students:
            for name in (student.name, *student.others):
                for way in filter(None, _ways(name)):
                    self._by_name.setdefault(way, set()).add(student)

    def meant(self, *names: str) -> Student | None:
        """The student whom the first of these names means that means one alone."""
        for name in map(folded, names):
            if name and name in self._by_id:
                return self._by_id[name]
            if name and len(self._by_name.get(name, ())) == 1:
                return next(iter(self._by_name[name]))
        return None


def folded(name: str) -> str:
    """A name as it is compared: letters and digits alone, without case."""
    return "".join(c for c in unicodedata.normalize("NFKC", name).casefold() if c.isalnum())


def _ways(name: str) -> set[str]:
    """The orders in which a name is written: Ann Lee, Lee, Ann."""
    words = name.replace(",", " ").split()
    return {folded("".join([*words[i:], *words[:i]])) for i in range(max(1, len(words)))}


def read_roster(path: str, limits: Limits) -> Roster:
    """The list: a row a student with id, name and further names; a first row of headings is passed over.

    Raises InputError where it cannot be read, is empty or has somebody twice.
    """
    students: dict[str, Student] = {}
    findings: list[Finding] = []
    for at, cells in csv_rows(path, limits):
        id, name, *others = [*cells, "", ""][: max(2, len(cells))]
        if at.line == 1 and folded(id) in HEADINGS:
            continue
        if not folded(id):
            findings.append(Finding("want the student's id in the first column", at))
        elif folded(id) in students:
            findings.append(Finding(f"{printable(id)} is on the list twice", at))
        students.setdefault(folded(id), Student(id, name, tuple(filter(None, others))))
    if findings or not students:
        raise InputError(findings or Finding("holds no student", Location(path), want="rows: id,name"))
    return Roster(list(students.values()))
