"""Pooling: the largest or the average of each window, and the way back."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused
from nncalc.topics.fields import About, Answer, Array
from nncalc.topics.upstream import from_above
from nncalc.trace.rules.products import total
from nncalc.trace.rules.reductions import largest
from nncalc.trace.work import Work


def pool(
    work: Work,
    image: Annotated[
        Array,
        "height width | channel height width",
        About(
            "the image",
            symbol="X",
            also=("input", "x", "X"),
            example="[[2, 3, 7, 4], [6, 6, 9, 8], [3, 4, 8, 3], [7, 8, 3, 6]]",
        ),
    ],
    window: Annotated[
        int | list[int], About("its size; a number or [height, width]", least=1, also=("size", "kernel", "kernel_size"))
    ],
    kind: Annotated[Literal["max", "average"], About("which one", says="{}", also=("type", "mode"))] = "max",
    stride: Annotated[
        int | list[int] | None, About("step of the window (default: its size)", least=1, also=("strides",))
    ] = None,
    upstream: Annotated[Array | None, "out_height out_width | channel out_height out_width", About("∂L/∂Y")] = None,
) -> Answer:
    """Y[i,j] = the largest (or the average) of the window at (i·s, j·s) (Goodfellow et al., Deep Learning, 9.3).

    image: (height, width) or (channel, height, width), pooled channel by channel. Going back, a maximum's gradient goes
    to the cell that was the largest (at a tie to the first in row-major order), an average's to all cells alike.
    """
    f, s = _pair("window", window), _pair("stride", window if stride is None else stride)
    n = image.shape[-2:]
    if f[0] > n[0] or f[1] > n[1]:
        raise Refused("window", f"is {f[0]} x {f[1]}, but the image is {n[0]} x {n[1]}")
    sizes = work.given("n", n), work.given("f", f), work.given("s", s)
    size = work.let("size", (sizes[0] - sizes[1]) // sizes[2] + 1)
    out = tuple((n[i] - f[i]) // s[i] + 1 for i in (0, 1))
    cells = [
        image[..., a : a + s[0] * (out[0] - 1) + 1 : s[0], b : b + s[1] * (out[1] - 1) + 1 : s[1]]
        for a, b in np.ndindex(*f)
    ]
    Y = work.let("Y", largest(*cells) if kind == "max" else total(*cells) / len(cells))
    answer: Answer = {"size": size, "Y": Y}
    if kind == "max":
        answer["where"] = _where(cells, f, s)
    return answer | from_above(work, Y, [image], upstream)


def _where(cells: list[Any], f: tuple[int, int], s: tuple[int, int]) -> Array:
    """Row and column (from 1) of each maximum in the image, along a new last axis."""
    first = np.argmax(np.stack([getattr(c, "array", c) for c in cells]), axis=0)
    rows, columns = np.indices(first.shape[-2:])
    return np.stack([rows * s[0] + first // f[1] + 1, columns * s[1] + first % f[1] + 1], axis=-1)


def _pair(field: str, given: int | list[int]) -> tuple[int, int]:
    pair = [given, given] if isinstance(given, int) else given
    if len(pair) != 2:
        raise Refused(field, f"want a number or [height, width], got {len(pair)} numbers")
    return pair[0], pair[1]
