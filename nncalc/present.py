"""From solved problems to a stream or a file: which format, how wide, in colour or not."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from nncalc.batch import output_names, problem_files, run_all
from nncalc.errors import Finding, InputError, Mark, vis
from nncalc.problem import Problem
from nncalc.render import ENDINGS, FORMATS, View, render
from nncalc.render.json import plain
from nncalc.render.summary import progress, summary
from nncalc.solution import cell_of, solve, value_of
from nncalc.trace.rounding import Settle, exact, on_paper
from nncalc.trace.steps import Trace

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


def present(problems: Sequence[Problem], request: Request) -> None:
    """Solves all problems and writes them as one document."""
    view = _view(request)
    format = _format(request)
    settle = _settle(request)
    traces = [solve(problem, settle) for problem in problems]
    if request.explain:
        traces = [trace.explain(*(cell_of(trace, text) for text in request.explain)) for trace in traces]
    out = io.StringIO()
    if request.get:
        for trace in traces:
            _bare(trace, request.get, out)
    else:
        render(traces, view, out, format)
    if request.output is None:
        _print(out.getvalue())
    else:
        write_file(request.output, out.getvalue())


@dataclass(frozen=True)
class BatchRequest(Request):
    """What was asked of a whole folder."""

    folder: str = "."
    force: bool = False
    resume: bool = False


def present_batch(request: BatchRequest) -> bool:
    """Solves a folder, writes the workings with -o, prints the summary; whether all is well."""
    if not os.path.isdir(request.folder):
        raise InputError(Finding("no such folder", Mark(request.folder)))
    paths = problem_files(request.folder)
    if not paths:
        raise InputError(Finding("holds no problem files (*.yaml)", Mark(request.folder)))
    view, settle = _view(replace(request, output=None)), _settle(request)
    written = {} if request.output is None else _targets(request, paths)
    rows = []
    results: Any = progress(run_all(paths, settle), len(paths), sys.stderr)
    for result in results:
        if result.trace is not None and result.path in written:
            out = io.StringIO()
            render(
                [result.trace], replace(view, terminal=False, width=None, color=False), out, request.format or "table"
            )
            os.makedirs(os.path.dirname(written[result.path]), exist_ok=True)
            write_file(written[result.path], out.getvalue())
        key = f"key of {result.keyed} holds" if result.keyed else "no key"
        verdict = f"solved, {key}" if result.good else "FAILED"
        lines = InputError(list(result.findings)).lines() if result.findings else []
        rows.append((result.path, result.trace.topic if result.trace else "", verdict, lines))
    if sys.stdout is None:
        raise OSError(0, "stdout is closed")
    summary(rows, sys.stdout, view.width, view.color)
    return all(not row[3] for row in rows)


def _targets(request: BatchRequest, paths: list[str]) -> dict[str, str]:
    """Where each working goes; existing files are only replaced by --force, or kept by --resume."""
    endings = {format: ending for ending, format in ENDINGS.items()}
    format = _choice("--format", request.format, list(FORMATS))
    names = output_names(paths, request.folder, endings.get(format, ".txt"))
    written = {path: os.path.join(request.output or "", name) for path, name in names.items()}
    there = [target for target in written.values() if os.path.lexists(target)]
    if there and not (request.force or request.resume):
        raise InputError(Finding("is there already", Mark(there[0]), hint="--force replaces, --resume keeps it"))
    return {p: t for p, t in written.items() if not (request.resume and os.path.lexists(t))}


def _print(text: str) -> None:
    if sys.stdout is None:
        raise OSError(0, "stdout is closed")
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    sys.stdout.write(text if encoding.lower().replace("-", "") == "utf8" else text.translate(ASCII))


# Where the terminal cannot show a sign, what one types instead.
ASCII = str.maketrans({"·": "*", "∘": "*", "∂": "d", "²": "^2", "ᵀ": "^T", "…": "...", "σ": "sigmoid", "Σ": "sum"})


def _bare(trace: Trace, names: Sequence[str], out: io.StringIO) -> None:
    """A bare number, or compact JSON, at full precision; one a line."""
    for name in names:
        value = np.asarray(value_of(trace, name))
        shown = plain(value)
        out.write((json.dumps(shown) if not isinstance(shown, str) else shown) + "\n")


def _whole(flag: str, text: str | None, most: int) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and int(text) <= most):
        raise InputError(Finding(f"want a whole number from 0 to {most}, got {vis(text)}", Mark(flag)))
    return int(text)


def _choice(flag: str, text: str | None, choices: Sequence[str]) -> str:
    if text is not None and text not in choices:
        raise InputError(Finding(f"want one of {', '.join(choices)}, got {vis(text)}", Mark(flag)))
    return text or choices[0]


def _settle(request: Request) -> Settle:
    places, digits = _whole("--round", request.round, MOST_DIGITS), _whole("--sig", request.sig, MOST_DIGITS)
    if places is not None and digits is not None:
        raise InputError(Finding("--round and --sig exclude each other", want="one of them"))
    if digits == 0:
        raise InputError(Finding("want a whole number from 1 to 15, got 0", Mark("--sig")))
    return exact if places is None and digits is None else on_paper(places, digits)


def _format(request: Request) -> str:
    if request.format is None and request.output is not None:
        return ENDINGS.get(Path(request.output).suffix.lower(), "table")
    return _choice("--format", request.format, list(FORMATS))


def _view(request: Request) -> View:
    digits = _whole("--digits", request.digits, MOST_DIGITS)
    terminal = request.output is None and sys.stdout is not None and sys.stdout.isatty()
    width = max(shutil.get_terminal_size((80, 24)).columns, 40) if terminal else None
    when = _choice("--color", request.color, ["auto", "always", "never"])
    return View(
        digits=6 if digits is None else digits,
        detail=_choice("--detail", request.detail, ["normal", "short", "full"]),
        terminal=terminal,
        width=width,
        color=_colour(when, terminal),
    )


def _colour(when: str, terminal: bool) -> bool:
    """--color, then NO_COLOR, then FORCE_COLOR, then a dumb terminal, then whether it is one."""
    environment = os.environ
    if when != "auto":
        return when == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR") or environment.get("CLICOLOR_FORCE", "0") != "0":
        return True
    return terminal and environment.get("TERM") != "dumb"


def write_file(path: str, text: str) -> None:
    """Replaces a file at once: no reader ever sees half of it, no failure leaves a part.

    A device or a pipe is written to as it is; a link is refused, for what it replaces may lie anywhere.
    """
    target = Path(path)
    try:
        if target.is_symlink():
            raise OSError(0, "is a link; want a file")
        if target.is_dir():
            raise OSError(0, "is a folder; want a file")
        if target.exists() and not target.is_file():
            target.write_text(text, encoding="utf-8")
        else:
            _replace(target, text)
    except OSError as error:
        raise InputError(Finding(f"cannot be written: {vis(error.strerror or error)}", Mark(path))) from None


def _replace(target: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".nncalc-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(handle)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
