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
from nncalc.trace.rules.table import rule, traced

Pair = tuple[int, int]


@dataclass(frozen=True)
class Windows:
    """Where the windows lie: their size, stride and dilation, the padding before the image, the output's size.

    counted: whether cells of the padding (of `padding` on both sides) count in an average.
    """

    size: Pair
    stride: Pair
    dilation: Pair
    before: Pair
    after: Pair
    out: Pair
    counted: bool = False

    def cells(self, shape: tuple[int, ...]) -> Iterator[tuple[tuple[slice, slice], tuple[slice, slice]]]:
        """For each place in a window, row by row: which outputs see a cell of the image there, and which cells."""
        for place in np.ndindex(*self.size):
            axes = [self._axis(axis, place[axis], shape[axis - 2]) for axis in (0, 1)]
            if all(axis is not None for axis in axes):
                (rows, top), (columns, left) = axes  # type: ignore[misc]  # none is None
                yield (rows, columns), (top, left)

    def _axis(self, axis: int, place: int, length: int) -> tuple[slice, slice] | None:
        step = self.stride[axis]
        start = place * self.dilation[axis] - self.before[axis]
        first = max(0, -(start // step))
        last = min(self.out[axis] - 1, (length - 1 - start) // step)
        if last < first:
            return None
        return slice(first, last + 1), slice(start + first * step, start + last * step + 1, step)

    def seen(self, axis: int, out: int, length: int) -> list[int]:
        """Along one axis the image's cells in the window of one output."""
        start = out * self.stride[axis] - self.before[axis]
        places = (start + k * self.dilation[axis] for k in range(self.size[axis]))
        return [place for place in places if 0 <= place < length]

    def window(self, index: Index, shape: tuple[int, ...]) -> list[Pair]:
        """The image's cells in the window of one output, row by row."""
        rows, columns = (self.seen(a, index[a - 2], shape[a - 2]) for a in (0, 1))
        return [(i, j) for i in rows for j in columns]

    def outputs(self, index: Index, shape: tuple[int, ...]) -> list[Pair]:
        """The outputs whose window sees a cell of the image, row by row."""
        rows, columns = (
            [out for out in range(self.out[a]) if index[a - 2] in self.seen(a, out, shape[a - 2])] for a in (0, 1)
        )
        return [(i, j) for i in rows for j in columns]

    def counts(self, shape: tuple[int, ...]) -> Any:
        """How many cells each output's average is over: (rows, columns)."""
        axes = []
        for a in (0, 1):
            low, high = -self.before[a] * self.counted, shape[a - 2] + self.after[a] * self.counted
            places = np.arange(self.out[a])[:, None] * self.stride[a] + np.arange(self.size[a]) * self.dilation[a]
            places -= self.before[a]
            axes.append(((places >= low) & (places < high)).sum(axis=1))
        return axes[0][:, None] * axes[1]


@traced
def max_pool(x: Any, windows: Windows) -> Any:
    """The largest cell of each window."""
    out = np.full((*x.shape[:-2], *windows.out), -np.inf)
    for seeing, cells in windows.cells(x.shape):
        part = out[(..., *seeing)]
        np.maximum(part, x[(..., *cells)], out=part)
    return out


@traced
def max_pool_gradient(g: Any, x: Any, windows: Windows) -> Any:
    """Each output's gradient at the cell that was the largest of its window (the first of equals, row by row)."""
    out, largest, flat = np.zeros(x.shape), first_largest(x, windows), _numbered(x)
    for seeing, cells in windows.cells(x.shape):
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
    for seeing, cells in windows.cells(x.shape):
        part, here = best[(..., *seeing)], x[(..., *cells)]
        higher = here > part
        np.copyto(part, here, where=higher)
        np.copyto(largest[(..., *seeing)], flat[cells], where=higher)
    return largest


def tied_windows(x: Any, windows: Windows) -> list[Index]:
    """The outputs whose window holds its largest cell more than once."""
    largest = max_pool(x, windows=windows)
    count = np.zeros(largest.shape, int)
    for seeing, cells in windows.cells(x.shape):
        count[(..., *seeing)] += x[(..., *cells)] == largest[(..., *seeing)]
    return [tuple(int(i) for i in index) for index in np.argwhere(count > 1)]


def _numbered(x: Any) -> Any:
    return np.arange(x.shape[-2] * x.shape[-1]).reshape(x.shape[-2:])


@traced
def average_pool(x: Any, windows: Windows) -> Any:
    """The average of each window."""
    out = np.zeros((*x.shape[:-2], *windows.out))
    for seeing, cells in windows.cells(x.shape):
        out[(..., *seeing)] += x[(..., *cells)]
    return out / windows.counts(x.shape)


@traced
def average_pool_gradient(g: Any, shape: tuple[int, ...], windows: Windows) -> Any:
    """Each output's gradient, in equal parts at the cells of its window."""
    out, parts = np.zeros(shape), g / windows.counts(shape)
    for seeing, cells in windows.cells(shape):
        out[(..., *cells)] += parts[(..., *seeing)]
    return out


def _max_pool(index: Index, x: Any, windows: Windows) -> Expr:
    return n.call("max", *(x[(*index[:-2], *cell)] for cell in windows.window(index, x.shape)))


def _average_pool(index: Index, x: Any, windows: Windows) -> Expr:
    cells = [x[(*index[:-2], *cell)] for cell in windows.window(index, x.shape)]
    return n.divide(n.add(*cells), n.const(windows.counts(x.shape)[index[-2:]]))


def _largest(index: Index, x: Any, windows: Windows) -> Pair:
    """The cell that is the first largest of an output's window."""
    return max(windows.window(index, x.shape), key=lambda cell: n.evaluate(x[(*index[:-2], *cell)]))


def _max_pool_gradient(index: Index, g: Any, x: Any, windows: Windows) -> Expr:
    outs = ((*index[:-2], *out) for out in windows.outputs(index, x.shape))
    return n.add(*(g[out] for out in outs if _largest(out, x, windows) == index[-2:]))


def _max_pool_taken(index: Index, d: Any, x: Any, windows: Windows) -> Expr:
    return d[(*index[:-2], *_largest(index, x, windows))]


def _average_pool_gradient(index: Index, g: Any, shape: tuple[int, ...], windows: Windows) -> Expr:
    counts = windows.counts(shape)
    outs = windows.outputs(index, shape)
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
