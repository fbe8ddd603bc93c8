"""The functions that formulas know by name: how a number is worked, and how the name is written.

The table is filled where the rules are stated (`nncalc.trace.rules.named`), a row a function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Function:
    """A function by its name.

    number: how one number is worked from numbers. traced: the same on Values, with a rule; None where only formulas
    have it. latex: how LaTeX writes the name (empty: its letters). typed: whether people may write it in expressions,
    also by the names in `also`. many: it takes two arguments or more, else one.
    """

    name: str
    number: Callable[..., float]
    traced: Callable[..., Any] | None = None
    latex: str = ""
    typed: bool = True
    also: tuple[str, ...] = ()
    many: bool = False


FUNCTIONS: dict[str, Function] = {}


def typed_names() -> dict[str, str]:
    """What people may write, each with the function that it means: log is ln."""
    return {name: f.name for f in FUNCTIONS.values() if f.typed for name in (f.name, *f.also)}
