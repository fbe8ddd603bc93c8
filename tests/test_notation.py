"""Names and formulas as they are written: a name's text and what it says are inverse, a style is one record."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from fractions import Fraction
from html import escape
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from examples import MAZUR, problem
from hypothesis import given
from hypothesis import strategies as st

from nncalc.problem.problem import loads
from nncalc.running import solve
from nncalc.trace.name import StepName, gradient_name
from nncalc.trace.notation import evaluation, tree
from nncalc.trace.notation.style import LATEX, TEXT, Style, substituted, symbols, write

STATES = """
topic: rnn
x: [[0.5], [-1]]
h_0: [0.1, 0.2]
W_xh: [[0.3], [-0.2]]
W_hh: [[0.1, 0.4], [-0.3, 0.2]]
upstream: [1, 0.5]
"""

# Typst and MathML, each as the one record that a way of writing takes.


def _typst_name(name: StepName, cell: str) -> str:
    body = f"(diff {name.of})/(diff {name.by})" if name.is_gradient else f'"{name.local}"'
    attached = [f"^(({name.section}))"] * bool(name.section) + [f"_[{cell}]"] * bool(cell)
    return body + "".join(attached)


TYPST = Style(
    dot=" dot ",
    hadamard=" compose ",
    plus="+",
    minus="-",
    parentheses=("(", ")"),
    name=_typst_name,
    divide=lambda a, b: f"frac({a}, {b})",
    power=lambda base, exponent: f"{base}^({exponent})",
    transpose=lambda a: f"{a}^top",
    item=lambda a, part: f"{a}_[{part}]",
    compare=lambda a, relation, b: f"[{a} {relation} {b}]",
    call=lambda function, args: f'op("{function}")({", ".join(args)})',
    encloses=frozenset({("divide", 0), ("divide", 1), ("power", 1)}),
)


def _mathml_name(name: StepName, cell: str) -> str:
    local = f"<mfrac><mi>∂{name.of}</mi><mi>∂{name.by}</mi></mfrac>" if name.is_gradient else f"<mi>{name.local}</mi>"
    if not cell and not name.section:
        return local
    return f"<msubsup>{local}<mtext>{cell}</mtext><mtext>{name.section}</mtext></msubsup>"


MATHML = Style(
    dot="<mo>·</mo>",
    hadamard="<mo>∘</mo>",
    plus="<mo>+</mo>",
    minus="<mo>−</mo>",
    parentheses=("<mrow><mo>(</mo>", "<mo>)</mo></mrow>"),
    name=_mathml_name,
    number=lambda text: f"<mn>{text}</mn>",
    letter=lambda text: f"<mi>{text}</mi>",
    divide=lambda a, b: f"<mfrac><mrow>{a}</mrow><mrow>{b}</mrow></mfrac>",
    power=lambda base, exponent: f"<msup><mrow>{base}</mrow><mrow>{exponent}</mrow></msup>",
    transpose=lambda a: f"<msup><mrow>{a}</mrow><mi>T</mi></msup>",
    item=lambda a, part: f"<msub><mrow>{a}</mrow><mtext>{part}</mtext></msub>",
    compare=lambda a, relation, b: f"<mrow><mo>[</mo>{a}<mo>{escape(relation)}</mo>{b}<mo>]</mo></mrow>",
    call=lambda function, args: f"<mi>{function}</mi><mrow><mo>(</mo>{'<mo>,</mo>'.join(args)}<mo>)</mo></mrow>",
    encloses=frozenset({("divide", 0), ("divide", 1), ("power", 1)}),
)


def _value(symbol: str, array: Any) -> Any:
    return SimpleNamespace(symbol=symbol, array=np.asarray(array))


a, b, c = (tree.Ref(_value(s, n), ()) for s, n in (("a", -0.5), ("b", 2.0), ("t1.dL/dh", 3.0)))
A, B = (tree.Ref(_value(s, np.eye(2)), None) for s in "AB")
x1 = tree.Ref(_value("x", [4.0, -1.0]), (1,))
long = tree.Ref(_value("upstream_from", 3.0), ())

# A formula of every kind of operator: how it is written in text, in LaTeX and in Typst.
WRITTEN = [
    (tree.add(a, tree.negative(b), x1), "a - b + x[2]", "a - b + {x}_{[2]}", '"a" - "b" + "x"_[2]'),
    (tree.negative(tree.add(a, b)), "-(a + b)", r"-\left(a + b\right)", '-("a" + "b")'),
    (tree.product(a, tree.add(b, c)), "a·(b + t1.∂L/∂h)",
     r"a \cdot \left(b + {\frac{\partial L}{\partial h}}^{(t1)}\right)", '"a" dot ("b" + (diff L)/(diff h)^((t1)))'),
    (tree.product(A, B), "A∘B", r"A \circ B", '"A" compose "B"'),
    (tree.matmul(A, tree.transpose(B)), "A·Bᵀ", r"A \cdot {B}^{\top}", '"A" dot "B"^top'),
    (tree.divide(tree.add(a, b), tree.product(b, b)), "(a + b)/(b·b)", r"\frac{a + b}{b \cdot b}",
     'frac("a" + "b", "b" dot "b")'),
    (tree.power(tree.add(a, b), tree.negative(b)), "(a + b)^(-b)", r"{\left(a + b\right)}^{-b}", '("a" + "b")^(-"b")'),
    (tree.power(a, tree.TWO), "a²", "{a}^{2}", '"a"^(2)'),
    (tree.item(tree.matmul(A, B), "2"), "(A·B)[2]", r"{\left(A \cdot B\right)}_{[2]}", '("A" dot "B")_[2]'),
    (tree.subtract(tree.symbol("I"), A), "I - A", "I - A", 'I - "A"'),
    (tree.compare(">=", a, tree.ZERO), "[a >= 0]", r"\left[a \ge 0\right]", '["a" >= 0]'),
    (tree.call("sigmoid", tree.negative(a)), "σ(-a)", r"\sigma\left(-a\right)", 'op("sigmoid")(-"a")'),
    (tree.call("max", a, b), "max(a, b)", r"\max\left(a, b\right)", 'op("max")("a", "b")'),
    (tree.product(tree.divide(tree.call("abs", A), long), B), "(abs(A) / upstream_from)∘B",
     r"\frac{\left| A \right|}{\mathit{upstream}_{from}} \circ B",
     'frac(op("abs")("A"), "upstream_from") compose "B"'),
    (tree.product(B, tree.divide(A, long)), "B∘A / upstream_from", r"B \circ \frac{A}{\mathit{upstream}_{from}}",
     '"B" compose frac("A", "upstream_from")'),
    (tree.negative(tree.along_axes("sum", [1], tree.power(A, tree.TWO), 2)), "-Σ_j (A²)[i,j]",
     r"-\sum_{j} {\left({A}^{2}\right)}_{[i,j]}", '-sum_j ("A"^(2))[ij]'),
    (tree.product(tree.along_axes("max", [0], A, 2), B), "(max_i A[i,j])∘B",
     r"\left(\max_{i} {A}_{[i,j]}\right) \circ B", '(max_i "A"[ij]) compose "B"'),
    (tree.add(tree.call("conv", A, B), b), "B ⋆ A + b", r"{B} \star {A} + b", 'op("conv")("A", "B") + "b"'),
    (tree.transpose(tree.call("conv in steps", A, B, tree.TWO)), "(B ⋆₂ A)ᵀ", r"{\left({B} \star_{2} {A}\right)}^{\top}",
     '(op("conv in steps")("A", "B", 2))^top'),
    (tree.call("sum", tree.call("sqrt", b)), "Σ(√b)", r"\sum \left(\sqrt{b}\right)", 'op("sum")(op("sqrt")("b"))'),
    (tree.power(tree.const(2.718281828459045), b), "e^b", r"{e}^{b}", 'e^("b")'),
    (tree.product(tree.const(1 / 3), a), "1/3·a", r"1/3 \cdot a", '1/3 dot "a"'),
]  # fmt: skip


@pytest.mark.parametrize(("x", "text", "latex", "typst"), WRITTEN, ids=[row[1] for row in WRITTEN])
def test_every_operator_in_every_way_of_writing(x: tree.Expr, text: str, latex: str, typst: str) -> None:
    assert [write(x, style, symbols(style)) for style in (TEXT, LATEX, TYPST)] == [text, latex, typst]
    ET.fromstring(f"<math>{write(x, MATHML, symbols(MATHML))}</math>")


def test_the_table_above_has_every_kind_of_operator() -> None:
    written = {*evaluation._ARITHMETIC} - {*evaluation._OPEN}  # what is left open is worked, never written
    kinds = {*written, "matmul", "transpose", "item", "symbol", "compare", "call", "along"}
    assert {k for x, *_ in WRITTEN for k in _kinds(x)} == kinds


def _kinds(x: tree.Expr) -> set[str]:
    return {x.kind}.union(*map(_kinds, x.args)) if isinstance(x, tree.Op) else set()


@pytest.mark.parametrize("style", [TEXT, LATEX, TYPST, MATHML])
def test_a_negative_number_is_the_style_s_minus_and_a_number(style: Style) -> None:
    left, right = style.parentheses
    half, two = style.number("0.5"), style.number("2")
    leaf = substituted(style)
    assert write(tree.product(a, b), style, leaf) == style.minus + half + style.dot + two
    assert write(tree.product(b, a), style, leaf) == two + style.dot + left + style.minus + half + right
    assert write(tree.add(b, a), style, leaf) == f"{two} {style.minus} {half}"
    assert write(tree.subtract(b, a), style, leaf) == f"{two} {style.minus} {left}{style.minus}{half}{right}"
    assert write(tree.Const(Fraction(-2)), style, leaf) == style.minus + two


@pytest.mark.parametrize("text", [MAZUR, STATES])
def test_a_whole_working_in_mathml_is_well_formed(text: str) -> None:
    for step in solve(problem(text)).steps:
        for x in (step.formula, *(step.element(i) for i in step.indices())):
            for leaf in (symbols(MATHML), substituted(MATHML)) if x != step.formula else (symbols(MATHML),):
                ET.fromstring(f"<math>{write(x, MATHML, leaf)}</math>")


# Names


@given(st.text(alphabet="dLth1_./∂", max_size=12))
def test_a_name_s_text_says_it_and_it_says_its_text(text: str) -> None:
    name = StepName.parse(text)
    assert str(name) == text
    assert not name.is_gradient or name.local == gradient_name(name.of, name.by)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("h", ("", "h", "", "")),
        ("t1.h", ("t1", "h", "", "")),
        ("e1.s2.w_new", ("e1.s2", "w_new", "", "")),
        ("dL/dW1", ("", "dL/dW1", "L", "W1")),
        ("t1.dL/dh", ("t1", "dL/dh", "L", "h")),
        ("df8/df7", ("", "df8/df7", "f8", "f7")),
        ("d", ("", "d", "", "")),
        (None, ("", "", "", "")),
    ],
)
def test_what_a_name_says(text: str | None, said: tuple[str, ...]) -> None:
    assert StepName.parse(text) == said
    assert TEXT.symbol(text or "") == re.sub(r"d(\w+)/d(\w+)", r"∂\1/∂\2", text or "")


@pytest.mark.parametrize("text", [MAZUR, STATES])
def test_every_step_s_name_says_its_section(text: str) -> None:
    steps = solve(problem(text)).steps
    assert steps and all(StepName.parse(step.name).section == step.section for step in steps)


@pytest.mark.parametrize(("reset", "formula"), [("before", "W_hn·(r∘h_0)"), ("after", "r∘(W_hn·h_0)")])
def test_a_matrix_product_and_one_cell_by_cell_are_kept_apart(reset: str, formula: str) -> None:
    weights = {f"W_{side}{gate}": [[0.5, 0.1], [0.2, 0.3]] for side in "xh" for gate in "zrn"}
    trace = solve(loads({"topic": "gru", "x": [1, 2], "h_0": [0.3, 0.4], "reset": reset} | weights))
    whole = trace["z_n"].formula
    assert write(whole, TEXT, symbols(TEXT)) == f"W_xn·x + {formula}"
    latex = write(whole, LATEX, symbols(LATEX))
    assert r"\left(" in latex and r"\circ" in latex


def test_the_gradient_of_kl_is_written_as_one_writes_it() -> None:
    trace = solve(
        loads({"topic": "loss", "kind": "kl", "prediction": [0.5, 0.25, 0.25, 0], "target": [0.2, 0.8, 0, 0]})
    )
    step = trace["dL/dp"]
    assert step.array.tolist() == [-0.4, -3.2, 0, 0]
    assert write(step.formula, TEXT, symbols(TEXT)) == "-∂L/∂terms∘t/p"
