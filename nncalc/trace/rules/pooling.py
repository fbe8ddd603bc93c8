"""Pooling and its gradient, each one operation: the largest or the average of each window of an image.

Shapes: image (…, height, width), output (…, rows, columns); a `Window` says which cells each output sees. Cells of
the padding are never the largest; whether an average counts them says `padding`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nncalc.trace.notation import tree as n
from nncalc.trace.notation.deciding import at_largest
from nncalc.trace.notation.nearness import near_within
from nncalc.trace.notation.tree import Expr, Index
from nncalc.trace.rules.sliding import Pair, Window, sizes_written
from nncalc.trace.rules.table import rule, traced


@traced
def max_pool(x: Any, window: Window) -> Any:
    """The largest cell of each window."""
    out = np.full((*x.shape[:-2], *window.out), -np.inf, np.result_type(x, float))
    for seeing, cells in window.slices():
        part = out[(..., *seeing)]
        np.maximum(part, x[(..., *cells)], out=part)
    return out


@traced
def max_pool_gradient(g: Any, x: Any, window: Window) -> Any:
    """Each output's gradient at the cell that was the largest of its window (the first of equals, row by row)."""
    out, largest, flat = np.zeros(x.shape, np.result_type(g, float)), first_largest(x, window), _numbered(x)
    for seeing, cells in window.slices():
        out[(..., *cells)] += np.where(largest[(..., *seeing)] == flat[cells], g[(..., *seeing)], 0)
    return out


@traced
def max_pool_taken(d: Any, x: Any, window: Window) -> Any:
    """Of another array of x's shape the cells where x is the largest of each window."""
    flat = np.asarray(d).reshape(*x.shape[:-2], -1)
    largest = first_largest(x, window).reshape(*x.shape[:-2], -1)
    return np.take_along_axis(flat, largest, axis=-1).reshape(*x.shape[:-2], *window.out)


def first_largest(x: Any, window: Window) -> Any:
    """For each output the cell (numbered row by row) that is the largest of its window, the first of equals."""
    best = np.full((*x.shape[:-2], *window.out), -np.inf, np.result_type(x, float))
    largest, flat = np.zeros(best.shape, int), _numbered(x)
    for seeing, cells in window.slices():
        part, here = best[(..., *seeing)], x[(..., *cells)]
        higher = here > part
        np.copyto(part, here, where=higher)
        np.copyto(largest[(..., *seeing)], flat[cells], where=higher)
    return largest


def tied_windows(x: Any, window: Window) -> list[Index]:
    """The outputs whose window holds its largest cell more than once."""
    largest = max_pool(x, window=window)
    count = np.zeros(largest.shape, int)
    for seeing, cells in window.slices():
        count[(..., *seeing)] += x[(..., *cells)] == largest[(..., *seeing)]
    return [tuple(int(i) for i in index) for index in np.argwhere(count > 1)]


def _numbered(x: Any) -> Any:
    return np.arange(x.shape[-2] * x.shape[-1]).reshape(x.shape[-2:])


@traced
def average_pool(x: Any, window: Window, padding: bool = False) -> Any:
    """The average of each window."""
    out = np.zeros((*x.shape[:-2], *window.out), np.result_type(x, float))
    for seeing, cells in window.slices():
        out[(..., *seeing)] += x[(..., *cells)]
    return out / window.counts(padding)


@traced
def average_pool_gradient(g: Any, window: Window, padding: bool = False) -> Any:
    """Each output's gradient, in equal parts at the cells of its window."""
    out, parts = np.zeros((*g.shape[:-2], *window.image), np.result_type(g, float)), g / window.counts(padding)
    for seeing, cells in window.slices():
        out[(..., *cells)] += parts[(..., *seeing)]
    return out


def _max_pool(index: Index, x: Any, window: Window) -> Expr:
    return n.call("max", *(x[(*index[:-2], *cell)] for cell in window.cells(index)))


def _average_pool(index: Index, x: Any, window: Window, padding: bool = False) -> Expr:
    cells = [x[(*index[:-2], *cell)] for cell in window.cells(index)]
    return n.divide(n.add(*cells), n.const(window.counts(padding)[index[-2:]]))


def _of_largest(index: Index, x: Any, window: Window, choice: Callable[[Pair], Expr]) -> Expr:
    """What is chosen for the cell that is the first largest of an output's window."""
    cells = [*window.cells(index)]
    return at_largest([x[(*index[:-2], *cell)] for cell in cells], [choice(cell) for cell in cells])


def _max_pool_gradient(index: Index, g: Any, x: Any, window: Window) -> Expr:
    def passed_on(out: Index) -> Expr:
        return _of_largest(out, x, window, lambda cell: g[out] if cell == index[-2:] else n.ZERO)

    return n.add(*(passed_on((*index[:-2], *out)) for out in window.outputs(index)))


def _max_pool_taken(index: Index, d: Any, x: Any, window: Window) -> Expr:
    return _of_largest(index, x, window, lambda cell: d[(*index[:-2], *cell)])


def _average_pool_gradient(index: Index, g: Any, window: Window, padding: bool = False) -> Expr:
    counts = window.counts(padding)
    return n.add(*(n.divide(g[(*index[:-2], *out)], n.const(counts[out])) for out in window.outputs(index)))


def _whole(name: str) -> Any:
    """max_pool(X, 3, 2): with the window's size, and with its stride where that is another."""

    def whole(x: Any, window: Window, padding: bool = False) -> Expr:
        size, stride = window.along("f"), window.along("s")
        return n.call(name, x.whole(), *map(sizes_written, [size] if size == stride else [size, stride]))

    return whole


rule(max_pool, _max_pool, (lambda g, y, x, window: max_pool_gradient(g, x, window=window),),
     whole=_whole("max_pool"), options=("window",), decides=near_within)  # fmt: skip
rule(max_pool_gradient, _max_pool_gradient, (lambda d, y, g, x, window: max_pool_taken(d, x, window=window), None),
     whole=lambda g, x, window: n.call("to_the_largest", g.whole()),
     sums=lambda g, x, window: max_pool_gradient(abs(g), x, window),
     decides=lambda g, x, window: near_within(x))  # fmt: skip
rule(max_pool_taken, _max_pool_taken, (lambda g, y, d, x, window: max_pool_gradient(g, x, window=window), None),
     whole=lambda d, x, window: n.call("at_the_largest", d.whole()),
     decides=lambda d, x, window: near_within(x))  # fmt: skip
rule(average_pool, _average_pool, (lambda g, y, x, **p: average_pool_gradient(g, **p),),
     whole=_whole("average_pool"), options=("window", "padding"), sums=True)  # fmt: skip
rule(average_pool_gradient, _average_pool_gradient, (lambda d, y, g, **p: average_pool(d, **p),),
     whole=lambda g, **_: n.call("in_equal_parts", g.whole()), options=("window", "padding"), sums=True)  # fmt: skip


@traced
def upsampled(x: Any, scale: int) -> Any:
    """Every place of the last two axes scale x scale times."""
    return np.repeat(np.repeat(np.asarray(x), scale, axis=-2), scale, axis=-1)


def _downward(g: Any, y: Any, x: Any, scale: int) -> Any:
    """What all copies of a place get, summed."""
    *channels, h, w = x.shape
    return g.reshape((*channels, h, scale, w, scale)).sum(axis=(-3, -1))


rule(upsampled, lambda index, x, scale: x[(*index[:-2], index[-2] // scale, index[-1] // scale)], (_downward,),
     whole=lambda x, scale: n.call("upsample", x.whole()), options=("scale",))  # fmt: skip
