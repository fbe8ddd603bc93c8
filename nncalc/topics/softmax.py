"""Softmax with everything that is asked of it by hand."""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np

from nncalc.topics.parts.back import from_above
from nncalc.topics.parts.belonging import GIVEN, LEFT_OUT, when
from nncalc.topics.parts.fields import About, Answer, Array
from nncalc.topics.parts.losses import FirstClass, base_of, first_of, targets
from nncalc.trace.rules.functions import softmax_cross_entropy, softmax_jacobian, softmax_worked
from nncalc.trace.work import Work


def softmax(
    work: Work,
    x: Annotated[
        Array,
        "class | sample class",
        About("the scores; of a matrix each row gets its own softmax", also=("logits", "scores", "z", "input")),
    ],
    temperature: Annotated[float, About("x is divided by it", says="temperature {}", above=0, also=("T", "tau"))] = 1,
    base: Annotated[float, About("what is raised to the power x", says="base {}", above=0)] = math.e,
    stable: Annotated[
        bool, About("subtract the largest score first", says=("maximum subtracted first", "maximum not subtracted"))
    ] = False,
    jacobian: Annotated[bool, About("also every ∂s_i/∂x_j", also=("J", "jac"))] = False,
    target: Annotated[
        int | Array | None,
        "class | sample | sample class",
        About(
            "the right class (from 1), or its probabilities: gives the cross-entropy and its gradient",
            also=("y", "label", "class"),
            least=0,
        ),
    ] = None,
    upstream: Annotated[
        Array | None, "class | sample class", About("∂L/∂s, for the backward pass", only=when(target=LEFT_OUT))
    ] = None,
    log: Annotated[bool, About("also the logarithm of s")] = False,
    log_base: Annotated[
        float, About("of the logarithm in log_s and L", above=0, only=when(log=True) | when(target=GIVEN))
    ] = math.e,
    first_class: FirstClass = None,
) -> Answer:
    """Scores to probabilities: exponentiate, divide by the sum.

    s_i = exp(x_i) / Σ_j exp(x_j) (Bridle 1990; Goodfellow et al., Deep Learning, 4.1). x: (class,) or
    (sample, class). J: (class, class), of each row one, J_ij = ∂s_i/∂x_j. L = −Σ target·ln s, of several rows the mean.
    """
    if x.ndim > 1 and x.shape[1] == 1:
        work.note("each row of x is one softmax, and each has one score: its s is 1; one softmax of all: x as one row")
    logits = x if temperature == 1 else x / temperature
    if stable:
        logits = logits - _beside(work.let("m", logits.max(axis=-1)))
    e = work.let("e", np.exp(logits) if base == math.e else base**logits)
    Z = _beside(work.let("Z", e.sum(axis=-1)))
    natural = logits if base == math.e else logits * math.log(base)
    quotient = e / Z
    s = work.let("s", quotient, like=softmax_worked(natural, quotient))
    answer: Answer = {"s": s}
    if log:
        answer["log_s"] = work.let("log_s", _log(s, log_base))
    if jacobian:
        answer["J"] = work.let("J", _jacobian(s, math.log(base) / temperature))
    if target is not None:
        t = targets(work, target, x.shape, first_class)
        L = work.let("L", *_cross_entropy(natural, s, target, t, log_base, first_of(first_class)))
        answer |= {"L": L} | work.backward(L, [x])
    else:
        answer |= from_above(work, s, [x], upstream)
    return answer


def _beside(per_row: Any) -> Any:
    """A number for each row, so that it stands at all of the row's scores."""
    return per_row[:, None] if per_row.ndim else per_row


def _log(s: Array, base: float) -> Array:
    known = {math.e: np.log, 2: np.log2, 10: np.log10}.get(base_of(base))
    return known(s) if known else np.log(s) / math.log(base)


def _jacobian(s: Array, slope: float) -> Array:
    """∂s_i/∂x_j = s_i (δ_ij − s_j), times the derivative of the exponent by x."""
    J = softmax_jacobian(s)
    return J if slope == 1 else J * slope


def _cross_entropy(z: Array, s: Array, target: int | Array, t: Array, base: float, first: int) -> tuple[Array, Array]:
    """The loss as it is written, and as it is differentiated together with the softmax of z."""
    log_s = _log(s, base)
    written = -log_s[target - first] if isinstance(target, int) else -np.sum(t * log_s)
    rows = s.shape[0] if s.ndim > 1 else 1
    fused = softmax_cross_entropy(z, s, t)
    scale = rows * math.log(base)
    return written if rows == 1 else written / rows, fused if scale == 1 else fused / scale
