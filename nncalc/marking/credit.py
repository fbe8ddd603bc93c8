"""What a line earns: the share of its cells that are right or follow, all of it or nothing of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from nncalc.marking.assignment import Assignment
from nncalc.marking.closeness import Written
from nncalc.marking.trivial import Ease
from nncalc.marking.verdicts import Verdict
from nncalc.problem.problem import Marking
from nncalc.trace.notation.tree import Index

# Fewer numbers than this say nothing when they are all one.
A_FEW = 4
# One of so many cells must have been left to work, or the line has none.
STILL_WORK = 4


@dataclass(frozen=True)
class Cells:
    """The cells of a line: verdicts, what it took to work those that follow, and which of them no slip paid for."""

    verdicts: Mapping[Index, Verdict]
    ease: Mapping[Index, Ease] = field(default_factory=dict)
    unpaid: Collection[Index] = ()

    @cached_property
    def is_trivial(self) -> bool:
        """Whether a slip left nothing to work, or next to nothing."""
        told = [ease for ease in self.ease.values() if ease is not Ease.moved]
        return bool(told) and STILL_WORK * told.count(Ease.work) < len(told)

    def is_easy(self, index: Index) -> bool:
        """Whether a slip left nothing to work in a cell."""
        return self.ease.get(index) is Ease.trivial

    def worth(self, index: Index, marking: Marking) -> Fraction:
        """What the share of a cell counts."""
        verdict = self.verdicts[index]
        if verdict <= Verdict.rounded:
            return Fraction(1)
        if verdict is not Verdict.follows or index in self.unpaid or self.is_trivial or self.is_easy(index):
            return Fraction(0)
        return Fraction(repr(float(marking.follow)))


def share(asked: Assignment, name: str, cells: Cells) -> Fraction:
    """The part of a line's points that its cells earn by themselves."""
    marking = asked.problem.marking
    worth = {index: cells.worth(index, marking) for index in cells.verdicts}
    if min(worth.values(), default=Fraction(0)) == 1:
        return Fraction(1)
    wrong = [index for index, verdict in cells.verdicts.items() if verdict > Verdict.follows]
    worked = [index for index in worth if asked.has_work(name, index)]
    shared = [index for index in worth if index in worked or index in wrong]
    if not cells.is_trivial:
        looked = [index for index in shared if cells.ease.get(index, Ease.work) is Ease.work]
        shared = looked or shared
    if not worked or not shared:
        return Fraction(0)
    if marking.credit == "line":
        return min(worth[index] for index in shared)
    lost = [index for index in shared if not worth[index]]
    if marking.credit == "slip" and 2 * len(lost) >= len(shared):
        return Fraction(0)
    return sum((worth[index] for index in shared), Fraction(0)) / len(shared)


def points(value: Fraction) -> str:
    """Points as they are written, without a rounding error: 7, 2.5, 0.1."""
    return f"{float(value):.6f}".rstrip("0").rstrip(".")


def is_one_number(cells: Collection[Written]) -> bool:
    """Whether one number stands everywhere: nobody works that."""
    return len(cells) > 1 and len({written.value for written in cells}) == 1
