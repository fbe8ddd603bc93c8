"""A file for each student of whatever is made of a folder of problems: sheets of questions, keys."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any

from nncalc.cli import terminal
from nncalc.cli.requests import problem_from, requested, rules_of, show
from nncalc.cli.show import Request, format_of
from nncalc.disk.folder import output_names, safe_names
from nncalc.disk.write import make_folder, must_be_new
from nncalc.errors import Failure, Finding, InputError, Location, attempted
from nncalc.limits import Permissions
from nncalc.marking.variants import problems_of
from nncalc.render import FIGURE_ENDING
from nncalc.render.working import WORKING_FORMATS

# What the sheet of a whole class is called.
FOR_ALL = "Questions"


def handouts(problem: str, rules: Permissions) -> dict[str, list[str]]:
    """The problems of each sheet by its title: one for all, or one for each folder of a student. Raises InputError."""
    found = problems_of(problem, rules, is_student=lambda name: True)
    if found.own:
        return {student: [*found.of(student).values()] for student in found.own}
    return {FOR_ALL: [*found.shared.values()]}


def write_each(
    problem: str, folder: str, ending: str, force: bool, rules: Permissions,
    write: Callable[[str, list[str], str], None],
) -> bool:  # fmt: skip
    """A file for each student, else for each problem; whether all could be written: one costs its own file only.

    `write` is given a title, its problems and a path. Raises InputError where a file is there already, or nothing can
    be written.
    """
    if ending == WORKING_FORMATS["pdf"]:
        from nncalc.render.working.pdf import compiler

        compiler()  # that it is missing is said once
    sheets = handouts(problem, rules)
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
        make_folder(os.path.dirname(target))
        done = attempted(partial(write, title, paths, target), Location(target))
        findings += done.findings if isinstance(done, Failure) else []
    if findings:
        terminal.complain(InputError(findings))
    return not findings


def write_keys(problem: str, given: dict[str, Any]) -> bool:
    """The workings, or pictures, of each student's problems into a folder; gives and raises what `write_each` does."""

    def write(title: str, paths: list[str], target: str) -> None:
        show([partial(problem_from, path, None, {}) for path in paths], given | about | {"output": target})

    request = Request(**requested(given, Request))
    about = {} if request.is_figure else {"format": format_of(request)}
    ending = FIGURE_ENDING if request.is_figure else WORKING_FORMATS[about["format"]] or ".txt"
    return write_each(problem, given["output"], ending, given["force"], rules_of(given), write)
