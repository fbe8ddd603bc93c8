"""The perceptron: what it says of every sample, what no line can do, and its learning rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused
from nncalc.topics.parts.activations import ACTIVATIONS, ActivationName
from nncalc.topics.parts.belonging import LEFT_OUT, when
from nncalc.topics.parts.fields import About, Answer, Array, shown
from nncalc.trace.value import numbers
from nncalc.trace.work import Work

TRUTH_TABLES = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "nand": [1, 1, 1, 0], "nor": [1, 0, 0, 0], "xor": [0, 1, 1, 0]}
NO_LINE = (
    "no line can do XOR: 00 wants b <= 0, 01 wants w2 + b > 0, 10 wants w1 + b > 0, 11 wants w1 + w2 + b <= 0;",
    "the two in the middle add up to w1 + w2 + 2b > 0, so w1 + w2 + b > -b >= 0, against the last; a hidden layer can",
)


@dataclass(frozen=True)
class Hidden:
    """A layer before the perceptron: h = activation(W x + c)."""

    W: Annotated[Array, "unit input", About("a row of weights for each hidden unit")]
    c: Annotated[Array, "unit", About("a bias for each hidden unit", also=("b",))]
    activation: Annotated[ActivationName, About("of the hidden units")] = "relu"


@dataclass(frozen=True)
class Training:
    """The perceptron rule: w ← w + rate·(target − ŷ)·x, sample after sample."""

    rate: Annotated[float, About("step size", above=0, also=("lr", "eta"))] = 1
    epochs: Annotated[int, About("how often through all samples", least=1, most=1_000_000)] = 1


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
    hidden: Annotated[Hidden | None, About("a layer {W, c, activation} before it")] = None,
    train: Annotated[Training | None, About("{rate, epochs}: the perceptron rule, from the given w and b")] = None,
    fires: Annotated[
        Literal["z > 0", "z >= 0"] | float,
        About(
            "when it says 1; a number is a threshold that z has to pass",
            says=lambda fires: "fires where " + (fires if isinstance(fires, str) else f"z > {shown(fires)}"),
            also=("threshold",),
        ),
    ] = "z > 0",
) -> Answer:
    """z = w·x + b for every sample; ŷ = 1 where it fires.

    X: (sample, input); w: (input,). Rosenblatt 1958; XOR: Goodfellow et al., Deep Learning, 6.1.
    """
    inputs = hidden.W.shape[1] if hidden is not None else w.shape[0]
    rows = X if X is not None else work.given("X", np.array(list(np.ndindex(*(2,) * inputs)), float))
    signed = labels == "-1/1"
    t: Any = target
    if gate is not None:
        t = work.given("target", _gate(gate, numbers(rows), signed))
    elif target is not None:
        _check_labels(numbers(target), labels)
    bias = work.given("b", float(b))
    if train is not None:
        if t is None or hidden is not None:
            raise Refused("train", "wants a target or a gate, and no hidden layer")
        w, bias = _train(work, rows, t, w, bias, train, fires, signed)
    h = rows
    if hidden is not None:
        W, c = work.given("W", hidden.W), work.given("c", hidden.c)
        h = work.let("h", ACTIVATIONS[hidden.activation](rows @ W.T + c))
    if h.shape[1] != w.shape[0]:
        raise Refused("w", f"has {w.shape[0]} numbers, for {h.shape[1]}")
    z = work.let("z", h @ w + bias)
    y = work.let("y_hat", _fire(z, fires, signed))
    answer: Answer = {"y_hat": y} | ({"w": w, "b": bias} if train is not None else {})
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
    on = (z >= 0) if fires == "z >= 0" else z > (0 if isinstance(fires, str) else fires)
    return 2 * on - 1 if signed else 1 * on


def _train(
    work: Work, X: Any, t: Any, w: Any, b: Any, train: Training, fires: str | float, signed: bool
) -> tuple[Any, Any]:
    for epoch in work.rounds(train.epochs):
        for s in range(X.shape[0]):
            with work.section(f"e{epoch}.s{s + 1}", f"Epoch {epoch}, sample {s + 1}"):
                z = work.let("z", w @ X[s] + b)
                y = work.let("y_hat", _fire(z, fires, signed))
                w = work.let("w", w + train.rate * (t[s] - y) * X[s])
                b = work.let("b", b + train.rate * (t[s] - y))
    return w, b
