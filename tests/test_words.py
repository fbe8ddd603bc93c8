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
