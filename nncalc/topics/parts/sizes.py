"""Sizes of axes by their names; an axis may be worked from others: `hidden+input`, `4*hidden`."""

from __future__ import annotations

import math
from collections.abc import Mapping


def is_worked(axis: str) -> bool:
    """Whether an axis is worked from others."""
    return "+" in axis or "*" in axis


def size_of(axis: str, sizes: Mapping[str, int]) -> int | None:
    """The size of an axis such as hidden+input or 4*hidden, or None where a name's size is not known."""
    total = 0
    for term in axis.split("+"):
        factors = [int(f) if f.isdigit() else sizes.get(f) for f in term.split("*")]
        known = [f for f in factors if f is not None]
        if len(known) < len(factors):
            return None
        total += math.prod(known)
    return total
