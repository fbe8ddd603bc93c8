"""An expression worked node by node on Values, as `backprop` and `optimizer` do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nncalc.errors import Refused
from nncalc.reading.expression import CONSTANTS, Apply, Number, Tree, postorder
from nncalc.trace.notation.decimals import constant
from nncalc.trace.notation.functions import MathFunction
from nncalc.trace.rules import FUNCTIONS


def walk(tree: Tree, known: Mapping[str, Any], name: Callable[[Any], Any], path: tuple[str, ...] = ("expr",)) -> Any:
    """Works an expression from the inside out; `name` is told each node's value.

    Raises Refused for a name that has no value.
    """
    done: list[Any] = []
    for node in postorder(tree):
        if isinstance(node, Apply):
            args = done[-len(node.args) :]
            del done[-len(node.args) :]
            done.append(_apply(FUNCTIONS[node.function], args, name))
        elif isinstance(node, Number):
            done.append(node.value)
        elif node.name in known or node.name in CONSTANTS:
            done.append(known[node.name] if node.name in known else CONSTANTS[node.name])
        else:
            raise Refused(path, f"{node.name} has no value", "a number for it in `at`")
    return done[0]


def depth(tree: Tree) -> int:
    """How many operations lie inside each other at most; terms of a sum lie beside each other."""
    done: list[int] = []
    for node in postorder(tree):
        count = len(node.args) if isinstance(node, Apply) else 0
        inside = max(done[len(done) - count :], default=0) if count else 0
        del done[len(done) - count :]
        done.append(inside + (isinstance(node, Apply) and node.function not in ("add", "subtract")))
    return done[0]


def _apply(function: MathFunction, args: list[Any], name: Callable[[Any], Any]) -> Any:
    """One node; a maximum of three is two nodes; what holds no variable is a written constant."""
    count = function.arguments
    while len(args) > count:
        args = [_apply(function, args[:count], name), *args[count:]]
    if all(isinstance(a, (int, float)) for a in args):
        return constant(function.decimal, *args)
    return name(function.traced(*args))
