"""How a gradient becomes a step: the optimizers by name, their constants and what they remember."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused, dimensions
from nncalc.topics.parts.belonging import GIVEN, when
from nncalc.topics.parts.fields import About, Array
from nncalc.topics.parts.schedules import Schedule
from nncalc.trace.work import Work

OptimizerKind = Literal["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"]
# The usual μ.
MOMENTUM = 0.9
ADAM = when(kind=("adam", "adamw"))
VELOCITY = when(kind=("momentum", "nesterov"))
ROOTED = when(kind=("adagrad", "rmsprop", "adam", "adamw"))


@dataclass(frozen=True)
class Update:
    """How a gradient becomes a step: which optimizer, its constants, and what it remembers from before."""

    kind: Annotated[OptimizerKind, About("which one", says="{}")] = "sgd"
    momentum: Annotated[
        float | None,
        About(
            "how much of the velocity is kept (0.9; rmsprop has none unless it is given)",
            least=0,
            also=("mu", "beta"),
            only=when(kind=("momentum", "nesterov", "rmsprop")),
        ),
    ] = None
    average: Annotated[
        bool,
        About("v = μ·v + (1 - μ)·g in place of μ·v + g", says=("v = μ·v + (1 - μ)·g", ""), also=("dampening",),
              only=VELOCITY),
    ] = False  # fmt: skip
    rate_inside: Annotated[
        bool, About("v = μ·v + rate·g, and w - v", says=("the rate is inside v", ""), only=VELOCITY)
    ] = False
    beta1: Annotated[float, About("how much of the mean gradient is kept", least=0, only=ADAM)] = 0.9
    beta2: Annotated[float, About("how much of the mean square is kept", least=0, only=ADAM)] = 0.999
    amsgrad: Annotated[
        bool, About("the largest v so far in place of v", says=("amsgrad", ""), only=ADAM)
    ] = False  # fmt: skip
    decay: Annotated[
        float, About("how much of the mean square is kept", least=0, also=("rho",), only=when(kind="rmsprop"))
    ] = 0.9
    centered: Annotated[
        bool,
        About("by the variance: v less the square of the mean gradient m", says=("centered", ""),
              only=when(kind="rmsprop")),
    ] = False  # fmt: skip
    eps: Annotated[float, About("keeps the divisor from 0", least=0, also=("epsilon",), only=ROOTED)] = 1e-8
    eps_inside: Annotated[bool, About("√(v + eps) in place of √v + eps", says=("eps in the root", ""), only=ROOTED)] = (
        False
    )
    weight_decay: Annotated[
        float, About("added to the gradient as weight_decay·w (adamw: beside the step)", least=0, also=("l2", "lambda"))
    ] = 0
    m_0: Annotated[
        float | Array | None,
        "weight",
        About("m before the first update", only=ADAM | when(kind="rmsprop", centered=True)),
    ] = None
    v_0: Annotated[
        float | Array | None,
        "weight",
        About(
            "v before the first update",
            only=when(kind=("momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw")),
        ),
    ] = None
    t_0: Annotated[int, About("updates that were made before", least=0, only=ADAM | when(schedule=GIVEN))] = 0
    schedule: Annotated[
        Schedule | None,
        About("{kind: step, exponential, inverse_time, cosine, linear or warmup, …}: the rate of each update",
              says=lambda s: "" if s is None else f"{s.kind.replace('_', ' ')} schedule"),
    ] = None  # fmt: skip


@dataclass
class Descent:
    """The constants of an update, and what is remembered from update to update (m, v, buf, v_max; 0 at the start)."""

    by: Update
    first_rate: Any
    constants: dict[str, Any]
    m: Any
    v: Any
    buf: Any = None
    v_max: Any = None
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


def _adam(work: Work, w: Any, g: Any, d: Descent, t: Any) -> Any:
    d.m = work.let("m", d["beta1"] * d.m + (1 - d["beta1"]) * g)
    d.v = work.let("v", d["beta2"] * d.v + (1 - d["beta2"]) * g**2)
    if d.by.amsgrad:
        d.v_max = work.let("v_max", np.maximum(d.v_max, d.v))
    m_hat = work.let("m_hat", d.m / (1 - d["beta1"] ** t))
    v_hat = work.let("v_hat", (d.v_max if d.by.amsgrad else d.v) / (1 - d["beta2"] ** t))
    return w - d.rate * m_hat / d.root(v_hat)


def _adamw(work: Work, w: Any, g: Any, d: Descent, t: Any) -> Any:
    return _adam(work, w, g, d, t) - d.rate * d["weight_decay"] * w


# An update, the constants that it has, and which of m and v it remembers.
UPDATES: dict[str, tuple[Callable[..., Any], tuple[str, ...], str]] = {
    "sgd": (_sgd, (), ""),
    "momentum": (_momentum, ("momentum",), "v"),
    "nesterov": (_nesterov, ("momentum",), "v"),
    "adagrad": (_adagrad, ("eps",), "v"),
    "rmsprop": (_rmsprop, ("decay", "eps"), "v"),
    "adam": (_adam, ("beta1", "beta2", "eps"), "mv"),
    "adamw": (_adamw, ("beta1", "beta2", "eps", "weight_decay"), "mv"),
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
    values = {name: getattr(by, name) for name in used}
    if by.kind == "rmsprop" and by.momentum is not None:
        values["momentum"] = by.momentum
        start["buf"] = work.given("buf_0", np.zeros(shape))
    if by.amsgrad:
        start["v_max"] = work.given("v_max_0", np.zeros(shape))
    if by.weight_decay:
        values["weight_decay"] = by.weight_decay
    constants = {name: work.given(name, float(MOMENTUM if value is None else value)) for name, value in values.items()}
    memories = (start.get(name) for name in ("m", "v", "buf", "v_max"))
    return Descent(by, work.given("rate", rate), constants, *memories)


def updated_by(work: Work, by: Update, d: Descent, w: Any, g: Any, t: int) -> Any:
    """The weights after update t, with all that is named on the way: g, v, w and so on."""
    if by.weight_decay and by.kind != "adamw":
        g = g + d["weight_decay"] * w
    g = work.let("g", g)
    count = work.given("t", float(t)) if by.kind.startswith("adam") else None
    return work.let("w", UPDATES[by.kind][0](work, w, g, d, count))
