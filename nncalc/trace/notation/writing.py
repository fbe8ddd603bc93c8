"""From a recorded value to its formula: element by element, or as a whole.

Between two names lies one formula: arguments that have a name are referred to, unnamed ones are written out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nncalc.trace.notation import tree as notation
from nncalc.trace.notation.tree import Expr, Index, Ref
from nncalc.trace.value import Value

# So many arguments are looked at at once.
FEW = 8


class Operand:
    """An argument of an operation as its rule sees it: `operand[index]` is the formula of one element."""

    __slots__ = ("value",)

    def __init__(self, value: Any):
        self.value = value

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each axis."""
        return np.shape(self.value.array if isinstance(self.value, Value) else self.value)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def __getitem__(self, index: Any) -> Expr:
        if isinstance(self.value, Value):
            return written(self.value, index if isinstance(index, tuple) else (index,))
        return notation.const(np.asarray(self.value)[index])

    def aligned(self, index: Index) -> Expr:
        """The element that broadcasting puts at this index of the result."""
        return self[self.place(index)]

    def place(self, index: Index) -> Index:
        """Where that element stands in the argument."""
        own = index[len(index) - self.ndim :] if self.ndim else ()
        return tuple(0 if n == 1 else i for i, n in zip(own, self.shape, strict=True))

    def rows(self) -> list[tuple[int, Expr]] | None:
        """The rows that the argument was put together from, each with its place, or None if it was not so made."""
        value = self.value
        if not isinstance(value, Value) or value.name is not None or value.rule is None or "keys" not in value.params:
            return None
        keys = value.params["keys"]
        if not all(isinstance(key, int) for key in keys):
            return None
        return [(key, Operand(arg).whole()) for key, arg in zip(keys, value.args, strict=True)]

    def whole(self) -> Expr:
        """The formula of the whole argument."""
        return written(self.value, None) if isinstance(self.value, Value) else _constant(self.value)


class _Operands(Sequence[Operand]):
    """The arguments of an operation, each looked at when it is asked for: there may be thousands."""

    def __init__(self, args: Sequence[Any]):
        self.args = args

    def __len__(self) -> int:
        return len(self.args)

    def __getitem__(self, position: Any) -> Any:
        return Operand(self.args[position])


def _operands(args: Sequence[Any]) -> Sequence[Operand]:
    return [Operand(arg) for arg in args] if len(args) < FEW else _Operands(args)


def written(value: Value, index: Index | None) -> Expr:
    """The value's symbol if it has a name, else its formula as a part of something else."""
    return Ref(value, index) if value.name is not None else expand(value, index, inside=True)


def expand(value: Value, index: Index | None, inside: bool = False) -> Expr:
    """The formula by which the value was made: of one element, or with index None of the whole.

    inside: as a part of a larger formula, where some functions are written shorter.
    """
    rule = value.rule
    if rule is not None and not rule.elementwise:
        return _by_rule(value, index, _operands(value.args), inside)
    done: list[Expr] = []
    stack: list[tuple[Any, Index | None, bool]] = [(value, index, False)]
    while stack:  # a sum of a thousand terms is a thousand operations inside each other
        part, at, ready = stack.pop()
        if not isinstance(part, Value):
            done.append(_constant(part) if at is None else notation.const(np.asarray(part)[at]))
        elif part.name is not None and part is not value:
            done.append(Ref(part, at))
        elif part.rule is None:
            done.append(_constant(part.array) if at is None else notation.const(part.array[at]))
        elif part.rule.elementwise and not ready:
            stack.append((part, at, True))
            stack += [(arg, at if at is None else Operand(arg).place(at), False) for arg in reversed(part.args)]
        else:
            count = len(part.args) if ready else 0
            operands = done[len(done) - count :] if ready else _operands(part.args)
            del done[len(done) - count :]
            done.append(_by_rule(part, at, operands, inside or part is not value))
    return done[0]


def _by_rule(value: Value, index: Index | None, operands: Sequence[Any], inside: bool) -> Expr:
    """What the value's rule writes of its arguments: operands, of an elementwise one their formulas."""
    rule: Any = value.rule
    if index is None:
        return rule.whole(*operands, **value.params)
    element = rule.inside if inside and rule.inside is not None else rule.element
    if rule.many:
        return element(index, operands, **value.params)
    place = () if rule.elementwise else (index,)
    return element(*place, *operands, **value.params)


def _constant(array: Any) -> Expr:
    """A constant array in a formula of whole values: 1, I, or what it is filled with."""
    array = np.asarray(array)
    first = array.flat[0] if array.size else 0
    if array.ndim == 2 and array.size > 1 and np.array_equal(array, np.eye(*array.shape)):
        return notation.symbol("I")
    return notation.const(first) if (array == first).all() else notation.symbol("constants")
