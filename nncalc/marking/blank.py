"""The sheet to fill in: every line asked, its formula as a comment, its shape filled with ~, never a value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from nncalc.errors import printable
from nncalc.marking.assignment import Assignment
from nncalc.trace.notation.style import TEXT, symbols, write

PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_./()]*")
WIDTH = 100


def blank(asked: Assignment) -> str:
    """The sheet as YAML; `nncalc check` reads it again, filled in or not."""
    trace, marking = asked.trace, asked.problem.marking
    out = [f"# {printable(': '.join(filter(None, (trace.topic, trace.title))), 600)}"]
    out.append("# Write the numbers for ~; a line or a cell left as ~ is not given.")
    if (marking.places, marking.sig, marking.tolerance) != (None, None, None):
        out.append(f"# Asked: {places_asked(asked)}.")
    if asked.vanishing:
        out.append(f"# In these places numbers of {printable(', '.join(asked.vanishing), 600)} are 0.")
    title = ""
    for name in asked.lines:
        step = asked.steps.get(name)
        if step is not None and step.title != title:
            title = step.title
            heading = f"# {printable(title.partition(':')[0], 600)}" if title else ""
            out += ["", *filter(None, [heading])]  # behind the colon a heading may tell sizes
        formula = f" = {write(step.formula, TEXT, symbols(TEXT))}" if step is not None else ""
        worth = None if asked.points is None else float(asked.points[name])
        points = "" if worth is None else f"  ({worth:g} point{'' if worth == 1 else 's'})"
        out.append(
            f"# {printable(TEXT.symbol(step.symbol, '') if step else name, 600)}{printable(formula, 600)}{points}"
        )
        out += _filled(name if PLAIN_KEY.fullmatch(name) else json.dumps(name), asked.exact[name].shape)
    return "\n".join([*out, ""])


def places_asked(asked: Assignment) -> str:
    """How closely answers are wanted, in words."""
    marking = asked.problem.marking
    parts = [f"{marking.places} decimals"] if marking.places is not None else []
    parts += [f"{marking.sig} significant digits"] if marking.sig is not None else []
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
