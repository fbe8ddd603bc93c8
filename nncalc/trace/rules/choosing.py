"""Rules of choosing: the best of what is left, as a mask, so that names and shapes depend on no value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nncalc.trace.notation import tree as n
from nncalc.trace.notation.deciding import at_largest, either
from nncalc.trace.notation.nearness import near_within
from nncalc.trace.notation.tree import Expr, Index
from nncalc.trace.rules.products import total
from nncalc.trace.rules.table import rule, traced


@traced
def best(x: Any, left: Any) -> Any:
    """1 at the largest of the elements where left is not 0 (the first of equals), else 0; nowhere if none is left."""
    x, there = np.asarray(x), np.asarray(left) != 0
    chosen = np.zeros(x.size)
    if there.any():
        chosen[int(np.argmax(np.where(there, x, -np.inf)))] = 1
    return chosen.reshape(x.shape)


def _best(index: Index, x: Any, left: Any) -> Expr:
    """[x > those before it]·[x >= those behind it], of those that are left."""
    places, hidden = list(np.ndindex(x.shape)), n.const(-np.inf)
    at, held = places.index(index), [either(left[i], x[i], hidden) for i in places]
    sides = ((">", held[:at]), (">=", held[at + 1 :]))
    among = [(sign, [there for there in side if there != hidden]) for sign, side in sides]
    first = n.product(*(n.compare(sign, x[index], _largest(side)) for sign, side in among if side))
    return either(left[index], first, n.ZERO)


def _largest(xs: list[Expr]) -> Expr:
    return xs[0] if len(xs) == 1 else n.call("max", *xs)


def _best_whole(x: Any, left: Any) -> Expr:
    among = left.whole()
    return n.call("largest of all", x.whole()) if isinstance(among, n.Const) else n.call("largest of", x.whole(), among)


rule(best, _best, (None, None), whole=_best_whole, decides=lambda x, left: near_within(x))


@traced
def rank_of(x: Any) -> Any:
    """The place of each number of a vector, 1 for the largest; of equals the first comes first."""
    order = np.argsort(-np.asarray(x), kind="stable")
    places = np.empty(len(order))
    places[order] = np.arange(1.0, len(order) + 1)
    return places


def _rank_of(index: Index, x: Any) -> Expr:
    """1 + how many are larger, or as large and before it."""
    (i,) = index
    above = [n.compare(">=" if j < i else ">", x[j], x[i]) for j in range(x.shape[0]) if j != i]
    return n.add(n.ONE, *above)


rule(rank_of, _rank_of, (None,), decides=near_within)


@traced
def picked(x: Any, *chosen: Any) -> Any:
    """The element of x that each mask has chosen, (mask,)."""
    return np.stack([np.asarray(x)[np.unravel_index(np.argmax(mask), np.shape(mask))] for mask in chosen])


def _where_chosen(mask: Any, choice: Callable[[Index], Expr]) -> Expr:
    """What is chosen for the place where the 1 of a mask stands."""
    places = list(np.ndindex(mask.shape))
    return at_largest([mask[i] for i in places], [choice(i) for i in places])


def _into_place(position: int) -> Any:
    """∂L/∂x gets each gradient where its mask is 1; a mask gets none."""
    if position == 0:
        return lambda g, y, x, *chosen: total(*(g[i] * mask for i, mask in enumerate(chosen)))
    return lambda g, y, x, *chosen: 0 * chosen[position - 1]


rule(picked, lambda index, x, *chosen: _where_chosen(chosen[index[0]], x.__getitem__), _into_place,
     whole=lambda x, *chosen: n.call("chosen", x.whole(), _listed(chosen)))  # fmt: skip


def _listed(masks: Any) -> Expr:
    return n.call("list", *(mask.whole() for mask in masks))


@traced
def continued(words: Any, *chosen: Any) -> Any:
    """Hypotheses that went on: a mask (before, token) says which words are continued with which token, from 1.

    words: (before, length); the result is (mask, length + 1).
    """
    places = [np.unravel_index(np.argmax(mask), np.shape(mask)) for mask in chosen]
    return np.stack([np.append(np.asarray(words)[at], float(token + 1)) for at, token in places])


def _continued(index: Index, words: Any, *chosen: Any) -> Expr:
    mask, column = chosen[index[0]], index[1]
    if column < words.shape[1]:
        return _where_chosen(mask, lambda place: words[place[0], column])
    return _where_chosen(mask, lambda place: n.const(float(place[1] + 1)))


def _continued_whole(words: Any, *chosen: Any) -> Expr:
    so_far = n.call("continued", words.whole(), _listed(chosen))
    return so_far if words.shape[-1] else n.call("words chosen", _listed(chosen))


rule(continued, _continued, None, whole=_continued_whole)


@traced
def row_after(rows: Any, words: Any) -> Any:
    """The row of each hypothesis: that of its last token. rows: (token, next); words: (hypothesis, length)."""
    return np.asarray(rows)[_last(np.asarray(words)[:, -1], np.shape(rows)[0])]


def _last(token: Any, count: int) -> Any:
    """A token's place from 0; what a student wrote is held within the rows that there are."""
    return np.clip(np.nan_to_num(np.asarray(token, float)), 1, count).astype(int) - 1


def _row_after(index: Index, rows: Any, words: Any) -> Expr:
    token, row = words[index[0], words.shape[1] - 1], rows[0, index[1]]
    for number in range(2, rows.shape[0] + 1):
        row = either(n.compare(">=", token, n.const(number)), rows[number - 1, index[1]], row)
    return row


rule(row_after, _row_after, (None, None))
