"""A folder of problems from the command line: worked, written, and summed up."""

from __future__ import annotations

import io
import os
import sys
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from nncalc.batch import Result, solve_files
from nncalc.cli import terminal
from nncalc.cli.show import Request, format_of, settle_of, view_of
from nncalc.cli.signals import Interrupted, interruptible
from nncalc.disk.folder import output_names, problem_files
from nncalc.disk.write import make_folder, must_be_new, write_file
from nncalc.errors import Failure, Finding, InputError, Location, attempted
from nncalc.limits import Permissions
from nncalc.render.layout import View
from nncalc.render.summary import SummaryRow, progress, summary
from nncalc.render.working import WORKING_FORMATS, render
from nncalc.running import Trace
from nncalc.trace.rules.reasons import give_reasons


@dataclass(frozen=True)
class BatchRequest(Request):
    """What was asked of a whole folder."""

    folder: str = "."
    force: bool = False
    resume: bool = False


def present_batch(request: BatchRequest, rules: Permissions) -> bool:
    """Solves a folder, writes the workings with -o, prints the summary; whether all is well.

    A signal (Ctrl-C, a time limit) ends the work; the summary of what is done is printed, then the signal obeyed.

    Raises InputError where the folder cannot be read.
    """
    view, settle, format = (
        view_of(replace(request, output=None)),
        settle_of(request),
        format_of(replace(request, output=None)),
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
                if request.why and result.trace is not None:
                    give_reasons(result.trace)
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
    if not (request.force or request.resume):
        must_be_new(written.values(), "--force replaces, --resume keeps it")
    return {p: t for p, t in written.items() if not (request.resume and os.path.lexists(t))}
