"""What a flag says of a field: the same as a file would, with less to type."""

from __future__ import annotations

import re
from typing import get_args

from nncalc.disk.read import decoded, read_bytes
from nncalc.errors import Location
from nncalc.limits import Limits
from nncalc.reading.nodes import MappingNode, Node, ScalarNode
from nncalc.reading.reader import read_text
from nncalc.topics import kernels
from nncalc.topics.parts.fields import Field, OwnName, Symbol, fields_of

# What parts the pairs of a flag: x=3, W=[[1, 2], [3, 4]].
PAIRS = re.compile(r",(?=[^\[\],=]*=)")


def with_flag(topic: str, name: str, text: str, before: Node | None, limits: Limits) -> Node:
    """The node of a flag; of a mapping of names it says some, and the file (`before`) the others.

    Raises InputError where it cannot be read.
    """
    said = _node(topic, name, text, limits)
    named = any(x.mapping is not None and get_args(x.mapping)[0] in (Symbol, OwnName) for x in _fields(topic, name))
    if named and isinstance(before, MappingNode) and isinstance(said, MappingNode):
        return MappingNode({**before.entries, **said.entries}, {**before.keys, **said.keys}, said.mark)
    return said


def _fields(topic: str, name: str) -> list[Field]:
    return [x for form in kernels(topic) for x in fields_of(form) if x.name == name]


def _in_brackets(value: str) -> str:
    """A list's brackets may be left out."""
    return f"[{value}]" if "," in value and not value.startswith(("[", "{")) else value


def _node(topic: str, name: str, text: str, limits: Limits) -> Node:
    """A flag's text as a node: brackets may be left out, rows are parted by `;`, pairs are written x=3.

    An array may come from stdin: `-`, as another command gives it with --get.
    """
    fields = _fields(topic, name)
    described = next((x for x in fields if x.mapping is not None and "=" in text), fields[0] if fields else None)
    if described is not None and described.is_array and text.strip() == "-":
        return read_text(decoded(read_bytes("-", limits)), f"--{name}", limits)
    if described is not None and not text.lstrip().startswith(("[", "{", '"', "'")):
        if described.mapping is not None and ("=" in text or not described.is_array):
            pairs = (pair.partition("=") for pair in PAIRS.split(text))
            text = "{" + ", ".join(f"{name.strip()}: {_in_brackets(value.strip())}" for name, _, value in pairs) + "}"
        elif (described.is_array or described.of_kind(list)) and (
            "," in text or ";" in text or len(described.types) == 1
        ):
            rows = [f"[{row}]" for row in text.split(";")]
            text = rows[0] if len(rows) == 1 else f"[{', '.join(rows)}]"
        elif not described.is_array:
            return ScalarNode(text, False, Location(f"--{name}", 1, 1, text))
    return read_text(text, f"--{name}", limits)
