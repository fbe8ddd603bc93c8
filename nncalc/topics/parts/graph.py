"""A formula that somebody wrote, worked on Values operation by operation."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from nncalc.errors import FieldPath, Refused
from nncalc.reading.expression import (
    CONSTANTS,
    NUMBERS_OF,
    Apply,
    ExpressionError,
    Gradient,
    Number,
    PartPlace,
    Tree,
    Variable,
    postorder,
)
from nncalc.reading.written import write_tree
from nncalc.topics.parts.fitting import Turned, Unfit, fit, shape_of, size_in_words
from nncalc.topics.parts.language import ARRAY_FUNCTIONS, outer, stacked
from nncalc.trace.notation.decimals import constant
from nncalc.trace.notation.functions import MathFunction
from nncalc.trace.rules import FUNCTIONS
from nncalc.trace.value import Value
from nncalc.trace.work import Work

Naming = Callable[[Any], Any]
COMPARED: dict[str, Callable[..., Any]] = {
    ">": np.greater, ">=": np.greater_equal, "<": np.less, "<=": np.less_equal, "==": np.equal,
    "!=": lambda a, b: 1 - 1 * (a == b),
}  # fmt: skip
PRODUCT = "* works element by element; for the matrix product write ·"
ROW_BY_ROW = "to divide each row by a number of its own keep these n x 1: sum(X, rows)"


def walk(
    work: Work, tree: Tree, known: Mapping[str, Any], name: Naming = lambda value: value, fold: bool = True
) -> Any:
    """Works a formula from the inside out; `name` is told each operation's value.

    fold: what holds no variable is one written constant; else it is worked, and shown, as everything is. Raises
    ExpressionError, with the column, for a name that has no value and for shapes that do not fit.
    """
    done: list[Any] = []
    for node in postorder(tree):
        if isinstance(node, Apply):
            args = done[-len(node.args) :]
            del done[-len(node.args) :]
            done.append(_applied(work, node, args, name, fold))
        else:
            done.append(_leaf(work, node, known, fold))
    if isinstance(done[0], Turned):
        raise ExpressionError("a vector has no row form of its own; want vᵀ in a product", tree.column)
    return done[0]


@contextmanager
def blamed(path: str | FieldPath) -> Iterator[None]:
    """What is wrong with a formula is the fault of the field that holds it: Refused."""
    try:
        yield
    except ExpressionError as error:
        raise Refused(path, error.what, hint=error.hint, column=error.column) from None


def _leaf(work: Work, node: Tree, known: Mapping[str, Any], fold: bool) -> Any:
    if isinstance(node, Number):
        return node.value
    name = f"d{node.of}/d{node.by}" if isinstance(node, Gradient) else node.name if isinstance(node, Variable) else ""
    if name in known:
        return known[name]
    if name in CONSTANTS:
        return CONSTANTS[name] if fold else _by_its_name(work, name)
    raise ExpressionError(f"{name} has no value", node.column, hint=f"give {name} a number or an array")


def _by_its_name(work: Work, name: str) -> Any:
    """pi or e, which a formula shows as that."""
    value = work.written(CONSTANTS[name])
    if isinstance(value, Value):
        value.name = name
    return value


def _applied(work: Work, node: Apply, args: list[Any], name: Naming, fold: bool) -> Any:
    function = NUMBERS_OF.get(node.function, node.function)
    numbers = all(isinstance(a, (int, float)) for a in args)
    if numbers and fold and function in FUNCTIONS and FUNCTIONS[function].takes(len(args)):
        return _constant(FUNCTIONS[function], node, args)
    try:
        turned = any(isinstance(a, Turned) for a in args)
        if turned and _scales(node.function, args):
            inside = [a.vector if isinstance(a, Turned) else a for a in args]
            return Turned(_worked(node, inside, name))
        if turned and node.function not in ("matmul", "product", "transpose"):
            hint = "for the outer product write u·vᵀ" if node.function == "multiply" else ""
            raise Unfit("the transpose of a vector stands only in a product with ·", hint)
        if numbers:  # what is made of numbers alone is worked as what is given is
            args = [work.written(a) for a in args]
        return _worked(node, args, name)
    except Unfit as error:
        shapes = [f"{write_tree(a)} is {_size(v)}" for a, v in zip(node.args, args, strict=True)]
        raise ExpressionError(f"{' and '.join(shapes)}: {error.why}", node.column, hint=error.hint) from None


def _size(x: Any) -> str:
    return size_in_words((1, *shape_of(x.vector)) if isinstance(x, Turned) else shape_of(x))


def _scales(function: str, args: list[Any]) -> bool:
    """Whether vᵀ only meets numbers here, as in -½·vᵀ: what comes out is still a row."""
    others = [a for a in args if not isinstance(a, Turned)]
    if len(args) - len(others) != 1 or any(map(shape_of, others)):
        return False
    return function in ("negative", "multiply", "product") or (function == "divide" and isinstance(args[0], Turned))


def _constant(function: MathFunction, node: Apply, args: list[float]) -> Any:
    """What holds no variable is a written constant."""
    try:
        value = constant(function.decimal, *args)
    except (ArithmeticError, ValueError):
        value = math.nan
    if not math.isfinite(value):
        raise ExpressionError(f"{write_tree(node)} has no value", node.column)
    return value


def _worked(node: Apply, args: list[Any], name: Naming) -> Any:
    function = node.function
    if function in OPERATORS:
        out = OPERATORS[function](*args)
        return out if isinstance(out, Turned) else name(out)
    if function == "part":
        return name(args[0][_key(node.places, shape_of(args[0]))])
    if function in COMPARED:
        fit(*args)
        return name(1 * COMPARED[function](*args))
    element_by_element = function in FUNCTIONS and FUNCTIONS[function].typed and len(args) > 1
    if function in ARRAY_FUNCTIONS and not element_by_element:
        axis = {"axis": node.axis} if node.axis else {}
        return name(ARRAY_FUNCTIONS[function].work(*args, **axis))
    row = FUNCTIONS[function]
    if node.axis:
        raise Unfit(f"{node.axis} are those of one matrix")
    fit(*args, rows=function in ("add", "subtract"))
    while len(args) > row.arguments:  # a maximum of three is two operations
        args = [name(row.traced(*args[: row.arguments])), *args[row.arguments :]]
    return name(row.traced(*args))


def _element_by_element(function: Callable[..., Any], hint: str, of_columns: str) -> Callable[..., Any]:
    """A product or a quotient; the hint says what else may be meant where shapes do not fit, or of columns."""

    def work(a: Any, b: Any) -> Any:
        try:
            fit(a, b)
        except Unfit as error:
            one, other = shape_of(a), shape_of(b)
            scales = (len(one), len(other)) in ((2, 1), (1, 2)) and one[-1] == other[-1]
            raise Unfit(error.why, f"{hint}; {of_columns}" if scales else hint) from None
        return function(a, b)

    return work


def _product(a: Any, b: Any) -> Any:
    """The matrix product between arrays, a product with a number."""
    if not isinstance(a, Turned) and not isinstance(b, Turned) and not (shape_of(a) and shape_of(b)):
        return np.multiply(a, b)
    return _matmul(a, b)


def _matmul(a: Any, b: Any) -> Any:
    left, right = (x.vector if isinstance(x, Turned) else x for x in (a, b))
    rows, columns = shape_of(left), shape_of(right)
    if not (rows and columns):
        raise Unfit("@ wants two arrays", "for a product with a number write *")
    if isinstance(b, Turned):
        if isinstance(a, Turned) or len(rows) != 1:
            raise Unfit("want u·vᵀ of two vectors")
        return outer(left, right)
    if isinstance(a, Turned) and len(columns) == 2:
        left, right, rows, columns = right.T, left, columns[::-1], rows
    if len(rows) > 2 or len(columns) > 2:
        raise Unfit("a product wants vectors and matrices")
    if rows[-1] != columns[0]:
        raise Unfit("a product wants as many columns as rows", _transposed(a, b))
    return left @ right


def _transposed(a: Any, b: Any) -> str:
    """Which transpose would fit, if one does."""
    if isinstance(a, Turned) or isinstance(b, Turned):
        return ""
    rows, columns = shape_of(a), shape_of(b)
    if len(rows) == 2 and rows[0] == columns[0]:
        return "the transpose of the first fits"
    return "the transpose of the second fits" if len(columns) == 2 and rows[-1] == columns[-1] else ""


def _transpose(x: Any) -> Any:
    if isinstance(x, Turned):
        return x.vector
    if len(shape_of(x)) > 2 or not shape_of(x):
        raise Unfit("want a matrix or a vector")
    return x.T if len(shape_of(x)) == 2 else Turned(x)


OPERATORS: dict[str, Callable[..., Any]] = {
    "multiply": _element_by_element(np.multiply, PRODUCT, "to scale each column W·diag(v)"),
    "divide": _element_by_element(np.divide, ROW_BY_ROW, "to divide each column W·diag(1/v)"),
    "product": _product,
    "matmul": _matmul,
    "transpose": _transpose,
    "vector": stacked,
}


def _key(places: tuple[PartPlace, ...], shape: tuple[int, ...]) -> tuple[Any, ...]:
    """A part as NumPy writes it, from one with places from 1."""
    if len(places) > len(shape):
        raise Unfit(f"{len(places)} places are too many")
    key: list[Any] = []
    for place, size in zip(places, shape, strict=False):
        first, last = (place, place) if isinstance(place, int) else place
        low, high = first or 1, last or size
        if not 1 <= low <= high <= size:
            raise Unfit(f"there is no place {low if low == high else f'{low}:{high}'}", f"want 1 to {size}")
        key.append(low - 1 if isinstance(place, int) else slice(low - 1, high))
    return tuple(key)


def depth(tree: Tree) -> int:
    """How many operations lie inside each other at most; terms of a sum lie beside each other."""
    done: list[int] = []
    for node in postorder(tree):
        count = len(node.args) if isinstance(node, Apply) else 0
        inside = max(done[len(done) - count :], default=0) if count else 0
        del done[len(done) - count :]
        done.append(inside + (isinstance(node, Apply) and node.function not in ("add", "subtract")))
    return done[0]
