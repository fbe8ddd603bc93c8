"""The functions that NumPy lacks, each one operation with one rule.

Called with bare arrays they compute; called with Values they are recorded as one step. Those that formulas know by
name (sigmoid, relu, erf, softplus) have their rule in their row of `named`.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import numpy as np

from nncalc.trace.notation import decimals as d
from nncalc.trace.notation import tree as n
from nncalc.trace.notation.deciding import either, is_nothing
from nncalc.trace.notation.nearness import near
from nncalc.trace.notation.tree import Expr, Index
from nncalc.trace.rules.table import rule, traced


@traced
def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(−x)), without overflow at either end."""
    with np.errstate(over="ignore"):  # 1/(1 + inf) is the 0 that is meant
        return 1 / (1 + np.exp(-x))


@traced
def relu(x: Any) -> Any:
    """max(0, x); its derivative at 0 is taken as 0."""
    return np.maximum(x, 0.0)


@traced
def leaky_relu(x: Any, alpha: float = 0.01) -> Any:
    """x where x > 0, else alpha·x (Maas et al. 2013)."""
    return np.where(np.asarray(x) > 0, x, alpha * np.asarray(x))


def _leaky(index: Index, x: Any, alpha: float = 0.01) -> Expr:
    return n.call("max" if alpha <= 1 else "min", n.product(n.const(alpha), x[index]), x[index])


rule(leaky_relu, _leaky, (lambda g, y, x, alpha=0.01: g * (alpha + (1 - alpha) * (x > 0)),),
     whole=lambda x, alpha=0.01: n.call("leaky_relu", x.whole(), n.const(alpha)), options=("alpha",))  # fmt: skip


@traced
def elu(x: Any, alpha: float = 1.0) -> Any:
    """x where x > 0, else alpha·(exp(x) − 1) (Clevert et al. 2016)."""
    return np.where(np.asarray(x) > 0, x, alpha * np.expm1(np.minimum(x, 0)))


_BELOW: Any = np.frompyfunc(lambda x: d.expm1(min(x, Decimal(0))), 1, 1)


def _elu(index: Index, x: Any, alpha: float = 1.0) -> Expr:
    below = n.product(n.const(alpha), n.subtract(n.call("exp", x[index]), n.ONE))
    return either(n.compare(">", x[index], n.ZERO), x[index], below)


rule(elu, _elu, (lambda g, y, x, alpha=1.0: g * ((x > 0) + (x <= 0) * (y + alpha)),),
     whole=lambda x, alpha=1.0: n.call("elu", x.whole(), *([] if alpha == 1 else [n.const(alpha)])), options=("alpha",),
     decimal=lambda x, alpha=1.0: np.where(x > 0, x, alpha * _BELOW(x)), irrational=True)  # fmt: skip


@traced
def erf(x: Any) -> Any:
    """The error function, 2/√π ∫₀ˣ exp(−t²) dt."""
    return np.vectorize(math.erf, otypes=[float])(x)


@traced
def softplus(x: Any) -> Any:
    """ln(1 + exp(x)), without overflow."""
    return np.logaddexp(0.0, x)


@traced
def softmax(x: Any) -> Any:
    """exp(x) / Σ exp(x) along the last axis, with the largest subtracted first so that nothing overflows."""
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def _softmax(index: Index, x: Any) -> Expr:
    row = [n.call("exp", x[(*index[:-1], j)]) for j in range(x.shape[-1])]
    return n.divide(row[index[-1]], n.add(*row))


rule(softmax, _softmax, (lambda g, y, x: y * (g - (g * y).sum(axis=-1, keepdims=True)),), irrational=True)


@traced
def softmax_worked(x: Any, s: Any, axis: int = -1) -> Any:
    """softmax(x) along an axis where it was worked before as s: ∂L/∂x = s∘(∂L/∂s − Σ ∂L/∂s∘s).

    A row that is all −∞ was worked as 0, and its gradient is 0.
    """
    return s


rule(softmax_worked, lambda index, x, s, axis=-1: s[index],
     (lambda g, y, x, s, axis=-1: s * (g - (g * s).sum(axis=axis, keepdims=True)), None))  # fmt: skip


@traced
def softmax_jacobian(s: Any) -> Any:
    """s_i·(δ_ij − s_j) of the last axis, (…, class, class): one pass over a matrix, filled in place."""
    J = s[..., :, None] * (0 - s[..., None, :])
    i = np.arange(s.shape[-1])
    J[..., i, i] = s * (1 - s)
    return J


def _softmax_jacobian(index: Index, s: Any) -> Expr:
    *row, i, j = index
    return n.product(s[(*row, i)], n.subtract(n.ONE if i == j else n.ZERO, s[(*row, j)]))


def _back_from_jacobian(g: Any, y: Any, s: Any) -> Any:
    """∂L/∂s_k = Σ_j g_kj·(δ_kj − s_j) − Σ_i g_ik·s_i."""
    return (g * (np.eye(s.shape[-1]) - s[..., None, :])).sum(axis=-1) - (g * s[..., :, None]).sum(axis=-2)


rule(softmax_jacobian, _softmax_jacobian, (_back_from_jacobian,),
     whole=lambda s: n.product(s.whole(), n.subtract(n.symbol("I") if s.shape[-1] > 1 else n.ONE, s.whole())),
     shape=lambda s: (*s.shape, s.shape[-1]),
     sums=lambda s: abs(s)[..., :, None] * (np.eye(s.shape[-1], dtype=int) + abs(s)[..., None, :]))  # fmt: skip


@traced
def masked(scores: Any, mask: Any) -> Any:
    """The scores where the mask is not 0, −∞ where it is: after the softmax these weights are 0."""
    return np.where(np.asarray(mask) != 0, scores, -np.inf)


def _masked(index: Index, scores: Any, mask: Any) -> Expr:
    return either(mask.aligned(index), scores[index], n.const(-np.inf))


rule(masked, _masked, (lambda g, y, scores, mask: g * mask, None), infinite=True)


@traced
def softmax_cross_entropy(x: Any, s: Any, target: Any) -> Any:
    """−Σ target·ln softmax(x), where s is softmax(x) as it was worked before and each target row sums to 1.

    Differentiated as one, as in every textbook: ∂L/∂x = s − target.
    """
    top = np.max(x, axis=-1, keepdims=True)
    log_s = x - top - np.log(np.sum(np.exp(x - top), axis=-1, keepdims=True))
    return -np.sum(target * log_s)


@traced
def sigmoid_cross_entropy(x: Any, s: Any, target: Any) -> Any:
    """−Σ [target·ln σ(x) + (1 − target)·ln(1 − σ(x))], where s is σ(x) as it was worked before: ∂L/∂x = s − target."""
    return np.sum(np.logaddexp(0.0, x) - target * x)


@traced
def huber(d: Any, delta: float = 1.0) -> Any:
    """½d² up to a distance of δ, δ(|d| − ½δ) beyond it; its derivative is d, held between −δ and δ (Huber 1964)."""
    size = np.abs(d)
    return np.where(size <= delta, size**2 / 2, (2 * delta * size - delta * delta) / 2)


def _huber(index: Index, d: Any, delta: float = 1.0) -> Expr:
    size = n.call("abs", d[index])
    far = n.product(n.const(delta), n.subtract(size, n.const(delta / 2)))
    return either(n.compare("<=", size, n.const(delta)), n.divide(n.power(d[index], n.TWO), n.TWO), far)


rule(huber, _huber, (lambda g, y, d, delta=1.0: g * np.maximum(-delta, np.minimum(delta, d)),),
     whole=lambda d, delta=1.0: n.call("huber", d.whole()), options=("delta",),
     decides=lambda d, delta=1.0: near(abs(d), delta))  # fmt: skip


@traced
def divide_or_zero(a: Any, b: Any) -> Any:
    """a / b, and 0 where a is 0: a row of weights that are all hidden stays 0, as 0·ln 0 does in a loss."""
    a, b = np.broadcast_arrays(a, b)
    return np.divide(a, b, out=np.zeros(a.shape, np.result_type(float, a, b)), where=np.asarray(a != 0, bool))


def _over(a: Expr, b: Expr) -> Expr:
    return n.divide(a, b) if n.rank(a) else either(_both_nothing(a, b), n.ZERO, n.divide(a, b))


def _both_nothing(a: Expr, b: Expr) -> Expr:
    return n.product(is_nothing(a), is_nothing(b))


rule(
    divide_or_zero,
    _over,
    (lambda g, y, a, b: divide_or_zero(g, b), lambda g, y, a, b: divide_or_zero(-(g * y), b)),
    elementwise=True,
    poles=True,
)


@traced
def xlogy(t: Any, p: Any) -> Any:
    """t·ln(p), and 0 where t is 0, whatever p is: 0·ln 0 counts as 0."""
    t, p = np.broadcast_arrays(t, p)
    return t * np.log(p, out=np.zeros(t.shape), where=t != 0)


def _xlogy(t: Any, p: Any) -> Any:
    return t * Decimal(p).ln() if t else Decimal(0)


def _times_log(t: Expr, p: Expr) -> Expr:
    worked = n.product(t, _log(p))
    return worked if n.rank(t) else either(_both_nothing(t, p), n.ZERO, worked)


rule(
    xlogy, _times_log, (lambda g, y, t, p: g * np.log(p), lambda g, y, t, p: g * divide_or_zero(t, p)),
    elementwise=True, sums=lambda t, p: abs(t), poles=True, irrational=True, decimal=np.frompyfunc(_xlogy, 2, 1),
)  # fmt: skip


@traced
def rel_entr(t: Any, p: Any) -> Any:
    """t·ln(t/p), and 0 where t is 0; by p its derivative is −t/p, by t it is ln(t/p) + 1."""
    return xlogy(t, divide_or_zero(t, p))


def _times_log_ratio(t: Expr, p: Expr) -> Expr:
    worked = n.product(t, _log(n.divide(t, p)))
    return worked if n.rank(t) else either(is_nothing(t), n.ZERO, worked)


rule(
    rel_entr,
    _times_log_ratio,
    (lambda g, y, t, p: g * (np.log(t / p) + 1), lambda g, y, t, p: -g * divide_or_zero(t, p)),
    elementwise=True, sums=lambda t, p: abs(t), poles=True, irrational=True,
    decimal=np.frompyfunc(lambda t, p: _xlogy(t, t / p) if t else Decimal(0), 2, 1),
)  # fmt: skip


def _log(p: Expr) -> Expr:
    return n.call("ln", p)


def _categorical(index: Index, x: Any, s: Any, target: Any) -> Expr:
    return n.negative(n.add(*(n.product(target[i], _log(s[i])) for i in np.ndindex(x.shape))))


def _binary(index: Index, x: Any, s: Any, target: Any) -> Expr:
    terms = [n.add(n.product(target[i], _log(s[i])),
                   n.product(n.subtract(n.ONE, target[i]), _log(n.subtract(n.ONE, s[i]))))
             for i in np.ndindex(x.shape)]  # fmt: skip
    return n.negative(n.add(*terms))


_FUSED = (lambda g, y, x, s, target: g * (s - target), None, None)
# What is shown is the textbook's formula of s; these are only differentiated through.
rule(softmax_cross_entropy, _categorical, _FUSED, opaque=True, irrational=True)
rule(sigmoid_cross_entropy, _binary, _FUSED, opaque=True, irrational=True)
