"""The functions that formulas and expressions name: one row each, stated with its rule in `rules/named.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

# Where the arguments stand in a sign that goes around them: \sqrt{…}.
ARGUMENTS = "…"


class Called(Protocol):
    """What whoever reads a formula asks of a function: its name, which arguments it wants, in words, and may have.

    `by_axis`: it may work on each of the rows or columns of a matrix.
    """

    @property
    def name(self) -> str: ...
    @property
    def wants(self) -> str: ...
    @property
    def by_axis(self) -> bool: ...
    def takes(self, count: int) -> bool: ...


@dataclass(frozen=True, slots=True)
class MathFunction:
    """A function of numbers: how it is called, computed, differentiated and written.

    number: its value for floats; raises ValueError or ZeroDivisionError where it has none, OverflowError where that
    is too large for a float. decimal: the same for decimals.
    traced: the function of NumPy, or of ours, that computes it element by element, on Values too, and has its rule.
    arguments: how many it takes; with `many` also more, worked from the left.
    text, latex: its sign in each way of writing, or what goes around its arguments (`\\sqrt{…}`); empty: its name.
    zeros: near a zero of it floats have the digits that the argument has lost.
    typed: whether people may call it in expressions, also by the names in `also`.
    """

    name: str
    number: Callable[..., float]
    decimal: Callable[..., Any]
    traced: Callable[..., Any]
    arguments: int
    many: bool = False
    text: str = ""
    latex: str = ""
    zeros: bool = False
    typed: bool = True
    also: tuple[str, ...] = ()

    @property
    def by_axis(self) -> bool:
        """It works element by element, never on rows or columns."""
        return False

    @property
    def wants(self) -> str:
        """The arguments that it wants, in words."""
        count = {1: "one", 2: "two", 3: "three"}.get(self.arguments, str(self.arguments))
        return f"{count}{' or more' if self.many else ''} argument{'s' if self.many or self.arguments > 1 else ''}"

    def takes(self, count: int) -> bool:
        """Whether it can be called with so many arguments."""
        return count >= self.arguments if self.many else count == self.arguments


FUNCTIONS: dict[str, MathFunction] = {}


def typed_functions() -> dict[str, MathFunction]:
    """What people may call in expressions, by every name that it has: log is ln."""
    return {name: row for row in FUNCTIONS.values() if row.typed for name in (row.name, *row.also)}
