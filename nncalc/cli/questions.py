"""Sheets of questions from the command line: one document, or a file for each student who has problems of the own."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import chain

from nncalc.cli.handouts import handouts, sheet_title, write_each
from nncalc.cli.requests import into_folder
from nncalc.cli.show import results_to
from nncalc.errors import Failure, Finding, InputError, Location, attempted
from nncalc.limits import Permissions
from nncalc.marking.assignment import Assignment, ask
from nncalc.marking.questions import questions
from nncalc.problem.problem import load
from nncalc.render.questions import QUESTION_FORMATS, render


def write_questions(
    problem: str, output: str | None, format: str, formulas: bool, force: bool, rules: Permissions, title: str = ""
) -> bool:
    """Prints or writes the questions of a problem or a folder; whether every problem could be used.

    One document has a part for each student's folder. Raises InputError where nothing can be written.
    """

    def write(sheets: dict[str, list[str]], to: str | None) -> None:
        asked = _read(dict.fromkeys(path for paths in sheets.values() for path in paths), rules)
        with results_to(to) as out:
            blocks = (
                questions(sheet_title(title, student), [asked[path] for path in paths], formulas)
                for student, paths in sheets.items()
            )
            render(chain.from_iterable(blocks), out, format)

    if output is not None and into_folder(problem, output):
        ending = QUESTION_FORMATS[format]
        return write_each(problem, output, ending, force, rules, lambda student, paths, to: write({student: paths}, to))
    write(handouts(problem, rules), output)
    return True


def _read(paths: Iterable[str], rules: Permissions) -> dict[str, Assignment]:
    """The problems, worked. Raises InputError with all that is wrong: a document that lacks a question is worse than
    none."""
    asked: dict[str, Assignment] = {}
    findings: list[Finding] = []
    for path in paths:
        done = attempted(partial(_ask, path, rules), Location(path))
        if isinstance(done, Failure):
            findings += done.findings
        else:
            asked[path] = done
    if findings:
        raise InputError(findings)
    return asked


def _ask(path: str, rules: Permissions) -> Assignment:
    return ask(load(path, rules=rules))
