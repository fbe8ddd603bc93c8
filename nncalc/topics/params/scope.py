"""The names that layers have given, for layers that refer to others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nncalc.topics.params.shape import Shape


@dataclass
class Entry:
    """A finished layer that others may refer to by its name."""

    kind: str
    layer: Any
    before: Shape
    after: Shape
    inner: dict[str, Entry]


@dataclass
class Scope:
    """The names that a list of layers has given so far, inside those of the list around it."""

    entries: dict[str, Entry] = field(default_factory=dict)
    outer: Scope | None = None

    def find(self, name: str) -> Entry | None:
        """The layer of that name, the nearest first; `block.attention1` is one inside another."""
        first, *rest = name.split(".")
        entry = self.entries.get(first)
        for part in rest:
            entry = entry and entry.inner.get(part)
        return entry or (self.outer.find(name) if self.outer else None)

    def names(self, lists: bool = True) -> list[str]:
        """What `find` finds at once; without `lists`, in place of a list of layers those in it."""
        own = [
            name if lists or entry.layer is not None else f"{name}.{inner}"
            for name, entry in self.entries.items()
            for inner in ([""] if lists or entry.layer is not None else entry.inner)
        ]
        return [*own, *(self.outer.names(lists) if self.outer else [])]
