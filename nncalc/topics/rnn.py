"""The plain recurrent network: forward in time, back through time, and how the gradient vanishes."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from nncalc.topics.parts.activations import ACTIVATIONS, Function
from nncalc.topics.parts.fields import About, Answer, Array
from nncalc.topics.parts.gates import WeightLayout, added, applied, before_column, products
from nncalc.topics.parts.time import H0, NOTHING, States, TaskFields, X, through_time
from nncalc.trace.rules.reductions import length
from nncalc.trace.work import Work

# So many Jacobians are multiplied in one formula.
MOST_JACOBIANS = 4

_W_XH = About("from the input to the state", also=("W_hx", "U", "Wxh", "W_ih"), rows="input hidden")
_W_HH = About("from the state before to the state", also=("W", "Whh"), rows="hidden hidden")


def rnn(
    work: Work,
    x: X,
    W_xh: Annotated[Array, "hidden input", _W_XH],
    W_hh: Annotated[Array, "hidden hidden", _W_HH],
    b_h: Annotated[Array | None, "hidden", About("bias of the state", also=("b",))] = None,
    h_0: H0 = 0,  # type: ignore[assignment]  # 0: zeros of the shape
    task: TaskFields = NOTHING,
    gradient_flow: Annotated[bool, About("∂h_t/∂h_(t−1) of every step, their product and their norms")] = False,
    activation: Annotated[Function, About("of the state; step: threshold units", says="activation {}")] = "tanh",
    layout: WeightLayout = None,
) -> Answer:
    """h_t = g(W_xh x_t + W_hh h_(t−1) + b_h), y_t = W_hy h_t + b_y, and backpropagation through time.

    x: (time, input) or (input,); W_xh: (hidden, input); W_hh: (hidden, hidden); W_hy: (output, hidden) (Elman 1990;
    Goodfellow et al., Deep Learning, 10.2). The factors ∂h_t/∂h_(t−1) = diag(g'(z_t)) W_hh and their product say how
    much of the gradient is left (Pascanu et al. 2013); the norm is Frobenius'.
    """
    g = ACTIVATIONS[activation]
    prev = "h_0" if x.ndim == 1 else "h_prev"
    factors: list[Any] = []
    inputs = products(W_xh, x, layout)

    def step(t: int, x_t: Any, before: States) -> States:
        z = work.let("z", added(inputs(t), applied(W_hh, before["h"], layout), b_h))
        return {"h": work.let("h", g(z)), "z": z}

    def factor(before: States, after: States) -> Answer:
        if gradient_flow:
            slope = np.diag(g.derivative(after["z"], after["h"]))
            factors.append(work.let(f"dh/d{prev}", slope @ before_column(W_hh, layout)))
        return {}

    learned = {"W_xh": W_xh, "W_hh": W_hh, "b_h": b_h}
    answer = through_time(work, x, {"h": h_0}, step, learned, task, factor, layout)
    return answer | (_flow(work, factors) if gradient_flow else {})


def _product(work: Work, factors: list[Any]) -> Any:
    """The product of ∂h_T/∂h_(T−1) back to ∂h_2/∂h_1; of many each product on the way has a name.

    Written out as one formula a cell would have hidden^(factors − 1) terms.
    """
    product = factors[0] @ factors[1]
    for t, factor in zip(range(len(factors), 2, -1), factors[2:], strict=False):
        if len(factors) > MOST_JACOBIANS:
            product = work.let(f"flow_{t}", product)
        product = product @ factor
    return product


def _flow(work: Work, factors: list[Any]) -> Answer:
    """The norm of each factor, the product from the last step back to the second, and its norm."""
    with work.section("", "Gradient flow"):
        norms = [length(f) for f in factors]
        flow: Answer = {}
        for t, norm in enumerate(norms, 1):
            flow[f"norm_{t}"] = work.let(f"norm_{t}", norm)
        if len(factors) > 2:
            flow["flow"] = work.let("flow", _product(work, factors[:0:-1]))
            flow["norm_flow"] = work.let("norm_flow", length(flow["flow"]))
        elif len(factors) == 2:
            flow["flow"] = work.let("flow", factors[1])
    return flow
