"""What a file says, as plain nodes: texts, lists and mappings, each with the place where it stood."""

from __future__ import annotations

from dataclasses import dataclass

from nncalc.errors import Location, printable


@dataclass(slots=True)
class ScalarNode:
    """A text, as it was written."""

    text: str
    quoted: bool
    mark: Location

    def shown(self) -> str:
        """The text for a message."""
        return (
            "nothing"
            if not self.text and not self.quoted
            else f"'{printable(self.text)}'"
            if self.quoted
            else printable(self.text)
        )


@dataclass(slots=True)
class SequenceNode:
    """A list."""

    items: list[Node]
    mark: Location


@dataclass(slots=True)
class MappingNode:
    """Keys with their nodes; `keys` says where each key stood."""

    entries: dict[str, Node]
    keys: dict[str, Location]
    mark: Location


Node = ScalarNode | SequenceNode | MappingNode
