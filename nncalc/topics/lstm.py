"""The LSTM cell, gate by gate, through one step or a sequence, and back."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from nncalc.topics.parts.fields import About, Answer, Array
from nncalc.topics.parts.gates import Apart, Joined, Order, Stacked, Weights, order_of
from nncalc.topics.parts.time import C0, H0, NOTHING, Bias, States, Task, TaskFields, W_hLike, W_xLike, X, through_time
from nncalc.trace.rules.functions import sigmoid
from nncalc.trace.work import Work

LSTM_GATES = "ifog"
JoinedWeights = Annotated[Array, "hidden hidden+input"]
Jacobian = Annotated[bool, About("also ∂c/∂h and ∂h/∂h of each step, gate by gate", also=("gradients",))]


def per_gate(
    work: Work,
    x: X,
    W_xi: W_xLike,
    W_hi: W_hLike,
    W_xf: W_xLike,
    W_hf: W_hLike,
    W_xo: W_xLike,
    W_ho: W_hLike,
    W_xg: W_xLike,
    W_hg: W_hLike,
    b_i: Bias = None,
    b_f: Bias = None,
    b_o: Bias = None,
    b_g: Bias = None,
    p_i: Bias = None,
    p_f: Bias = None,
    p_o: Bias = None,
    h_0: H0 = 0,  # type: ignore[assignment]  # 0: zeros of the shape
    c_0: C0 = 0,  # type: ignore[assignment]
    task: TaskFields = NOTHING,
    jacobian: Jacobian = False,
) -> Answer:
    """Four gates, the cell state, the hidden state, at every step; gradients through time.

    i, f, o = σ(W_x x + W_h h + b), g = tanh(…), c = f∘c_prev + i∘g, h = o∘tanh(c) (Hochreiter and Schmidhuber 1997
    with the forget gate of Gers et al. 2000; peepholes p, seen from c, Gers and Schmidhuber 2000).
    x: (time, input) or (input,); W_x: (hidden, input); W_h: (hidden, hidden).
    """
    peepholes = {gate: p for gate, p in (("i", p_i), ("f", p_f), ("o", p_o)) if p is not None}
    weights = Apart(
        {"i": W_xi, "f": W_xf, "o": W_xo, "g": W_xg}, {"i": W_hi, "f": W_hf, "o": W_ho, "g": W_hg},
        {"i": b_i, "f": b_f, "o": b_o, "g": b_g}, peepholes,
    )  # fmt: skip
    return _cell(work, x, weights, {"h": h_0, "c": c_0}, task, peepholes, jacobian)


def concatenated(
    work: Work,
    x: X,
    W_i: JoinedWeights,
    W_f: JoinedWeights,
    W_o: JoinedWeights,
    W_g: JoinedWeights,
    b_i: Bias = None,
    b_f: Bias = None,
    b_o: Bias = None,
    b_g: Bias = None,
    concat: Annotated[Order, About("[h, x] or [x, h]", says="v is {}")] = "hx",
    h_0: H0 = 0,  # type: ignore[assignment]
    c_0: C0 = 0,  # type: ignore[assignment]
    task: TaskFields = NOTHING,
    jacobian: Jacobian = False,
) -> Answer:
    """The same with one matrix a gate, W: (hidden, hidden + input), for the concatenated vector v = [h, x]."""
    weights = Joined({"i": W_i, "f": W_f, "o": W_o, "g": W_g}, {"i": b_i, "f": b_f, "o": b_o, "g": b_g}, concat,
                     W_i.shape[0])  # fmt: skip
    return _cell(work, x, weights, {"h": h_0, "c": c_0}, task, {}, jacobian)


def stacked(
    work: Work,
    x: X,
    W_ih: Annotated[Array, "4*hidden input", About("all gates below each other", also=("weight_ih", "weight_ih_l0"))],
    W_hh: Annotated[Array, "4*hidden hidden", About("all gates below each other", also=("weight_hh", "weight_hh_l0"))],
    b_ih: Annotated[Array | None, "4*hidden", About("bias beside W_ih", also=("bias_ih", "bias_ih_l0"))] = None,
    b_hh: Annotated[Array | None, "4*hidden", About("bias beside W_hh", also=("bias_hh", "bias_hh_l0"))] = None,
    gate_order: Annotated[str | list[str], About("from top to bottom", says="gates from top to bottom {}")] = "i f g o",
    h_0: H0 = 0,  # type: ignore[assignment]
    c_0: C0 = 0,  # type: ignore[assignment]
    task: TaskFields = NOTHING,
    jacobian: Jacobian = False,
) -> Answer:
    """The same with the gates stacked, as PyTorch keeps them: W_ih (4·hidden, input), W_hh (4·hidden, hidden)."""
    weights = Stacked(W_ih, W_hh, b_ih, b_hh, order_of(gate_order, LSTM_GATES))
    return _cell(work, x, weights, {"h": h_0, "c": c_0}, task, {}, jacobian)


def _cell(
    work: Work, x: Any, weights: Weights, start: States, task: Task, peepholes: dict[str, Any], jacobian: bool
) -> Answer:
    """One cell through all steps; the output gate's peephole looks at the new cell state, so that gate comes last."""
    late = "o" in peepholes
    weights.see(x)

    def step(t: int, x_t: Any, before: States) -> States:
        gate: States = {}

        def work_gate(name: str, cell: Any) -> None:
            z = work.let(f"z_{name}", weights.fed(name, peepholes[name] * cell if name in peepholes else None))
            gate[name] = work.let(name, np.tanh(z) if name == "g" else sigmoid(z))

        weights.enter(work, t, x_t, before["h"])
        for name in ("i", "f", "g") if late else ("i", "f", "o", "g"):
            work_gate(name, before["c"])
        c = work.let("c", gate["f"] * before["c"] + gate["i"] * gate["g"])
        if late:
            work_gate("o", c)
        tanh_c = work.let("tanh_c", np.tanh(c))
        return {"h": work.let("h", gate["o"] * tanh_c), "c": c, "tanh_c": tanh_c, **gate}

    def jacobians(before: States, after: States) -> Answer:
        prev = "h_0" if x.ndim == 1 else "h_prev"
        return _jacobians(work, after, before["c"], weights, peepholes.get("o"), prev) if jacobian else {}

    answer = through_time(work, x, start, step, weights.parameters, task, jacobians)
    return {name: value for name, value in answer.items() if name not in (*LSTM_GATES, "tanh_c")}


def _jacobians(work: Work, cell: States, c_prev: Any, weights: Weights, p_o: Any, prev: str) -> Answer:
    """∂c/∂h_prev = c_prev∘∂f + g∘∂i + i∘∂g and ∂h/∂h_prev = o∘tanh'(c)∘∂c + tanh(c)∘∂o, with ∂gate = diag(gate')·W_h.

    The cell state before is held fixed: these are the terms of one step.
    """

    def slope(name: str, inside: Any) -> Any:
        a = cell[name]
        return work.let(f"d{name}/d{prev}", np.diag(1 - a**2 if name == "g" else a * (1 - a)) @ inside)

    df, di, dg = (slope(name, weights.recurrent(name)) for name in ("f", "i", "g"))
    dc = work.let(f"dc/d{prev}", np.diag(c_prev) @ df + np.diag(cell["g"]) @ di + np.diag(cell["i"]) @ dg)
    do = slope("o", weights.recurrent("o") if p_o is None else weights.recurrent("o") + np.diag(p_o) @ dc)
    tanh_c = cell["tanh_c"]
    dh = work.let(f"dh/d{prev}", np.diag(cell["o"] * (1 - tanh_c**2)) @ dc + np.diag(tanh_c) @ do)
    return {f"dc/d{prev}": dc, f"dh/d{prev}": dh}


FORMS = (per_gate, concatenated, stacked)
