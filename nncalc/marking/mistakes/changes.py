"""What students do to a formula: each change as a small rewriting of its tree, with the words for it.

Every function is given a part of a formula and yields what could be written in its place, and what was done.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction

from nncalc.trace.name import StepName
from nncalc.trace.notation.evaluation import evaluate
from nncalc.trace.notation.numbers import number
from nncalc.trace.notation.style import TEXT, substituted, symbols, write
from nncalc.trace.notation.tree import ONE, TWO, ZERO, Const, Expr, Op, Ref, const

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


def with_part(x: Op, k: int, part: Expr) -> Expr:
    return Op(x.kind, (*x.args[:k], part, *x.args[k + 1 :]), x.label)


def _bare(x: Expr) -> Expr:
    return x.args[0] if isinstance(x, Op) and x.kind == "negative" else x


def _negated(x: Expr) -> Expr:
    return x.args[0] if isinstance(x, Op) and x.kind == "negative" else Op("negative", (x,))


def term_left_out(x: Expr) -> Iterator[Change]:
    if isinstance(x, Op) and x.kind == "add":
        for k, term in enumerate(x.args):
            if not isinstance(term, Const) and not isinstance(_without(x, k), Const):  # who writes 1 for 1 - a
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
            yield with_part(x, k, _negated(term)), f"the sign of {_said(_bare(term))} is turned round"


def minus_forgotten(x: Expr) -> Iterator[Change]:
    if isinstance(x, Op):
        for k, part in enumerate(x.args):
            if x.kind not in ("add", "negative") and isinstance(part, Op) and part.kind == "negative":
                yield with_part(x, k, part.args[0]), f"the minus before {_said(part.args[0])} is forgotten"


def times_power_of_ten(x: Expr) -> Iterator[Change]:
    if isinstance(x, Op) and x.kind == "add":
        for k, term in enumerate(x.args):
            worked = evaluate(term)
            for power in (-2, -1, 1, 2):
                shifted = Op("times", (Const(Fraction(10) ** power), term))
                written = write(_bare(term), TEXT, substituted(TEXT), 6)
                yield with_part(x, k, shifted), f"{written} is written as {number(abs(worked) * 10.0**power)}"


def factor_left_out(x: Expr) -> Iterator[Change]:
    if isinstance(x, Op) and x.kind == "times":
        for k, factor in enumerate(x.args):
            # Of a number in an array that is a misplaced point; a rate of 0.1 is left out.
            alone = isinstance(factor, Const) or (isinstance(factor, Ref) and not factor.index)
            if alone or not _is_power_of_ten(abs(evaluate(factor))):
                yield _without(x, k), f"the factor {_said(factor)} is left out"


def _is_power_of_ten(size: float) -> bool:
    return 0 < size < math.inf and size != 1 and math.isclose(math.log10(size), round(math.log10(size)), abs_tol=1e-12)


def mask_left_out(x: Expr) -> Iterator[Change]:
    if isinstance(x, Op) and x.kind == "times":
        for k, factor in enumerate(x.args):
            if _is(factor, "compare"):
                yield _without(x, k), f"the mask {_said(factor)} is left out"


def another_mask(x: Expr) -> Iterator[Change]:
    """The wrong cells are masked, or z, a, or the derivative of σ stands where [z > 0] should."""
    if not isinstance(x, Op) or x.kind != "times":
        return
    for k, mask in enumerate(x.args):
        if isinstance(mask, Op) and mask.kind == "compare":
            z, where = mask.args[0], _said(mask)
            a, sigmoid = Op("call", (ZERO, z), "max"), Op("call", (z,), "sigmoid")
            yield with_part(x, k, Op("add", (ONE, _negated(mask)))), f"the mask {where} is turned round"
            yield with_part(x, k, z), f"{_said(z)} is taken for the mask {where}"
            yield with_part(x, k, a), f"the ReLU of {_said(z)} is taken for the mask {where}"
            for one in (sigmoid, a):
                slope = Op("times", (one, Op("add", (ONE, _negated(one)))))
                yield with_part(x, k, slope), f"the derivative of σ is taken for the mask {where}"


def function_outside(x: Expr) -> Iterator[Change]:
    """o·tanh(c) as tanh(o·c)."""
    if not isinstance(x, Op) or x.kind != "times":
        return
    for k, factor in enumerate(x.args):
        if isinstance(factor, Op) and factor.kind == "call" and len(factor.args) == 1:
            inside = Op("times", (*x.args[:k], factor.args[0], *x.args[k + 1 :]))
            yield Op("call", (inside,), factor.label), f"{factor.label} is taken of the whole product {_said(inside)}"


def another_activation(x: Expr) -> Iterator[Change]:
    if isinstance(x, Op) and x.label == "max" and len(x.args) == 2 and x.args[0] == ZERO:
        yield Op("call", (x.args[1],), "sigmoid"), "σ is taken for ReLU"
        yield Op("call", (x.args[1],), "tanh"), "tanh is taken for ReLU"
    if isinstance(x, Op) and x.label in ("sigmoid", "tanh"):
        yield Op("call", (ZERO, x.args[0]), "max"), f"ReLU is taken for {'σ' if x.label == 'sigmoid' else x.label}"


def derivative_forgotten(x: Expr) -> Iterator[Change]:
    """Only what comes from upstream is kept of a product with a local derivative."""
    if isinstance(x, Op) and x.kind == "times":
        upstream = [a for a in x.args if isinstance(a, Ref) and StepName.parse(a.value.symbol).is_gradient]
        rest = [a for a in x.args if not any(a is u for u in upstream)]
        if len(upstream) == 1 and not all(_is(a, "compare") or isinstance(a, Const) for a in rest):
            derivative = _said(rest[0] if len(rest) == 1 else Op("times", tuple(rest)))
            yield upstream[0], f"the derivative {derivative} is forgotten"


def brackets_forgotten(x: Expr) -> Iterator[Change]:
    """(a + b)·c as a + b·c, or as a·c + b."""
    if isinstance(x, Op) and x.kind == "times":
        for k, factor in enumerate(x.args):
            if isinstance(factor, Op) and factor.kind == "add" and len(factor.args) == 2:
                first, last = factor.args
                others = x.args[:k] + x.args[k + 1 :]
                words = f"the brackets of {_said(x)} are forgotten"
                yield Op("add", (first, Op("times", (last, *others)))), words
                yield Op("add", (Op("times", (first, *others)), last)), words


def derivative_of_another(x: Expr) -> Iterator[Change]:
    """1 - a² of tanh as a·(1 - a) of σ, and the other way round."""
    if isinstance(x, Op) and x.kind == "add" and len(x.args) == 2 and x.args[0] == ONE:
        square = _bare(x.args[1])
        if isinstance(square, Op) and square.kind == "power" and square.args[1] == TWO:
            a = square.args[0]
            yield (
                Op("times", (a, Op("add", (ONE, _negated(a))))),
                f"the derivative of σ is taken, {_said(a)}·(1 - {_said(a)})",
            )
    if isinstance(x, Op) and x.kind == "times":
        for k, factor in enumerate(x.args):
            if isinstance(factor, Op) and factor.kind == "add" and len(factor.args) == 2 and factor.args[0] == ONE:
                a = _bare(factor.args[1])
                twin = next((j for j, other in enumerate(x.args) if j != k and _said(other) == _said(a)), None)
                if twin is not None:
                    tanh = Op("add", (ONE, Op("negative", (Op("power", (a, TWO)),))))
                    rest = tuple(f for j, f in enumerate(x.args) if j not in (k, twin))
                    yield (
                        Op("times", (*rest, tanh)) if rest else tanh,
                        f"the derivative of tanh is taken, 1 - {_said(a)}²",
                    )


def relu_forgotten(x: Expr) -> Iterator[Change]:
    if isinstance(x, Op) and x.label == "max" and len(x.args) == 2 and x.args[0] == ZERO:
        yield x.args[1], "ReLU is forgotten"
        yield Op("call", (x.args[1],), "abs"), "the absolute value is taken, not ReLU"
        leaky = Op("times", (Const(Fraction(1, 100)), x.args[1]))
        yield Op("call", (leaky, x.args[1]), "max"), "leaky ReLU is taken, not ReLU"


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
            yield with_part(x, 1, divisor.args[0]), f"it is divided by {_said(divisor.args[0])}, not by its root"


def function_left_out(x: Expr) -> Iterator[Change]:
    if isinstance(x, Op) and x.kind == "call" and len(x.args) == 1:
        yield x.args[0], f"{x.label} is forgotten"


def other(pairs: dict[str, tuple[str, ...]], words: str) -> Changes:
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
    if isinstance(x, Op) and x.label in ("sin", "cos", "tan", "tanh"):
        turned = Op("times", (x.args[0], Const(math.pi / 180)))
        yield Op("call", (turned,), x.label), f"the calculator takes {_said(x.args[0])} in degrees"


def square_forgotten(x: Expr) -> Iterator[Change]:
    if isinstance(x, Op) and x.kind == "power" and x.args[1] == TWO:
        yield x.args[0], f"the square of {_said(x.args[0])} is forgotten"


def exponent_left_out(x: Expr) -> Iterator[Change]:
    if isinstance(x, Op) and x.kind == "power" and x.args[1] != TWO:
        yield x.args[0], f"the exponent of {_said(x)} is left out"


def doubled_for_squared(x: Expr) -> Iterator[Change]:
    if isinstance(x, Op) and x.kind == "power" and x.args[1] == TWO:
        yield Op("times", (TWO, x.args[0])), f"{_said(x.args[0])} is doubled, not squared"


def minus_in_sigmoid(x: Expr) -> Iterator[Change]:
    if isinstance(x, Op) and x.label == "sigmoid":
        yield Op("call", (_negated(x.args[0]),), x.label), f"the minus before {_said(x.args[0])} is forgotten"
