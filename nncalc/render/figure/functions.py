"""Steps that are a function of one number each, as σ(z): their formula gives the curve between the points."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from nncalc.render.figure.looking import is_readable
from nncalc.render.figure.parts import Point
from nncalc.trace.name import StepName
from nncalc.trace.notation.deciding import left_open
from nncalc.trace.notation.evaluation import evaluate_many
from nncalc.trace.notation.tree import Expr, Index, Op, Ref, StandIn, fold, parts, rank, with_refs
from nncalc.trace.steps import Step, Trace

# So many cells of one step are looked at; a curve is worked at so many places.
_MOST_CELLS, _PLACES = 400, 121
# Where two functions are compared; a straight line is none that one would draw.
JUMP = 8
# A function is looked at so far beyond the points of the problem, and drawn so far to either side of 0.
REACH = 4.0
# A formula of more parts is not put into another.
_MOST_PARTS = 40
_COMPARED = (-2.7, -1.3, -0.4, 0.3, 1.1, 2.6)


@dataclass
class DrawnFunction:
    """A step y = f(x) cell by cell, and f as what gives the number at any x (nan where it has none)."""

    step: Step
    base: Any
    made: Expr
    slot: StandIn

    def at(self, places: Sequence[float]) -> list[float]:
        """f(x) at each of several x."""
        self.slot.array = np.array(places, float)
        found: list[float] = np.broadcast_to(evaluate_many(self.made), len(places)).tolist()
        return found

    def points(self) -> list[Point]:
        """The cells of the problem: x, y."""
        xs, ys = (np.ravel(np.asarray(v.array, float))[:_MOST_CELLS] for v in (self.base, self.step))
        return list(zip(xs.tolist(), ys.tolist(), strict=True))

    def curve(self, low: float, high: float) -> list[Point]:
        """The function from one place to another."""
        places = [low + (high - low) * i / (_PLACES - 1) for i in range(_PLACES)]
        return _broken(list(zip(places, self.at(places), strict=True)))

    def key(self) -> tuple[float, ...]:
        """The same for steps of one function."""
        return tuple(round(y, 9) for y in self.at(_COMPARED))


def functions(trace: Trace, names: Collection[str] | None = None) -> Iterator[DrawnFunction]:
    """The steps of a working (of these names) that are a function of one number each, and no straight line."""
    found: dict[int, DrawnFunction] = {}
    for step in trace.steps:
        if names is not None and step.name not in names:
            continue
        if step.value.is_given or step.array.dtype.kind not in "fiub" or StepName.parse(step.name).is_gradient:
            continue
        if not np.isfinite(step.array).all() or not step.array.size or not is_readable(step):
            continue
        index = (0,) * step.array.ndim
        with left_open():
            element = step.element(index)
        base = _base(element, index, found)
        if base is None or np.shape(base.array) != step.array.shape:
            continue
        slot = StandIn(0.0, "x")
        drawn = DrawnFunction(step, base, with_refs(element, _put(base, slot, found)), slot)
        if not _straight(drawn):
            if parts(drawn.made) <= _MOST_PARTS:
                found[id(step.value)] = drawn
            yield drawn


def _base(made: Expr, index: Index, found: dict[int, DrawnFunction]) -> Any:
    """The one value that an element is made from, at the same place; beside it only given numbers. None: others."""
    bases: list[Any] = []
    for ref in _refs(made):
        known = found.get(id(ref.value))
        value = known.base if known is not None else ref.value
        if isinstance(value, StandIn) or (np.ndim(value.array) == 0 and index and getattr(value, "is_given", False)):
            continue
        if ref.index != index:
            return None
        bases.append(value)
    return bases[0] if bases and all(b is bases[0] for b in bases) else None


def _put(base: Any, slot: StandIn, found: dict[int, DrawnFunction]) -> Callable[[Ref], Expr]:
    """Instead of the base the slot; instead of another function of it that function of the slot."""

    def exchange(ref: Ref) -> Expr:
        if ref.value is base:
            return Ref(slot, ())
        known = found.get(id(ref.value))
        return ref if known is None else with_refs(known.made, lambda r: Ref(slot, ()) if r.value is known.slot else r)

    return exchange


def _refs(made: Expr) -> list[Ref]:
    refs: list[Ref] = []

    def looked(x: Expr, _: Sequence[None]) -> None:
        if isinstance(x, Ref):
            refs.append(x)

    fold(made, looked)
    return refs


def _broken(points: list[Point]) -> list[Point]:
    """The points with a gap at each jump: a step many times as high as those before and after it."""
    rises = [abs(b[1] - a[1]) for a, b in pairwise(points)]
    jumps = [i for i in range(1, len(rises) - 1) if rises[i] > JUMP * (rises[i - 1] + rises[i + 1]) and rises[i] > 1e-9]
    for i in reversed(jumps):
        points.insert(i + 1, ((points[i][0] + points[i + 1][0]) / 2, math.nan))
    return points


def _straight(drawn: DrawnFunction) -> bool:
    """Whether what is between the points is a straight line, or the formula is none of numbers."""
    if not isinstance(drawn.made, Op) or rank(drawn.made):
        return True
    xs, ys = zip(*drawn.points(), strict=True)
    low, high = min(xs) - REACH, max(xs) + REACH
    curve = [y for _, y in drawn.curve(low, high)[:: _PLACES // 20] if math.isfinite(y)]
    if len(curve) < 5:
        return True
    second = np.diff(curve, 2)
    size = max(map(abs, curve)) or 1.0
    agrees = np.allclose(drawn.at(xs), ys, rtol=1e-6, atol=1e-9)
    return (not agrees and drawn.step.exact is None) or bool(np.all(abs(second) <= 1e-9 * size))
