"""Sheets of questions from the command line: one document, or a file for each student who has problems of the own."""

from __future__ import annotations

import os
from contextlib import nullcontext
from functools import partial

from nncalc.cli import terminal
from nncalc.disk.folder import output_names, safe_names
from nncalc.disk.write import make_folder, must_be_new, replacing
from nncalc.errors import Failure, Finding, InputError, Location, attempted
from nncalc.limits import Permissions
from nncalc.marking.assignment import Assignment, ask
from nncalc.marking.questions import questions
from nncalc.marking.variants import problems_of
from nncalc.problem.problem import load
from nncalc.render.questions import QUESTION_FORMATS, render

Sheets = dict[str, list[str]]


def write_questions(
    problem: str, output: str | None, format: str, formulas: bool, force: bool, rules: Permissions
) -> bool:
    """Prints or writes the questions of a problem or a folder; whether every problem could be used.

    One document has a part for each student's folder. Raises InputError where nothing can be written.
    """
    sheets = _sheets(problem, rules)
    into_folder = output is not None and (os.path.isdir(output) or not os.path.splitext(output)[1])
    if output is not None and into_folder and os.path.isdir(problem):
        return _each(sheets, problem, output, format, formulas, force, rules)
    findings = [f for paths in sheets.values() for f in _read(paths, rules)[1]]
    if findings:  # a document that lacks a question is worse than none
        raise InputError(findings)
    with nullcontext(terminal.Results()) if output is None else replacing(output) as out:
        blocks = (b for title, paths in sheets.items() for b in questions(title, _read(paths, rules)[0], formulas))
        render(blocks, out, format)
    return True


def _sheets(problem: str, rules: Permissions) -> Sheets:
    """The problems of each sheet by its title: one for all, or one for each folder of a student."""
    found = problems_of(problem, rules, is_student=lambda name: True)
    if found.own:
        return {student: [*found.of(student).values()] for student in found.own}
    return {"Questions": [*found.shared.values()]}


def _read(paths: list[str], rules: Permissions) -> tuple[list[Assignment], list[Finding]]:
    """The problems worked, and what is wrong with those that cannot be."""
    asked, findings = [], []
    for path in paths:
        done = attempted(partial(_ask, path, rules), Location(path))
        if isinstance(done, Failure):
            findings += done.findings
        else:
            asked.append(done)
    return asked, findings


def _ask(path: str, rules: Permissions) -> Assignment:
    return ask(load(path, rules=rules))


def _each(
    sheets: Sheets, problem: str, folder: str, format: str, formulas: bool, force: bool, rules: Permissions
) -> bool:
    """A file for each student, else for each problem; one that cannot be used costs its own file only."""
    ending = QUESTION_FORMATS[format]
    if len(sheets) > 1:
        names = safe_names({title: [title] for title in sheets}, ending)
        files = {names[title]: (title, paths) for title, paths in sheets.items()}
    else:
        ((title, paths),) = sheets.items()
        name = output_names(paths, problem, ending)
        files = {name(path): (title, [path]) for path in paths}
    targets = {os.path.join(folder, name): sheet for name, sheet in files.items()}
    if not force:
        must_be_new(targets)
    findings: list[Finding] = []
    for target, (title, paths) in targets.items():
        asked, wrong = _read(paths, rules)
        findings += wrong
        if wrong:
            continue
        make_folder(os.path.dirname(target))
        with replacing(target) as out:
            render(questions(title, asked, formulas), out, format)
    if findings:
        terminal.complain(InputError(findings))
    return not findings
