"""From a check to its output and exit code: answers typed, one sheet, a class, or an instructor's own keys."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from nncalc.cli import terminal
from nncalc.cli.show import Request, choice, view_of
from nncalc.cli.signals import Interrupted, interruptible
from nncalc.disk.folder import problem_files, safe_names
from nncalc.disk.write import make_folder, write_file
from nncalc.errors import Failure, Finding, InputError, Location, attempted
from nncalc.limits import Permissions
from nncalc.marking import sheet
from nncalc.marking.assignment import ask
from nncalc.marking.blank import blank
from nncalc.marking.homework import Homework, Marked, Marker
from nncalc.marking.keys import Key, checked, warnings
from nncalc.marking.pairing import Submission, pair_sheets, stem
from nncalc.problem.problem import load
from nncalc.render.layout import View
from nncalc.render.marks import MARKS_ENDINGS, MARKS_FORMATS, gradescope, render
from nncalc.render.marks.keys import render as render_keys
from nncalc.render.summary import progress

RIGHT, NOT_RIGHT, BAD_SHEET, BAD_PROBLEM = 0, 1, 2, 3
# Formats that are written for each student, with their endings.
FEEDBACK = {format: ending for ending, format in MARKS_ENDINGS.items() if format in ("markdown", "html")}
# Of a class these show what every line is, but not what mistakes it looks like.
AT_A_GLANCE = ("table", "csv")


@dataclass(frozen=True)
class Check(Request):
    """What was asked of `check`, as it was typed."""

    problem: str = ""
    answers: Sequence[str] = ()
    quiet: bool = False
    reveal: bool = False
    force: bool = False


def print_sheet(path: str, rules: Permissions) -> None:
    """The sheet to fill in."""
    terminal.out(blank(ask(load(path, rules=rules))))


def mark_and_write(request: Check, rules: Permissions) -> int:
    """Marks, writes, and returns the exit code."""
    format = _format(request)
    if format == "gradescope":
        return _gradescope(request, rules)
    view = replace(view_of(replace(request, output=None)), reveal=True)
    if not request.answers and os.path.isdir(request.problem):
        return _keys(request, view, rules)
    homework = _homework(request, rules)
    if homework.one and all(result.marks is None for result in homework.results):
        _complain(homework, request)
        return BAD_PROBLEM if any(result.asked is None for result in homework.results) else BAD_SHEET
    _write(homework, request, format, view)
    _complain(homework, request)
    if not request.answers and not request.quiet:
        _warn(homework)
    if any(result.asked is None for result in homework.results):
        return BAD_PROBLEM
    return RIGHT if all(result.passed for result in homework.results) and not homework.findings else NOT_RIGHT


def _warn(homework: Homework) -> None:
    """Who looks at a problem alone is told what its places cannot tell."""
    for asked in [result.asked for result in homework.results if result.asked is not None]:
        for text in warnings(asked):
            terminal.say(text)


def _complain(homework: Homework, request: Check) -> None:
    if homework.findings and not request.quiet:
        terminal.complain(InputError(homework.findings))


def _homework(request: Check, rules: Permissions) -> Homework:
    """All that is to be marked, marked. A signal ends it; what is done is shown, then the signal obeyed."""
    one = len(request.answers) != 1 or not os.path.isdir(request.answers[0])
    marker = Marker(rules, diagnosed=not request.quiet and (one or _format(request) not in AT_A_GLANCE), alone=one)
    words = [word for word in request.answers if "=" in word and not os.path.exists(word)]
    paths = [word for word in request.answers if word not in words]
    if len(paths) > 1 or (words and paths):
        raise InputError(Finding("more than one sheet", Location(paths[-1]), want="ANSWERS or step=value"))
    if not paths:
        return Homework([_typed(request, words, marker)], one=True)
    pairs, stray = pair_sheets(request.problem, paths[0], rules)
    marked: list[Marked] = []
    try:
        with interruptible():
            shown: Any = progress(marker.marked(pairs), len(pairs), sys.stderr) if not one else marker.marked(pairs)
            for result in shown:
                marked.append(result)
    except Interrupted as signal:
        _write(Homework(marked, stray), request, _format(request), view_of(replace(request, output=None)))
        terminal.say(f"interrupted: {len(pairs) - len(marked)} sheets are not marked")
        terminal.flush()
        signal.obey()
    return Homework(marked, stray, one)


def _typed(request: Check, words: Sequence[str], marker: Marker) -> Marked:
    """Answers of the command line, or without any the problem's own key."""
    asked = marker.asked(request.problem)
    given = Submission("you", stem(Path(request.problem).name), request.problem, None)
    if isinstance(asked, list):
        return Marked(given, None, findings=asked)
    if not words and not asked.problem.expect:
        what = "has no key (expect) and there is no sheet"
        return Marked(
            given, asked, findings=[Finding(what, Location(request.problem), hint="nncalc check PROBLEM ANSWERS")]
        )
    result = marker.graded(given, asked, lambda: sheet.from_words(words, asked) if words else sheet.from_key(asked))
    if result.marks is None:
        return result if words else replace(result, asked=None)  # a key is the problem's
    return replace(result, pair=replace(given, sheet=result.marks.source))


def _write(homework: Homework, request: Check, format: str, view: View) -> None:
    """To stdout, to a file, or feedback for each student into a folder."""
    if request.output is not None and format in FEEDBACK and Path(request.output).suffix.lower() != FEEDBACK[format]:
        _feedback(homework, request, format, replace(view, terminal=False, width=None, color=False))
        format = "table"
    elif request.output is not None:
        write_file(request.output, _page(homework, replace(view, terminal=False, width=None, color=False), format))
        return
    if not request.quiet:
        terminal.out(_page(homework, view, format))


def _feedback(homework: Homework, request: Check, format: str, view: View) -> None:
    """A file a student; those that are there already are only replaced by --force."""
    folder = request.output or ""
    names = safe_names({student: [student] for student in homework.students}, FEEDBACK[format])
    targets = {student: os.path.join(folder, name) for student, name in names.items()}
    there = [target for target in targets.values() if os.path.lexists(target)]
    if there and not request.force:
        raise InputError(
            [Finding("is there already", Location(target), hint="--force replaces it") for target in there]
        )
    make_folder(folder)
    for student, results in homework.students.items():
        alone = Homework(list(results.values()))
        page = attempted(partial(_page, alone, view, format), Location(targets[student]))
        if isinstance(page, Failure):
            homework.stray.extend(page.findings)
        else:
            write_file(targets[student], page)


def _page(homework: Homework, view: View, format: str) -> str:
    out = io.StringIO()
    render(homework, view, out, format)
    return out.getvalue()


def _gradescope(request: Check, rules: Permissions) -> int:
    """results.json is always written, whatever the sheet or the problem is like."""
    results = attempted(lambda: _results(request, rules), Location(request.problem))
    if isinstance(results, Failure):
        out = io.StringIO()
        gradescope.failed(InputError(results.findings).lines(), out, not isinstance(results.error, InputError))
        results = out.getvalue()
    if request.output is None:
        terminal.out(results)
    else:
        write_file(request.output, results)
    return RIGHT


def _results(request: Check, rules: Permissions) -> str:
    homework = _homework(replace(request, quiet=False), rules)
    if len(homework.students) > 1:
        raise InputError(Finding("is for one student; there are several", Location("--format gradescope")))
    return _page(homework, View(reveal=request.reveal), "gradescope")


def _keys(request: Check, view: View, rules: Permissions) -> int:
    """The keys of a folder of problems, looked through."""
    if request.output is not None or request.format not in (None, "table"):
        raise InputError(Finding("keys are shown as a table", Location("--output" if request.output else "--format")))
    found = problem_files(request.problem, rules.limits)
    if not found:
        raise InputError(Finding("holds no problem files (*.yaml)", Location(request.problem)))
    results: Iterable[Any] = progress((checked(one, rules) for one in found), len(found), sys.stderr)
    keys: list[Key] = list(results)
    if not request.quiet:
        out = io.StringIO()
        render_keys(keys, view, out)
        terminal.out(out.getvalue())
    if any(key.unusable for key in keys):
        return BAD_PROBLEM
    return RIGHT if all(key.holds for key in keys) else NOT_RIGHT


def _format(request: Check) -> str:
    if request.format is None and request.output is not None:
        return MARKS_ENDINGS.get(Path(request.output).suffix.lower(), "markdown")
    return choice("--format", request.format, list(MARKS_FORMATS))
