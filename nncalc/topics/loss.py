"""Losses as a topic: each term, what they come to, and the gradient by the prediction."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused, dimensions
from nncalc.topics.parts.belonging import LEFT_OUT, Like, when
from nncalc.topics.parts.chances import check_chances, note_sums
from nncalc.topics.parts.fields import About, Answer, Array, shown
from nncalc.topics.parts.focal import focal
from nncalc.topics.parts.losses import LOSSES, LossName, base_of, class_hinge, class_rows, first_of, scaled, terms_of
from nncalc.topics.parts.pairs import contrastive, triplet
from nncalc.trace.rules.functions import rel_entr, softmax, softmax_cross_entropy, softplus, xlogy
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
        Literal["mean", "sum", "none", "weighted_mean"],
        About(
            "of the terms; weighted_mean: divided by the sum of the sample_weights",
            says="reduction {}",
            only=when(kind=WITH_TERMS),
        ),
    ] = "mean",
    sample_weights: Annotated[
        Array | None,
        "sample",
        About("a weight for each sample", least=0, also=("sample_weight",), only=when(kind=WITH_TERMS)),
    ] = None,
    logits: Annotated[
        bool,
        About(
            "the prediction is scores: softmax first",
            says=("softmax of the scores", ""),
            also=("from_logits",),
            only=when(kind="cross_entropy"),
        ),
    ] = False,
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
    al. 2016). prediction: (output,) or (sample, output), with logits scores (Goodfellow et al., Deep Learning, 5.5,
    6.2; CS231n for hinge).
    """  # fmt: skip
    given = work.given("prediction", np.asarray(prediction, float), "z" if logits else "p")
    classes = class_rows(target, given.shape, first_of(first_class), ignore_class) if kind in OF_CLASSES else None
    of_classes = {"class_weights": class_weights if kind == "hinge" else None, "ignore_class": ignore_class,
                  "first_class": first_class}  # fmt: skip
    for name, said in of_classes.items():
        if classes is None and said is not None:
            raise Refused(name, "belongs to a target of classes", "a class for each sample as the target")
    t = work.given("target", np.asarray(target, float) if classes is None else classes, "t")
    if t.shape != given.shape:
        raise Refused("target", f"is {dimensions(t.shape)}, but the prediction is {dimensions(given.shape)}")
    p = work.let("p", softmax(given)) if logits else given
    _check(work, kind, p, t, classes is not None)
    if kind == "dice":
        return {"L": (L := _dice(work, p, t, smooth))} | work.backward(L, [p])
    share = _shares(kind, p.shape, sample_weights, reduction, classes is not None)
    if kind == "hinge" and classes is not None:
        terms = class_hinge(work, p, t, margin)
    else:
        t = _smoothed(work, kind, t, label_smoothing, classes) if label_smoothing else t
        terms = _terms(work, kind, p, t, {"hinge": margin, "huber": delta, "smooth_l1": delta}, pos_weight)
    terms = terms if log_base is None else terms / np.log(work.written(base_of(log_base)))
    weights = None if class_weights is None else _weights(class_weights, p.shape)
    for weight in (weights, share):
        terms = terms if weight is None else weight * terms
    terms = work.let("terms", terms)
    plain = logits and weights is share is log_base is ignore_class is None
    fused = softmax_cross_entropy(given, p, t) if plain else None
    L = work.let("L", *_reduced(kind, terms, reduction, classes, weights, share, fused))
    if kind == "js" and not numbers(p).all():
        work.note("where p is 0 the slope is infinite: no gradient")
        return {"L": L}
    return {"L": L} | (work.backward(L, [given]) if L.ndim == 0 else {})


def _shares(kind: str, shape: tuple[int, ...], weights: Any, reduction: str, by_class: bool) -> Any:
    """The weights of samples, each at its terms, or None. Raises Refused where they are no samples'."""
    if weights is None:
        if reduction == "weighted_mean":
            raise Refused("reduction", "weighted_mean belongs to a problem with sample_weights")
        return None
    samples = shape[0] if len(shape) > 1 or (shape and not by_class and LOSSES[kind].mean) else 1
    if weights.shape != (samples,):
        raise Refused("sample_weights", f"are {dimensions(weights.shape)}, but the samples are {samples}")
    return weights[:, None] if len(shape) > 1 else weights


def _check(work: Work, kind: str, p: Any, t: Any, by_class: bool) -> None:
    """Refuses what is no probability where one is wanted; notes distributions that do not add up to 1."""
    together = kind in LOSSES and LOSSES[kind].one
    for field, symbol, given in (("prediction", "p", p), ("target", "t", t)):
        if together or kind == "binary_cross_entropy" or (kind in OF_TWO and given is t):
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


def _weights(given: Any, shape: tuple[int, ...]) -> Any:
    if not shape or given.shape != shape[-1:]:
        raise Refused("class_weights", f"are {dimensions(given.shape)}, but the prediction is {dimensions(shape)}")
    return given


def _reduced(
    kind: str, terms: Any, reduction: str, classes: Array | None, weights: Any, share: Any, fused: Any
) -> tuple[Any, Any]:
    """The terms put together: by the samples, by all outputs, or each sample's for itself; and the same of `fused`.

    fused: the sum of the terms as it is differentiated together with what the prediction was made by, or None.
    """
    rule, half = LOSSES[kind], 2 if LOSSES[kind].half else 1
    by_outputs = rule.mean and classes is None
    if reduction == "none":
        alone = terms.ndim < 2 and not (rule.one or classes is not None)
        whole = terms if alone else terms.sum(axis=-1)
        return scaled(whole, half * (terms.shape[-1] if by_outputs and not alone else 1)), None
    if reduction == "sum":
        counted = np.ones(1)
    elif classes is not None:
        counted = classes if weights is None else classes * numbers(weights)
    else:  # a 1 for each output, or for each sample
        counted = np.ones(terms.shape if by_outputs else (terms.shape[0], 1) if terms.ndim > 1 else (1,))
    counted = counted * numbers(share) if reduction == "weighted_mean" else counted
    if not counted.sum():
        raise Refused("target" if classes is not None else "sample_weights", "no sample counts")
    divisor = half * float(counted.sum())
    return scaled(terms.sum(), divisor), None if fused is None else scaled(fused, divisor)


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


FORMS = (loss, contrastive, triplet, gaussian_kl, focal)
