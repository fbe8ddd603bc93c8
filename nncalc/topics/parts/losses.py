"""Losses by the names that problem files use: the terms of each, and how they are put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused, dimensions
from nncalc.topics.parts.belonging import GIVEN, when
from nncalc.topics.parts.fields import About, Array
from nncalc.trace.rules.functions import (
    huber,
    rel_entr,
    relu,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
    softplus,
    xlogy,
)
from nncalc.trace.value import numbers
from nncalc.trace.work import Work

LossName = Literal[
    "squared_error", "half_squared_error", "mean_squared_error", "mean_absolute_error", "huber",
    "binary_cross_entropy", "cross_entropy", "hinge", "kl",
]  # fmt: skip

FirstClass = Annotated[
    int | None, About("what the first class is called in the target (1)", least=0, most=1, only=when(target=GIVEN))
]


@dataclass(frozen=True)
class Loss:
    """terms(p, t) are summed (negated where `sign` is −1), halved or not; `mean`: divided by the outputs.

    one: a sample's terms belong together (probabilities of classes), so that the sample is the smallest unit.
    constant: the usual value of the constant that `terms` takes besides (huber's δ, hinge's margin).
    """

    terms: Callable[..., Any]
    sign: int = 1
    half: bool = False
    mean: bool = False
    one: bool = False
    constant: float | None = None


LOSSES: dict[str, Loss] = {
    "squared_error": Loss(lambda p, t: (p - t) ** 2),
    "half_squared_error": Loss(lambda p, t: (p - t) ** 2, half=True),
    "mean_squared_error": Loss(lambda p, t: (p - t) ** 2, mean=True),
    "mean_absolute_error": Loss(lambda p, t: np.abs(p - t), mean=True),
    "huber": Loss(lambda p, t, delta: huber(p - t, delta=delta), mean=True, constant=1),
    "smooth_l1": Loss(lambda p, t, delta: huber(p - t, delta=delta) / delta, mean=True, constant=1),
    "js": Loss(lambda p, t: (rel_entr(t, (p + t) / 2) + rel_entr(p, (p + t) / 2)) / 2, one=True),
    "binary_cross_entropy": Loss(lambda p, t: xlogy(t, p) + xlogy(1 - t, 1 - p), sign=-1, mean=True),
    # The stable form of −[t·ln σ(p) + (1 − t)·ln(1 − σ(p))].
    "binary_cross_entropy_with_logits": Loss(lambda p, t: softplus(p) - t * p, mean=True),
    "cross_entropy": Loss(lambda p, t: xlogy(t, p), sign=-1, one=True),
    "hinge": Loss(lambda p, t, margin: relu(margin - t * p), mean=True, constant=1),
    "kl": Loss(lambda p, t: rel_entr(t, p), one=True),
}

# What gives probabilities.
SHARES = ("softmax", "sigmoid", "hard_sigmoid")
# Pairs that every textbook differentiates as one: ∂L/∂z = prediction − target.
FUSED = {
    ("softmax", "cross_entropy"): softmax_cross_entropy,
    ("sigmoid", "binary_cross_entropy"): sigmoid_cross_entropy,
}


def terms_of(kind: str, p: Any, t: Any, constant: float | None = None) -> Any:
    """The terms of a loss, one for each output; `constant` in place of the usual one."""
    rule = LOSSES[kind]
    usual = rule.constant if constant is None else constant
    return rule.terms(p, t) if usual is None else rule.terms(p, t, usual)


def check_shares(kind: str, activation: str, giver: str, hint: str) -> None:
    """Raises Refused where a cross-entropy would be taken of scores: their logarithm is no loss."""
    if kind == "cross_entropy" and activation not in SHARES:
        raise Refused("loss", f"is of probabilities, but {giver}", hint=hint)


def loss_of(kind: str, p: Any, target: Any, samples: int = 1, z: Any = None, activation: str = "") -> tuple[Any, Any]:
    """The loss of predictions and, where p = activation(z) is differentiated together with it, its `like`.

    p, target: (out,) or (sample, out). With samples > 1 the loss is the mean over so many samples.
    """
    rule = LOSSES[kind]
    divisor = (2 if rule.half else 1) * (p.shape[-1] if rule.mean and p.ndim else 1) * samples
    fused = FUSED.get((activation, kind))
    like = None if fused is None else scaled(fused(z, p, target), divisor)
    return scaled(rule.sign * np.sum(terms_of(kind, p, target)), divisor), like


def class_hinge(work: Work, p: Any, t: Any, margin: float = 1) -> Any:
    """max(0, p_j − p_class + margin) of all classes but the right one, one term for each output (CS231n).

    t: 1 at each sample's class; a row of 0 does not count.
    """
    correct = work.let("correct", (p * t).sum(axis=-1, keepdims=p.ndim > 1))
    gap = work.let("gap", p - correct + margin)
    return (numbers(t).sum(axis=-1, keepdims=True) - t) * relu(gap)


def scaled(total: Any, divisor: float) -> Any:
    """total / divisor, as one writes it: not at all where the divisor is 1."""
    return total if divisor == 1 else total / divisor


def base_of(given: float) -> float:
    """The base of logarithms. Raises Refused for 1, which is no base of any."""
    if given == 1:
        raise Refused("log_base", "want a number above 0 that is not 1, got 1")
    return given


def first_of(given: int | None) -> int:
    """What the first class is called, where nothing is said of it, too."""
    return 1 if given is None else given


def targets(
    work: Work, target: float | Array, shape: tuple[int, ...], first: int | None = None, field: str = "target"
) -> Any:
    """Gives the working its target as probabilities: of a class, a class a row, or as they stand.

    shape: of the scores, (class,) or (sample, class). first: what the first class is called, if that is said.

    Raises Refused where the target has another length or shape, names a class that there is not, or holds rows of
    probabilities that do not add up to 1; and of `first_class` where no class is named.
    """
    array = np.asarray(target, float)
    if array.shape == shape:
        if first is not None:
            raise Refused("first_class", "belongs to a target of classes, and this one holds probabilities")
        sums = array.sum(axis=-1)
        if (array < 0).any() or (np.abs(sums - 1) > 1e-9).any():
            raise Refused(field, f"want probabilities that add up to 1, got a sum of {np.ravel(sums)[0]:.6g}")
    elif array.ndim == 0 and len(shape) > 1:
        raise Refused(field, f"want a class for each of the {shape[0]} rows, got one class")
    elif array.shape == shape[:-1]:
        path = (lambda i: (field, i)) if array.ndim else (lambda i: (field,))
        rows = [one_hot(c, shape[-1], first_of(first), path(i)) for i, c in enumerate(np.ravel(array).tolist(), 1)]
        array = np.reshape(rows, shape)
    else:
        wanted = f"a class for each of the {shape[0]} rows" if len(shape) > 1 else "a class"
        raise Refused(field, f"is {dimensions(array.shape)}", f"{wanted}, or {dimensions(shape)} probabilities")
    return work.given(field, array)


def class_rows(target: float | Array, shape: tuple[int, ...], first: int, ignored: int | None = None) -> Array | None:
    """The target as a 1 at each sample's class (a row of 0 where it does not count), or None if it names none.

    shape: of the scores, (class,) or (sample, class). Raises Refused for a class that there is not.
    """
    array = np.asarray(target, float)
    if not shape or array.shape != shape[:-1]:
        return None
    rows = [
        np.zeros(shape[-1]) if label == ignored else one_hot(label, shape[-1], first, ("target", i)[: 1 + array.ndim])
        for i, label in enumerate(np.ravel(array).tolist(), 1)
    ]
    return np.stack(rows).reshape(shape)


def one_hot(label: float, classes: int, first: int, path: tuple[str | int, ...]) -> Array:
    """1 at the class, 0 elsewhere; `first` is what the first class is called.

    Raises Refused for a class that there is not.
    """
    if label != int(label) or not first <= label < first + classes:
        hint = "classes count from 1; for labels from 0 add first_class: 0" if label == 0 else ""
        raise Refused(path, f"want a class from {first} to {first + classes - 1}, got {label:g}", hint=hint)
    return np.eye(classes)[int(label) - first]
