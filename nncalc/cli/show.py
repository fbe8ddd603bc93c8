"""From solved problems to a stream or a file: which format, how wide, in colour or not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any, TextIO

import numpy as np

from nncalc.cli import terminal
from nncalc.disk.write import replacing
from nncalc.errors import Finding, InputError, Location, printable, so_many
from nncalc.names import cell_of, only_steps, value_of
from nncalc.problem.problem import Problem
from nncalc.render import (
    AUTO,
    DETAIL,
    DETAILS,
    DIGITS,
    FIGURE_ENDING,
    FIGURE_ENDINGS,
    FIGURES,
    FILE_WIDTH,
    format_by_ending,
    lettered,
)
from nncalc.render.layout import View
from nncalc.render.working import DOCUMENTS, WORKING_FORMATS, format_for, render
from nncalc.running import Settle, exact, on_paper, solve
from nncalc.trace.notation.numbers import plain
from nncalc.trace.rules.reasons import give_reasons
from nncalc.trace.steps import Trace

MOST_DIGITS = 15
# The formats that have a title of the whole.
TITLED = (*DOCUMENTS, "html")
# The most columns that one may ask for.
MOST_WIDTH = 9999


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line, as it was typed."""

    round: str | None = None
    sig: str | None = None
    digits: str | None = None
    detail: str | None = None
    explain: Sequence[str] = ()
    get: Sequence[str] = ()
    only: Sequence[str] = ()
    width: str | None = None
    format: str | None = None
    output: str | None = None
    color: str | None = None
    no_color: bool = False
    why: bool = False
    ascii: bool = False
    fragment: bool = False
    figure: str | None = None
    title: str | None = None
    leads: Sequence[str] = ()  # whose each working is, and its number

    def __post_init__(self) -> None:
        if self.output == "":
            raise InputError(Finding("is empty", Location("--output"), want="a name"))
        if self.only and self.get:
            raise InputError(Finding("does not go with --get", Location("--only"), want="one of them"))
        other = next((name for name in ("get", "format", "fragment", "why", "title") if getattr(self, name)), None)
        if self.is_figure and other:
            raise InputError(Finding(f"does not go with --{other}", Location("--figure"), want="one of them"))
        if self.title and (self.get or self.fragment):
            other = "get" if self.get else "fragment"
            raise InputError(Finding(f"does not go with --{other}", Location("--title"), want="one of them"))

    @property
    def is_figure(self) -> bool:
        """Whether a picture is wanted: by its kind, or by the ending of its file."""
        return self.figure is not None or (self.output or "").lower().endswith(FIGURE_ENDING)


def present(problems: Sequence[Problem], request: Request) -> None:
    """Solves all problems and writes them as one document."""
    if request.is_figure:
        draw(problems, request)
        return
    view, format, settle = view_of(request), format_of(request), settle_of(request)
    traces = [_solved(problem, request, settle) for problem in problems]
    if format in DOCUMENTS:
        from nncalc.marking.keyed import keyed

        traces = [keyed(problem, trace) for problem, trace in zip(problems, traces, strict=True)]
    if request.why or request.explain:
        for trace in traces:
            give_reasons(trace)
    if request.explain:
        traces = [trace.explain(*(cell_of(trace, text) for text in request.explain)) for trace in traces]
    traces = [_chosen(trace, request) for trace in traces]
    values = [value_of(trace, name) for trace in traces for name in request.get]
    with results_to(request.output) as out:
        if request.get:
            out.writelines(map(_bare, values))
        else:
            render(traces, view, out, format)


def draw(problems: Sequence[Problem], request: Request) -> None:
    """Solves all problems and writes a picture of each; in a file of SVG stands one."""
    from nncalc.render.figure import figure_svg, figure_text

    view, settle = view_of(request), settle_of(request)
    kind = choice("--figure", request.figure or AUTO, [AUTO, *FIGURES])
    drawn = figure_svg if format_by_ending(request.output or "", FIGURE_ENDINGS, "text") == "svg" else figure_text
    if drawn is figure_svg and len(problems) > 1:
        raise InputError(Finding(so_many(len(problems), "problem"), Location("--output"), want="one, for one picture"))
    pages = []
    for problem in problems:
        trace = _solved(problem, request, settle)
        cell = cell_of(trace, request.explain[0]) if request.explain else None
        pages.append(drawn(_chosen(trace, request), view, kind, cell))
    letters = view.ascii and drawn is figure_text
    with results_to(request.output) as out, lettered(out, letters) as stream:
        stream.write("\n".join(pages))


def results_to(output: str | None) -> AbstractContextManager[TextIO]:
    """What results are written to: a file, which they replace at once, else stdout. Raises as `replacing`."""
    return nullcontext(terminal.Results()) if output is None else replacing(output)


def _solved(problem: Problem, request: Request, settle: Settle) -> Trace:
    wanted = (*request.get, *request.explain, *",".join(request.only).split(","))
    return solve(replace(problem, wanted=wanted), settle)


def _chosen(trace: Trace, request: Request) -> Trace:
    return only_steps(trace, ",".join(request.only)) if request.only else trace


def _bare(value: Any) -> str:
    """A bare number, or compact JSON, at full precision, on a line."""
    shown = plain(np.asarray(value))
    return (json.dumps(shown) if not isinstance(shown, str) else shown) + "\n"


def whole(flag: str, text: str | None, least: int = 0, most: int = MOST_DIGITS) -> int | None:
    """The number of a flag, None where it was not given. Raises InputError for anything else."""
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 5 and least <= int(text) <= most):
        raise InputError(Finding(f"want a whole number from {least} to {most}, got {printable(text)}", Location(flag)))
    return int(text)


def choice(flag: str, text: str | None, choices: Sequence[str]) -> str:
    if text is not None and text not in choices:
        raise InputError(Finding(f"want one of {', '.join(choices)}, got {printable(text)}", Location(flag)))
    return text or choices[0]


def settle_of(request: Request) -> Settle:
    """The way to run that was asked for. Raises InputError where two were."""
    places, digits = whole("--round", request.round), whole("--sig", request.sig, least=1)
    if places is not None and digits is not None:
        raise InputError(Finding("--round and --sig exclude each other", want="one of them"))
    return exact if places is None and digits is None else on_paper(places, digits)


def format_of(request: Request) -> str:
    """The format that was asked for, or that the ending of the file chooses.

    Raises InputError for one that there is not.
    """
    if request.format is None and request.output is not None:
        format = format_for(request.output, "--output", "or --format")
    else:
        format = choice("--format", request.format, list(WORKING_FORMATS))
    if request.title and format not in TITLED:
        raise InputError(Finding(f"{format} has no title", Location("--title"), want=f"one of {', '.join(TITLED)}"))
    return format


def view_of(request: Request) -> View:
    digits = whole("--digits", request.digits)
    screen = terminal.width() if request.output is None else None
    width = whole("--width", request.width, terminal.LEAST_WIDTH, MOST_WIDTH)
    if width is None:
        width = screen if request.output is None else FILE_WIDTH
    when = choice("--color", "never" if request.no_color else request.color, terminal.COLORS)
    return View(
        digits=DIGITS if digits is None else digits,
        detail=choice("--detail", request.detail, [DETAIL, *(level for level in DETAILS if level != DETAIL)]),
        terminal=screen is not None,
        width=width,
        ascii=request.ascii,
        fragment=request.fragment,
        title=request.title or "",
        leads=request.leads,
        color=terminal.colour(when if request.output is None or when == "always" else "never"),
    )
