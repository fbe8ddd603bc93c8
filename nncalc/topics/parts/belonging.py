"""Where a field belongs: with which values of other fields, or beside which, it says something.

`About(only=when(kind=("momentum", "nesterov")))`. Given elsewhere, a field is refused by name; help, schema and
examples show it where it belongs. It is declared once, with the field, and checked where any record is read.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from nncalc.errors import listed


class Presence(Enum):
    """Whether a field is given or left out, whatever it says."""

    GIVEN = "with"
    LEFT_OUT = "without"


GIVEN, LEFT_OUT = Presence.GIVEN, Presence.LEFT_OUT


@dataclass(frozen=True)
class Like:
    """Values of a kind, in words that follow the field's name: x of several samples."""

    words: str
    test: Callable[[Any], bool]


@dataclass(frozen=True)
class When:
    """One of several ways in which a field has a meaning; each is a list of (other field, what it must be)."""

    ways: tuple[tuple[tuple[str, Any], ...], ...]

    def __or__(self, other: When) -> When:
        return When(self.ways + other.ways)

    def holds(self, value: Callable[[str], Any], given: Container[str]) -> bool:
        """Whether one of the ways is met: `value` tells what a field says, `given` which ones were written."""
        return any(all(met(wanted, value(name), name in given) for name, wanted in way) for way in self.ways)

    @property
    def words(self) -> str:
        """As help has it in brackets: kind momentum or nesterov; with rate; kind average, with pad."""
        return " or ".join(", ".join(_word(name, wanted) for name, wanted in way) for way in self.ways)

    @property
    def refusal(self) -> str:
        """What is said of the field elsewhere."""
        return f"belongs to {'a problem ' if self.words.startswith('with') else ''}{self.words}"


def when(**conditions: Any) -> When:
    """All conditions together; `|` puts another way beside it. A field that Python keeps the name of gets a `_`.

    A condition is the value or the values that the other field must have (of a list: one of its members), yes or no
    of a flag, GIVEN, LEFT_OUT, or a `Like`.
    """
    listed_values = {n: (c,) if isinstance(c, str) else c for n, c in conditions.items()}
    return When((tuple((name.rstrip("_"), wanted) for name, wanted in listed_values.items()),))


def met(wanted: Any, value: Any, given: bool) -> bool:
    """Whether a field that says `value` is as it must be."""
    if isinstance(wanted, Presence):
        return given is (wanted is GIVEN)
    if isinstance(wanted, Like):
        return value is not None and wanted.test(value)
    if isinstance(wanted, bool):
        return bool(value) is wanted
    return any(one in wanted for one in (value if isinstance(value, list) else [value]))


def misplaced(
    fields: tuple[Any, ...], values: Mapping[str, Any], given: Container[str], bad: Any
) -> list[tuple[str, str]]:
    """The given fields that say nothing where they stand, each with what is said of it.

    values: what was read; `bad` is what is wrong already and so blames no other field. Of the rest the defaults hold.
    """
    bound = [f for f in fields if f.about.only is not None and f.name in given]
    said = {f.name: values.get(f.name, f.default) for f in fields} if bound else {}
    found = []
    for f in bound:
        only = f.about.only
        if any(said[name] is bad for way in only.ways for name, _ in way):
            continue
        if not only.holds(said.__getitem__, given):
            found.append((f.name, only.refusal))
    return found


def _word(name: str, wanted: Any) -> str:
    if isinstance(wanted, Presence):
        return f"{wanted.value} {name}"
    if isinstance(wanted, Like):
        return f"{name} {wanted.words}"
    if isinstance(wanted, bool):
        return f"{'with' if wanted else 'without'} {name}"
    return f"{name} {listed(wanted)}"
