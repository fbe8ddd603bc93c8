"""Convolution as deep-learning courses mean it: cross-correlation of an image with filters."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np

from nncalc.errors import Refused
from nncalc.topics.activation import ACTIVATIONS, ActivationName
from nncalc.topics.fields import About, Answer, Array
from nncalc.topics.upstream import from_above
from nncalc.trace import convolution
from nncalc.trace.work import Work

Sides = tuple[int, int, int, int]


def conv(
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
    filter: Annotated[
        Array,
        "rows columns | filter rows columns | filter depth rows columns",
        About("the filter, or several", symbol="K", also=("kernel", "weight", "weights", "W", "K", "filters")),
    ],
    bias: Annotated[Array | None, "filter", About("a number for each filter", symbol="b", also=("b",))] = None,
    stride: Annotated[
        int | list[int],
        About(
            "step of the window; a number or [height, width]",
            least=1,
            says="stride {}",
            also=("strides", "s"),
        ),
    ] = 1,
    pad: Annotated[
        int | list[int] | Literal["same", "valid"],
        About(
            "zeros around the image: a number, [height, width], [top, left, bottom, right], same or valid",
            least=0,
            says="padding {}",
            also=("padding", "p"),
        ),
    ] = 0,
    dilation: Annotated[int | list[int], About("distance between a window's cells", least=1)] = 1,
    groups: Annotated[int, About("channels and filters are divided into so many groups", least=1, also=("group",))] = 1,
    flip: Annotated[
        bool,
        About(
            "turn the filter around first (convolution as mathematics means it)",
            says=("filter flipped", "filter not flipped"),
            also=("flipped",),
        ),
    ] = False,
    activation: Annotated[ActivationName, About("applied to Y")] = "identity",
    upstream: Annotated[
        Array | None,
        "out_height out_width | filters out_height out_width",
        About("∂L/∂Y (∂L/∂A with an activation), for the way back", also=("dY", "dL/dY")),
    ] = None,
) -> Answer:
    """Slide the filter over the image; each output is the sum of products of filter and window.

    Y[f,i,j] = Σ_c,a,b X_pad[c, i·s + a·d, j·s + b·d] · K[f,c,a,b] (Goodfellow et al., Deep Learning, 9.1; Dumoulin and
    Visin 2016 for the sizes). image: (height, width) or (channel, height, width); filter: (rows, columns) with further
    axes in front for channels and for several filters. A filter without an axis for several gives a Y without one.
    """
    X, K = _cubes(image, filter, groups)
    steps, apart = _pair("stride", stride), _pair("dilation", dilation)
    sides = _sides(pad, X.shape[1:], K.shape[2:], steps, apart)
    size = work.let("size", _size(work, X.shape[1:], K.shape[2:], steps, sides, apart))
    rows, columns = (n + sides[i] + sides[i + 2] for i, n in enumerate(X.shape[1:]))
    work.reserve("pad", (X.shape[0], rows, columns))
    work.reserve("filter", (K.shape[0], (rows - K.shape[2]) // steps[0] + 1, (columns - K.shape[3]) // steps[1] + 1))
    if any(sides):
        padded = np.pad(X, ((0, 0), (sides[0], sides[2]), (sides[1], sides[3])))
        X = work.let("X_pad", padded[0] if image.ndim == 2 else padded)
        X = X[None] if image.ndim == 2 else X
    Y = convolution.conv(X, np.flip(K, axis=(2, 3)) if flip else K, stride=steps, dilation=apart, groups=groups)
    if bias is not None:
        if bias.shape[0] != K.shape[0]:
            raise Refused("bias", f"has {bias.shape[0]} numbers, but there are {K.shape[0]} filters")
        Y = Y + bias[:, None, None]
    Y = work.let("Y", Y if _several(image, filter) else Y[0])
    answer: Answer = {"size": size, "Y": Y}
    out = Y if activation == "identity" else work.let("A", ACTIVATIONS[activation](Y))
    if out is not Y:
        answer["A"] = out
    return answer | from_above(work, out, [image, filter, bias], upstream)


def _several(image: Array, filter: Array) -> bool:
    """Whether the filter has an axis for several filters: then Y has one too."""
    return filter.ndim == 4 or (filter.ndim == 3 and image.ndim == 2)


def _cubes(image: Array, filter: Array, groups: int) -> tuple[Array, Array]:
    """The image with its channel axis, the filter with all four."""
    X = image if image.ndim == 3 else image[None]
    K = (
        filter
        if filter.ndim == 4
        else filter[None, None]
        if filter.ndim == 2
        else (filter[:, None] if image.ndim == 2 else filter[None])
    )
    if X.shape[0] % groups or K.shape[0] % groups:
        raise Refused("groups", f"{groups} groups cannot share {X.shape[0]} channels and {K.shape[0]} filters evenly")
    if K.shape[1] * groups != X.shape[0]:
        per = f" / {groups} groups" if groups > 1 else ""
        raise Refused("filter", f"has {K.shape[1]} channels, but the image has {X.shape[0]}{per}")
    return X, K


def _pair(field: str, given: int | list[int]) -> tuple[int, int]:
    """[height, width] from a number or a list of two."""
    pair = [given, given] if isinstance(given, int) else given
    if len(pair) != 2:
        raise Refused(field, f"want a number or [height, width], got {len(pair)} numbers")
    return pair[0], pair[1]


def _sides(
    pad: int | list[int] | str, n: tuple[int, ...], f: tuple[int, ...], s: tuple[int, int], d: tuple[int, int]
) -> Sides:
    """Padding at top, left, bottom, right; `same` puts what is odd at bottom and right, as TensorFlow does."""
    if pad == "same":
        whole = [max((-(-n[i] // s[i]) - 1) * s[i] + d[i] * (f[i] - 1) + 1 - n[i], 0) for i in (0, 1)]
        return whole[0] // 2, whole[1] // 2, whole[0] - whole[0] // 2, whole[1] - whole[1] // 2
    if isinstance(pad, str):
        return 0, 0, 0, 0
    if isinstance(pad, list) and len(pad) == 4:
        return pad[0], pad[1], pad[2], pad[3]
    top, left = _pair("pad", pad)
    return top, left, top, left


def _size(
    work: Work, n: tuple[int, ...], f: tuple[int, ...], s: tuple[int, int], sides: Sides, d: tuple[int, int]
) -> Array:
    """The output's height and width: floor((n + padding − d·(f − 1) − 1) / s) + 1, written as simply as it goes."""
    above, below = np.array(sides[:2]), np.array(sides[2:])
    for i in (0, 1):
        if n[i] + above[i] + below[i] < d[i] * (f[i] - 1) + 1:
            covered = f"{d[0] * (f[0] - 1) + 1} x {d[1] * (f[1] - 1) + 1}"
            there = f"{n[0] + above[0] + below[0]} x {n[1] + above[1] + below[1]}"
            raise Refused("filter", f"covers {covered} cells, more than the padded image has ({there})")
    room = work.given("n", n)
    if any(sides):
        p = work.given("p", above)
        room = room + 2 * p if (above == below).all() else room + p + work.given("p_end", below)
    reach = work.given("f", f)
    if d != (1, 1):
        reach = work.given("d", d) * (reach - 1) + 1
    return (room - reach) // work.given("s", s) + 1 if s != (1, 1) else room - reach + 1
