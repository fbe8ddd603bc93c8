"""`layout: rows` in rnn, lstm and gru: x·W with W input × hidden gives the numbers of W·x with Wᵀ."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from nncalc import loads, solve
from nncalc.errors import InputError
from nncalc.problem.counted import sizes_in
from nncalc.render.layout import View
from nncalc.render.working.plain import render

HIDDEN, TIME = 2, 3
Arrays = dict[str, Any]


def weights(topic: str, form: str, wide: int) -> Arrays:
    """Random weights of a form, hidden × input."""
    rng, gates = np.random.default_rng(5), {"rnn": "h", "lstm": "ifog", "gru": "zrn"}[topic]
    many = len(gates) * HIDDEN
    shapes: dict[str, tuple[int, ...]] = {
        "rnn": {"W_xh": (HIDDEN, wide), "W_hh": (HIDDEN, HIDDEN), "b_h": (HIDDEN,)},
        "per_gate": {f"W_{s}{g}": (HIDDEN, n) for g in gates for s, n in (("x", wide), ("h", HIDDEN))}
        | {f"b_{g}": (HIDDEN,) for g in gates},
        "concatenated": {f"W_{g}": (HIDDEN, HIDDEN + wide) for g in gates},
        "stacked": {"W_ih": (many, wide), "W_hh": (many, HIDDEN), "b_ih": (many,), "b_hh": (many,)},
    }[form]
    return {n: rng.normal(size=s).round(2) for n, s in {**shapes, "W_hy": (1, HIDDEN), "b_y": (1,)}.items()}


def turned(arrays: Arrays) -> Arrays:
    return {n: a.T if n.startswith("W_") else a for n, a in arrays.items()}


def answer(topic: str, **fields: Any) -> Arrays:
    return solve(loads({"topic": topic, **fields})).answer


CASES: list[tuple[str, str, Arrays]] = [
    ("rnn", "rnn", {"gradient_flow": True}),
    *(("lstm", form, {"jacobian": True, "c_0": [0.2, -0.4]}) for form in ("per_gate", "concatenated", "stacked")),
    ("lstm", "per_gate", {"p_i": [0.1, 0.2], "p_o": [0.3, -0.2], "jacobian": True}),
    ("lstm", "concatenated", {"concat": "xh", "jacobian": True}), ("lstm", "stacked", {"gate_order": "o f g i"}),
    *(("gru", form, {"reset": "before"}) for form in ("per_gate", "concatenated", "stacked")),
    ("gru", "per_gate", {"reset": "after", "b_hn": [0.1, 0.2]}), ("gru", "stacked", {"reset": "after"}),
    ("gru", "concatenated", {"concat": "xh", "swap": True}),
]  # fmt: skip


@pytest.mark.parametrize("wide", [3, HIDDEN], ids=["oblong", "square"])
@pytest.mark.parametrize("sequence", [True, False], ids=["sequence", "one"])
@pytest.mark.parametrize("topic, form, more", CASES)
def test_rows_are_columns_transposed(topic: str, form: str, more: Arrays, sequence: bool, wide: int) -> None:
    x = np.random.default_rng(7).normal(size=(TIME, wide)).round(2)
    target = [[0.5], [0.2], [-0.3]] if sequence else [0.5]
    arrays = weights(topic, form, wide)
    asked = {"x": x if sequence else x[0], "h_0": [0.3, -0.1], "target": target, "rate": 0.1, **more}
    columns = answer(topic, **asked, **arrays)
    rows = answer(topic, **asked, **turned(arrays), layout="rows")
    assert list(rows) == list(columns)
    for name, value in columns.items():
        of_weights = name.removeprefix("dL/d").removesuffix("_new") in arrays and value.ndim == 2
        np.testing.assert_allclose(rows[name], value.T if of_weights else value, rtol=1e-10, atol=1e-14, err_msg=name)
    for name, array in turned(arrays).items():
        assert rows[f"dL/d{name}"].shape == rows[f"{name}_new"].shape == array.shape


def test_rnn_as_numpy_has_it() -> None:
    W, x = turned(weights("rnn", "rnn", 3)), np.array([[1, 2, 3], [0.5, -1, 0.25]])
    h = np.array([0.1, 0.2])
    given = answer("rnn", x=x, h_0=h, layout="rows", **W)
    for x_t in x:
        h = np.tanh(x_t @ W["W_xh"] + h @ W["W_hh"] + W["b_h"])
    np.testing.assert_allclose(given["h"], h, rtol=1e-12)
    np.testing.assert_allclose(given["y"][-1], h @ W["W_hy"] + W["b_y"], rtol=1e-12)


def test_lstm_with_the_matrices_of_keras() -> None:
    W, x = turned(weights("lstm", "stacked", 3)), np.array([[1, 2, 3], [0.5, -1, 0.25]])
    h = c = np.zeros(HIDDEN)
    given = answer("lstm", x=x, layout="rows", gate_order="i f g o", **W)
    for x_t in x:
        i, f, g, o = np.split(x_t @ W["W_ih"] + h @ W["W_hh"] + W["b_ih"] + W["b_hh"], 4)
        c = c / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
        h = np.tanh(c) / (1 + np.exp(-o))
    np.testing.assert_allclose(given["h"], h, rtol=1e-12)
    np.testing.assert_allclose(given["c"], c, rtol=1e-12)


def test_gru_with_the_matrices_of_keras() -> None:
    W, x = turned(weights("gru", "stacked", 3)), np.array([[1, 2, 3], [0.5, -1, 0.25]])
    h = np.zeros(HIDDEN)
    given = answer("gru", x=x, layout="rows", gate_order="z r n", **W)
    for x_t in x:
        (z, r, n), (z_h, r_h, n_h) = (np.split(s, 3) for s in (x_t @ W["W_ih"] + W["b_ih"], h @ W["W_hh"] + W["b_hh"]))
        z, r = 1 / (1 + np.exp(-z - z_h)), 1 / (1 + np.exp(-r - r_h))
        h = z * h + (1 - z) * np.tanh(n + r * n_h)
    np.testing.assert_allclose(given["h"], h, rtol=1e-12)


def page(topic: str, **fields: Any) -> str:
    out = io.StringIO()
    render(solve(loads({"topic": topic, **fields})), View(), out)
    return out.getvalue()


def test_the_page_says_the_layout_and_writes_x_before_w() -> None:
    W = weights("rnn", "rnn", 3) | {"x": np.ones((2, 3)), "target": [[1], [0]]}
    rows, columns = page("rnn", **turned(W) | {"x": W["x"]}, layout="rows"), page("rnn", **W, layout="columns")
    assert "weights input x hidden: x·W" in rows and "weights hidden x input: W·x" in columns
    assert "t2.z = x[2]·W_xh + t1.h·W_hh + b_h" in rows and "t1.y = t1.h·W_hy + b_y" in rows
    assert "∂L/∂W_xh = x[1]·t1.∂L/∂zᵀ + x[2]·t2.∂L/∂zᵀ" in rows
    assert "weights hidden x input: W·x" in page("rnn", **W)
    stacked = turned(weights("lstm", "stacked", 3))
    assert "gates from left to right i f g o" in page("lstm", x=[1, 2, 3], **stacked, layout="rows")


def refused(topic: str, **fields: Any) -> str:
    with pytest.raises(InputError) as caught:
        loads({"topic": topic, **fields})
    return str(caught.value)


def test_weights_of_the_other_layout_are_refused_with_a_hint() -> None:
    W, x = weights("rnn", "rnn", 3), np.ones((2, 3))
    said = refused("rnn", x=x, **turned(W))
    assert "W_xh: is 3 x 2: its 'input' is 2, but 3 in x" in said and len(said.splitlines()) == 1
    assert "(W_xh is (input, hidden): transposed? layout: rows takes (input, hidden))" in said
    said = refused("rnn", x=x, **W, layout="rows")
    assert "(W_xh is (hidden, input): transposed? layout: columns takes (hidden, input))" in said
    said = refused("rnn", x=x, **turned(W) | {"W_hy": W["W_hy"]}, layout="rows")
    assert "(W_hy is (output, hidden): transposed? here it is (hidden, output))" in said
    cell = {n: a.tolist() for n, a in turned(W).items() if n in ("W_xh", "W_hh")}
    said = refused("backprop", x=x, layers=[{"rnn": cell}])
    assert "W_hh: is 2 x 2" in said and "(W_xh is (input, hidden): transposed? layout: rows takes" in said
    assert "transposed" not in refused("rnn", x=x, **W | {"W_xh": np.ones((2, 4))})
    assert "transposed" not in refused("rnn", x=x, **W | {"b_h": np.ones(3)})


@pytest.mark.parametrize("form, matrix", [("per_gate", "W_xi"), ("concatenated", "W_i"), ("stacked", "W_ih")])
def test_each_form_has_the_hint(form: str, matrix: str) -> None:
    W, x = weights("lstm", form, 3), np.ones((2, 3))
    assert f"{matrix}: is" in (said := refused("lstm", x=x, **turned(W))) and len(said.splitlines()) == 1
    assert "transposed? layout: rows takes" in said
    assert "transposed? layout: columns takes" in refused("lstm", x=x, **W, layout="rows")


def test_missing_and_plainly_written_weights_have_the_axes_of_the_layout() -> None:
    assert "W_hh: 'W_hh' is missing" not in refused("rnn", x=[1, 2], W_xh=[[1], [2]], layout="rows")
    assert "want an array (hidden x hidden)" in refused("rnn", x=[1, 2], W_xh=[[1], [2]], layout="rows")
    assert "want an array (input x hidden)" in refused("rnn", x=[1, 2], W_hh=[[1]], layout="rows")
    one = answer("rnn", x=[1, 2], W_xh=[0.5, 0.25], W_hh=0.1, layout="rows")
    np.testing.assert_allclose(one["h"], np.tanh([1.0]))


@pytest.mark.parametrize("topic, form", [("rnn", "rnn"), ("lstm", "stacked"), ("gru", "per_gate")])
def test_a_cell_in_a_network_has_a_layout_of_its_own(topic: str, form: str) -> None:
    W, x = {n: a for n, a in weights(topic, form, 3).items() if n not in ("W_hy", "b_y")}, np.ones((2, 3))
    plain = {n: a.tolist() for n, a in W.items()}
    other = {n: a.tolist() for n, a in turned(W).items()} | {"layout": "rows"}
    one, two = (
        answer("backprop", x=x, layers=[{topic: fields}, {"dense": [[0.5, 0.2]]}], target=[1])
        for fields in (plain, other)
    )
    np.testing.assert_allclose(one["L"], two["L"])
    counted = [sizes_in(loads({"topic": "backprop", "x": x, "layers": [{topic: f}]})) for f in (plain, other)]
    assert counted[0] == counted[1]
    for name in W:
        np.testing.assert_allclose(one[f"{topic}1.dL/d{name}"].T, two[f"{topic}1.dL/d{name}"], err_msg=name)
