"""Mistakes in what a formula is fed with: another value, another step, a matrix the wrong way round."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from nncalc.marking.mistakes.slip import Candidate, Mistake, Slip, value
from nncalc.trace.name import StepName, in_section
from nncalc.trace.notation.style import TEXT
from nncalc.trace.notation.tree import Const, Expr, Index, Ref, with_refs
from nncalc.trace.value import Value

# More names than this in one formula are not exchanged pair by pair.
MOST_NAMES = 10
# Of more matrices in one formula not every two are taken the wrong way round.
MOST_TURNED = 4
STEP = re.compile(r"(.*?[a-z]+)([0-9]+)")
# What is added to a value makes another of it; anything else is done to it.
SUMS = ("add", "subtract", "multiply")
Exchange = Callable[[Ref], Ref]


def _said(named: Any) -> str:
    return TEXT.symbol(named.symbol, "")


def _refs(x: Expr) -> dict[int, Ref]:
    """One reference to each named value in a formula."""
    if isinstance(x, Ref):
        return {id(x.value): x}
    found: dict[int, Ref] = {}
    for part in () if isinstance(x, Const) else x.args:
        found |= {k: v for k, v in _refs(part).items() if k not in found}
    return found


def _fed(x: Expr, exchange: Exchange) -> Expr:
    """The formula with its references to elements exchanged."""
    return with_refs(x, lambda ref: ref if ref.index is None else exchange(ref))


def _candidate(words: str, slip: Slip, grown: bool, exchange: Exchange) -> Candidate:
    def at(index: Index) -> Any:
        try:
            return value(_fed(slip.formula(index, grown), exchange))
        except IndexError:
            return None

    return Candidate(words, at, whole=True, apart=True)


def _names(slip: Slip, grown: bool) -> list[Any]:
    """The named values in the formula of the first wrong cell."""
    if not slip.wrong:
        return []
    return [ref.value for ref in _refs(slip.formula(slip.wrong[0], grown)).values() if isinstance(ref.value, Value)]


def _shape(named: Any) -> tuple[int, ...]:
    return np.shape(named.array)


def exchanged(slip: Slip, grown: bool) -> Iterator[Candidate]:
    """Two values of one shape change places: i and f in the cell state."""
    names, seen = _names(slip, grown), list[Any]()
    for a, b in combinations(names, 2) if len(names) <= MOST_NAMES else ():
        if _shape(a) == _shape(b) and _place(slip, a) == _place(slip, b):
            swap = {id(a): b, id(b): a}
            candidate = _candidate(f"{_said(a)} and {_said(b)} change places", slip, grown, partial(_other, swap))
            comes_to = candidate.at(slip.wrong[0])
            if not any(comes_to == other for other in seen):  # f·c + i·g: c and g for each other are i and f
                seen.append(comes_to)
                yield candidate


def _place(slip: Slip, named: Any) -> tuple[bool, str]:
    """What is exchanged stands together: two steps of a section, or two values of the problem."""
    return named.name in slip.steps, StepName.parse(named.name).section


def _other(others: dict[int, Any], ref: Ref) -> Ref:
    return Ref(others.get(id(ref.value), ref.value), ref.index)


def transposed_argument(slip: Slip, grown: bool) -> Iterator[Candidate]:
    """A matrix is taken the wrong way round, or two are, or all."""
    matrices = [named for named in _names(slip, grown) if len(_shape(named)) == 2 and min(_shape(named)) > 1]
    pairs = list(combinations(matrices, 2)) if len(matrices) <= MOST_TURNED else []
    for some in [*((one,) for one in matrices), *pairs, *([matrices] if len(matrices) > 2 else [])]:
        words = f"rows and columns of {' and '.join(map(_said, some))} are swapped"
        yield _candidate(words, slip, grown, partial(_turned, {id(named) for named in some}))


def _turned(matrices: set[int], ref: Ref) -> Ref:
    if id(ref.value) not in matrices or ref.index is None:
        return ref
    if any(i >= n for i, n in zip(ref.index[::-1], _shape(ref.value), strict=True)):
        raise IndexError
    return Ref(ref.value, ref.index[::-1])


def another_step(slip: Slip, grown: bool) -> Iterator[Candidate]:
    """The same value of an earlier or later step: h of two steps ago, or the initial one."""
    for named in _names(slip, grown):
        for other in _relatives(slip, named):
            yield _candidate(
                f"{_said(other)} is taken for {_said(named)}", slip, grown, partial(_other, {id(named): other})
            )


def all_one_step_later(slip: Slip, grown: bool) -> Iterator[Candidate]:
    """Of a sum over time every value is that of the next step: h_t for h_(t-1)."""
    later = {id(named): other for named in _names(slip, grown) if (other := _next(slip, named)) is not None}
    bases = {_base(named) for named in _names(slip, grown) if id(named) in later}
    for base in sorted(bases) if slip.called.is_gradient else []:
        some = {key: other for key, other in later.items() if _in_a_step(other, base)}
        if len(some) > 1:
            yield _candidate(f"{base}_t is taken for {base}_(t-1)", slip, grown, partial(_other, some))


def _next(slip: Slip, named: Any) -> Any:
    """The value of the next step; of an initial one, of the first."""
    return next(_like(slip, named, [_at_step(named, 1) or in_section("t1", _base(named))]), None)


def _relatives(slip: Slip, named: Any) -> Iterator[Any]:
    """The values of the steps before and after, and the initial one."""
    name = StepName.parse(named.name)
    names = [text for d in (-1, 1) if (text := _at_step(named, d))]
    if name.section or named.name in slip.steps:
        names += [f"{name.local}_0", name.local] if name.section else [f"{name.local}_0"]
    elif name.local.endswith("_0"):
        names.append(in_section("t1", _base(named)))
    return _like(slip, named, names)


def _at_step(named: Any, later: int) -> str:
    """The name that a value has so many steps later: t3.h for t2.h; none where it stands in no step."""
    name = StepName.parse(named.name)
    matched = STEP.fullmatch(name.section)
    return in_section(f"{matched[1]}{int(matched[2]) + later}", name.local) if matched else ""


def _base(named: Any) -> str:
    """What a value is called at every step: h for t2.h and for the initial h_0."""
    return StepName.parse(named.name).local.removesuffix("_0")


def _in_a_step(named: Any, base: str) -> bool:
    name = StepName.parse(named.name)
    return bool(name.section) and name.local == base


def _like(slip: Slip, named: Any, names: Iterable[str]) -> Iterator[Any]:
    """Those of the names that are values of the same shape, and none that were worked from this line."""
    for name in names:
        found = slip.steps[name].value if name in slip.steps else slip.trace.given.get(name)
        if found is not None and _shape(found) == _shape(named) and not slip.comes_after(found):
            yield found


def another_value(slip: Slip, grown: bool) -> Iterator[Candidate]:
    """A value that stands beside the right one: another gate's, K for V, ∂L/∂a for ∂L/∂z."""
    for named in _names(slip, grown):
        if named.name not in slip.steps:
            continue
        beside = [step.value for step in slip.steps.values() if step.section == slip.steps[named.name].section]
        for other in beside:
            alike = other is not named and _shape(other) == _shape(named) and not slip.comes_after(other)
            if alike and not (any(other is arg for arg in named.args) and _is_before(named, other)):
                words = f"{_said(other)} is taken for {_said(named)}"
                yield _candidate(words, slip, grown, partial(_other, {id(named): other}))


def updated_weights(slip: Slip, grown: bool) -> Iterator[Candidate]:
    """The weights after the update, in the backward pass."""
    for named in _names(slip, grown) if slip.called.is_gradient else []:
        step = slip.steps.get(f"{named.name}_new")
        if step is not None and _shape(step.value) == _shape(named) and not slip.comes_after(step.value):
            words = f"the updated {_said(step)} is taken for {_said(named)}"
            yield _candidate(words, slip, grown, partial(_other, {id(named): step.value}))


def uncorrected(slip: Slip, grown: bool) -> Iterator[Candidate]:
    """A value with a hat, a square root or an activation, before it got that."""
    for named in _names(slip, grown):
        for arg in named.args:
            if _is_before(named, arg):
                words = f"{_said(arg)} is taken for {_said(named)}"
                yield _candidate(words, slip, grown, partial(_other, {id(named): arg}))


def _is_before(named: Any, arg: Any) -> bool:
    """Whether a value is the only one that another was made from, by something done to it."""
    made_from = [a for a in named.args if isinstance(a, Value) and a.name and _shape(a) == _shape(named)]
    alone = len(made_from) == 1 and made_from[0] is arg
    return alone and named.rule is not None and named.rule.name not in SUMS


def _both(find: Callable[[Slip, bool], Iterator[Candidate]], slip: Slip) -> Iterator[Candidate]:
    """In the formula as it stands, then written out through the lines that are not on the sheet."""
    yield from find(slip, False)
    yield from find(slip, True)


MISTAKES = tuple(
    Mistake(name, partial(_both, find))
    for name, find in (
        ("two values exchanged", exchanged),
        ("matrix transposed", transposed_argument),
        ("another time step", another_step),
        ("all one step later", all_one_step_later),
        ("updated weights", updated_weights),
        ("value before its function", uncorrected),
        ("another value", another_value),
    )
)
