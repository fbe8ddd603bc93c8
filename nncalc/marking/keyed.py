"""A working as its key: what of it is asked, how closely, and what each line is worth."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from fractions import Fraction

from nncalc.errors import so_many
from nncalc.marking.assignment import Assignment
from nncalc.marking.blank import places_asked, worth
from nncalc.problem.problem import Marking, Problem
from nncalc.trace.steps import Trace


@dataclass(slots=True, eq=False)
class Keyed(Trace):
    """A finished working with its marks; cut to some steps it keeps them.

    `worth`: what to say beside each line that has points, by the name of the step or the answer. `total`: all points,
    None where the problem gives none. `closeness`: how closely answers are wanted.
    """

    worth: dict[str, tuple[str, ...]] = field(default_factory=dict)
    total: Fraction | None = None
    closeness: str = ""


def keyed(problem: Problem, trace: Trace) -> Trace:
    """The whole working of a problem with the problem's marks; the same where it has none.

    Raises InputError where the marking names no line.
    """
    if problem.marking == Marking():
        return trace
    asked = Assignment(problem, trace)
    points = asked.points
    closely = _closely(problem.marking)
    whole = {f.name: getattr(trace, f.name) for f in fields(Trace) if f.init}
    return Keyed(
        **whole,
        worth={name: (worth(own), *closely) for name, own in (points or {}).items()},
        total=None if points is None else sum(points.values(), Fraction(0)),
        closeness=places_asked(asked),
    )


def total_said(total: Fraction | None) -> str:
    """What a problem or a sheet is worth, behind its title; empty where it has no points."""
    return "" if total is None else f" ({worth(total)})"


def _closely(marking: Marking) -> list[str]:
    """The places asked in a word, where the problem says them."""
    if marking.places is not None:
        return [so_many(marking.places, "decimal")]
    return [] if marking.sig is None else [so_many(marking.sig, "digit")]
