"""The gated recurrent unit, through one step or a sequence, and back."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np

from nncalc.topics.parts.fields import About, Answer, Array
from nncalc.topics.parts.gates import Apart, Joined, Order, Stacked, Weights, order_of
from nncalc.topics.parts.time import H0, NOTHING, Bias, States, Task, TaskFields, W_hLike, W_xLike, X, through_time
from nncalc.trace.rules.functions import sigmoid
from nncalc.trace.work import Work

GRU_GATES = "zrn"
JoinedWeights = Annotated[Array, "hidden hidden+input"]
Reset = Annotated[Literal["before", "after"], About("the recurrent product", says="reset {} the recurrent product")]
Swap = Annotated[
    bool,
    About("exchange z and 1 - z", says=("h = z∘n + (1 - z)∘h_prev", "h = (1 - z)∘n + z∘h_prev"), also=("swapped",)),
]


def per_gate(
    work: Work,
    x: X,
    W_xz: W_xLike,
    W_hz: W_hLike,
    W_xr: W_xLike,
    W_hr: W_hLike,
    W_xn: W_xLike,
    W_hn: W_hLike,
    b_z: Bias = None,
    b_r: Bias = None,
    b_n: Bias = None,
    b_hn: Annotated[Array | None, "hidden", About("bias inside the reset (reset: after)")] = None,
    reset: Reset = "before",
    swap: Swap = False,
    h_0: H0 = 0,  # type: ignore[assignment]  # 0: zeros of the shape
    task: TaskFields = NOTHING,
) -> Answer:
    """Update gate z, reset gate r, candidate n, and the state between the old one and n, at every step.

    z, r = σ(W_x x + W_h h + b), n = tanh(W_xn x + W_hn (r∘h) + b_n), h = (1 − z)∘n + z∘h_prev (Cho et al. 2014; their
    paper's text exchanges z and 1 − z: `swap`). With reset after the product (cuDNN, PyTorch):
    n = tanh(W_xn x + b_n + r∘(W_hn h + b_hn)). x: (time, input) or (input,); W_x: (hidden, input).
    """
    weights = Apart({"z": W_xz, "r": W_xr, "n": W_xn}, {"z": W_hz, "r": W_hr, "n": W_hn},
                    {"z": b_z, "r": b_r, "n": b_n}, b_h=("b_hn", b_hn))  # fmt: skip
    return _cell(work, x, weights, h_0, task, reset == "after", swap)


def concatenated(
    work: Work,
    x: X,
    W_z: JoinedWeights,
    W_r: JoinedWeights,
    W_n: JoinedWeights,
    b_z: Bias = None,
    b_r: Bias = None,
    b_n: Bias = None,
    concat: Annotated[Order, About("[h, x] or [x, h]", says="v is {}")] = "hx",
    reset: Reset = "before",
    swap: Swap = False,
    h_0: H0 = 0,  # type: ignore[assignment]
    task: TaskFields = NOTHING,
) -> Answer:
    """The same with one matrix a gate, W: (hidden, hidden + input), for v = [h, x]; the candidate's is [r∘h, x]."""
    weights = Joined({"z": W_z, "r": W_r, "n": W_n}, {"z": b_z, "r": b_r, "n": b_n}, concat, W_z.shape[0])
    return _cell(work, x, weights, h_0, task, reset == "after", swap)


def stacked(
    work: Work,
    x: X,
    W_ih: Annotated[Array, "3*hidden input", About("all gates below each other", also=("weight_ih", "weight_ih_l0"))],
    W_hh: Annotated[Array, "3*hidden hidden", About("all gates below each other", also=("weight_hh", "weight_hh_l0"))],
    b_ih: Annotated[Array | None, "3*hidden", About("bias beside W_ih", also=("bias_ih", "bias_ih_l0"))] = None,
    b_hh: Annotated[Array | None, "3*hidden", About("bias beside W_hh", also=("bias_hh", "bias_hh_l0"))] = None,
    gate_order: Annotated[str | list[str], About("from top to bottom", says="gates from top to bottom {}")] = "r z n",
    reset: Reset = "after",
    swap: Swap = False,
    h_0: H0 = 0,  # type: ignore[assignment]
    task: TaskFields = NOTHING,
) -> Answer:
    """The same with the gates stacked, as PyTorch keeps them: W_ih (3·hidden, input), W_hh (3·hidden, hidden)."""
    weights = Stacked(W_ih, W_hh, b_ih, b_hh, order_of(gate_order, GRU_GATES))
    return _cell(work, x, weights, h_0, task, reset == "after", swap)


def _cell(work: Work, x: Any, weights: Weights, h_0: Any, task: Task, after: bool, swap: bool) -> Answer:
    """One cell through all steps."""
    weights.see(x)

    def step(t: int, x_t: Any, before: States) -> States:
        h = before["h"]
        weights.enter(work, t, x_t, h)
        gate = {}
        for name in ("z", "r"):
            gate[name] = work.let(name, sigmoid(work.let(f"z_{name}", weights.fed(name))))
        n = work.let("n", np.tanh(work.let("z_n", weights.candidate(work, "n", gate["r"], after))))
        z = gate["z"]
        return {"h": work.let("h", z * n + (1 - z) * h if swap else (1 - z) * n + z * h)}

    return through_time(work, x, {"h": h_0}, step, weights.parameters, task)


FORMS = (per_gate, concatenated, stacked)
