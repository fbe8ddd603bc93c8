"""Who is in the class: a list of students with all the names that a folder, a platform or a sheet may call them."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from nncalc.disk.read import read_bytes
from nncalc.errors import Finding, InputError, Location, printable
from nncalc.limits import Limits

# What the first cell of a line of headings may say.
HEADINGS = ("id", "student", "studentid", "sid", "number", "name", "username", "login")
# A class list or a list of adjustments may be longer than a problem.
LIST_BYTES = 1 << 24


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


def csv_rows(path: str, limits: Limits) -> Iterator[tuple[Location, list[str]]]:
    """The rows of a list that are not empty, as spreadsheets write them (commas or semicolons), each with its line.

    Raises InputError where it cannot be read.
    """
    data = read_bytes(path, replace(limits, file_bytes=max(limits.file_bytes, LIST_BYTES)))
    try:
        text = data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(Finding("is not UTF-8", Location(path), hint="save it as UTF-8")) from None
    first = text.partition("\n")[0]
    signs = [sign for sign in (",", ";", "\t") if sign in first] or [","]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(signs, key=first.count))
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield Location(path, reader.line_num), [cell.strip() for cell in row]
    except csv.Error as error:
        raise InputError(Finding(f"is no list of rows ({printable(str(error))})", Location(path))) from None


def headed(path: str, limits: Limits, want: Iterable[str]) -> Iterator[tuple[Location, dict[str, str]]]:
    """The rows of a list with headings, by these; each has all that are wanted.

    Raises InputError where one of them is missing.
    """
    heads: list[str] = []
    for at, cells in csv_rows(path, limits):
        if not heads:
            heads = [cell.casefold() for cell in cells]
            missing = [head for head in want if head not in heads]
            if missing:
                raise InputError(Finding(f"has no column {', '.join(missing)}", at, want=",".join(want)))
            continue
        yield at, dict.fromkeys(want, "") | dict(zip(heads, cells, strict=False))
    if not heads:
        raise InputError(Finding("is empty", Location(path), want=",".join(want)))
