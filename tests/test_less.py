"""Less to read: what a page leaves out is said, and nothing that it leaves out is lost where numbers are asked for."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import Done, run

from nncalc.render.folding import stretches
from nncalc.render.layout import View, matrix
from nncalc.trace.work import Work

WORDS = """
topic: rnn
tokens: hello
vocabulary: [h, e, l, o]
W_xh: [[0.287, 0.847, 0.572, 0.486], [0.902, 0.871, 0.691, 0.189]]
W_hh: [[0.427, 0.1], [0.1, 0.3]]
b_h: [0.567, 0.2]
W_hy: [[0.371, 0.974], [0.391, 0.282], [0.649, 0.098], [0.912, 0.323]]
output_activation: softmax
target: [2, 3, 3, 4, 1]
loss: cross_entropy
"""
HEADS = """
topic: attention
x: [[1, 0, 1, 0], [0, 2, 0, 2], [1, 1, 1, 1]]
W_Q: [[1, 0, 1, 0], [1, 0, 0, 1], [0, 0, 1, 1], [0, 1, 1, 0]]
W_K: [[0, 0, 1, 1], [1, 1, 0, 0], [0, 1, 0, 1], [1, 1, 0, 0]]
W_V: [[0, 2, 0, 1], [0, 3, 0, 2], [1, 0, 3, 0], [1, 1, 0, 1]]
heads: 2
mask: causal
"""
NETWORK = """
topic: backprop
x: [[0.05, 0.1], [0.2, 0.3]]
layers:
  - {W: [[0.15, 0.2], [0.25, 0.3]], b: [0.35, 0.35], activation: sigmoid}
  - {W: [[0.4, 0.45], [0.5, 0.55]], b: [0.6, 0.6], activation: softmax}
target: [1, 2]
loss: cross_entropy
"""


def solved(text: str, *flags: str, terminal: int | None = 80) -> str:
    done: Done = run("solve", "-", *flags, stdin=text.encode(), terminal=terminal)
    assert (done.code, done.err) == (0, "")
    return done.out


def steps(text: str, *flags: str) -> dict[str, np.ndarray]:
    told = json.loads(solved(text, "--format", "json", *flags, terminal=None))
    return {step["name"]: np.array(step["value"], dtype=object).astype(float) for step in told["steps"]}


def test_products_with_the_0_of_a_one_hot_row_are_left_out_with_a_word() -> None:
    """x[1] is h, the first of the vocabulary: of W_xh only the first column counts."""
    text = solved(WORDS)
    assert "t1.z[1] = 0.287·1 + 0.427·0 + 0.1·0 + 0.567" in text
    assert "x[1] is one-hot: the other products are 0" in text
    assert text.count("the other products are 0") == 1 and "(target[1] one-hot)" in text, "once, then a word"
    assert "847·0" not in text and "847·0" in solved(WORDS, "--detail", "full")


def test_a_0_that_is_a_number_of_the_problem_stays() -> None:
    weights = "topic: backprop\nx: [0, 1]\nlayers: [{W: [[0.5, 2]], b: [0.1], activation: identity}]\n"
    assert "0.5·0 + 2·1 + 0.1" in solved(weights), "an input of two, 0 and 1, is no word of a vocabulary"
    assert "0.427·0" in solved(WORDS), "h_0"
    image = "topic: conv\nimage: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]\nfilter: [[1, 0], [0, 1]]\n"
    assert "1·1 + 0·0 + 0·0 + 1·1" in solved(image), "windows keep all products"


@pytest.mark.parametrize("terminal", [80, None])
def test_masked_scores_are_not_worked_before_they_are_thrown_away(terminal: int | None) -> None:
    text = solved(HEADS, terminal=terminal)
    assert "head1.S[2,1] = " in text and "head1.S[1,2] = " not in text
    assert "head1.A[1,2] = " not in text and "-inf" in text and "masked cells are not worked" in text
    assert re.search(r"head1\.Z\[2,1\] = [\d.e-]+·1 \+ [\d.]+·2 +=", text), "of V the third row is not seen"
    assert "head1.S[1,2] = " in solved(HEADS, "--detail", "full", terminal=terminal)


def test_what_the_page_leaves_out_stands_in_json_plain_get_and_explain() -> None:
    """S of the masked pair is Q1·K2 = (1, 0)·(4, 4) = 4, whatever the page shows."""
    assert steps(HEADS)["head1.S"][0, 1] == 4
    assert solved(HEADS, "--get", "head1.S:1,2").strip() == "4.0"
    assert "head1.S[1,2] = head1.Q[1,1]·head1.K[2,1] +" in solved(HEADS, "--format", "plain")
    assert "head1.S[1,2] = 1·4 + 0·4" in solved(HEADS, "--explain", "head1.S:1,2")
    assert "·0 + " in solved(WORDS, "--explain", "t1.z:1")


def test_gradients_by_the_given_input_are_left_out_of_the_page_alone() -> None:
    text = solved(NETWORK)
    assert "∂L/∂x =" not in text and "∂L/∂W1 = " in text
    assert "left out, by what is given: ∂L/∂x; --only dL/dx shows it" in text
    assert "∂L/∂x = " in solved(NETWORK, "--detail", "full")
    assert "∂L/∂x[1,1] = " in solved(NETWORK, "--only", "dL/dx")
    assert "∂L/∂x[1,1] = " in solved(NETWORK, "--only", "∂L/∂x,∂L/∂W1")
    assert "dL/dx" in steps(NETWORK)


@pytest.mark.parametrize("key", ["expect: {dL/dx: [[0, 0], [0, 0]]}", "marking: {points: {dx: 2}}"])
def test_a_gradient_that_is_asked_for_is_shown(key: str) -> None:
    assert "∂L/∂x = " in solved(f"{NETWORK}{key}\n")


def test_a_gradient_that_is_the_exercise_is_shown() -> None:
    pool = "topic: conv\nimage: [[1, 2], [3, 4]]\nfilter: [[1, 0], [0, 1]]\nupstream: [[2]]\n"
    assert "∂L/∂X" in solved(pool), "where only the kernel is learned, and both are asked"


def test_the_answer_does_not_repeat_a_matrix_that_stands_above() -> None:
    text = solved(HEADS, terminal=None)
    assert text.count("head1.A = 1") == 1 and text.endswith("head1.A, head2.A, Z: as above\n")
    short = solved("topic: softmax\nx: [2, 1, 0.1]\n")
    assert short.endswith("Answer\ns = [0.659001, 0.242433, 0.098566]\n"), "of a short page the answer is read alone"


def test_every_answer_of_a_page_is_on_it() -> None:
    """As rows, as a vector, or cell by cell: what is only named in the answer stands above."""
    for text in (WORDS, HEADS, NETWORK):
        page = solved(text)
        *_, answers = page.split("\nAnswer\n")
        named = re.search(r"(?m)^(.*): as above$", answers)
        for name in named[1].split(", ") if named else []:
            step = name.rpartition(" = ")[2]
            assert re.search(rf"(?m)^ *(.* )?{re.escape(step)}(\[1\])? = ", page.removesuffix(answers)), name


def test_time_steps_in_the_same_way_fold_after_the_second_on_a_terminal() -> None:
    text = solved(WORDS)
    assert "t2.z[1] = " in text and "t3.z[1] = " not in text
    assert "… t3 to t5: worked in the same way; --only t3. or --detail full" in text
    assert all(f"t{t}.h = [" in text for t in (3, 4, 5))
    values = steps(WORDS)["t4.h"]
    assert f"t4.h = [{values[0]:.6f}, {values[1]:.6f}]" in text
    assert "t3.z[1] = " in solved(WORDS, "--only", "t3.") and "t3.z[1] = " in solved(WORDS, "--detail", "full")
    assert "t3.z[1] = " in solved(WORDS, terminal=None) and "t3.z[1] = " in solved(
        WORDS, "--width", "80", terminal=None
    )


def test_sections_that_are_worked_otherwise_do_not_fold() -> None:
    """The last step of the backward pass has no gradient from after it: t5 and t4 are shown, then t3 folds with t4."""
    text = solved(WORDS)
    assert "t5.∂L/∂h[1] = " in text and "t4.∂L/∂h[1] = " in text and "t3.∂L/∂h[1] = " not in text
    rates = run("solve", "-", stdin=run("new", "optimizer", "--form", "rates").out.encode(), terminal=80).out
    assert "same way" not in rates and "as above: --only" not in rates, "each round has a rule of its own"


@pytest.mark.parametrize("last", [1.0, 2.0])
def test_only_the_same_lines_fold(last: float) -> None:
    """Three sections with steps of the same names and shapes; the third has a factor of its own, or has not."""
    work: Any = Work()
    h = work.given("h_0", [1.0, 2.0])
    for t, factor in enumerate([1.0, 1.0, last], 1):
        with work.section(f"t{t}", f"Time step {t}"):
            z = work.let("z", 3 * factor * h)
            h = work.let("h", np.tanh(z))
    parts = stretches(work.trace().steps, work.trace(), View(terminal=True, width=80))
    assert [part.folded for part in parts] == [False, False, last == 1]


def test_masked_scores_that_are_asked_for_are_worked() -> None:
    text = solved(f"{HEADS}marking: {{points: {{head1.S: 1}}}}\n")
    assert "head1.S[1,2] = " in text and "head2.S[1,2] = " not in text


def test_only_shows_steps_and_sections(tmp_path: Path) -> None:
    assert set(steps(WORDS, "--only", "t2.")) == {n for n in steps(WORDS) if n.startswith("t2.")}
    assert set(steps(NETWORK, "--only", "L,z1", "--only", "dL/dW1")) == {"L", "z1", "dL/dW1"}
    assert set(steps(NETWORK, "--only", "∂L/∂W1")) == {"dL/dW1"}
    plain = solved(NETWORK, "--only", "z1", "--format", "plain")
    assert "z1[1,1] = " in plain and "a1" not in plain.partition("z1[1,1]")[2].replace("z1", "")
    target = tmp_path / "page.txt"
    assert run("solve", "-", "--only", "z1", "-o", str(target), stdin=NETWORK.encode()) == Done(0, "", "")
    assert "z1[1,1] = " in target.read_text() and "z2 = " not in target.read_text()


@pytest.mark.parametrize(
    ("only", "said"),
    [
        ("z9", "there is no step 'z9'"),
        ("q.", "there is no section 'q.'"),
        ("dL/dV1", "did you mean dL/d"),
    ],
)
def test_a_name_that_means_nothing_is_said(only: str, said: str) -> None:
    done = run("solve", "-", "--only", only, stdin=NETWORK.encode())
    assert done.code == 2 and said in done.err and len(done.err.splitlines()) == 1


def test_only_and_get_exclude_each_other() -> None:
    assert run("solve", "-", "--only", "z1", "--get", "z1", stdin=NETWORK.encode()).code == 2


@pytest.mark.parametrize("width", [60, 100])
def test_a_pipe_and_a_file_are_as_wide_as_they_are_told(width: int, tmp_path: Path) -> None:
    piped = solved(NETWORK, "--width", str(width), terminal=None)
    assert max(map(len, piped.splitlines())) <= width
    target = tmp_path / "page.txt"
    run("solve", "-", "--width", str(width), "-o", str(target), stdin=NETWORK.encode(), terminal=140)
    assert target.read_text() == piped


def test_a_file_has_80_columns_and_everything_on_it(tmp_path: Path) -> None:
    target = tmp_path / "page.txt"
    run("solve", "-", "-o", str(target), stdin=WORDS.encode(), terminal=140)
    assert max(map(len, target.read_text().splitlines())) <= 80
    assert "more cells" not in target.read_text() and "same way" not in target.read_text()


@pytest.mark.parametrize("text", ["10", "-3", "x", "10000", "8e1"])
def test_a_width_that_is_none_is_said(text: str) -> None:
    done = run("solve", "-", "--width", text, stdin=NETWORK.encode())
    assert (done.code, done.out) == (2, "") and done.err.startswith("--width: want a whole number from 40 to 9999")


def test_short_is_a_line_a_step_and_a_matrix_of_a_few_rows() -> None:
    for text in (WORDS, HEADS, NETWORK):
        page = solved(text, "--detail", "short", terminal=None)
        assert not re.search(r"·.* = ", page.partition("\n\n")[2]), "no working"
        assert page.count("\n") <= solved(text, terminal=None).count("\n") / 2
    wide = solved(f"topic: softmax\nx: {[[1, i] for i in range(9)]}\n", "--detail", "short", terminal=None)
    assert "e   9 x 2 numbers: --get e" in wide and wide.count("\n") < 30


def test_what_is_infinite_stands_in_its_column() -> None:
    """It has no decimal point: it ends where the column does, and moves no other number."""
    masked = np.array([[0, -np.inf], [1.5, 11.25], [-10, np.inf]])
    assert matrix(masked) == [["  0  ", " -inf"], ["  1.5", "11.25"], ["-10  ", "  inf"]]
