"""Every row of the table of functions held to what it says: its number, its rule, its sign, its name in expressions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nncalc.reading.expression import CALLS, CONSTANTS, number_of
from nncalc.reading.operators import BINARY
from nncalc.reading.parser import parse
from nncalc.topics.parts.graph import walk
from nncalc.trace.notation.functions import FUNCTIONS, MathFunction
from nncalc.trace.notation.style import LATEX, TEXT, symbols, write
from nncalc.trace.rule import RULES
from nncalc.trace.work import Work

ROWS = [pytest.param(row, id=name) for name, row in FUNCTIONS.items()]
CALLED = [pytest.param(name, row, id=name) for name, row in CALLS.items()]
FLOATS = st.floats(-30, 30) | st.floats(-2, 2) | st.sampled_from([0.0, -0.0, 1.0, -1.0, 2.0, 800.0, -800.0])


def number(row: MathFunction, *args: float) -> float:
    """A row's float, as NumPy says what has no value or is too large."""
    try:
        return float(row.number(*args))
    except OverflowError:
        return math.inf
    except (ValueError, ZeroDivisionError):
        return math.nan


@pytest.mark.parametrize("row", ROWS)
@given(data=st.data())
def test_a_float_is_computed_as_an_array_is(row: MathFunction, data: st.DataObject) -> None:
    args = data.draw(st.tuples(*[FLOATS] * row.arguments))
    with np.errstate(all="ignore"):
        array = float(row.traced(*map(np.asarray, args)))
    one = number(row, *args)
    if math.isfinite(one) or math.isfinite(array):
        assert one == pytest.approx(array, rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("row", ROWS)
def test_a_row_has_the_rule_of_its_array_function(row: MathFunction) -> None:
    slopes = RULES[row.traced].derivative
    assert isinstance(slopes, tuple) and len(slopes) == row.arguments
    assert row is FUNCTIONS[row.name] and row.takes(row.arguments) and row.takes(row.arguments + 1) == row.many
    assert None not in slopes or not row.typed, "what an expression may call has a derivative"


def test_a_name_calls_one_function() -> None:
    names = [name for row in FUNCTIONS.values() if row.typed for name in (row.name, *row.also)]
    assert sorted(names) == sorted(CALLS) and not {*CALLS} & {*CONSTANTS}
    assert {name: row.name for name, row in CALLS.items() if name != row.name} == {"log": "ln"}


def test_operators_are_rows_that_are_not_called_by_name() -> None:
    signed = {*(name for name, _ in BINARY.values()), "negative"} - {"", "matmul", "product", "conv"}  # between arrays
    assert signed <= set(FUNCTIONS) and not signed & {*CALLS}
    assert (
        all(FUNCTIONS[name].arguments == 2 for name in signed - {"negative"}) and FUNCTIONS["negative"].arguments == 1
    )


def worked(text: str, point: dict[str, float]) -> tuple[Work, Any, list[Any]]:
    work = Work()
    inputs = {name: work.given(name, value) for name, value in point.items()}
    return work, work.let("f", walk(work, parse(text), inputs)), list(inputs.values())


@pytest.mark.parametrize(("name", "row"), CALLED)
def test_a_call_gives_number_working_and_gradient(name: str, row: MathFunction) -> None:
    point = dict(zip("xyz", (0.6, 0.9, 0.75), strict=True))
    point = dict(list(point.items())[: row.arguments + row.many])
    text = f"{name}({', '.join(point)})"
    work, f, inputs = worked(text, point)
    assert float(f.array) == pytest.approx(number_of(parse(text), point), rel=1e-15)
    for variable, slope in zip(point, work.backward(f, inputs).values(), strict=True):
        ends = [number_of(parse(text), point | {variable: point[variable] + step}) for step in (1e-6, -1e-6)]
        assert float(slope.array) == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-6, abs=1e-9)


# What stands on a page for f(x), or f(x, y), written down once more by hand; others are written as the default is.
PAGES = {
    "exp": ("exp(x)", r"\exp\left(x\right)"), "ln": ("ln(x)", r"\ln\left(x\right)"),
    "log10": ("log10(x)", r"\log_{10}\left(x\right)"), "sqrt": ("√x", r"\sqrt{x}"),
    "sin": ("sin(x)", r"\sin\left(x\right)"), "cos": ("cos(x)", r"\cos\left(x\right)"),
    "tan": ("tan(x)", r"\tan\left(x\right)"), "sinh": ("sinh(x)", r"\sinh\left(x\right)"),
    "cosh": ("cosh(x)", r"\cosh\left(x\right)"), "tanh": ("tanh(x)", r"\tanh\left(x\right)"),
    "sigmoid": ("σ(x)", r"\sigma\left(x\right)"), "relu": ("relu(x)", r"\operatorname{relu}\left(x\right)"),
    "softplus": ("softplus(x)", r"\operatorname{softplus}\left(x\right)"), "abs": ("abs(x)", r"\left| x \right|"),
    "max": ("max(x, y)", r"\max\left(x, y\right)"), "min": ("min(x, y)", r"\min\left(x, y\right)"),
    "log2": ("log2(x)", r"\log_2\left(x\right)"), "erf": ("erf(x)", r"\operatorname{erf}\left(x\right)"),
    "sign": ("sign(x)", r"\operatorname{sign}\left(x\right)"),
    "floor": ("floor(x)", r"\left\lfloor x \right\rfloor"), "ceil": ("ceil(x)", r"\left\lceil x \right\rceil"),
    "add": ("x + y", "x + y"), "subtract": ("x - y", "x - y"), "multiply": ("x·y", r"x \cdot y"),
    "divide": ("x/y", r"\frac{x}{y}"), "power": ("x^y", "{x}^{y}"), "negative": ("-x", "-x"),
}  # fmt: skip


def test_every_page_above_is_of_a_row() -> None:
    assert set(PAGES) <= set(FUNCTIONS)


@pytest.mark.parametrize("row", ROWS)
def test_a_row_is_written_with_its_sign(row: MathFunction) -> None:
    work = Work()
    args = [work.given(name, value) for name, value in zip("xy", (0.6, 0.9), strict=True)]
    work.let("f", row.traced(*args[: row.arguments]))
    formula = work.trace()["f"].formula
    text, latex = (write(formula, style, symbols(style)) for style in (TEXT, LATEX))
    if row.name in PAGES:
        assert (text, latex) == PAGES[row.name]
    else:
        listed = ", ".join("xy"[: row.arguments])
        assert row.text or text == f"{row.name}({listed})"
        assert row.latex or latex == rf"\operatorname{{{row.name}}}\left({listed}\right)"
        assert listed in text and listed in latex and "…" not in text + latex
