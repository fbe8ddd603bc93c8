"""How a gradient becomes a step: the optimizers by name, with what they remember."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nncalc.errors import Refused, dimensions
from nncalc.topics.parts.optimizers import Update
from nncalc.trace.rules.reductions import length
from nncalc.trace.work import Work


@dataclass
class Descent:
    """The constants of an update, and what is remembered from update to update, 0 at the start.

    m, v, u: by kind; buf: the velocity of rmsprop; v_max: amsgrad's; mu_product: of all μ of nadam (1).
    """

    by: Update
    first_rate: Any
    constants: dict[str, Any]
    m: Any
    v: Any
    u: Any = None
    buf: Any = None
    v_max: Any = None
    mu_product: Any = None
    rate: Any = field(init=False)

    def __post_init__(self) -> None:
        self.rate = self.first_rate

    def __getitem__(self, name: str) -> Any:
        return self.constants[name]

    def root(self, v: Any) -> Any:
        """The divisor: √v + ε, or √(v + ε)."""
        return np.sqrt(v + self["eps"]) if self.by.eps_inside else np.sqrt(v) + self["eps"]

    def push(self, g: Any) -> Any:
        """What a gradient adds to the velocity."""
        pushed = (1 - self["momentum"]) * g if self.by.average else g
        return self.rate * pushed if self.by.rate_inside else pushed

    def moved(self, w: Any, by: Any) -> Any:
        """The weights, moved by a velocity: the rate is in it already, or comes now."""
        return w - by if self.by.rate_inside else w - self.rate * by

    def ahead(self, w: Any) -> Any:
        """Where the velocity alone would lead."""
        return self.moved(w, self["momentum"] * self.v)


def _sgd(work: Work, w: Any, g: Any, d: Descent, t: Any) -> Any:
    return w - d.rate * g


def _momentum(work: Work, w: Any, g: Any, d: Descent, t: Any) -> Any:
    d.v = work.let("v", d["momentum"] * d.v + d.push(g))
    return d.moved(w, d.v)


def _nesterov(work: Work, w: Any, g: Any, d: Descent, t: Any) -> Any:
    d.v = work.let("v", d["momentum"] * d.v + d.push(g))
    return d.moved(w, d.push(g) + d["momentum"] * d.v)


def _adagrad(work: Work, w: Any, g: Any, d: Descent, t: Any) -> Any:
    d.v = work.let("v", d.v + g**2)
    return w - d.rate * g / d.root(d.v)


def _rmsprop(work: Work, w: Any, g: Any, d: Descent, t: Any) -> Any:
    d.v = work.let("v", d["decay"] * d.v + (1 - d["decay"]) * g**2)
    spread = d.v
    if d.by.centered:
        d.m = work.let("m", d["decay"] * d.m + (1 - d["decay"]) * g)
        spread = d.v - d.m**2
    if d.buf is None:
        return w - d.rate * g / d.root(spread)
    d.buf = work.let("buf", d["momentum"] * d.buf + g / d.root(spread))
    return w - d.rate * d.buf


def _adadelta(work: Work, w: Any, g: Any, d: Descent, t: Any) -> Any:
    d.v = work.let("v", d["decay"] * d.v + (1 - d["decay"]) * g**2)
    step = work.let("step", np.sqrt(d.u + d["eps"]) / np.sqrt(d.v + d["eps"]) * g)
    d.u = work.let("u", d["decay"] * d.u + (1 - d["decay"]) * step**2)
    return w - d.rate * step


def _means(work: Work, g: Any, d: Descent) -> None:
    """The means of the gradient and of its square."""
    d.m = work.let("m", d["beta1"] * d.m + (1 - d["beta1"]) * g)
    d.v = work.let("v", d["beta2"] * d.v + (1 - d["beta2"]) * g**2)


def _adam(work: Work, w: Any, g: Any, d: Descent, t: Any) -> Any:
    _means(work, g, d)
    if d.by.amsgrad:
        d.v_max = work.let("v_max", np.maximum(d.v_max, d.v))
    v = d.v_max if d.by.amsgrad else d.v
    if d.by.eps_hat:
        rate = work.let("rate_t", d.rate * np.sqrt(1 - d["beta2"] ** t) / (1 - d["beta1"] ** t))
        return w - rate * d.m / d.root(v)
    m_hat = work.let("m_hat", d.m / (1 - d["beta1"] ** t))
    v_hat = work.let("v_hat", v / (1 - d["beta2"] ** t))
    return w - d.rate * m_hat / d.root(v_hat)


def _adamw(work: Work, w: Any, g: Any, d: Descent, t: Any) -> Any:
    return _adam(work, w, g, d, t) - d.rate * d["weight_decay"] * w


def _adamax(work: Work, w: Any, g: Any, d: Descent, t: Any) -> Any:
    d.m = work.let("m", d["beta1"] * d.m + (1 - d["beta1"]) * g)
    size = np.abs(g) + d["eps"] if d.by.eps_inside else np.abs(g)
    d.u = work.let("u", np.maximum(d["beta2"] * d.u, size))
    m_hat = work.let("m_hat", d.m / (1 - d["beta1"] ** t))
    return w - d.rate * m_hat / (d.u if d.by.eps_inside else d.u + d["eps"])


def _nadam(work: Work, w: Any, g: Any, d: Descent, t: Any) -> Any:
    """The mean is that of the next update, the gradient this one's; each is corrected by the β1 that it has seen."""
    _means(work, g, d)
    if d.mu_product is None:
        now = following = d["beta1"]
        left, left_after = 1 - d["beta1"] ** t, 1 - d["beta1"] ** (t if d.by.same_t else t + 1)
    else:
        now, following = (
            work.let(name, d["beta1"] * (1 - work.written(0.96) ** (d["momentum_decay"] * at) / 2))
            for name, at in (("mu", t), ("mu_next", t + 1))
        )
        d.mu_product = work.let("mu_product", d.mu_product * now)
        left, left_after = 1 - d.mu_product, 1 - d.mu_product * following
    m_hat = work.let("m_hat", following * d.m / left_after + (1 - now) * g / left)
    v_hat = work.let("v_hat", d.v / (1 - d["beta2"] ** t))
    return w - d.rate * m_hat / d.root(v_hat)


# An update, the constants that it has, and which of m, v and u it remembers.
UPDATES: dict[str, tuple[Callable[..., Any], tuple[str, ...], str]] = {
    "sgd": (_sgd, (), ""),
    "momentum": (_momentum, ("momentum",), "v"),
    "nesterov": (_nesterov, ("momentum",), "v"),
    "adagrad": (_adagrad, ("eps",), "v"),
    "rmsprop": (_rmsprop, ("decay", "eps"), "v"),
    "adadelta": (_adadelta, ("decay", "eps"), "vu"),
    "adam": (_adam, ("beta1", "beta2", "eps"), "mv"),
    "adamw": (_adamw, ("beta1", "beta2", "eps", "weight_decay"), "mv"),
    "adamax": (_adamax, ("beta1", "beta2", "eps"), "mu"),
    "nadam": (_nadam, ("beta1", "beta2", "eps"), "mv"),
}


def descent_of(work: Work, by: Update, rate: float, shape: tuple[int, ...]) -> Descent:
    """The constants that this optimizer has, and its memory at the start.

    Raises Refused where a memory has another shape than the weights.
    """
    _, used, memory = UPDATES[by.kind]
    start: dict[str, Any] = {}
    for name in memory + "m" * by.centered:
        given = getattr(by, f"{name}_0")
        array = np.zeros(shape) if given is None else np.asarray(given, float)
        if array.shape != shape:
            raise Refused(f"{name}_0", f"is {dimensions(array.shape)}, but w is {dimensions(shape)}")
        start[name] = work.given(f"{name}_0", array)
    usual = {"momentum": 0.9, "eps": 1e-6 if by.kind == "adadelta" else 1e-8}
    also = [name for name in ("weight_decay", "clip", "clip_norm") if getattr(by, name)]
    if by.kind == "rmsprop" and by.momentum is not None:
        also.append("momentum")
        start["buf"] = work.given("buf_0", np.zeros(shape))
    if by.amsgrad:
        start["v_max"] = work.given("v_max_0", np.zeros(shape))
    if by.momentum_decay is not None:
        also.append("momentum_decay")
        before = by.beta1 * (1 - 0.96 ** (by.momentum_decay * np.arange(1, by.t_0 + 1)) / 2)
        start["mu_product"] = work.given("mu_product_0", float(np.prod(before)))
    values = {name: getattr(by, name) for name in dict.fromkeys((*used, *also))}
    constants = {name: work.given(name, float(usual[name] if v is None else v)) for name, v in values.items()}
    return Descent(by, work.given("rate", rate), constants, **{"m": None, "v": None} | start)


def _clipped(work: Work, by: Update, d: Descent, g: Any) -> Any:
    """The gradient, none of its numbers beyond `clip`, or as long as `clip_norm` at most (Pascanu et al. 2013)."""
    if by.clip is not None:
        return np.minimum(np.maximum(g, -d["clip"]), d["clip"])
    norm = work.let("norm", length(g) if g.ndim else np.abs(g))
    return g * d["clip_norm"] / np.maximum(norm, d["clip_norm"])


def updated_by(work: Work, by: Update, d: Descent, w: Any, g: Any, t: int) -> Any:
    """The weights after update t, with all that is named on the way: g, v, w and so on."""
    decayed = by.weight_decay and by.kind != "adamw"
    if by.clip is not None or by.clip_norm is not None:
        g = _clipped(work, by, d, g)
        g = work.let("clipped", g) if decayed else g
    g = work.let("g", g + d["weight_decay"] * w if decayed else g)
    count = work.given("t", float(t)) if "beta1" in d.constants else None
    return work.let("w", UPDATES[by.kind][0](work, w, g, d, count))
