"""Which shapes fit together in a formula, and what is said where they do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nncalc.errors import dimensions, so_many
from nncalc.topics.parts.windows import padded, windows_of, with_padding
from nncalc.trace.rules import convolution
from nncalc.trace.rules.pooling import max_pool
from nncalc.trace.value import Value

# The largest size that a formula may ask for.
LARGEST = 100_000


class Unfit(Exception):
    """Arguments that a function or an operator cannot take; `why` speaks of them as the formula writes them."""

    def __init__(self, why: str, hint: str = ""):
        self.why, self.hint = why, hint
        super().__init__(why)


class Turned:
    """vᵀ of a vector, which only a product can take."""

    def __init__(self, vector: Any):
        self.vector = vector


def shape_of(x: Any) -> tuple[int, ...]:
    """The shape of a Value, an array, a number, or a vector that is turned."""
    x = x.vector if isinstance(x, Turned) else x
    return np.shape(x.array if isinstance(x, Value) else x)


def size_in_words(shape: tuple[int, ...]) -> str:
    """one number, 3 numbers, 2 x 3."""
    return so_many(shape[0], "number") if len(shape) == 1 else dimensions(shape)


def size_said(shape: tuple[int, ...]) -> str:
    """What something of that shape is: has 3 numbers, is 3 x 2, is one number."""
    return f"{'has' if len(shape) == 1 else 'is'} {size_in_words(shape)}"


def fit(*xs: Any, rows: bool = False) -> None:
    """Whether arrays fit element by element: of one shape, a number, n x m with n x 1; Unfit otherwise.

    rows: also n x m with a vector of m, which meets each row.
    """
    shapes = [shape_of(x) for x in xs]
    widest = max(shapes, key=lambda shape: (len(shape), shape))
    for shape in shapes:
        column = len(shape) == len(widest) == 2 and shape[0] == widest[0] and 1 in (shape[1], widest[1])
        row = rows and len(widest) == 2 and shape == widest[1:]
        if shape and shape != widest and not column and not row:
            raise Unfit("these shapes do not fit")


def whole_size(x: Any, least: int = 1) -> int:
    """A size: a whole number that stands in the problem; shapes depend on the problem, never on what is worked."""
    given = not isinstance(x, Value) or x.is_given
    number = float(np.asarray(x.array if isinstance(x, Value) else x)) if given and not shape_of(x) else -1.0
    if not least <= number <= LARGEST or number != int(number):
        raise Unfit(f"want a size as a whole number from {least} to {LARGEST}, written or given")
    return int(number)


def convolved(x: Any, k: Any, stride: Any = 1, pad: Any = 0) -> Any:
    """The cross-correlation of a matrix or a vector with a filter."""
    window, image, several = _windows(x, shape_of(k), stride, pad)
    kernel = k.reshape((1, 1, *(1,) * (2 - len(shape_of(k))), *shape_of(k)))
    return convolution.conv(image, kernel, window=window)[(0, *several)]


def pooled(x: Any, size: Any, stride: Any = None, pool: Callable[..., Any] = max_pool) -> Any:
    """The largest of each window of a matrix or a vector; with another `pool` its average."""
    length = whole_size(size)
    shape = (length,) * len(shape_of(x))
    window, image, several = _windows(x, shape, size if stride is None else stride, 0)
    return pool(image, window=window)[(0, *several)]


def _windows(x: Any, shape: tuple[int, ...], stride: Any, pad: Any) -> tuple[Any, Any, tuple[int, ...]]:
    """The windows, the image as channel x row x column, and which of its rows is meant where it is a vector."""
    own = shape_of(x)
    if len(own) not in (1, 2) or len(shape) != len(own):
        raise Unfit("want two matrices, or two vectors")
    s, p, line = whole_size(stride), whole_size(pad, 0), len(own) == 1
    n, f = ((1, *own), (1, *shape)) if line else (own, shape)
    slid = with_padding(windows_of(n, f, [1, s] if line else s, 1), [0, p] if line else p)  # type: ignore[arg-type]
    if min(slid.out) < 1:
        raise Unfit("the window is larger than the image")
    image = padded(x, slid) if slid.is_padded else x
    return slid.unpadded(), image.reshape((1, *(1,) * line, *shape_of(image))), (0,) if line else ()
