"""Formulas as small trees, and how they are written: as text, as LaTeX, or as the number they stand for.

One table (`OPERATORS`) says for each operator how strongly it binds, how it is written and what it computes.
The functions that build trees (`add`, `times`, …) simplify what a person would not write down: `x·1`, `+ 0`,
`0 − x`, `−−x`, `x^1`, and written constants are folded. Numbers that come from the problem are never touched,
so a product with a padding zero stays on the page.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from nncalc.trace.numbers import number

Index = tuple[int, ...]


class Named(Protocol):
    """What a formula may refer to: anything with a symbol and an array."""

    array: Any

    @property
    def symbol(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Const:
    """A number that the formula itself writes (the 1 of 1 − s), not one of the problem's."""

    value: Fraction | float


@dataclass(frozen=True, slots=True)
class Ref:
    """One element of a named value, or with index None the whole of it."""

    value: Named
    index: Index | None


@dataclass(frozen=True, slots=True)
class Op:
    """An operator of the table with its operands; `label` is the name of a function, a slice, an axis."""

    kind: str
    args: tuple[Expr, ...]
    label: str = ""


Expr = Const | Ref | Op

ZERO, ONE, TWO = Const(Fraction(0)), Const(Fraction(1)), Const(Fraction(2))


def const(value: float) -> Const:
    """A written constant, kept exact where its decimal notation is (0.044715, 1/3 after folding)."""
    value = float(value)
    exact = math.isfinite(value) and len(repr(value)) <= 10
    return Const(Fraction(repr(value)) if exact else value)


# --- building, with the simplifications a person makes -------------------------------------------------------


def add(*terms: Expr) -> Expr:
    """The sum of the terms; nested sums are one sum, written zeros vanish."""
    flat = [t for term in terms for t in (term.args if _is(term, "add") else (term,)) if t != ZERO]
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


def times(*factors: Expr, kind: str = "times") -> Expr:
    """The product: written constants are folded and stand first; 1 vanishes, a written 0 takes all with it."""
    flat = [f for factor in factors for f in (factor.args if _is(factor, kind) else (factor,))]
    constant: Fraction | float = Fraction(1)
    rest: list[Expr] = []
    for f in flat:
        if _is(f, "negative"):
            constant, f = -constant, f.args[0]
        if isinstance(f, Const):
            constant = constant * f.value
        else:
            rest.extend(f.args if _is(f, kind) else (f,))
    if constant == 0 or not rest:
        return Const(constant)
    if abs(constant) != 1:
        rest.insert(0, Const(abs(constant)))
    product = rest[0] if len(rest) == 1 else Op(kind, tuple(rest))
    return negative(product) if constant < 0 else product


def divide(a: Expr, b: Expr) -> Expr:
    """a / b; a written divisor is folded with the written factor of a."""
    if isinstance(b, Const) and b.value != 0:
        if b.value == 1:
            return a
        if isinstance(a, Const):
            return Const(a.value / b.value)
        if _is(a, "times") and isinstance(a.args[0], Const):
            return times(Const(a.args[0].value / b.value), *a.args[1:])
    if _is(a, "negative") or (isinstance(a, Const) and a.value < 0):
        return negative(divide(negative(a), b))
    return ZERO if a == ZERO else Op("divide", (a, b))


def power(base: Expr, exponent: Expr) -> Expr:
    """base to the exponent; the first power is the base."""
    if exponent == ONE:
        return base
    return ONE if exponent == ZERO else Op("power", (base, exponent))


def call(name: str, *args: Expr) -> Expr:
    """A function by its name in `FUNCTIONS`."""
    return Op("call", args, name)


def transpose(x: Expr) -> Expr:
    """The transposed matrix; (Aᵀ)ᵀ is A and (A·B)ᵀ is Bᵀ·Aᵀ."""
    if _is(x, "transpose"):
        return x.args[0]
    if _is(x, "matmul"):
        return Op("matmul", tuple(transpose(a) for a in reversed(x.args)))
    return x if isinstance(x, Const) else Op("transpose", (x,))


def matmul(a: Expr, b: Expr) -> Expr:
    """The matrix product of whole values."""
    return times(a, b) if isinstance(a, Const) or isinstance(b, Const) else times(a, b, kind="matmul")


def item(x: Expr, label: str) -> Expr:
    """A part of a whole value, named by what is written in the brackets: ln(s)[2] is ln(s[2])."""
    pointwise = isinstance(x, Op) and (x.kind in ("negative", "add", "times", "divide", "power") or x.label in FUNCTIONS)
    if isinstance(x, Op) and pointwise:
        return Op(x.kind, tuple(item(a, label) if rank(a) else a for a in x.args), x.label)
    return Op("item", (x,), label)


def symbol(text: str) -> Expr:
    """A constant with a letter of its own, as I for the identity matrix."""
    return Op("symbol", (), text)


def compare(relation: str, a: Expr, b: Expr) -> Expr:
    """Iverson's bracket: 1 where the relation holds, else 0."""
    return Op("compare", (a, b), relation)


def _is(x: Expr, kind: str) -> bool:
    return isinstance(x, Op) and x.kind == kind


# --- the table -----------------------------------------------------------------------------------------------


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def _one(x: float) -> float:
    return x


FUNCTIONS: dict[str, tuple[Callable[..., float], str]] = {
    "exp": (math.exp, r"\exp"), "ln": (math.log, r"\ln"), "log2": (math.log2, r"\log_2"),
    "log10": (math.log10, r"\log_{10}"), "sqrt": (math.sqrt, ""), "sin": (math.sin, r"\sin"),
    "cos": (math.cos, r"\cos"), "tan": (math.tan, r"\tan"), "sinh": (math.sinh, r"\sinh"),
    "cosh": (math.cosh, r"\cosh"), "tanh": (math.tanh, r"\tanh"), "floor": (math.floor, ""),
    "abs": (abs, ""), "max": (max, r"\max"), "min": (min, r"\min"), "sigmoid": (_sigmoid, r"\sigma"),
    "relu": (lambda x: max(x, 0.0), r"\operatorname{ReLU}"),
    "sign": (lambda x: math.copysign(1.0, x) if x else 0.0, r"\operatorname{sign}"),
    "value": (_one, ""),
}  # fmt: skip

RELATIONS: dict[str, tuple[Callable[[float, float], bool], str]] = {
    ">": (lambda a, b: a > b, ">"), ">=": (lambda a, b: a >= b, r"\ge"), "<": (lambda a, b: a < b, "<"),
    "<=": (lambda a, b: a <= b, r"\le"), "=": (lambda a, b: a == b, "="),
}  # fmt: skip

# How strongly each kind binds: a weaker operand of a stronger operator is put in parentheses.
BINDS = {"add": 1, "negative": 2, "times": 3, "matmul": 3, "divide": 3, "power": 5, "transpose": 5}
ATOM = 9


def evaluate(x: Expr) -> float:
    """The number that a formula of elements stands for (whole values have none)."""
    if isinstance(x, Const):
        return float(x.value)
    if isinstance(x, Ref):
        return float(x.value.array[x.index] if x.index else x.value.array)
    args = [evaluate(a) for a in x.args]
    if x.kind == "call":
        return float(FUNCTIONS[x.label][0](*args))
    if x.kind == "compare":
        return float(RELATIONS[x.label][0](*args))
    return float(_ARITHMETIC[x.kind](args))


_ARITHMETIC: dict[str, Callable[[list[float]], float]] = {
    "add": math.fsum,
    "negative": lambda a: -a[0],
    "times": math.prod,
    "divide": lambda a: a[0] / a[1],
    "power": lambda a: a[0] ** a[1],
}


# --- writing -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Style:
    """How operators, symbols and numbers are put into characters: one for text, one for LaTeX."""

    dot: str
    hadamard: str
    plus: str
    minus: str
    symbol: Callable[[str, str], str]
    parentheses: tuple[str, str]
    op: Callable[[Op, list[str]], str]


Leaf = Callable[[Ref], str]


def write(x: Expr, style: Style, leaf: Leaf, digits: int = 6) -> str:
    """The formula in a style; `leaf` says how an element is written (its symbol, or its number)."""
    return _opened(x, _write(x, style, leaf, digits)[0], style)


def symbols(style: Style) -> Leaf:
    """Elements by their symbols: W1[1,2]."""
    return lambda ref: style.symbol(ref.value.symbol, "" if not ref.index else ",".join(str(i + 1) for i in ref.index))


def numbers(digits: int = 6) -> Leaf:
    """Elements by their numbers; a whole value by its symbol."""
    return lambda ref: number(ref.value.array[ref.index] if ref.index else ref.value.array, digits)


def _write(x: Expr, style: Style, leaf: Leaf, digits: int) -> tuple[str, int]:
    """The characters and how strongly they bind."""
    if isinstance(x, Const):
        return _constant(x.value, digits)
    if isinstance(x, Ref):
        text = leaf(x)
        return text, BINDS["negative"] if text.startswith("-") else ATOM
    parts = [_write(a, style, leaf, digits) for a in x.args]
    if x.kind == "add":
        return _sum(x, parts, style), BINDS["add"]
    if x.kind == "negative":
        return style.minus + _closed(parts[0], BINDS["times"], style), BINDS["negative"]
    if x.kind in ("times", "matmul"):
        joint = style.hadamard if x.kind == "times" and sum(rank(a) > 0 for a in x.args) > 1 else style.dot
        return joint.join(_closed(p, BINDS["times"], style) for p in parts), BINDS["times"]
    bare = x.kind in ("call", "compare", "item") or (style is LATEX and x.kind == "divide")
    operands = [p[0] if bare else _closed(p, BINDS[x.kind] + 1, style) for p in parts]
    if x.kind == "item":
        operands = [_closed(p, ATOM, style) for p in parts]
    if style is LATEX and x.kind == "power":
        operands[1] = parts[1][0]
    if style is TEXT and x.kind == "divide":
        operands[0] = _closed(parts[0], BINDS["times"], style)
    return style.op(x, operands), BINDS.get(x.kind, ATOM)


def _opened(x: Expr, text: str, style: Style) -> str:
    """A product that begins a line needs no parentheses around its first number: -0.3·0.5."""
    left, right = style.parentheses
    if _is(x, "times") and not isinstance(x.args[0], Op) and text.startswith(left + "-"):
        return text[len(left) :].replace(right, "", 1)
    return text


def _constant(value: Fraction | float, digits: int) -> tuple[str, int]:
    if isinstance(value, Fraction):
        if 1 < value.denominator < 1000 and Fraction(repr(float(value))) != value:
            return f"{value.numerator}/{value.denominator}", BINDS["divide"]
    text = number(float(value), max(digits, 10) if isinstance(value, Fraction) else digits)
    return text, BINDS["negative"] if text.startswith("-") else ATOM


def _sum(x: Op, parts: list[tuple[str, int]], style: Style) -> str:
    out = ""
    for term, (text, binds) in zip(x.args, parts, strict=True):
        leaf = isinstance(term, (Const, Ref))
        minus = _is(term, "negative") or (leaf and text.startswith("-"))
        if minus:
            text = text.removeprefix(style.minus).removeprefix("-")
        elif binds == BINDS["negative"] or (out and text.startswith("-")):
            text = _closed((text, 0), ATOM, style)
        if not out:
            text = _opened(term, text, style)
            out = (style.minus if minus else "") + text
        else:
            out += (f" {style.minus} " if minus else f" {style.plus} ") + text
    return out


def _closed(part: tuple[str, int], at_least: int, style: Style) -> str:
    text, binds = part
    return text if binds >= at_least else style.parentheses[0] + text + style.parentheses[1]


def rank(x: Expr) -> int:
    """0 for a number, else the number of axes of the whole value that the formula stands for."""
    if isinstance(x, Ref):
        return 0 if x.index is not None else int(getattr(x.value.array, "ndim", 0))
    return max((rank(a) for a in x.args), default=0) if isinstance(x, Op) else 0


def _text_op(x: Op, parts: list[str]) -> str:
    match x.kind:
        case "divide":
            return f"{parts[0]}/{parts[1]}" if all(len(p) < 12 for p in parts) else f"{parts[0]} / {parts[1]}"
        case "power":
            return f"{parts[0]}²" if x.args[1] == TWO else f"{parts[0]}^{parts[1]}"
        case "transpose":
            return f"{parts[0]}ᵀ"
        case "item":
            return f"{parts[0]}[{x.label}]"
        case "symbol":
            return x.label
        case "compare":
            return f"[{parts[0]} {x.label} {parts[1]}]"
        case _:
            return f"{'σ' if x.label == 'sigmoid' else x.label}({', '.join(parts)})"


def _latex_op(x: Op, parts: list[str]) -> str:
    match x.kind:
        case "divide":
            return rf"\frac{{{parts[0]}}}{{{parts[1]}}}"
        case "power":
            return f"{{{parts[0]}}}^{{{parts[1]}}}"
        case "transpose":
            return f"{{{parts[0]}}}^{{\\top}}"
        case "item":
            return f"{{{parts[0]}}}_{{[{x.label}]}}"
        case "symbol":
            return x.label
        case "compare":
            return rf"\left[{parts[0]} {RELATIONS[x.label][1]} {parts[1]}\right]"
    if x.label == "sqrt":
        return rf"\sqrt{{{parts[0]}}}"
    if x.label in ("floor", "abs"):
        left, right = (r"\lfloor", r"\rfloor") if x.label == "floor" else ("|", "|")
        return rf"\left{left} {parts[0]} \right{right}"
    known = FUNCTIONS.get(x.label, (None, ""))[1] or rf"\operatorname{{{x.label.replace('_', ' ')}}}"
    return rf"{known}\left({', '.join(parts)}\right)"


def pretty(name: str) -> str:
    """A step's name as the page shows it: dL/dW1 is ∂L/∂W1, with its section in front (t1.∂L/∂h)."""
    section, dot, local = name.rpartition(".")
    above, slash, below = local.partition("/d")
    shown = f"∂{above[1:]}/∂{below}" if slash and above.startswith("d") else local
    return section + dot + shown


def _text_symbol(name: str, index: str) -> str:
    return pretty(name) + (f"[{index}]" if index else "")


def _latex_symbol(name: str, index: str) -> str:
    section, _, local = name.rpartition(".")
    above, slash, below = local.partition("/d")
    body = (
        rf"\frac{{\partial {_latex_name(above[1:])}}}{{\partial {_latex_name(below)}}}"
        if slash and above.startswith("d")
        else _latex_name(local)
    )
    upper = rf"^{{({_escaped(section)})}}" if section else ""
    lower = rf"_{{[{index}]}}" if index else ""
    return f"{{{body}}}{upper}{lower}" if upper or lower else body


GREEK = {"alpha", "beta", "gamma", "delta", "eps", "lambda", "mu", "sigma", "theta"}


def _latex_name(name: str) -> str:
    """W_xi is W with index xi, a1 is a with index 1, x_hat carries its hat."""
    stem, _, lower = name.partition("_")
    if lower == "hat":
        return rf"\hat{{{stem}}}"
    letters = stem.rstrip("0123456789")
    lower = ",".join(part for part in (stem[len(letters) :], lower) if part)
    if letters in GREEK:
        letters = "\\" + {"eps": "epsilon"}.get(letters, letters)
    elif len(letters) > 1:
        letters = rf"\mathit{{{_escaped(letters)}}}"
    return f"{letters}_{{{_escaped(lower)}}}" if lower else letters


def _escaped(name: str) -> str:
    return name.replace("_", r"\_")


TEXT = Style("·", "∘", "+", "-", _text_symbol, ("(", ")"), _text_op)
LATEX = Style(r" \cdot ", r" \circ ", "+", "-", _latex_symbol, (r"\left(", r"\right)"), _latex_op)


def middle(x: Expr) -> Sequence[Expr] | None:
    """The operands of the outermost operator, where writing down their values is a step of its own.

    6·1 + 9·(−1) is first 6 − 9, then −3; 2·3 is 6 at once.
    """
    if not isinstance(x, Op) or x.kind == "negative":
        return None
    return x.args if any(isinstance(a, Op) and not _signed_leaf(a) for a in x.args) else None


def _signed_leaf(x: Op) -> bool:
    return x.kind == "negative" and not isinstance(x.args[0], Op)
