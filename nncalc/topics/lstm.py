"""The LSTM cell, gate by gate, through one step or a sequence, and back."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused
from nncalc.topics.activation import ActivationName
from nncalc.topics.descent import updated
from nncalc.topics.fields import About, Answer, Array
from nncalc.topics.loss import LossName
from nncalc.topics.recurrent import Upstream, each_step, readout, seeds_of
from nncalc.trace.functions import sigmoid
from nncalc.trace.work import Work

Weight = Annotated[Array, "hidden input"]
Recurrent = Annotated[Array, "hidden hidden"]
Bias = Annotated[Array | None, "hidden"]


def lstm(
    work: Work,
    x: Annotated[
        Array, "time input | input", About("the inputs, a row a time step; or one vector", also=("X", "input", "x_t"))
    ],
    W_xi: Weight,
    W_hi: Recurrent,
    W_xf: Weight,
    W_hf: Recurrent,
    W_xo: Weight,
    W_ho: Recurrent,
    W_xg: Weight,
    W_hg: Recurrent,
    b_i: Bias = None,
    b_f: Bias = None,
    b_o: Bias = None,
    b_g: Bias = None,
    p_i: Bias = None,
    p_f: Bias = None,
    p_o: Bias = None,
    h_0: Annotated[Array, "hidden", About("the state before the first step", also=("h", "h_prev", "h0"))] = 0,  # type: ignore[assignment]  # 0: zeros of the shape
    c_0: Annotated[Array, "hidden", About("the cell state before the first step", also=("c", "c_prev", "c0"))] = 0,  # type: ignore[assignment]
    W_hy: Annotated[Array | None, "output hidden", About("the output layer")] = None,
    b_y: Annotated[Array | None, "output"] = None,
    output_activation: Annotated[ActivationName, About("of the output layer")] = "identity",
    target: Annotated[
        float | Array | None, "output | time | time output", About("gives the loss and the way back", also=("y",))
    ] = None,
    loss: Annotated[LossName, About("of the output (without W_hy, of h)")] = "half_squared_error",
    loss_on: Annotated[Literal["all", "last"], About("which steps have a loss")] = "all",
    upstream: Annotated[Upstream | None, About("∂L/∂h and ∂L/∂c, for the way back without a target")] = None,
    rate: Annotated[
        float | None, About("step of gradient descent: gives the new weights", also=("lr", "eta", "learning_rate"))
    ] = None,
    jacobian: Annotated[bool, About("also ∂c/∂h and ∂h/∂h of each step, gate by gate", also=("gradients",))] = False,
) -> Answer:
    """Four gates, the cell state, the hidden state, at every step; gradients through time.

    i, f, o = σ(W_x x + W_h h + b), g = tanh(…), c = f∘c_prev + i∘g, h = o∘tanh(c) (Hochreiter and Schmidhuber 1997
    with the forget gate of Gers et al. 2000; peepholes p, seen from c, Gers and Schmidhuber 2000).
    x: (time, input) or (input,); W_x: (hidden, input); W_h: (hidden, hidden).
    """
    gates = {
        "i": (W_xi, W_hi, b_i, p_i), "f": (W_xf, W_hf, b_f, p_f),
        "o": (W_xo, W_ho, b_o, p_o), "g": (W_xg, W_hg, b_g, None),
    }  # fmt: skip
    out = readout(work, x, W_hy, b_y, output_activation, target, loss, loss_on, W_hi.shape[0])
    h, c = h_0, c_0
    states: dict[str, list[Any]] = {"h": [], "c": [], "y": []}
    jacobians: Answer = {}
    for t, x_t in each_step(work, x):
        before = (h, c)
        gate, c, h = _cell(work, x_t, h, c, gates)
        y = out.step(t, h)
        for name, value in zip("hcy", (h, c, y), strict=True):
            states[name].append(value)
        if jacobian:
            jacobians = _jacobians(work, gate, before[1], gates, "h_0" if x.ndim == 1 else "h_prev")
    L = out.total()
    answer: Answer = {"h": h, "c": c}
    if W_hy is not None:
        answer["y"] = y if x.ndim == 1 else np.stack(states["y"])
    kinds = ("W_x{}", "W_h{}", "b_{}", "p_{}")
    parameters: dict[str, Any] = {k.format(g): gates[g][n] for g in gates for n, k in enumerate(kinds)}
    parameters |= {"W_hy": W_hy, "b_y": b_y}
    wrt = [x, *parameters.values(), h_0, c_0]
    if L is not None:
        grads = {"L": L} | work.backward(L, wrt)
    elif upstream is not None:
        of_h, seeds_h = seeds_of(work, "h", upstream.h, states["h"])
        of_c, seeds_c = seeds_of(work, "c", upstream.c, states["c"])
        if not of_h and not of_c:
            raise Refused("upstream", "is empty", "h, c or both")
        grads = work.backward(of_h + of_c, wrt, seed=seeds_h + seeds_c)
    else:
        grads = {}
    answer |= jacobians | grads
    return answer | (updated(work, parameters, grads, rate) if rate is not None else {})


def _cell(work: Work, x: Any, h: Any, c: Any, gates: dict[str, Any]) -> tuple[dict[str, Any], Any, Any]:
    """One step; the output gate's peephole looks at the new cell state, so that gate then comes last."""
    gate: dict[str, Any] = {}

    def work_gate(name: str, cell: Any) -> None:
        W_x, W_h, b, p = gates[name]
        z = W_x @ x + W_h @ h
        z = z if p is None else z + p * cell
        z = work.let(f"z_{name}", z if b is None else z + b)
        gate[name] = work.let(name, np.tanh(z) if name == "g" else sigmoid(z))

    late = gates["o"][3] is not None
    for name in ("i", "f", "g") if late else ("i", "f", "o", "g"):
        work_gate(name, c)
    c = work.let("c", gate["f"] * c + gate["i"] * gate["g"])
    if late:
        work_gate("o", c)
    gate["tanh_c"] = work.let("tanh_c", np.tanh(c))
    return gate, c, work.let("h", gate["o"] * gate["tanh_c"])


def _jacobians(work: Work, gate: dict[str, Any], c_prev: Any, gates: dict[str, Any], prev: str) -> Answer:
    """∂c/∂h_prev = c_prev∘∂f + g∘∂i + i∘∂g and ∂h/∂h_prev = o∘tanh'(c)∘∂c + tanh(c)∘∂o, with ∂gate = diag(gate')·W_h.

    The cell state before is held fixed: these are the terms of one step.
    """

    def slope(name: str, inside: Any) -> Any:
        a = gate[name]
        return work.let(f"d{name}/d{prev}", np.diag(1 - a**2 if name == "g" else a * (1 - a)) @ inside)

    df, di, dg = (slope(name, gates[name][1]) for name in ("f", "i", "g"))
    dc = work.let(f"dc/d{prev}", np.diag(c_prev) @ df + np.diag(gate["g"]) @ di + np.diag(gate["i"]) @ dg)
    p_o = gates["o"][3]
    do = slope("o", gates["o"][1] if p_o is None else gates["o"][1] + np.diag(p_o) @ dc)
    tanh_c = gate["tanh_c"]
    dh = work.let(f"dh/d{prev}", np.diag(gate["o"] * (1 - tanh_c**2)) @ dc + np.diag(tanh_c) @ do)
    return {f"dc/d{prev}": dc, f"dh/d{prev}": dh}
