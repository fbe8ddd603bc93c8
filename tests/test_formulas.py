"""Formulas of one's own: what they mean, held against NumPy, fractions and finite differences."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import run
from hypothesis import given
from hypothesis import strategies as st

from nncalc.errors import InputError
from nncalc.limits import Limits
from nncalc.reading.expression import Apply, Gradient, Number, Tree, Variable
from nncalc.reading.parser import parse
from nncalc.reading.written import write_tree
from nncalc.render.layout import View, line
from nncalc.running import on_paper, solve
from nncalc.topics.parts.activations import ACTIVATIONS
from nncalc.topics.parts.language import LANGUAGE, ArrayFunction
from nncalc.trace.notation.evaluation import evaluate
from nncalc.trace.notation.signs import plain_name

W = np.array([[1.0, -2.0, 0.5], [0.3, 0.7, -1.1]])
S = np.array([[2.0, 0.3, -0.4], [0.1, 1.5, 0.2], [0.6, -0.7, 1.8]])
U, V = np.array([0.2, -1.5]), np.array([1.2, 0.4, -0.9])
GIVEN: dict[str, Any] = {"W": W, "S": S, "u": U, "v": V, "a": 1.5, "c": -0.5, "k": 2}


def worked(formula: str, **given: Any) -> np.ndarray:
    page = solve({"topic": "formulas", "given": {**GIVEN, **given}, "formulas": f"y = {formula}"})
    return np.asarray(page.answer["y"], float)


def rows_of(function: Any) -> Any:
    return np.array([[function(row)] for row in W])


# A formula, and the same in NumPy.
MEANINGS = [
    ("W·v", W @ V), ("u·W", U @ W), ("uᵀ·W", W.T @ U), ("u·u", U @ U), ("uᵀ·u", U @ U), ("u·vᵀ", np.outer(U, V)),
    ("a·u·vᵀ", 1.5 * np.outer(U, V)), ("W·v∘u", (W @ V) * U), ("W @ S", W @ S), ("Wᵀ·u", W.T @ U), ("W.T·u", W.T @ U),
    ("W^T·u", W.T @ U), ("(W·S)ᵀ", (W @ S).T), ("a·c", np.array(-0.75)), ("2·W", 2 * W), ("u·vᵀ·v", np.outer(U, V) @ V),
    ("-a^2", np.array(-2.25)), ("(-a)^2", np.array(2.25)), ("2^3^2", np.array(512.0)), ("2^-1", np.array(0.5)),
    ("a - c - 1", np.array(1.0)), ("a/c/2", np.array(-1.5)), ("a/2*c", np.array(-0.375)), ("√4·a", np.array(3.0)),
    ("½·a²", np.array(1.125)), ("u²", U**2), ("W + v", W + V), ("W - v", W - V), ("v + W", W + V), ("W + sum(W, rows)", W + rows_of(np.sum)),
    ("W/sum(W, rows)", W / rows_of(np.sum)), ("W·diag(1/v)", W / V), ("W*W", W * W), ("W/W", np.ones((2, 3))),
    ("sum(W)", W.sum()), ("sum(W, rows)", rows_of(np.sum)), ("sum(W, columns)", W.sum(axis=0)), ("row_sum(W)", rows_of(np.sum)),
    ("mean(W)", W.mean()), ("mean(W, columns)", W.mean(axis=0)), ("var(W)", W.var()), ("std(W, rows)", rows_of(np.std)),
    ("std(W, columns)", W.std(axis=0)), ("norm(v)", np.linalg.norm(V)), ("norm(W, rows)", rows_of(np.linalg.norm)),
    ("prod(v)", V.prod()), ("prod(W, rows)", rows_of(np.prod)), ("prod(W, columns)", W.prod(axis=0)),
    ("max(W)", W.max()), ("max(W, rows)", rows_of(np.max)), ("min(W, columns)", W.min(axis=0)), ("max(a, c, 1)", np.array(1.5)),
    ("max(u, 0)", np.maximum(U, 0)), ("min(v, 0.5)", np.minimum(V, 0.5)), ("argmax(v)", np.array(1.0)), ("argmin(v)", np.array(3.0)),
    ("argmax(W, rows)", np.array([[1.0], [2.0]])), ("argmin(W, columns)", np.array([2.0, 1.0, 2.0])), ("argmax(c, a, 1)", np.array(2.0)),
    ("onehot(2, 3)", np.array([0.0, 1, 0])), ("onehot(k, 3)·S", S[1]), ("onehot([1, 3], 3)", np.eye(3)[[0, 2]]),
    ("[a, c, 1]", np.array([1.5, -0.5, 1])), ("[[1, 2], [3, a]]", np.array([[1, 2], [3, 1.5]])), ("[v, v]", np.stack([V, V])),
    ("stack(u, u)", np.stack([U, U])), ("concat(u, a, v)", np.concatenate([U, [1.5], V])), ("concat(W, W)", np.hstack([W, W])),
    ("W[1,2]", W[0, 1]), ("W[2]", W[1]), ("W[2,:]", W[1]), ("W[:,3]", W[:, 2]), ("v[2:3]", V[1:]), ("v[:2]", V[:2]), ("W[1:2,2:]", W[:, 1:]),
    ("S²[1,1]", np.array(4.0)), ("diag(v)", np.diag(V)), ("diag(S)", np.diag(S)), ("inv(S)·S", np.eye(3)), ("inv(S)", np.linalg.inv(S)),
    ("inv(S[1:2,1:2])", np.linalg.inv(S[:2, :2])), ("cos_sim(v, S[1])", V @ S[0] / np.linalg.norm(V) / np.linalg.norm(S[0])),
    ("dot(v, v)", V @ V), ("outer(u, v)", np.outer(U, V)), ("where(v > 0, v, -1)", np.where(V > 0, V, -1)),
    ("a > c", np.array(1.0)), ("[v >= 0.4]", (V >= 0.4) * 1.0), ("v == 0.4", (V == 0.4) * 1.0), ("(v != 0.4)·v", (V != 0.4) @ V),
    ("(v < 1)*(v > 0)", np.array([0.0, 1, 0])), ("sign(v)", np.sign(V)), ("floor(v)", np.floor(V)), ("ceil(v)", np.ceil(V)), ("step(v)", (V > 0) * 1.0),
    ("log2(8)", np.array(3.0)), ("softmax(v)", np.exp(V) / np.exp(V).sum()), ("sum(softmax(W), rows)", np.ones((2, 1))),
    ("sum(softmax(S, columns), columns)", np.ones(3)), ("log_softmax(v)", V - np.log(np.exp(V).sum())),
    ("leaky_relu(v, 0.1)", np.where(V > 0, V, 0.1 * V)), ("σ(a)", 1 / (1 + np.exp(-1.5))), ("e^a", np.exp(1.5)), ("pi", np.pi), ("Σ(v)", V.sum()),
    ("conv(S, S[1:2,1:2])", [[(S[i : i + 2, j : j + 2] * S[:2, :2]).sum() for j in (0, 1)] for i in (0, 1)]),
    ("conv(v, [1, -1])", V[:2] - V[1:]), ("conv(v, [1, 1], 2, 1)", np.array([V[0], V[1] + V[2]])), ("pool(S, 2, 1)", [[2, 1.5], [1.5, 1.8]]),
    ("pool(v, 2)", np.array([1.2])), ("erf(0)", np.array(0.0)),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "value"), MEANINGS, ids=[formula for formula, _ in MEANINGS])
def test_a_formula_means_what_numpy_works(formula: str, value: Any) -> None:
    assert worked(formula) == pytest.approx(np.asarray(value, float), rel=1e-12, abs=1e-12)
    assert worked(formula).shape == np.shape(value)


# What does not fit: the formula, its column, and words of the line that is said.
UNFIT = [
    ("W*v", 2, "W is 2 x 3 and v is 3 numbers: these shapes do not fit (* works element by element; for the matrix product write ·; to scale each column W·diag(v))"),
    ("W/v", 2, "sum(X, rows)"), ("S/v", 2, "S is 3 x 3 and v is 3 numbers"), ("S*v", 2, "for the matrix product write ·"),
    ("W·u", 2, "W is 2 x 3 and u is 2 numbers: a product wants as many columns as rows (the transpose of the first fits)"),
    ("W·W", 2, "the transpose of the first fits"), ("u + v", 3, "u is 2 numbers and v is 3 numbers"), ("vᵀ", 2, "in a product"), ("2*vᵀ", 2, "want vᵀ in a product"),
    ("vᵀ + 1", 4, "only in a product with ·"), ("S·vᵀ", 2, "want u·vᵀ of two vectors"), ("2@v", 2, "for a product with a number write *"), ("a@c", 2, "@ wants two arrays"),
    ("W[3,1]", 2, "there is no place 3 (want 1 to 2)"), ("W[1,1,1]", 2, "too many"), ("v[2:4]", 2, "there is no place 2:4"), ("W + W[1,:2]", 3, "these shapes do not fit"),
    ("sum(v, rows)", 1, "rows are those of a matrix"), ("argmax(W)", 1, "its rows or columns"), ("inv(W)", 1, "want a square matrix"),
    ("onehot(1, a)", 1, "want a size as a whole number"), ("onehot(1, sum(v))", 1, "written or given"), ("[u, v]", 1, "arrays of one shape"), ("dot(u, v)", 1, "vectors of one length"),
    ("conv(v, S)", 1, "two matrices, or two vectors"), ("pool(v, 4)", 1, "larger than the image"), ("max(a)", 1, "want two numbers or more"), ("concat(W, v)", 1, "matrices of as many rows"),
    ("v[0]", 3, "places count from 1"), ("W[k,:]", 3, "to choose a row by a number write onehot(k, n)·W"), ("v[1.5]", 3, "written as numbers"),
    ("1 < a < 2", 7, "comparisons make no chain"), ("v = 2", 3, "to compare write =="), ("a + 0,5", 6, "a decimal comma? write 0.5"), ("softmax(a)", 1, "want a vector or a matrix"), ("relu(v, 2)", 1, "relu wants one argument"),
    ("leaky_relu(v, a)", 1, "written as numbers"), ("nothing + 1", 1, "the name 'nothing' is not known"), ("W'", 2, "a transpose is written ᵀ or .T"), ("|v|", 1, "write abs(…)"),
    ("sum(W, row)", 8, "the name 'row' is not known"), ("1/(2 - 2)", 1, "1/(2 - 2) is not a finite number"), ("u*vᵀ", 2, "for the outer product write u·vᵀ"), ("onehot(0, 3)", 1, "want a place from 1 to 3"), ("onehot(k, 1000000)", 1, "from 1 to 100000"), ("vᵀ·W[:,1:2]ᵀ·u", 3, "a product wants"),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "column", "words"), UNFIT, ids=[formula for formula, *_ in UNFIT])
def test_what_does_not_fit_is_said_with_both_shapes_and_the_column(formula: str, column: int, words: str) -> None:
    done = run("formulas", "-", "--format", "plain", stdin=page_of(formula).encode())
    assert done.code == 2 and not done.out
    assert len(done.err.splitlines()) == 1 and words in done.err
    assert done.err.startswith(f"<stdin>:4:{6 + column}: y"), done.err


def page_of(formula: str) -> str:
    given = ", ".join(f"{name}: {np.asarray(value).tolist()}" for name, value in GIVEN.items())
    return f"topic: formulas\ngiven: {{{given}}}\nformulas: |\n  y = {formula}\n"


# Gradients

SMOOTH = st.floats(-2, 2).filter(lambda x: abs(x) > 0.05)
# How each function is tried: a formula of X (n x m), x (m) and y (m), all of them away from kinks and poles.
TRIED = {
    **{name: f"sum({name}(X))" for name, row in LANGUAGE.items() if row.takes(1)},
    **{name: f"sum({name}(x, y))" for name in ("dot", "outer", "cos_sim")},
    **{name: f"sum({name}(2 + x²))" for name in ("ln", "log", "log2", "log10", "sqrt")},
    **{name: f"sum(x·{name}(X, rows)ᵀ)" for name in ()},
    "where": "sum(where(x > y, x², y))", "onehot": "onehot(argmax(x), 2)·[x[1], y[1]]", "inv": "sum(inv(5*diag(1 + x[1:1]²)))",
    "conv": "sum(conv(X, X[1:1,1:1]))", "pool": "sum(pool(X, 1))", "max_pool": "sum(max_pool(X, 1))", "average_pool": "sum(average_pool(X, 1)²)", "concat": "sum(concat(x, 2, y)²)", "stack": "sum(stack(x, y)²)",
    "diag": "sum(diag(x)²)", "argmax": "sum(argmax(X, rows))", "argmin": "sum(argmin(X, rows))", "max": "max(X) + sum(max(x, y))", "min": "min(X) + sum(min(x, y, 0))",
    "softmax": "sum(softmax(X)∘X)", "log_softmax": "sum(log_softmax(X)∘X)", "tan": "sum(tan(x/4))",
    "row_argmax": "sum(row_argmax(X))", "all": "x·y",
}  # fmt: skip
OPERATORS = [
    "x·y", "xᵀ·y", "sum(x·yᵀ)", "sum(X·x)", "sum(X @ x)", "sum((X·x)²)", "sum(X + x)", "sum(X - x)", "sum(X∘X)", "sum(X/sum(2 + X², rows))",
    "sum(x/(3 + y))", "sum((3 + x)^y)", "sum(-x²)", "sum([x[1], y[1]])", "sum(Xᵀ·X)", "X[1,1]·x[1]", "sum(X[1]·y)", "sum(X[:,1])", "sum(x > y)·sum(x)",
    "var(X)", "std(X)", "norm(x)", "sum(mean(X, columns)∘y)", "sum(var(X, rows))", "prod(x)", "sum(prod(X, rows))", "sum(prod(X, columns)∘x)",
]  # fmt: skip


@pytest.mark.parametrize("formula", [*TRIED.values(), *OPERATORS])
@given(data=st.data())
def test_gradients_are_finite_differences(formula: str, data: st.DataObject) -> None:
    least = 2 if "std" in formula or "softmax" in formula else 1  # of one number it is a kink
    n, m = data.draw(st.integers(least, 3)), data.draw(st.integers(least, 3))
    rng = np.random.default_rng(data.draw(st.integers(0, 10**6)))
    apart = rng.permutation(np.arange(-20, 20)) * 0.09 + 0.043  # no two, and none and a kink, are near each other
    place = {"X": apart[: n * m].reshape(n, m), "x": apart[9 : 9 + m], "y": apart[12 : 12 + m]}
    asked = [f"dL/d{name}" for name in place]
    page = solve({"topic": "formulas", "given": place, "formulas": f"L = {formula}", "answer": asked})
    for name, array in place.items():
        gradient = page.answer[f"dL/d{name}"]
        assert gradient.shape == array.shape
        for index in np.ndindex(array.shape):
            ends = [value(formula, place, name, index, step) for step in (1e-5, -1e-5)]
            assert gradient[index] == pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-4, abs=1e-5), (name, index)


def value(formula: str, place: dict[str, Any], name: str, index: Any, step: float) -> float:
    moved = {n: np.array(a) for n, a in place.items()}
    moved[name][index] += step
    return float(solve({"topic": "formulas", "given": moved, "formulas": f"L = {formula}"}).answer["L"])


def test_every_function_has_its_gradient_tried() -> None:
    assert {name for name in LANGUAGE if name not in TRIED} == set()
    assert {*ACTIVATIONS} <= {*LANGUAGE}


# Sections

ADALINE = {
    "topic": "formulas",
    "given": {"w": [0.1, 0.1], "b": 0.1, "rate": 0.1, "X": [[1, 1], [1, -1], [-1, 1], [-1, -1]], "t": [1, 1, 1, -1]},
    "each": {"x": "X", "target": "t"},
    "formulas": "z = w·x + b; d = target - z; w_new = w + rate*d*x; b_new = b + rate*d",
}  # fmt: skip


def adaline(epochs: int) -> list[tuple[list[Fraction], Fraction]]:
    tenth, w, b, found = Fraction(1, 10), [Fraction(1, 10)] * 2, Fraction(1, 10), []
    for _ in range(epochs):
        for x, t in zip(ADALINE["given"]["X"], ADALINE["given"]["t"], strict=True):  # type: ignore[index]
            d = t - (w[0] * x[0] + w[1] * x[1] + b)
            w, b = [w[i] + tenth * d * x[i] for i in (0, 1)], b + tenth * d
            found.append((w, b))
    return found


def test_what_is_new_is_the_next_sections_own() -> None:
    page, right = solve(ADALINE), adaline(1)
    for k, (w, b) in enumerate(right, 1):
        assert page[f"s{k}.w_new"].array.tolist() == [float(x) for x in w] and float(
            page[f"s{k}.b_new"].array
        ) == float(b)
    assert [step.title for step in page.steps if step.name == "s2.z"] == ["Sample 2"]
    twice = solve({**ADALINE, "epochs": 2, "answer": ["w", "b"]})
    w, b = adaline(2)[-1]
    assert twice.answer["w"].tolist() == [float(x) for x in w] and float(twice.answer["b"]) == float(b)
    assert twice.answered == {"w": "e2.s4.w_new", "b": "e2.s4.b_new"}
    assert "e1.s1.w" not in twice.named() and float(twice["e2.s1.b"].array) == float(adaline(1)[-1][1])


def test_rounds_count_and_what_is_after_sees_all_of_them() -> None:
    page = solve({
        "topic": "formulas", "given": {"x": 8.0}, "repeat": {"t": 3}, "formulas": "L = x + t; x_new = x/2",
        "after": "S = sum(all(L)); last = x; m = max(all(L))", "answer": ["S", "last", "x", "m"],
    })  # fmt: skip
    assert {name: float(value) for name, value in page.answer.items()} == {
        "S": 8 + 4 + 2 + 6,
        "last": 1,
        "x": 1,
        "m": 9,
    }
    assert [step.title for step in page.steps][-1] == "After all rounds"


def test_words_and_labels_stand_in_the_headings() -> None:
    page = {"topic": "formulas", "given": {"X": [[1], [2]], "words": ["cat", "dog"]}, "formulas": "y = x·x"}
    by_words = solve({**page, "each": {"x": "X", "word": "words"}})
    by_labels = solve({**page, "each": {"x": "X"}, "labels": ["one", "two"]})
    assert [s.title for s in by_words.steps if s.name.endswith("y")] == ["Sample 1: cat", "Sample 2: dog"]
    assert [s.title for s in by_labels.steps if s.name.endswith("y")] == ["Sample 1: one", "Sample 2: two"]


RNN = {
    "topic": "formulas", "given": {"W": [[0.3, -0.2], [0.1, 0.4]], "U": [[0.5], [-0.7]], "h": [0, 0], "X": [[1.0], [0.5], [-0.3]], "t": [1.0, 0.0]},
    "each": {"x": "X"}, "formulas": "h_new = tanh(W·h + U·x)", "after": "L = ½·sum((h - t)²)", "answer": ["L", "dL/dW", "dL/dU", "dL/dh"],
}  # fmt: skip


def test_what_is_after_goes_back_through_all_sections() -> None:
    page = solve(RNN)
    for name in ("W", "U", "h"):
        array = np.array(RNN["given"][name], float)  # type: ignore[index]
        for index in np.ndindex(array.shape):
            ends = []
            for step in (1e-5, -1e-5):
                moved = array.copy()
                moved[index] += step
                ends.append(float(solve({**RNN, "given": {**RNN["given"], name: moved}, "answer": "L"}).answer["L"]))  # type: ignore[dict-item]
            assert page.answer[f"dL/d{name}"][index] == pytest.approx((ends[0] - ends[1]) / 2e-5, abs=1e-8)
    assert page["dL/dW"].section == "" and "s2.dL/dh_new" in page.named()


def test_in_a_section_what_was_carried_in_counts_as_given() -> None:
    page = solve({
        "topic": "formulas", "given": {"w": 2.0, "X": [1.0, 3.0]}, "each": {"x": "X"},
        "formulas": "L = (w·x - 1)²; w_new = w - 0.1*dL/dw", "answer": ["w", "dL/dw"],
    })  # fmt: skip
    w = 2.0
    for k, x in enumerate((1.0, 3.0), 1):
        g = 2 * (w * x - 1) * x
        assert float(page[f"s{k}.dL/dw"].array) == pytest.approx(g, rel=1e-14)
        w -= 0.1 * g
    assert float(page.answer["w"]) == pytest.approx(w) and float(page.answer["dL/dw"]) == pytest.approx(g)


def test_a_gradient_in_a_section_ends_at_what_was_carried_in() -> None:
    page = {"topic": "formulas", "given": {"w": 1, "x": 2}, "repeat": 2, "formulas": "L = x*w²; w_new = w - dL/dw"}
    found = solve({**page, "answer": ["w", "r2.dL/dx"]})
    assert float(found.answer["r2.dL/dx"]) == 9 and float(found.answer["w"]) == 9
    own = solve(
        {"topic": "formulas", "given": {"w": 2, "a": 3}, "repeat": 2, "formulas": "w_new = a*w", "answer": "dw_new/da"}
    )
    assert float(own.answer["dw_new/da"]) == 6
    both = solve({
        "topic": "formulas", "given": {"W": 0.5, "h": 0, "X": [1, 2], "T": [1, 0]}, "each": {"x": "X", "t": "T"},
        "formulas": "h_new = tanh(W*h + x); L = (h_new - t)²; g = dL/dW", "answer": ["g", "s1.L"],
    })  # fmt: skip
    h1 = np.tanh(1)
    h2 = np.tanh(0.5 * h1 + 2)
    assert float(both.answer["g"]) == pytest.approx(2 * h2 * (1 - h2**2) * h1) and float(
        both.answer["s1.L"]
    ) == pytest.approx((h1 - 1) ** 2)


def test_what_is_zero_by_hand_is_zero_with_written_fractions() -> None:
    for formula, x in (
        ("1/3*x - 1", 3),
        ("⅓·x - 1", 3),
        ("(1/7)·x - 1", 7),
        ("1/7*x*7 - x", 5),
        ("0.1 + 0.2 - x", 0.3),
    ):
        page = solve(
            {
                "topic": "formulas",
                "given": {"x": x},
                "formulas": f"a = {formula}; b = sign(a); c = step(a)",
                "answer": ["a", "b", "c"],
            }
        )
        assert [float(value) for value in page.answer.values()] == [0, 0, 0], formula


def test_a_line_of_literals_shows_its_working_and_is_rounded() -> None:
    page = solve(
        {"topic": "formulas", "formulas": "p = σ(2); z = 3·4 + 2; t = 1/3; q = t*3; c = cos(pi)", "answer": ["q", "c"]},
        on_paper(2),
    )
    assert float(page.answer["q"]) == 0.99 and float(page.answer["c"]) == -1
    done = run("formulas", "--formulas", "p = σ(2); c = e^2·cos(pi/3)", "--format", "plain")
    assert "p = 1 / (1 + exp(-2))" in done.out and "c = e²·cos(pi/3)" in done.out
    blank = run("sheet", "-", stdin=yaml_text("formulas: p = σ(2)").encode()).out
    assert "0.88" not in blank and "# p = σ(2)" in blank


def test_of_names_and_numbers_a_flag_says_some() -> None:
    assert (
        run(
            "formulas",
            "-",
            "--given",
            "w=[1, 1], b=2",
            "--get",
            "z",
            stdin=yaml_text("given: {w: [2, 3], x: [4, 5], b: 0}\nformulas: z = w·x + b").encode(),
        ).out
        == "11.0\n"
    )
    assert run("formulas", "--formulas", "z = w·x", "--given", "w=2,3, x=[1, 1]", "--get", "z").out == "5.0\n"


def test_whole_numbers_go_into_every_function() -> None:
    for formula in ("step(x)", "x > 0", "sign(x)"):
        done = run("formulas", "--formulas", f"y = ln({formula})", "--given", "x=0")
        assert done.code == 2 and "is not a finite number" in done.err


def test_gradients_that_only_the_key_or_the_points_ask_for_are_worked() -> None:
    page = {"topic": "formulas", "given": {"x": 3, "y": 2}, "formulas": "L = x²·y; m = 2*L"}
    assert "dL/dx" not in solve(page).named()
    assert float(solve({**page, "expect": {"∂L/∂x": 12}})["dL/dx"].array) == 12
    assert float(solve({**page, "marking": {"points": {"dm/dL": 1, "dL/dy": 1}}})["dm/dL"].array) == 2


def test_flat_functions_are_said_and_have_slope_0() -> None:
    page = solve(
        {
            "topic": "formulas",
            "given": {"x": [1.0, -2.0]},
            "formulas": "L = sum(step(x)) + sum(x > 0) + argmax(x)",
            "answer": ["dL/dx"],
        }
    )
    assert page.answer["dL/dx"].tolist() == [0, 0]
    assert page.notes == ["the slope of step, argmax, a comparison counts as 0: no gradient goes back through there"]


def test_a_maximums_tie_goes_to_the_first_and_every_line_adds_up() -> None:
    given = {"v": [0.3, 0.1, 0.3], "W": [[1, 1], [2, 3]]}
    page = solve({"topic": "formulas", "given": given, "formulas": "q = max(v) + sum(max(W, rows)) + min(W)",
                  "answer": ["dq/dv", "dq/dW"]})  # fmt: skip
    assert page.answer["dq/dv"].tolist() == [1, 0, 0] and page.answer["dq/dW"].tolist() == [[2, 0], [0, 1]]
    for name in page.answer:
        step = page[name]
        assert [evaluate(step.element(index)) for index in step.indices()] == step.array.ravel().tolist()


def test_why_stands_beside_its_line_once() -> None:
    text = yaml_text(
        "given: {w: 1, X: [1, 2]}\neach: {x: X}\nformulas: |\n  # the rule\n  w_new = w + x   # Hebb\n\n  y = w"
    )
    done = run("formulas", "-", stdin=text.encode())
    assert done.out.count("Hebb") == 1 and "s1.w_new: Hebb" in done.out
    steps = json.loads(run("formulas", "-", "--format", "json", stdin=text.encode()).out)["steps"]
    assert [step["why"] for step in steps if "why" in step] == ["Hebb"]


def yaml_text(body: str) -> str:
    return f"topic: formulas\n{body}\n"


# The same numbers and lines as backprop's

NETWORK = {
    "topic": "backprop", "x": [0.05, 0.1], "target": [0.01, 0.99], "rate": 0.5,
    "layers": [{"W": [[0.15, 0.2], [0.25, 0.3]], "b": [0.35, 0.35], "activation": "sigmoid"},
               {"W": [[0.4, 0.45], [0.5, 0.55]], "b": [0.6, 0.6], "activation": "sigmoid"}],
}  # fmt: skip
OWN = {
    "topic": "formulas",
    "given": {"W1": [[0.15, 0.2], [0.25, 0.3]], "b1": [0.35, 0.35], "W2": [[0.4, 0.45], [0.5, 0.55]], "b2": [0.6, 0.6],
              "x": [0.05, 0.1], "target": [0.01, 0.99]},
    "formulas": "z1 = W1·x + b1; a1 = σ(z1); z2 = W2·a1 + b2; a2 = σ(z2); L = sum((a2 - target)²)/2;"
                "W1_new = W1 - 0.5*dL/dW1; b1_new = b1 - 0.5*dL/db1; W2_new = W2 - 0.5*dL/dW2; b2_new = b2 - 0.5*∂L/∂b₂",
    "answer": ["L", "dL/dx"],
}  # fmt: skip


@pytest.mark.parametrize("settle", [None, on_paper(2)], ids=["exact", "on paper"])
def test_a_networks_own_formulas_give_its_pages_lines(settle: Any) -> None:
    pages = [solve(page, *([settle] if settle else [])) for page in (NETWORK, OWN)]
    lines = [
        {step.name: [(str(line(step, index, View()))) for index in step.indices()] for step in page.steps}
        for page in pages
    ]
    assert lines[0] == lines[1] and len(lines[0]) == 18
    order = [[step.name for step in page.steps if step.name != "dL/dx"] for page in pages]
    assert order[0] == order[1]


# The same language in backprop


def test_expressions_and_nodes_take_arrays() -> None:
    at = {"W": W, "v": V}
    page = solve({"topic": "backprop", "expr": "sum(σ(W·v)²)", "at": at})
    own = solve({"topic": "formulas", "given": at, "formulas": "f = sum(σ(W·v)²)", "answer": ["f", "df/dW", "df/dv"]})
    for name in ("f", "df/dW", "df/dv"):
        assert page.answer[name] == pytest.approx(own.answer[name], rel=1e-13)
    assert not [step.name for step in page.steps if step.name.startswith("df2/")]  # no edge's own derivative
    nodes = solve({"topic": "backprop", "nodes": {"c": "[1, 2]", "z": "W·v + c", "L": "sum(z²)"}, "at": at})
    assert nodes.answer["dL/dW"] == pytest.approx(np.outer(2 * (W @ V + [1, 2]), V), rel=1e-13)
    with pytest.raises(InputError, match="expr: comes out as 2 numbers; want one number, as of sum"):
        solve({"topic": "backprop", "expr": "W·v", "at": at})
    with pytest.raises(InputError, match=r"nodes\.z: v is 3 numbers and W is 2 x 3: a product wants"):
        solve({"topic": "backprop", "nodes": {"z": "v·W"}, "at": at})


def test_of_numbers_each_edge_keeps_its_own_derivative() -> None:
    page = solve({"topic": "backprop", "expr": "2*(x·y + max(z, w))", "at": {"x": 3, "y": -4, "z": 2, "w": -1}})
    assert float(page["df3/df1"].array) == 1 and float(page.answer["df/dx"]) == -8


# What is wrong

WRONG = [
    ("given: {w: 1}\nformulas: |\n  w = 2", "<stdin>:4:3: w: is given (write w_new = …)"),
    ("given: {w: 1, X: [1]}\neach: {x: X}\nformulas: |\n  w = 2", "<stdin>:5:3: w: is given (write w_new = …, the next section's w)"),
    ("given: {X: [1]}\neach: {x: X}\nformulas: |\n  x = 2", "<stdin>:5:3: x: is given by the section (give the line another name)"),
    ("formulas: |\n  a = b + 1\n  b = 2", "<stdin>:3:7: a: b is set in line 4, which is not above (lines are worked from top to bottom)"),
    ("formulas: |\n  a = 1\n  a = 2", "<stdin>:4:3: a: is set twice, first in line 3 (give each line a name of its own)"),
    ("given: {max: 2}\nformulas: |\n  y = max(1, 2)", "<stdin>:4:7: y: 'max' is a name here, and no function (for a product write max*()"),
    ("formulas: |\n  1 + 2", "<stdin>:3:3: formulas: '1 + 2' has no name; want lines as `z = w·x + b`"),
    ("formulas: |\n  2y = 3", "<stdin>:3:3: '2y' cannot be a name; want letters, digits and _ (a line is `name = formula`)"),
    ("formulas: |\n  # nothing", "<stdin>:2:11: formulas: holds no formula; want lines as `z = w·x + b`"),
    ("given: {x: 2}\nformulas:\n  y = x + 1\n  z = y", "<stdin>:4:3: formulas: YAML puts these lines together (write `formulas: |` and below it lines `name = formula`, which YAML leaves as they are)"),
    ("given: {x: 2}\nformulas:\n  L: - log(x)", "<stdin>:4:6: is not YAML: this sign cannot begin a value; put the text in quotes (write `formulas: |` and below it lines `name = formula`, which YAML leaves as they are)"),
    ("given: {x: 2}\nformulas: {y: max(x, 3)}", "<stdin>:3:22: formulas: '3)' has no formula that YAML leaves as it is (write `formulas: |` and below it lines `name = formula`, which YAML leaves as they are)"),
    ("given: {w: [1, 2], x: [1, 2], b: 0}\nrepeat: 2\nformulas: |\n  z = w*x + b\n  b_new = b + z", "<stdin>:6:3: b_new: is 2 numbers, but b is one number (w*x multiplies element by element; w·x adds the products up)"),
    ("given: {x: [1, 2]}\nformulas: |\n  L = x²\n  g = dL/dx", "<stdin>:4:3: L: is 2 numbers, but a gradient is of one number, as of sum(…)"),
    ("given: {x: 1}\nformulas: |\n  L = x²\n  g = dL/dx\n  h = dg/dx", "<stdin>:5:3: g: is made from a gradient, and a gradient of a gradient is not worked"),
    ("given: {x: 1}\nformulas: |\n  g = dL/dx\n  L = x²", "<stdin>:4:7: g: L is set in line 5, which is not above (lines are worked from top to bottom)"),
    ("given: {x: 1}\nformulas: |\n  L = 2*x\n  g = dL/dq", "the name 'q' is not known"),
    ("given: {x: 1}\nformulas: |\n  L = 2*x\nanswer: M", "<stdin>:5:9: answer: there is no line 'M'"),
    ("given: {x: 1}\nrepeat: 2\nformulas: |\n  L = 2*x\nafter: |\n  m = L", "<stdin>:7:7: m: L is a line of the sections; of all of them it is all(L)"),
    ("given: {x: 1}\nrepeat: 2\nformulas: |\n  L = 2*x\nafter: |\n  L = 1", "<stdin>:7:3: L: is a line of the sections (give this one another name)"),
    ("given: {x: 2}\nformulas: |\n  L = x²\n  M = L\nanswer: dL/dM", "<stdin>:6:9: answer: M does not stand above L"),
    ("given: {x: 2}\nformulas: |\n  L = x²\n  g = dL/dL", "<stdin>:5:7: g: L does not stand above L"),
    ("given: {h: 1}\nrepeat: 2\nformulas: |\n  z = 2*h\n  h_new = z\nafter: |\n  J = h²\nanswer: dJ/dz", "answer: z does not stand above J"),
    ("given: {w: 2}\nrepeat: 2\nformulas: |\n  L = w²\n  w_new = w - 0.1*dL/dw\nafter: |\n  E = w²\n  g = dE/dw", "<stdin>:8:3: E: is made from a gradient"),
    ("given: {w: 2}\nrepeat: 2\nformulas: |\n  L = w²\n  w_new = w - 0.1*dL/dw\nafter: |\n  E = sum(all(L))\n  g = dE/dw", "E: is made from a gradient"),
    ("given: {w: 2}\nrepeat: 2\nformulas: |\n  W_new = w + 1", "<stdin>:5:3: W_new: would be the next section's W, which is not given (did you mean w_new?)"),
    ("given: {X: [1]}\neach: {x: X}\nformulas: |\n  x_new = x + 1", "x_new: would be the next section's x, which each section is given"),
    ("given: {x: 1}\nrepeat: 2\nformulas: |\n  y = x\nanswer: [r3.y]", "answer: there is no section 'r3'"),
    ("given: {x: 1}\nrepeat: 2\nformulas: |\n  y = x\nanswer: r1.z", "answer: there is no line 'r1.z'"),
    ("given: {x: 2}\nformulas: |\n  a = x\n  c = 1/(a - 2)", "<stdin>:5:7: c = 1/(2 - 2) is not a finite number"),
    ("given: {x: 2}\nformulas: |\n  a = transpose(x)", "there is no function 'transpose' (write Xᵀ or X.T)"),
    ("given: {x: [[2]]}\nformulas: |\n  a = sum(x, row)", "the name 'row' is not known (write sum(X, rows) or sum(X, columns))"),
    ("given: {x: 2}\nformulas: |\n  a = 1 if x > 0 else 0", "an operator is missing (write where(z > 0, a, b))"),
    ("given: {x: 2}\nformulas: |\n  a = ηx", "the name 'etax' is not known (write eta*x)"),
    ("given: {x: 2}\nformulas: |\n  a = x⊙x", "'⊙' has no meaning here (write ∘)"),
    ("given: {X: [1, 2], t: [1]}\neach: {x: X, y: t}\nformulas: |\n  z = x", "wants as many rows of each: X has 2, t has 1"),
    ("given: {X: [1, 2]}\neach: {x: Y}\nformulas: |\n  z = x", "<stdin>:3:11: each.x: 'Y' is not given (given are X)"),
    ("given: {X: [1, 2]}\neach: {x: X}\nrepeat: 2\nformulas: |\n  z = x", "each: belongs to a problem without repeat"),
    ("given: {x: 1e300}\nformulas: |\n  z = x·x", "z = 1e+300·1e+300 is not a finite number"),
    ("given: {x: 1}\nrepeat: 1000000\nformulas: |\n  z = x", "asks for more than 500000 steps"),
    ("given: {x: [a, b]}\nformulas: |\n  z = x + 1", "the name 'x' is not known"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "words"), WRONG, ids=[body[-30:] for body, _ in WRONG])
def test_wrong_formulas_get_one_clear_line(body: str, words: str) -> None:
    done = run("formulas", "-", stdin=yaml_text(body).encode())
    assert done.code == 2 and not done.out
    assert words in done.err.splitlines()[0], done.err


# What is read, and what is written

LEAVES = st.one_of(
    st.integers(0, 99).map(lambda n: Number(float(n))), st.floats(0, 1e6).map(Number),
    st.sampled_from(["x", "W1", "y_hat", "t1.h"]).map(Variable), st.just(Gradient("L", "W1")), st.just(Gradient("t1.h", "h_prev")),
)  # fmt: skip
BINARY = ["add", "subtract", "multiply", "divide", "product", "matmul", "power", ">", "<=", "==", "!="]
PLACES = st.integers(1, 9) | st.tuples(st.none() | st.integers(1, 9), st.none() | st.integers(1, 9))


def grown(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    def applied(function: str, *args: Tree, axis: str = "", places: Any = ()) -> Tree:
        return Apply(function, args, axis=axis, places=tuple(places))

    not_compared = inner.filter(lambda tree: not (isinstance(tree, Apply) and tree.function in BINARY[-4:]))
    return st.one_of(
        st.builds(applied, st.sampled_from(BINARY), inner, inner),
        st.builds(applied, st.sampled_from(["negative", "transpose", "exp", "sigmoid", "sqrt"]), inner),
        st.builds(applied, st.sampled_from(["sum", "mean"]), inner, axis=st.sampled_from(["rows", "columns", ""])),
        st.builds(applied, st.just("part"), inner, places=st.lists(PLACES, min_size=1, max_size=3)),
        st.builds(applied, st.just("vector"), not_compared, inner), st.builds(applied, st.just("max"), inner, inner, inner),
    )  # fmt: skip


NAMES = ["x", "W1", "y_hat", "t1.h", "L", "h_prev", "h"]


@given(st.recursive(LEAVES, grown, max_leaves=25))
def test_what_is_written_reads_as_the_same(tree: Tree) -> None:
    assert parse(write_tree(tree), names=NAMES, functions=LANGUAGE) == tree


SPELLED = {"Σ": "sum", "⋆": "conv", "√": "sqrt"}
# What the language has no sign for: operations in words, arrays of more than two axes, steps of their own by axis.
IN_WORDS = re.compile(
    " (with|in|by|to|of|at|where|below) |in turn|rank in|words chosen|row of|below each|dilated|,k[],]|⋆[₀-₉×]*ᵀ|×"
)


def test_every_formula_of_the_pages_reads_as_what_is_written_of_it() -> None:
    texts = set()
    for path in (Path(__file__).parent / "golden" / "pages").rglob("*.json"):
        page, _ = json.JSONDecoder().raw_decode(path.read_text())
        for step in page.get("steps", []):
            texts |= {step["formula"]["text"]} | {
                e[kind] for e in step["elements"] for kind in ("formula", "substituted")
            }
    limits = Limits(expression=10**6, expression_names=10**5)
    worded = {text for text in texts if IN_WORDS.search(text)}
    assert len(worded) < 120
    for text in texts - worded:
        along = {*re.findall(r"\b([a-z]+)_[ij](?= )", text)}
        signed = {SPELLED[sign] for sign in SPELLED if sign in text}
        called = {"sigmoid", "σ", *signed, *re.findall(r"[A-Za-z_]\w*(?=\()", text)}
        functions = {name: ArrayFunction(name, abs, 0, None, by_axis=True) for name in called | along}
        names = {plain_name(name) for name in re.findall(r"(?:[a-z]\w*\.)*∂?[A-Za-z]\w*", text, re.ASCII)} - called
        names -= {f"{name}_{letter}" for name in along for letter in "ij"}
        names |= {
            part for name in names for part in (name, name[1:], name.replace(".d", "."), name.rpartition(".")[2][1:])
        }
        tree = parse(text, limits, names, functions)
        if along & names:  # mean((x - mean)², rows), which only Σ's way of writing can say
            continue
        assert parse(write_tree(tree), limits, names, functions) == tree, text
    assert len(texts) > 2500


def test_ten_thousand_sections_need_no_recursion() -> None:
    page = solve({"topic": "formulas", "given": {"x": 1.0}, "repeat": 10_000, "formulas": "L = x; x_new = x + 1",
                  "after": "S = sum(all(L))", "answer": ["x", "S", "dS/dx"]})  # fmt: skip
    assert {name: float(value) for name, value in page.answer.items()} == {
        "x": 10_001,
        "S": 50_005_000,
        "dS/dx": 10_000,
    }


def test_a_softmax_over_one_number_a_row_is_refused() -> None:
    """It would be 1 everywhere; over the column it is what was meant."""
    given = {"given": {"H": [[1, 2], [0, 1], [2, 1]]}, "formulas": "e = sum(H, rows)\na = softmax(e)"}
    with pytest.raises(InputError, match="each row has one number; write softmax"):
        solve({"topic": "formulas", **given})
    meant = solve({"topic": "formulas", **given, "formulas": "e = sum(H, rows)\na = softmax(e, columns)"})
    scores = np.exp([3.0, 1, 3])
    np.testing.assert_allclose(meant["a"].array[:, 0], scores / scores.sum(), rtol=1e-12)
