"""How a formula is put into characters: one style for text, one for LaTeX, both from the same tree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from nncalc.trace.notation.functions import FUNCTIONS
from nncalc.trace.notation.numbers import number
from nncalc.trace.notation.tree import RELATIONS, Const, Expr, Index, Op, Ref, rank

# How strongly each kind binds: a weaker operand of a stronger operator is put in parentheses.
BINDS = {"add": 1, "negative": 2, "times": 3, "matmul": 3, "divide": 3, "power": 5, "transpose": 5}
ATOM = 9


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


def place(index: Index) -> str:
    """A cell as one writes it, counted from 1: 3,2."""
    return ",".join(str(i + 1) for i in index)


def symbols(style: Style) -> Leaf:
    """Elements by their symbols: W1[1,2]."""
    return lambda ref: style.symbol(ref.value.symbol, place(ref.index or ()))


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
        return _product(x, [_closed(p, BINDS["times"], style) for p in parts], style), BINDS["times"]
    bare = x.kind in ("call", "compare", "item") or (style is LATEX and x.kind == "divide")
    operands = [p[0] if bare else _closed(p, BINDS[x.kind] + 1, style) for p in parts]
    if x.kind == "item":
        operands = [_closed(p, ATOM, style) for p in parts]
    if style is LATEX and x.kind == "power":
        operands[1] = parts[1][0]
    if style is TEXT and x.kind == "divide":
        operands[0] = _closed(parts[0], BINDS["times"], style)
    return style.op(x, operands), BINDS.get(x.kind, ATOM)


def _product(x: Op, factors: list[str], style: Style) -> str:
    """The factors with a dot between them, with a circle between two arrays that are multiplied cell by cell."""
    out = factors[0]
    for before, after, factor in zip(x.args, x.args[1:], factors[1:], strict=False):
        cells = x.kind == "times" and rank(before) > 0 and rank(after) > 0
        out += (style.hadamard if cells else style.dot) + factor
    return out


def _opened(x: Expr, text: str, style: Style) -> str:
    """What begins a line needs no parentheses around its first number: -0.3·0.5, -2/3."""
    left, right = style.parentheses
    if (
        isinstance(x, Op)
        and x.kind in ("times", "divide")
        and not isinstance(x.args[0], Op)
        and text.startswith(left + "-")
    ):
        return text[len(left) :].replace(right, "", 1)
    return text


def _constant(value: Fraction | float, digits: int) -> tuple[str, int]:
    if isinstance(value, Fraction) and 1 < value.denominator < 1000 and Fraction(repr(float(value))) != value:
        return f"{value.numerator}/{value.denominator}", BINDS["divide"]
    text = number(float(value), max(digits, 10) if isinstance(value, Fraction) else digits)
    return text, BINDS["negative"] if text.startswith("-") else ATOM


def _sum(x: Op, parts: list[tuple[str, int]], style: Style) -> str:
    out = ""
    for term, (text, binds) in zip(x.args, parts, strict=True):
        leaf = isinstance(term, (Const, Ref))
        minus = (isinstance(term, Op) and term.kind == "negative") or (leaf and text.startswith("-"))
        if minus:
            text = text.removeprefix(style.minus).removeprefix("-")
        elif binds == BINDS["negative"] or (out and text.startswith("-")):
            text = _closed((text, 0), ATOM, style)
        if not out:
            text = _opened(term, text, style)
            out = (style.minus if minus and text != "0" else "") + text
        else:
            out += (f" {style.minus} " if minus else f" {style.plus} ") + text
    return out


def _closed(part: tuple[str, int], at_least: int, style: Style) -> str:
    text, binds = part
    return text if binds >= at_least else style.parentheses[0] + text + style.parentheses[1]


def _text_op(x: Op, parts: list[str]) -> str:
    match x.kind:
        case "divide":
            return f"{parts[0]}/{parts[1]}" if all(len(p) < 12 for p in parts) else f"{parts[0]} / {parts[1]}"
        case "power":
            return f"{parts[0]}²" if parts[1] == "2" else f"{parts[0]}^{parts[1]}"
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
    if x.label in AROUND:
        left, right = AROUND[x.label]
        return rf"\left{left} {parts[0]} \right{right}"
    known = (
        FUNCTIONS[x.label].latex if x.label in FUNCTIONS else ""
    ) or rf"\operatorname{{{x.label.replace('_', ' ')}}}"
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


AROUND = {"floor": (r"\lfloor", r"\rfloor"), "ceil": (r"\lceil", r"\rceil"), "abs": ("|", "|")}
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
