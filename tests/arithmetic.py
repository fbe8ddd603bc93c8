"""The arithmetic that stands on a page, worked again: 0.5·1 + (-0.3)·2, exp(2)/11.2, [2 >= -1]·4."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable
from typing import Any

Operators = dict[type, Callable[[Any, Any], Any]]
BETWEEN: Operators = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Pow: operator.pow}
COMPARED: Operators = {ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Lt: operator.lt, ast.LtE: operator.le,
                    ast.Eq: operator.eq, ast.NotEq: operator.ne}  # fmt: skip
FUNCTIONS: dict[str, Callable[..., float]] = {
    "exp": math.exp, "tanh": math.tanh, "sqrt": math.sqrt, "sin": math.sin, "cos": math.cos, "erf": math.erf,
    "floor": math.floor, "ceil": math.ceil, "abs": abs, "max": max, "min": min, "ln": math.log, "log2": math.log2,
    "log10": math.log10, "σ": lambda x: 1 / (1 + math.exp(-x)), "sign": lambda x: (x > 0) - (x < 0),
    "cosh": math.cosh, "sinh": math.sinh, "tan": math.tan, "argmax": lambda *xs: 1 + xs.index(max(xs)),
    "argmin": lambda *xs: 1 + xs.index(min(xs)),
}  # fmt: skip
NUMBER = re.compile(r"-?[\d.]+(e[-+]\d+)?")
DIGITS = 6


class Unreadable(ValueError):
    """What is no arithmetic with numbers only: a name, a matrix."""


def half_a_place(text: str) -> float:
    """By how much a number as it is written may be off: one with fewer decimals than a page shows is exact.

    Below 0.001, and with a power of ten, a page shows as many significant digits, of which zeros at the end are not
    written.
    """
    number, decimals = abs(float(text)), len(text.partition(".")[2])
    if 0 < number < 0.001 or "e" in text:
        return 0.5 * 10.0 ** (math.floor(math.log10(number)) - DIGITS + 1)
    return 0.5 * 10.0**-DIGITS if decimals >= DIGITS else 0.0


def value(text: str) -> float:
    """The value of what is written."""
    return _Page(text).value()


def value_and_slack(text: str) -> tuple[float, float]:
    """The value, and how far it may be from that of the numbers that were cut to what is written."""
    page = _Page(text)
    return page.value(), page.slack(page.tree)


class _Page:
    """What is written as a tree, and the text of each number in it."""

    def __init__(self, text: str) -> None:
        text = re.sub(r"√([\d.]+(?:e[-+]?\d+)?)", r"sqrt(\1)", text).replace("√(", "sqrt(")
        python = text.replace("·", "*").replace("^", "**").replace("²", "**2").replace(" = ", " == ").strip()
        try:
            self.tree = ast.parse(python, mode="eval").body
        except SyntaxError as error:
            raise Unreadable(text) from error
        self.line = python.encode()

    def value(self) -> float:
        """The value of the whole."""
        return float(self.of(self.tree))

    def slack(self, node: ast.AST) -> float:
        """How far a part may be off: of a sum all its terms together, else each number in it is moved by itself."""
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return self.slack(inner)
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
                return self.slack(left) + self.slack(right)
        middle, slack = self.of(node), 0.0
        for number in (n for n in ast.walk(node) if isinstance(n, ast.Constant)):
            off = half_a_place(self.line[number.col_offset : number.end_col_offset].decode())
            slack += max(abs(self.of(node, number, by) - middle) for by in (off, -off)) if off else 0.0
        return slack

    def of(self, node: ast.AST, moved: ast.AST | None = None, by: float = 0.0) -> Any:
        """The value of a part, with one of the numbers moved."""
        match node:
            case ast.Constant(value=number):
                return number + by if node is moved else number
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return -self.of(inner, moved, by)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return self.of(left, moved, by) / self.of(right, moved, by)
            case ast.BinOp(left=left, op=op, right=right):
                return BETWEEN[type(op)](self.of(left, moved, by), self.of(right, moved, by))
            case ast.Call(func=ast.Name(id=name), args=arguments) if name in FUNCTIONS:
                return FUNCTIONS[name](*(self.of(a, moved, by) for a in arguments))
            case ast.List(elts=[ast.Compare(left=left, ops=[op], comparators=[right])]):
                return float(COMPARED[type(op)](self.of(left, moved, by), self.of(right, moved, by)))
            case ast.Name(id="inf"):
                return math.inf
        raise Unreadable(ast.dump(node))
