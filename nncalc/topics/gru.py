"""The gated recurrent unit, through one step or a sequence, and back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused
from nncalc.topics.parts import gates
from nncalc.topics.parts.belonging import when
from nncalc.topics.parts.fields import About, Answer, Array, forms
from nncalc.topics.parts.gates import Bias, GateOrder, JoinedWeights, Order, W_hLike, W_xLike, WeightLayout, Weights
from nncalc.topics.parts.time import H0, NOTHING, States, TaskFields, X, through_time
from nncalc.trace.rules.functions import sigmoid
from nncalc.trace.work import Work

GRU_GATES = "zrn"
Reset = Annotated[Literal["before", "after"], About("the recurrent product", says="reset {} the recurrent product")]
Swap = Annotated[
    bool,
    About("exchange z and 1 - z", says=("h = z∘n + (1 - z)∘h_prev", "h = (1 - z)∘n + z∘h_prev"), also=("swapped",)),
]


class GRUWeights(Weights):
    """What this cell needs to know beside: where the reset gate comes in, since that goes with the way of writing."""

    letters = GRU_GATES
    reset: Reset

    @property
    def after(self) -> bool:
        """Whether r comes after the recurrent product; Refused where these weights cannot have it so."""
        return self.reset == "after"


@dataclass(frozen=True)
class GRUPerGate(gates.PerGate, GRUWeights):
    """W_x, W_h and b for each gate, for the candidate also a bias inside the reset: textbooks."""

    W_xz: W_xLike
    W_hz: W_hLike
    W_xr: W_xLike
    W_hr: W_hLike
    W_xn: W_xLike
    W_hn: W_hLike
    b_z: Bias = None
    b_r: Bias = None
    b_n: Bias = None
    b_hn: Annotated[Array | None, "hidden", About("bias inside the reset", only=when(reset="after"))] = None
    reset: Reset = "before"
    layout: WeightLayout = None


@dataclass(frozen=True)
class GRUConcatenated(gates.Concatenated, GRUWeights):
    """The same with one matrix a gate, W: (hidden, hidden + input), for v = [h, x]; the candidate's is [r∘h, x]."""

    W_z: JoinedWeights
    W_r: JoinedWeights
    W_n: JoinedWeights
    b_z: Bias = None
    b_r: Bias = None
    b_n: Bias = None
    concat: Order = "hx"
    reset: Reset = "before"
    layout: WeightLayout = None

    @property
    def after(self) -> bool:
        """The product with h is not apart from that with x."""
        if self.reset == "after":
            raise Refused("reset", "after the product wants the matrices for x and for h apart", "before")
        return False


@dataclass(frozen=True)
class GRUStacked(gates.Stacked, GRUWeights):
    """The same with the gates stacked, as PyTorch keeps them: W_ih (3·hidden, input), W_hh (3·hidden, hidden)."""

    W_ih: Annotated[Array, "3*hidden input", replace(gates.W_IH, rows="input 3*hidden")]
    W_hh: Annotated[Array, "3*hidden hidden", replace(gates.W_HH, rows="hidden 3*hidden")]
    b_ih: Annotated[Array | None, "3*hidden", gates.B_IH] = None
    b_hh: Annotated[Array | None, "3*hidden", gates.B_HH] = None
    gate_order: GateOrder = "r z n"
    reset: Reset = "after"
    layout: WeightLayout = None


def gru(
    work: Work,
    x: X,
    weights: GRUWeights,
    swap: Swap = False,
    h_0: H0 = 0,  # type: ignore[assignment]  # 0: zeros of the shape
    task: TaskFields = NOTHING,
) -> Answer:
    """Update gate z, reset gate r, candidate n, and the state between the old one and n, at every step.

    z, r = σ(W_x x + W_h h + b), n = tanh(W_xn x + W_hn (r∘h) + b_n), h = (1 − z)∘n + z∘h_prev (Cho et al. 2014; their
    paper's text exchanges z and 1 − z: `swap`). With reset after the product (cuDNN, PyTorch):
    n = tanh(W_xn x + b_n + r∘(W_hn h + b_hn)). x: (time, input) or (input,); W_x: (hidden, input).
    """
    at = weights.through(work, x)

    def step(t: int, x_t: Any, before: States) -> States:
        net, h_prev = at(t, x_t, before["h"]), before["h"]
        z = work.let("z", sigmoid(work.let("z_z", net("z"))))
        r = work.let("r", sigmoid(work.let("z_r", net("r"))))
        n = work.let("n", np.tanh(work.let("z_n", net.candidate("n", r, weights.after))))
        h = work.let("h", z * n + (1 - z) * h_prev if swap else (1 - z) * n + z * h_prev)
        return {"h": h}

    return through_time(work, x, {"h": h_0}, step, weights.parameters, task, layout=weights.layout)


FORMS = forms(gru, "weights", per_gate=GRUPerGate, concatenated=GRUConcatenated, stacked=GRUStacked)
