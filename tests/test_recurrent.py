"""One cell, three ways of writing its weights: the same numbers, the same gradients, and a form for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import pytest

from nncalc.topics.gru import GRUConcatenated, GRUPerGate, GRUStacked, gru
from nncalc.topics.lstm import LSTMConcatenated, LSTMPerGate, LSTMStacked, lstm
from nncalc.topics.parts.fields import About, Answer, Array, fields_of, filled, forms
from nncalc.topics.parts.time import Task
from nncalc.trace.work import Work

HIDDEN, INPUT, TIME = 2, 3, 4
CELLS = {
    "lstm": (lstm, "ifog", "gofi", (LSTMPerGate, LSTMConcatenated, LSTMStacked), {}),
    "gru": (gru, "zrn", "nzr", (GRUPerGate, GRUConcatenated, GRUStacked), {"reset": "before"}),
}


def worked(kernel: Any, record: Any, arrays: dict[str, Any], settings: dict[str, Any], upstream: Any) -> dict[str, Any]:
    work = Work()
    weights = record(**{name: work.given(name, a) for name, a in arrays.items() if name != "x"}, **settings)
    states = {name: work.given(name, np.full(HIDDEN, 0.3)) for name in ("h_0", "c_0")[: 2 if kernel is lstm else 1]}
    answer = kernel(work, work.given("x", arrays["x"]), weights, **states, task=Task(upstream=upstream))
    return {name: value.array for name, value in answer.items()}


@pytest.mark.parametrize("concat", ["hx", "xh"])
@pytest.mark.parametrize("cell", CELLS)
def test_the_way_of_writing_the_weights_changes_no_number(cell: str, concat: str) -> None:
    kernel, gates, order, (per_gate, concatenated, stacked), settings = CELLS[cell]
    rng = np.random.default_rng(3)
    W_x = {g: rng.normal(size=(HIDDEN, INPUT)) for g in gates}
    W_h = {g: rng.normal(size=(HIDDEN, HIDDEN)) for g in gates}
    b = {f"b_{g}": rng.normal(size=HIDDEN) for g in gates}
    x, upstream = {"x": rng.normal(size=(TIME, INPUT))}, rng.normal(size=(TIME, HIDDEN))
    apart = {f"W_x{g}": W for g, W in W_x.items()} | {f"W_h{g}": W for g, W in W_h.items()} | b
    sides = [(W_h[g], W_x[g]) if concat == "hx" else (W_x[g], W_h[g]) for g in gates]
    joined = {f"W_{g}": np.hstack(pair) for g, pair in zip(gates, sides, strict=True)} | b
    below = {
        "W_ih": np.vstack([W_x[g] for g in order]), "W_hh": np.vstack([W_h[g] for g in order]),
        "b_ih": np.hstack([b[f"b_{g}"] for g in order]),
    }  # fmt: skip
    one = worked(kernel, per_gate, x | apart, settings, upstream)
    two = worked(kernel, concatenated, x | joined, settings | {"concat": concat}, upstream)
    three = worked(kernel, stacked, x | below, settings | {"gate_order": order}, upstream)
    for name in ("h", "dL/dx", "dL/dh_0"):
        np.testing.assert_allclose(two[name], one[name], rtol=1e-10, err_msg=name)
        np.testing.assert_allclose(three[name], one[name], rtol=1e-10, err_msg=name)
    for i, g in enumerate(order):
        rows = slice(i * HIDDEN, (i + 1) * HIDDEN)
        sides_of = {"x": one[f"dL/dW_x{g}"], "h": one[f"dL/dW_h{g}"]}
        np.testing.assert_allclose(three["dL/dW_ih"][rows], sides_of["x"], rtol=1e-10)
        np.testing.assert_allclose(three["dL/dW_hh"][rows], sides_of["h"], rtol=1e-10)
        np.testing.assert_allclose(two[f"dL/dW_{g}"], np.hstack([sides_of[side] for side in concat]), rtol=1e-10)
        np.testing.assert_allclose(three["dL/db_ih"][rows], one[f"dL/db_{g}"], rtol=1e-10)


def test_a_form_has_the_fields_of_its_record_where_the_parameter_stands() -> None:
    @dataclass(frozen=True)
    class Slope:
        """The same by its slope."""

        slope: float

    @dataclass(frozen=True)
    class Points:
        """The same through two points."""

        first: Annotated[Array, "2", About("where it starts")]
        second: Array
        swapped: bool = False

    def line(work: Work, x: Array, given: Any, b: float = 0) -> Answer:
        """A line."""
        return {"given": given, "x": x, "b": b}

    slope, points = forms(line, "given", slope=Slope, points=Points)
    assert [f.name for f in fields_of(slope)] == ["x", "slope", "b"]
    assert [f.name for f in fields_of(points)] == ["x", "first", "second", "swapped", "b"]
    assert fields_of(points)[1].axes == (("2",),) and fields_of(points)[1].about.help == "where it starts"
    assert (slope.__name__, slope.__doc__) == ("slope", "A line.")
    assert (points.__name__, points.__doc__) == ("points", "The same through two points.")
    answer = slope(Work(), **filled(slope, {"x": 1, "slope": 3.0}))
    assert answer == {"given": Slope(3.0), "x": 1, "b": 0}
    assert line.__annotations__["given"] == "Any"
