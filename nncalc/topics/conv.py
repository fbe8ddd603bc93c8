"""Convolution as deep-learning courses mean it: cross-correlation of an image with filters."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from nncalc.errors import Refused, dimensions
from nncalc.topics.parts.activations import ACTIVATIONS, ActivationName
from nncalc.topics.parts.back import from_above, in_brackets
from nncalc.topics.parts.belonging import when
from nncalc.topics.parts.fields import About, Answer, Array
from nncalc.topics.parts.windows import (
    Dilation,
    Image,
    Pad,
    Stride,
    across,
    extent,
    given_padding,
    of_list,
    output_size,
    padded,
    pair,
    same_transposed,
    windows_of,
    with_padding,
)
from nncalc.trace.rules import convolution
from nncalc.trace.rules.sliding import Pair, Window
from nncalc.trace.work import Work


def conv(
    work: Work,
    image: Image,
    filter: Annotated[
        Array,
        "rows columns | filter rows columns | filter depth rows columns | columns",
        About(
            "the filter, or several",
            symbol="K",
            also=("kernel", "weight", "weights", "W", "K", "filters"),
            example="[[0.5, -0.3], [0.8, 0.2]]",
        ),
    ],
    bias: Annotated[Array | None, "out_channel", About("a number for each filter", symbol="b", also=("b",))] = None,
    stride: Stride = 1,
    pad: Pad = 0,
    dilation: Dilation = 1,
    groups: Annotated[int, About("channels and filters are divided into so many groups", least=1, also=("group",))] = 1,
    flip: Annotated[
        bool,
        About(
            "turn the filter around first (convolution as mathematics means it)",
            says=("filter flipped", "filter not flipped"),
            also=("flipped",),
        ),
    ] = False,
    transposed: Annotated[
        bool,
        About(
            "the transposed convolution, whose filter is in x out/groups x height x width",
            says=("transposed", ""),
            also=("transpose",),
        ),
    ] = False,
    output_pad: Annotated[
        int | list[int],
        About("rows and columns added at the end", least=0, also=("output_padding",), only=when(transposed=True)),
    ] = 0,
    activation: Annotated[ActivationName, About("applied to Y")] = "identity",
    upstream: Annotated[
        Array | None,
        "out_height out_width | filters out_height out_width | out_width",
        About("∂L/∂Y (∂L/∂A with an activation), for the backward pass", also=("dY", "dL/dY")),
    ] = None,
) -> Answer:
    """Slide the filter over the image; each output is the sum of products of filter and window.

    Y[f,i,j] = Σ_c,a,b X_pad[c, i·s + a·d, j·s + b·d] · K[f,c,a,b] (Goodfellow et al., Deep Learning, 9.1; Dumoulin and
    Visin 2016 for the sizes). image: (height, width) or (channel, height, width); filter: (rows, columns) with further
    axes in front for channels and for several filters. A filter without an axis for several gives a Y without one.
    Two plain lists, (width,) and (columns,), are convolved in one dimension.
    Transposed, each cell of the image spreads the filter over the output: X[c,i,j]·K[c,f,a,b] is added to
    Y[f, i·s + a·d − p, j·s + b·d − p].
    """
    line = image.ndim == 1
    if line:
        (stride, pad, dilation), output_pad = of_list(stride, pad, dilation), across("output_pad", output_pad, 0)
    if filter.ndim == 1 or line:
        in_brackets(filter, (1,) * min(image.ndim, 2))
    X, K, several = _cubes(image, filter, groups, transposed)
    K = np.flip(K, axis=(2, 3)) if flip else K
    work_out = _transposed if transposed else _forward
    size, Y = work_out(work, image, X, K, stride, pad, dilation, groups, output_pad)
    if bias is not None:
        if bias.shape[0] != Y.shape[0]:
            raise Refused("bias", f"has {bias.shape[0]} numbers, but there are {Y.shape[0]} filters")
        Y = Y + bias[:, None, None]
    Y = work.let("Y", Y[0, 0] if line else Y if several else Y[0])
    answer: Answer = {"size": size, "Y": Y}
    out = Y if activation == "identity" else work.let("A", ACTIVATIONS[activation](Y))
    if out is not Y:
        answer["A"] = out
    return answer | from_above(work, out, [image, filter, bias], upstream)


def _forward(
    work: Work, image: Any, X: Any, K: Any, stride: Any, pad: Any, dilation: Any, groups: int, output_pad: Any
) -> tuple[Any, Any]:
    """The size of the output, and the convolution of the padded image."""
    slid = with_padding(windows_of(X.shape[1:], K.shape[2:], stride, dilation), pad)
    size = work.let("size", output_size(work, slid, line=image.ndim == 1))
    whole = slid.unpadded()
    work.reserve("pad", (X.shape[0], *whole.image))
    work.reserve("filter", (K.shape[0], *slid.out))
    if slid.is_padded:
        X = _cube(work.let("X_pad", padded(image, slid)))
    return size, convolution.conv(X, K, window=whole, groups=groups)


def _transposed(
    work: Work, image: Any, X: Any, K: Any, stride: Any, pad: Any, dilation: Any, groups: int, output_pad: Any
) -> tuple[Any, Any]:
    """The size of the output, (n − 1)·s + d·(f − 1) + 1 − padding + output_pad, and the spread filters cut to it."""
    slid = windows_of(X.shape[1:], K.shape[2:], stride, dilation)
    more = pair("output_pad", output_pad)
    if pad == "same":
        slid, more = same_transposed(slid, more)
    else:
        slid = with_padding(slid, pad)
    for axis, extra in zip(slid, more, strict=True):
        if extra >= max(axis.s, axis.d) and np.any(output_pad):
            raise Refused("output_pad", f"is {extra}", "less than the stride or the dilation")
    whole = slid.down.spread + more[0], slid.across.spread + more[1]
    kept = [slice(axis.before, size - axis.after) for axis, size in zip(slid, whole, strict=True)]
    if any(part.stop <= part.start for part in kept):
        raise Refused("pad", f"cuts all of the {dimensions(whole)} output away")
    work.reserve("stride", (K.shape[1] * groups, *whole))
    size = work.let("size", _transposed_size(work, slid, more, image.ndim == 1))
    Y = convolution.conv_transposed(X, K, window=slid.unpadded(whole), groups=groups)
    return size, Y[(slice(None), *kept)] if slid.is_padded else Y


def _transposed_size(work: Work, window: Window, more: Pair, line: bool) -> Any:
    """Height and width as a formula, written as simply as it goes (Dumoulin and Visin 2016)."""
    strides, dilations = zip(*((axis.s, axis.d) for axis in window), strict=True)
    room = work.given("n", extent(window.image, line)) - 1
    room = room if strides == (1, 1) else room * work.given("s", extent(strides, line))
    reach = work.given("f", extent(window.size, line))
    size = room + (reach if dilations == (1, 1) else work.given("d", extent(dilations, line)) * (reach - 1) + 1)
    if window.is_padded:
        p, *end = given_padding(work, window, line)
        size = size - p - end[0] if end else size - 2 * p
    return size + work.given("output_pad", extent(more, line)) if any(more) else size


def _cube(image: Any) -> Any:
    """The image with all three axes."""
    return image if image.ndim == 3 else image[None] if image.ndim == 2 else image[None, None]


def _cubes(image: Array, filter: Array, groups: int, transposed: bool) -> tuple[Any, Any, bool]:
    """The image with its channel axis, the filter with all four, and whether Y has an axis for several filters."""
    X = _cube(image)
    if (filter.ndim == 1) != (image.ndim == 1):
        what = f"is {dimensions(filter.shape)}, but the image is {dimensions(image.shape)}"
        raise Refused("filter", what, "two plain lists, or rows of both")
    if filter.ndim == 1:
        K, several = filter[None, None, None], False
    elif filter.ndim == 2:
        K, several = filter[None, None], False
    elif filter.ndim == 4:
        K, several = filter, True
    elif image.ndim == 2:
        K, several = (filter[None] if transposed else filter[:, None]), True
    else:
        K, several = (filter[:, None] if transposed else filter[None]), False
    if X.shape[0] % groups or K.shape[0] % groups:
        raise Refused("groups", f"{groups} groups cannot share {X.shape[0]} channels and {K.shape[0]} filters evenly")
    channels = K.shape[0] if transposed else K.shape[1] * groups
    if channels != X.shape[0]:
        per = f" / {groups} groups" if groups > 1 and not transposed else ""
        raise Refused("filter", f"has {K.shape[0 if transposed else 1]} channels, but the image has {X.shape[0]}{per}")
    return X, K, several
