"""How a function gets its rule."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from nncalc.trace.notation import tree as notation
from nncalc.trace.rule import RULES, Rule
from nncalc.trace.value import Value, apply


def rule(
    function: Any,
    element: Callable[..., Any],
    derivative: Any = None,
    *,
    whole: Callable[..., Any] | None = None,
    elementwise: bool = False,
    compute: Callable[..., Any] | None = None,
    sums: bool | Callable[..., Any] = False,
    **stated: Any,
) -> None:
    """States all that the engine knows of a function; what else may be `stated` says `Rule`.

    element(index, *operands, **params) writes one element of the result in terms of elements of the arguments
    (`operand[index]`). With `elementwise` it takes the arguments' formulas alone, and writes wholes as well; with
    `many` it is element(index, operands, **params).
    derivative: for each argument a function (g, y, *args, **params) -> ∂L/∂argument from g = ∂L/∂y, written
    with the same functions on Values; None where it has none; for any number of arguments a function
    position -> derivative. whole(*operands, **params) writes the whole result; by default name(arguments).
    sums: it adds up products of its arguments, of which little may be left; or what their sizes add up to.
    """
    name = function.__name__
    compute = compute or function
    if whole is None:
        whole = element if elementwise else _named(name)
    scale = sums if callable(sums) else _of_sizes(compute) if sums else None
    RULES[function] = Rule(name, compute, element, whole, derivative, elementwise,
                           partial=isinstance(derivative, tuple) and None in derivative,
                           scale=scale,
                           watched=scale is not None or "poles" in stated or "decides" in stated, **stated)  # fmt: skip


def _of_sizes(compute: Callable[..., Any]) -> Callable[..., Any]:
    """What the sizes of the terms add up to: the same function of the arguments' sizes."""
    return lambda *args, **params: compute(*(abs(a) for a in args), **params)


def _named(name: str) -> Callable[..., notation.Expr]:
    return lambda *operands, **params: notation.call(name, *(o.whole() for o in operands))


def traced(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of ours as one operation: recorded when an argument is a Value, else it only computes."""

    @wraps(function)
    def dispatch(*args: Any, **params: Any) -> Any:
        for arg in args:
            if isinstance(arg, Value):
                return apply(dispatch, args, params)
        return function(*args, **params)

    return dispatch
