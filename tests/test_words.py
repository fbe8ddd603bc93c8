"""Words in place of one-hot rows, in every recurrent cell; and threshold units that add in binary."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from examples import problem, yaml_of

from nncalc import solve
from nncalc.errors import InputError

RNG = np.random.default_rng(2)


def n(*shape: int) -> Any:
    return RNG.normal(size=shape).round(2)


CELLS: dict[str, dict[str, Any]] = {
    "rnn": {"W_xh": n(2, 4), "W_hh": n(2, 2), "W_hy": n(4, 2), "output_activation": "softmax", "loss": "cross_entropy"},
    "lstm": {f"W_{s}{g}": n(2, 4 if s == "x" else 2) for g in "ifog" for s in "xh"},
    "gru": {f"W_{g}": n(2, 6) for g in "zrn"},
}


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("tokens", ["hell", ["h", "e", "l", "l"]])
@pytest.mark.parametrize("vocabulary", ["helo", ["h", "e", "l", "o"]])
def test_words_are_their_rows(cell: str, tokens: Any, vocabulary: Any) -> None:
    more = {"target": [2, 3, 3, 4]} if cell == "rnn" else {"target": n(4, 2)}
    rows = np.eye(4)[[0, 1, 2, 2]]
    said = solve(problem(yaml_of(cell, tokens=tokens, vocabulary=vocabulary, **CELLS[cell], **more)))
    plain = solve(problem(yaml_of(cell, x=rows, **CELLS[cell], **more)))
    assert [step.name for step in said.steps] == [step.name for step in plain.steps]
    for step in said.steps:
        np.testing.assert_array_equal(step.array, plain[step.name].array)
    assert "Time step 3: l" in {step.title for step in said.steps}


def refusal(**fields: Any) -> str:
    with pytest.raises(InputError) as error:
        solve(problem(yaml_of("rnn", **{"W_xh": n(2, 4), "W_hh": n(2, 2), **fields})))
    return str(error.value)


def test_words_that_do_not_fit_are_refused() -> None:
    assert "tokens[2]: 'z' is not in the vocabulary; want one of h, e, l, o" in refusal(tokens="hz", vocabulary="helo")
    assert "vocabulary: is missing" in refusal(tokens="he")
    assert "vocabulary: has a word twice" in refusal(tokens="he", vocabulary="hello")
    assert "tokens: belongs to a problem without x" in refusal(tokens="he", vocabulary="helo", x=np.eye(4))
    assert "vocabulary: belongs to a problem with tokens" in refusal(vocabulary="helo", x=np.eye(4))
    assert "'input' is 4" in refusal(tokens="he", vocabulary="hel") or "'input' is 3" in refusal(
        tokens="he", vocabulary="hel"
    )
    assert "'x' is missing" in refusal()


def test_threshold_units_add_in_binary() -> None:
    """100111 + 110010, the least digit first: 1, 0, 0, 1, 1, 0, 1."""
    digits = [[1, 0], [1, 1], [1, 0], [0, 0], [0, 1], [1, 1], [0, 0]]
    trace = solve(problem(yaml_of(
        "rnn", x=digits, W_xh=[[1, 1]] * 3, W_hh=[[0, 1, 0]] * 3, b_h=[-0.5, -1.5, -2.5], activation="step",
        W_hy=[[1, -1, 1]], b_y=[-0.5], output_activation="step",
    )))  # fmt: skip
    assert trace.answer["y"].ravel().tolist() == [1, 0, 0, 1, 1, 0, 1]


def test_the_rows_and_columns_of_the_output_are_named() -> None:
    cell = {name: value for name, value in CELLS["rnn"].items() if name != "loss"}
    trace = solve(problem(yaml_of("rnn", tokens="hel", vocabulary="helo", **cell)))
    assert trace.notes == ["rows of y: 1 after h, 2 after e, 3 after l", "columns of y: h, e, l, o"]
    trace = solve(problem(yaml_of("rnn", tokens="he", vocabulary="helo", **cell | {"W_hy": n(3, 2)})))
    assert trace.notes == ["rows of y: 1 after h, 2 after e"]
    assert not solve(problem(yaml_of("rnn", x=np.eye(4), **cell))).notes


SQUARE = {
    "rnn": {"W_xh": n(2, 2), "W_hh": n(2, 2)},
    "lstm": {f"W_{s}{g}": n(2, 2) for g in "ifog" for s in "xh"},
    "gru": {f"W_{s}{g}": n(2, 2) for g in "zrn" for s in "xh"},
}


@pytest.mark.parametrize("cell", SQUARE)
@pytest.mark.parametrize("layout", [None, "columns", "rows"])
def test_which_way_a_square_matrix_stands_is_on_the_page(cell: str, layout: str | None) -> None:
    more = {"layout": layout} if layout else {}
    said = solve(problem(yaml_of(cell, x=n(2, 2), **SQUARE[cell], **more))).conventions
    assert ("weights input x hidden: x·W" if layout == "rows" else "weights hidden x input: W·x") in ", ".join(said)


@pytest.mark.parametrize(
    ("topic", "fields", "said"),
    [
        ("rnn", {"x": n(2, 3), "W_xh": n(3, 2), "W_hh": n(2, 2)}, "W_xh is (input, hidden): transposed?"),
        ("lstm", {"x": n(2, 3), "W_ih": n(3, 8), "W_hh": n(8, 2)}, "W_ih is (input, 4*hidden): transposed?"),
        ("gru", {"x": n(2, 3), **{f"W_x{g}": n(3, 2) for g in "zrn"}, **{f"W_h{g}": n(2, 2) for g in "zrn"}},
         "W_xz is (input, hidden): transposed?"),
        ("residual", {"x": n(3), "layers": [{"W": n(3, 2)}]},
         "layers[1].W: is 3 x 2, for 2 inputs, but x has 3 (W is (input, unit): transposed? here it is (unit, input))"),
        ("residual", {"x": n(3), "layers": [{"W": n(2, 3)}, {"W": n(2, 3)}]},
         "layers[2].W: is 2 x 3, for 3 inputs, but layer 1 gives 2 (W is (input, unit): transposed?"),
        ("perceptron", {"X": n(2, 3), "target": [0, 1], "w": [1, 1],
                        "hidden": {"W": n(3, 2), "c": [0, 0, 0]}},
         "hidden.W: is 3 x 2, for 2 inputs, but a sample has 3 (W is (input, unit): transposed?"),
        ("perceptron", {"X": n(2, 4), "target": [0, 1], "w": [1, 1], "hidden": {"W": n(2, 3), "c": [0, 0]}},
         "hidden.W: is 2 x 3, for 3 inputs, but a sample has 4"),
    ],
)  # fmt: skip
def test_a_matrix_the_other_way_round_is_told_so(topic: str, fields: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as error:
        solve(problem(yaml_of(topic, **fields)))
    assert said in str(error.value)
