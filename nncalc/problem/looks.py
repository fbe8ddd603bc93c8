"""What a node looks like where its field may be several things."""

from __future__ import annotations

from nncalc.errors import dimensions
from nncalc.reading import scalars
from nncalc.reading.nodes import Node, ScalarNode, SequenceNode
from nncalc.topics.parts.fields import Field


def is_other(node: Node, field: Field) -> bool:
    """Whether a field that may be a record of several kinds, or something else, is the something else here."""
    if isinstance(node, SequenceNode):
        return field.of_kind(list) is not None
    return isinstance(node, ScalarNode) and bool in field.types and node.text in (*scalars.YES, *scalars.NO)


def are_words(node: SequenceNode) -> bool:
    """Whether a list that may be numbers or words holds words."""
    first = node.items[0] if node.items else None
    return isinstance(first, ScalarNode) and (first.quoted or first.text[:1].isalpha())


def numbers_in_words(shape: tuple[int, ...]) -> str:
    """How many numbers a row has."""
    return f"has {dimensions(shape)} number{'s' * (shape != (1,))}" if shape else "is a number"
