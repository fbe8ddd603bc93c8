"""Sheets from the command line, to fill in or to print: of a problem, or of every problem in a folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from nncalc.cli import terminal
from nncalc.cli.requests import into_folder
from nncalc.cli.show import choice
from nncalc.disk.folder import PROBLEM_ENDINGS, output_names, problem_files
from nncalc.disk.write import make_folder, must_be_new, write_file
from nncalc.errors import Failure, Finding, InputError, Location, attempted
from nncalc.limits import Permissions
from nncalc.marking.assignment import ask
from nncalc.marking.blank import blank, blank_table
from nncalc.problem.problem import load
from nncalc.render import format_by_ending
from nncalc.render.questions import QUESTION_FORMATS

# The endings of the sheets that are written into a folder.
SHEET_FORMATS = {"yaml": ".answers.yaml", "csv": ".csv", "html": ".html"}
# The endings of a single file that choose what it is.
_ENDINGS = {
    **{ending: format for format, ending in (SHEET_FORMATS | QUESTION_FORMATS).items() if format != "yaml"},
    **dict.fromkeys((*PROBLEM_ENDINGS, ".txt"), "yaml"),
}


@dataclass(frozen=True)
class SheetRequest:
    """What was asked of `sheet`, as it was typed."""

    problem: str = ""
    format: str | None = None
    output: str | None = None
    no_formulas: bool = False
    data: bool = False
    force: bool = False
    title: str | None = None


def write_sheets(request: SheetRequest, rules: Permissions) -> bool:
    """Prints or writes the sheets; whether every problem had one.

    Raises InputError where nothing can be written.
    """
    if request.output == "":
        raise InputError(Finding("is empty", Location("--output"), want="a name"))
    format = _format(request)
    if format in QUESTION_FORMATS:
        from nncalc.cli.questions import write_questions

        formulas, title = not request.no_formulas, request.title or ""
        return write_questions(request.problem, request.output, format, formulas, request.force, rules, title)
    if request.title:
        what = f"one of {', '.join(QUESTION_FORMATS)}"
        raise InputError(Finding(f"{format} has no title", Location("--title"), want=what))
    if os.path.isdir(request.problem):
        return _folder(request, rules)
    text = _sheet(request.problem, request, format, rules)
    if request.output is None:
        terminal.out(text)
    else:
        write_file(request.output, text)
    return True


def _format(request: SheetRequest) -> str:
    if request.format is not None:
        return choice("--format", request.format, [*SHEET_FORMATS, *QUESTION_FORMATS])
    return format_by_ending(request.output or "", _ENDINGS, "yaml")


def _sheet(path: str, request: SheetRequest, format: str, rules: Permissions) -> str:
    asked = ask(load(path, rules=rules))
    if format == "html":
        from nncalc.render.page.worksheet import fits_worksheet, worksheet

        if not fits_worksheet(asked):
            raise InputError(Finding("asks for too many numbers for a page to fill in", Location(path)))
        return worksheet(asked, "answers" if path == "-" else Path(path).stem, not request.no_formulas)
    return blank_table(asked) if format == "csv" else blank(asked, not request.no_formulas, request.data)


def _folder(request: SheetRequest, rules: Permissions) -> bool:
    """A sheet for each problem; a problem that cannot be used costs its own sheet only."""
    if not into_folder(request.problem, request.output):
        raise InputError(Finding("is a folder; its sheets want one, too", Location(request.problem), want="-o FOLDER"))
    found = problem_files(request.problem, rules.limits)
    format = choice("--format", request.format, list(SHEET_FORMATS))
    paths = [f.path for f in found if not f.trouble]
    name = output_names(paths, request.problem, SHEET_FORMATS[format])
    targets = {path: os.path.join(str(request.output), name(path)) for path in paths}
    if not request.force:
        must_be_new(targets.values())
    findings = [f.finding for f in found if f.trouble]
    for path, target in targets.items():
        text = attempted(partial(_sheet, path, request, format, rules), Location(path))
        if isinstance(text, Failure):
            findings += text.findings
            continue
        make_folder(os.path.dirname(target))
        write_file(target, text)
    if findings:
        terminal.complain(InputError(findings))
    return not findings
