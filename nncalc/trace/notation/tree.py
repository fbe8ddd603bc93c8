"""Formulas as small trees: built with the simplifications of a person, evaluated as the number they stand for.

The functions that build trees (`add`, `times`, …) simplify what a person would not write down: `x·1`, `+ 0`,
`0 − x`, `−−x`, `x^1`, and written constants are folded. Numbers that come from the problem are never touched,
so a product with a padding zero stays on the page.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol, TypeGuard, TypeVar

from nncalc.trace.notation.functions import FUNCTIONS

Index = tuple[int, ...]
Worked = TypeVar("Worked")


class Named(Protocol):
    """What a formula may refer to: anything with a symbol and an array."""

    array: Any

    @property
    def symbol(self) -> str: ...


@dataclass(eq=False, slots=True)
class StandIn:
    """A number that stands in a formula for a part that was worked, or for an element that is another now."""

    array: Any
    symbol: str = ""


@dataclass(frozen=True, slots=True)
class Const:
    """A number that the formula itself writes (the 1 of 1 − s), not one of the problem's."""

    value: Fraction | float


@dataclass(frozen=True, slots=True)
class Ref:
    """One element of a named value, or with index None the whole of it."""

    value: Named
    index: Index | None

    @property
    def number(self) -> Any:
        """The element that it refers to."""
        return self.value.array[self.index] if self.index else self.value.array


@dataclass(frozen=True, slots=True)
class Op:
    """An operator of the table with its operands; `label` is the name of a function, a slice, an axis."""

    kind: str
    args: tuple[Expr, ...]
    label: str = ""


Expr = Const | Ref | Op

ZERO, ONE, TWO = Const(Fraction(0)), Const(Fraction(1)), Const(Fraction(2))


def const(value: float) -> Const:
    """A written constant, kept exact where its decimal notation is short (0.044715) or a fraction is meant (1/6)."""
    value = float(value)
    if not math.isfinite(value):
        return Const(value)
    if len(repr(value)) <= 10:
        return Const(Fraction(repr(value)))
    fraction = Fraction(value).limit_denominator(100)
    return Const(fraction if float(fraction) == value else value)


def add(*terms: Expr) -> Expr:
    """The sum of the terms; nested sums are one sum, written zeros vanish."""
    flat = [t for a in terms for t in (a.args if _is(a, "add") else (a,)) if type(t) is not Const or t.value]
    return flat[0] if len(flat) == 1 else Op("add", tuple(flat)) if flat else ZERO


def negative(x: Expr) -> Expr:
    """−x, where −−x is x and −(a − b) is b − a."""
    if isinstance(x, Const):
        return Const(-x.value)
    if _is(x, "negative"):
        return x.args[0]
    if _is(x, "add") and len(x.args) == 2 and _is(x.args[1], "negative") and not _is(x.args[0], "negative"):
        return Op("add", (x.args[1].args[0], negative(x.args[0])))
    return Op("negative", (x,))


def subtract(a: Expr, b: Expr) -> Expr:
    """a − b."""
    return add(a, negative(b))


def product(*factors: Expr, kind: str = "times") -> Expr:
    """The product: written constants are folded and stand first; 1 vanishes, a written 0 takes all with it."""
    if len(factors) == 2 and type(factors[0]) is type(factors[1]) is Ref:  # by far the most
        return Op(kind, factors)
    flat = [f for factor in factors for f in (factor.args if _is(factor, kind) else (factor,))]
    constant: Fraction | float = Fraction(1)
    rest: list[Expr] = []
    for f in flat:
        if _is(f, "negative"):
            constant = _product(constant, Fraction(-1))
            f = f.args[0]
        if isinstance(f, Const):
            constant = _product(constant, f.value)
        else:
            rest.extend(f.args if _is(f, kind) else (f,))
    if constant == 0 or not rest:
        return Const(constant)
    size = -constant if constant < 0 else constant
    if size != 1:
        rest.insert(0, Const(size))
    product = rest[0] if len(rest) == 1 else Op(kind, tuple(rest))
    return negative(product) if constant < 0 else product


def _product(a: Fraction | float, b: Fraction | float) -> Fraction | float:
    return a * b if isinstance(a, Fraction) and isinstance(b, Fraction) else float(a) * float(b)


def divide(a: Expr, b: Expr) -> Expr:
    """a / b; a written divisor is folded with the written factor of a."""
    if isinstance(b, Const) and b.value != 0:
        if b.value == 1:
            return a
        if isinstance(a, Const):
            return Const(a.value / b.value)
        if _is(a, "times") and isinstance(a.args[0], Const):
            return product(Const(a.args[0].value / b.value), *a.args[1:])
    if _is(a, "negative") or (isinstance(a, Const) and a.value < 0):
        return negative(divide(negative(a), b))
    return ZERO if a == ZERO else Op("divide", (a, b))


def power(base: Expr, exponent: Expr) -> Expr:
    """base to the exponent; the first power is the base."""
    if exponent == ONE:
        return base
    return ONE if exponent == ZERO else Op("power", (base, exponent))


def call(name: str, *args: Expr) -> Expr:
    """A function by its name in `FUNCTIONS`; the largest of one number is that number."""
    if name in ("max", "min") and len(args) == 1 and rank(args[0]) == 0:
        return args[0]
    return Op("call", args, name)


def transpose(x: Expr) -> Expr:
    """The transposed matrix; (Aᵀ)ᵀ is A and (A·B)ᵀ is Bᵀ·Aᵀ, but for a vector in front of B: (v·B)ᵀ."""
    if _is(x, "transpose"):
        return x.args[0]
    if _is(x, "matmul") and rank(x.args[0]) != 1:
        return Op("matmul", tuple(transpose(a) for a in reversed(x.args)))
    return x if isinstance(x, Const) else Op("transpose", (x,))


def matmul(a: Expr, b: Expr) -> Expr:
    """The matrix product of whole values."""
    return product(a, b) if isinstance(a, Const) or isinstance(b, Const) else product(a, b, kind="matmul")


EACH_ROW = "of each row"


def product_each_row(W: Expr, X: Expr) -> Expr:
    """W·x for every row x of X; the part t of it is W·X[t]."""
    return Op("matmul", (W, X), EACH_ROW)


ROW_TIMES = "row by row"


def product_row_times(X: Expr, W: Expr) -> Expr:
    """x·W for every row x of X; the part t of it is X[t]·W."""
    return Op("matmul", (X, W), ROW_TIMES)


def item(x: Expr, label: str) -> Expr:
    """A part of a whole value, named by what is written in the brackets: ln(s)[2] is ln(s[2])."""
    if isinstance(x, Op) and x.label == EACH_ROW:
        return matmul(x.args[0], item(x.args[1], label))
    if isinstance(x, Op) and x.label == ROW_TIMES:
        return matmul(item(x.args[0], label), x.args[1])
    pointwise = isinstance(x, Op) and (
        x.kind in ("negative", "add", "times", "divide", "power") or x.label in FUNCTIONS
    )
    if isinstance(x, Op) and pointwise:
        return Op(x.kind, tuple(item(a, label) if rank(a) else a for a in x.args), x.label)
    return Op("item", (x,), label)


AXIS_LETTERS = "ijklmn"


def along_axes(function: str, axes: Sequence[int], x: Expr, ndim: int) -> Expr:
    """A function that takes some axes of an array to one number each, by letters: Σ_j x[i,j]; of all axes a call."""
    if len(axes) == ndim:
        return call(function, x)
    return Op("along", (x,), f"{function} {''.join(AXIS_LETTERS[a] for a in axes)} {AXIS_LETTERS[:ndim]}")


def symbol(text: str) -> Expr:
    """A constant with a letter of its own, as I for the identity matrix."""
    return Op("symbol", (), text)


def compare(relation: str, a: Expr, b: Expr) -> Expr:
    """Iverson's bracket: 1 where the relation holds, else 0."""
    return Op("compare", (a, b), relation)


def _is(x: Expr, kind: str) -> TypeGuard[Op]:
    return isinstance(x, Op) and x.kind == kind


RELATIONS: dict[str, tuple[Callable[[float, float], bool], str]] = {
    ">": (lambda a, b: a > b, ">"), ">=": (lambda a, b: a >= b, r"\ge"), "<": (lambda a, b: a < b, "<"),
    "<=": (lambda a, b: a <= b, r"\le"), "=": (lambda a, b: a == b, "="),
}  # fmt: skip


# So deep a formula is worked by calling down it, which is the faster way; below that it needs no recursion.
DEEP = 100


def fold(x: Expr, worked: Callable[[Expr, list[Worked]], Worked], room: int = DEEP) -> Worked:
    """A formula from the inside out: `worked` is told each part and what came out for its operands."""
    if not isinstance(x, Op):
        return worked(x, [])
    if room:
        return worked(x, [fold(a, worked, room - 1) if isinstance(a, Op) else worked(a, []) for a in x.args])
    done: list[Worked] = []
    stack: list[tuple[Expr, bool]] = [(x, False)]
    while stack:
        part, ready = stack.pop()
        if not isinstance(part, Op):
            done.append(worked(part, []))
        elif not ready and part.args:
            stack.append((part, True))
            stack += [(a, False) for a in reversed(part.args)]
        else:
            count = len(part.args)
            done[len(done) - count :] = [worked(part, done[len(done) - count :])]
    return done[0]


def with_refs(x: Expr, exchange: Callable[[Ref], Expr]) -> Expr:
    """The formula with other references in it; it is written as it was, nothing is simplified."""

    def worked(part: Expr, args: list[Expr]) -> Expr:
        if isinstance(part, Op):
            return Op(part.kind, tuple(args), part.label)
        return exchange(part) if isinstance(part, Ref) else part

    return fold(x, worked)


def parts(x: Expr) -> int:
    """How many operators and operands a formula has."""
    return fold(x, lambda _, counts: 1 + sum(counts))


def middle(x: Expr) -> Sequence[Expr] | None:
    """The operands of the outermost operator, where writing down their values is a step of its own.

    6·1 + 9·(−1) is first 6 − 9, then −3; 2·3 is 6 at once.
    """
    if not isinstance(x, Op) or x.kind == "negative":
        return None
    return x.args if any(isinstance(a, Op) and not _signed_leaf(a) for a in x.args) else None


def _signed_leaf(x: Op) -> bool:
    return x.kind == "negative" and not isinstance(x.args[0], Op)


def rank(x: Expr) -> int:
    """0 for a number, else the number of axes of the whole value that the formula stands for."""
    return 0 if isinstance(x, Ref) and x.index is not None else fold(x, _rank)


def _rank(x: Expr, args: list[int]) -> int:
    if isinstance(x, Ref):
        return 0 if x.index is not None else int(getattr(x.value.array, "ndim", 0))
    return max(args, default=0)
