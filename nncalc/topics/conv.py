"""Convolution as deep-learning courses mean it: cross-correlation of an image with filters."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import numpy as np

from nncalc.errors import Refused, dimensions
from nncalc.topics.parts.activations import ACTIVATIONS, ActivationName
from nncalc.topics.parts.back import from_above
from nncalc.topics.parts.fields import About, Answer, Array
from nncalc.topics.parts.windows import Dilation, Image, Pad, Stride, output_size, padded, pair, slid_over
from nncalc.trace.rules import convolution
from nncalc.trace.work import Work


def conv(
    work: Work,
    image: Image,
    filter: Annotated[
        Array,
        "rows columns | filter rows columns | filter depth rows columns",
        About("the filter, or several", symbol="K", also=("kernel", "weight", "weights", "W", "K", "filters")),
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
        int | list[int], About("transposed: rows and columns added at the end", least=0, also=("output_padding",))
    ] = 0,
    activation: Annotated[ActivationName, About("applied to Y")] = "identity",
    upstream: Annotated[
        Array | None,
        "out_height out_width | filters out_height out_width",
        About("∂L/∂Y (∂L/∂A with an activation), for the backward pass", also=("dY", "dL/dY")),
    ] = None,
) -> Answer:
    """Slide the filter over the image; each output is the sum of products of filter and window.

    Y[f,i,j] = Σ_c,a,b X_pad[c, i·s + a·d, j·s + b·d] · K[f,c,a,b] (Goodfellow et al., Deep Learning, 9.1; Dumoulin and
    Visin 2016 for the sizes). image: (height, width) or (channel, height, width); filter: (rows, columns) with further
    axes in front for channels and for several filters. A filter without an axis for several gives a Y without one.
    Transposed, each cell of the image spreads the filter over the output: X[c,i,j]·K[c,f,a,b] is added to
    Y[f, i·s + a·d − p, j·s + b·d − p].
    """
    X, K, several = _cubes(image, filter, groups, transposed)
    K = np.flip(K, axis=(2, 3)) if flip else K
    work_out = _transposed if transposed else _forward
    size, Y = work_out(work, X, K, image.ndim == 2, stride, pad, dilation, groups, output_pad)
    if bias is not None:
        if bias.shape[0] != Y.shape[0]:
            raise Refused("bias", f"has {bias.shape[0]} numbers, but there are {Y.shape[0]} filters")
        Y = Y + bias[:, None, None]
    Y = work.let("Y", Y if several else Y[0])
    answer: Answer = {"size": size, "Y": Y}
    out = Y if activation == "identity" else work.let("A", ACTIVATIONS[activation](Y))
    if out is not Y:
        answer["A"] = out
    return answer | from_above(work, out, [image, filter, bias], upstream)


def _forward(
    work: Work, X: Any, K: Any, flat: bool, stride: Any, pad: Any, dilation: Any, groups: int, output_pad: Any
) -> tuple[Any, Any]:
    """The size of the output, and the convolution of the padded image."""
    if output_pad:
        raise Refused("output_pad", "belongs to a transposed convolution", hint="transposed: true")
    n, f, s, d = X.shape[1:], K.shape[2:], pair("stride", stride), pair("dilation", dilation)
    axes = slid_over(pad, n, f, s, d)
    size = work.let("size", output_size(work, axes))
    work.reserve("pad", (X.shape[0], *(axis.room for axis in axes)))
    work.reserve("filter", (K.shape[0], *(axis.count for axis in axes)))
    if any(axis.room > axis.n for axis in axes):
        whole = padded(X, axes)
        whole = work.let("X_pad", whole[0] if flat else whole)
        X = whole[None] if flat else whole
    return size, convolution.conv(X, K, stride=s, dilation=d, groups=groups)


def _transposed(
    work: Work, X: Any, K: Any, flat: bool, stride: Any, pad: Any, dilation: Any, groups: int, output_pad: Any
) -> tuple[Any, Any]:
    """The size of the output, (n − 1)·s + d·(f − 1) + 1 − padding + output_pad, and the spread filters cut to it."""
    n, f, s, d = X.shape[1:], K.shape[2:], pair("stride", stride), pair("dilation", dilation)
    more = pair("output_pad", output_pad)
    rows, columns = axes = slid_over("valid" if pad == "same" else pad, n, f, s, d)
    if pad == "same":
        cut = [max(axis.reach - axis.s, 0) for axis in axes]
        rows, columns = axes = tuple(  # type: ignore[assignment]  # of two comes two
            replace(axis, before=c // 2, after=c - c // 2) for axis, c in zip(axes, cut, strict=True)
        )
        more = (max(s[0] - rows.reach, more[0]), max(s[1] - columns.reach, more[1]))
    for i in (0, 1):
        if more[i] >= max(s[i], d[i]) and output_pad:
            raise Refused("output_pad", f"is {more[i]}", "less than the stride or the dilation")
    whole = tuple((axis.n - 1) * axis.s + axis.reach + end for axis, end in zip(axes, more, strict=True))
    if any(length <= axis.before + axis.after for length, axis in zip(whole, axes, strict=True)):
        raise Refused("pad", f"cuts all of the {dimensions(whole)} output away")
    work.reserve("stride", (K.shape[1] * groups, *whole))
    around = (rows.before, columns.before, rows.after, columns.after)
    size = work.let("size", _transposed_size(work, n, f, s, d, around, more))
    Y = convolution.conv_transposed(X, K, size=whole, stride=s, dilation=d, groups=groups)
    if any(around):
        Y = Y[:, rows.before : whole[0] - rows.after, columns.before : whole[1] - columns.after]
    return size, Y


def _transposed_size(work: Work, n: Any, f: Any, s: Any, d: Any, around: tuple[int, ...], more: Any) -> Any:
    room = work.given("n", n) - 1
    room = room if s == (1, 1) else room * work.given("s", s)
    reach = work.given("f", f)
    size = room + (reach if d == (1, 1) else work.given("d", d) * (reach - 1) + 1)
    if any(around):
        p = work.given("p", around[:2])
        size = size - 2 * p if around[:2] == around[2:] else size - p - work.given("p_end", around[2:])
    return size + work.given("output_pad", more) if any(more) else size


def _cubes(image: Array, filter: Array, groups: int, transposed: bool) -> tuple[Any, Any, bool]:
    """The image with its channel axis, the filter with all four, and whether Y has an axis for several filters."""
    X = image if image.ndim == 3 else image[None]
    if filter.ndim == 2:
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
