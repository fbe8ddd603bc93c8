r"""A working as mathematics: each step's formula and value, one below the other, for whatever sets LaTeX."""

from __future__ import annotations

from typing import Any

import numpy as np

from nncalc.render import DIGITS
from nncalc.trace.notation.latex import LATEX
from nncalc.trace.notation.numbers import number
from nncalc.trace.notation.style import symbols, write
from nncalc.trace.steps import Step, Trace

# Of more steps, or for a matrix with longer sides, nobody sets a formula.
MOST_STEPS, LONGEST_SIDE = 200, 8


def latex(trace: Trace) -> str:
    """The steps as one aligned block, or nothing where they are too many."""
    if not 0 < len(trace.steps) <= MOST_STEPS:
        return ""
    lines = [_line(step) for step in trace.steps]
    return "$$\n\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}\n$$"


def _line(step: Step) -> str:
    value = _value(step.array)
    written = write(step.formula, LATEX, symbols(LATEX))
    parts = [LATEX.symbol(step.symbol), written, *([value] if value != written else [])]
    return " = ".join(filter(None, parts)).replace(" = ", " &= ", 1)


def _value(array: Any) -> str:
    """A number, a column of numbers or a matrix; nothing for what is larger."""
    if array.ndim > 2 or any(side > LONGEST_SIDE for side in array.shape):
        return ""
    if array.ndim == 0:
        return _number(array)
    rows = [" & ".join(map(_number, row)) for row in (array if array.ndim == 2 else array[:, None])]
    return r"\begin{bmatrix} " + r" \\ ".join(rows) + r" \end{bmatrix}"


def _number(value: Any) -> str:
    infinite = {np.inf: r"\infty", -np.inf: r"-\infty"}
    return infinite.get(float(value)) or LATEX.signed(number(value, DIGITS))
