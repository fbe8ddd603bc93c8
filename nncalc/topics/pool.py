"""Pooling: the largest or the average of each window, and the backward pass."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused
from nncalc.topics.parts.back import from_above
from nncalc.topics.parts.belonging import GIVEN, when
from nncalc.topics.parts.fields import About, Answer, Array
from nncalc.topics.parts.windows import (
    PAD_ALSO,
    PAD_WORDS,
    Image,
    PadKind,
    across,
    of_list,
    output_size,
    pair,
    say_ties,
    windows_of,
    with_padding,
)
from nncalc.trace.rules.pooling import average_pool, first_largest, max_pool
from nncalc.trace.rules.sliding import Window
from nncalc.trace.value import numbers
from nncalc.trace.work import Work

SLIDING = when(global_=False)


def pool(
    work: Work,
    image: Image,
    window: Annotated[
        int | list[int] | None,
        About(
            "its size; a number or [height, width]",
            least=1,
            also=("size", "kernel", "kernel_size", "pool_size"),
            example="2",
        ),
    ] = None,
    kind: Annotated[Literal["max", "average"], About("which one", says="{}", also=("type", "mode"))] = "max",
    stride: Annotated[
        int | list[int] | None,
        About("step of the window (default: its size)", least=1, also=("strides",), only=SLIDING),
    ] = None,
    pad: Annotated[
        PadKind,
        About(
            f"padding around the image: {PAD_WORDS}; a maximum leaves it out, an average has zeros there",
            least=0,
            says="padding {}",
            also=PAD_ALSO,
            only=SLIDING,
        ),
    ] = 0,
    dilation: Annotated[
        int | list[int],
        About("distance between a window's cells", least=1, also=("dilations",), only=SLIDING),
    ] = 1,
    count_pad: Annotated[
        bool,
        About(
            "zeros of the padding count in an average",
            also=("count_include_pad",),
            only=when(kind="average", pad=GIVEN),
        ),
    ] = False,
    ceil: Annotated[
        bool,
        About("a window may reach over the end: sizes are rounded up", also=("ceil_mode",), only=SLIDING),
    ] = False,
    global_: Annotated[bool, About("one window over the whole image", also=("global_pool",))] = False,
    upstream: Annotated[
        Array | None,
        "out_height out_width | channel out_height out_width | out_width",
        About("∂L/∂Y, for the backward pass", also=("dY",)),
    ] = None,
) -> Answer:
    """Y[i,j] = the largest (or the average) of the window at (i·s, j·s) (Goodfellow et al., Deep Learning, 9.3).

    image: (height, width) or (channel, height, width), pooled channel by channel, or a plain list (width,).
    Going back, a maximum's gradient goes to the cell that was the largest (at a tie to the first in row-major order),
    an average's to all cells alike.
    """
    if (window is None) != global_:
        raise Refused(
            "window", "is missing" if window is None else "is the whole image with `global`", "one of the two"
        )
    line = image.ndim == 1
    if line:
        (stride, pad, dilation), window = of_list(stride, pad, dilation), across("window", window)
    X = image[None] if line else image
    n = X.shape[-2:]
    f = n if window is None else pair("window", window)
    slid = with_padding(windows_of(n, f, f if stride is None else stride, dilation, ceil), pad)
    size = work.let("size", output_size(work, slid, "window", line))
    work.reserve("pad", (*X.shape[:-2], *slid.out))
    if not slid.counts().all():
        raise Refused("pad", "leaves a window without a cell of the image", "less than the window")
    Y = max_pool(X, window=slid) if kind == "max" else average_pool(X, window=slid, padding=count_pad)
    Y = work.let("Y", Y[0] if line else Y)
    answer: Answer = {"size": size, "Y": Y}
    if kind == "max":
        where = _where(X, slid)
        answer["where"] = where[0, :, 1] if line else where
        if upstream is not None:
            say_ties(work, X, slid, line)
    return answer | from_above(work, Y, [image], upstream)


def _where(image: Any, window: Window) -> Array:
    """Row and column (from 1) of each maximum in the image, along a new last axis."""
    cells = first_largest(numbers(image), window)
    return np.stack(np.divmod(cells, image.shape[-1]), axis=-1) + 1
