"""Boxes of objects in images: how far two overlap, and which of many are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused, dimensions
from nncalc.topics.parts.belonging import GIVEN, LEFT_OUT, when
from nncalc.topics.parts.fields import About, Answer, Array
from nncalc.trace.rules.choosing import best
from nncalc.trace.value import numbers
from nncalc.trace.work import Work

SCORED = when(scores=GIVEN)


def boxes(
    work: Work,
    boxes: Annotated[
        Array,
        "box side",
        About("a row for each box", also=("box", "x", "predictions"), example="[[0, 0, 2, 2], [1, 1, 3, 4]]"),
    ],
    form: Annotated[
        Literal["corners", "centre", "size"],
        About(
            "corners: [x1, y1, x2, y2]; centre: [x, y, width, height] of the middle; size: of the first corner",
            says="{}",
            also=("format", "box_format"),
        ),
    ] = "corners",
    pixels: Annotated[
        bool, About("sides count pixels: x2 - x1 + 1", says=("sides count pixels", ""), also=("inclusive",))
    ] = False,
    truth: Annotated[
        Array | None,
        "object side",
        About(
            "boxes that each is compared with (default: one another)",
            also=("ground_truth", "target", "others"),
            only=when(scores=LEFT_OUT),
        ),
    ] = None,
    giou: Annotated[
        bool,
        About(
            "also GIoU = IoU - (hull - union)/hull, hull being the smallest box around both",
            also=("generalized",),
            only=when(scores=LEFT_OUT),
        ),
    ] = False,
    scores: Annotated[
        Array | None, "box", About("how sure each is: gives non-maximum suppression", also=("confidence", "p"))
    ] = None,
    classes: Annotated[
        list[str] | None,
        About("what each box shows: only boxes of one class drop each other", also=("labels", "class"), only=SCORED),
    ] = None,
    threshold: Annotated[
        float,
        About("IoU with a better box from which on one is dropped", least=0, also=("iou",), only=SCORED),
    ] = 0.5,
    drops: Annotated[
        Literal["IoU > threshold", "IoU >= threshold"],
        About("where a box is dropped", says="drops where {}", only=SCORED),
    ] = "IoU > threshold",
    least_score: Annotated[
        float | None, About("boxes with a lower score are dropped first", also=("score_threshold",), only=SCORED)
    ] = None,
    keep: Annotated[
        int | None, About("at most so many (default: all)", least=1, also=("max_output", "max"), only=SCORED)
    ] = None,
) -> Answer:
    """IoU = intersection / union of two boxes, or of each with each; with scores, who is kept.

    boxes: (box, 4); of two boxes IoU is one number, else (box, box), with truth (box, object). Non-maximum suppression
    keeps the best box that is left and drops those that overlap it more than the threshold, round by round; `kept` is
    1 at each that stays (Everingham et al. 2010; Neubeck and Van Gool 2006). As many rounds as there are boxes. GIoU:
    Rezatofighi et al. 2019.
    """  # fmt: skip
    one = Boxes.of(work, boxes, "boxes", form, pixels)
    if truth is not None:
        pair = one.down(), Boxes.of(work, truth, "truth", form, pixels, "truth_").across()
    elif scores is None and boxes.shape[0] == 2:
        pair = one.at(0), one.at(1)
    elif boxes.shape[0] == 1:
        raise Refused("boxes", "is one box", "two or more, or truth to compare it with")
    else:
        pair = one.down(), one.across()
    answer = _overlap(work, *pair, giou)
    if scores is None:
        return answer
    test = Test(work, work.given("threshold", threshold), drops, least_score)
    rounds = boxes.shape[0] if keep is None else min(keep, boxes.shape[0])
    kept = _suppressed(test, _rivals(work, answer["IoU"], classes), scores, rounds)
    names = [str(i + 1) for i in np.flatnonzero(numbers(kept))]
    work.note(f"kept: {', '.join(names) or 'none'}")
    return answer | {"kept": kept}


@dataclass(frozen=True)
class Corners:
    """The corners x1, y1, x2, y2 and the area of boxes, shaped to meet others; more: 1 where sides count pixels."""

    x1: Any
    y1: Any
    x2: Any
    y2: Any
    area: Any
    more: int


@dataclass(frozen=True)
class Boxes:
    """Boxes by their corners, (box, 4), and their areas, (box,)."""

    corners: Any
    area: Any
    more: int

    @staticmethod
    def of(work: Work, given: Any, field: str, form: str, pixels: bool, prefix: str = "") -> Boxes:
        """Reads boxes and names their corners (where these are not given) and areas; Refused where a side is none."""
        if given.shape[1] != 4:
            raise Refused(field, f"is {dimensions(given.shape)}", "four numbers a box")
        if form != "corners":
            a, b, c, d = (given[:, i] for i in range(4))
            ends = (a - c / 2, b - d / 2, a + c / 2, b + d / 2) if form == "centre" else (a, b, a + c, b + d)
            given = work.let(f"{prefix}corners", np.stack(ends).T)
        more = int(pixels)
        sides = numbers(given)[:, 2:] - numbers(given)[:, :2] + more
        for i in np.flatnonzero((sides <= 0).any(axis=1)).tolist()[:1]:
            raise Refused(
                (field, i + 1), "has no area", "x1 < x2 and y1 < y2" if form == "corners" else "sizes above 0"
            )
        x1, y1, x2, y2 = (given[:, i] for i in range(4))
        return Boxes(given, work.let(f"{prefix}area", _side(x2 - x1, more) * _side(y2 - y1, more)), more)

    def at(self, i: int) -> Corners:
        """One box."""
        x1, y1, x2, y2 = (self.corners[i, k] for k in range(4))
        return Corners(x1, y1, x2, y2, self.area[i], self.more)

    def down(self) -> Corners:
        """All as a column."""
        return self._turned((slice(None), None))

    def across(self) -> Corners:
        """All as a row."""
        return self._turned((None, slice(None)))

    def _turned(self, key: Any) -> Corners:
        x1, y1, x2, y2 = (self.corners[:, k][key] for k in range(4))
        return Corners(x1, y1, x2, y2, self.area[key], self.more)


def _side(length: Any, more: int) -> Any:
    return length + more if more else length


def _overlap(work: Work, a: Corners, b: Corners, generalized: bool) -> Answer:
    """IoU, and GIoU where it is asked, of boxes that are broadcast against each other."""
    right, left = np.minimum(a.x2, b.x2), np.maximum(a.x1, b.x1)
    bottom, top = np.minimum(a.y2, b.y2), np.maximum(a.y1, b.y1)
    width = work.let("width", np.maximum(0, _side(right - left, a.more)))
    height = work.let("height", np.maximum(0, _side(bottom - top, a.more)))
    intersection = work.let("intersection", width * height)
    union = work.let("union", a.area + b.area - intersection)
    answer = {"IoU": work.let("IoU", intersection / union)}
    if generalized:
        across = _side(np.maximum(a.x2, b.x2) - np.minimum(a.x1, b.x1), a.more)
        down = _side(np.maximum(a.y2, b.y2) - np.minimum(a.y1, b.y1), a.more)
        hull = work.let("hull", across * down)
        answer["GIoU"] = work.let("GIoU", answer["IoU"] - (hull - union) / hull)
    return answer


def _rivals(work: Work, IoU: Any, classes: list[str] | None) -> Any:
    """The overlaps that count: all, or those of boxes of one class, 0 elsewhere."""
    if classes is None:
        return IoU
    if len(classes) != IoU.shape[0]:
        raise Refused("classes", f"are {len(classes)}, but there are {IoU.shape[0]} boxes")
    same = np.array([[float(one == other) for other in classes] for one in classes])
    return work.let("rivals", work.given("same", same) * IoU)


@dataclass(frozen=True)
class Test:
    """Who may stay: beside a better box, and at all."""

    work: Work
    threshold: Any
    drops: str
    least_score: float | None

    def start(self, scores: Any) -> Any:
        """1 at each box that takes part."""
        if self.least_score is None:
            return self.work.given("left_0", np.ones(scores.shape))
        return self.work.let("left_0", 1 * (scores >= self.work.given("least_score", self.least_score)))

    def stays(self, overlap: Any) -> Any:
        """1 where a box does not overlap too much."""
        return overlap <= self.threshold if self.drops == "IoU > threshold" else overlap < self.threshold


def _suppressed(test: Test, IoU: Any, scores: Any, rounds: int) -> Any:
    """1 at each box that is kept: in each round the best that is left, if there is one."""
    work = test.work
    left, kept = test.start(scores), None
    for number in work.rounds(rounds):
        with work.section(f"r{number}", f"Round {number}"):
            chosen = work.let("chosen", best(scores, left))
            kept = chosen if kept is None else work.let("kept", kept + chosen)
            if number < rounds:
                overlap = work.let("overlap", chosen @ IoU)
                left = work.let("left", left * test.stays(overlap) * (1 - chosen))
    return work.let("kept", kept)
