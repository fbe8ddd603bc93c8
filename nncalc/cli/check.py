"""From a check to its output and exit code: answers typed, one sheet or a class.

What only some ask for (an autograder, a folder of keys, a class counted or compared) is loaded where it is asked for.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from nncalc.cli import terminal
from nncalc.cli.crew import CrewRequest, crew_for
from nncalc.cli.feedback import Feedback, marks_page
from nncalc.cli.options import ATTEMPTS, COUNTED
from nncalc.cli.show import choice, view_of
from nncalc.cli.signals import Interrupted, interruptible
from nncalc.disk.write import write_file
from nncalc.errors import Finding, InputError, Location, so_many
from nncalc.limits import Permissions
from nncalc.marking import sheet
from nncalc.marking.adjust import read_adjustments
from nncalc.marking.assignment import ask
from nncalc.marking.homework import Homework, Marked, Marker
from nncalc.marking.keys import disagreements, warnings
from nncalc.marking.pairing import Submission, pair_sheets
from nncalc.marking.responses import is_table, pair_rows
from nncalc.marking.roster import Roster, read_roster
from nncalc.marking.submissions import stem
from nncalc.problem.problem import Problem
from nncalc.render import format_by_ending, lettered
from nncalc.render.layout import View
from nncalc.render.marks import MARKS_ENDINGS, MARKS_FORMATS

RIGHT, NOT_RIGHT, BAD_SHEET, BAD_PROBLEM = 0, 1, 2, 3
# These show the working of wrong lines; for the others it is not kept.
EXPLAINING = ("junit", "markdown", "html", "gradescope")


@dataclass(frozen=True)
class Check(CrewRequest):
    """What was asked of `check`, as it was typed."""

    problem: str = ""
    answers: Sequence[str] = ()
    quiet: bool = False
    reveal: bool = False
    force: bool = False
    students: str | None = None
    attempt: str | None = None
    adjust: str | None = None
    compare: str | None = None
    by: str | None = None


def mark_and_write(request: Check, rules: Permissions) -> int:
    """Marks, writes, and returns the exit code. Raises InputError where nothing can be done."""
    format = _format(request)
    if format == "gradescope":
        from nncalc.cli.gradescope import write_results

        return write_results(request, rules)
    view = replace(view_of(replace(request, output=None)), reveal=request.reveal)
    if not request.answers and os.path.isdir(request.problem):
        from nncalc.cli.keys import look_through

        return look_through(request, view, rules)
    homework = marked_homework(request, rules, view)
    if homework.one and all(result.marks is None for result in homework.results):
        _complain(homework, request)
        return BAD_PROBLEM if any(result.asked is None for result in homework.results) else BAD_SHEET
    _write(homework, request, format, view, rules)
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


def marked_homework(request: Check, rules: Permissions, view: View) -> Homework:
    """All that is to be marked, marked. A signal ends it; what is done is shown, then the signal obeyed."""
    one = len(request.answers) != 1 or not (os.path.isdir(request.answers[0]) or is_table(request.answers[0]))
    format = _format(request)
    feedback = Feedback.asked(request.output, format, view, request.force)
    workings = one or (format in EXPLAINING and feedback is None)
    marker = Marker(rules, one, workings or feedback is not None)
    words = [word for word in request.answers if "=" in word and not os.path.exists(word)]
    paths = [word for word in request.answers if word not in words]
    if len(paths) > 1 or (words and paths):
        raise InputError(Finding("more than one sheet", Location(paths[-1]), want="ANSWERS or step=value"))
    roster = read_roster(request.students, rules.limits) if request.students else Roster()
    pairs, stray = _pairs(request, paths[0], marker, roster) if paths else ([], [])
    if request.adjust:
        known = pairs or [_yours(request)]
        marker.adjusted = read_adjustments(request.adjust, known, roster, marker.asked, rules.limits)
    done = Homework([], stray, one)
    if feedback is not None:
        feedback.prepare([pair.student for pair in pairs] or [_yours(request).student])
    if not paths:
        done.results.append(_typed(request, words, marker))
    # Workings do not travel: a document that shows them all is made where it is written.
    crew = crew_for(request, len(pairs)) if pairs and not one and (feedback is not None or not workings) else None
    try:
        with interruptible(), crew or nullcontext():
            for result in marker.marked(pairs) if one else _of_a_class(crew, pairs, marker, feedback, done):
                done.results.append(result)
                if feedback is not None and crew is None:
                    feedback.take(result, done)
    except Interrupted as signal:
        _write(done, request, format, view, rules)
        terminal.say(f"interrupted: {so_many(len(pairs) - len(done.results), 'sheet')} not marked")
        terminal.flush()
        signal.obey()
    if feedback is not None:
        feedback.finish(done)
    return done


def _of_a_class(
    crew: Any, pairs: Sequence[Submission], marker: Marker, feedback: Feedback | None, done: Homework
) -> Iterable[Any]:
    """What became of each sheet, whoever marks them; a terminal is told how far they are."""
    from nncalc.render.summary import progress

    if crew is None:
        return progress(marker.marked(pairs), len(pairs), sys.stderr, "marking")
    from nncalc.cli.marked import marked_by

    return progress(marked_by(crew, pairs, marker, feedback, done), len(pairs), sys.stderr, "marking")


def _yours(request: Check) -> Submission:
    """What is typed, as if it were a sheet."""
    return Submission("you", stem(Path(request.problem).name), request.problem, None)


def _pairs(request: Check, path: str, marker: Marker, roster: Roster) -> tuple[list[Submission], list[Finding]]:
    """Who answered what: in files, or everybody in one table to one problem."""
    attempt = choice("--attempt", request.attempt, ATTEMPTS)
    if os.path.isdir(path) or not is_table(path):
        is_one = _format(request) == "gradescope"
        return pair_sheets(request.problem, path, marker.rules, roster, attempt, is_one)
    if os.path.isdir(request.problem):
        raise InputError(Finding("a table of answers is for one problem", Location(path), want="its file, no folder"))
    asked, name = marker.asked(request.problem), stem(Path(request.problem).name)
    if isinstance(asked, list):
        return [Submission("everybody", name, request.problem, path)], []
    pairs, marker.rows, notes = pair_rows(path, asked, name, roster, attempt)
    for note in notes if not request.quiet else ():
        terminal.say(str(note))
    return pairs, []


def mark_typed(
    problem: Callable[[Permissions], Problem], words: Sequence[str], request: Check, rules: Permissions
) -> int:
    """Marks what was typed for a problem that was typed, too; returns the exit code, as `check` does."""
    format = _format(request)
    try:
        asked = ask(problem(rules))
    except InputError as error:
        terminal.complain(error)
        return BAD_PROBLEM
    given = Submission("you", asked.trace.topic, "", None)
    result = Marker(rules, alone=True).graded(given, asked, partial(sheet.from_words, words, asked))
    homework = Homework([replace(result, pair=replace(given, sheet="your answers"))], one=True)
    if result.marks is not None:
        _write(homework, request, format, replace(view_of(replace(request, output=None)), reveal=True), rules)
    _complain(homework, request)
    return BAD_SHEET if result.marks is None else RIGHT if result.passed else NOT_RIGHT


def _typed(request: Check, words: Sequence[str], marker: Marker) -> Marked:
    """Answers of the command line, or without any the problem's own key."""
    asked = marker.asked(request.problem)
    given = _yours(request)
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
    holds = None if words else not disagreements(asked)
    adjusted = marker.adjusted.of(given.student, given.problem)
    return replace(result, pair=replace(given, sheet=result.marks.source), holds=holds, adjusted=adjusted)


def _write(homework: Homework, request: Check, format: str, view: View, rules: Permissions) -> None:
    """To stdout or to a file; where feedback was written for each student, the class as a table beside it."""
    is_feedback = Feedback.asked(request.output, format, view, request.force) is not None
    if request.output is not None and not is_feedback:
        plain = replace(view, terminal=False, width=None, color=False)
        write_file(request.output, _document(homework, request, plain, format, rules))
    elif not request.quiet:
        terminal.out(_document(homework, request, view, "table" if is_feedback else format, rules))


def _document(homework: Homework, request: Check, view: View, format: str, rules: Permissions) -> str:
    """The marks, or how they are counted, or what has changed in them."""
    if not (request.by or request.compare):
        return marks_page(homework, view, format)
    from nncalc.marking.by import COUNTS
    from nncalc.marking.compare import compared
    from nncalc.render.marks.records import render_records

    if request.compare:
        records, title = compared(homework, request.compare, rules.limits), "changes"
    else:
        records, title = COUNTS[choice("--by", request.by, COUNTED)](homework), f"by_{request.by}"
    out = io.StringIO()
    with lettered(out, view.ascii) as page:
        render_records(records, title, view, page, format)
    return out.getvalue()


def _format(request: Check) -> str:
    if request.by is not None and request.compare is not None:
        raise InputError(Finding("--by and --compare exclude each other", want="one of them"))
    counted = request.by is not None or request.compare is not None
    choice("--by", request.by, COUNTED)
    if request.format is None and request.output is not None:
        known = {ending: f for ending, f in MARKS_ENDINGS.items() if not counted or f in _counted_formats()}
        return format_by_ending(request.output, known, "table" if counted else "markdown", hint="or --format")
    return choice("--format", request.format, _counted_formats() if counted else list(MARKS_FORMATS))


def _counted_formats() -> Sequence[str]:
    from nncalc.render.marks.records import RECORD_FORMATS

    return RECORD_FORMATS
