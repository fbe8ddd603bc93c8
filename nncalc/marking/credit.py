"""What a line earns: the share of its cells that are right or follow, all of it or nothing of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from nncalc.marking.assignment import Assignment
from nncalc.marking.closeness import Written
from nncalc.marking.verdicts import Verdict
from nncalc.problem.problem import Marking
from nncalc.trace.notation.tree import Index

# Fewer numbers than this say nothing when they are all one.
A_FEW = 4
# One of so many cells must have been left to work, or the line has none.
STILL_WORK = 4


@dataclass(frozen=True)
class Cells:
    """What is known of the cells of a line: verdicts, those that follow from nothing that cost points, or trivially."""

    verdicts: Mapping[Index, Verdict]
    trivial: Collection[Index] = ()
    unpaid: Collection[Index] = ()

    def worth(self, index: Index, marking: Marking) -> Fraction:
        """What the share of a cell counts."""
        verdict = self.verdicts[index]
        if verdict <= Verdict.rounded:
            return Fraction(1)
        if verdict is not Verdict.follows or index in self.trivial or index in self.unpaid:
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
    if not is_easy(len([index for index in shared if index in cells.trivial]), len(shared)):
        shared = [index for index in shared if index not in cells.trivial]
    if not worked or not shared:
        return Fraction(0)
    if marking.credit == "line":
        return min(worth[index] for index in shared)
    lost = [index for index in shared if not worth[index]]
    if marking.credit == "slip" and 2 * len(lost) >= len(shared):
        return Fraction(0)
    return sum((worth[index] for index in shared), Fraction(0)) / len(shared)


def is_easy(trivial: int, cells: int) -> bool:
    """Whether what a slip left nothing to work of is most of a line; else the rest of it is what counts."""
    return STILL_WORK * (cells - trivial) < cells


def is_one_number(cells: Collection[Written]) -> bool:
    """Whether one number stands everywhere: nobody works that."""
    return len(cells) > 1 and len({written.value for written in cells}) == 1
