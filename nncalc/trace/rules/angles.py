"""Sines and cosines of large angles: a float has lost what lies behind its last digit, and the sine shows it.

At position 8192 a float's angle is off by 1e-12, and so is its sine. Where the angle is known more closely than a
float holds it, its rest is put back.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any

import numpy as np

from nncalc.trace.notation import tree as n
from nncalc.trace.notation.tree import Expr, Index
from nncalc.trace.rules.table import rule, traced

DECIMAL_DIGITS = 50


@traced
def waves(x: Any, at: Any, rest: Any, interleaved: bool, count: int) -> Any:
    """sin and cos of the angles (…, frequency), in turn or all sines first: (…, count), count being even or odd.

    Where x is the float `at`, its rest is put back; elsewhere (rounded on paper, a student's own) x is all there is.
    """
    sin, cos = np.sin(x), np.cos(x)
    rest = np.where(x == at, rest, 0.0)
    out = np.empty((*x.shape[:-1], count))
    sines, cosines = _halves_of(count, interleaved)
    out[..., sines] = sin + cos * rest
    out[..., cosines] = (cos - sin * rest)[..., : count // 2]
    return out


def _halves_of(count: int, interleaved: bool) -> tuple[slice, slice]:
    """Where the sines stand, and where the cosines."""
    pairs = -(-count // 2)
    return (slice(0, None, 2), slice(1, None, 2)) if interleaved else (slice(0, pairs), slice(pairs, None))


def _wave(index: Index, x: Any, at: Any, rest: Any, interleaved: bool, count: int) -> Expr:
    place = index[-1]
    i, cosine = divmod(place, 2) if interleaved else divmod(place, -(-count // 2))[::-1]
    return n.call("cos" if cosine else "sin", x[(*index[:-1], i)])


def _unwaved(g: Any, y: Any, x: Any, at: Any, rest: Any, interleaved: bool, count: int) -> Any:
    sines, cosines = _halves_of(count, interleaved)
    pairs = count // 2
    back = np.cos(x) * g[..., sines]
    turned = np.sin(x[..., :pairs]) * g[..., cosines]
    return back - (turned if 2 * pairs == count else np.pad(turned, ((0, 0),) * (x.ndim - 1) + ((0, 1),)))


def _whole(x: Any, at: Any, rest: Any, interleaved: bool, count: int) -> Expr:
    return n.call("in turn" if interleaved else "concat", n.call("sin", x.whole()), n.call("cos", x.whole()))


rule(waves, _wave, (_unwaved,), whole=_whole, opaque=True, irrational=True)


def rest_of(angle: Any, positions: Any, base: float, d: int) -> Any:
    """What the floats pos / base^(2i/d) leave of the exact angles: (position, frequency)."""
    with localcontext() as context:
        context.prec = DECIMAL_DIGITS
        ratio = (-Decimal(base).ln() * 2 / d).exp()
        exact = [Decimal(1)]
        for _ in range(angle.shape[1] - 1):
            exact.append(exact[-1] * ratio)
        high = np.array([float(f) for f in exact])
        low = np.array([float(f - Decimal(float(f))) for f in exact])
    pos = np.asarray(positions, float)[:, None]
    product, error = _exact_product(pos, high)
    return (product - angle) + (error + pos * low)


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
