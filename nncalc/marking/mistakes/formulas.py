"""Mistakes in a formula: any formula's tree, changed in one place as students change it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from typing import Any

from nncalc.marking.closeness import same
from nncalc.marking.mistakes.slip import Candidate, Mistake, Slip, value
from nncalc.trace.notation import ONE, TWO, Const, Expr, Index, Op, Ref, const, evaluate
from nncalc.trace.numbers import number
from nncalc.trace.style import TEXT, numbers, symbols, write

Path = tuple[int, ...]
# A changed part, and in words what was done to it.
Change = tuple[Expr, str]
Changes = Callable[[Expr], Iterator[Change]]


def _said(x: Expr) -> str:
    return write(x, TEXT, symbols(TEXT))


def _is(x: Expr, *kinds: str) -> bool:
    return isinstance(x, Op) and x.kind in kinds


def _without(x: Op, k: int) -> Expr:
    rest = x.args[:k] + x.args[k + 1 :]
    return rest[0] if len(rest) == 1 else Op(x.kind, rest, x.label)


def _with(x: Op, k: int, part: Expr) -> Expr:
    return Op(x.kind, (*x.args[:k], part, *x.args[k + 1 :]), x.label)


def _bare(x: Expr) -> Expr:
    return x.args[0] if isinstance(x, Op) and x.kind == "negative" else x


def _negated(x: Expr) -> Expr:
    return x.args[0] if isinstance(x, Op) and x.kind == "negative" else Op("negative", (x,))


def term_left_out(x: Expr) -> Iterator[Change]:
    if isinstance(x, Op) and x.kind == "add":
        for k, term in enumerate(x.args):
            if not isinstance(term, Const):
                yield _without(x, k), f"{_said(_bare(term))} is left out"


def constant_left_out(x: Expr) -> Iterator[Change]:
    if isinstance(x, Op) and x.kind == "add":
        for k, term in enumerate(x.args):
            if isinstance(term, Const):
                rest = _without(x, k)
                yield rest, f"the {_said(term)} of {_said(x)} is left out"
                if _is(rest, "negative"):
                    yield _negated(rest), f"{_said(_negated(rest))} stands in place of {_said(x)}"


def sign_of_term(x: Expr) -> Iterator[Change]:
    if isinstance(x, Op) and x.kind == "add":
        for k, term in enumerate(x.args):
            yield _with(x, k, _negated(term)), f"the sign of {_said(_bare(term))} is turned round"


def minus_forgotten(x: Expr) -> Iterator[Change]:
    if isinstance(x, Op):
        for k, part in enumerate(x.args):
            if x.kind not in ("add", "negative") and isinstance(part, Op) and part.kind == "negative":
                yield _with(x, k, part.args[0]), f"the minus before {_said(part.args[0])} is forgotten"


def power_of_ten(x: Expr) -> Iterator[Change]:
    if isinstance(x, Op) and x.kind == "add":
        for k, term in enumerate(x.args):
            worked = evaluate(term)
            for power in (-2, -1, 1, 2):
                shifted = Op("times", (Const(Fraction(10) ** power), term))
                written = write(_bare(term), TEXT, numbers(), 6)
                yield _with(x, k, shifted), f"{written} is written as {number(abs(worked) * 10.0**power)}"


def factor_left_out(x: Expr) -> Iterator[Change]:
    if isinstance(x, Op) and x.kind == "times":
        for k, factor in enumerate(x.args):
            if not _is_power_of_ten(abs(evaluate(factor))):  # that is a misplaced point
                yield _without(x, k), f"the factor {_said(factor)} is left out"


def _is_power_of_ten(size: float) -> bool:
    return 0 < size < math.inf and size != 1 and math.isclose(math.log10(size), round(math.log10(size)), abs_tol=1e-12)


def mask_left_out(x: Expr) -> Iterator[Change]:
    if isinstance(x, Op) and x.kind == "times":
        for k, factor in enumerate(x.args):
            if _is(factor, "compare"):
                yield _without(x, k), f"the mask {_said(factor)} is left out"


def derivative_forgotten(x: Expr) -> Iterator[Change]:
    """Only what comes from upstream is kept of a product with a local derivative."""
    if isinstance(x, Op) and x.kind == "times":
        upstream = [a for a in x.args if isinstance(a, Ref) and "∂" in _said(a)]
        rest = [a for a in x.args if not any(a is u for u in upstream)]
        if len(upstream) == 1 and not all(_is(a, "compare") for a in rest):
            derivative = _said(rest[0] if len(rest) == 1 else Op("times", tuple(rest)))
            yield upstream[0], f"the derivative {derivative} is forgotten"


def divisor_left_out(x: Expr) -> Iterator[Change]:
    if isinstance(x, Op) and x.kind == "divide" and x.args[0] != ONE:
        yield x.args[0], f"it is not divided by {_said(x.args[1])}"


def turned_over(x: Expr) -> Iterator[Change]:
    if isinstance(x, Op) and x.kind == "divide":
        yield Op("divide", (x.args[1], x.args[0])), f"{_said(x.args[0])} and {_said(x.args[1])} change places"
    if isinstance(x, Op) and x.kind == "divide" and x.args[0] != ONE:
        yield Op("times", x.args), f"it is multiplied by {_said(x.args[1])}, not divided"


def divided_by_one_less(x: Expr) -> Iterator[Change]:
    if isinstance(x, Op) and x.kind == "divide" and isinstance(x.args[1], Const) and x.args[1].value > 2:
        fewer = Const(x.args[1].value - 1)
        yield Op("divide", (x.args[0], fewer)), f"it is divided by {_said(fewer)}, not {_said(x.args[1])}"


def root_left_out(x: Expr) -> Iterator[Change]:
    """Of a divisor √d only the root: d itself is divided by."""
    if isinstance(x, Op) and x.kind == "divide":
        divisor = x.args[1]
        if isinstance(divisor, Op) and divisor.label == "sqrt":
            yield _with(x, 1, divisor.args[0]), f"it is divided by {_said(divisor.args[0])}, not by its root"


def function_left_out(x: Expr) -> Iterator[Change]:
    if isinstance(x, Op) and x.kind == "call" and len(x.args) == 1:
        yield x.args[0], f"{x.label} is forgotten"


def _other(pairs: dict[str, tuple[str, ...]], words: str) -> Changes:
    def changes(x: Expr) -> Iterator[Change]:
        if isinstance(x, Op) and x.kind == "call":
            for other in pairs.get(x.label, ()):
                yield Op("call", x.args, other), words.format(right=x.label, wrong=other)

    return changes


def arctan_for_tanh(x: Expr) -> Iterator[Change]:
    if isinstance(x, Op) and x.label == "tanh":
        yield const(math.atan(evaluate(x.args[0]))), "the inverse tangent is taken for tanh"
        yield Op("call", x.args, "tan"), "tan is taken for tanh"


def degrees_for_radians(x: Expr) -> Iterator[Change]:
    if isinstance(x, Op) and x.label in ("sin", "cos", "tan"):
        turned = Op("times", (x.args[0], Const(math.pi / 180)))
        yield Op("call", (turned,), x.label), f"the calculator takes {_said(x.args[0])} in degrees"


def square_forgotten(x: Expr) -> Iterator[Change]:
    if isinstance(x, Op) and x.kind == "power" and x.args[1] == TWO:
        yield x.args[0], f"the square of {_said(x.args[0])} is forgotten"


def doubled_for_squared(x: Expr) -> Iterator[Change]:
    if isinstance(x, Op) and x.kind == "power" and x.args[1] == TWO:
        yield Op("times", (TWO, x.args[0])), f"{_said(x.args[0])} is doubled, not squared"


def minus_in_sigmoid(x: Expr) -> Iterator[Change]:
    if isinstance(x, Op) and x.label == "sigmoid":
        yield Op("call", (_negated(x.args[0]),), x.label), f"the minus before {_said(x.args[0])} is forgotten"


CHANGES: dict[str, Changes] = {
    "term left out": term_left_out,
    "constant left out": constant_left_out,
    "sign of a term": sign_of_term,
    "minus forgotten": minus_forgotten,
    "minus forgotten in the sigmoid": minus_in_sigmoid,
    "power of ten": power_of_ten,
    "factor left out": factor_left_out,
    "mask left out": mask_left_out,
    "derivative forgotten": derivative_forgotten,
    "divisor left out": divisor_left_out,
    "fraction turned over": turned_over,
    "divided by one less": divided_by_one_less,
    "root of the divisor left out": root_left_out,
    "function left out": function_left_out,
    "sigmoid for tanh": _other({"tanh": ("sigmoid",)}, "σ is taken for tanh"),
    "tanh for sigmoid": _other({"sigmoid": ("tanh",)}, "tanh is taken for σ"),
    "arctan for tanh": arctan_for_tanh,
    "another logarithm": _other({"ln": ("log10", "log2"), "log2": ("ln", "log10"), "log10": ("ln",)},
                                "the logarithm is {wrong}, not {right}"),
    "sine for cosine": _other({"sin": ("cos",), "cos": ("sin",)}, "{wrong} is taken for {right}"),
    "max for min": _other({"max": ("min",), "min": ("max",)}, "{wrong} is taken for {right}"),
    "rounded to the other side": _other({"floor": ("ceil",), "ceil": ("floor",)},
                                        "it is rounded the other way, not with {right}"),
    "degrees for radians": degrees_for_radians,
    "square forgotten": square_forgotten,
    "doubled for squared": doubled_for_squared,
}  # fmt: skip
REFINES = {
    "mask left out": ("factor left out",),
    "derivative forgotten": ("factor left out",),
    "root of the divisor left out": ("function left out",),
}


# A slip of one cell; all others are done to a whole line.
IN_ONE_CELL = (term_left_out, sign_of_term, minus_forgotten, power_of_ten, factor_left_out)


def _places(x: Expr, path: Path = ()) -> Iterator[tuple[Path, Expr]]:
    yield path, x
    if isinstance(x, Op):
        for k, part in enumerate(x.args):
            yield from _places(part, (*path, k))


def _at(x: Expr, path: Path) -> Expr | None:
    for k in path:
        if not isinstance(x, Op) or k >= len(x.args):
            return None
        x = x.args[k]
    return x


def _replaced(x: Expr, path: Path, part: Expr) -> Expr:
    if not path or not isinstance(x, Op):
        return part
    return _with(x, path[0], _replaced(x.args[path[0]], path[1:], part))


def _find(changes: Changes, slip: Slip) -> Iterator[Candidate]:
    """Every place of the first wrong cell's formula where this can be done; in other cells it is done there, too."""
    if not slip.wrong:
        return
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
                    yield Candidate(words, at, whole, far=grown and not whole)
                done += [known]
        everywhere = partial(_everywhere, changes, slip, grown)
        if whole and len(places) > 1 and not _among(everywhere(first), done):
            yield Candidate(f"{next(changes(places[0][1]))[1]}, and so everywhere", everywhere, True)


def _among(number: Any, others: list[Any]) -> bool:
    return any(same(other, number) for other in others)


def _changed(
    changes: Changes, slip: Slip, at: tuple[Path, int], first: tuple[Index, Any], grown: bool, index: Index
) -> Any:
    if index == first[0]:
        return first[1]
    x = slip.formula(index, grown)
    part = _at(x, at[0])
    changed = None if part is None else next((c for i, (c, _) in enumerate(changes(part)) if i == at[1]), None)
    return None if changed is None else value(_replaced(x, at[0], changed))


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
