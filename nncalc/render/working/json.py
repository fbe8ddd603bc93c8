"""JSON for scripts: every step with formula, shape, value and elements, at full precision (format 1).

`given` has what was given by the names of its fields, `symbols` what the page calls each of them (image is X),
and the steps to which the problem gives letters of its own.
`section` is what stands before the point in a step's name (t1), `heading` what the page writes above it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, TextIO

import numpy as np

from nncalc.render.layout import View
from nncalc.render.long import is_long
from nncalc.trace.notation.numbers import plain
from nncalc.trace.notation.style import STYLES, TEXT, substituted, symbols, write
from nncalc.trace.notation.tree import Index
from nncalc.trace.steps import Step, Trace
from nncalc.trace.value import Value

WORKING_VERSION = 1
ELEMENTS = 1000
# A longer row is written number by number.
ROW = 10_000
ENCODE = json.JSONEncoder(allow_nan=False).encode
# Full precision for values; with numbers put in it shows what tells two floats apart.
ELEMENT_DIGITS = 15


def document(traces: Sequence[Trace], view: View, out: TextIO) -> None:
    """Writes one JSON object, of several problems a list of them."""
    several = len(traces) > 1
    out.write("[" if several else "")
    for i, trace in enumerate(traces):
        out.write(",\n" if i else "")
        put_json(working_told(trace, view), out, "\n")
        out.write("\n")
    out.write("]\n" if several else "")


def working_told(trace: Trace, view: View) -> dict[str, Any]:
    """A working as plain data; its steps, and their cells, are made one at a time when they are written.

    Of a long working it has every step, but its cells one by one only with --detail full.
    """
    elements = view.detail != "short" and not is_long(trace, view)
    return {
        "format": WORKING_VERSION,
        "topic": trace.topic,
        "title": trace.title,
        "given": {name: np.asarray(value.array) for name, value in trace.given.items()},
        "symbols": {name: TEXT.symbol(value.symbol) for name, value in _with_symbols(trace)},
        "conventions": trace.conventions,
        "steps": (_step(step, view, elements) for step in trace.steps),
        "answer": {name: np.asarray(value) for name, value in trace.answer.items()},
        "notes": trace.notes,
    }


def _with_symbols(trace: Trace) -> Iterator[tuple[str, Value]]:
    """All that was given, and the steps to which an author gave letters."""
    yield from trace.given.items()
    yield from ((step.name, step.value) for step in trace.steps if step.value.lettered)


def put_json(x: Any, out: TextIO, line: str = "") -> None:
    """Writes plain data as JSON, piece by piece; `line` begins a line where it stands, empty: all is one line."""
    inner = line and line + " "
    if isinstance(x, dict) and x:
        for i, (key, value) in enumerate(x.items()):
            out.write(f"{',' if i else '{'}{inner}{ENCODE(key)}: ")
            put_json(value, out, inner)
        out.write(line + "}")
    elif isinstance(x, Iterator) or (isinstance(x, np.ndarray) and (x.ndim > 1 or x.size > ROW)):
        before = "["
        for part in x:
            out.write(before + inner)
            put_json(part, out, inner)
            before = ","
        out.write("[]" if before == "[" else line + "]")
    else:
        out.write(_written(x, line))


def _written(x: Any, line: str) -> str:
    """As `json.dumps` writes it with an indent of 1, several times as fast."""
    inner = line and line + " "
    if isinstance(x, np.ndarray) and x.ndim == 1 and x.size and x.dtype.kind in "fiu":
        text = repr((x + 0 if x.dtype.kind == "f" else x).tolist())  # + 0: no -0.0
        if "n" not in text:  # neither inf nor nan
            return f"[{inner}{text[1:-1].replace(', ', ',' + inner)}{line}]"
    if isinstance(x, (list, tuple)) or (isinstance(x, np.ndarray) and x.ndim):
        return f"[{','.join(inner + _written(part, inner) for part in x)}{line}]" if len(x) else "[]"
    return ENCODE(plain(x) if isinstance(x, (np.ndarray, np.generic)) else x)


def each_cell(step: Step) -> Iterator[Index]:
    """The cells to be shown one by one, in row-major order, without a list of them."""
    return np.ndindex(step.array.shape) if step.cells is None else iter(step.cells)


def _step(step: Step, view: View, elements: bool) -> dict[str, Any]:
    count = step.array.size if step.cells is None else len(step.cells)
    elements = elements and (count <= ELEMENTS or view.detail == "full")
    whole = step.formula
    page: dict[str, Any] = {
        "name": step.name,
        "section": step.section,
        "heading": step.title,
        "formula": {name: write(whole, style, symbols(style)) for name, style in STYLES.items()},
        "shape": list(step.array.shape),
        "value": step.array,
        "elements": (_element(step, index) for index in (each_cell(step) if elements else ())),
    }
    if step.why:
        page["why"] = step.why
    if step.exact is not None:
        page["exact"] = np.asarray(step.exact)
    return page


def _element(step: Step, index: Index) -> dict[str, Any]:
    x = step.element(index)
    return {
        "index": [i + 1 for i in index],
        "formula": write(x, TEXT, symbols(TEXT)),
        "substituted": write(x, TEXT, substituted(TEXT, ELEMENT_DIGITS), ELEMENT_DIGITS),
        "value": plain(step.array[index]),
    }
