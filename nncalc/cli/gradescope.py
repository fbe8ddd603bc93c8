"""The marks as an autograder wants them: a file of results, whatever happens."""

from __future__ import annotations

import io

from nncalc.cli import terminal
from nncalc.cli.check import RIGHT, Check, marked_homework
from nncalc.cli.feedback import marks_page
from nncalc.disk.write import write_file
from nncalc.errors import Failure, Finding, InputError, Location, attempted
from nncalc.limits import Permissions
from nncalc.render.layout import View
from nncalc.render.marks import gradescope


def write_results(request: Check, rules: Permissions) -> int:
    """results.json is always written, whatever the sheet or the problem is like."""
    results = attempted(lambda: _results(request, rules), Location(request.problem))
    if isinstance(results, Failure):
        out = io.StringIO()
        gradescope.failed(
            InputError([finding.pathless for finding in results.findings]).lines(),
            out,
            not isinstance(results.error, InputError),
        )
        results = out.getvalue()
    if request.output is None:
        terminal.out(results)
    else:
        write_file(request.output, results)
    return RIGHT


def _results(request: Check, rules: Permissions) -> str:
    homework = marked_homework(request, rules, View(reveal=request.reveal))
    if len(homework.students) > 1:
        raise InputError(Finding("is for one student; there are several", Location("--format gradescope")))
    return marks_page(homework, View(reveal=request.reveal), "gradescope")
