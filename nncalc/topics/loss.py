"""Losses as a topic: each term, what they come to, and the gradient by the prediction."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused, dimensions
from nncalc.topics.parts.belonging import GIVEN, LEFT_OUT, Like, when
from nncalc.topics.parts.chances import check_chances, note_sums
from nncalc.topics.parts.fields import About, Answer, Array, shown
from nncalc.topics.parts.losses import LOSSES, LossName, base_of, first_of, one_hot, scaled, terms_of
from nncalc.trace.rules.functions import rel_entr, relu, softplus, xlogy
from nncalc.trace.rules.reductions import length
from nncalc.trace.value import numbers
from nncalc.trace.work import Work

OF_CLASSES = ("cross_entropy", "hinge")
OF_TWO = ("binary_cross_entropy", "binary_cross_entropy_with_logits")
SMOOTHED = ("cross_entropy", *OF_TWO)
WITH_TERMS = Like("other than dice", lambda kind: kind != "dice")


def loss(
    work: Work,
    kind: Annotated[
        Literal[LossName, "binary_cross_entropy_with_logits", "smooth_l1", "js", "dice"],
        About("which loss", says="{}", example="cross_entropy"),
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
    reduction: Annotated[
        Literal["mean", "sum", "none"], About("of the terms", says="reduction {}", only=when(kind=WITH_TERMS))
    ] = "mean",
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
    delta: Annotated[
        float, About("where it becomes straight", above=0, also=("beta",), only=when(kind=("huber", "smooth_l1")))
    ] = 1,
    first_class: Annotated[
        int | None,
        About("what the first class is called in the target (1)", least=0, most=1, only=when(kind=OF_CLASSES)),
    ] = None,
    log_base: Annotated[
        float | None,
        About(
            "of the logarithms (e); 2: in bits",
            above=0,
            says=lambda base: (base and f"log base {shown(base)}") or "",
            only=when(kind=("cross_entropy", "binary_cross_entropy", "kl", "js")),
        ),
    ] = None,
    label_smoothing: Annotated[
        float,
        About(
            "share of the target that is spread evenly over the classes",
            least=0,
            most=1,
            also=("smoothing",),
            says=lambda share: f"label smoothing {shown(share)}" if share else "",
            only=when(kind=SMOOTHED),
        ),
    ] = 0,
    pos_weight: Annotated[
        float | Array | None, "output", About("factor of the terms of target 1", least=0, only=when(kind=OF_TWO))
    ] = None,
    smooth: Annotated[float, About("added above and below the line", least=0, only=when(kind="dice"))] = 0,
) -> Answer:
    """The terms, what they come to (L), and ∂L/∂p.

    mean divides the losses called mean_…, huber, binary cross-entropy and hinge by all outputs, the others by the
    samples (of weighted classes: by their weights). Hinge of a class adds max(0, p_c − p_class + margin) over the other
    classes. js is the mean of KL to the middle from both; smooth_l1 is huber divided by its delta; dice is
    1 − 2·Σpt/(Σp + Σt) (Milletari et al. 2016). With label smoothing a share is spread over the K classes (Szegedy et
    al. 2016). prediction: (output,) or (sample, output) (Goodfellow et al., Deep Learning, 5.5, 6.2; CS231n for hinge).
    """  # fmt: skip
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
    _check(work, kind, p, t, classes is not None)
    if kind == "dice":
        return {"L": (L := _dice(work, p, t, smooth))} | work.backward(L, [p])
    if kind == "hinge" and classes is not None:
        correct = work.let("correct", (p * t).sum(axis=-1, keepdims=p.ndim > 1))
        gap = work.let("gap", p - correct + margin)
        terms = (classes.sum(axis=-1, keepdims=True) - t) * relu(gap)
    else:
        smoothed = _smoothed(work, kind, t, label_smoothing, classes) if label_smoothing else t
        terms = _terms(work, kind, p, smoothed, {"hinge": margin, "huber": delta, "smooth_l1": delta}, pos_weight)
    terms = terms if log_base is None else terms / np.log(work.written(base_of(log_base)))
    weights = None if class_weights is None else _weights(class_weights, p.shape)
    terms = work.let("terms", terms if weights is None else weights * terms)
    L = work.let("L", _reduced(kind, terms, reduction, classes, weights))
    if kind == "js" and not numbers(p).all():
        work.note("where p is 0 the slope is infinite: no gradient")
        return {"L": L}
    return {"L": L} | (work.backward(L, [p]) if L.ndim == 0 else {})


def _check(work: Work, kind: str, p: Any, t: Any, by_class: bool) -> None:
    """Refuses what is no probability where one is wanted; notes distributions that do not add up to 1."""
    together = kind in LOSSES and LOSSES[kind].one
    for field, symbol, given in (("prediction", "p", p), ("target", "t", t)):
        if together or kind in ("binary_cross_entropy", "dice") or (kind in OF_TWO and given is t):
            check_chances(field, given)
        if together and not (by_class and given is t):
            note_sums(work, symbol, given)


def _dice(work: Work, p: Any, t: Any, smooth: float) -> Any:
    """1 − 2·Σpt/(Σp + Σt) over all outputs. Raises Refused where there is nothing to share."""
    above, below = 2 * (p * t).sum(), p.sum() + t.sum()
    if numbers(below) + smooth == 0:
        raise Refused("prediction", "and target are all 0", "something to share, or smooth")
    dice = work.let("dice", (above + smooth) / (below + smooth) if smooth else above / below)
    return work.let("L", 1 - dice)


def _smoothed(work: Work, kind: str, t: Any, share: float, classes: Array | None) -> Any:
    """(1 − ε)·t + ε/K; a row that does not count stays 0."""
    if kind in OF_TWO:
        return work.let("smoothed", (1 - share) * t + share / 2)
    ignored = classes is not None and not classes.any(axis=-1).all()
    spread = share / t.shape[-1] * (classes.sum(axis=-1, keepdims=True) if ignored and classes is not None else 1)
    return work.let("smoothed", (1 - share) * t + spread)


def _terms(work: Work, kind: str, p: Any, t: Any, constants: dict[str, float], pos_weight: Any) -> Any:
    """One for each output."""
    if kind == "js":
        m = work.let("m", (p + t) / 2)
        return (rel_entr(t, m) + rel_entr(p, m)) / 2
    if pos_weight is None:
        return LOSSES[kind].sign * terms_of(kind, p, t, constants.get(kind))
    c = work.given("pos_weight", np.asarray(pos_weight, float))
    if c.ndim and c.shape != p.shape[-1:]:
        raise Refused("pos_weight", f"is {dimensions(c.shape)}, but the prediction is {dimensions(p.shape)}")
    if kind == "binary_cross_entropy":
        return -(c * xlogy(t, p) + xlogy(1 - t, 1 - p))
    return c * t * softplus(-p) + (1 - t) * softplus(p)


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


def contrastive(
    work: Work,
    kind: Annotated[Literal["contrastive"], About("of a pair", says="{}")],
    similar: Annotated[bool, About("whether the two belong together", example="yes")],
    a: Annotated[Array | None, "feature", About("one of the two", only=when(b=GIVEN), example="[1, 2, 3]")] = None,
    b: Annotated[Array | None, "feature", About("the other", only=when(a=GIVEN), example="[4, 5, 6]")] = None,
    distance: Annotated[
        float | None, About("their distance D, in place of both", least=0, also=("D",), only=when(a=LEFT_OUT))
    ] = None,
    margin: Annotated[float, About("how far apart is far enough", above=0, only=when(similar=False))] = 1,
    half: Annotated[bool, About("halved", says=("halved", "not halved"))] = True,
) -> Answer:
    """½D² of a pair that belongs together, ½max(0, margin − D)² of one that does not, D = |a − b|.

    a, b: (feature,) (Hadsell et al. 2006).
    """
    if (a is None) == (distance is None):
        raise Refused("distance", "is missing", "a distance, or a and b")
    pair: Any = (a, b)
    D = work.let("D", length(pair[0] - pair[1])) if distance is None else work.given("distance", float(distance), "D")
    off = D if similar else work.let("gap", relu(margin - D))
    L = work.let("L", off**2 / 2 if half else off**2)
    return {"L": L} | work.backward(L, [D] if a is None else [a, b])


def triplet(
    work: Work,
    kind: Annotated[Literal["triplet"], About("of an anchor with two others", says="{}")],
    anchor: Annotated[Array, "feature", About("what the others are compared with", symbol="a", example="[1, 2]")],
    positive: Annotated[Array, "feature", About("belongs to it", symbol="p", example="[2, 2]")],
    negative: Annotated[Array, "feature", About("does not", symbol="n", example="[3, 0]")],
    margin: Annotated[float, About("how much farther the negative has to be", least=0, also=("alpha",))] = 1,
    squared: Annotated[bool, About("distances are squared", says=("squared distances", "distances"))] = True,
) -> Answer:
    """max(0, d(a, p) − d(a, n) + margin), d being |·|², or |·| (Schroff et al. 2015)."""
    near, far = (
        work.let(name, ((anchor - other) ** 2).sum() if squared else length(anchor - other))
        for name, other in (("d_p", positive), ("d_n", negative))
    )
    L = work.let("L", relu(work.let("gap", near - far + margin)))
    return {"L": L} | work.backward(L, [anchor, positive, negative])


def gaussian_kl(
    work: Work,
    kind: Annotated[Literal["gaussian_kl"], About("between normal distributions", says="{}")],
    mean: Annotated[float | Array, "unit", About("μ of each unit", also=("mu", "mean_1"), example="[1, 0]")],
    std: Annotated[float | Array | None, "unit", About("σ", above=0, also=("sigma",), example="[1, 2]")] = None,
    variance: Annotated[
        float | Array | None, "unit", About("σ², in place of σ", above=0, also=("var",), only=when(std=LEFT_OUT))
    ] = None,
    log_variance: Annotated[
        float | Array | None,
        "unit",
        About("ln σ², in place of both", also=("logvar", "log_var"), only=when(std=LEFT_OUT, variance=LEFT_OUT)),
    ] = None,
    prior_mean: Annotated[float | Array, "unit", About("μ of what it is compared with")] = 0,
    prior_std: Annotated[float | Array, "unit", About("σ of what it is compared with", above=0)] = 1,
) -> Answer:
    """½Σ(σ² + μ² − 1 − ln σ²): KL of N(μ, σ²) to N(0, 1), as a variational autoencoder has it.

    Kingma and Welling 2014. mean, std: (unit,). With a prior of its own: ½Σ((σ² + (μ − μ_0)²)/σ_0² − 1 − ln(σ²/σ_0²)).
    """
    spreads = {"std": std, "variance": variance, "log_variance": log_variance}
    name, spread = next(((n, s) for n, s in spreads.items() if s is not None), ("std", None))
    if spread is None:
        raise Refused("std", "is missing", "std, variance or log_variance")
    mu, given = work.given("mean", np.asarray(mean, float), "mu"), work.given(name, np.asarray(spread, float))
    if mu.shape != given.shape:
        raise Refused(name, f"is {dimensions(given.shape)}, but the mean is {dimensions(mu.shape)}")
    var = {"std": given**2, "variance": given, "log_variance": np.exp(given)}[name]
    log = given if name == "log_variance" else np.log(var)
    square = mu**2 if np.ndim(prior_mean) == 0 and prior_mean == 0 else (mu - prior_mean) ** 2
    if np.ndim(prior_std) == 0 and prior_std == 1:
        terms = (var + square - 1 - log) / 2
    else:
        terms = ((var + square) / np.asarray(prior_std) ** 2 - 1 - log + 2 * np.log(work.written(prior_std))) / 2
    terms = work.let("terms", terms)
    L = work.let("L", terms.sum() if terms.ndim else terms)
    return {"L": L} | work.backward(L, [mu, given])


FORMS = (loss, contrastive, triplet, gaussian_kl)
