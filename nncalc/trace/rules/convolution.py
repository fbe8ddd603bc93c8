"""Convolution and its two gradients, each one operation: im2col in tiles of output rows, then one matrix product.

Shapes: image (channel, height, width), filter (filter, channel of its group, rows, columns), output
(filter, rows, columns); padding is a step of its own, so that the `Window` over the image has none. Convolution is
cross-correlation, as in every framework (Goodfellow et al., Deep Learning, 9.1).
All three are linear in both arguments, so that each one's derivatives are the other two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from nncalc.trace.notation import tree as n
from nncalc.trace.notation.tree import Expr, Index
from nncalc.trace.rules.sliding import Window, sizes_written
from nncalc.trace.rules.table import rule, traced

# A tile's columns stay in the processor's cache: measured best between 0.5 and 4 MB.
TILE_BYTES = 1 << 21


def _windows(x: Any, window: Window) -> Any:
    """A view (channel, row in window, column in window, output row, output column); no copy."""
    down, across = window
    view = sliding_window_view(x, (down.reach, across.reach), axis=(1, 2))
    return view[:, :: down.s, :: across.s, :: down.d, :: across.d].transpose(0, 3, 4, 1, 2)


def _tiles(view: Any) -> Iterator[tuple[slice, Any]]:
    """The windows as columns of a matrix, some output rows at a time."""
    channels, h, w, rows, width = view.shape
    step = max(1, TILE_BYTES // max(1, channels * h * w * width * 8))
    for start in range(0, rows, step):
        part = slice(start, min(start + step, rows))
        yield part, view[:, :, :, part].reshape(channels * h * w, -1)


def _grouped(groups: int, *counts: int) -> Iterator[tuple[slice, ...]]:
    """For each group its slice of each axis that is divided among the groups."""
    for g in range(groups):
        yield tuple(slice(g * c // groups, (g + 1) * c // groups) for c in counts)


@traced
def conv(x: Any, k: Any, window: Window, groups: int = 1) -> Any:
    """Cross-correlation of a padded image with filters."""
    view = _windows(x, window)
    out = np.empty((k.shape[0], *view.shape[3:]), np.result_type(x, k))
    for channels, filters in _grouped(groups, x.shape[0], k.shape[0]):
        flat = k[filters].reshape(filters.stop - filters.start, -1)
        for rows, columns in _tiles(view[channels]):
            out[filters, rows] = (flat @ columns).reshape(flat.shape[0], -1, out.shape[2])
    return out


@traced
def conv_transposed(g: Any, k: Any, window: Window, groups: int = 1) -> Any:
    """The gradient of `conv` by its image: every output is spread over its window."""
    _, per_group, h, w = k.shape
    out = np.zeros((per_group * groups, *window.image), np.result_type(g, k))
    (down, across), (rows, width) = window, g.shape[1:]
    for filters, channels in _grouped(groups, k.shape[0], out.shape[0]):
        flat = k[filters].reshape(filters.stop - filters.start, -1)
        columns = (flat.T @ g[filters].reshape(flat.shape[0], -1)).reshape(per_group, h, w, rows, width)
        for a, b in np.ndindex(h, w):
            top, left = down.cell(0, a), across.cell(0, b)
            reached = slice(top, down.cell(rows, a), down.s), slice(left, across.cell(width, b), across.s)
            out[(channels, *reached)] += columns[:, a, b]
    return out


@traced
def conv_filter_gradient(x: Any, g: Any, window: Window, groups: int = 1) -> Any:
    """The gradient of `conv` by its filter: every window weighted by its output's."""
    per_group = x.shape[0] // groups
    # A stride can leave rows over at the end that no window reaches.
    view = _windows(x, window)[:, :, :, : g.shape[1], : g.shape[2]]
    out = np.zeros((g.shape[0], per_group, *window.size), np.result_type(x, g))
    for channels, filters in _grouped(groups, x.shape[0], g.shape[0]):
        for rows, columns in _tiles(view[channels]):
            part = g[filters, rows]
            out[filters] += (part.reshape(part.shape[0], -1) @ columns.T).reshape(out[filters].shape)
    return out


def _conv(index: Index, x: Any, k: Any, window: Window, groups: int = 1) -> Expr:
    f, row, column = index
    first = f // (k.shape[0] // groups) * k.shape[1]
    return n.add(*(
        n.product(x[first + c, window.down.cell(row, a), window.across.cell(column, b)], k[f, c, a, b])
        for c, a, b in np.ndindex(*k.shape[1:])
    ))  # fmt: skip


def _conv_transposed(index: Index, g: Any, k: Any, window: Window, groups: int = 1) -> Expr:
    channel, row, column = index
    group, c = divmod(channel, k.shape[1])
    share = k.shape[0] // groups
    return n.add(*(
        n.product(g[f, out_row, out_column], k[f, c, a, b])
        for f in range(group * share, (group + 1) * share)
        for out_row, a in window.down.seeing(row)
        for out_column, b in window.across.seeing(column)
        if out_row < g.shape[1] and out_column < g.shape[2]
    ))  # fmt: skip


def _conv_filter_gradient(index: Index, x: Any, g: Any, window: Window, groups: int = 1) -> Expr:
    f, c, a, b = index
    channel = f // (g.shape[0] // groups) * (x.shape[0] // groups) + c
    return n.add(*(
        n.product(g[f, row, column], x[channel, window.down.cell(row, a), window.across.cell(column, b)])
        for row, column in np.ndindex(*g.shape[1:])
    ))  # fmt: skip


def _in_steps(name: str, x: Expr, k: Expr, steps: tuple[int, ...]) -> Expr:
    """A call that says how far the window goes with each step, where that is not 1."""
    return n.call(name, x, k) if {*steps} == {1} else n.call(f"{name} in steps", x, k, sizes_written(steps))


def _dilated(k: Expr, cells: tuple[int, ...]) -> Expr:
    return k if {*cells} == {1} else n.call("dilated", k, sizes_written(cells))


def _whole(name: str) -> Callable[..., Expr]:
    """K ⋆ X; a filter with gaps is said to be dilated."""

    def whole(x: Any, k: Any, window: Window, groups: int = 1) -> Expr:
        dilated = _dilated(k.whole(), window.along("d"))
        return _in_steps(name, x.whole(), dilated, window.along("s"))

    return whole


def _filter_gradient_whole(x: Any, g: Any, window: Window, groups: int = 1) -> Expr:
    """It is a cross-correlation itself, of the image with the output's gradient; stride and dilation change places."""
    return _in_steps("conv", x.whole(), _dilated(g.whole(), window.along("s")), window.along("d"))


rule(
    conv,
    _conv,
    (lambda g, y, x, k, **p: conv_transposed(g, k, **p), lambda g, y, x, k, **p: conv_filter_gradient(x, g, **p)),
    whole=_whole("conv"),
    sums=True,
)
rule(
    conv_transposed,
    _conv_transposed,
    (
        lambda d, y, g, k, **p: conv(d, k, **p)[:, : g.shape[1], : g.shape[2]],
        lambda d, y, g, k, **p: conv_filter_gradient(d, g, **p),
    ),
    whole=_whole("conv_transposed"),
    sums=True,
)
rule(
    conv_filter_gradient,
    _conv_filter_gradient,
    (
        lambda d, y, x, g, **p: conv_transposed(g, d, **p),
        lambda d, y, x, g, **p: conv(x, d, **p)[:, : g.shape[1], : g.shape[2]],
    ),
    whole=_filter_gradient_whole,
    sums=True,
)
