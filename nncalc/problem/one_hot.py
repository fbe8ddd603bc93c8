"""Words in place of numbers: a row for each of them, with a 1 at its place in the vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from nncalc.errors import FieldPath, did_you_mean, printable, some_of
from nncalc.reading.nodes import MappingNode

if TYPE_CHECKING:
    from nncalc.problem.convert import Converter


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
