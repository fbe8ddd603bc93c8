"""Brackets left out, plain lists as images, −∞ in masks: what people write, beside what it stands for."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from command import run

from nncalc.errors import InputError
from nncalc.marking.check import check
from nncalc.running import solve

FILTER = {"topic": "conv", "image": [[1, 2], [3, 4]], "filter": [[2]], "upstream": [[1, 1], [1, 1]]}
UNIT = {"topic": "backprop", "x": [0.5], "layers": [{"W": [[0.4]], "b": [0.1]}], "target": 1}
TWO = {"topic": "backprop", "x": [1, 2], "layers": [{"W": [[0.5, 0.3]], "b": [0]}, {"W": [[1], [2]]}], "target": [1, 0]}
RNN = {"topic": "rnn", "x": [[1], [2], [3]], "W_xh": [[0.5]], "W_hh": [[0.2]], "upstream": [1]}
ATTENTION = {
    "topic": "attention",
    "x": [[1.0]],
    "W_Q": [[1]],
    "W_K": [[1]],
    "W_V": [[2]],
    "W_O": [[3]],
    "upstream": [[1]],
}
POOL = {"topic": "pool", "image": [[1, 2], [3, 4]], "kind": "average", "global": True, "upstream": [[2]]}


def answers(fields: dict[str, Any]) -> dict[str, Any]:
    return {step.name: step.array.tolist() for step in solve(fields).steps}


@pytest.mark.parametrize(("fields", "change"), [
    (FILTER, {"filter": 2}), (FILTER, {"filter": [2]}), (FILTER | {"bias": [0.5]}, {"bias": 0.5}),
    (UNIT, {"x": 0.5}), (UNIT, {"layers": [{"W": 0.4, "b": 0.1}]}), (UNIT, {"layers": [{"W": [0.4], "b": "1/10"}]}),
    (UNIT, {"x": [[[0.5]]]}),
    (TWO, {"layers": [{"W": [0.5, 0.3], "b": 0}, {"W": [[1], [2]]}]}), (TWO, {"layers": [{"W": [0.5, 0.3], "b": 0}, {"W": [1, 2]}]}),
    (TWO | {"x": [[1, 2]], "target": [[1, 0]]}, {"layers": [{"W": [0.5, 0.3], "b": [0]}, {"W": [1, 2]}]}),
    (RNN, {"x": [1, 2, 3]}), (RNN, {"W_xh": 0.5, "W_hh": 0.2, "upstream": 1}), (RNN, {"x": [1, 2, 3], "W_xh": 0.5, "W_hh": [0.2]}),
    (ATTENTION, {"x": 1, "W_Q": 1, "W_K": 1, "W_V": 2, "W_O": 3, "upstream": 1}), (POOL, {"upstream": 2}),
    ({"topic": "norm", "x": [[1], [3]], "gamma": [2], "beta": [1]}, {"gamma": 2, "beta": 1}),
    ({"topic": "softmax", "x": [1], "upstream": [1]}, {"x": 1, "upstream": 1}),
    ({"topic": "lstm", "x": [0.5], **{f"W_{a}{g}": [[0.1]] for a in "xh" for g in "ifog"}, "h_0": [0.2]},
     {f"W_{a}{g}": 0.1 for a in "xh" for g in "ifog"} | {"x": 0.5, "h_0": 0.2}),
])  # fmt: skip
def test_brackets_may_be_left_out(fields: dict[str, Any], change: dict[str, Any]) -> None:
    assert answers(fields | change) == answers(fields)
    given = {name: value.array.tolist() for name, value in solve(fields | change).given.items()}
    assert given == {name: value.array.tolist() for name, value in solve(fields).given.items()}


@pytest.mark.parametrize(("fields", "words"), [
    ({"topic": "perceptron", "X": [0, 1], "w": [1, 1], "b": 0}, "X: is 2; want an array (sample x input) (one row is [[1, 2]], one column [[1], [2]])"),
    (TWO | {"layers": [{"W": [0.5, 0.3, 1], "b": 0}]}, "layers[1].W: is 1 x 3, for 3 inputs, but x has 2"),
    (FILTER | {"filter": [2, 1]}, "filter: is 2, but the image is 2 x 2"), (RNN | {"b_h": [1, 2]}, "b_h: is 2: its 'hidden' is 2, but 1 in W_xh"),
    ({"topic": "conv", "image": [1, 2, 3], "filter": [1, 2], "pad": [1, 1, 1]}, "pad: want a number or [before, after] for a plain list, got 3 numbers"),
    ({"topic": "conv", "image": [1, 2, 3], "filter": [1, 2], "stride": [1, 2]}, "stride: want one number for a plain list, got 2"),
    ({"topic": "conv", "image": [1, 2], "filter": [1, 2, 3]}, "filter: covers 3 cells, more than the padded image has (2)"),
    ({"topic": "softmax", "x": ["-inf", 1]}, "x[1]: want a number, got -inf (want a finite number)"),
])  # fmt: skip
def test_what_fits_twice_or_not_at_all_is_refused(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError) as error:
        solve(fields)
    assert words in str(error.value) and len(error.value.findings) == 1


def test_one_number_in_flags() -> None:
    done = run("conv", "--image", "1,2;3,4", "--filter", "2", "--bias", "0.5", "--get", "Y")
    assert done.out == "[[2.5, 4.5], [6.5, 8.5]]\n"
    assert (
        run("pool", "--image", "1,2;3,4", "--kind=average", "--global", "--upstream", "2", "--get", "dL/dX").out
        == "[[0.5, 0.5], [0.5, 0.5]]\n"
    )
    assert (
        run("backprop", "--x", "0.5", "--layers", "[{W: 0.4, b: 0.1}]", "--target", "1", "--get", "a1").out == "[0.3]\n"
    )


@pytest.mark.parametrize("infinity", [-math.inf, "-inf", "-.inf", "−∞", "-Inf", "−.inf"])
def test_an_additive_mask_may_hide_by_minus_infinity(infinity: Any) -> None:
    two = {"topic": "attention", "q": [[1, 0], [0, 1]], "k": [[1, 0], [0, 1]], "v": [[1, 2], [3, 4]]}
    trace = solve(two | {"mask": [[0, infinity], [0.5, 0]], "upstream": [[1, 0], [0, 1]]})
    np.testing.assert_allclose(trace.answer["A"], [[1, 0], [0.448408, 0.551592]], atol=5e-7)
    np.testing.assert_allclose(trace.answer["Z"], [[1, 2], [2.103185, 3.103185]], atol=5e-7)
    assert all(np.isfinite(step.array).all() for step in trace.steps if step.name != "S_masked")
    hidden = solve(two | {"mask": [[infinity, infinity], [0, 0]], "stable": False})
    assert hidden.answer["A"][0].tolist() == [0, 0]
    with pytest.raises(InputError, match="not a finite number"):
        solve(two | {"mask": [[0, math.inf], [0, 0]]})


@pytest.mark.parametrize("pad", [0, 1, [1, 0], [0, 2], "same"])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize(
    "more", [{}, {"flip": True}, {"dilation": 2}, {"transposed": True}, {"activation": "relu", "bias": 0.5}]
)
def test_a_convolution_of_plain_lists_is_that_of_one_row(pad: Any, stride: int, more: dict[str, Any]) -> None:
    x, k = [1.0, -2, 3, 0.5, 4], [1.0, 0.5]
    fields = {"topic": "conv", "image": x, "filter": k, "stride": stride, "pad": pad, **more}
    wide = [0, pad[0], 0, pad[1]] if isinstance(pad, list) else pad if pad == "same" else [0, pad]
    fields2 = fields | {
        "image": [x],
        "filter": [k],
        "stride": [1, stride],
        "pad": wide,
        "dilation": [1, more.get("dilation", 1)],
    }
    out = len(solve(fields).answer["Y"])
    one, two = (
        solve(f | {"upstream": g}).answer for f, g in ((fields, list(range(out))), (fields2, [list(range(out))]))
    )
    for name in one:
        assert np.ndim(one[name]) == (0 if name == "size" else 1), name
        assert one[name].tolist() == (two[name].tolist()[1] if name == "size" else np.ravel(two[name]).tolist()), name


def test_pages_of_plain_lists_have_one_index() -> None:
    conv = run(
        "conv", "--image", "1,2,3,4", "--filter", "1,0,-1", "--pad", "1,0", "--upstream", "1,2,1", "--format", "json"
    )
    page = json.loads(conv.out)
    steps = {step["name"]: step for step in page["steps"]}
    assert steps["Y"]["value"] == [-2, -2, -2] and steps["size"]["value"] == 3
    assert steps["Y"]["elements"][1]["formula"] == "X_pad[2]·K[1] + X_pad[3]·K[2] + X_pad[4]·K[3]"
    assert steps["dL/dX"]["formula"]["text"] == "∂L/∂X_pad[2:5]"
    assert steps["dL/dX"]["value"] == [2, 0, -2, -1] and steps["dL/dK"]["value"] == [4, 8, 12]
    pool = solve(
        {"topic": "pool", "image": [1, 2, 2, 5, 4], "window": 3, "stride": 2, "pad": [0, 0], "upstream": [1, 3]}
    )
    assert pool.answer["Y"].tolist() == [2, 5] and pool.answer["where"].tolist() == [2, 4]
    assert pool.answer["dL/dX"].tolist() == [0, 1, 0, 3, 0] and "convention: Y[1]" in pool.notes[0]
    assert solve({"topic": "pool", "image": [1, 2, 6], "kind": "average", "global": True}).answer["Y"].tolist() == [3]


@pytest.mark.parametrize("given", [
    {"a1": 0.3, "dL/db1": -0.7}, {"a1": [0.3], "L": [0.245]}, {"L": [[0.245]], "dL/dW1": [-0.35]}, {"dL/dW1:1,1": [-0.35]},
])  # fmt: skip
def test_keys_and_sheets_may_leave_brackets_out(given: dict[str, Any]) -> None:
    marks = check(UNIT, given)
    assert all(line.verdict.name == "right" for line in marks.lines if line.given)


def test_a_row_for_a_column_and_the_other_way_are_read_but_no_transposed_matrix() -> None:
    problem = {"topic": "attention", "q": [[1, 0]], "k": [[1, 0], [0, 1]], "v": [[1], [2]]}
    A = solve(problem).answer["A"]
    assert A.shape == (1, 2)
    for written in (A.ravel().tolist(), A.T.tolist(), A.tolist(), [A.tolist()]):
        line = next(line for line in check(problem, {"A": written}).lines if line.name == "A")
        assert line.verdict.name == "right" and not line.line.trouble  # type: ignore[union-attr]
    square = {"topic": "attention", "q": [[1, 0], [2, 1]], "k": [[1, 0], [0, 1]], "v": [[1], [2]]}
    B = solve(square).answer["A"]
    assert any(line.verdict.name == "wrong" for line in check(square, {"A": B.T.tolist()}).lines)


def test_two_fields_with_the_same_numbers_are_two_fields() -> None:
    gates = {f"W_{gate}": [[0.5] * 4] * 2 for gate in "ifog"}
    with pytest.raises(InputError, match="c_0: is 1: its 'hidden' is 1, but 2 in W_i"):
        solve({"topic": "lstm", "x": [0.5, 0.5], "h_0": [0.1, 0.1], "c_0": [0], "concat": "xh"} | gates)
