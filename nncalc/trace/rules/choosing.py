"""Rules of choosing: the best of what is left, as a mask, so that names and shapes depend on no value."""

from __future__ import annotations

from typing import Any

import numpy as np

from nncalc.trace.notation import tree as n
from nncalc.trace.notation.evaluation import evaluate
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
    there = [i for i in np.ndindex(x.shape) if evaluate(left[i])]
    if index not in there:
        return n.ZERO
    at = there.index(index)
    sides = ((">", there[:at]), (">=", there[at + 1 :]))
    return n.product(*(n.compare(sign, x[index], _largest([x[i] for i in side])) for sign, side in sides if side))


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


def _place_of(mask: Any) -> Index:
    """Where the 1 of a mask stands."""
    places = list(np.ndindex(mask.shape))
    return places[int(np.argmax([evaluate(mask[i]) for i in places]))]


def _into_place(position: int) -> Any:
    """∂L/∂x gets each gradient where its mask is 1; a mask gets none."""
    if position == 0:
        return lambda g, y, x, *chosen: total(*(g[i] * mask for i, mask in enumerate(chosen)))
    return lambda g, y, x, *chosen: 0 * chosen[position - 1]


rule(picked, lambda index, x, *chosen: x[_place_of(chosen[index[0]])], _into_place,
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
    at, token = _place_of(chosen[index[0]])
    return words[at, index[1]] if index[1] < words.shape[1] else n.const(float(token + 1))


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
    token = evaluate(words[index[0], words.shape[1] - 1])
    return rows[int(_last(token, rows.shape[0])), index[1]]


rule(row_after, _row_after, (None, None))
