"""An instructor's own keys, a folder of them."""

from __future__ import annotations

import io
import sys
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from nncalc.batch.spread import spread_over
from nncalc.cli import terminal
from nncalc.cli.check import BAD_PROBLEM, NOT_RIGHT, RIGHT, Check
from nncalc.cli.crew import chunk_of, crew_for, died
from nncalc.disk.folder import Found, problem_files
from nncalc.errors import Finding, InputError, Location
from nncalc.limits import Permissions
from nncalc.marking.keys import Key, checked
from nncalc.render import lettered
from nncalc.render.layout import View
from nncalc.render.marks.keys import KeySaid, counted, said_of
from nncalc.render.summary import progress


def look_through(request: Check, view: View, rules: Permissions) -> int:
    """The keys of a folder of problems, looked through."""
    if request.output is not None or request.format not in (None, "table"):
        raise InputError(Finding("keys are shown as a table", Location("--output" if request.output else "--format")))
    found = problem_files(request.problem, rules.limits)
    crew = crew_for(request, len(found))
    with crew or nullcontext():
        looked: Any = spread_over(KeyWork(view, rules), found, crew, _lost, chunk_of(len(found), crew))
        keys: list[Any] = list(progress(looked, len(found), sys.stderr, "checking"))
    if not request.quiet:
        out = io.StringIO()
        with lettered(out, view.ascii) as page:
            page.write("".join(key.text for key in keys) + counted(keys))
        terminal.out(out.getvalue())
    if any(key.unusable for key in keys):
        return BAD_PROBLEM
    return RIGHT if all(key.holds for key in keys) else NOT_RIGHT


@dataclass(frozen=True)
class KeyWork:
    """The work on the key of one file, whoever does it."""

    view: View
    rules: Permissions

    def __call__(self, found: Found) -> KeySaid:
        """What is said of it."""
        return said_of(checked(found, self.rules), self.view)


def _lost(found: Found) -> KeySaid:
    return said_of(Key(found.path, None, [died(found.path)], True), View())
