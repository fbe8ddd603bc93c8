"""Pooling and its gradient, each one operation: the largest or the average of each window of an image.

Shapes: image (…, height, width), output (…, rows, columns); a `Windows` says which cells each output sees. Cells
outside the image are never the largest; whether they count in an average is the windows' business (`counted`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from nncalc.trace.notation import tree as n
from nncalc.trace.notation.tree import Expr, Index
from nncalc.trace.rules.sliding import Pair, Sliding
from nncalc.trace.rules.table import rule, traced


@dataclass(frozen=True)
class Windows:
    """Where the windows lie: how each axis is slid over, the height first.

    counted: whether cells of the padding (of `padding` on both sides) count in an average.
    """

    axes: tuple[Sliding, Sliding]
    counted: bool = False

    @property
    def out(self) -> Pair:
        """Height and width of what comes out."""
        return self.axes[0].count, self.axes[1].count

    def cells(self) -> Iterator[tuple[tuple[slice, slice], tuple[slice, slice]]]:
        """For each place in a window, row by row: which outputs see a cell of the image there, and which cells."""
        for a, b in np.ndindex(self.axes[0].f, self.axes[1].f):
            rows, columns = self.axes[0].meeting(a), self.axes[1].meeting(b)
            if rows is not None and columns is not None:
                yield (rows[0], columns[0]), (rows[1], columns[1])

    def window(self, index: Index) -> list[Pair]:
        """The image's cells in the window of one output, row by row."""
        rows, columns = (axis.seen(place) for axis, place in zip(self.axes, index[-2:], strict=True))
        return [(i, j) for i in rows for j in columns]

    def outputs(self, index: Index) -> list[Pair]:
        """The outputs whose window sees a cell of the image, row by row."""
        rows, columns = (
            [out for out in range(axis.count) if cell in axis.seen(out)]
            for axis, cell in zip(self.axes, index[-2:], strict=True)
        )
        return [(i, j) for i in rows for j in columns]

    def counts(self) -> Any:
        """How many cells each output's average is over: (rows, columns)."""
        numbers = []
        for axis in self.axes:
            low, high = -axis.before * self.counted, axis.n + axis.after * self.counted
            cells = np.arange(axis.count)[:, None] * axis.s + np.arange(axis.f) * axis.d - axis.before
            numbers.append(((cells >= low) & (cells < high)).sum(axis=1))
        return numbers[0][:, None] * numbers[1]


@traced
def max_pool(x: Any, windows: Windows) -> Any:
    """The largest cell of each window."""
    out = np.full((*x.shape[:-2], *windows.out), -np.inf)
    for seeing, cells in windows.cells():
        part = out[(..., *seeing)]
        np.maximum(part, x[(..., *cells)], out=part)
    return out


@traced
def max_pool_gradient(g: Any, x: Any, windows: Windows) -> Any:
    """Each output's gradient at the cell that was the largest of its window (the first of equals, row by row)."""
    out, largest, flat = np.zeros(x.shape), first_largest(x, windows), _numbered(x)
    for seeing, cells in windows.cells():
        out[(..., *cells)] += np.where(largest[(..., *seeing)] == flat[cells], g[(..., *seeing)], 0)
    return out


@traced
def max_pool_taken(d: Any, x: Any, windows: Windows) -> Any:
    """Of another array of x's shape the cells where x is the largest of each window."""
    flat = np.asarray(d).reshape(*x.shape[:-2], -1)
    largest = first_largest(x, windows).reshape(*x.shape[:-2], -1)
    return np.take_along_axis(flat, largest, axis=-1).reshape(*x.shape[:-2], *windows.out)


def first_largest(x: Any, windows: Windows) -> Any:
    """For each output the cell (numbered row by row) that is the largest of its window, the first of equals."""
    best = np.full((*x.shape[:-2], *windows.out), -np.inf)
    largest, flat = np.zeros(best.shape, int), _numbered(x)
    for seeing, cells in windows.cells():
        part, here = best[(..., *seeing)], x[(..., *cells)]
        higher = here > part
        np.copyto(part, here, where=higher)
        np.copyto(largest[(..., *seeing)], flat[cells], where=higher)
    return largest


def tied_windows(x: Any, windows: Windows) -> list[Index]:
    """The outputs whose window holds its largest cell more than once."""
    largest = max_pool(x, windows=windows)
    count = np.zeros(largest.shape, int)
    for seeing, cells in windows.cells():
        count[(..., *seeing)] += x[(..., *cells)] == largest[(..., *seeing)]
    return [tuple(int(i) for i in index) for index in np.argwhere(count > 1)]


def _numbered(x: Any) -> Any:
    return np.arange(x.shape[-2] * x.shape[-1]).reshape(x.shape[-2:])


@traced
def average_pool(x: Any, windows: Windows) -> Any:
    """The average of each window."""
    out = np.zeros((*x.shape[:-2], *windows.out))
    for seeing, cells in windows.cells():
        out[(..., *seeing)] += x[(..., *cells)]
    return out / windows.counts()


@traced
def average_pool_gradient(g: Any, shape: tuple[int, ...], windows: Windows) -> Any:
    """Each output's gradient, in equal parts at the cells of its window."""
    out, parts = np.zeros(shape), g / windows.counts()
    for seeing, cells in windows.cells():
        out[(..., *cells)] += parts[(..., *seeing)]
    return out


def _max_pool(index: Index, x: Any, windows: Windows) -> Expr:
    return n.call("max", *(x[(*index[:-2], *cell)] for cell in windows.window(index)))


def _average_pool(index: Index, x: Any, windows: Windows) -> Expr:
    cells = [x[(*index[:-2], *cell)] for cell in windows.window(index)]
    return n.divide(n.add(*cells), n.const(windows.counts()[index[-2:]]))


def _largest(index: Index, x: Any, windows: Windows) -> Pair:
    """The cell that is the first largest of an output's window."""
    return max(windows.window(index), key=lambda cell: n.evaluate(x[(*index[:-2], *cell)]))


def _max_pool_gradient(index: Index, g: Any, x: Any, windows: Windows) -> Expr:
    outs = ((*index[:-2], *out) for out in windows.outputs(index))
    return n.add(*(g[out] for out in outs if _largest(out, x, windows) == index[-2:]))


def _max_pool_taken(index: Index, d: Any, x: Any, windows: Windows) -> Expr:
    return d[(*index[:-2], *_largest(index, x, windows))]


def _average_pool_gradient(index: Index, g: Any, shape: tuple[int, ...], windows: Windows) -> Expr:
    counts = windows.counts()
    outs = windows.outputs(index)
    return n.add(*(n.divide(g[(*index[:-2], *out)], n.const(counts[out])) for out in outs))


def _whole(name: str) -> Any:
    return lambda *operands, **_: n.call(name, *(o.whole() for o in operands))


rule(max_pool, _max_pool, (lambda g, y, x, windows: max_pool_gradient(g, x, windows=windows),),
     whole=_whole("max_pool"), options=("windows",))  # fmt: skip
rule(max_pool_gradient, _max_pool_gradient, (lambda d, y, g, x, windows: max_pool_taken(d, x, windows=windows), None),
     whole=lambda g, x, windows: n.call("to_the_largest", g.whole()))  # fmt: skip
rule(max_pool_taken, _max_pool_taken, (lambda g, y, d, x, windows: max_pool_gradient(g, x, windows=windows), None),
     whole=lambda d, x, windows: n.call("at_the_largest", d.whole()))  # fmt: skip
rule(average_pool, _average_pool, (lambda g, y, x, windows: average_pool_gradient(g, shape=x.shape, windows=windows),),
     whole=_whole("average_pool"), options=("windows",))  # fmt: skip
rule(average_pool_gradient, _average_pool_gradient,
     (lambda d, y, g, shape, windows: average_pool(d, windows=windows),),
     whole=lambda g, shape, windows: n.call("in_equal_parts", g.whole()), options=("shape", "windows"))  # fmt: skip
