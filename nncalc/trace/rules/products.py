"""Rules of sums of products: matrix product, outer products, and a sum of many addends."""

from __future__ import annotations

from typing import Any

import numpy as np

from nncalc.trace.notation import tree as n
from nncalc.trace.notation.tree import Expr, Index
from nncalc.trace.rules.table import rule, traced


def _matmul(index: Index, a: Any, b: Any) -> Expr:
    """Row times column."""
    batch = index[: max(a.ndim, b.ndim) - 2] if max(a.ndim, b.ndim) > 2 else ()
    rest = index[len(batch) :]
    row = (rest[0],) if a.ndim > 1 else ()
    column = (rest[-1],) if b.ndim > 1 else ()
    return n.add(*(
        n.product(a[(*batch[len(batch) - max(a.ndim - 2, 0) :], *row, k)],
                b[(*batch[len(batch) - max(b.ndim - 2, 0) :], k, *column)])
        for k in range(a.shape[-1])
    ))  # fmt: skip


def _turned(x: Any) -> Any:
    """The transposed matrices, the batch axes left where they are."""
    return x.T if x.ndim <= 2 else np.transpose(x, axes=(*range(x.ndim - 2), x.ndim - 1, x.ndim - 2))


def _left(g: Any, y: Any, a: Any, b: Any) -> Any:
    if a.ndim == 1:
        return g * b if b.ndim == 1 else b @ g
    if b.ndim == 1 and a.ndim > 2:
        return g[..., None] * b
    return g @ _turned(b) if a.ndim > 2 else Outer(g, b)


def _right(g: Any, y: Any, a: Any, b: Any) -> Any:
    if b.ndim == 1 and a.ndim > 2:
        return (g[..., None] * a).sum(axis=tuple(range(a.ndim - 1)))
    if b.ndim == 1:
        return g * a if a.ndim == 1 else _turned(a) @ g
    return Outer(a, g) if a.ndim == 1 else _turned(a) @ g


def _matmul_shape(a: Any, b: Any) -> tuple[int, ...]:
    rows = np.shape(a)[-2:-1]
    columns = np.shape(b)[-1:] if np.ndim(b) > 1 else ()
    return (*np.broadcast_shapes(np.shape(a)[:-2], np.shape(b)[:-2]), *rows, *columns)


rule(np.matmul, _matmul, (_left, _right), whole=lambda a, b: n.matmul(a.whole(), b.whole()), shape=_matmul_shape,
     sums=True)  # fmt: skip


class Outer:
    """An addend of a gradient: left·rightᵀ, to be computed together with the others as one product.

    A weight that every time step uses gets one such addend a step; one product of the stacked columns is as
    fast as one step, and no step's matrix is ever held.
    """

    __slots__ = ("left", "right")

    def __init__(self, left: Any, right: Any):
        self.left, self.right = left, right

    @staticmethod
    def together(addends: list[Outer]) -> Any:
        """The sum of all the products."""
        return outer_sum(*(a.left for a in addends), *(a.right for a in addends))


@traced
def outer_sum(*factors: Any) -> Any:
    """Σ leftᵢ·rightᵢᵀ: the first half of the arguments are the lefts, the second the rights.

    Each is a vector or a matrix of columns: (m,) or (m, k) against (n,) or (n, k); the result is (m, n).
    """
    half = len(factors) // 2
    lefts, rights = factors[:half], factors[half:]
    if all(np.ndim(f) == 1 for f in factors):  # rows are put together four times as fast as columns
        return np.stack(lefts).T @ np.stack(rights)
    return np.column_stack(lefts) @ np.column_stack(rights).T


def _outer_sum(index: Index, *factors: Any) -> Expr:
    half, (i, j) = len(factors) // 2, index
    terms: list[Expr] = []
    for left, right in zip(factors[:half], factors[half:], strict=True):
        columns: list[Index] = [()] if left.ndim == 1 else [(k,) for k in range(left.shape[1])]
        terms.extend(n.product(left[(i, *k)], right[(j, *k)]) for k in columns)
    return n.add(*terms)


def _outer_whole(*factors: Any) -> Expr:
    half = len(factors) // 2
    pairs = zip(factors[:half], factors[half:], strict=True)
    return n.add(*(n.matmul(left.whole(), n.transpose(right.whole())) for left, right in pairs))


def _outer_derivative(position: int) -> Any:
    def derivative(g: Any, y: Any, *factors: Any) -> Any:
        half = len(factors) // 2
        return g @ factors[position + half] if position < half else g.T @ factors[position - half]

    return derivative


rule(outer_sum, _outer_sum, _outer_derivative, whole=_outer_whole,
     shape=lambda *factors: (len(factors[0]), len(factors[-1])), sums=True)  # fmt: skip


@traced
def each_row(W: Any, X: Any) -> Any:
    """W·x for every row x of X, as rows: one product for all steps of a sequence. (m, n) and (t, n) give (t, m)."""
    return X @ W.T


@traced
def row_times(X: Any, W: Any) -> Any:
    """x·W for every row x of X, as rows: one product for all steps of a sequence. (t, n) and (n, m) give (t, m)."""
    return X @ W


@traced
def row_outer(g: Any, X: Any) -> Any:
    """Σ_t g_t·x_tᵀ over the rows of both: (t, m) and (t, n) give (m, n)."""
    return g.T @ X


def _each_row(index: Index, W: Any, X: Any) -> Expr:
    t, i = index
    return n.add(*(n.product(W[i, k], X[t, k]) for k in range(W.shape[1])))


def _row_outer(index: Index, g: Any, X: Any) -> Expr:
    i, j = index
    return n.add(*(n.product(g[t, i], X[t, j]) for t in range(g.shape[0])))


def _row_outer_whole(g: Any, X: Any) -> Expr:
    """Of rows that were put together from single steps: the sum of their outer products, as one writes it."""
    steps, others = (dict(made) if (made := of.rows()) else {} for of in (g, X))
    if not steps and not others:
        return n.matmul(n.transpose(g.whole()), X.whole())

    def row(of: Any, known: dict[int, Expr], t: int) -> Expr:
        return known[t] if t in known else n.item(of.whole(), str(t + 1))

    return n.add(*(n.matmul(row(g, steps, t), n.transpose(row(X, others, t))) for t in steps or others))


rule(each_row, _each_row, (lambda g, y, W, X: row_outer(g, X), lambda g, y, W, X: g @ W),
     whole=lambda W, X: n.product_each_row(W.whole(), X.whole()), sums=True)  # fmt: skip
rule(row_times, _matmul, (lambda g, y, X, W: g @ W.T, lambda g, y, X, W: row_outer(X, g)),
     whole=lambda X, W: n.product_row_times(X.whole(), W.whole()), sums=True)  # fmt: skip
rule(row_outer, _row_outer, (lambda d, y, g, X: X @ d.T, lambda d, y, g, X: g @ d), whole=_row_outer_whole,
     sums=True)  # fmt: skip


@traced
def total(*addends: Any) -> Any:
    """The sum of all the addends, which have one shape."""
    return sum(addends[1:], addends[0])


rule(total, lambda *xs: n.add(*xs), lambda position: lambda g, y, *xs: g, elementwise=True, sums=True)
