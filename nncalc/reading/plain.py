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

# Of so many numbers the decimals are looked for; nobody reads those of more.
MOST_WRITTEN = 100_000


def node_of(value: Any, mark: Location, limits: Limits, depth: int = 0) -> Node:
    """The node of numbers, texts, True, False and None, and of lists, arrays and mappings of them.

    A text stands for what a file says without quotes: "1/3" is a number where the field wants one. Raises InputError
    for anything else, for a key that no file could have, and for what is nested deeper than the limit.
    """
    if hasattr(value, "tolist") or hasattr(value, "__array__") or hasattr(value, "numpy"):
        value = _listed(value)
    if isinstance(value, (Mapping, list, tuple)) and depth >= limits.depth:
        what, hint = too_deep(limits)
        raise InputError(Finding(what, mark, hint=hint))
    if isinstance(value, Mapping):
        entries = {_key(key, mark, limits): node_of(inner, mark, limits, depth + 1) for key, inner in value.items()}
        return MappingNode(entries, dict.fromkeys(entries, mark), mark)
    if isinstance(value, (list, tuple)):
        return SequenceNode([node_of(item, mark, limits, depth + 1) for item in value], mark)
    return ScalarNode(_text(value, mark), False, mark)


def widened(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Numbers in double precision; one of less is the decimal that it is written as, 0.1 and not 0.10000000149."""
    if array.dtype.kind == "f" and array.dtype.itemsize < 8 and array.size <= MOST_WRITTEN:
        return array.astype(str).astype(float)
    return array.astype(float)


def _listed(value: Any) -> Any:
    """The numbers of an array, a tensor or a single number of NumPy's, or of a library like it."""
    if not hasattr(value, "tolist"):
        value = np.asarray(value if hasattr(value, "__array__") else value.numpy())
    precision = str(getattr(value, "dtype", "")).rpartition(".")[2]  # torch.float32
    numbers = value.tolist()
    return widened(np.asarray(numbers, precision)).tolist() if precision in ("float16", "float32") else numbers


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
