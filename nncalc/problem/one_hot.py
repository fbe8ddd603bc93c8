"""Words in place of numbers: a row for each of them, with a 1 at its place in the vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nncalc.errors import FieldPath, did_you_mean, printable, some_of
from nncalc.problem.looks import are_words
from nncalc.reading.nodes import MappingNode, Node, ScalarNode, SequenceNode
from nncalc.topics.parts.fields import Field

if TYPE_CHECKING:
    from nncalc.problem.convert import Converter


def with_words(node: MappingNode, fields: tuple[Field, ...]) -> MappingNode:
    """The mapping with words under the field for words, where they were given as the numbers that they stand for."""
    for f in fields:
        given, (words, _) = node.entries.get(f.name), f.about.one_hot or ("", "")
        if words and words not in node.entries and isinstance(given, SequenceNode) and are_words(given):
            renamed = {f.name: words}
            entries = {renamed.get(name, name): child for name, child in node.entries.items()}
            keys = {renamed.get(name, name): mark for name, mark in node.keys.items()}
            return with_words(MappingNode(entries, keys, node.mark), fields)
    known = _words(node.entries.get("vocabulary"))
    worded = {f.name: rows for f in fields if f.about.worded and (rows := _rows(node.entries.get(f.name), known))}
    return replace(node, entries=node.entries | worded) if worded else node


def _words(node: Node | None) -> list[str]:
    """The words of a list, the letters of a text."""
    if isinstance(node, ScalarNode):
        return list(node.text)
    items = node.items if isinstance(node, SequenceNode) else []
    return [item.text for item in items if isinstance(item, ScalarNode)]


def _rows(node: Node | None, known: list[str]) -> Node | None:
    """What stands for words of the vocabulary: a row of 0 and 1 for each, for a word alone its row; else None.

    Of a vocabulary of figures a target is meant as numbers.
    """
    one = isinstance(node, ScalarNode) and (node.text in known or len(node.text) == 1)
    said = [node.text] if isinstance(node, ScalarNode) and one else _words(node)
    if node is None or not {*said} <= {*known} or not any(word[:1].isalpha() for word in said):
        return None
    rows = [
        SequenceNode([ScalarNode(str(int(w == word)), False, node.mark) for w in known], node.mark) for word in said
    ]
    return rows[0] if one else SequenceNode(list(rows), node.mark)


def one_hot_rows(
    converter: Converter, node: MappingNode, values: Mapping[str, Any], words: str, vocabulary: str, path: FieldPath
) -> Any:
    """The rows, (word, vocabulary); BAD, with its finding noted, for a word that the vocabulary does not have."""
    at = node.entries[words]
    if vocabulary not in node.entries:
        return converter.found(at, (*path, vocabulary), "is missing", "all words in the order of the rows' numbers")
    for name in (words, vocabulary):
        if not isinstance(values[name], (str, list)):  # it is BAD already
            return values[name]
    known, said = list(values[vocabulary]), list(values[words])
    if not said or len(set(known)) < len(known):
        name = vocabulary if said else words
        return converter.found(node.entries[name], (*path, name), "has a word twice" if said else "has no words")
    if len(known) * len(said) > converter.limits.array:
        return converter.found(at, (*path, words), f"make more than {converter.limits.array} numbers, the limit")
    for i, word in enumerate(said, 1):
        if word not in known:
            what, want = f"'{printable(word)}' is not in the vocabulary", f"one of {some_of(known, word, '')}"
            return converter.found(at, (*path, words, i), what, want, did_you_mean(word, known))
    return np.eye(len(known))[[known.index(word) for word in said]]
