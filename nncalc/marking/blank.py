"""The sheet to fill in: every line asked, its formula as a comment, its shape filled with ~, never a value."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from nncalc.errors import printable, so_many
from nncalc.marking.assignment import Assignment
from nncalc.reading.expression import Apply, Gradient, Number, Variable
from nncalc.reading.lines import Lines
from nncalc.reading.written import write_tree
from nncalc.trace.notation.style import TEXT, symbols, write
from nncalc.trace.notation.tree import Expr, Op, Ref, fold
from nncalc.trace.steps import Step

# What only lists numbers, and works nothing.
LISTING = ("vector", "list")
PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_./()]*")
WIDTH = 100
# How a line is written whose shape is not shown: of one row, and of several.
EXAMPLES = ("written as [1, 2, …]", "written in rows: [[1, 2, …], [3, 4, …], …]")


def blank(asked: Assignment, formulas: bool = True, data: bool = False) -> str:
    """The sheet as YAML; `nncalc check` reads it again, filled in or not. `data`: what is given, as comments."""
    trace, marking = asked.trace, asked.problem.marking
    out = [f"# {printable(': '.join(filter(None, (trace.topic, trace.title))), 600)}"]
    out.append("# Write the numbers for ~; a line or a cell left as ~ is not given.")
    if (marking.places, marking.sig, marking.tolerance) != (None, None, None):
        out.append(f"# Asked: {places_asked(asked)}.")
    if data:
        out += ["", "# Given", *_given(asked)]
    if asked.vanishing:
        out.append(f"# In these places numbers of {printable(', '.join(asked.vanishing), 600)} are 0.")
    title = ""
    for name in asked.lines:
        step = asked.steps.get(name)
        if step is not None and step.title != title:
            title = step.title
            heading = f"# {printable(heading_said(title), 600)}" if title else ""
            out += ["", *filter(None, [heading])]
        out.append(_about(asked, name, formulas))
        key = name if PLAIN_KEY.fullmatch(name) else json.dumps(name)
        if is_telling(asked, name):
            out += [f"# {EXAMPLES[asked.exact[name].ndim > 1]}", f"{key}: ~"]
        else:
            out += _filled(key, asked.exact[name].shape)
    return "\n".join([*out, ""])


def blank_table(asked: Assignment) -> str:
    """The first row of a table of answers (CSV): the student, then every cell that is asked."""
    columns = ["student"]
    for name in asked.lines:
        array = asked.exact[name]
        cells = [()] if is_telling(asked, name) else np.ndindex(array.shape)
        columns += [name + (f"[{','.join(str(i + 1) for i in index)}]" if index else "") for index in cells]
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(columns)
    return out.getvalue()


def is_telling(asked: Assignment, name: str) -> bool:
    """Whether the shape of a line gives an answer away: another line is just this size."""
    shape = asked.exact[name].shape
    return len(shape) > 0 and any(
        other != name and array.ndim == 1 and array.dtype.kind in "iu" and 1 < len(array) <= len(shape)
        and array.tolist() == list(shape[-len(array) :])
        for other, array in asked.exact.items()
    )  # fmt: skip


def _about(asked: Assignment, name: str, formulas: bool) -> str:
    """The comment above a line: its symbol, how it is worked, what it is worth."""
    step = asked.steps.get(name)
    told = step is not None and formulas and tells_formula(step)
    formula = f" = {write(step.formula, TEXT, symbols(TEXT))}" if told and step is not None else ""
    points = "" if asked.points is None else f"  ({worth(asked.points[name])})"
    return f"# {printable(TEXT.symbol(step.symbol, '') if step else name, 600)}{printable(formula, 600)}{points}"


def tells_formula(step: Step) -> bool:
    """Whether the formula of a line may be told: mere numbers, be they several, would be the answer."""

    def works(part: Expr, inside: list[bool]) -> bool:
        lists = isinstance(part, Op) and part.label in LISTING
        return any(inside) or isinstance(part, Ref) or (isinstance(part, Op) and not lists)

    return fold(step.formula, works)


def worth(points: Fraction) -> str:
    """Points in words."""
    return so_many(f"{float(points):g}", "point")


def heading_said(title: str) -> str:
    """A heading as far as it is told: behind the colon it may tell sizes."""
    return title.partition(":")[0]


def _given(asked: Assignment) -> Iterator[str]:
    """What the problem gives, a line each."""
    for name, value in asked.problem.values.items():
        if isinstance(value, np.ndarray) and value.ndim > 1:
            yield f"# {name}:"
            yield from (f"#   {typed(row)}" for row in value)
        elif isinstance(value, Lines):
            yield f"# {name}:"
            yield from (f"#   {printable(line, 2000)}" for line in value.written)
        elif isinstance(value, (list, tuple)) and any(isinstance(part, (list, tuple)) for part in value):
            yield f"# {name}:"
            yield from (f"#   - {typed(part)}" for part in value)
        elif value is not None and value is not False:
            yield f"# {name}: {typed(value)}"


def typed(value: Any) -> str:
    """A given value as it would be typed."""
    if isinstance(value, (Number, Variable, Gradient, Apply)):
        return write_tree(value)
    if isinstance(value, np.ndarray):
        return typed(value.tolist())
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.9g}"
    if isinstance(value, tuple) and len(value) == 2 and is_dataclass(value[1]):  # a record of one of several kinds
        record = typed(value[1])
        return str(value[0]) if record == "{}" else f"{value[0]}: {record}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(typed, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {typed(part)}' for key, part in value.items())}}}"
    if is_dataclass(value):
        told = {f.name: getattr(value, f.name) for f in fields(value)}
        return typed({name: part for name, part in told.items() if part is not None and part is not False})
    return printable(str(value), 600)


def places_asked(asked: Assignment) -> str:
    """How closely answers are wanted, in words."""
    marking = asked.problem.marking
    parts = (
        [so_many(marking.places, "decimal") if marking.places else "whole numbers"]
        if marking.places is not None
        else []
    )
    parts += [so_many(marking.sig, "significant digit")] if marking.sig is not None else []
    words = " and ".join(parts) or "2 decimals, or 3 significant digits from 10 up"
    return words if marking.tolerance is None else f"{words}, or within {marking.tolerance:g}"


def _filled(key: str, shape: tuple[int, ...]) -> Iterator[str]:
    whole = _cells(shape)
    if len(shape) < 2 or len(whole) + len(key) < WIDTH // 2:
        yield f"{key}: {whole}"
        return
    yield f"{key}:"
    yield from (f"  - {_cells(shape[1:])}" for _ in range(shape[0]))


def _cells(shape: tuple[int, ...]) -> str:
    return "~" if not shape else "[" + ", ".join([_cells(shape[1:])] * shape[0]) + "]"
