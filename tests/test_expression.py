"""User-written expressions against Python's own arithmetic; what is refused, in which column, with which words."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nncalc.reading.expression import ExpressionError, number_of, variables
from nncalc.reading.parser import parse

X = {"x": 0.7, "y": -1.3, "z": 2.0}


@pytest.mark.parametrize(("text", "value"), [
    ("1/3", 1 / 3), ("2*(x*y + max(z, x))", 2 * (0.7 * -1.3 + 2)), ("-x^2", -(0.7**2)), ("2^-1", 0.5), ("2^3^2", 512.0),
    ("2**3", 8.0), ("1-2-3", -4.0), ("8/4/2", 1.0), ("--x", 0.7), ("+x", 0.7), ("-x^2*3", -(0.7**2) * 3), ("2 − 1", 1.0),
    ("e^x", math.e**0.7), ("ln(z)", math.log(2)), ("log(z)", math.log(2)), ("log10(100)", 2.0), ("sqrt(z)", 2**0.5),
    ("sigmoid(x)", 1 / (1 + math.exp(-0.7))), ("sigmoid(-800)", 0.0), ("relu(y)", 0.0), ("softplus(x)", math.log(1 + math.exp(0.7))),
    ("min(x, y, z)", -1.3), ("max(x, y, z)", 2.0), ("abs(y)", 1.3), ("tanh(x)*cosh(x)/sinh(x)", 1.0), ("sin(pi/2)+cos(0)", 2.0), ("tan(0)", 0.0),
    ("1e-3", 0.001), (".5", 0.5), ("((((1))))", 1.0), ("exp(0)", 1.0), ("3×4", 12.0), ("z²", 4.0), ("√2·z", 2 * 2**0.5), ("√(z+2)²", 4.0), ("−½", -0.5), ("σ(0)·π", math.pi / 2),
    ("z¹⁰", 1024.0), ("8÷4∘z", 4.0), ("-√z²", -2.0), ("0.5", 0.5), ("0", 0.0), ("2^½", 2**0.5),
])  # fmt: skip
def test_accepted(text: str, value: float) -> None:
    assert number_of(parse(text), X) == pytest.approx(value, rel=1e-15, abs=1e-300)


@pytest.mark.parametrize(("text", "column", "words"), [
    ("", 1, "is empty"), ("2x", 2, "write 2*x"), ("(1", 1, "never closed"),
    ("1)", 2, "closes nothing"), ("1 +", 4, "missing at the end"), ("* 2", 1, "missing before '*'"), ("sqrt 2", 1, "write sqrt(…)"),
    ("sqr(2)", 1, "did you mean sqrt?"), ("foo(2)", 1, "the functions are exp, ln"), ("w1(2)", 1, "for a product write w1*("), ("exp()", 1, "exp wants one argument, got none"),
    ("010 + x", 1, "leading zero write 10"), ("x·007", 3, "leading zero"), ("2½", 2, "an operator is missing"), ("2₁", 2, "no meaning"), ("σ 2", 3, "for the sigmoid write σ(…)"), ("max(1)", 1, "two or more arguments, got 1"),
    ("sin(1, 2)", 1, "one argument, got 2"), ("a = 1", 3, "has no ="), ("x y", 3, "write x*y"),
    ("1,2", 2, "',' has no meaning"), ("ｘ", 1, "no meaning"), ("1e400", 1, "too large"), ("(" * 200, 101, "deeper than 100"),
    ("-" * 500 + "1", 101, "deeper than 100"), ("1+" * 1500 + "1", 1, "longer than 2000"), ("√", 2, "missing at the end"),
    ("+".join(f"a{i}" for i in range(201)), 891, "more than 200 names"), ("a" * 65, 1, "longer than 64"),
])  # fmt: skip
def test_refused_with_column_and_words(text: str, column: int, words: str) -> None:
    with pytest.raises(ExpressionError) as error:
        parse(text)
    assert error.value.column == column
    assert words in f"{error.value.what} {error.value.hint}"


@pytest.mark.parametrize(("text", "words"), [
    ("1/0", "divide(1, 0) has no value"), ("ln(0)", "ln(0) has no value"), ("sqrt(-1)", "sqrt(-1)"), ("(-8)^0.5", "power(-8, 0.5)"),
    ("exp(1000)", "too large"), ("9^9^9", "too large"), ("1e308*10", "too large"), ("[1]", "one number is wanted"), ("[1, 2]·[3, 4]", "one number"), ("2@3", "one number"), ("2ᵀ", "one number"), ("(1 < 2)", "one number"),
])  # fmt: skip
def test_what_has_no_value_is_named(text: str, words: str) -> None:
    with pytest.raises(ExpressionError) as error:
        number_of(parse(text))
    assert words in error.value.what


def test_names_can_be_closed_and_hide_constants() -> None:
    with pytest.raises(ExpressionError, match="the name 'alhpa' is not known"):
        parse("2*alhpa", names=("alpha",))
    assert number_of(parse("e + 1", names=("e",)), {"e": 5.0}) == 6
    assert variables(parse("b*a + b")) == ["b", "a"]


def test_a_long_sum_needs_no_recursion() -> None:
    assert number_of(parse("+".join(["1"] * 900))) == 900


LEAVES = st.one_of(st.sampled_from(["x", "y", "z"]), st.floats(0.25, 4).map(lambda v: repr(round(v, 3))))
TREES = st.recursive(
    LEAVES,
    lambda t: st.one_of(
        st.tuples(t, st.sampled_from("+-*"), t).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
        st.tuples(t, st.sampled_from("+-*"), LEAVES).map(lambda p: f"({p[0]}) {p[1]} {p[2]}"),
        t.map(lambda a: f"-({a})"), t.map(lambda a: f"({a})^2"), st.tuples(t, t).map(lambda p: f"max({p[0]}, {p[1]})"),
    ),
    max_leaves=12,
)  # fmt: skip


@given(TREES)
def test_generated_expressions_are_pythons_arithmetic(text: str) -> None:
    expected = eval(text.replace("^", "**"), {"max": max, **X})
    try:
        assert number_of(parse(text), X) == pytest.approx(expected, rel=1e-12, abs=1e-12)
    except ExpressionError as error:
        assert ("too large" in error.what and abs(expected) > 1e300) or "longer" in error.what


@given(st.text(alphabet="xyz0123456789.+-*/^(), esqrtlnmax×²=", max_size=40))
def test_any_text_is_a_number_or_an_error_of_ours(text: str) -> None:
    try:
        assert math.isfinite(number_of(parse(text, names=X), X))
    except ExpressionError as error:
        assert 1 <= error.column <= len(text) + 1
