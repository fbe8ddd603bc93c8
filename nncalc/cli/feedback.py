"""A page for each student, written as soon as the student's sheets are marked."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial

from nncalc.disk.folder import lettered_part, safe_names
from nncalc.disk.write import make_folder, must_be_new, write_file
from nncalc.errors import Failure, Finding, Location, attempted
from nncalc.marking.homework import Homework, Marked
from nncalc.render.layout import View
from nncalc.render.marks import MARKS_ENDINGS, render

# Formats that are written for each student, with their endings.
FEEDBACK = {format: ending for ending, format in MARKS_ENDINGS.items() if format in ("markdown", "html")}


def marks_page(homework: Homework, view: View, format: str) -> str:
    """The marks as one document."""
    out = io.StringIO()
    render(homework, view, out, format)
    return out.getvalue()


@dataclass
class Feedback:
    """The folder, and the student whose sheets are being marked; results come student by student."""

    folder: str
    format: str
    view: View
    force: bool
    targets: dict[str, str] = field(default_factory=dict)
    waiting: list[Marked] = field(default_factory=list)

    @classmethod
    def asked(cls, output: str | None, format: str, view: View, force: bool) -> Feedback | None:
        """Where a folder of pages is wanted, and not one document."""
        if output is None or format not in FEEDBACK or (os.path.splitext(output)[1] and not os.path.isdir(output)):
            return None
        return cls(output, format, replace(view, terminal=False, width=None, color=False), force)

    def prepare(self, students: Iterable[str]) -> None:
        """The folder and the names of the pages.

        Raises InputError where a page is there already and may not be replaced.
        """
        names = safe_names({student: [student] for student in students}, FEEDBACK[self.format], lettered_part)
        self.targets = {student: os.path.join(self.folder, name) for student, name in names.items()}
        if not self.force:
            must_be_new(self.targets.values())
        make_folder(self.folder)

    def take(self, result: Marked, homework: Homework) -> None:
        """One more result; the page of the student before is written."""
        if self.waiting and self.waiting[0].pair.student != result.pair.student:
            self.finish(homework)
        self.waiting.append(result)

    def finish(self, homework: Homework) -> None:
        """Writes the page of the student whose sheets are marked; their workings are not needed any more."""
        if not self.waiting:
            return
        student = self.waiting[0].pair.student
        made = partial(marks_page, Homework(self.waiting), self.view, self.format)
        page = attempted(made, Location(self.targets[student]))
        self.write(student, page.findings if isinstance(page, Failure) else page, homework)
        for result in self.waiting:
            if result.marks is not None:
                result.marks.forget_workings()
        self.waiting = []

    def write(self, student: str, page: str | list[Finding], homework: Homework) -> None:
        """Writes a student's page, or notes what kept it from being made."""
        if isinstance(page, list):
            homework.stray.extend(page)
        elif page:
            write_file(self.targets[student], page)
