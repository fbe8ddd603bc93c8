r"""A working as mathematics: each step's formula and value, one below the other, for whatever sets LaTeX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from nncalc.render import DIGITS
from nncalc.trace.notation.latex import LATEX
from nncalc.trace.notation.numbers import number
from nncalc.trace.notation.style import symbols, write
from nncalc.trace.steps import Step, Trace

# Of more steps, or for a matrix with longer sides, nobody sets a formula.
MOST_STEPS, LONGEST_SIDE = 200, 8


def _number(text: str) -> str:
    return r"\infty" if text == "inf" else rf"\text{{{text}}}" if text.strip("0123456789./") else text


# With numbers that LaTeX would take for letters: 1e-07, inf.
LATEX_NUMBERS = replace(
    LATEX,
    number=_number,
    letter=lambda text: LATEX.letter(text) if len(text) == 1 else rf"\mathit{{{text}}}",
)
# Where one is broken nothing keeps it together: no bar of a fraction, no parentheses that grow.
LATEX_FLAT = replace(
    LATEX_NUMBERS,
    divide=lambda a, b: f"{a} / {b}",
    power=lambda base, exponent: (base if base.endswith(")") else f"{{{base}}}") + f"^{{{exponent}}}",
    encloses=frozenset({("power", 1)}),
)
LATEX_NESTS = r"(\{|\\left)|(\}|\\right)"


def latex_loosened(source: str) -> str:
    """Without the parentheses that grow."""
    for sign in ("(", "["):
        source = source.replace(rf"\left{sign}", sign)
    for sign in (")", "]"):
        source = source.replace(rf"\right{sign}", sign)
    return source


def latex_vector(numbers: Sequence[str]) -> str:
    """Numbers in brackets."""
    return f"[{', '.join(numbers)}]"


def latex_matrix(rows: Sequence[Sequence[str]]) -> str:
    """Numbers in brackets, a row a line, for any count of columns."""
    lines = " \\\\\n".join(" & ".join(row) for row in rows)
    return f"\\left[\\begin{{array}}{{{'r' * len(rows[0])}}}\n{lines}\n\\end{{array}}\\right]"


# What all markups have in common in which LaTeX sets the mathematics.
LATEX_COMMON: dict[str, Any] = {
    "style": LATEX_NUMBERS,
    "flat": LATEX_FLAT,
    "loosened": latex_loosened,
    "nests": LATEX_NESTS,
    "approximately": r"\approx",
    "indent": r"\quad",
    "tail": lambda exact, drift: rf" \quad ({exact}, {drift})",
    "vector": latex_vector,
    "matrix": latex_matrix,
}


def latex(trace: Trace) -> str:
    """The steps as one aligned block, or nothing where they are too many."""
    if not 0 < len(trace.steps) <= MOST_STEPS:
        return ""
    lines = [_line(step) for step in trace.steps]
    return "$$\n\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}\n$$"


def _line(step: Step) -> str:
    value = _value(step.array)
    written = write(step.formula, LATEX_NUMBERS, symbols(LATEX_NUMBERS))
    parts = [LATEX.symbol(step.symbol), written, *([value] if value != written else [])]
    return " = ".join(filter(None, parts)).replace(" = ", " &= ", 1)


def _value(array: Any) -> str:
    """A number, a column of numbers or a matrix; nothing for what is larger."""
    if array.ndim > 2 or any(side > LONGEST_SIDE for side in array.shape):
        return ""
    if array.ndim == 0:
        return _signed(array)
    rows = [" & ".join(map(_signed, row)) for row in (array if array.ndim == 2 else array[:, None])]
    return r"\begin{bmatrix} " + r" \\ ".join(rows) + r" \end{bmatrix}"


def _signed(value: Any) -> str:
    return LATEX_NUMBERS.signed(number(value, DIGITS))
