"""Rules of functions that only move elements: indexing, transposing, padding, stacking.

Each says where an element came from; backward, where it goes.
"""

from __future__ import annotations

from itertools import takewhile
from typing import Any

import numpy as np

from nncalc.trace.notation import tree as n
from nncalc.trace.notation.tree import Expr, Index
from nncalc.trace.rules.table import rule, traced
from nncalc.trace.value import getitem

# A matrix of more rows, most of them 0, is told by the rows that are not.
MOST_ROWS = 6


def _expanded(key: Any, ndim: int) -> list[Any]:
    """A basic key (integers, slices, None, …) with its ellipsis written out to all axes."""
    parts = list(key) if isinstance(key, tuple) else [key]
    used = sum(p is not None and p is not Ellipsis for p in parts)
    at = parts.index(Ellipsis) if any(p is Ellipsis for p in parts) else len(parts)
    return parts[:at] + [slice(None)] * (ndim - used) + parts[at + 1 :]


def source_of(key: Any, shape: tuple[int, ...], index: Index) -> Index:
    """Which element of the array array[key][index] is."""
    if key is None or (isinstance(key, tuple) and key.count(None) == len(key)):
        return index[1 if key is None else len(key) :]
    place, axes, own = iter(index), iter(shape), []
    for part in _expanded(key, len(shape)):
        if part is None:
            next(place)
            continue
        size = next(axes)
        own.append(range(size)[part][next(place)] if isinstance(part, slice) else range(size)[part])
    return tuple(own)


def place_in(key: Any, shape: tuple[int, ...], index: Index) -> Index | None:
    """Where in array[key] the array's element `index` stands, or None if it is not there."""
    place: list[int] = []
    axes = iter(zip(index, shape, strict=True))
    for part in _expanded(key, len(shape)):
        if part is None:
            place.append(0)
            continue
        i, size = next(axes)
        if isinstance(part, slice):
            if i not in range(size)[part]:
                return None
            place.append(range(size)[part].index(i))
        elif range(size)[part] != i:
            return None
    return tuple(place)


def _key_text(key: Any) -> str:
    texts = []
    while len(key) > 1 and key[-1] == slice(None):
        key = key[:-1]
    for part in key:
        if isinstance(part, slice):
            ends = [
                str(e) if e is not None else "" for e in (None if part.start is None else part.start + 1, part.stop)
            ]
            texts.append(":".join(ends) if part != slice(None) else ":")
        else:
            texts.append(str(int(part) + 1))
    return ",".join(texts)


def _all_if_whole(part: Any, size: int) -> Any:
    return slice(None) if isinstance(part, slice) and range(size)[part] == range(size) else part


def _part(x: Any, key: Any) -> Expr:
    """x[2] for a row, xᵀ for a vector laid flat; an axis of one that comes or goes changes no formula of the whole."""
    if key == (None, slice(None)):
        return n.transpose(x.whole())
    parts = _expanded(key, x.ndim)
    own = zip((p for p in parts if p is not None), x.shape, strict=True)
    chosen = [_all_if_whole(p, size) for p, size in own if size != 1 or isinstance(p, slice)]
    text = _key_text(tuple(chosen))
    return x.whole() if not text.strip(":,") else n.item(x.whole(), text)


class Scattered:
    """An addend of a gradient: a part's gradient, to be put in its place among zeros together with the others."""

    __slots__ = ("key", "part", "shape")

    def __init__(self, part: Any, key: Any, shape: tuple[int, ...]):
        self.part, self.key, self.shape = part, key, shape

    @staticmethod
    def together(addends: list[Scattered]) -> Any:
        """The sum of all: one array filled once."""
        return scatter(*(a.part for a in addends), keys=Keys(a.key for a in addends), shape=addends[0].shape)


class Keys(tuple[Any, ...]):
    """The places of an array's parts, so kept that what stands at one element is found without asking every part."""

    def parts_at(self, index: Index, shape: tuple[int, ...]) -> list[int]:
        """The parts, in order, that may have a share in the element; those with another row (cell) have none."""
        return sorted(i for axis in range(len(index) + 1) for i in self._by_start(shape).get(index[:axis], ()))

    def _by_start(self, shape: tuple[int, ...]) -> dict[Index, list[int]]:
        """The parts by the whole numbers with which their keys begin."""
        if "found" not in self.__dict__:
            found: dict[Index, list[int]] = {}
            for i, key in enumerate(self):
                parts = key if isinstance(key, tuple) else (key,)
                start = takewhile(lambda part: isinstance(part[0], (int, np.integer)), zip(parts, shape, strict=False))
                found.setdefault(tuple(range(size)[part] for part, size in start), []).append(i)
            self.found = found
        return self.found


@traced
def scatter(*parts: Any, keys: tuple[Any, ...], shape: tuple[int, ...]) -> Any:
    """Zeros of a shape, with each part added at its key."""
    if keys == tuple(range(shape[0])):  # every row has its part: nothing is added to
        return np.stack(parts)
    out = np.zeros(shape, np.result_type(float, *map(np.asarray, parts)))
    for part, key in zip(parts, keys, strict=True):
        out[key] += part
    return out


def _placed(index: Index, parts: Any, keys: Keys, shape: tuple[int, ...]) -> Expr:
    found = ((i, place_in(keys[i], shape, index)) for i in keys.parts_at(index, shape))
    return n.add(*(parts[i][place] for i, place in found if place is not None))


def _rows(*parts: Any, keys: tuple[Any, ...], shape: tuple[int, ...]) -> Expr:
    """The rows in their order, each the sum of its parts, 0 where none is; parts beside each other, or their sum."""
    wholes = [p.whole() for p in parts]
    places = [key[0] if isinstance(key, tuple) and len(key) == 1 else key for key in keys]
    if all(isinstance(place, int) for place in places):
        return _by_row(wholes, places, shape)
    counts = np.zeros(shape, np.int32)
    for key in keys:
        counts[key] += 1
    if len(parts) == 1 or counts.max(initial=0) > 1:
        return n.add(*wholes)
    firsts = {str(_expanded(key, len(shape))[0]) for key in keys}
    return _joined_whole(wholes, len(shape), axis=0 if len(firsts) > 1 else 1)


def _joined_whole(wholes: list[Expr], ndim: int, axis: int) -> Expr:
    """Beside each other, as `concat` does it; matrices may be below each other."""
    return n.call("below" if ndim > 1 and axis % ndim == 0 else "concat", *wholes)


def _by_row(wholes: list[Expr], places: list[int], shape: tuple[int, ...]) -> Expr:
    if shape[0] > max(MOST_ROWS, len(wholes)):
        word = "in row" if len(shape) > 1 else "in place"
        return n.add(*(n.call(word, x, n.const(place + 1)) for place, x in zip(places, wholes, strict=True)))
    rows: list[list[Expr]] = [[] for _ in range(shape[0])]
    for place, x in zip(places, wholes, strict=True):
        rows[place].append(x)
    return _vector([n.add(*row) for row in rows])


def _vector(rows: list[Expr]) -> Expr:
    """[a, b]; one row alone is written as it is."""
    return rows[0] if len(rows) == 1 else n.call("vector", *rows)


rule(getitem, lambda index, x, key: x[source_of(key, x.shape, index)],
     (lambda g, y, x, key: Scattered(g, key, x.shape),), whole=_part, options=("key",), moves=True)  # fmt: skip
rule(scatter, _placed, lambda position: lambda g, y, *parts, keys, shape: g[keys[position]], whole=_rows, sums=True,
     many=True)  # fmt: skip


def _flipped(index: Index, x: Any, axis: Any = None) -> Expr:
    axes = range(x.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
    turned = {a % x.ndim for a in axes}
    return x[tuple(size - 1 - i if a in turned else i for a, (i, size) in enumerate(zip(index, x.shape, strict=True)))]


rule(np.flip, _flipped, (lambda g, y, x, axis=None: np.flip(g, axis=axis),),
     whole=lambda x, axis=None: n.call("flip", x.whole()), options=("axis",), moves=True)  # fmt: skip


def _inverse(axes: Any) -> Any:
    return None if axes is None else tuple(np.argsort(axes))


def _transposed(index: Index, x: Any, axes: Any = None) -> Expr:
    order = axes if axes is not None else range(x.ndim)[::-1]
    own = [0] * x.ndim
    for place, axis in zip(index, order, strict=True):
        own[axis] = place
    return x[tuple(own)]


rule(np.transpose, _transposed, (lambda g, y, x, axes=None: np.transpose(g, axes=_inverse(axes)),),
     whole=lambda x, axes=None: n.transpose(x.whole()), options=("axes",), moves=True)  # fmt: skip


def _reshaped(index: Index, x: Any, shape: Any) -> Expr:
    full = np.empty(x.shape, bool).reshape(shape).shape
    flat = int(np.ravel_multi_index(index, full)) if full else 0
    return x[tuple(int(i) for i in np.unravel_index(flat, x.shape))] if x.shape else x[()]


rule(np.reshape, _reshaped, (lambda g, y, x, shape: g.reshape(x.shape),),
     whole=lambda x, shape: x.whole(), options=("shape",), moves=True,
     compute=lambda x, shape: np.reshape(x, shape))  # before NumPy 2.1 the parameter has another name  # fmt: skip


def unbroadcast(g: Any, shape: tuple[int, ...]) -> Any:
    """Sums a gradient over the axes along which its value was broadcast."""
    if g.shape == shape:
        return g
    added = g.ndim - len(shape)
    axes = tuple(a for a in range(g.ndim) if a < added or (shape[a - added] == 1 and g.shape[a] != 1))
    g = g.sum(axis=axes)
    return g if g.shape == shape else g.reshape(shape)


rule(np.broadcast_to, lambda index, x, shape: x.aligned(index),
     (lambda g, y, x, shape: unbroadcast(g, x.shape),), whole=lambda x, shape: x.whole(), options=("shape",),
     moves=True, shape=lambda x, shape: shape)  # fmt: skip


def _padded(index: Index, x: Any, pad_width: Any) -> Expr:
    own = tuple(i - before for i, (before, _) in zip(index, pad_width, strict=True))
    inside = all(0 <= i < size for i, size in zip(own, x.shape, strict=True))
    return x[own] if inside else n.ZERO


def _unpadded(g: Any, y: Any, x: Any, pad_width: Any) -> Any:
    return g[tuple(slice(before, before + size) for (before, _), size in zip(pad_width, x.shape, strict=True))]


rule(np.pad, _padded, (_unpadded,), whole=lambda x, pad_width: n.call("pad", x.whole()), options=("pad_width",),
     moves=True)  # fmt: skip


def _stacked(index: Index, xs: Any) -> Expr:
    return xs[index[0]][index[1:]]


def _joined(index: Index, *xs: Any, axis: int = 0) -> Expr:
    axis %= xs[0].ndim
    place = index[axis]
    for x in xs:
        if place < x.shape[axis]:
            return x[(*index[:axis], place, *index[axis + 1 :])]
        place -= x.shape[axis]
    raise IndexError(index)


def _joined_part(position: int) -> Any:
    def derivative(g: Any, y: Any, *xs: Any, axis: int = 0) -> Any:
        start = sum(x.shape[axis] for x in xs[:position])
        key = [slice(None)] * xs[position].ndim
        key[axis] = slice(start, start + xs[position].shape[axis])
        return g[tuple(key)]

    return derivative


rule(np.stack, _stacked, lambda position: lambda g, y, *xs: g[position],
     compute=lambda *xs: np.stack(xs), whole=lambda *xs: _vector([x.whole() for x in xs]),
     moves=True, many=True)  # fmt: skip
rule(np.concatenate, _joined, _joined_part, compute=lambda *xs, axis=0: np.concatenate(xs, axis=axis),
     whole=lambda *xs, axis=0: _joined_whole([x.whole() for x in xs], xs[0].ndim, axis), moves=True)  # fmt: skip


def _zeros(x: Any) -> Any:
    return np.zeros(np.shape(x))


rule(np.zeros_like, lambda index, x: n.ZERO, (None,), whole=lambda x: n.ZERO, compute=_zeros)


def _diagonal(index: Index, x: Any) -> Expr:
    """The diagonal of a matrix, or the diagonal matrix of a vector."""
    if x.ndim == 2:
        return x[index[0], index[0]]
    return x[index[0]] if index[0] == index[1] else n.ZERO


def _square_only(x: Any) -> Any:
    if np.ndim(x) == 2 and x.shape[0] != x.shape[1]:
        raise ValueError("np.diag has a rule for vectors and square matrices")
    return np.diag(x)


rule(np.diag, _diagonal, (lambda g, y, x: np.diag(g),), compute=_square_only,
     shape=lambda x: np.shape(x) * 2 if np.ndim(x) == 1 else np.shape(x)[:1])  # fmt: skip
