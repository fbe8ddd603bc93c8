"""What the text formats share: a step as lines of working, an array as rows of numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nncalc.errors import JOINERS, printable
from nncalc.render import DETAIL, DIGITS
from nncalc.trace.name import StepName
from nncalc.trace.notation.evaluation import beyond_digits, evaluate, exactly, tied_brackets
from nncalc.trace.notation.legend import signs_explained
from nncalc.trace.notation.numbers import aligned, number
from nncalc.trace.notation.record import Style
from nncalc.trace.notation.style import ASCII_TEXT, TEXT, place, substituted, symbols, write
from nncalc.trace.notation.tree import Expr, Index, Op, Ref, StandIn, middle
from nncalc.trace.steps import Step, Trace

# How what is no finite number is written, behind its sign.
NO_NUMBER = ("inf", "∞", "nan")
# A remark may name what a file calls its rows; it ends somewhere.
NOTE = 2000


@dataclass(frozen=True)
class View:
    """How a working is shown; the same for every format."""

    digits: int = DIGITS
    detail: str = DETAIL
    terminal: bool = False
    width: int | None = None
    color: bool = False
    ascii: bool = False
    fragment: bool = False  # of a document the working alone
    reveal: bool = False  # right values also where a student's autograder hides them
    title: str = ""  # of a whole document or page
    leads: Sequence[str] = ()  # what stands before the title of each working of a document: the student, the number

    @property
    def style(self) -> Style:
        """How a step is written."""
        return ASCII_TEXT if self.ascii else TEXT

    @property
    def cuts(self) -> bool:
        """Whether of many cells or sections only some are shown, with a word how to see the others; in a pipe all."""
        return self.terminal and self.detail == DETAIL


@dataclass(frozen=True)
class PageLine:
    """One cell's working: `cell = stages… = value`.

    made: the formula that is shown of it. middle: the stage that says only what the parts come to, empty without one.
    """

    index: Index
    cell: str
    stages: tuple[str, ...]
    value: str
    made: Expr
    middle: str = ""
    exact: str = ""
    drift: str = ""
    rounded: bool = False

    @property
    def equals(self) -> str:
        """The sign before the value: ≈ where it was rounded."""
        return "≈" if self.rounded else "="


def cell_name(step: Step, index: Index) -> str:
    """The symbol of one cell: z_i[1]."""
    return TEXT.symbol(step.symbol, place(index))


def full_title(trace: Trace) -> str:
    """What a working is about: its topic, and its title where it has one."""
    return ": ".join(filter(None, (trace.called, printable(trace.title, 600, JOINERS))))


def answer_symbol(trace: Trace, name: str) -> str:
    """What an answer is called: its name, or the letters that an author gave to the step that it is, or the steps."""
    step = trace.named().get(trace.answered.get(name, name))
    if step is None:  # perhaps what the steps of this name in all sections are, below each other
        step = next((one for one in trace.steps if StepName.parse(one.name).local == name), None)
        if step is None or StepName.parse(step.symbol).section != step.section:
            return name
    if step.value.lettered is None:
        return name
    local = StepName.parse(step.name).local == name
    return StepName.parse(step.symbol).local if local else step.symbol if step.name == name else name


def formula(step: Step, view: View = View(), style: Style | None = None) -> str:
    """How the whole step is written, in the view's style or another."""
    return in_symbols(step.formula, view, style)


def signs_said(steps: Iterable[Step], view: View) -> str:
    """What the signs mean with which these steps are written; of steps of one name in several sections one is read."""
    if view.detail == "short":  # values alone
        return ""
    alike = {StepName.parse(step.name).local: step for step in steps}
    texts = [f"{view.style.symbol(step.symbol)} = {formula(step, view)}" for step in alike.values()]
    return "; ".join(signs_explained(texts, view.style))


def line(step: Step, index: Index, view: View, made: Expr | None = None, style: Style | None = None) -> PageLine:
    """The working of one cell: numbers put in, what the parts come to, value.

    made: the formula to be shown, where it is not the whole one. style: how, where it is not the view's.
    """
    x = step.element(index) if made is None else made
    cell = cell_name(step, index) if style is None else style.symbol(step.symbol, place(index))
    style = style or view.style
    value = style.signed(number(step.array[index], view.digits))
    stages = [write(x, style, substituted(style, view.digits), view.digits)]
    parts, between = middle(x), ""
    if parts is not None and isinstance(x, Op):
        worked = Op(x.kind, tuple(came_to(p) for p in parts), x.label)
        if all(math.isfinite(evaluate(p)) for p in worked.args):  # what overflows on the way says nothing
            between = write(worked, style, substituted(style, view.digits), view.digits)
            stages.append(between)
    stages += [style.signed(number(np.asarray(step.computed)[index], view.digits))] if step.exact is not None else []
    stages = [s for i, s in enumerate(stages) if s not in (value, *stages[:i])]
    exact, drift = exact_and_drift(step, index, view)
    rounded = bool(step.array[index] != np.asarray(step.computed)[index])
    between = between if between in stages[1:] else ""
    return PageLine(index, cell, tuple(stages), value, x, between, exact, drift, rounded)


def exact_and_drift(step: Step, index: Index, view: View) -> tuple[str, str]:
    """The exact value of a cell that was rounded, and how far the rounded one is from it; empty of one that was not."""
    if step.exact is None:
        return "", ""
    exact = float(np.asarray(step.exact)[index])
    drift = float(step.array[index]) - exact
    small = abs(drift) <= 1e-12 * max(abs(exact), 1e-300) or not math.isfinite(drift)
    return number(exact, view.digits), "0" if small else f"{drift:+.2g}"


def came_to(x: Expr) -> Expr:
    """A part of a formula as the number that it comes to, with its sign."""
    if not isinstance(x, Op):
        return x
    exact = exactly(x)
    value = evaluate(x) if exact is None or exact.denominator != 1 else exact.numerator
    zero = value == 0 and x.kind == "negative"  # 1 - 0² is 1 - 0, not 1 + 0
    return Op("negative", (Ref(StandIn(0.0), ()),)) if zero else Ref(StandIn(value), ())


def remarks(step: Step, index: Index, view: View, made: Expr | None = None) -> list[str]:
    """Where a derivative is a convention, and what the digits shown do not give; `made`: the cell's formula."""
    x = step.element(index) if made is None else made
    notes = (
        [f"{TEXT.symbol(step.symbol)}: {printable(step.why, NOTE)}"] if step.why and index == step.indices()[0] else []
    )
    for bracket in tied_brackets(x):
        level = number(evaluate(bracket.args[0]), view.digits)
        at = f"at {level} {bracket.label} {level}"
        notes.append(f"{in_symbols(bracket, view)} {at} counts as {number(evaluate(bracket))}, by convention")
    for part in beyond_digits(x, view.digits):
        notes.append(
            f"{in_symbols(part, view)} is {number(evaluate(part), view.digits)}, worked with more digits than are shown"
        )
    return notes


def in_symbols(x: Expr, view: View, style: Style | None = None) -> str:
    """A formula with the symbols of what it is made from, in the view's style or another."""
    style = style or view.style
    return write(x, style, symbols(style), view.digits)


def matrix(array: Any, digits: int = 6) -> list[list[str]]:
    """The rows of a vector (one row) or a matrix, each column with its decimal points in line."""
    rows = np.atleast_2d(np.asarray(array))
    return [list(row) for row in zip(*(_column([number(v, digits) for v in column]) for column in rows.T), strict=True)]


def _column(texts: list[str]) -> list[str]:
    """Numbers with their decimal points in line; what is infinite has none, and ends where the column does."""
    numbers = iter(aligned([text for text in texts if not text.endswith(NO_NUMBER)]))
    placed = [text if text.endswith(NO_NUMBER) else next(numbers) for text in texts]
    width = max(map(len, placed))
    return [text.rjust(width) for text in placed]


def blocks(name: str, array: Any) -> list[tuple[str, Any]]:
    """An array of more than two axes as named matrices: Y[1], Y[2], …"""
    array = np.asarray(array)
    if array.ndim <= 2:
        return [(name, array)]
    return [block for i in range(array.shape[0]) for block in blocks(f"{name}[{i + 1}]", array[i])]


def inline(array: Any, digits: int = 6) -> str:
    """A number, or a vector in brackets."""
    array = np.asarray(array)
    return number(array[()], digits) if array.ndim == 0 else f"[{', '.join(number(v, digits) for v in array)}]"
