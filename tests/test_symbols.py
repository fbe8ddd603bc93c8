"""The author's own letters, `symbols:`, on every page, and in no name that is typed."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import re
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from command import run
from examples import GRID, problem
from hypothesis import given
from hypothesis import strategies as st
from test_documents import log_of

from nncalc.errors import InputError
from nncalc.names import value_of
from nncalc.render.layout import View
from nncalc.render.working import rendered
from nncalc.running import solve
from nncalc.trace.notation.latex import LATEX
from nncalc.trace.notation.letters import LettersError, letters_of, read_letters
from nncalc.trace.notation.mathml import MATHML
from nncalc.trace.notation.signs import ascii_only
from nncalc.trace.notation.style import TEXT, write
from nncalc.trace.notation.style import symbols as by_symbols
from nncalc.trace.notation.typst import TYPST
from nncalc.trace.steps import Trace

TWO_LAYERS = """topic: backprop
x: [1, 2]
layers:
  - {W: [[0.1, 0.2], [0.3, -0.4]], b: [0.1, 0], activation: sigmoid}
  - {W: [[1, -1]], b: [0.5]}
target: [1]
loss: half_squared_error
"""
NG = (
    TWO_LAYERS
    + r"""symbols: {W1: "W^{[1]}", b1: "b^{[1]}", z1: "z^{[1]}", a1: "a^{[1]}", W2: 'W^{[2]}', b2: "b^{[2]}",
  z2: '\hat{y}', L: '\mathcal{L}', x: '\mathbf{x}'}
"""
)
RNN = """topic: rnn
x: [[1, 0], [0, 1]]
W_xh: [[0.5, -0.3], [0.1, 0.2]]
W_hh: [[0.1, 0.4], [-0.2, 0.3]]
upstream: [[1, 1], [1, 0]]
"""


def lettered(text: str, **symbols: str) -> Trace:
    return solve(problem(text + f"symbols: {json.dumps(symbols)}"))


# Each symbol as it is typed, and as each style writes it.
WRITTEN = [
    ("W^{[1]}", "W^[1]", "W^{[1]}", r"W^(\[ 1 \])", "<msup><mi>W</mi><mrow><mrow><mrow><mo>[</mo><mn>1</mn><mo>]</mo></mrow></mrow></mrow></msup>"),
    ("h_{t-1}", "h_{t-1}", "h_{t-1}", "h_(t - 1)", "<msub><mi>h</mi><mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow></msub>"),
    ("W_xh", "W_xh", "W_{xh}", 'W_("xh")', "<msub><mi>W</mi><mi>xh</mi></msub>"),
    (r"\hat y_1", "ŷ_1", r"{}\hat{y}_{1}", 'hat(y)_("1")', '<msub><mover accent="true"><mi>y</mi><mo>^</mo></mover><mi>1</mi></msub>'),
    (r"\bar{\theta}'", "θ̄'", r"{}\bar{\theta}^{\prime}", "macron(θ)^(prime)",
     '<msup><mover accent="true"><mi>θ</mi><mo>¯</mo></mover><mrow><mo>′</mo></mrow></msup>'),
    (r"\mathbf{x}", "𝐱", r"\mathbf{x}", "bold(upright(x))", "<mi>𝐱</mi>"),
    (r"\boldsymbol{\theta}", "𝛉", r"\boldsymbol{\theta}", "bold(upright(θ))", "<mi>𝛉</mi>"),
    (r"\mathcal{L}", "ℒ", r"\mathcal{L}", "cal(L)", "<mi>ℒ</mi>"),
    (r"a^{\langle t\rangle}", "a^<t>", r"a^{\langle t\rangle}", "a^(⟨ t ⟩)", "<msup><mi>a</mi><mrow><mrow><mo>⟨</mo><mi>t</mi><mo>⟩</mo></mrow></mrow></msup>"),
    ("w^*", "w^*", "w^{*}", "w^(ast)", "<msup><mi>w</mi><mrow><mrow><mo>*</mo></mrow></mrow></msup>"),
    ("net_j", "net_j", r"\mathit{net}_{j}", 'italic("net")_("j")', "<msub><mi>net</mi><mi>j</mi></msub>"),
    (r"x_{i,\alpha}^{(l+1)}", "x_{i,α}^(l+1)", r"x_{i,\alpha}^{(l+1)}", r'x_("i,α")^(\( l + 1 \))', None),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "text", "latex", "typst", "mathml"), WRITTEN, ids=[row[0] for row in WRITTEN])
def test_a_symbol_in_every_style(typed: str, text: str, latex: str, typst: str, mathml: str | None) -> None:
    symbol = str(read_letters(typed))
    assert letters_of(symbol) == read_letters(typed)
    assert (TEXT.symbol(symbol), LATEX.symbol(symbol), TYPST.symbol(symbol)) == (text, latex, typst)
    assert mathml is None or MATHML.symbol(symbol) == mathml


REFUSED = (
    "", " ", "1", "a b", "$x$", "W^", "W^{}", "W_{ }", "W_{a_{b}}", "W^1^2", "W^{[1]", r"\mathcal{l}", r"\hat{ab}", r"\hat{y",
    r"\input{/etc/passwd}", r"\frac{a}{b}", r"W_{\input}", r"W^{\write18}", "#eval(x)", "a|b", "=1+1", "@SUM(A1)", "[bold]",
    "a.b", "dL/dW", "<script>", "W\u202e", "W_{\u202e}", "\x1b[31m", '"', "W_{\"}", "W'_{'}", "中", "é", "W\\\\", "~", "&", "%", "{W}", "x\ny",
)  # fmt: skip


@pytest.mark.parametrize("typed", REFUSED)
def test_what_is_no_symbol_is_refused_with_its_place(typed: str) -> None:
    with pytest.raises(LettersError):
        read_letters(typed)
    text = f"{TWO_LAYERS}symbols:\n  W1: {json.dumps(typed)}\n"
    with pytest.raises(InputError) as error:
        solve(problem(text))
    (line,) = error.value.lines()
    assert re.match(r"p\.yaml:9:\d+: symbols\.W1: want a letter", line) and line.isprintable()


@given(st.text(alphabet=st.sampled_from("Wx19_^{}[]()\\hatmbcl+-,'θ<>|$#.& "), max_size=14))
def test_what_is_read_is_written_in_few_signs_and_read_again(typed: str) -> None:
    try:
        own = read_letters(typed)
    except LettersError as error:
        assert 1 <= error.column <= len(typed) + 1
        return
    symbol = str(own)
    assert letters_of(symbol) == own
    assert not re.search(r"[$#&%~|.\"]", LATEX.symbol(symbol)) and LATEX.symbol(symbol).isascii()
    assert re.fullmatch(r"(\\(math(bf|cal|it)|boldsymbol|hat|bar|tilde|dot|theta|prime|langle|rangle|ell)(?![a-z])|[^\\])*",
                        LATEX.symbol(symbol))  # fmt: skip
    assert ascii_only(TEXT.symbol(symbol)).isascii()


def test_a_place_is_that_of_the_first_sign_that_is_wrong() -> None:
    with pytest.raises(InputError, match=r"p\.yaml:9:11: symbols\.W1: want"):
        solve(problem(f"{TWO_LAYERS}symbols:\n  W1: 'W^1^2'\n"))
    with pytest.raises(InputError, match=r"write '\\theta' between single ones"):
        solve(problem(f'{TWO_LAYERS}symbols: {{W1: "\\theta"}}\n'))


def test_unknown_names_and_two_of_one_symbol_are_refused() -> None:
    for symbols, said in (
        ({"W9": "V"}, r"symbols\.W9: nothing is called so \(did you mean W\d\?\)"),
        ({"W1": "V", "W2": "V"}, r"symbols\.W2: is the symbol of W1, too; want another one"),
        ({"W1": "b_1"}, r"symbols\.W1: is written as b1 is; want another one"),
        ({"W1": [1]}, r"symbols\.W1: want a symbol of at most 60 signs"),
    ):
        with pytest.raises(InputError, match=said):
            lettered(TWO_LAYERS, **symbols)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"symbols: want a mapping"):
        solve(problem(TWO_LAYERS + "symbols: W"))
    with pytest.raises(InputError, match="X has a symbol already"):
        lettered(GRID + "filter: [[1, -1], [0, -1]]\n", image="I", X="J")


def test_two_names_may_change_their_symbols() -> None:
    trace = lettered(TWO_LAYERS, W1="W_2", W2="W_1")
    assert trace.given["W1"].symbol == "W_{2}" and trace["dL/dW1"].symbol == "dL/dW_{2}"


HAS = {
    "table": ("W^[1] (W1) =", "∂ℒ/∂W^[1] = ∂ℒ/∂z^[1]·𝐱ᵀ", "ŷ = W^[2]·a^[1] + b^[2]", "ℒ = 0.0268"),
    "plain": ("W^[1][1,1] = 0.1", "z^[1][1] = W^[1][1,1]·𝐱[1] + W^[1][1,2]·𝐱[2] + b^[1][1]"),
    "json": (r"W^{[2]} \\cdot a^{[1]} + b^{[2]}", r"W^[1][1,1]", r"\\frac{\\partial \\mathcal{L}}{\\partial z^{[1]}} \\cdot"),
    "csv": ('"z1","[1]"', "W^[1][1,1]·𝐱[1] + W^[1][1,2]·𝐱[2] + b^[1][1]"),
    "markdown": (r"\hat{y} = W^{[2]} \cdot a^{[1]} + b^{[2]}", r"{z^{[1]}}_{[1]} &"),
    "latex": (r"\hat{y} = W^{[2]} \cdot a^{[1]} + b^{[2]}", r"\frac{\partial \mathcal{L}}{\partial b^{[1]}}"),
    "typst": (r"hat(y) = W^(\[ 2 \]) dot a^(\[ 1 \]) + b^(\[ 2 \])", r"frac(∂ cal(L), ∂ W^(\[ 1 \]))"),
    "html": ('<mover accent="true"><mi>y</mi>', "<mi>ℒ</mi>", "∂ℒ/∂W^[1]"),
}  # fmt: skip


@pytest.mark.parametrize("format", HAS)
def test_every_format_has_the_letters(format: str) -> None:
    page = str(rendered([solve(problem(NG))], View(), format))
    for part in HAS[format]:
        assert part in page, part
    if format in ("table", "latex", "markdown", "typst"):
        assert not re.search(r"\bz1\b|z_\{1\}|\ba1\b", page)


def test_names_stay_what_is_typed() -> None:
    trace, plain = solve(problem(NG)), solve(problem(TWO_LAYERS))
    assert [step.name for step in trace.steps] == [step.name for step in plain.steps]
    assert list(trace.answer) == list(plain.answer)
    page = json.loads(str(rendered([trace], View(), "json")))
    assert page["symbols"]["W1"] == "W^[1]" and page["symbols"]["dL/dW1"] == "∂ℒ/∂W^[1]"
    assert [step["name"] for step in page["steps"]] == [step.name for step in plain.steps]
    cells = list(csv.DictReader(io.StringIO(str(rendered([trace], View(), "csv")))))
    assert {row["step"] for row in cells} == {step.name for step in plain.steps}
    for words in (["--get", "z1"], ["--get", "W1"], ["--get", "dW1"], ["--explain", "z1:1", "--format", "json"]):
        assert run("solve", "-", *words, stdin=NG.encode()).code == 0
    sheet = run("sheet", "-", stdin=NG.encode()).out
    assert "\n# z^[1] = W^[1]·𝐱 + b^[1]\nz1: [~, ~]\n" in sheet


def test_a_letter_holds_in_every_section_and_one_with_its_section_there_alone() -> None:
    everywhere = lettered(RNN, h="s_t", W_xh="U")
    assert everywhere["t2.h"].symbol == "t2.s_{t}" and everywhere["t1.dL/dh"].symbol == "t1.dL/ds_{t}"
    one = lettered(RNN, **{"t1.h": "h_1", "W_xh": "U"})
    assert one["t1.h"].symbol == "h_{1}" and one["t1.dL/dh"].symbol == "dL/dh_{1}" and one["t2.h"].symbol == "t2.h"
    page = str(rendered([one], View(), "table"))
    assert "t2.z = U·x[2] + W_hh·h_1" in page and "∂L/∂U = t1.∂L/∂z·x[1]ᵀ" in page


def test_a_gradient_may_have_a_letter_of_its_own() -> None:
    page = str(rendered([lettered(TWO_LAYERS, **{"dL/dz1": r"\delta^{[1]}"})], View(), "table"))
    assert "∂L/∂W1 = δ^[1]·xᵀ" in page and "\n∂L/∂b1 = δ^[1]\n" in page


def test_what_is_raised_stands_in_parentheses_before_a_power() -> None:
    trace = lettered(RNN, **{"t1.h": "h^{(1)}"})
    assert "1 - (h^(1))²" in str(rendered([trace], View(), "table"))
    assert r"1 - \left(h^{(1)}\right)" in str(rendered([trace], View(), "latex")).replace("{", "{").replace(
        "{\\left", "\\left"
    )


def test_reasons_and_ascii_have_the_letters() -> None:
    page = run("solve", "-", "--why", stdin=NG.encode()).out
    assert "chain rule through z^[1]" in page
    plain = run("solve", "-", "--ascii", stdin=NG.encode()).out
    assert plain.isascii() and "y_hat = W^[2] @ a^[1] + b^[2]" in plain
    assert ascii_only("x̄·ᾱ_t, être, niño") == "x_bar*alpha_bar_t, etre, nino"


def test_symbols_change_no_mark_and_no_number(tmp_path: Path) -> None:
    """Right lines, and a slip of the backward pass whose name a letter takes."""
    (tmp_path / "a.answers.yaml").write_text("z1: [0.6, -0.5]\ndL/dz1: [-0.231884, 0.231884]\n")
    done = []
    for text in (TWO_LAYERS, NG, TWO_LAYERS + 'symbols: {dL/dz1: "δ", dL/da1: "g"}\n'):
        (tmp_path / "p.yaml").write_text(text)
        done.append(run("check", str(tmp_path / "p.yaml"), str(tmp_path / "a.answers.yaml"), "--format", "plain"))
    assert all("is forgotten" in each.out for each in done)
    assert {each.code for each in done} == {1} and len({len(each.out.splitlines()) for each in done}) == 1
    assert solve(problem(NG))["L"].array == solve(problem(TWO_LAYERS))["L"].array


def test_the_schema_knows_them() -> None:
    from test_schema import faults

    fields: dict[str, Any] = {"topic": "softmax", "x": [1, 2]}
    assert faults("softmax", fields | {"symbols": {"s": "p"}}) == []
    assert faults("softmax", fields | {"symbols": {"s": 1}}) and faults("softmax", fields | {"symbols": "s"})


EVERY = [str(read_letters(row[0])) for row in WRITTEN] + [
    "t1.W^{[1]}",
    r"dL/d\hat{y}^{(1)}",
    r"t2.d\mathcal{L}/dh_{t-1}'",
]


@pytest.mark.skipif(importlib.util.find_spec("typst") is None, reason="nncalc[pdf] is not installed")
def test_every_symbol_compiles_in_typst() -> None:
    import typst

    lines = [
        f"$ {TYPST.symbol(name)} + {TYPST.symbol(name, '1,2')} + {TYPST.transpose(TYPST.symbol(name))} $"
        for name in EVERY
    ]
    assert typst.compile("\n".join(lines).encode(), format="pdf").startswith(b"%PDF-")


@pytest.mark.long
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex")
def test_every_symbol_compiles_in_latex(tmp_path: Path) -> None:
    lines = [rf"\[ {LATEX.symbol(name)} {LATEX.symbol(name, '1,2')} {LATEX.transpose(LATEX.symbol(name))} "
             rf"{LATEX.power(LATEX.symbol(name), '2')} \]" for name in EVERY]  # fmt: skip
    log_of(
        "\n".join([r"\documentclass{article}\usepackage{amsmath}\begin{document}", *lines, r"\end{document}"]),
        tmp_path,
    )


def test_every_symbol_is_markup_that_is_whole() -> None:
    for name in EVERY:
        made = ElementTree.fromstring(f"<math>{MATHML.symbol(name)}{MATHML.symbol(name, '1,2')}</math>")
        counts = {"msub": 2, "msup": 2, "mfrac": 2, "mover": 2, "msubsup": 3}
        assert all(len(part) == counts[part.tag] for part in made.iter() if part.tag in counts)


RECURRENT = RNN.replace("upstream: [[1, 1], [1, 0]]\n", "W_hy: [[1, -1]]\nb_y: [0.3]\ntarget: [[1], [0]]\n")
LEARNS = TWO_LAYERS.replace("topic: backprop", "topic: network") + "rate: 0.1\n"


def test_what_is_made_from_a_value_has_its_letters() -> None:
    trace = lettered(LEARNS, W1="W^{[1]}", x=r"\mathbf{x}", b1="b_{1,t}")
    assert trace["W1_new"].symbol == "W_{new}^{[1]}" and trace["W2_new"].symbol == "W2_new"
    assert LATEX.symbol(trace["W1_new"].symbol) == "W_{new}^{[1]}"
    assert TEXT.symbol(trace["b1_new"].symbol) == "b_{1,t,new}"
    page = str(rendered([trace], View(), "table"))
    assert "W_new^[1] = W^[1] - 0.1·∂L/∂W^[1]" in page and "W1_new" not in page
    own = lettered(LEARNS, W1="W^{[1]}", W1_new="V")
    assert own["W1_new"].symbol == "V"
    padded = lettered(GRID + "filter: [[1, -1], [0, -1]]\n", X="I")
    assert padded["X_pad"].symbol == "I_{pad}"


@pytest.mark.parametrize("format", ["table", "latex", "markdown", "typst", "html"])
def test_an_answer_has_the_letters_of_the_steps_that_it_holds(format: str) -> None:
    """The answer y is that of all time steps below each other; it is no step itself."""
    trace = lettered(RECURRENT, y=r"\hat{y}")
    page = str(rendered([trace], View(), format))
    written = {"table": "\nŷ = ", "latex": r"\(\displaystyle \hat{y} = ", "markdown": r"\hat{y} = \left[",
               "typst": "$display(hat(y) = ", "html": 'ŷ'}[format]  # fmt: skip
    answer = page[page.rindex("Answer") :]
    assert written in answer
    one = str(rendered([lettered(RECURRENT, **{"t1.y": "p"})], View(), "table"))
    assert "\ny = " in one[one.rindex("Answer") :]


def test_the_gradients_that_are_left_out_are_named_in_the_letters() -> None:
    page = str(rendered([lettered(LEARNS, L=r"\mathcal{L}", x=r"\mathbf{x}")], View(), "table"))
    assert "left out, by what is given: ∂ℒ/∂𝐱; --only dL/dx shows it" in page


READ = [
    ("ŷ", "z2"), ("y\u0302", "z2"), (r"\hat{y}", "z2"), ("y_hat", "z2"), ("ŷ[1]", "z2[1]"), ("ŷ:1", "z2[1]"),
    ("W^[1]", "W1"), ("W^{[1]}", "W1"), ("W^[1][1,2]", "W1[1,2]"), ("W^{[1]}:1,2", "W1[1,2]"), ("z^[1][2]", "z1[2]"),
    ("ℒ", "L"), (r"\mathcal{L}", "L"), ("∂ℒ/∂W^[1]", "dL/dW1"), ("dL/dW^{[1]}[1,2]", "dL/dW1[1,2]"),
    ("dW^[1]", "dL/dW1"), ("dW1", "dL/dW1"), ("z2", "z2"), ("𝐱", "x"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "name"), READ)
def test_a_name_may_be_typed_in_the_authors_letters(typed: str, name: str) -> None:
    trace = solve(problem(NG))
    assert np.array_equal(value_of(trace, typed), value_of(solve(problem(TWO_LAYERS)), name))


def test_letters_are_understood_in_sheets_and_by_every_flag(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(NG)
    (tmp_path / "a.yaml").write_text('"ŷ": [0.2681]\n"z^[1]": [0.6, -0.5]\n')
    done = run("check", str(tmp_path / "p.yaml"), str(tmp_path / "a.yaml"), "--format", "plain")
    assert "no step" not in done.out + done.err and "z1" in done.out and "z2" in done.out
    assert run("check", str(tmp_path / "p.yaml"), "z^[1]=[0.6,-0.5]").code == 0
    assert "ŷ = W^[2]·a^[1] + b^[2]" in run("solve", "-", "--only", "ŷ", stdin=NG.encode()).out
    assert "ŷ[1] = " in run("solve", "-", "--explain", "ŷ[1]", stdin=NG.encode()).out
    recurrent = (RECURRENT + "symbols: {y: '\\hat{y}'}\n").encode()
    only = run("solve", "-", "--only", "ŷ", stdin=recurrent).out
    assert "t1.ŷ = " in only and "t2.ŷ = " in only
    assert run("solve", "-", "--get", "ŷ", stdin=recurrent).out == run("solve", "-", "--get", "y", stdin=recurrent).out


@pytest.mark.parametrize("words", [["--get", "x̂"], ["--explain", "x̂[1]"], ["--only", "x̂"], ["--get", "ŷ"]])
def test_what_nobody_typed_is_not_said(words: list[str]) -> None:
    """The name is said as it was typed, with the names that there are."""
    done = run("solve", "-", *words, stdin=TWO_LAYERS.encode())
    assert done.code == 2 and f"there is no step '{words[1]}' (the steps are z1, a1, z2, " in done.err
    assert "hat" not in done.err


def test_what_bears_a_name_is_meant_before_what_is_written_so() -> None:
    trace = lettered(TWO_LAYERS, W1="W_2", W2="W_1", a1="z_1", z1="s")
    assert np.array_equal(value_of(trace, "z1"), trace["z1"].array)
    assert np.array_equal(value_of(trace, "W_1"), trace.given["W2"].array)


SECTIONED = {"text": (TEXT, "t2.h²"), "latex": (LATEX, r"{\left({h}^{(t2)}\right)}^{2}"),
             "typst": (TYPST, r'attach(class("normal", lr(\( h^("(t2)") \))), tr: 2)')}  # fmt: skip


@pytest.mark.parametrize("style", SECTIONED)
def test_a_square_stands_behind_a_section_that_stands_high(style: str) -> None:
    used, squared = SECTIONED[style]
    written = write(solve(problem(RNN))["t2.dL/dz"].formula, used, by_symbols(used))
    assert squared in written
    own = write(lettered(RNN, h="h_{t-1}")["t2.dL/dz"].formula, MATHML, by_symbols(MATHML))
    (power,) = (
        part for part in ElementTree.fromstring(f"<math>{own}</math>").iter("msup") if part[1].findtext("mn") == "2"
    )
    assert "".join(power[0].itertext()).startswith("(h") and "".join(power[0].itertext()).endswith("(t2))")


def test_a_square_stands_behind_a_cell_of_what_is_raised() -> None:
    h = lettered(RNN, **{"t1.h": "h^{(1)}"})["t1.dL/dz"]
    assert "(h^(1)[1])²" in write(h.element((0,)), TEXT, by_symbols(TEXT))


def test_pictures_have_the_letters() -> None:
    two = RECURRENT + "symbols: {h: '\\hat{s}', L: '\\mathcal{L}'}\n"
    three = two.replace("x: [[1, 0], [0, 1]]", "x: [[1, 0], [0, 1], [1, 1]]").replace("[[1], [0]]", "[[1], [0], [1]]")
    curves, lengths = (run("solve", "-", "--figure", "curve", stdin=page.encode()).out for page in (two, three))
    assert " ŝ\n" in curves and lengths.startswith("‖∂ℒ/∂ŝ‖\n") and not re.search(r"\bh\b", curves + lengths)
