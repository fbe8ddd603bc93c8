"""The LSTM cell, gate by gate, through one step or a sequence, and back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any

import numpy as np

from nncalc.topics.parts import gates
from nncalc.topics.parts.fields import About, Answer, Array, forms
from nncalc.topics.parts.gates import Bias, GateOrder, JoinedWeights, Order, W_hLike, W_xLike, WeightLayout, Weights
from nncalc.topics.parts.time import C0, H0, NOTHING, States, TaskFields, X, through_time
from nncalc.trace.rules.functions import sigmoid
from nncalc.trace.work import Work

LSTM_GATES = "ifog"


@dataclass(frozen=True)
class LSTMPerGate(gates.PerGate):
    """W_x, W_h, b and a peephole p for each gate: textbooks."""

    letters = LSTM_GATES
    W_xi: W_xLike
    W_hi: W_hLike
    W_xf: W_xLike
    W_hf: W_hLike
    W_xo: W_xLike
    W_ho: W_hLike
    W_xg: W_xLike
    W_hg: W_hLike
    b_i: Bias = None
    b_f: Bias = None
    b_o: Bias = None
    b_g: Bias = None
    p_i: Bias = None
    p_f: Bias = None
    p_o: Bias = None
    layout: WeightLayout = None


@dataclass(frozen=True)
class LSTMConcatenated(gates.Concatenated):
    """The same with one matrix a gate, W: (hidden, hidden + input), for the concatenated vector v = [h, x]."""

    letters = LSTM_GATES
    W_i: JoinedWeights
    W_f: JoinedWeights
    W_o: JoinedWeights
    W_g: JoinedWeights
    b_i: Bias = None
    b_f: Bias = None
    b_o: Bias = None
    b_g: Bias = None
    concat: Order = "hx"
    layout: WeightLayout = None


@dataclass(frozen=True)
class LSTMStacked(gates.Stacked):
    """The same with the gates stacked, as PyTorch keeps them: W_ih (4·hidden, input), W_hh (4·hidden, hidden)."""

    letters = LSTM_GATES
    W_ih: Annotated[Array, "4*hidden input", replace(gates.W_IH, rows="input 4*hidden")]
    W_hh: Annotated[Array, "4*hidden hidden", replace(gates.W_HH, rows="hidden 4*hidden")]
    b_ih: Annotated[Array | None, "4*hidden", gates.B_IH] = None
    b_hh: Annotated[Array | None, "4*hidden", gates.B_HH] = None
    gate_order: GateOrder = "i f g o"
    layout: WeightLayout = None


def lstm(
    work: Work,
    x: X,
    weights: Weights,
    h_0: H0 = 0,  # type: ignore[assignment]  # 0: zeros of the shape
    c_0: C0 = 0,  # type: ignore[assignment]
    task: TaskFields = NOTHING,
    jacobian: Annotated[bool, About("also ∂c/∂h and ∂h/∂h of each step, gate by gate", also=("gradients",))] = False,
) -> Answer:
    """Four gates, the cell state, the hidden state, at every step; gradients through time.

    i, f, o = σ(W_x x + W_h h + b), g = tanh(…), c = f∘c_prev + i∘g, h = o∘tanh(c) (Hochreiter and Schmidhuber 1997
    with the forget gate of Gers et al. 2000; peepholes p, seen from c, Gers and Schmidhuber 2000).
    x: (time, input) or (input,); W_x: (hidden, input); W_h: (hidden, hidden).
    """
    at = weights.through(work, x)
    # A peephole of the output gate looks at the new cell state, so that this gate comes last.
    late = weights.peephole("o") is not None

    def step(t: int, x_t: Any, before: States) -> States:
        net, c_prev = at(t, x_t, before["h"]), before["c"]

        def output_gate(c: Any) -> Any:
            return work.let("o", sigmoid(work.let("z_o", net("o", c))))

        i = work.let("i", sigmoid(work.let("z_i", net("i", c_prev))))
        f = work.let("f", sigmoid(work.let("z_f", net("f", c_prev))))
        o = None if late else output_gate(c_prev)
        g = work.let("g", np.tanh(work.let("z_g", net("g"))))
        c = work.let("c", f * c_prev + i * g)
        o = output_gate(c) if late else o
        tanh_c = work.let("tanh_c", np.tanh(c))
        h = work.let("h", o * tanh_c)
        return {"h": h, "c": c, "i": i, "f": f, "o": o, "g": g, "tanh_c": tanh_c}

    def jacobians(before: States, after: States) -> Answer:
        prev = "h_0" if x.ndim == 1 else "h_prev"
        return _jacobians(work, weights, before["c"], prev, **after) if jacobian else {}

    return through_time(work, x, {"h": h_0, "c": c_0}, step, weights.parameters, task, jacobians, weights.layout)


def _jacobians(
    work: Work, weights: Weights, c_prev: Any, prev: str, *, h: Any, c: Any, i: Any, f: Any, o: Any, g: Any, tanh_c: Any
) -> Answer:
    """∂c/∂h_prev = c_prev∘∂f + g∘∂i + i∘∂g and ∂h/∂h_prev = o∘tanh'(c)∘∂c + tanh(c)∘∂o, with ∂gate = diag(gate')·W_h.

    The cell state before is held fixed: these are the terms of one step. Each is (hidden, hidden).
    """
    W_h, p_o = weights.recurrent, weights.peephole("o")
    df = work.let(f"df/d{prev}", np.diag(f * (1 - f)) @ W_h("f"))
    di = work.let(f"di/d{prev}", np.diag(i * (1 - i)) @ W_h("i"))
    dg = work.let(f"dg/d{prev}", np.diag(1 - g**2) @ W_h("g"))
    dc = work.let(f"dc/d{prev}", np.diag(c_prev) @ df + np.diag(g) @ di + np.diag(i) @ dg)
    inside = W_h("o") if p_o is None else W_h("o") + np.diag(p_o) @ dc
    do = work.let(f"do/d{prev}", np.diag(o * (1 - o)) @ inside)
    dh = work.let(f"dh/d{prev}", np.diag(o * (1 - tanh_c**2)) @ dc + np.diag(tanh_c) @ do)
    return {f"dc/d{prev}": dc, f"dh/d{prev}": dh}


FORMS = forms(lstm, "weights", per_gate=LSTMPerGate, concatenated=LSTMConcatenated, stacked=LSTMStacked)
