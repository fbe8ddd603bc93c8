"""The plain recurrent network: forward in time, back through time, and how the gradient vanishes."""

from __future__ import annotations

from functools import reduce
from typing import Annotated, Any, Literal

import numpy as np

from nncalc.topics.activation import ACTIVATIONS, SLOPES, ActivationName
from nncalc.topics.descent import updated
from nncalc.topics.fields import About, Answer, Array
from nncalc.topics.loss import LossName
from nncalc.topics.recurrent import each_step, readout, seeds_of
from nncalc.trace.work import Work


def rnn(
    work: Work,
    x: Annotated[
        Array,
        "time input | input",
        About("the inputs, a row a time step; or one vector", also=("X", "input", "inputs")),
    ],
    W_xh: Annotated[Array, "hidden input", About("from the input to the state", also=("W_hx", "U", "Wxh"))],
    W_hh: Annotated[Array, "hidden hidden", About("from the state before to the state", also=("W", "Whh"))],
    b_h: Annotated[Array | None, "hidden", About("bias of the state", also=("b",))] = None,
    h_0: Annotated[Array, "hidden", About("the state before the first step", also=("h", "h_prev", "h0"))] = 0,  # type: ignore[assignment]  # zeros
    W_hy: Annotated[
        Array | None, "output hidden", About("from the state to the output", also=("V", "W_yh", "Why"))
    ] = None,
    b_y: Annotated[Array | None, "output", About("bias of the output")] = None,
    activation: Annotated[
        Literal["tanh", "sigmoid", "relu", "identity"], About("of the state", says="activation {}")
    ] = "tanh",
    output_activation: Annotated[ActivationName, About("of the output")] = "identity",
    target: Annotated[
        float | Array | None, "output | time | time output", About("gives the loss and the way back", also=("y",))
    ] = None,
    loss: Annotated[LossName, About("of the output (without W_hy, of h)")] = "half_squared_error",
    loss_on: Annotated[Literal["all", "last"], About("which steps have a loss")] = "all",
    upstream: Annotated[
        list[float] | Array | None, "time hidden | hidden", About("∂L/∂h of every step or of the last")
    ] = None,
    gradient_flow: Annotated[bool, About("∂h_t/∂h_(t−1) of every step, their product and their norms")] = False,
    rate: Annotated[float | None, About("step of gradient descent: gives the new weights", also=("lr", "eta"))] = None,
) -> Answer:
    """h_t = g(W_xh x_t + W_hh h_(t−1) + b_h), y_t = W_hy h_t + b_y, and backpropagation through time.

    x: (time, input) or (input,); W_xh: (hidden, input); W_hh: (hidden, hidden); W_hy: (output, hidden) (Elman 1990;
    Goodfellow et al., Deep Learning, 10.2). The factors ∂h_t/∂h_(t−1) = diag(g'(z_t)) W_hh and their product say how
    much of the gradient is left (Pascanu et al. 2013); the norm is Frobenius'.
    """
    out = readout(work, x, W_hy, b_y, output_activation, target, loss, loss_on, W_hh.shape[0])
    h, y = h_0, None
    states: list[Any] = []
    outputs: list[Any] = []
    factors: list[Any] = []
    for t, x_t in each_step(work, x):
        z = W_xh @ x_t + W_hh @ h
        z = work.let("z", z if b_h is None else z + b_h)
        h = work.let("h", ACTIVATIONS[activation](z))
        y = out.step(t, h)
        states.append(h)
        outputs.append(y)
        if gradient_flow:
            prev = "h_0" if x.ndim == 1 else "h_prev"
            factors.append(work.let(f"dh/d{prev}", np.diag(SLOPES[activation](z, h)) @ W_hh))
    answer: Answer = {"h": h}
    if W_hy is not None:
        answer["y"] = y if x.ndim == 1 else np.stack(outputs)
    parameters = {"W_xh": W_xh, "W_hh": W_hh, "b_h": b_h, "W_hy": W_hy, "b_y": b_y}
    wrt = [x, *parameters.values(), h_0]
    L = out.total()
    grads: Answer = {}
    if L is not None:
        grads = {"L": L} | work.backward(L, wrt)
    elif upstream is not None:
        of, seeds = seeds_of(work, "h", upstream, states)
        grads = work.backward(of, wrt, seed=seeds)
    if gradient_flow:
        answer |= _flow(work, factors)
    answer |= grads
    return answer | (updated(work, parameters, grads, rate) if rate is not None else {})


def _flow(work: Work, factors: list[Any]) -> Answer:
    """The norm of each factor, the product from the last step back to the second, and its norm."""
    with work.section("", "Gradient flow"):
        norms = [np.sqrt(np.sum(f**2)) for f in factors]
        flow: Answer = {}
        for t, norm in enumerate(norms, 1):
            flow[f"norm_{t}"] = work.let(f"norm_{t}", norm)
        if len(factors) > 2:
            flow["flow"] = work.let("flow", reduce(lambda late, early: late @ early, factors[:0:-1]))
            flow["norm_flow"] = work.let("norm_flow", np.sqrt(np.sum(flow["flow"] ** 2)))
        elif len(factors) == 2:
            flow["flow"] = work.let("flow", factors[1])
    return flow
