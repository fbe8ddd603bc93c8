"""A sum of products over a two-dimensional window, as one would draw it: the window beside the weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nncalc.render.layout import matrix
from nncalc.render.paper import QUIET, Grid, Text
from nncalc.trace.notation.style import TEXT
from nncalc.trace.notation.tree import Expr, Index, Named, Op, Ref


@dataclass(frozen=True)
class ShownWindow:
    """Two patches of equal shape whose cells are multiplied, with the rows and columns of the first."""

    source: Named
    left: np.ndarray
    right: np.ndarray
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    lead: Index


def windows(x: Expr) -> list[ShownWindow]:
    """The windows of an element, one a channel; empty if it is no sum of products over patches of 2 x 2 or more."""
    terms = x.args if isinstance(x, Op) and x.kind == "add" else (x,)
    groups: dict[tuple[int, int, Index, Index], dict[tuple[Index, Index], tuple[Ref, Ref]]] = {}
    for term in terms:
        pair = _pair(term)
        if pair is not None:
            a, b = pair
            key = (id(a.value), id(b.value), a.index[:-2], b.index[:-2])  # type: ignore[index]  # _pair saw to it
            groups.setdefault(key, {})[a.index[-2:], b.index[-2:]] = pair  # type: ignore[index]
    drawn = [_window(list(group.values())) for group in groups.values()]
    return [w for w in drawn if w is not None]


def _pair(term: Expr) -> tuple[Ref, Ref] | None:
    if not (isinstance(term, Op) and term.kind == "times" and len(term.args) == 2):
        return None
    a, b = term.args
    if isinstance(a, Ref) and isinstance(b, Ref) and len(a.index or ()) >= 2 and len(b.index or ()) >= 2:
        return a, b
    return None


def _window(pairs: list[tuple[Ref, Ref]]) -> ShownWindow | None:
    rows = sorted({a.index[-2] for a, _ in pairs if a.index})
    columns = sorted({a.index[-1] for a, _ in pairs if a.index})
    if len(rows) < 2 or len(columns) < 2 or len(rows) * len(columns) != len(pairs):
        return None
    shape = len(rows), len(columns)
    a, _ = pairs[0]
    left = np.array([p.value.array[p.index] for p, _ in pairs]).reshape(shape)
    right = np.array([q.value.array[q.index] for _, q in pairs]).reshape(shape)
    return ShownWindow(a.value, left, right, tuple(rows), tuple(columns), (a.index or ())[:-2])


def channels_and_rows(x: Expr) -> list[list[int]]:
    """How many terms of a sum over windows belong to each channel, and to each row of each window.

    Empty where it is no such sum. What follows behind the windows (a bias) belongs to none.
    """
    if not (isinstance(x, Op) and windows(x)):
        return []
    ways = []
    for inner in (2, 1):  # places in a window, in a row of it
        sizes: list[int] = []
        before: object = None
        for term in x.args:
            pair = _pair(term)
            if pair is None:
                break
            a, b = pair
            here = id(a.value), id(b.value), a.index[:-inner]  # type: ignore[index]  # _pair saw to it
            sizes = [*sizes[:-1], sizes[-1] + 1] if here == before else [*sizes, 1]
            before = here
        if 1 < len(sizes) < len(x.args):
            ways.append(sizes)
    return ways


def picture(window: ShownWindow, digits: int) -> Grid:
    """The window and its weights beside each other, with the place where the window lies."""
    left, right = matrix(window.left, digits), matrix(window.right, digits)
    lead = "".join(f"{i + 1}," for i in window.lead)
    place = f"{TEXT.symbol(window.source.symbol, '')}[{lead}{_span(window.rows)},{_span(window.columns)}]"
    table = Grid(2)
    for i, (a, b) in enumerate(zip(left, right, strict=True)):
        table.rows.append((Text(place if i == 0 else "", style=QUIET), Text("  ".join(a)),
                           Text("∘" if i == len(left) // 2 else ""), Text("  ".join(b))))  # fmt: skip
    return table


def _span(places: tuple[int, ...]) -> str:
    """Rows 2 to 4 as 2:4; with a dilation each by itself."""
    even = places[-1] - places[0] == len(places) - 1
    return f"{places[0] + 1}:{places[-1] + 1}" if even else "+".join(str(p + 1) for p in places)
