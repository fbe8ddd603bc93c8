"""A row a cell: problem, step, index, value at full precision, formula; for spreadsheets and data frames.

Numbers are bare; a text that a spreadsheet would run has a quote before it (`nncalc.render.spreadsheet`). A problem
goes by its title, else by its topic; the second of a name is called so: Grid (2).
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, TextIO

import numpy as np

from nncalc.render.layout import View
from nncalc.render.spreadsheet import quoted, rows_to
from nncalc.render.working.json import each_cell
from nncalc.trace.notation.numbers import plain
from nncalc.trace.notation.style import TEXT, symbols, write
from nncalc.trace.notation.tree import Index
from nncalc.trace.steps import Trace

HEADS_OF_CELLS = ("problem", "step", "index", "value", "formula")
Row = tuple[str, str, str, Any, str]


def document(traces: Sequence[Trace], view: View, out: TextIO) -> None:
    """Writes the cells of all, row by row, below one head."""
    rows = rows_to(out)
    rows.writerow(HEADS_OF_CELLS)
    for problem, trace in zip(_apart(traces), traces, strict=True):
        rows.writerows(_rows(problem, trace, view))


def _apart(traces: Sequence[Trace]) -> Iterator[str]:
    """A name for each problem, no two alike."""
    counts: Counter[str] = Counter()
    taken: set[str] = set()
    for trace in traces:
        own = name = quoted(trace.title or trace.called)
        while name in taken:
            counts[own] += 1
            name = f"{own} ({counts[own] + 1})"
        taken.add(name)
        yield name


def _rows(problem: str, trace: Trace, view: View) -> Iterator[Row]:
    """The cells of every step, then of the answers that are none."""
    for step in trace.steps:
        name, array = quoted(step.name), step.array
        for index in each_cell(step):
            formula = "" if view.detail == "short" else write(step.element(index), TEXT, symbols(TEXT))
            yield problem, name, _place(index), _value(array[index]), quoted(formula, sys.maxsize)
    for name, value in trace.answer.items():
        if name not in trace.answered and name not in trace.named():
            array = np.asarray(value)
            yield from ((problem, quoted(name), _place(i), _value(array[i]), "") for i in np.ndindex(array.shape))


def _place(index: Index) -> str:
    """[3,2], and nothing for a lone number: without brackets a spreadsheet takes 3,2 for a number."""
    return f"[{','.join(str(i + 1) for i in index)}]" if index else ""


def _value(cell: Any) -> Any:
    value = plain(cell)
    return quoted(str(value)) if isinstance(value, (str, bool)) else value
