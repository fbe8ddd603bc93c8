"""What goes from layer to layer: the sizes of an image, of a sequence, of a vector."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple


class Size(NamedTuple):
    """A size along one axis.

    `exact` decides what is possible (None: how many tokens there are is not known); `carried` is what the working
    goes on with, and differs where it goes on with what somebody else worked.
    """

    exact: int | None
    carried: Any


# (height, width, channels) of an image, (tokens, numbers a token) of a sequence, (numbers,) of a vector.
Shape = tuple[Size, ...]


def sizes(*lengths: int | None) -> Shape:
    """A shape of sizes that are given."""
    return tuple(Size(n, n) for n in lengths)


def known_sizes(shape: Shape) -> tuple[int | None, ...]:
    """A shape in whole numbers."""
    return tuple(size.exact for size in shape)


def spoken(shape: Shape | Sequence[int | None]) -> str:
    """A shape in words: 28 x 28 x 6, or T x 768 where the number of tokens is not known."""
    lengths = [n.exact if isinstance(n, Size) else n for n in shape]
    return " x ".join("T" if n is None else str(n) for n in lengths)
