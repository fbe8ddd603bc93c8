"""How a function gets its rule."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from nncalc.trace.notation import tree as notation
from nncalc.trace.value import RULES, Rule, Value, apply


def rule(
    function: Any,
    element: Callable[..., Any],
    derivative: Any = None,
    *,
    whole: Callable[..., Any] | None = None,
    elementwise: bool = False,
    options: tuple[str, ...] | None = None,
    compute: Callable[..., Any] | None = None,
    moves: bool = False,
    infinite: bool = False,
    shape: Callable[..., tuple[int, ...]] | None = None,
    inside: Callable[..., Any] | None = None,
) -> None:
    """States all that the engine knows of a function.

    element(index, *operands, **params) writes one element of the result in terms of elements of the arguments
    (`operand[index]`). With `elementwise` it takes the arguments' formulas alone, and writes wholes as well.
    derivative: for each argument a function (g, y, *args, **params) -> ∂L/∂argument from g = ∂L/∂y, written
    with the same functions on Values; None where it has none; for any number of arguments a function
    position -> derivative. whole(*operands, **params) writes the whole result; by default name(arguments).
    """
    name = function.__name__
    if whole is None:
        whole = element if elementwise else _named(name)
    RULES[function] = Rule(name, compute or function, element, whole, derivative, elementwise, options, moves, infinite,
                           shape, inside, isinstance(derivative, tuple) and None in derivative)  # fmt: skip


def _named(name: str) -> Callable[..., notation.Expr]:
    return lambda *operands, **params: notation.call(name, *(o.whole() for o in operands))


def traced(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of ours as one operation: recorded when an argument is a Value, else it only computes."""

    @wraps(function)
    def dispatch(*args: Any, **params: Any) -> Any:
        if any(isinstance(arg, Value) for arg in args):
            return apply(dispatch, args, params)
        return function(*args, **params)

    return dispatch
