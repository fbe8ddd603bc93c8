"""What a way of writing is: one record, of which each way of writing has its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nncalc.trace.name import StepName


def _as_it_is(text: str) -> str:
    return text


@dataclass(frozen=True, eq=False)
class Style:
    """All that differs between ways of writing a formula; one more way is one more record.

    Operands come written, and in parentheses where they need some. `encloses`: operands (kind, position) that need
    none, since the notation itself shows where they end, as a fraction's bar does. A negative number is written as
    `minus` and the number without it; `number` is given a number's text, `letter` that of a constant (the matrix I).
    `name` is given a name and a cell (`3,2`, empty for the whole value). `along` is given a function, the letters of
    the axes that it takes to one number, those of all axes, and what it is taken of. `raises`: whether a section stands
    high at its name, where a power would stand, too. `matmul`: the sign of a product
    of arrays, where it is not the dot. `legend`: patterns of signs that a problem does not have, each with its meaning.
    """

    dot: str
    hadamard: str
    plus: str
    minus: str
    parentheses: tuple[str, str]
    name: Callable[[StepName, str], str]
    divide: Callable[[str, str], str]
    power: Callable[[str, str], str]
    transpose: Callable[[str], str]
    item: Callable[[str, str], str]
    compare: Callable[[str, str, str], str]
    call: Callable[[str, list[str]], str]
    along: Callable[[str, str, str, str], str] = lambda function, over, axes, x: f"{function}_{over} {x}[{axes}]"
    raises: bool = False
    matmul: str = ""
    legend: tuple[tuple[str, str], ...] = ()
    number: Callable[[str], str] = _as_it_is
    letter: Callable[[str], str] = _as_it_is
    encloses: frozenset[tuple[str, int]] = frozenset()

    def symbol(self, name: str, cell: str = "") -> str:
        """A named value, or one cell of it: ∂L/∂W1[1,2]."""
        return self.name(StepName.parse(name), cell)

    def signed(self, text: str) -> str:
        """A number from its text, with its minus."""
        return self.minus + self.number(text[1:]) if text.startswith("-") else self.number(text)
