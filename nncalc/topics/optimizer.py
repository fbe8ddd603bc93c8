"""Optimizers, update by update: how a gradient becomes a step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused, dimensions
from nncalc.reading.expression import Tree, variables
from nncalc.topics.parts.belonging import when
from nncalc.topics.parts.fields import TOGETHER, About, Answer, Array, Symbol
from nncalc.topics.parts.graph import blamed, depth, walk
from nncalc.topics.parts.optimizers import Update
from nncalc.topics.parts.schedules import MOST, Schedule
from nncalc.topics.parts.updates import Descent, descent_of, updated_by
from nncalc.trace.work import Work

Rate = Annotated[float, About("step size", above=0, also=("lr", "eta", "learning_rate", "alpha"), example="0.1")]
# A product's derivative by each factor is written in one formula: its length is the square of this.
DEEPEST = 100
# What a section names itself.
TAKEN = ("w", "f", "g", "m", "v", "buf", "m_hat", "v_hat", "v_max", "t", "rate", "ahead", "f_ahead", "u", "step",
         "norm", "clipped", "rate_t", "mu", "mu_next", "mu_product")  # fmt: skip
By = Annotated[Update, TOGETHER]
DESCENT = Update()


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
    buf = μ·buf + g/(√v + ε), w − rate·buf (Graves 2013); adadelta (Zeiler 2012, whose rate is 1); adam, adamax (Kingma
    and Ba 2015), nadam (Dozat 2016), amsgrad (Reddi et al. 2018), adamw (Loshchilov and Hutter 2019). w: one number or
    (weight,); gradients: (step,) or (step, weight).
    """
    column = np.ndim(w) == 0 and gradients.shape[1:] == (1,)  # rows of one number each: so are the weights
    weights = work.given("w_0", np.asarray([w] if column else w, float))
    given = gradients[None] if weights.ndim and gradients.shape == weights.shape else gradients
    if given.shape[1:] != weights.shape:
        raise Refused("gradients", f"are {dimensions(given.shape)}, but w is {dimensions(weights.shape)}")
    d = descent_of(work, by, rate, weights.shape)
    for i, t in _updates(work, given.shape[0], d):
        weights = updated_by(work, by, d, weights, given[i], t)
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
    nesterov: Annotated[
        Literal["framework", "lookahead"],
        About(
            "framework: g here, w - rate·(g + μ·v); lookahead: g at w - rate·μ·v, w - rate·v",
            says=lambda way: "the gradient at the point ahead" if way == "lookahead" else "",
            only=when(kind="nesterov"),
        ),
    ] = "framework",
) -> Answer:
    """The same down an expression, whose gradient is worked at every update.

    w: {name: number}, or a number or a list in the order in which the expression names its variables. With a look
    ahead (Nesterov 1983, as Sutskever et al. 2013 write it) the gradient is that at the point where v alone leads.
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
    d = descent_of(work, by if nesterov == "framework" else replace(by, kind="momentum"), rate, start.shape)
    with work.section("t0", "Start"):
        point, f = _here(work, expr, names, weights)
    for _, t in _updates(work, steps, d):
        at, of = (point, f) if nesterov == "framework" else _ahead(work, expr, names, d, weights)
        slopes = list(work.backward(of, list(at.values())).values())
        if not slopes:  # bare arrays have no backward pass
            break
        weights = updated_by(work, d.by, d, weights, np.stack(slopes) if start.ndim else slopes[0], t)
        point, f = _here(work, expr, names, weights)
    return {"w": weights} | {name: value for name, value in point.items() if name not in TAKEN} | {"f": f}


def rates(
    work: Work,
    rate: Rate,
    schedule: Annotated[Schedule, About("{kind: …}: how the rate changes", example="{kind: step, factor: 0.5}")],
    steps: Annotated[int, About("how many updates", least=1, most=MOST, also=("epochs", "iterations"), example="4")],
) -> Answer:
    """The rate of each update (or epoch) alone.

    step: rate·factor^⌊k/every⌋; piecewise: times factor, or one of rates, from each k of `at`; exponential:
    rate·factor^(k/every); inverse_time: rate/(1 + decay·k); cosine: from rate to end along half a wave; linear;
    polynomial: end + (rate − end)·(1 − k/over)^power; warmup: up to rate. k counts what was before, so that the first
    is 0.
    """
    first = work.given("rate", rate)
    found = []
    for number in work.rounds(steps):
        with work.section(f"t{number}", f"Update {number}"):
            found.append(schedule.rate_after(work, first, number - 1))
    return {"rates": work.let("rates", np.stack(found))}


def average(
    work: Work,
    kind: Annotated[Literal["average"], About("a bare exponential average", says="exponential average")],
    values: Annotated[
        Array,
        "step | step weight",
        About(
            "what is averaged, one after the other", also=("gradients", "x", "theta", "data"), example="[40, 49, 45]"
        ),
    ],
    beta: Annotated[float, About("how much of the average is kept", least=0, most=1, also=("momentum", "beta1"))] = 0.9,
    corrected: Annotated[
        bool, About("also v_hat = v/(1 - beta^t)", also=("bias_correction",), says=("bias corrected", ""))
    ] = False,
    v_0: Annotated[float | Array | None, "weight", About("v before the first", only=when(corrected=False))] = None,
) -> Answer:
    """v = β·v + (1 − β)·x for each value, from 0; corrected: v/(1 − β^t) beside it (Kingma and Ba 2015).

    values: (step,) or (step, weight).
    """
    start = np.zeros(values.shape[1:]) if v_0 is None else np.asarray(v_0, float)
    if start.shape != values.shape[1:]:
        raise Refused("v_0", f"is {dimensions(start.shape)}, but a value is {dimensions(values.shape[1:])}")
    v, b, answer = work.given("v_0", start), work.given("beta", float(beta)), {}
    for number in work.rounds(values.shape[0]):
        with work.section(f"t{number}", f"Value {number}"):
            v = work.let("v", b * v + (1 - b) * values[number - 1])
            answer = {"v": v}
            if corrected:
                answer["v_hat"] = work.let("v_hat", v / (1 - b ** work.written(float(number))))
    return answer


def _here(work: Work, expr: Tree, names: list[str], weights: Any, suffix: str = "") -> tuple[dict[str, Any], Any]:
    """The variables at these weights, by their names, and the value of the expression there."""
    # A section has some names of its own; a variable that is called so stands beside them.
    called = [f"{name}{suffix or '_point'}" if suffix or name in TAKEN else name for name in names]
    point = {
        name: work.let(step, weights[i] if weights.ndim else weights)
        for i, (name, step) in enumerate(zip(names, called, strict=True))
    }
    with blamed("expr"):
        return point, work.let(f"f{suffix}", walk(work, expr, point))


def _ahead(work: Work, expr: Tree, names: list[str], d: Descent, weights: Any) -> tuple[dict[str, Any], Any]:
    """The same where the velocity alone leads."""
    return _here(work, expr, names, work.let("ahead", d.ahead(weights)), "_ahead")


def _updates(work: Work, count: int, d: Descent) -> Iterator[tuple[int, Any]]:
    """The updates from 0, each in a section of its own, with its number t (from 1, or after those before)."""
    before = d.by.t_0
    for number in work.rounds(count):
        with work.section(f"t{number}", f"Update {number}"):
            if d.by.schedule is not None:
                d.rate = d.by.schedule.rate_after(work, d.first_rate, before + number - 1)
            yield number - 1, before + number


FORMS = (gradients, expression, rates, average)
