"""What an expression is: a small tree of numbers, names and functions of a closed list; and its number."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from nncalc.trace.notation.decimals import constant, pi
from nncalc.trace.notation.functions import Called, typed_functions
from nncalc.trace.notation.signs import GREEK_LETTERS, LOW
from nncalc.trace.rules import FUNCTIONS


class ExpressionError(Exception):
    """What is wrong with an expression, and in which column (from 1)."""

    def __init__(self, what: str, column: int, text: str = "", hint: str = ""):
        self.what, self.column, self.text, self.hint = what, column, text, hint
        super().__init__(f"column {column}: {what}")


def _column() -> Any:
    """Where a part begins (from 1); two parts are the same wherever they stand."""
    return field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Number:
    """A literal number."""

    value: float
    column: int = _column()


@dataclass(frozen=True, slots=True)
class Variable:
    """A name whose value is given elsewhere."""

    name: str
    column: int = _column()


@dataclass(frozen=True, slots=True)
class Gradient:
    """∂of/∂by, which the engine works."""

    of: str
    by: str
    column: int = _column()


# A place in a part's brackets, counted from 1 with both ends in: one of them, or from one to another (None: the end).
PartPlace = int | tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Apply:
    """A function or an operator, by its name, applied to its arguments.

    `axis`: of a matrix, each of its `rows` or `columns` for itself. `places`: of a part, what stands in its brackets.
    """

    function: str
    args: tuple[Tree, ...]
    column: int = _column()
    axis: str = ""
    places: tuple[PartPlace, ...] = ()


Tree = Number | Variable | Gradient | Apply

# A name as people write it.
SYMBOL = re.compile(f"[A-Za-z_ŷ{GREEK_LETTERS}][A-Za-z0-9_{LOW}{GREEK_LETTERS}]*")
CONSTANTS = {"pi": constant(lambda: pi()), "e": constant(lambda: Decimal(1).exp())}
# What a product sign means between two numbers.
NUMBERS_OF = {"product": "multiply"}
# The functions of numbers, by what people call them.
CALLS: Mapping[str, Called] = typed_functions()


def postorder(tree: Tree) -> list[Tree]:
    """Every node after its arguments, in the order in which one works them; a long sum needs no recursion."""
    out: list[Tree] = []
    stack: list[Tree] = [tree]
    while stack:
        node = stack.pop()
        out.append(node)
        if isinstance(node, Apply):
            stack.extend(node.args)
    return out[::-1]


def variables(tree: Tree, given: Collection[str] = ()) -> list[str]:
    """The names of an expression, in order of first appearance; `pi` and `e` only where they are given."""
    found = sorted((n for n in postorder(tree) if isinstance(n, Variable)), key=lambda n: n.column)
    return list(dict.fromkeys(n.name for n in found if n.name in given or n.name not in CONSTANTS))


def number_of(tree: Tree, values: Mapping[str, float] | None = None) -> float:
    """The number of an expression. Every part must be finite; an error names the operation and the column."""
    done: list[float] = []
    for node in postorder(tree):
        if isinstance(node, Apply):
            args = done[-len(node.args) :]
            del done[-len(node.args) :]
            done.append(_applied(node, args))
        elif isinstance(node, Number):
            done.append(node.value)
        elif isinstance(node, Variable):
            done.append({**CONSTANTS, **(values or {})}[node.name])
        else:
            raise ExpressionError("a gradient is no number here", node.column)
    return done[0]


def _applied(node: Apply, args: list[float]) -> float:
    function = NUMBERS_OF.get(node.function, node.function)
    if function not in FUNCTIONS:
        raise ExpressionError("one number is wanted here, and no array", node.column)
    shown = ", ".join(f"{a:.6g}" for a in args)
    try:
        float(FUNCTIONS[function].number(*args))  # which knows where there is no value
        value = constant(FUNCTIONS[function].decimal, *args)
    except (ValueError, ZeroDivisionError):
        raise ExpressionError(f"{node.function}({shown}) has no value", node.column) from None
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise ExpressionError(f"{node.function}({shown}) is too large", node.column)
    return value
