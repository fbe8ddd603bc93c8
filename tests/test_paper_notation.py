"""Pages in paper's notation: what they print can be typed, in any alphabet, with any digits; and says why."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import run
from golden import whole

from nncalc.problem.problem import load, loads
from nncalc.reading.expression import ExpressionError
from nncalc.reading.parser import parse
from nncalc.render.layout import View, signs_said
from nncalc.running import solve
from nncalc.topics.parts.graph import walk
from nncalc.topics.parts.language import LANGUAGE
from nncalc.trace.name import StepName
from nncalc.trace.notation.functions import ARGUMENTS, typed_functions
from nncalc.trace.notation.latex import LATEX
from nncalc.trace.notation.mathml import MATHML
from nncalc.trace.notation.phrases import PHRASES
from nncalc.trace.notation.signs import ascii_only
from nncalc.trace.notation.style import ASCII_TEXT, TEXT, Style, symbols, write
from nncalc.trace.notation.typst import TYPST
from nncalc.trace.rule import RULES
from nncalc.trace.rules.reasons import LONGEST_REASON, NEEDS_NONE, REASONS, give_reasons, operations_of
from nncalc.trace.steps import Trace
from nncalc.trace.work import BareWork

ROOT = Path(__file__).parent.parent
FILES = sorted(
    path
    for folder in (ROOT / "problems", ROOT / "problems" / "published", ROOT / "tests" / "golden" / "given" / "forms")
    for path in folder.glob("*.yaml")
    if not path.name.endswith(".answers.yaml") and path.stem != "keras-dice-counts"
)
# Names of a formula that are no names of the language: what is said in words, and what only pages have.
OURS = {"flip", "huber", "softmax"}
WORDS = [re.sub(r"[①②③…]", "", phrase.text).strip() for phrase in PHRASES.values() if phrase.binds == 0]
ENGINE = re.compile(
    r"_gradient|masked\(|rows\(|row_sum|column_|_of_each|is_first|join\(|interleave|to_the_|rank_of|2\.718"
)


def worked(text: str, trace: Trace) -> Any:
    """What a formula comes to, typed with the names of a page, worked by NumPy alone."""
    scope = {v.symbol: np.asarray(v.array) for v in (*trace.given.values(), *(s.value for s in trace.steps))}
    for name in [StepName.parse(name) for name in scope]:
        if name.is_gradient:  # as a formula speaks of a gradient in a section: of r1.F by x
            own = f"{name.section}.{name.of}" if name.section else name.of
            scope |= {f"d{own}/d{name.by}": scope[str(name)]}
    known = {*scope, *(StepName.parse(name).local for name in scope)}
    with np.errstate(all="ignore"):
        return walk(BareWork(), parse(text, names=known, functions=LANGUAGE), scope, fold=False)


def comes_to(text: str, trace: Trace, array: Any) -> bool:
    try:
        out = np.asarray(worked(text, trace), float)
        out = out.reshape(array.shape) if out.size == array.size else np.broadcast_to(out, array.shape)
    except (ExpressionError, ValueError):  # not in the language, or of another shape in it
        return False
    return bool(np.allclose(out, array, atol=1e-5, rtol=1e-5, equal_nan=True))


@pytest.mark.parametrize("path", [p for p in FILES if "topic: formulas" in p.read_text()], ids=lambda path: path.stem)
@pytest.mark.parametrize("style", [TEXT, ASCII_TEXT], ids=["text", "ascii"])
def test_every_line_of_formulas_can_be_typed_back(path: Path, style: Style) -> None:
    """Each formula of the page, read again and worked, comes to what the page says."""
    trace = solve(load(str(path)))
    for step in trace.steps:
        text = write(step.formula, style, symbols(style))
        assert comes_to(text, trace, step.array), f"{step.name} = {text}"


def test_most_formulas_of_all_topics_can_be_typed_back_in_both_alphabets_alike() -> None:
    good = 0
    for trace in (solve(load(str(path))) for path in FILES):
        if trace.topic == "params":  # whose names mean something else in every layer
            continue
        for step in trace.steps:
            text, plain = (write(step.formula, style, symbols(style)) for style in (TEXT, ASCII_TEXT))
            assert plain.isascii()
            assert comes_to(text, trace, step.array) == comes_to(plain, trace, step.array), text
            good += comes_to(text, trace, step.array)
    assert good > 3400


def test_no_formula_bears_a_name_of_the_engine() -> None:
    for path in FILES:
        trace = solve(load(str(path)))
        names = {StepName.parse(v.symbol).local for v in (*trace.given.values(), *(s.value for s in trace.steps))}
        for step in trace.steps:
            text = write(step.formula, TEXT, symbols(TEXT))
            assert not ENGINE.search(text), f"{path.stem}: {step.name} = {text}"
            called = {*re.findall(r"\b([A-Za-z_]\w*)\(", text)}
            assert called <= {*LANGUAGE, *OURS, *names, "in", "by", "of", "where"}, f"{path.stem}: {text}"


IMAGE = {"X": [[1, 2, 0, 3], [4, 1, 5, 1], [2, 2, 1, 0], [0, 3, 1, 2]], "K": [[1, 0], [-1, 2]]}


@pytest.mark.parametrize(
    ("line", "want"),
    [
        ("Y = K ⋆ X", [[-1, 11, -3], [6, 1, 4], [8, 1, 4]]),
        ("Y = K ⋆₂ X", [[-1, -3], [8, 4]]),
        ("Y = 2 + K ⋆ X·1", [[1, 13, -1], [8, 3, 6], [10, 3, 6]]),
        ("Y = Σ_j X[i,j]", [[6], [11], [5], [6]]),
        ("Y = Σ_i (X∘X)[i,j]", [21, 18, 27, 14]),
        ("Y = sum_i X[i,j]", [7, 8, 7, 6]),
        ("Y = max_j X[i,j]", [[3], [5], [2], [3]]),
        ("Y = max_pool(X, 2)", [[4, 5], [3, 2]]),
        ("Y = average_pool(X, 2)", [[2, 2.25], [1.75, 1]]),
        ("Y = average_pool(X, 3, 1)", [[2, 15 / 9], [19 / 9, 16 / 9]]),
    ],
)
def test_what_the_signs_mean(line: str, want: Any) -> None:
    """Worked by hand."""
    trace = solve(loads({"topic": "formulas", "given": IMAGE, "formulas": line}))
    np.testing.assert_allclose(trace["Y"].array, want)
    written = write(trace["Y"].formula, TEXT, symbols(TEXT))
    np.testing.assert_allclose(worked(written, trace), want)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Y = Σ_j X", "sum_j wants a matrix with both places (write sum_j X[i,j])"),
        ("Y = Σ_k X[i,j]", "sum_k wants a matrix with both places (write sum_k X[i,j])"),
        ("Y = X[i,j]", "places count from 1 and are written as numbers, got 'i'"),
        ("Y = ⋆ X", "something is missing before '⋆'"),
    ],
)
def test_a_sign_in_the_wrong_place(line: str, said: str) -> None:
    with pytest.raises(Exception, match=re.escape(said)):
        solve(loads({"topic": "formulas", "given": IMAGE, "formulas": line}))


def test_the_star_is_none_of_numbers() -> None:
    done = run("backprop", "--expr", "x ⋆ y", "--at", "x=1,y=2")
    assert done.code == 2 and done.err.endswith("want two matrices, or two vectors\n")
    assert run("softmax", "--x", "1 ⋆ 2").code == 2


def test_constants_bear_their_letters() -> None:
    done = run("backprop", "--expr", "e^x + pi", "--at", "x=2", "--format", "plain")
    assert "= e^x = " in done.out and "2.718" not in done.out and "π" in done.out


# Only ASCII

PAGES = [page for page in whole() if page.terminal is None and page.name.endswith(("table.txt", "plain.txt"))]
PAGES += [page for page in whole() if page.name.startswith("explained/")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_in_ascii(page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    given = run(*page.after).out.encode() if page.after else b""
    done = run(*page.words, "--ascii", stdin=given)
    assert done.out.isascii() and done.out


def test_a_text_in_ascii() -> None:
    assert ascii_only("∂L/∂W₁ ≤ ½·σ(x²) − é… ∞") == "dL/dW1 <= (1/2)*sigmoid(x^2) - e... inf"
    assert ascii_only("plain") == "plain"


# Digits


@pytest.mark.parametrize("words", [("activation", "--function", "gelu_tanh", "--x", "1.5"),
                                   ("softmax", "--x", "2,1", "--target", "1", "--base", "3"),
                                   ("activation", "--function", "gelu", "--x", "0.7"),
                                   ("softmax", "--x", "3,1.5,0"),
                                   ("solve", str(ROOT / "problems/26-attention-playing-outside.yaml"))])  # fmt: skip
@pytest.mark.parametrize("format", ["table", "plain"])
def test_digits_hold_for_constants_too(words: tuple[str, ...], format: str) -> None:
    """But for what a formula itself writes: the 0.044715 of GELU."""
    page = run(*words, "--digits", "3", "--format", format).out.replace("0.044715", "").replace("0.134145", "")
    assert re.search(r"\d\.\d{3}", page) and not re.search(r"\d\.\d{4}", page), page


# Why

JARGON = re.compile(
    r"rule\.|trace|Value|ndarray|kernel|broadcast|axis|argument|tensor|unbroadcast|scatter|[a-z]+_[a-z]+\("
)


def test_every_function_has_its_reason_or_needs_none() -> None:
    names = {rule.name for rule in RULES.values()}
    assert {*REASONS} | NEEDS_NONE <= names
    assert names - {*REASONS} - NEEDS_NONE == {"max_pool_taken"}, "which no page shows"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_step_says_why_or_needs_none(path: Path) -> None:
    trace = solve(load(str(path)))
    given = {step.name for step in trace.steps if step.why}
    give_reasons(trace)
    for step in trace.steps:
        rules = {part.rule.name for part, *_ in operations_of(step.value) if part.rule is not None}
        assert step.why or (rules <= NEEDS_NONE and not StepName.parse(step.name).is_gradient), step.name
        if step.name not in given:
            assert len(step.why) <= LONGEST_REASON and not JARGON.search(step.why), step.why


def reasons(words: str, *names: str) -> list[str]:
    page = json.loads(run(*words.split(), "--why", "--format", "json").out)
    return [step["why"] for step in page["steps"] if step["name"] in names]


def test_the_reason_is_that_of_the_function_that_was_differentiated() -> None:
    network = "backprop --x 1,2 --layers [{W:[[1,2]],activation:relu},{W:[[1],[2]],activation:softmax}] --target 1"
    network = network.replace(":", ": ").replace(" ", "\u00a0").replace("\u00a0--", " --")
    words = [w.replace("\u00a0", " ") for w in network.split(" ")]
    words = [part for w in words for part in ([*w.split(" ", 1)] if w.startswith("--") else [w])]
    page = json.loads(run(*words, "--loss", "cross_entropy", "--why", "--format", "json").out)
    why = {step["name"]: step.get("why", "") for step in page["steps"]}
    assert why["dL/dz2"] == "softmax with cross-entropy: everything cancels but s - target"
    assert "through z2" in why["dL/dW2"] and "transposed" in why["dL/dW2"]
    assert why["dL/dz1"] == "relu passes the gradient where its input is positive, and stops it elsewhere"
    f, g = reasons("backprop --expr exp(x)*x --at x=2", "df1/dx", "df/dx")
    assert f == "exp is its own slope"
    assert g == "it is used in several places: the gradients of all paths are added"


def test_explain_says_why_and_a_page_only_when_asked() -> None:
    sentence = "exp makes every number positive and keeps their order"
    assert sentence in run("softmax", "--x", "2,1", "--explain", "s:1").out
    assert sentence in run("softmax", "--x", "2,1", "--why").out
    assert sentence not in run("softmax", "--x", "2,1").out
    assert "why" not in run("softmax", "--x", "2,1", "--format", "json").out


# Signs explained


def test_signs_are_explained_once_where_they_stand_and_only_there() -> None:
    page = run("solve", str(ROOT / "tests/golden/given/forms/conv-channels.yaml")).out
    (line,) = [text for text in page.splitlines() if text.startswith("signs: ")]
    assert line.count("K ⋆ X") == line.count("K ⋆ᵀ X") == line.count(": how ") == line.count("flip") == 1
    assert "signs" not in run("softmax", "--x", "2,1").out
    assert "signs" not in run("solve", str(ROOT / "problems/22-lstm-one-step.yaml"), "--detail", "short").out


def test_a_function_has_one_name_in_every_way_of_writing() -> None:
    """The name in which it is typed, or its sign: relu is no ReLU in one format alone."""
    for name, row in typed_functions().items():
        if row.text or ARGUMENTS in row.latex or name in row.also:
            continue
        shown = [style.call(name, ["x"]) for style in (TEXT, LATEX, TYPST, MATHML)]
        assert all(name in text.replace("log_{10}", "log10") for text in shown), shown


def test_a_step_with_the_name_of_a_function_stands_upright() -> None:
    assert LATEX.symbol("tanh_c") == r"\mathrm{tanh}_{c}" and TYPST.symbol("tanh_c") == 'upright("tanh")_("c")'
    assert MATHML.symbol("tanh_c") == "<msub><mi>tanh</mi><mi>c</mi></msub>"
    assert LATEX.symbol("net_j") == r"\mathit{net}_{j}"


SIZED = (
    ({"stride": 2, "pad": 1}, "npfs"), ({}, "nf"), ({"pad": [1, 0, 0, 1], "dilation": 2}, ("n", "p", "p_end", "f", "d")),
    ({"transposed": True, "stride": 2, "pad": 1}, "npfs"),
)  # fmt: skip


@pytest.mark.parametrize("ascii", [False, True])
@pytest.mark.parametrize(("fields", "letters"), SIZED)
def test_the_letters_of_a_size_are_explained(fields: dict[str, Any], letters: str, ascii: bool) -> None:
    """Those that the formula has, no more and no fewer, and where it is shown alone."""
    given = {"image": [[1, 2, 3], [4, 5, 6], [7, 8, 9]], "filter": [[1, 0], [0, 1]]}
    trace = solve({"topic": "conv"} | given | fields)
    view = View(ascii=ascii)
    said = dict(part.split(": ", 1) for part in signs_said(trace.steps, view).split("; "))
    assert {name for name in said if name in ("n", "p", "p_end", "f", "d", "s")} == {*letters}
    assert {*letters} == {name for name in trace.given if name in ("n", "p", "p_end", "f", "d", "s")}
    assert said["f"] == "size of the window"
    assert said.get("p") in (None, "zeros before" if "p_end" in letters else "zeros on either side")
    assert "size in" not in signs_said([step for step in trace.steps if step.name != "size"], view)


def test_letters_of_a_size_are_those_of_windows_alone() -> None:
    trace = solve({"topic": "formulas", "given": {"a": 2, "s": 3}, "formulas": "size = a*s"})
    assert "stride" not in signs_said(trace.steps, View())
