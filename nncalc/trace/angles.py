"""Sines of large angles: an angle as a float has lost what lies behind its last digit, and the sine shows it.

At position 8192 a float's angle is off by 1e-12, and so is its sine. Where the angle is known more closely than a
float holds it, its rest is put back.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any

import numpy as np

from nncalc.trace import notation as n
from nncalc.trace.notation import Expr, Index
from nncalc.trace.rules.table import rule, traced

DIGITS = 50


@traced
def near_sin(x: Any, at: Any, rest: Any) -> Any:
    """sin(x + rest) where x is the float `at`, whose rest is known; elsewhere (rounded, another's) sin(x)."""
    return np.sin(x) + np.cos(x) * np.where(np.asarray(x) == at, rest, 0.0)


@traced
def near_cos(x: Any, at: Any, rest: Any) -> Any:
    """cos(x + rest), as `near_sin`."""
    return np.cos(x) - np.sin(x) * np.where(np.asarray(x) == at, rest, 0.0)


def _called(name: str) -> Any:
    def element(index: Index, x: Any, at: Any, rest: Any) -> Expr:
        return n.call(name, x[index])

    return element


rule(near_sin, _called("sin"), (lambda g, y, x, at, rest: g * np.cos(x),),
     whole=lambda x, at, rest: n.call("sin", x.whole()))  # fmt: skip
rule(near_cos, _called("cos"), (lambda g, y, x, at, rest: g * -np.sin(x),),
     whole=lambda x, at, rest: n.call("cos", x.whole()))  # fmt: skip


def rest_of(angle: Any, positions: Any, base: float, d: int) -> Any:
    """What the floats pos / base^(2i/d) leave of the exact angles: (position, frequency)."""
    with localcontext() as context:
        context.prec = DIGITS
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
