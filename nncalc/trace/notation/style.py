"""How a formula is put into characters: a `Style` for each way of writing, and one writer that knows none of them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from nncalc.trace.name import StepName
from nncalc.trace.notation.functions import FUNCTIONS
from nncalc.trace.notation.latex import LATEX
from nncalc.trace.notation.legend import SIGNS_OF_ASCII, SIGNS_OF_TEXT
from nncalc.trace.notation.letters import is_plain, letters_of
from nncalc.trace.notation.numbers import number
from nncalc.trace.notation.phrases import OPERATOR, PHRASES, WORDS, binding, with_arguments
from nncalc.trace.notation.record import Style
from nncalc.trace.notation.signs import ascii_only
from nncalc.trace.notation.tree import Const, Expr, Index, Op, Ref, fold, rank

# How strongly each kind binds: a weaker operand of a stronger operator is put in parentheses.
BINDS = {"add": 1, "along": 1.5, "negative": 2, "times": 3, "matmul": 3, "divide": 3, "power": 5, "transpose": 5}
ATOM = 9
LOOSE = " / "  # between long operands; it seems to bind less than a dot
# How strongly the operands of a kind must bind to stand without parentheses; those of other kinds are fenced in.
OPERANDS = {"divide": (3, 4), "power": (6, 6), "transpose": (6,), "item": (ATOM,), "along": (ATOM,)}
# What a root needs no parentheses around: √4, √d_k.
_SHORT = re.compile(r"[A-Za-z0-9_.]+")
# Constants that have a letter.
_LETTERED = {math.e: "e", math.pi: "π"}


Leaf = Callable[[Ref], str]
# So many cells and numbers are remembered as they were written: neighbours are made from the same ones.
LATELY = 4096


def write(x: Expr, style: Style, leaf: Leaf, digits: int = 6) -> str:
    """The formula in a style; `leaf` says how an element is written (its symbol, or its number)."""
    return _opened(x, fold(x, lambda part, args: _write(part, args, style, leaf, digits))[0], style)


def place(index: Index) -> str:
    """A cell as one writes it, counted from 1: 3,2."""
    return ",".join(str(i + 1) for i in index)


@lru_cache
def symbols(style: Style) -> Leaf:
    """Elements by their symbols: W1[1,2]."""
    symbol = lru_cache(LATELY)(lambda name, index: style.symbol(name, place(index)))
    return lambda ref: symbol(ref.value.symbol, ref.index or ())


@lru_cache
def substituted(style: Style, digits: int = 6) -> Leaf:
    """Elements by their numbers, as they are put into a formula."""
    signed = lru_cache(LATELY, typed=True)(lambda value: style.signed(number(value, digits)))
    return lambda ref: signed(ref.number) if ref.index else style.signed(number(ref.number, digits))


def _write(x: Expr, parts: list[tuple[str, float]], style: Style, leaf: Leaf, digits: int) -> tuple[str, float]:
    """The characters and how strongly they bind; `parts` are those of its operands."""
    if isinstance(x, Ref):
        return _leaf(leaf(x), style)
    if isinstance(x, Const):
        return _constant(x.value, style, digits)
    if x.kind == "add":
        return _sum(x, parts, style), BINDS["add"]
    if x.kind == "negative":
        least = BINDS["along" if parts[0][1] == BINDS["along"] else "times"]
        return style.minus + _closed(parts[0], least, style), BINDS["negative"]
    if x.kind in ("times", "matmul"):
        return _product(x, [_factor(x, i, part, style) for i, part in enumerate(parts)], style), BINDS["times"]
    binds = binding(x.label) if x.kind == "call" else BINDS.get(x.kind, ATOM)
    return _operator(x, [_operand(x, i, part, style) for i, part in enumerate(parts)], style), binds


def _factor(x: Op, position: int, part: tuple[str, float], style: Style) -> str:
    """A matrix product inside one cell by cell, or the other way round, and a quotient before more: (a / b)∘c."""
    factor, text = x.args[position], part[0] if part[1] == ATOM else _closed(part, BINDS["times"], style)
    if not isinstance(factor, Op) or part[1] < BINDS["times"]:
        return text
    other = {"times": "matmul", "matmul": "times"}[x.kind]
    cells = x if x.kind == "times" else factor
    mixed = factor.kind == other and sum(rank(a) > 0 for a in cells.args) > 1
    loose = factor.kind == "divide" and LOOSE in text and position < len(x.args) - 1
    return _closed((text, 0), ATOM, style) if mixed or loose else text


def _operand(x: Op, position: int, part: tuple[str, float], style: Style) -> str:
    if x.kind == "call" and binding(x.label) == OPERATOR:
        return _closed(part, OPERATOR + 1, style)
    if x.kind not in OPERANDS or (x.kind, position) in style.encloses:
        return part[0]
    if _marked(x.args[position], part[0], (x.kind, position), style):
        return _closed((part[0], 0), ATOM, style)
    return _closed(part, OPERANDS[x.kind][position], style)


def _marked(operand: Expr, text: str, place_in: tuple[str, int], style: Style) -> bool:
    """Whether a power or a bar would seem to belong to the end of a name: (∂L/∂w)², (W^[1])², (h^(t2))²."""
    if place_in not in (("power", 0), ("divide", 1)) or not isinstance(operand, Ref):
        return False
    symbol, cell = operand.value.symbol, place(operand.index or ())
    name = StepName.parse(symbol)
    if text != style.symbol(symbol, cell):  # a number is put in
        return False
    own = letters_of(name.local)
    raised = bool(own.upper or own.primes) or (style.raises and bool(name.section))
    return name.is_gradient or (raised and place_in == ("power", 0))


def _operator(x: Op, operands: list[str], style: Style) -> str:
    match x.kind:
        case "divide":
            return style.divide(*operands)
        case "power":
            return style.power(*operands)
        case "transpose":
            return style.transpose(*operands)
        case "item":
            return style.item(operands[0], x.label)
        case "along":
            function, over, axes = x.label.split()
            return style.along(function, over, axes, operands[0])
        case "symbol":
            return style.letter(x.label)
        case "compare":
            return style.compare(operands[0], x.label, operands[1])
        case _:
            return style.call(x.label, operands)


def _leaf(text: str, style: Style) -> tuple[str, float]:
    return text, BINDS["negative"] if text.startswith(style.minus) else ATOM


def _product(x: Op, factors: list[str], style: Style) -> str:
    """The factors with a dot between them, with a circle between two arrays that are multiplied cell by cell."""
    out = factors[0]
    for before, after, factor in zip(x.args, x.args[1:], factors[1:], strict=False):
        cells = x.kind == "times" and rank(before) > 0 and rank(after) > 0
        out += (style.hadamard if cells else style.matmul or style.dot if x.kind == "matmul" else style.dot) + factor
    return out


def _opened(x: Expr, text: str, style: Style) -> str:
    """What begins a line needs no parentheses around its first number: -0.3·0.5, -2/3."""
    left, right = style.parentheses
    if (
        isinstance(x, Op)
        and x.kind in ("times", "divide")
        and not isinstance(x.args[0], Op)
        and text.startswith(left + style.minus)
    ):
        return text[len(left) :].replace(right, "", 1)
    return text


def _constant(value: Fraction | float, style: Style, digits: int) -> tuple[str, float]:
    if isinstance(value, Fraction) and 1 < value.denominator < 1000 and Fraction(repr(float(value))) != value:
        return style.signed(f"{value.numerator}/{value.denominator}"), BINDS["divide"]
    if float(value) in _LETTERED:
        return style.letter(_LETTERED[float(value)]), ATOM
    text = number(float(value), max(digits, 10) if isinstance(value, Fraction) else digits)
    return _leaf(style.signed(text), style)


def _sum(x: Op, parts: list[tuple[str, float]], style: Style) -> str:
    out = ""
    for term, (text, binds) in zip(x.args, parts, strict=True):
        leaf = isinstance(term, (Const, Ref))
        minus = (isinstance(term, Op) and term.kind == "negative") or (leaf and text.startswith(style.minus))
        if minus:
            text = text.removeprefix(style.minus)
        elif binds in (WORDS, BINDS["negative"]) or (out and text.startswith(style.minus)):
            text = _closed((text, 0), ATOM, style)
        if not out:
            text = _opened(term, text, style)
            out = (style.minus if minus and text != style.number("0") else "") + text
        else:
            out += (f" {style.minus} " if minus else f" {style.plus} ") + text
    return out


def _closed(part: tuple[str, float], at_least: float, style: Style) -> str:
    text, binds = part
    return text if binds >= at_least else style.parentheses[0] + text + style.parentheses[1]


def _text_name(name: StepName, cell: str) -> str:
    local = f"∂{_text_letters(name.of)}/∂{_text_letters(name.by)}" if name.is_gradient else _text_letters(name.local)
    return name.beside(local) + (f"[{cell}]" if cell else "")


def _text_letters(name: str) -> str:
    return name if is_plain(name) else letters_of(name).text


def _text_divide(a: str, b: str) -> str:
    return f"{a}/{b}" if len(a) < 12 and len(b) < 12 else a + LOOSE + b


def _text_call(function: str, args: list[str]) -> str:
    if function == "sqrt" and _SHORT.fullmatch(args[0]):
        return f"√{args[0]}"
    known = FUNCTIONS.get(function)
    sign = PHRASES[function].text if function in PHRASES else (known.text if known else "") or function
    return with_arguments(sign, args, ("(", ")"))


def _text_along(function: str, over: str, axes: str, x: str) -> str:
    return f"{'Σ' if function == 'sum' else function}_{over} {x}[{','.join(axes)}]"


TEXT = Style(
    dot="·",
    hadamard="∘",
    plus="+",
    minus="-",
    parentheses=("(", ")"),
    name=_text_name,
    divide=_text_divide,
    power=lambda base, exponent: f"{base}²" if exponent == "2" else f"{base}^{exponent}",
    transpose=lambda a: f"{a}ᵀ",
    item=lambda a, part: f"{a}[{part}]",
    compare=lambda a, relation, b: f"[{a} {relation} {b}]",
    call=_text_call,
    along=_text_along,
    legend=SIGNS_OF_TEXT,
)


def _ascii_call(function: str, args: list[str]) -> str:
    row = PHRASES.get(function)
    return with_arguments((row.ascii or row.text) if row else function, args, ("(", ")"))


# What any keyboard has: a product of arrays is @, one element by element *.
ASCII_TEXT = replace(
    TEXT,
    dot="*",
    hadamard="*",
    matmul=" @ ",
    name=lambda name, cell: ascii_only(_text_name(name, cell)),
    power=lambda base, exponent: f"{base}^{exponent}",
    transpose=lambda a: f"{a}.T",
    call=_ascii_call,
    along=lambda function, over, axes, x: f"{function}_{over} {x}[{','.join(axes)}]",
    letter=ascii_only,
    legend=SIGNS_OF_ASCII,
)

# The ways in which JSON gives every formula.
STYLES = {"text": TEXT, "latex": LATEX}
