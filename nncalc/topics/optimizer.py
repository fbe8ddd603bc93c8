"""Optimizers, update by update: how a gradient becomes a step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused, dimensions
from nncalc.reading.expression import Tree, variables
from nncalc.topics.parts.belonging import when
from nncalc.topics.parts.fields import TOGETHER, About, Answer, Array, Symbol
from nncalc.topics.parts.graph import blamed, depth, walk
from nncalc.trace.work import Work

OptimizerKind = Literal["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"]
Rate = Annotated[float, About("step size", above=0, also=("lr", "eta", "learning_rate", "alpha"), example="0.1")]
# The usual μ.
MOMENTUM = 0.9
ADAM = when(kind=("adam", "adamw"))
# A product's derivative by each factor is written in one formula: its length is the square of this.
DEEPEST = 100


@dataclass(frozen=True)
class Update:
    """How a gradient becomes a step: which optimizer, its constants, and what it remembers from before."""

    kind: Annotated[OptimizerKind, About("which one", says="{}")] = "sgd"
    momentum: Annotated[
        float | None,
        About(
            "how much of the velocity is kept (0.9; rmsprop has none unless it is given)",
            least=0,
            also=("mu",),
            only=when(kind=("momentum", "nesterov", "rmsprop")),
        ),
    ] = None
    beta1: Annotated[float, About("how much of the mean gradient is kept", least=0, only=ADAM)] = 0.9
    beta2: Annotated[float, About("how much of the mean square is kept", least=0, only=ADAM)] = 0.999
    decay: Annotated[
        float, About("how much of the mean square is kept", least=0, also=("rho",), only=when(kind="rmsprop"))
    ] = 0.9
    eps: Annotated[
        float,
        About(
            "keeps the divisor from 0",
            least=0,
            also=("epsilon",),
            only=when(kind=("adagrad", "rmsprop", "adam", "adamw")),
        ),
    ] = 1e-8
    weight_decay: Annotated[
        float, About("added to the gradient as weight_decay·w (adamw: beside the step)", least=0, also=("l2", "lambda"))
    ] = 0
    m_0: Annotated[float | Array | None, "weight", About("m before the first update", only=ADAM)] = None
    v_0: Annotated[
        float | Array | None,
        "weight",
        About(
            "v before the first update",
            only=when(kind=("momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw")),
        ),
    ] = None
    t_0: Annotated[int, About("updates that were made before", least=0, only=ADAM)] = 0


By = Annotated[Update, TOGETHER]
DESCENT = Update()


@dataclass
class Descent:
    """The constants of an update, and what is remembered from update to update (m, v and buf, 0 at the start)."""

    rate: Any
    constants: dict[str, Any]
    m: Any
    v: Any
    buf: Any = None

    def __getitem__(self, name: str) -> Any:
        return self.constants[name]


def _sgd(work: Work, w: Any, g: Any, d: Descent, t: Any) -> Any:
    return w - d.rate * g


def _momentum(work: Work, w: Any, g: Any, d: Descent, t: Any) -> Any:
    d.v = work.let("v", d["momentum"] * d.v + g)
    return w - d.rate * d.v


def _nesterov(work: Work, w: Any, g: Any, d: Descent, t: Any) -> Any:
    d.v = work.let("v", d["momentum"] * d.v + g)
    return w - d.rate * (g + d["momentum"] * d.v)


def _adagrad(work: Work, w: Any, g: Any, d: Descent, t: Any) -> Any:
    d.v = work.let("v", d.v + g**2)
    return w - d.rate * g / (np.sqrt(d.v) + d["eps"])


def _rmsprop(work: Work, w: Any, g: Any, d: Descent, t: Any) -> Any:
    d.v = work.let("v", d["decay"] * d.v + (1 - d["decay"]) * g**2)
    if "momentum" not in d.constants:
        return w - d.rate * g / (np.sqrt(d.v) + d["eps"])
    d.buf = work.let("buf", d["momentum"] * d.buf + g / (np.sqrt(d.v) + d["eps"]))
    return w - d.rate * d.buf


def _adam(work: Work, w: Any, g: Any, d: Descent, t: Any) -> Any:
    d.m = work.let("m", d["beta1"] * d.m + (1 - d["beta1"]) * g)
    d.v = work.let("v", d["beta2"] * d.v + (1 - d["beta2"]) * g**2)
    m_hat = work.let("m_hat", d.m / (1 - d["beta1"] ** t))
    v_hat = work.let("v_hat", d.v / (1 - d["beta2"] ** t))
    return w - d.rate * m_hat / (np.sqrt(v_hat) + d["eps"])


def _adamw(work: Work, w: Any, g: Any, d: Descent, t: Any) -> Any:
    return _adam(work, w, g, d, t) - d.rate * d["weight_decay"] * w


# What a section names itself.
TAKEN = ("w", "f", "g", "m", "v", "buf", "m_hat", "v_hat", "t")
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


def gradients(
    work: Work,
    w: Annotated[float | Array, "weight", About("the weights", also=("x", "theta", "params"), example="[1, 2]")],
    gradients: Annotated[
        Array,
        "step | step weight",
        About("one for each update", also=("g", "gradient", "grads"), example="[[0.5, -0.3]]"),
    ],
    rate: Rate,
    by: By = DESCENT,
) -> Answer:
    """Updates of weights from gradients that are given, each with all that it remembers.

    sgd: w − rate·g; momentum: v = μ·v + g, w − rate·v (Polyak 1964); nesterov: w − rate·(g + μ·v) (Sutskever et al.
    2013); adagrad: v + g² (Duchi et al. 2011); rmsprop: ρ·v + (1 − ρ)·g² (Hinton 2012), with a momentum
    buf = μ·buf + g/(√v + ε), w − rate·buf (Graves 2013); adam (Kingma and Ba 2015);
    adamw (Loshchilov and Hutter 2019). w: one number or (weight,); gradients: (step,) or (step, weight).
    """
    weights = work.given("w_0", np.asarray(w, float))
    given = gradients[None] if weights.ndim and gradients.shape == weights.shape else gradients
    if given.shape[1:] != weights.shape:
        raise Refused("gradients", f"are {dimensions(given.shape)}, but w is {dimensions(weights.shape)}")
    d = _descent(work, by, rate, weights.shape)
    for i, t in _updates(work, given.shape[0], by.t_0):
        weights = _update(work, by, d, weights, given[i], t)
    return {"w": weights}


def expression(
    work: Work,
    expr: Annotated[Tree, About("what is descended, as x^2 + 3*y^2", also=("f", "loss"), example="x^2 + 3*y^2")],
    w: Annotated[
        Mapping[Symbol, float] | float | Array,
        "weight",
        About("where to begin: a number for each variable", also=("at", "x", "theta"), example="{x: 5, y: 1}"),
    ],
    rate: Rate,
    steps: Annotated[int, About("how many updates", least=1, most=1_000_000, also=("epochs", "iterations"))] = 1,
    by: By = DESCENT,
) -> Answer:
    """The same down an expression, whose gradient is worked at every update.

    w: {name: number}, or a number or a list in the order in which the expression names its variables.
    """
    names: list[str] = [*w] if isinstance(w, Mapping) else variables(expr)
    start = np.array(list(w.values()) if isinstance(w, Mapping) else w, float)
    strangers = [name for name in variables(expr, names) if name not in names]
    if strangers or start.size != len(names):
        raise Refused(
            "w", f"has {start.size} numbers", f"one for each of {', '.join(variables(expr)) or 'no variables'}"
        )
    if depth(expr) > DEEPEST:
        raise Refused("expr", f"has {depth(expr)} operations inside each other", f"at most {DEEPEST}")
    weights = work.given("w_0", start)
    d = _descent(work, by, rate, start.shape)
    with work.section("t0", "Start"):
        point, f = _here(work, expr, names, weights)
    for _, t in _updates(work, steps, by.t_0):
        slopes = list(work.backward(f, list(point.values())).values())
        if not slopes:  # bare arrays have no backward pass
            break
        weights = _update(work, by, d, weights, np.stack(slopes) if start.ndim else slopes[0], t)
        point, f = _here(work, expr, names, weights)
    return {"w": weights} | {name: value for name, value in point.items() if name not in TAKEN} | {"f": f}


def _here(work: Work, expr: Tree, names: list[str], weights: Any) -> tuple[dict[str, Any], Any]:
    """The variables at these weights, by their names, and the value of the expression there."""
    # A section has some names of its own; a variable that is called so stands beside them.
    called = [f"{name}_point" if name in TAKEN else name for name in names]
    point = {
        name: work.let(step, weights[i] if weights.ndim else weights)
        for i, (name, step) in enumerate(zip(names, called, strict=True))
    }
    with blamed("expr"):
        return point, work.let("f", walk(work, expr, point))


def _descent(work: Work, by: Update, rate: float, shape: tuple[int, ...]) -> Descent:
    """The constants that this optimizer has, and its memory at the start."""
    _, used, memory = UPDATES[by.kind]
    start: dict[str, Any] = {}
    for name in memory:
        given = getattr(by, f"{name}_0")
        array = np.zeros(shape) if given is None else np.asarray(given, float)
        if array.shape != shape:
            raise Refused(f"{name}_0", f"is {dimensions(array.shape)}, but w is {dimensions(shape)}")
        start[name] = work.given(f"{name}_0", array)
    values = {name: getattr(by, name) for name in used}
    if by.kind == "rmsprop" and by.momentum is not None:
        values["momentum"] = by.momentum
        start["buf"] = work.given("buf_0", np.zeros(shape))
    if by.weight_decay:
        values["weight_decay"] = by.weight_decay
    constants = {name: work.given(name, float(MOMENTUM if value is None else value)) for name, value in values.items()}
    return Descent(work.given("rate", rate), constants, start.get("m"), start.get("v"), start.get("buf"))


def _updates(work: Work, count: int, before: int) -> Iterator[tuple[int, Any]]:
    """The updates from 0, each in a section of its own, with its number t (from 1, or after those before)."""
    for number in work.rounds(count):
        with work.section(f"t{number}", f"Update {number}"):
            yield number - 1, before + number


def _update(work: Work, by: Update, d: Descent, w: Any, g: Any, t: int) -> Any:
    if by.weight_decay and by.kind != "adamw":
        g = g + d["weight_decay"] * w
    g = work.let("g", g)
    count = work.given("t", float(t)) if by.kind.startswith("adam") else None
    return work.let("w", UPDATES[by.kind][0](work, w, g, d, count))


FORMS = (gradients, expression)
