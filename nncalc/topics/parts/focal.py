"""The focal loss: what is right already counts for less."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused, dimensions
from nncalc.topics.parts.chances import check_chances
from nncalc.topics.parts.fields import About, Answer, Array
from nncalc.topics.parts.losses import class_rows, first_of
from nncalc.trace.rules.functions import sigmoid, softmax
from nncalc.trace.work import Work


def focal(
    work: Work,
    kind: Annotated[Literal["focal"], About("less of what is right already", says="{}")],
    prediction: Annotated[
        float | Array,
        "output | sample output",
        About(
            "probabilities (with logits: scores), a row for each sample",
            also=("p", "y_hat", "scores"),
            example="[0.9, 0.4]",
        ),
    ],
    target: Annotated[
        float | Array,
        "output | sample | sample output",
        About("1 or 0 for each output; or a class, one for each sample", also=("t", "y", "labels"), example="[1, 1]"),
    ],
    gamma: Annotated[float, About("power of 1 - p_t", least=0, also=("focusing",))] = 2,
    alpha: Annotated[
        float | Array | None,
        "output",
        About("factor of target 1, 1 - alpha of target 0; of classes one number, or one for each", least=0),
    ] = None,
    logits: Annotated[
        bool,
        About(
            "the prediction is scores: sigmoid first, softmax where classes are meant",
            says=("from scores", ""),
            also=("from_logits",),
        ),
    ] = False,
    reduction: Annotated[Literal["mean", "sum", "none"], About("of the terms", says="reduction {}")] = "mean",
    first_class: Annotated[
        int | None, About("what the first class is called in the target (1)", least=0, most=1)
    ] = None,
) -> Answer:
    """−α_t·(1 − p_t)^γ·ln p_t, p_t being the probability of what is right: p or 1 − p, or that of the class.

    prediction: (output,) or (sample, output); with gamma 0 it is cross-entropy (Lin et al. 2017).
    """  # fmt: skip
    given = work.given("prediction", np.asarray(prediction, float), "z" if logits else "p")
    classes = class_rows(target, given.shape, first_of(first_class))
    if classes is None and first_class is not None:
        raise Refused("first_class", "belongs to a target of classes", "a class for each sample as the target")
    t = work.given("target", np.asarray(target, float) if classes is None else classes, "t")
    if t.shape != given.shape:
        raise Refused("target", f"is {dimensions(t.shape)}, but the prediction is {dimensions(given.shape)}")
    if classes is None and not np.isin(target, (0, 1)).all():
        raise Refused("target", "has other numbers than 0 and 1", "1 or 0 for each output, or a class for each sample")
    p = given
    if logits:
        p = work.let("p", sigmoid(given) if classes is None else softmax(given))
    else:
        check_chances("prediction", p)
    p_t = work.let("p_t", t * p + (1 - t) * (1 - p) if classes is None else (t * p).sum(axis=-1))
    terms = -np.log(p_t)
    if gamma:
        terms = (1 - p_t) ** gamma * terms
    factor = None if alpha is None else _factor(work, alpha, t, classes is not None)
    terms = work.let("terms", terms if factor is None else factor * terms)
    L = terms if reduction == "none" or not terms.ndim else terms.mean() if reduction == "mean" else terms.sum()
    L = work.let("L", L)
    return {"L": L} | (work.backward(L, [given]) if L.ndim == 0 else {})


def _factor(work: Work, alpha: float | Array, t: Any, by_class: bool) -> Any:
    """α of what is right, for each term."""
    a = work.given("alpha", np.asarray(alpha, float))
    if not by_class:
        if a.ndim or float(alpha) > 1:
            raise Refused("alpha", "is for targets of 1 and 0", "a number from 0 to 1")
        return work.let("alpha_t", a * t + (1 - a) * (1 - t))
    if a.ndim and a.shape != t.shape[-1:]:
        raise Refused("alpha", f"has {dimensions(a.shape)} numbers, but there are {t.shape[-1]} classes")
    return work.let("alpha_t", t @ a) if a.ndim else a
