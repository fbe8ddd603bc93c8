"""A window that slides along an axis: where it stands, how often, what it sees; two of them are an image's windows.

The arithmetic is Dumoulin and Visin's (2016, A guide to convolution arithmetic). All counts are Python integers, of
any size. Cells, outputs and places in the window count from 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self

import numpy as np

from nncalc.trace.notation import tree
from nncalc.trace.notation.tree import Expr, Index

Pair = tuple[int, int]


@dataclass(frozen=True)
class Sliding:
    """One axis of a convolution or a pooling, all in cells.

    n: the image's size. f: how many cells the window has. s: its step (stride). d: the distance between its cells
    (dilation). before, after: the padding. ceil: a last window may reach over the end.
    """

    n: int
    f: int
    s: int = 1
    d: int = 1
    before: int = 0
    after: int = 0
    ceil: bool = False

    @property
    def reach(self) -> int:
        """From the window's first cell to its last: d·(f − 1) + 1."""
        return self.d * (self.f - 1) + 1

    @property
    def padded(self) -> int:
        """The image's size with its padding."""
        return self.n + self.before + self.after

    @property
    def fits(self) -> bool:
        """Whether there is room for one window."""
        return self.padded >= self.reach

    @property
    def rounded(self) -> int:
        """How many windows there are, where rounding up keeps one that would begin behind the image."""
        room = self.padded - self.reach
        return (-(-room // self.s) if self.ceil else room // self.s) + 1

    @property
    def out(self) -> int:
        """How many windows there are; rounded up only those that begin in the image or before it, as in PyTorch."""
        return min(self.rounded, (self.n + self.before - 1) // self.s + 1) if self.ceil else self.rounded

    @property
    def spread(self) -> int:
        """Transposed: how many cells n windows cover, (n − 1)·s + reach; padding is not cut off yet."""
        return (self.n - 1) * self.s + self.reach

    def same(self) -> Self:
        """With the padding that ⌈n/s⌉ windows take; what is odd comes after, as in TensorFlow."""
        return self._padded_by(max((-(-self.n // self.s) - 1) * self.s + self.reach - self.n, 0))

    def same_transposed(self) -> Self:
        """With the padding that leaves n·s cells of what n windows cover; what is odd comes after."""
        return self._padded_by(max(self.reach - self.s, 0))

    def _padded_by(self, zeros: int) -> Self:
        return replace(self, before=zeros // 2, after=zeros - zeros // 2)

    def cell(self, out: int, place: int) -> int:
        """The cell of the image at a place in the window of an output; outside it in the padding."""
        return out * self.s + place * self.d - self.before

    def seen(self, out: int) -> list[int]:
        """The image's cells in the window of an output."""
        return [cell for place in range(self.f) if 0 <= (cell := self.cell(out, place)) < self.n]

    def seeing(self, cell: int) -> Iterator[Pair]:
        """The outputs whose window sees a cell of the image, each with the place in the window."""
        for place in reversed(range(self.f)):
            out, between = divmod(cell - self.cell(0, place), self.s)
            if not between and 0 <= out < self.out:
                yield out, place

    def slices(self, place: int) -> tuple[slice, slice] | None:
        """The outputs that see a cell of the image at a place in the window, and those cells; None without any."""
        start = self.cell(0, place)
        first = max(0, -(start // self.s))
        last = min(self.out - 1, (self.n - 1 - start) // self.s)
        if last < first:
            return None
        return slice(first, last + 1), slice(start + first * self.s, start + last * self.s + 1, self.s)

    def counts(self, padding: bool) -> Any:
        """How many cells of the image (and of its padding) each window sees: (out,)."""
        low, high = (-self.before, self.n + self.after) if padding else (0, self.n)
        cells = np.arange(self.out)[:, None] * self.s + np.arange(self.f) * self.d - self.before
        return ((cells >= low) & (cells < high)).sum(axis=1)


class Window(NamedTuple):
    """The windows of an image: how they slide down and across it."""

    down: Sliding
    across: Sliding

    @property
    def out(self) -> Pair:
        """How many windows there are, down and across."""
        return self.down.out, self.across.out

    @property
    def size(self) -> Pair:
        """The window's own cells, down and across."""
        return self.down.f, self.across.f

    @property
    def image(self) -> Pair:
        """The height and width of the image."""
        return self.down.n, self.across.n

    def along(self, what: str) -> tuple[int, ...]:
        """Its f, s or d of each axis along which there is more than one cell to see or to step to."""
        return tuple(getattr(axis, what) for axis in self if axis.f > 1 or axis.out > 1) or (1,)

    @property
    def is_padded(self) -> bool:
        """Whether there is any padding."""
        return any(axis.before or axis.after for axis in self)

    def unpadded(self, size: Pair | None = None) -> Window:
        """The same windows on an image that holds its padding itself, or on one of another size."""
        rows, columns = size or (self.down.padded, self.across.padded)
        return Window(replace(self.down, n=rows, before=0, after=0), replace(self.across, n=columns, before=0, after=0))

    def cells(self, out: Index) -> list[Pair]:
        """The image's cells in the window of an output (its last two indices), row by row."""
        return [(i, j) for i in self.down.seen(out[-2]) for j in self.across.seen(out[-1])]

    def outputs(self, cell: Index) -> list[Pair]:
        """The outputs whose window sees a cell of the image (its last two indices), row by row."""
        return [(i, j) for i, _ in self.down.seeing(cell[-2]) for j, _ in self.across.seeing(cell[-1])]

    def slices(self) -> Iterator[tuple[tuple[slice, slice], tuple[slice, slice]]]:
        """For each place in the window, row by row: which outputs see a cell of the image there, and which cells."""
        for place in np.ndindex(*self.size):
            down, across = self.down.slices(place[0]), self.across.slices(place[1])
            if down is not None and across is not None:
                yield (down[0], across[0]), (down[1], across[1])

    def counts(self, padding: bool = False) -> Any:
        """How many cells of the image (and of its padding) each window sees: (out down, out across)."""
        return self.down.counts(padding)[:, None] * self.across.counts(padding)


def sizes_written(each: tuple[int, ...]) -> Expr:
    """One number where all axes have it, else one an axis."""
    return tree.const(each[0]) if len({*each}) == 1 else tree.call("vector", *map(tree.const, each))
