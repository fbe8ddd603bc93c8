"""The problems of a homework: those of all, and each student's own variants."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from nncalc.disk.folder import problem_files
from nncalc.errors import Finding, InputError, Location, printable
from nncalc.limits import Permissions
from nncalc.marking.submissions import stem


@dataclass
class Problems:
    """The files by the names of their problems: of all students, and those of single ones."""

    shared: dict[str, str]
    own: dict[str, dict[str, str]] = field(default_factory=dict)

    def of(self, student: str) -> dict[str, str]:
        """What is asked of a student."""
        return self.shared | self.own.get(student, {})

    def variants(self, student: str, name: str) -> tuple[tuple[str, str], ...]:
        """The others with the file that is this problem to them, where the student has an own one."""
        if name not in self.own.get(student, {}):
            return ()
        return tuple((other, files[name]) for other, files in self.own.items() if other != student and name in files)

    @property
    def names(self) -> list[str]:
        """The names of all."""
        return list(dict.fromkeys([*self.shared, *(name for files in self.own.values() for name in files)]))


def problems_of(
    problem: str, rules: Permissions, is_student: Callable[[str], bool] = lambda name: False,
    answered: Collection[str] = (),
) -> Problems:  # fmt: skip
    """The problems of a file or a folder. `answered`: the folders in which students have sheets, which are weeks.

    Raises InputError where there is none, or one twice.
    """
    if not os.path.isdir(problem):
        return Problems({stem(Path(problem).name): problem})
    found: dict[str, str] = {}
    for one in problem_files(problem, rules.limits):
        name = stem(os.path.relpath(one.path, problem)).replace(os.sep, "/")
        if name in found:
            what = f"is the same problem as {printable(os.path.basename(found[name]))}"
            raise InputError(Finding(what, Location(one.path), want="one"))
        found[name] = one.path
    folders = _folders_of_students(found, is_student, answered)
    problems = Problems({})
    for name, path in found.items():
        first, _, rest = name.partition("/")
        if rest and first in folders:
            problems.own.setdefault(first, {})[rest] = path
        else:
            problems.shared[name] = path
    return problems


def _folders_of_students(
    names: Collection[str], is_student: Callable[[str], bool], answered: Collection[str]
) -> set[str]:
    """The folders that hold students' own variants: all of a kind, once one of them is a student's.

    Beside problems for all these are folders with a problem of the same name, or folders that all have a problem of
    one name; else they are week1, week2 of all where students have such folders, too.
    """
    top = {name for name in names if not name.count("/")}
    inside: dict[str, set[str]] = {}
    for name in {*names} - top:
        folder, _, rest = name.partition("/")
        inside.setdefault(folder, set()).add(rest)
    folders = {*inside}
    if top and not set.intersection(*inside.values() or [set()]):
        folders = {folder for folder, held in inside.items() if held & top}
    folders -= set(answered)
    return folders if any(is_student(folder) for folder in folders) else set()
