"""From solved problems to a stream or a file: which format, how wide, in colour or not."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from nncalc.batch import Result, solve_files
from nncalc.cli import terminal
from nncalc.cli.signals import Interrupted, interruptible
from nncalc.disk.folder import output_names, problem_files
from nncalc.disk.write import make_folder, write_file
from nncalc.errors import Failure, Finding, InputError, Location, attempted, printable
from nncalc.limits import Permissions
from nncalc.names import cell_of, value_of
from nncalc.problem.problem import Problem
from nncalc.render import DETAIL, DETAILS, DIGITS
from nncalc.render.layout import View
from nncalc.render.summary import SummaryRow, progress, summary
from nncalc.render.working import WORKING_ENDINGS, WORKING_FORMATS, render
from nncalc.render.working.json import plain
from nncalc.running import Settle, Trace, exact, on_paper, solve

MOST_DIGITS = 15


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line, as it was typed."""

    round: str | None = None
    sig: str | None = None
    digits: str | None = None
    detail: str | None = None
    explain: Sequence[str] = ()
    get: Sequence[str] = ()
    format: str | None = None
    output: str | None = None
    color: str | None = None
    no_color: bool = False

    def __post_init__(self) -> None:
        if self.output == "":
            raise InputError(Finding("is empty", Location("--output"), want="a name"))


def present(problems: Sequence[Problem], request: Request) -> None:
    """Solves all problems and writes them as one document."""
    view, format, settle = view_of(request), _format(request), _settle(request)
    traces = [solve(problem, settle) for problem in problems]
    if request.explain:
        traces = [trace.explain(*(cell_of(trace, text) for text in request.explain)) for trace in traces]
    out = io.StringIO()
    if request.get:
        for trace in traces:
            for name in request.get:
                _bare(value_of(trace, name), out)
    else:
        render(traces, view, out, format)
    if request.output is None:
        terminal.out(out.getvalue())
    else:
        write_file(request.output, out.getvalue())


@dataclass(frozen=True)
class BatchRequest(Request):
    """What was asked of a whole folder."""

    folder: str = "."
    force: bool = False
    resume: bool = False


def present_batch(request: BatchRequest, rules: Permissions) -> bool:
    """Solves a folder, writes the workings with -o, prints the summary; whether all is well.

    A signal (Ctrl-C, a time limit) ends the work; the summary of what is done is printed, then the signal obeyed.
    """
    view, settle, format = (
        view_of(replace(request, output=None)),
        _settle(request),
        _format(replace(request, output=None)),
    )
    found = problem_files(request.folder, rules.limits)
    if not found:
        raise InputError(Finding("holds no problem files (*.yaml)", Location(request.folder)))
    targets = {} if request.output is None else _targets(request, [f.path for f in found if not f.trouble])
    page = replace(view, terminal=False, width=None, color=False)
    rows: list[SummaryRow] = []
    interrupted: Interrupted | None = None
    try:
        with interruptible():
            results: Any = progress(solve_files(found, settle, rules), len(found), sys.stderr)
            for result in results:
                rows.append(_row(result, targets.get(result.path), page, format))
    except Interrupted as signal:
        interrupted = signal
    out = io.StringIO()
    summary(rows, view, out, left=len(found) - len(rows))
    terminal.out(out.getvalue())
    if interrupted is not None:
        terminal.flush()
        interrupted.obey()
    return all(not row[3] for row in rows)


def _row(result: Result, target: str | None, view: View, format: str) -> SummaryRow:
    """One file's line in the summary; its working is written first."""
    findings = list(result.findings)
    if result.trace is not None and target is not None:
        written = attempted(partial(_write_working, result.trace, target, view, format), Location(result.path))
        findings += written.findings if isinstance(written, Failure) else []
    key = f"key of {result.keyed} holds" if result.keyed else "no key"
    verdict = "FAILED" if findings else f"solved, {key}"
    return (result.path, result.trace.topic if result.trace else "", verdict, InputError(findings).lines())


def _write_working(trace: Trace, target: str, view: View, format: str) -> None:
    out = io.StringIO()
    render([trace], view, out, format)
    make_folder(os.path.dirname(target))
    write_file(target, out.getvalue())


def _targets(request: BatchRequest, paths: list[str]) -> dict[str, str]:
    """Where each working goes; existing files are only replaced by --force, or kept by --resume."""
    ending = WORKING_FORMATS[request.format or "table"] or ".txt"
    written = {
        path: os.path.join(request.output or "", name)
        for path, name in output_names(paths, request.folder, ending).items()
    }
    there = [target for target in written.values() if os.path.lexists(target)]
    if there and not (request.force or request.resume):
        hint = "--force replaces, --resume keeps it"
        raise InputError([Finding("is there already", Location(target), hint=hint) for target in there])
    return {p: t for p, t in written.items() if not (request.resume and os.path.lexists(t))}


def _bare(value: Any, out: io.StringIO) -> None:
    """A bare number, or compact JSON, at full precision, on a line."""
    shown = plain(np.asarray(value))
    out.write((json.dumps(shown) if not isinstance(shown, str) else shown) + "\n")


def _whole(flag: str, text: str | None, least: int = 0) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 5 and least <= int(text) <= MOST_DIGITS):
        raise InputError(
            Finding(f"want a whole number from {least} to {MOST_DIGITS}, got {printable(text)}", Location(flag))
        )
    return int(text)


def choice(flag: str, text: str | None, choices: Sequence[str]) -> str:
    if text is not None and text not in choices:
        raise InputError(Finding(f"want one of {', '.join(choices)}, got {printable(text)}", Location(flag)))
    return text or choices[0]


def _settle(request: Request) -> Settle:
    places, digits = _whole("--round", request.round), _whole("--sig", request.sig, least=1)
    if places is not None and digits is not None:
        raise InputError(Finding("--round and --sig exclude each other", want="one of them"))
    return exact if places is None and digits is None else on_paper(places, digits)


def _format(request: Request) -> str:
    if request.format is None and request.output is not None:
        ending = Path(request.output).suffix.lower()
        if ending and ending not in WORKING_ENDINGS:
            what = f"there is no format for {printable(ending)}"
            raise InputError(
                Finding(what, Location("--output"), want=f"one of {', '.join(WORKING_ENDINGS)}", hint="or --format")
            )
        return WORKING_ENDINGS.get(ending, "table")
    return choice("--format", request.format, list(WORKING_FORMATS))


def view_of(request: Request) -> View:
    digits = _whole("--digits", request.digits)
    width = terminal.width() if request.output is None else None
    when = choice("--color", "never" if request.no_color else request.color, terminal.COLORS)
    return View(
        digits=DIGITS if digits is None else digits,
        detail=choice("--detail", request.detail, [DETAIL, *(level for level in DETAILS if level != DETAIL)]),
        terminal=width is not None,
        width=width,
        color=terminal.colour(when if request.output is None or when == "always" else "never"),
    )
