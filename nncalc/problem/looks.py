"""What a node looks like where its field may be several things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass
from typing import Any, Literal, get_args, get_origin

import numpy as np

from nncalc.errors import dimensions, so_many
from nncalc.reading import scalars
from nncalc.reading.flow import NumbersNode
from nncalc.reading.nodes import MappingNode, Node, ScalarNode, SequenceNode
from nncalc.topics.parts.fields import Field, also_called, fields_of


def is_other(node: Node, field: Field) -> bool:
    """Whether a field that may be a record of several kinds, or something else, is the something else here."""
    if isinstance(node, MappingNode) and field.record is not None and field.variant is not None:
        return not field.variant.options.keys() & node.entries.keys() and is_plain_record(node, field.record)
    if isinstance(node, SequenceNode):
        return field.of_kind(list) is not None
    return isinstance(node, ScalarNode) and bool in field.types and node.text in (*scalars.YES, *scalars.NO)


def is_plain_record(node: MappingNode, record: type) -> bool:
    """Whether a mapping is a record's fields, and not one kind with its fields."""
    fields = fields_of(record)
    names = {f.name for f in fields}
    return not node.entries or any(name in names or also_called(name, fields) for name in node.entries)


def holds_kinds(node: Node, field: Field) -> bool:
    """Whether a list whose field takes plain records only has kinds among its items: {conv: {…}}, relu."""
    items = next((t for t in field.types if get_origin(t) is list), None)
    record = get_args(items)[0] if items is not None else None
    if not isinstance(node, SequenceNode) or not is_dataclass(record) or not isinstance(record, type):
        return False
    return any(
        (isinstance(item, ScalarNode) and item.text[:1].isalpha())
        or (isinstance(item, MappingNode) and bool(item.entries) and not is_plain_record(item, record))
        for item in node.items
    )


def able_forms(forms: Sequence[Any], given: Mapping[str, Node]) -> list[Any]:
    """The forms whose fields can hold what is given; a choice that one of them has is not meant for the others."""
    able = [f for f in forms if not any(x.name in given and holds_kinds(given[x.name], x) for x in fields_of(f))]
    choices = {(x.name, choice) for f in able for x in fields_of(f) for choice in _choices(x)}

    def is_meant(field: Field) -> bool:
        node = given.get(field.name)
        if not isinstance(node, ScalarNode) or (field.name, node.text) not in choices:
            return True
        return node.text in (_choices(field) or (node.text,))

    return [f for f in able if all(map(is_meant, fields_of(f)))]


def _choices(field: Field) -> tuple[Any, ...]:
    """The words of a field that takes nothing else."""
    return get_args(field.types[0]) if len(field.types) == 1 and get_origin(field.types[0]) is Literal else ()


def with_its_name(node: Node, ways: Sequence[type]) -> Node:
    """What stands in place of a kind's one field, as a mapping: {window: 2} for 2."""
    one = field_alone(ways)
    file = isinstance(node, MappingNode) and "file" in node.entries and one is not None and one.is_array
    if one is None or (isinstance(node, MappingNode) and not file):
        return node
    return MappingNode({one.name: node}, {one.name: node.mark}, node.mark)


def field_alone(ways: Sequence[type]) -> Field | None:
    """The field whose value may stand for all: the one that must be given; where none must, the one beside the name."""
    fields = fields_of(ways[0])
    needed = [f for f in fields if f.required] or [f for f in fields if f.name != "name"]
    return needed[0] if len(ways) == len(needed) == 1 else None


def are_words(node: SequenceNode) -> bool:
    """Whether a list that may be numbers or words holds words."""
    first = node.items[0] if node.items else None
    return isinstance(first, ScalarNode) and (first.quoted or first.text[:1].isalpha())


def plain_array(node: SequenceNode, deeper: int) -> Any:
    """The array of a rectangle of plain numbers, (…), made at once; None of all that wants a closer look.

    deeper: so many lists more may lie in each other.
    """
    if isinstance(node, NumbersNode):
        return node.array if node.array.ndim - 1 <= deeper else None
    rows = _rows(node.items, deeper)
    try:
        return None if rows is None else np.array(rows, float)
    except ValueError:  # rows of several lengths
        return None


def _rows(items: list[Node], deeper: int) -> list[Any] | None:
    """The numbers of a list, or its rows."""
    if not items or deeper < 0:
        return None
    if type(items[0]) is ScalarNode:
        return scalars.plain_numbers(items)
    rows = [_row(item, deeper - 1) for item in items]
    return None if any(row is None for row in rows) else rows


def _row(node: Node, deeper: int) -> Any:
    if isinstance(node, NumbersNode):
        return plain_array(node, deeper)
    return _rows(node.items, deeper) if isinstance(node, SequenceNode) else None


def numbers_in_words(shape: tuple[int, ...]) -> str:
    """How many numbers a row has."""
    return f"has {so_many(dimensions(shape), 'number')}" if shape else "is a number"
