"""What a Python program holds, as the nodes that a file with the same content would give."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Number
from typing import Any

import numpy as np

from nncalc.errors import Finding, InputError, Location, printable
from nncalc.limits import Limits
from nncalc.reading.builder import SURROGATE, half_character, too_deep, unusable_key
from nncalc.reading.nodes import MappingNode, Node, ScalarNode, SequenceNode


def node_of(value: Any, mark: Location, limits: Limits, depth: int = 0) -> Node:
    """The node of numbers, texts, True, False and None, and of lists, arrays and mappings of them.

    A text stands for what a file says without quotes: "1/3" is a number where the field wants one. Raises InputError
    for anything else, for a key that no file could have, and for what is nested deeper than the limit.
    """
    if hasattr(value, "tolist"):  # an array or a number of NumPy's, or of a library like it
        value = value.tolist()
    elif hasattr(value, "__array__"):
        value = np.asarray(value).tolist()
    elif hasattr(value, "numpy"):  # a tensor
        value = value.numpy().tolist()
    if isinstance(value, (Mapping, list, tuple)) and depth >= limits.depth:
        what, hint = too_deep(limits)
        raise InputError(Finding(what, mark, hint=hint))
    if isinstance(value, Mapping):
        entries = {_key(key, mark, limits): node_of(inner, mark, limits, depth + 1) for key, inner in value.items()}
        return MappingNode(entries, dict.fromkeys(entries, mark), mark)
    if isinstance(value, (list, tuple)):
        return SequenceNode([node_of(item, mark, limits, depth + 1) for item in value], mark)
    return ScalarNode(_text(value, mark), False, mark)


def _key(key: Any, mark: Location, limits: Limits) -> str:
    if not isinstance(key, str):
        raise InputError(Finding(f"want texts as keys, got {printable(repr(key))}", mark))
    trouble = unusable_key(key, limits)
    if trouble:
        what, hint = trouble
        raise InputError(Finding(what, mark, hint=hint))
    return key


def _text(value: Any, mark: Location) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, (str, Number)):
        what = f"want numbers, texts, lists, arrays and mappings, got {type(value).__name__}"
        raise InputError(Finding(what, mark))
    text = str(value)
    half = SURROGATE.search(text)
    if half:
        raise InputError(Finding(half_character(half.group()), mark))
    return text
