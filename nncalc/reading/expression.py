"""What an expression is: a small tree of numbers, names and functions of a closed list; and its number."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from nncalc.trace.notation.decimals import constant, pi
from nncalc.trace.notation.functions import typed_names
from nncalc.trace.rules import FUNCTIONS


class ExpressionError(Exception):
    """What is wrong with an expression, and in which column (from 1)."""

    def __init__(self, what: str, column: int, text: str = "", hint: str = ""):
        self.what, self.column, self.text, self.hint = what, column, text, hint
        super().__init__(f"column {column}: {what}")


@dataclass(frozen=True, slots=True)
class Number:
    """A literal number."""

    value: float
    column: int


@dataclass(frozen=True, slots=True)
class Variable:
    """A name whose value is given elsewhere."""

    name: str
    column: int


@dataclass(frozen=True, slots=True)
class Apply:
    """A row of `FUNCTIONS`, by its name, applied to its arguments."""

    function: str
    args: tuple[Tree, ...]
    column: int


Tree = Number | Variable | Apply

CONSTANTS = {"pi": constant(lambda: pi()), "e": constant(lambda: Decimal(1).exp())}
CALLS = typed_names()


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
        else:
            done.append(node.value if isinstance(node, Number) else {**CONSTANTS, **(values or {})}[node.name])
    return done[0]


def _applied(node: Apply, args: list[float]) -> float:
    shown = ", ".join(f"{a:.6g}" for a in args)
    try:
        float(FUNCTIONS[node.function].number(*args))  # which knows where there is no value
        value = constant(FUNCTIONS[node.function].decimal, *args)
    except (ValueError, ZeroDivisionError):
        raise ExpressionError(f"{node.function}({shown}) has no value", node.column) from None
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise ExpressionError(f"{node.function}({shown}) is too large", node.column)
    return value
