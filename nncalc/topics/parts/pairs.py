"""Losses of embeddings: what belongs together is pulled near, what does not is pushed apart."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused, dimensions
from nncalc.topics.parts.belonging import GIVEN, LEFT_OUT, Like, when
from nncalc.topics.parts.fields import About, Answer, Array
from nncalc.trace.rules.functions import relu
from nncalc.trace.rules.reductions import length
from nncalc.trace.work import Work

Together = Literal["mean", "sum"]
APART = Like("that says no", lambda similar: not np.all(similar))
OF_SEVERAL = Like("of several", lambda given: np.ndim(given) > 0)
ROWS = Like("of several rows", lambda given: np.ndim(given) > 1)


def contrastive(
    work: Work,
    kind: Annotated[Literal["contrastive"], About("of a pair", says="{}")],
    similar: Annotated[
        bool | Array,
        "pair",
        About("whether the two belong together, of several pairs 1 or 0 for each", also=("y", "target"), example="yes"),
    ],
    a: Annotated[
        Array | None,
        "feature | pair feature",
        About("one of the two, of several pairs a row each", only=when(b=GIVEN), example="[1, 2, 3]"),
    ] = None,
    b: Annotated[
        Array | None, "feature | pair feature", About("the other", only=when(a=GIVEN), example="[4, 5, 6]")
    ] = None,
    distance: Annotated[
        float | Array | None,
        "pair",
        About("their distance D, in place of both", least=0, also=("D",), only=when(a=LEFT_OUT)),
    ] = None,
    margin: Annotated[float, About("how far apart is far enough", above=0, only=when(similar=APART))] = 1,
    half: Annotated[bool, About("halved", says=("halved", "not halved"))] = True,
    reduction: Annotated[Together, About("over the pairs", only=when(similar=OF_SEVERAL))] = "mean",
) -> Answer:
    """½D² of a pair that belongs together, ½max(0, margin − D)² of one that does not, D = |a − b|.

    a, b: (feature,) or (pair, feature) (Hadsell et al. 2006).
    """
    if (a is None) == (distance is None):
        raise Refused("distance", "is missing", "a distance, or a and b")
    D = _distance(work, a, b) if distance is None else work.given("distance", np.asarray(distance, float), "D")
    if np.shape(similar) != D.shape:
        given, pairs = (dimensions(shape) for shape in (np.shape(similar), D.shape))
        raise Refused("similar", f"is {given}, but the distances are {pairs}", "1 or 0 for each pair")
    if not np.isin(similar, (0, 1)).all():
        raise Refused("similar", "has other numbers than 0 and 1")
    if not D.ndim:
        off = D if similar else work.let("gap", relu(margin - D))
        L = work.let("L", off**2 / 2 if half else off**2)
    else:
        y, gap = work.given("similar", np.array(similar, float)), work.let("gap", relu(margin - D))
        terms = y * D**2 + (1 - y) * gap**2
        L = _together(work, terms / 2 if half else terms, reduction)
    return {"L": L} | work.backward(L, [D] if a is None else [a, b])


def triplet(
    work: Work,
    kind: Annotated[Literal["triplet"], About("of an anchor with two others", says="{}")],
    anchor: Annotated[
        Array,
        "feature | triple feature",
        About("what the others are compared with, of several a row each", symbol="a", example="[1, 2]"),
    ],
    positive: Annotated[Array, "feature | triple feature", About("belongs to it", symbol="p", example="[2, 2]")],
    negative: Annotated[Array, "feature | triple feature", About("does not", symbol="n", example="[3, 0]")],
    margin: Annotated[float, About("how much farther the negative has to be", least=0, also=("alpha",))] = 1,
    squared: Annotated[bool, About("distances are squared", says=("squared distances", "distances"))] = True,
    reduction: Annotated[Together, About("over the rows", only=when(anchor=ROWS))] = "mean",
) -> Answer:
    """max(0, d(a, p) − d(a, n) + margin), d being |·|², or |·| (Schroff et al. 2015)."""
    several = anchor.ndim > 1
    _alike("positive", anchor, positive)
    _alike("negative", anchor, negative)
    axis = -1 if several else None
    near, far = (
        work.let(name, ((anchor - other) ** 2).sum(axis=axis) if squared else length(anchor - other, axis=axis))
        for name, other in (("d_p", positive), ("d_n", negative))
    )
    terms = relu(work.let("gap", near - far + margin))
    L = _together(work, terms, reduction) if several else work.let("L", terms)
    return {"L": L} | work.backward(L, [anchor, positive, negative])


def _distance(work: Work, a: Any, b: Any) -> Any:
    _alike("b", a, b)
    return work.let("D", length(a - b, axis=-1 if a.ndim > 1 else None))


def _alike(field: str, one: Any, other: Any) -> None:
    """Raises Refused for rows beside a single vector."""
    if one.shape != other.shape:
        raise Refused(field, f"is {dimensions(other.shape)}, but the other is {dimensions(one.shape)}")


def _together(work: Work, terms: Any, reduction: str) -> Any:
    terms = work.let("terms", terms)
    return work.let("L", terms.mean() if reduction == "mean" else terms.sum())
