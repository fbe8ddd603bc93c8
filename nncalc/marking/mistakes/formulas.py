"""Mistakes in a formula: it is changed in one place, or everywhere, as students change it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Any

from nncalc.marking.closeness import same
from nncalc.marking.mistakes.changes import CHANGES, IN_ONE_CELL, Change, Changes, times_power_of_ten, with_part
from nncalc.marking.mistakes.slip import Candidate, Mistake, Slip, parts, value
from nncalc.trace.notation.tree import Expr, Index, Op

TreePath = tuple[int, ...]
# In a formula of more parts than this no single one is looked for.
LONGEST_FORMULA = 300
REFINES = {
    "function left out": ("value before its function",),
    "mask left out": ("factor left out",),
    "derivative forgotten": ("factor left out", "term left out", "another time step", "constant left out"),
    "root of the divisor left out": ("function left out", "another scale"),
}


def _places(x: Expr, path: TreePath = ()) -> Iterator[tuple[TreePath, Expr]]:
    yield path, x
    if isinstance(x, Op):
        for k, part in enumerate(x.args):
            yield from _places(part, (*path, k))


def _at(x: Expr, path: TreePath) -> Expr | None:
    for k in path:
        if not isinstance(x, Op) or k >= len(x.args):
            return None
        x = x.args[k]
    return x


def _replaced(x: Expr, path: TreePath, part: Expr) -> Expr:
    if not path or not isinstance(x, Op):
        return part
    return with_part(x, path[0], _replaced(x.args[path[0]], path[1:], part))


def _find(changes: Changes, slip: Slip) -> Iterator[Candidate]:
    """Every place of the first wrong cell's formula where this can be done; in other cells it is done there, too."""
    if not slip.wrong or parts(slip.formula(slip.wrong[0], grown=False)) > LONGEST_FORMULA:
        return
    if slip.counts and changes is times_power_of_ten:
        return  # of whole numbers nobody misplaces a point
    first, whole = slip.wrong[0], changes not in IN_ONE_CELL
    short, long = slip.formula(first, grown=False), slip.formula(first)
    done: list[Any] = []  # what a change in the short formula gives already, a change in the long one need not say
    for grown, x in ((False, short), (True, long)) if short is not long else ((False, short),):
        places = [place for place in _places(x) if next(changes(place[1]), None) is not None]
        for path, part in places:
            for k, (changed, words) in enumerate(changes(part)):
                known = value(_replaced(x, path, changed))
                if not grown or not _among(known, done):
                    at = partial(_changed, changes, slip, (path, k), (first, known), grown)
                    say = partial(_words, changes, slip, (path, k), grown)
                    yield Candidate(words, at, whole, far=grown and not whole, say=say)
                done += [known]
        everywhere = partial(_everywhere, changes, slip, grown)
        if whole and len(places) > 1 and not _among(everywhere(first), done):
            yield Candidate(f"{next(changes(places[0][1]))[1]}, and so everywhere", everywhere, True)


def _among(number: Any, others: list[Any]) -> bool:
    return any(same(other, number) for other in others)


def _changed(
    changes: Changes, slip: Slip, at: tuple[TreePath, int], first: tuple[Index, Any], grown: bool, index: Index
) -> Any:
    if index == first[0]:
        return first[1]
    x = slip.formula(index, grown)
    changed = _nth(changes, x, at)
    return None if changed is None else value(_replaced(x, at[0], changed[0]))


def _words(changes: Changes, slip: Slip, at: tuple[TreePath, int], grown: bool, index: Index) -> str:
    changed = _nth(changes, slip.formula(index, grown), at)
    return "" if changed is None else changed[1]


def _nth(changes: Changes, x: Expr, at: tuple[TreePath, int]) -> Change | None:
    """A change by its place and its number there; None where a formula has no such place."""
    part = _at(x, at[0])
    return None if part is None else next(islice(changes(part), at[1], None), None)


def _everywhere(changes: Changes, slip: Slip, grown: bool, index: Index) -> Any:
    return value(_all(changes, slip.formula(index, grown)))


def _all(changes: Changes, x: Expr) -> Expr:
    """The formula with the first change at every place, from within."""
    if not isinstance(x, Op):
        return x
    inner = Op(x.kind, tuple(_all(changes, part) for part in x.args), x.label)
    return next((changed for changed, _ in changes(inner)), inner)


MISTAKES = tuple(
    Mistake(name, partial(_find, changes), refines=REFINES.get(name, ())) for name, changes in CHANGES.items()
)
