"""The perceptron: what it says of every sample, what no line can do, and its learning rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused
from nncalc.topics.parts.activations import ACTIVATIONS, ActivationName
from nncalc.topics.parts.belonging import GIVEN, LEFT_OUT, when
from nncalc.topics.parts.dense import UNIT_INPUT, misfit
from nncalc.topics.parts.fields import About, Answer, Array, shown
from nncalc.topics.parts.gates import added
from nncalc.trace.value import numbers
from nncalc.trace.work import Work

TRUTH_TABLES = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "nand": [1, 1, 1, 0], "nor": [1, 0, 0, 0], "xor": [0, 1, 1, 0]}
NO_LINE = (
    "no line can do XOR: 00 wants b <= 0, 01 wants w2 + b > 0, 10 wants w1 + b > 0, 11 wants w1 + w2 + b <= 0;",
    "the two in the middle add up to w1 + w2 + 2b > 0, so w1 + w2 + b > -b >= 0, against the last; a hidden layer can",
)
LearningRule = Literal["error", "add", "delta"]
TRAINED = when(train=GIVEN)


@dataclass(frozen=True)
class Hidden:
    """A layer before the perceptron: h = activation(W x + c)."""

    W: Annotated[Array, "unit input", About("a row of weights for each hidden unit")]
    c: Annotated[Array, "unit", About("a bias for each hidden unit", also=("b",))]
    activation: Annotated[ActivationName, About("of the hidden units")] = "relu"


@dataclass(frozen=True)
class Training:
    """A learning rule, sample after sample, from the given w and b."""

    rate: Annotated[float, About("step size", above=0, also=("lr", "eta"))] = 1
    epochs: Annotated[int, About("how often through all samples", least=1, most=1_000_000)] = 1


def _says_hidden(hidden: Hidden | None) -> str:
    return f"hidden weights {UNIT_INPUT}" if hidden else ""


def _says_fires(fires: str | float) -> str:
    words = {"sign": "says sign(z)"} | {sign: f"fires where {sign}" for sign in ("z > 0", "z >= 0")}
    return words[fires] if isinstance(fires, str) else f"fires where z > {shown(fires)}"


def perceptron(
    work: Work,
    w: Annotated[Array, "weight", About("one weight for each input (or hidden unit)", also=("weights", "W"))],
    b: Annotated[float, About("the bias", also=("bias",))] = 0,
    X: Annotated[
        Array | None, "sample input", About("a row for each sample (default: the truth table)", also=("x",))
    ] = None,
    gate: Annotated[
        Literal["and", "or", "nand", "nor", "xor"] | None, About("gives the targets", only=when(target=LEFT_OUT))
    ] = None,
    target: Annotated[
        Array | None, "sample", About("the label that each sample should get", also=("y", "targets"))
    ] = None,
    labels: Annotated[
        Literal["0/1", "-1/1"],
        About("what it says where it does not fire, and where it does", says="labels {}"),
    ] = "0/1",
    hidden: Annotated[Hidden | None, About("a layer {W, c, activation} before it", says=_says_hidden)] = None,
    train: Annotated[Training | None, About("{rate, epochs}: the learning rule, from the given w and b")] = None,
    fires: Annotated[
        Literal["z > 0", "z >= 0", "sign"] | float,
        About(
            "when it says 1; a number is a threshold that z has to pass; sign says 0 at z = 0, a mistake for any label",
            says=_says_fires,
            also=("threshold",),
        ),
    ] = "z > 0",
    rule: Annotated[
        LearningRule,
        About(
            "error: rate·(t - ŷ)·x; add: rate·x added or taken at a mistake; delta: rate·(t - z)·x (Adaline, LMS)",
            says=lambda rule: "" if rule == "error" else f"rule {rule}",
            also=("learning_rule", "update"),
            only=TRAINED,
        ),
    ] = "error",
    learn_bias: Annotated[
        bool, About("whether b is learned, too; else it stays as it is, and a b of 0 is none", only=TRAINED)
    ] = True,
) -> Answer:
    """z = w·x + b for every sample; ŷ = 1 where it fires.

    X: (sample, input); w: (input,). Rosenblatt 1958; delta: Widrow and Hoff 1960; XOR: Goodfellow et al., Deep
    Learning, 6.1.
    """
    inputs = hidden.W.shape[1] if hidden is not None else w.shape[0]
    rows = X if X is not None else work.given("X", np.array(list(np.ndindex(*(2,) * inputs)), float))
    signed = labels == "-1/1"
    t: Any = target
    if gate is not None:
        t = work.given("target", _gate(gate, numbers(rows), signed))
    elif target is not None:
        _check_labels(numbers(target), labels)
    if fires == "sign" and not signed:
        raise Refused("fires", "sign says -1, 0 or 1, but the labels are 0/1", hint="labels: -1/1")
    bias: Any = work.given("b", float(b)) if b or learn_bias else None
    if train is not None:
        if t is None or hidden is not None:
            raise Refused("train", "wants a target or a gate, and no hidden layer")
        unit = Unit(w, bias, fires, signed)
        _train(work, rows, t, unit, train, rule, learn_bias)
        w, bias = unit.w, unit.b
    h = rows
    if hidden is not None:
        if hidden.W.shape[1] != rows.shape[1]:
            raise misfit(("hidden", "W"), hidden.W, rows.shape[1], "a sample has")
        W, c = work.given("W", hidden.W), work.given("c", hidden.c)
        h = work.let("h", ACTIVATIONS[hidden.activation](rows @ W.T + c))
    if h.shape[1] != w.shape[0]:
        raise Refused("w", f"has {w.shape[0]} numbers, for {h.shape[1]}")
    z = work.let("z", added(h @ w, bias))
    y = work.let("y_hat", _fire(z, fires, signed))
    learned: Answer = {"w": w, "b": bias} if learn_bias else {"w": w}
    answer: Answer = {"y_hat": y} | (learned if train is not None else {})
    if t is not None:
        answer["errors"] = work.let("errors", t - y)
        errors: Any = answer["errors"]
        wrong = int(np.count_nonzero(numbers(errors)))
        work.note("all targets are met" if not wrong else f"{wrong} of {rows.shape[0]} samples come out wrong")
    if gate == "xor" and hidden is None:
        for line in NO_LINE:
            work.note(line)
    return answer


def _gate(gate: str, X: Array, signed: bool) -> Array:
    """The labels of two inputs each, which are 0 and 1, or -1 and 1 as the labels are; Refused names the gate."""
    on = X > 0
    if X.shape[1:] != (2,) or not (np.isin(X, (0, 1)).all() or np.isin(X, (-1, 1)).all()):
        raise Refused("gate", "wants samples of two inputs, each 0 or 1 (or -1 or 1)")
    told = np.array(TRUTH_TABLES[gate], float)[2 * on[:, 0] + on[:, 1]]
    return 2 * told - 1 if signed else told


def _check_labels(target: Array, labels: str) -> None:
    """Raises Refused for a target that is no label: which labels there are is said, never told from the samples."""
    allowed, other = ((-1, 1), "0/1") if labels == "-1/1" else ((0, 1), "-1/1")
    for i, label in enumerate(target.tolist(), 1):
        if label not in allowed:
            hint = f"labels: {other}" if label in (-1, 0) else ""
            raise Refused(("target", i), f"is {shown(label)}, but the labels are {labels}", hint=hint)


def _fire(z: Any, fires: str | float, signed: bool) -> Any:
    if fires == "sign":
        return np.sign(z)
    on = (z >= 0) if fires == "z >= 0" else z > (0 if isinstance(fires, str) else fires)
    return 2 * on - 1 if signed else 1 * on


@dataclass
class Unit:
    """A perceptron that learns: its weights (input,), its bias or None, and when it fires."""

    w: Any
    b: Any
    fires: str | float
    signed: bool


def _train(work: Work, X: Any, t: Any, unit: Unit, train: Training, rule: LearningRule, learn_bias: bool) -> None:
    for epoch in work.rounds(train.epochs):
        for s in range(X.shape[0]):
            with work.section(f"e{epoch}.s{s + 1}", f"Epoch {epoch}, sample {s + 1}"):
                z = work.let("z", added(unit.w @ X[s], unit.b))
                step = train.rate * _off(work, z, t[s], unit, rule)
                unit.w = work.let("w", unit.w + step * X[s])
                unit.b = work.let("b", unit.b + step) if learn_bias else unit.b


def _off(work: Work, z: Any, target: Any, unit: Unit, rule: LearningRule) -> Any:
    """How far off the rule finds a sample: by z itself, by what it says, or only to which side."""
    if rule == "delta":
        return target - z
    y = work.let("y_hat", _fire(z, unit.fires, unit.signed))
    return np.sign(target - y) if rule == "add" else target - y
