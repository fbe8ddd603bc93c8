"""Plain text, one line a cell, each line complete: for grep, awk and a reader without a screen."""

from __future__ import annotations

from typing import TextIO

import numpy as np

from nncalc.errors import JOINERS, printable, so_many
from nncalc.render.layout import NOTE, View, cell_name, formula, in_symbols, line, remarks, signs_said
from nncalc.render.long import left_out_said, runs
from nncalc.trace.notation.numbers import number
from nncalc.trace.notation.style import TEXT, place
from nncalc.trace.notation.tree import Index
from nncalc.trace.steps import Step, Trace


def render(trace: Trace, view: View, out: TextIO) -> None:
    """Writes `cell = symbols = numbers = value` for every cell, and the answer."""
    title = [printable(trace.title, 600, JOINERS)] if trace.title else []
    print(" ".join(["#", trace.called, *title]), file=out)
    if trace.conventions:
        print("# " + ", ".join(trace.conventions), file=out)
    signs = signs_said((step for run in runs(trace, view) for step in run.steps), view)
    if signs:
        print(f"# signs: {signs}", file=out)
    for name, value in trace.header.items():
        for index in np.ndindex(value.shape):
            cell = TEXT.symbol(value.lettered or name, place(index))
            print(f"{cell} = {number(np.asarray(value.array)[index], view.digits)}", file=out)
    section = ""
    for run in runs(trace, view):
        if run.left_out:
            print(f"# … {so_many(run.left_out, 'step')}", file=out)
        for step in run.steps:
            if step.title != section:
                section = step.title
                print(f"# {section}", file=out)
            _step(step, view, out)
    said = left_out_said(trace, view)
    for note in [*trace.notes, *([said] if said else [])]:
        print(f"# {printable(note, NOTE)}", file=out)


def _step(step: Step, view: View, out: TextIO) -> None:
    if step.array.ndim and view.detail != "short":
        print(f"# {TEXT.symbol(step.symbol, '')} = {formula(step, view)}", file=out)
    for index in step.indices():
        print(_cell(step, index, view), file=out)
        for note in remarks(step, index, view):
            print(f"# {note}", file=out)


def _cell(step: Step, index: Index, view: View) -> str:
    if view.detail == "short" and step.exact is None and step.array is step.computed:
        return f"{cell_name(step, index)} = {number(step.array[index], view.digits)}"
    worked = line(step, index, view)
    stages = [] if view.detail == "short" else [in_symbols(worked.made, view), *worked.stages]
    chain = " = ".join([worked.cell, *[s for s in stages if s != worked.value]])
    tail = f"  # exact {worked.exact}, drift {worked.drift}" if worked.exact else ""
    return f"{chain} {worked.equals} {worked.value}{tail}"
