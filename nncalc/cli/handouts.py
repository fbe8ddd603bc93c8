"""A file for each student of whatever is made of a folder of problems: sheets of questions, keys."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any

from nncalc.cli import terminal
from nncalc.cli.requests import problem_from, problems_in, requested, rules_of, show
from nncalc.cli.show import TITLED, Request, format_of
from nncalc.disk.folder import output_names, safe_names
from nncalc.disk.write import make_folder, must_be_new
from nncalc.errors import Failure, Finding, InputError, Location, attempted
from nncalc.limits import Permissions
from nncalc.marking.variants import problems_of
from nncalc.render import FIGURE_ENDING
from nncalc.render.working import WORKING_FORMATS

# What a sheet is called that is everybody's.
FOR_ALL = "Questions"


def handouts(problem: str, rules: Permissions) -> dict[str, list[str]]:
    """The problems of each student's sheet, or under the empty name those of one for all. Raises InputError."""
    found = problems_of(problem, rules, is_student=lambda name: True)
    if found.own:
        return {student: [*found.of(student).values()] for student in found.own}
    return {"": [*found.shared.values()]}


def sheet_title(title: str, student: str) -> str:
    """What a sheet is called: as the whole homework where that has a title, and as its student."""
    return ": ".join(part for part in (title, student) if part) or FOR_ALL


def on_sheets(problem: str, given: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The problems of a folder, each once: those of all, then each student's own; and what to say before their titles.

    That is the student, and the number on the sheet; nothing where no student has an own sheet, or where a format has
    no titles. Raises InputError.
    """
    paths, request = problems_in(problem, given), Request(**requested(given, Request))
    nested = any(os.path.dirname(path) != os.path.normpath(problem) for path in paths)
    if not nested or request.is_figure or format_of(request) not in TITLED:
        return paths, []
    found = problems_of(problem, rules_of(given), is_student=lambda name: True)
    if not found.own:
        return paths, []
    paths, leads = [*found.shared.values()], [f"{i}. " for i in range(1, len(found.shared) + 1)]
    for student, own in found.own.items():
        for number, (name, path) in enumerate(found.of(student).items(), start=1):
            if name in own:
                paths.append(path)
                leads.append(f"{student}: {number}. ")
    return paths, leads


def write_each(
    problem: str, folder: str, ending: str, force: bool, rules: Permissions,
    write: Callable[[str, list[str], str], None],
) -> bool:  # fmt: skip
    """A file for each student, else for each problem; whether all could be written: one costs its own file only.

    `write` is given a student, or nothing, with the problems and a path. Raises InputError where a file is there
    already, or nothing can be written.
    """
    if ending == WORKING_FORMATS["pdf"]:
        from nncalc.render.working.pdf import compiler

        compiler()  # that it is missing is said once
    sheets = handouts(problem, rules)
    if "" in sheets:
        name = output_names(sheets[""], problem, ending)
        files = {name(path): ("", [path]) for path in sheets[""]}
    else:
        names = safe_names({student: [student] for student in sheets}, ending)
        files = {names[student]: (student, paths) for student, paths in sheets.items()}
    targets = {os.path.join(folder, name): sheet for name, sheet in files.items()}
    if not force:
        must_be_new(targets)
    findings: list[Finding] = []
    for target, (student, paths) in targets.items():
        make_folder(os.path.dirname(target))
        done = attempted(partial(write, student, paths, target), Location(target))
        findings += done.findings if isinstance(done, Failure) else []
    if findings:
        terminal.complain(InputError(findings))
    return not findings


def write_keys(problem: str, given: dict[str, Any]) -> bool:
    """The workings, or pictures, of each student's problems into a folder; gives and raises what `write_each` does."""
    request = Request(**requested(given, Request))
    about: dict[str, Any] = {} if request.is_figure else {"format": format_of(request)}
    ending = FIGURE_ENDING if request.is_figure else WORKING_FORMATS[about["format"]] or ".txt"

    def write(student: str, paths: list[str], target: str) -> None:
        own = about | {"output": target}
        if student and about.get("format") in TITLED:
            own["title"] = sheet_title(given["title"] or "", student)
            own["leads"] = [f"{i}. " for i in range(1, len(paths) + 1)]
        show([partial(problem_from, path, None, {}) for path in paths], given | own)

    return write_each(problem, given["output"], ending, given["force"], rules_of(given), write)
