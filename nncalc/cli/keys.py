"""An instructor's own keys, a folder of them."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from typing import Any

from nncalc.cli import terminal
from nncalc.cli.check import BAD_PROBLEM, NOT_RIGHT, RIGHT, Check
from nncalc.disk.folder import problem_files
from nncalc.errors import Finding, InputError, Location
from nncalc.limits import Permissions
from nncalc.marking.keys import Key, checked
from nncalc.render import lettered
from nncalc.render.layout import View
from nncalc.render.marks.keys import render
from nncalc.render.summary import progress


def look_through(request: Check, view: View, rules: Permissions) -> int:
    """The keys of a folder of problems, looked through."""
    if request.output is not None or request.format not in (None, "table"):
        raise InputError(Finding("keys are shown as a table", Location("--output" if request.output else "--format")))
    found = problem_files(request.problem, rules.limits)
    if not found:
        raise InputError(Finding("holds no problem files (*.yaml)", Location(request.problem)))
    results: Iterable[Any] = progress((checked(one, rules) for one in found), len(found), sys.stderr, "checking")
    keys: list[Key] = list(results)
    if not request.quiet:
        out = io.StringIO()
        with lettered(out, view.ascii) as page:
            render(keys, view, page)
        terminal.out(out.getvalue())
    if any(key.unusable for key in keys):
        return BAD_PROBLEM
    return RIGHT if all(key.holds for key in keys) else NOT_RIGHT
