"""Losses as a topic: each term, what they come to, and the gradient by the prediction."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused, dimensions
from nncalc.topics.parts.belonging import when
from nncalc.topics.parts.fields import About, Answer, Array
from nncalc.topics.parts.losses import LOSSES, LossName, first_of, one_hot, scaled, terms_of
from nncalc.trace.rules.functions import relu
from nncalc.trace.value import numbers
from nncalc.trace.work import Work

OF_CLASSES = ("cross_entropy", "hinge")


def loss(
    work: Work,
    kind: Annotated[
        Literal[LossName, "binary_cross_entropy_with_logits"], About("which loss", says="{}", example="cross_entropy")
    ],
    prediction: Annotated[
        float | Array,
        "output | sample output",
        About(
            "what was predicted, a row for each sample",
            symbol="p",
            also=("p", "y_hat", "y_pred", "output", "input", "scores"),
            example="[0.7, 0.2, 0.1]",
        ),
    ],
    target: Annotated[
        float | Array,
        "output | sample | sample output",
        About(
            "what should have been; for cross-entropy and hinge also a class, one for each sample",
            symbol="t",
            also=("t", "y", "y_true", "targets", "label", "labels"),
            example="[1, 0, 0]",
        ),
    ],
    reduction: Annotated[Literal["mean", "sum", "none"], About("of the terms", says="reduction {}")] = "mean",
    class_weights: Annotated[
        Array | None, "class", About("a weight for each class", also=("weight", "weights"), only=when(kind=OF_CLASSES))
    ] = None,
    ignore_class: Annotated[
        int | None,
        About(
            "samples of this class do not count",
            also=("ignore_index",),
            least=-1_000_000,
            only=when(kind=OF_CLASSES),
        ),
    ] = None,
    margin: Annotated[float, About("how far apart is far enough", above=0, only=when(kind="hinge"))] = 1,
    delta: Annotated[float, About("where it becomes straight", above=0, also=("beta",), only=when(kind="huber"))] = 1,
    first_class: Annotated[
        int | None,
        About("what the first class is called in the target (1)", least=0, most=1, only=when(kind=OF_CLASSES)),
    ] = None,
) -> Answer:
    """The terms, what they come to (L), and ∂L/∂p.

    mean divides the losses called mean_…, huber, binary cross-entropy and hinge by all outputs, the others by the
    samples (of weighted classes: by their weights). Hinge of a class adds max(0, p_c − p_class + margin) over the other
    classes. prediction: (output,) or (sample, output) (Goodfellow et al., Deep Learning, 5.5, 6.2; CS231n for hinge).
    """
    p = work.given("prediction", np.asarray(prediction, float), "p")
    classes = _classes(kind, p.shape, np.asarray(target, float), ignore_class, first_of(first_class))
    of_classes = {"class_weights": class_weights if kind == "hinge" else None, "ignore_class": ignore_class,
                  "first_class": first_class}  # fmt: skip
    for name, given in of_classes.items():
        if classes is None and given is not None:
            raise Refused(name, "belongs to a target of classes", "a class for each sample as the target")
    t = work.given("target", np.asarray(target, float) if classes is None else classes, "t")
    if t.shape != p.shape:
        raise Refused("target", f"is {dimensions(t.shape)}, but the prediction is {dimensions(p.shape)}")
    if kind == "hinge" and classes is not None:
        correct = work.let("correct", (p * t).sum(axis=-1, keepdims=p.ndim > 1))
        gap = work.let("gap", p - correct + margin)
        terms = (classes.sum(axis=-1, keepdims=True) - t) * relu(gap)
    else:
        constant = {"hinge": margin, "huber": delta}.get(kind)
        terms = LOSSES[kind].sign * terms_of(kind, p, t, constant)
    weights = None if class_weights is None else _weights(class_weights, p.shape)
    terms = work.let("terms", terms if weights is None else weights * terms)
    L = work.let("L", _reduced(kind, terms, reduction, classes, weights))
    return {"L": L} | (work.backward(L, [p]) if L.ndim == 0 else {})


def _classes(kind: str, shape: tuple[int, ...], target: Array, ignored: int | None, first: int) -> Array | None:
    """The target as a 1 at each sample's class (a row of 0 where it does not count), or None if it names none."""
    if kind not in OF_CLASSES or target.ndim != len(shape) - 1 or target.shape != shape[:-1]:
        return None
    path = ("target",) if not target.ndim else None
    rows = [
        np.zeros(shape[-1]) if label == ignored else one_hot(label, shape[-1], first, path or ("target", i))
        for i, label in enumerate(np.atleast_1d(target).tolist(), 1)
    ]
    return np.stack(rows).reshape(shape)


def _weights(given: Any, shape: tuple[int, ...]) -> Any:
    if not shape or given.shape != shape[-1:]:
        raise Refused("class_weights", f"are {dimensions(given.shape)}, but the prediction is {dimensions(shape)}")
    return given


def _reduced(kind: str, terms: Any, reduction: str, classes: Array | None, weights: Any) -> Any:
    """The terms put together: by the samples, by all outputs, or each sample's for itself."""
    rule, half = LOSSES[kind], 2 if LOSSES[kind].half else 1
    by_outputs = rule.mean and classes is None
    if reduction == "none":
        alone = terms.ndim < 2 and not (rule.one or classes is not None)
        whole = terms if alone else terms.sum(axis=-1)
        return scaled(whole, half * (terms.shape[-1] if by_outputs and not alone else 1))
    if reduction == "sum":
        return scaled(terms.sum(), half)
    if by_outputs:
        return scaled(terms.sum(), half * terms.size)
    if classes is None:
        return scaled(terms.sum(), half * (terms.shape[0] if terms.ndim > 1 else 1))
    counted = classes if weights is None else classes * numbers(weights)
    if not counted.sum():
        raise Refused("target", "no sample counts")
    return scaled(terms.sum(), float(counted.sum()))
