"""Whose each file is: what the sheet says at its top, else what its path says."""

from __future__ import annotations

from collections.abc import Mapping

from nncalc.errors import Finding, Location, printable
from nncalc.marking.roster import Roster, folded
from nncalc.marking.submissions import Upload


class Owners:
    """The students to whom files belong, each under one name: the list's, else that of the path, else the sheet's."""

    def __init__(self, handed: list[Upload], roster: Roster):
        self.roster = roster
        self.findings: list[Finding] = []
        numbers: dict[str, set[str]] = {}
        for one in handed:
            numbers.setdefault(one.student, set()).add(one.id)
        self._several = {name for name, ids in numbers.items() if len(ids) > 1}
        self._known = {folded(self.by_path(one)): self.by_path(one) for one in handed if one.student}
        self._folders = self._of_folders(handed)

    def name(self, *words: str) -> str:
        """The one name of a student who is called so."""
        student = self.roster.meant(*words)
        return student.id if student else self._known.get(folded(words[-1]), words[-1])

    def by_path(self, one: Upload) -> str:
        """Whose it is by its path; two people of one name are told apart by the platform's number."""
        student = self.roster.meant(one.id, one.student)
        if student:
            return student.id
        return f"{one.student} {one.id}" if one.student in self._several and one.id else one.student

    def of(self, one: Upload) -> str:
        """Whose it is; empty where nobody is named."""
        if not one.student:
            return self.name(one.said_student) if one.said_student else ""
        said = self._folders[self.by_path(one)]
        if len(set(said.values())) == 1:  # what one sheet of a folder says holds for all of it
            return next(iter(said.values()))
        return said.get(one.path, self.by_path(one))

    def _of_folders(self, handed: list[Upload]) -> Mapping[str, dict[str, str]]:
        """For each student by path whose the sheets say that they are, but for names that others handed in under."""
        folders: dict[str, dict[str, str]] = {}
        for one in handed:
            if not one.student:
                continue
            here = self.by_path(one)
            said = folders.setdefault(here, {})
            if not one.said_student:
                continue
            student = self.name(one.said_student)
            if student != here and folded(student) in self._known:
                what = f"says that it is {printable(student)}'s, who handed in too; it counts for {printable(here)}"
                self.findings.append(Finding(what, Location(one.path)))
                continue
            if student != here and self.roster.meant(here):
                what = f"says that it is {printable(student)}'s, and lies where {printable(here)} handed in"
                self.findings.append(Finding(what, Location(one.path)))
            said[one.path] = student
        return folders
