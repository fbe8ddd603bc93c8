"""The geometry of a window that slides along an axis, in one record: convolution, pooling, counting and pages use it.

The letters are Dumoulin and Visin's (2016, A guide to convolution arithmetic for deep learning).
"""

from __future__ import annotations

from dataclasses import dataclass

Pair = tuple[int, int]


@dataclass(frozen=True)
class Sliding:
    """A window of f cells, d apart, that goes s on at a time, over n cells with zeros before and after them.

    ceil: the number of places is rounded up; a last window that would begin behind the cells is left out, as PyTorch
    does.
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
        """From the first cell of the window to its last."""
        return self.d * (self.f - 1) + 1

    @property
    def room(self) -> int:
        """The cells with the zeros around them."""
        return self.n + self.before + self.after

    @property
    def fits(self) -> bool:
        """Whether the window is no longer than what it slides over."""
        return self.room >= self.reach

    @property
    def rounded_up(self) -> int:
        """The places rounded up, with a last window that may begin behind the cells."""
        return -(-(self.room - self.reach) // self.s) + 1

    @property
    def count(self) -> int:
        """How many places the window has: ⌊(room − reach)/s⌋ + 1."""
        if self.ceil:
            return min(self.rounded_up, (self.n + self.before - 1) // self.s + 1)
        return (self.room - self.reach) // self.s + 1

    def seen(self, place: int) -> list[int]:
        """The cells in the window at a place, from 0; zeros are left out."""
        start = place * self.s - self.before
        cells = (start + k * self.d for k in range(self.f))
        return [cell for cell in cells if 0 <= cell < self.n]

    def meeting(self, k: int) -> tuple[slice, slice] | None:
        """For the k-th place inside the window: which windows have a cell there, and which cells; None if none has."""
        start = k * self.d - self.before
        first = max(0, -(start // self.s))
        last = min(self.count - 1, (self.n - 1 - start) // self.s)
        if last < first:
            return None
        return slice(first, last + 1), slice(start + first * self.s, start + last * self.s + 1, self.s)


def zeros_for_same(n: int, f: int, s: int, d: int) -> Pair:
    """The zeros before and after that make ⌈n/s⌉ places; an odd one stands behind, as TensorFlow puts it."""
    whole = max((-(-n // s) - 1) * s + d * (f - 1) + 1 - n, 0)
    return whole // 2, whole - whole // 2
