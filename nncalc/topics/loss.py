"""Losses by the names that problem files use: what is summed over the outputs, and what with the sum is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from nncalc.errors import Refused
from nncalc.topics.fields import Array
from nncalc.trace.functions import relu, sigmoid_cross_entropy, softmax_cross_entropy
from nncalc.trace.work import Work

LossName = Literal[
    "squared_error", "half_squared_error", "mean_squared_error", "mean_absolute_error", "huber",
    "binary_cross_entropy", "cross_entropy", "hinge", "kl",
]  # fmt: skip


@dataclass(frozen=True)
class Loss:
    """terms(p, t) are summed (negated where `sign` is −1), halved or not; `mean`: divided by the outputs."""

    terms: Callable[[Any, Any], Any]
    sign: int = 1
    half: bool = False
    mean: bool = False


def _huber(p: Any, t: Any) -> Any:
    """½d² up to a distance of 1, |d| − ½ beyond it (Huber 1964, δ = 1)."""
    d = np.abs(p - t)
    return np.where(d <= 1, d**2 / 2, d - 0.5)


LOSSES: dict[str, Loss] = {
    "squared_error": Loss(lambda p, t: (p - t) ** 2),
    "half_squared_error": Loss(lambda p, t: (p - t) ** 2, half=True),
    "mean_squared_error": Loss(lambda p, t: (p - t) ** 2, mean=True),
    "mean_absolute_error": Loss(lambda p, t: np.abs(p - t), mean=True),
    "huber": Loss(_huber, mean=True),
    "binary_cross_entropy": Loss(lambda p, t: t * np.log(p) + (1 - t) * np.log(1 - p), sign=-1, mean=True),
    "cross_entropy": Loss(lambda p, t: t * np.log(p), sign=-1),
    "hinge": Loss(lambda p, t: relu(1 - t * p), mean=True),
    "kl": Loss(lambda p, t: t * np.log(t / p)),
}

# Pairs that every textbook differentiates as one: ∂L/∂z = prediction − target.
FUSED = {
    ("softmax", "cross_entropy"): softmax_cross_entropy,
    ("sigmoid", "binary_cross_entropy"): sigmoid_cross_entropy,
}


def loss(kind: str, p: Any, target: Any, samples: int = 1, z: Any = None, activation: str = "") -> tuple[Any, Any]:
    """The loss of predictions and, where p = activation(z) is differentiated together with it, its `like`.

    p, target: (out,) or (sample, out). With samples > 1 the loss is the mean over so many samples.
    """
    rule = LOSSES[kind]
    divisor = (2 if rule.half else 1) * (p.shape[-1] if rule.mean and p.ndim else 1) * samples
    fused = FUSED.get((activation, kind))
    like = None if fused is None else _scaled(fused(z, p, target), divisor)
    return _scaled(rule.sign * np.sum(rule.terms(p, target)), divisor), like


def _scaled(total: Any, divisor: int) -> Any:
    return total if divisor == 1 else total / divisor


def targets(work: Work, target: int | Array, shape: tuple[int, ...], first: int = 1, field: str = "target") -> Any:
    """Gives the working its target as probabilities: of a class, a class a row, or as they stand.

    shape: of the scores, (class,) or (sample, class). Each row of probabilities must add up to 1.
    """
    if isinstance(target, int):
        if len(shape) > 1:
            raise Refused(field, f"want a class for each of the {shape[0]} rows, got one class")
        rows = _one_hot(target, shape[-1], first, (field,))
    elif target.ndim < len(shape):
        rows = np.stack([_one_hot(c, shape[-1], first, (field, i)) for i, c in enumerate(target.tolist())])
    else:
        rows = target
        sums = rows.sum(axis=-1)
        if (rows < 0).any() or (np.abs(sums - 1) > 1e-9).any():
            raise Refused(field, f"want probabilities that add up to 1, got a sum of {np.ravel(sums)[0]:.6g}")
    return work.given(field, rows)


def _one_hot(label: float, classes: int, first: int, path: tuple[str | int, ...]) -> Array:
    if label != int(label) or not first <= label < first + classes:
        hint = "classes count from 1; for labels from 0 add first_class: 0" if label == 0 else ""
        raise Refused(path, f"want a class from {first} to {first + classes - 1}, got {label:g}", hint=hint)
    return np.eye(classes)[int(label) - first]
