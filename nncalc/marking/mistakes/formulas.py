"""Mistakes in a formula: it is changed in one place, or everywhere, as students change it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Any

from nncalc.marking.closeness import same
from nncalc.marking.mistakes import changes as c
from nncalc.marking.mistakes.changes import Change, Changes, with_part
from nncalc.marking.mistakes.slip import Candidate, Mistake, Slip, value
from nncalc.trace.notation.tree import Expr, Index, Op, parts

TreePath = tuple[int, ...]
# A place of a formula, whichever term of a sum it is in, and in words without cells what is done there.
Role = tuple[TreePath, str]
CELL = re.compile(r"\[[0-9,]+\]")
# In a formula of more parts than this no single one is looked for.
LONGEST_FORMULA = 300
# In place of the number of a term in its sum.
ANY_TERM = -1


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


def _find(changes: Changes, one_cell: bool, slip: Slip) -> Iterator[Candidate]:
    """Every place of the first wrong cell's formula where this can be done; in other cells it is done there, too."""
    if not slip.wrong or parts(slip.formula(slip.wrong[0], grown=False)) > LONGEST_FORMULA:
        return
    if slip.counts and changes is c.times_power_of_ten:
        return  # of whole numbers nobody misplaces a point
    first, whole = slip.wrong[0], not one_cell
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
                    yield Candidate(words, at, whole, far=grown and not whole, say=say, apart=whole)
                done += [known]
        for role in _roles(x, changes, places):
            at = partial(_in_every_term, changes, slip, role, grown)
            if not _among(at(first), done):
                yield Candidate(f"{role[1]} in every term", at, True)
        everywhere = partial(_everywhere, changes, slip, grown)
        if whole and len(places) > 1 and not _among(everywhere(first), done):
            yield Candidate(f"{next(changes(places[0][1]))[1]}, and so everywhere", everywhere, True)


def _roles(x: Expr, changes: Changes, places: list[tuple[TreePath, Expr]]) -> Iterator[Role]:
    """The changes that can be made in several terms of a sum in the same way, each once."""
    found: dict[Role, int] = {}
    for path, part in places:
        for _, words in changes(part):
            role = _role(x, path), CELL.sub("", words)
            found[role] = found.get(role, 0) + 1
    return (role for role, count in found.items() if count > 1 and ANY_TERM in role[0])


def _role(x: Expr, path: TreePath) -> TreePath:
    """Where a part stands, whichever term of a sum that is."""
    role: list[int] = []
    for k in path:
        if isinstance(x, Op):
            role.append(ANY_TERM if x.kind == "add" else k)
            x = x.args[k]
    return tuple(role)


def _in_every_term(changes: Changes, slip: Slip, role: Role, grown: bool, index: Index) -> Any:
    x = whole = slip.formula(index, grown)
    for path, part in _places(whole):
        if _role(whole, path) == role[0]:
            changed = next((new for new, words in changes(part) if CELL.sub("", words) == role[1]), None)
            x = x if changed is None else _replaced(x, path, changed)
    return value(x)


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


def _in_formula(name: str, changes: Changes, one_cell: bool = False, refines: tuple[str, ...] = ()) -> Mistake:
    """A row of the table; `one_cell`: a slip of one cell, where all others are done to a whole line."""
    return Mistake(name, partial(_find, changes, one_cell), refines=refines)


MISTAKES = (
    _in_formula("term left out", c.term_left_out, one_cell=True),
    _in_formula("constant left out", c.constant_left_out),
    _in_formula("sign of a term", c.sign_of_term, one_cell=True),
    _in_formula("minus forgotten", c.minus_forgotten, one_cell=True, refines=("another value",)),
    _in_formula("minus forgotten in the sigmoid", c.minus_in_sigmoid),
    _in_formula("power of ten", c.times_power_of_ten, one_cell=True),
    _in_formula("factor left out", c.factor_left_out, one_cell=True, refines=("power of ten",)),
    _in_formula("exponent left out", c.exponent_left_out, refines=("another time step",)),
    _in_formula("mask left out", c.mask_left_out, refines=("factor left out",)),
    _in_formula(
        "derivative forgotten",
        c.derivative_forgotten,
        refines=("factor left out", "term left out", "another time step", "constant left out"),
    ),
    _in_formula("another mask", c.another_mask),
    _in_formula("function of the whole product", c.function_outside),
    _in_formula("another activation", c.another_activation),
    _in_formula("brackets forgotten", c.brackets_forgotten),
    _in_formula("derivative of another function", c.derivative_of_another),
    _in_formula("ReLU forgotten", c.relu_forgotten, one_cell=True),
    _in_formula("divisor left out", c.divisor_left_out, refines=("function left out",)),
    _in_formula("fraction turned over", c.turned_over),
    _in_formula("divided by one less", c.divided_by_one_less),
    _in_formula("root of the divisor left out", c.root_left_out, refines=("function left out", "another scale")),
    _in_formula("function left out", c.function_left_out, refines=("value before its function", "another activation")),
    _in_formula("sigmoid for tanh", c.other({"tanh": ("sigmoid",)}, "σ is taken for tanh")),
    _in_formula("tanh for sigmoid", c.other({"sigmoid": ("tanh",)}, "tanh is taken for σ")),
    _in_formula("arctan for tanh", c.arctan_for_tanh),
    _in_formula(
        "another logarithm",
        c.other(
            {"ln": ("log10", "log2"), "log2": ("ln", "log10"), "log10": ("ln",)},
            "the logarithm is {wrong}, not {right}",
        ),
    ),
    _in_formula("sine for cosine", c.other({"sin": ("cos",), "cos": ("sin",)}, "{wrong} is taken for {right}")),
    _in_formula("max for min", c.other({"max": ("min",), "min": ("max",)}, "{wrong} is taken for {right}")),
    _in_formula(
        "rounded to the other side",
        c.other({"floor": ("ceil",), "ceil": ("floor",)}, "it is rounded the other way, not with {right}"),
    ),
    _in_formula("degrees for radians", c.degrees_for_radians),
    _in_formula("square forgotten", c.square_forgotten),
    _in_formula("doubled for squared", c.doubled_for_squared),
)
