"""Numbers of many digits: what a float is meant as, and the functions of formulas for them.

A float that stands for a decimal, a fraction or √2 is taken for just that, to as many digits as the context has.
No signal traps: what has no value is NaN, what is too large infinite, as in NumPy.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Context, Decimal, Inexact, getcontext, localcontext
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from nncalc.trace.notation.numbers import READ_DIGITS

# The usual number of digits, and more of them for a sum that comes to nothing and for a pole.
DIGITS, AGAIN, ONCE_MORE = 50, 400, 1200
# A sum that is so much smaller than its terms has lost digits of a float.
LOST = 1e-3
# Irrational numbers are never equal by chance; of them 12 digits must be left.
LOST_OF_IRRATIONALS = 1e-4
# Numbers are compared without so many of their last digits; a sum that is smaller than its terms by all but twice as
# many is 0, since what was compared may be among its terms.
ROUNDED_OFF = 10
# A float farther than this from a short decimal was not meant as it.
ULPS = 2
# What was worked may be off by more: by the digits that a sum lost unnoticed.
SHORT_DIGITS, SHORT_ULPS = 9, 512
LARGEST_DENOMINATOR = 1000
EXPONENT = 10**6


@lru_cache(maxsize=64)
def precision(digits: int) -> Context:
    """A context of so many digits, in which nothing raises and no exponent is beyond a bound."""
    return Context(prec=digits, Emax=EXPONENT, Emin=-EXPONENT, traps=[])


class Meant(float):
    """A float that stands for a number that no float is, with more digits of it: √2."""

    decimal: Decimal

    @property
    def meant(self) -> dict[tuple[int, ...], Meant]:
        """As an array of one number has it."""
        return {(): self}


class MeantArray(np.ndarray[Any, Any]):
    """An array of floats, some of which stand for what no float is: index -> number."""

    meant: dict[tuple[int, ...], Meant]


def meant_array(values: list[Any]) -> Any:
    """An array of numbers or of such arrays, with what its floats stand for."""
    array = np.array(values, float)
    meant = {(i, *at): m for i, v in enumerate(values) for at, m in (getattr(v, "meant", None) or {}).items()}
    if not meant:
        return array
    held = array.view(MeantArray)
    held.meant = meant
    return held


def constant(function: Callable[..., Decimal], *args: float) -> float:
    """What a function makes of numbers as they are meant: a float, and what it stands for where no float is that."""
    with localcontext(precision(AGAIN + 3 * ROUNDED_OFF)):
        terms = [as_meant(a) for a in args]
        number = Decimal(function(*terms))
        if nothing_beside(number, max(map(abs, terms), default=number)):
            number = Decimal(0)
        value = float(number)
        if not number.is_finite() or as_meant(value) == number:
            return value
        held = Meant(value)
        held.decimal = number
        return held


def _short(x: float, digits: int = READ_DIGITS, ulps: int = ULPS) -> str:
    """The short decimal that a float is as near to, or empty."""
    text = f"{x:.{digits}g}"
    return text if abs(float(text) - x) <= ulps * math.ulp(x) else ""


def is_odd(digits: str) -> bool:
    """Whether some of the floats that are written here may be meant as others; most are told apart at once."""
    return "000" in digits or "999" in digits


def read_float(x: float) -> float:
    """The float that was meant: 0.3 for 0.30000000000000004, which is where a sum of decimals ends up."""
    if not is_odd(repr(x)):
        return x
    return float(_short(x) or _short(x, SHORT_DIGITS, SHORT_ULPS) or x)


def as_meant(x: float) -> Decimal:
    """What a float stands for: a short decimal, a fraction of small numbers, else the decimal that Python prints."""
    if isinstance(x, Meant):
        return +x.decimal
    x = float(x)
    if not math.isfinite(x):
        return Decimal(x)
    if short := _short(x):
        return Decimal(short)
    fraction = Fraction(x).limit_denominator(LARGEST_DENOMINATOR)
    if float(fraction) == x:
        return Decimal(fraction.numerator) / Decimal(fraction.denominator)
    return Decimal(repr(x))


def constant_of(x: Fraction | float) -> Decimal:
    """A constant that a formula writes."""
    return Decimal(x.numerator) / Decimal(x.denominator) if isinstance(x, Fraction) else as_meant(x)


@contextmanager
def more_digits(digits: int) -> Iterator[None]:
    """So many digits more than the context has, which is told what was rounded there."""
    outer = getcontext()
    with localcontext() as context:
        context.prec += max(0, digits)
        yield
    outer.flags[Inexact] = outer.flags[Inexact] or context.flags[Inexact]


def _lost(x: Decimal) -> int:
    """How many digits 1 + x loses of a small x."""
    return min(-x.adjusted(), getcontext().prec) + 5 if x else 0


def pi() -> Decimal:
    """π."""
    return +_pi(getcontext().prec)


@lru_cache(maxsize=8)
def _pi(digits: int) -> Decimal:
    """16·atan(1/5) − 4·atan(1/239) (Machin 1706)."""
    with localcontext(precision(digits + 10)):
        return 16 * _atan_of_inverse(5) - 4 * _atan_of_inverse(239)


def _atan_of_inverse(n: int) -> Decimal:
    power = total = 1 / Decimal(n)
    k = 1
    while True:
        power /= -n * n
        k += 2
        before, total = total, total + power / k
        if before == total:
            return total


def power_of(a: Decimal, b: Decimal) -> Decimal:
    """a to the power of b; anything to the power of 0 is 1."""
    return Decimal(1) if b == 0 else a**b


def floor_of(x: Decimal) -> Decimal:
    """The largest whole number that is not above it; of an infinity itself."""
    return Decimal(math.floor(x)) if x.is_finite() else x


def ceil_of(x: Decimal) -> Decimal:
    """The smallest whole number that is not below it; of an infinity itself."""
    return -floor_of(-x)


def log2(x: Decimal) -> Decimal:
    """The logarithm to base 2."""
    with more_digits(5):
        y = x.ln() / Decimal(2).ln()
    return +y


def sinh(x: Decimal) -> Decimal:
    """(exp(x) − exp(−x)) / 2."""
    with more_digits(_lost(x)):
        y = (x.exp() - (-x).exp()) / 2
    return +y


def cosh(x: Decimal) -> Decimal:
    """(exp(x) + exp(−x)) / 2."""
    return (x.exp() + (-x).exp()) / 2


def tanh(x: Decimal) -> Decimal:
    """(1 − exp(−2x)) / (1 + exp(−2x)), of |x| so that nothing overflows."""
    with more_digits(_lost(x)):
        e = (-2 * abs(x)).exp()
        y = ((1 - e) / (1 + e)).copy_sign(x)
    return +y


def sigmoid_of(x: Decimal) -> Decimal:
    """1 / (1 + exp(−x))."""
    return 1 / (1 + (-x).exp())


def softplus_of(x: Decimal) -> Decimal:
    """max(0, x) + ln(1 + exp(−|x|))."""
    e = (-abs(x)).exp()
    with more_digits(_lost(e)):
        rest = (1 + e).ln() if 1 + e > 1 else e
    return +(max(x, Decimal(0)) + rest)


def expm1(x: Decimal) -> Decimal:
    """exp(x) − 1."""
    with more_digits(_lost(x)):
        y = x.exp() - 1
    return +y


def sin(x: Decimal) -> Decimal:
    """The sine, by its series after whole turns are taken away."""
    if not x.is_finite():
        return Decimal("NaN")
    with more_digits(max(0, x.adjusted()) + 10):
        x = x.remainder_near(2 * pi())
        square, term, total, k = -x * x, x, x, 1
        while (term and total + term != total) or k == 1:
            term *= square / ((k + 1) * (k + 2))
            total += term
            k += 2
    return +total


def cos(x: Decimal) -> Decimal:
    """sin(x + π/2)."""
    with more_digits(max(0, x.adjusted()) + 10):
        y = sin(x + pi() / 2)
    return +y


def tan(x: Decimal) -> Decimal:
    """sin(x) / cos(x)."""
    with more_digits(10):
        y = sin(x) / cos(x)
    return +y


def erf_of(x: Decimal) -> Decimal:
    """2/√π·exp(−x²)·Σ 2ⁿ·x²ⁿ⁺¹/(2n + 1)!!, whose terms all have one sign (Abramowitz and Stegun 7.1.6)."""
    if not x:
        return x
    if x * x > 3 * getcontext().prec:  # what is left to 1 lies behind the last digit
        return (1 - Decimal(10) ** (-getcontext().prec - 5)).copy_sign(x)
    with more_digits(5):
        term = total = x
        n = 0
        while True:
            n += 1
            term *= 2 * x * x / (2 * n + 1)
            before, total = total, total + term
            if before == total:
                break
        y = 2 / pi().sqrt() * (-x * x).exp() * total
    return +y


def nothing_beside(number: Any, scale: Any) -> Any:
    """Whether decimals are so small beside the terms that they came from that they are 0: no digit is left of them."""
    return abs(number) < scale * Decimal(10) ** (2 * ROUNDED_OFF - getcontext().prec)


def comparable(number: Decimal) -> Decimal:
    """A decimal in the digits in which two of them can be compared."""
    return precision(getcontext().prec - ROUNDED_OFF).plus(number)
