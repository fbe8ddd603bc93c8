"""Sines and cosines of large angles: a float has lost what lies behind its last digit, and the sine shows it.

At position 8192 a float's angle is off by 1e-12, and so is its sine. Where the angle is known more closely than a
float holds it, its rest is put back. Of many positions few sines are worked: the others are sums of two angles.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from nncalc.trace.notation import tree as n
from nncalc.trace.notation.tree import Expr, Index
from nncalc.trace.rules.table import rule, traced

DECIMAL_DIGITS = 50
# A position is a multiple of it and a rest; the waves of both are worked, and turned by each other.
STRIDE = 64


@traced
def waves(x: Any, at: Any, exact: Any, interleaved: bool, count: int) -> Any:
    """sin and cos of the angles (…, frequency), in turn or all sines first: (…, count), count being even or odd.

    Where x is the float `at`, they are the `exact` ones; elsewhere (rounded on paper, a student's own) x is all there
    is.
    """
    if x is at:
        return exact
    out, other = exact.copy(), np.not_equal(x, at)
    for wave, half in zip((np.sin, np.cos), _halves_of(count, interleaved), strict=True):
        part = out[..., half]
        own = other[..., : part.shape[-1]]
        part[own] = wave(x[..., : part.shape[-1]][own])
    return out


def _halves_of(count: int, interleaved: bool) -> tuple[slice, slice]:
    """Where the sines stand, and where the cosines."""
    pairs = -(-count // 2)
    return (slice(0, None, 2), slice(1, None, 2)) if interleaved else (slice(0, pairs), slice(pairs, None))


def _wave(index: Index, x: Any, at: Any, exact: Any, interleaved: bool, count: int) -> Expr:
    place = index[-1]
    i, cosine = divmod(place, 2) if interleaved else divmod(place, -(-count // 2))[::-1]
    return n.call("cos" if cosine else "sin", x[(*index[:-1], i)])


def _unwaved(g: Any, y: Any, x: Any, at: Any, exact: Any, interleaved: bool, count: int) -> Any:
    sines, cosines = _halves_of(count, interleaved)
    pairs = count // 2
    back = np.cos(x) * g[..., sines]
    turned = np.sin(x[..., :pairs]) * g[..., cosines]
    return back - (turned if 2 * pairs == count else np.pad(turned, ((0, 0),) * (x.ndim - 1) + ((0, 1),)))


def _whole(x: Any, at: Any, exact: Any, interleaved: bool, count: int) -> Expr:
    return n.call("in turn" if interleaved else "concat", n.call("sin", x.whole()), n.call("cos", x.whole()))


rule(waves, _wave, (_unwaved,), whole=_whole, opaque=True, irrational=True)


def encodings(positions: Any, base: float, d: int, interleaved: bool) -> Any:
    """The exact sines and cosines of pos / base^(2i/d), as `waves` arranges them: (position, d).

    sin(a + b) + i·cos(a + b) = (sin b + i·cos b)·e^(−ia); each is off by at most 4e-16.
    """
    frequencies = _frequencies(base, d)
    pos = np.asarray(positions, float)
    turns, left = np.divmod(pos, STRIDE)
    starts, start = np.unique(turns, return_inverse=True)
    steps, step = np.unique(left, return_inverse=True)
    turned, stepped = _waves_at(starts * STRIDE, *frequencies) * -1j, _waves_at(steps, *frequencies)
    both = np.empty((len(pos), stepped.shape[1]), complex)
    breaks = np.flatnonzero((np.diff(pos) != 1) | (np.diff(turns) != 0)) + 1
    for first, end in pairwise([0, *breaks.tolist(), len(pos)]):  # positions that follow each other, of one turn
        steps_here = stepped[step[first] : step[first] + end - first]
        np.multiply(steps_here, turned[start[first]], out=both[first:end])
    if interleaved:
        return both.view(float)[:, :d]
    return np.concatenate([both.real, both.imag[:, : d // 2]], axis=1)


@lru_cache(maxsize=16)
def _frequencies(base: float, d: int) -> tuple[Any, Any]:
    """1 / base^(2i/d) as floats and what they leave: (frequency,)."""
    with localcontext() as context:
        context.prec = DECIMAL_DIGITS
        ratio = (-Decimal(base).ln() * 2 / d).exp()
        exact = [Decimal(1)]
        for _ in range(-(-d // 2) - 1):
            exact.append(exact[-1] * ratio)
        return np.array([float(f) for f in exact]), np.array([float(f - Decimal(float(f))) for f in exact])


def _waves_at(positions: Any, high: Any, low: Any) -> Any:
    """sin + i·cos of positions times frequencies, of which each is given in two parts: (position, frequency)."""
    pos = positions[:, None]
    product, error = _exact_product(pos, high)
    rest = error + pos * low
    angle = product + rest  # the float that is nearest
    rest -= angle - product
    sin, cos = np.sin(angle), np.cos(angle)
    waves = np.empty(angle.shape, complex)
    waves.real, waves.imag = sin + cos * rest, cos - sin * rest
    return waves


def _exact_product(a: Any, b: Any) -> tuple[Any, Any]:
    """a·b as a float and what it leaves (Dekker 1971)."""
    a_high, a_low = _halves(a)
    b_high, b_low = _halves(b)
    product = a * b
    return product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low


def _halves(a: Any) -> tuple[Any, Any]:
    """A float as two of half its digits."""
    scaled = a * 134217729.0  # 2^27 + 1
    high = scaled - (scaled - a)
    return high, a - high
