"""Floats so near to each other that the numbers that they stand for may be equal."""

from __future__ import annotations

from typing import Any

import numpy as np

# So far apart, beside what they are.
NEAR = 1e-9


def all_but_equal(a: Any, b: Any) -> Any:
    """Whether two numbers are so near to each other that they may be equal, and are not as floats."""
    return (a != b) & (abs(a - b) <= NEAR * (abs(a) + abs(b)))


def near(a: Any, b: Any) -> Any:
    """The same of arrays, in which infinities are equal or are not."""
    with np.errstate(invalid="ignore"):
        return all_but_equal(a, b)


def near_whole(x: Any) -> Any:
    """Whether a number is all but whole."""
    return near(x, np.rint(x))


def near_within(*xs: Any, **_: Any) -> bool:
    """Whether among these numbers two are all but equal."""
    ordered = np.sort(np.ravel(xs[0]) if len(xs) == 1 else np.concatenate([np.ravel(x) for x in xs]))
    return bool(near(ordered[1:], ordered[:-1]).any())
