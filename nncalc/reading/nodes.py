"""What a file says, as plain nodes: texts, lists and mappings, each with the place where it stood."""

from __future__ import annotations

from dataclasses import dataclass

from nncalc.errors import Mark, vis


@dataclass(slots=True)
class ScalarNode:
    """A text, as it was written."""

    text: str
    quoted: bool
    mark: Mark

    def shown(self) -> str:
        """The text for a message."""
        return (
            "nothing" if not self.text and not self.quoted else f"'{vis(self.text)}'" if self.quoted else vis(self.text)
        )


@dataclass(slots=True)
class SequenceNode:
    """A list."""

    items: list[Node]
    mark: Mark


@dataclass(slots=True)
class MappingNode:
    """Keys with their nodes; `keys` says where each key stood."""

    entries: dict[str, Node]
    keys: dict[str, Mark]
    mark: Mark


Node = ScalarNode | SequenceNode | MappingNode
