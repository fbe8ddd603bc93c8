"""The functions that formulas and expressions name: one row each, stated with its rule in `rules/elementary.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# Where the arguments stand in a sign that goes around them: \sqrt{…}.
ARGUMENTS = "…"


@dataclass(frozen=True, slots=True)
class MathFunction:
    """A function of numbers: how it is called, computed, differentiated and written.

    number: its value for floats; raises ValueError or ZeroDivisionError where it has none, OverflowError where that
    is too large for a float.
    array: the function of NumPy, or of ours, that computes it element by element and has its rule.
    arguments: how many it takes; with `folds` also more, worked from the left.
    text, latex: its sign in each way of writing, or what goes around its arguments (`\\sqrt{…}`); empty: its name.
    also: other names by which an expression may call it; `offered`: whether an expression may call it by its name.
    """

    name: str
    number: Callable[..., float]
    array: Callable[..., Any]
    arguments: int
    folds: bool = False
    text: str = ""
    latex: str = ""
    also: tuple[str, ...] = ()
    offered: bool = True

    @property
    def wants(self) -> str:
        """The arguments that it wants, in words."""
        count = {1: "one", 2: "two", 3: "three"}.get(self.arguments, str(self.arguments))
        return f"{count}{' or more' if self.folds else ''} argument{'s' if self.folds or self.arguments > 1 else ''}"

    def takes(self, count: int) -> bool:
        """Whether it can be called with so many arguments."""
        return count >= self.arguments if self.folds else count == self.arguments


FUNCTIONS: dict[str, MathFunction] = {}
