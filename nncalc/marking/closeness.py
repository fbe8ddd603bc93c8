"""When a number that somebody wrote down is the one that was worked: as a person means it, from the digits written."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np

from nncalc.errors import Location
from nncalc.problem.problem import Marking

# Two floats that differ by less than this, relatively, are the same number: what is between them is a rounding error.
GUARD = 1e-12
# Half a unit, or a tolerance, is met at its very boundary.
BOUNDARY = 1 + 1e-9
# Beyond these places no float has digits.
MOST_PLACES = 300
# Asked where the problem says nothing: so many decimals; so many significant digits from a size on, and so many of what
# these decimals would make nothing.
PLACES = SIGNIFICANT = 2
SIGNIFICANT_FROM_SIZE, FROM_SIZE = 3, 10.0
ROUNDED_TO_NOTHING = 0.5 * 10.0**-PLACES


@dataclass(frozen=True, slots=True)
class Written:
    """A number as it was written: its value, the decimals and significant digits that its text has, and its place.

    `places` may be negative (8.03e9 has -7); None where there is no last place (an expression such as 1/3).
    """

    text: str
    value: float | int
    places: int | None
    digits: int
    mark: Location

    @property
    def unit(self) -> float:
        """One of the last written place."""
        return 0.0 if self.places is None else 10.0**-self.places


def as_written(text: str, value: float, mark: Location) -> Written:
    """A literal number from its text (ASCII digits, U+2212 as a minus, no expression)."""
    mantissa, _, exponent = text.lower().lstrip("+-\u2212").partition("e")
    whole, _, decimals = mantissa.partition(".")
    places = max(-MOST_PLACES, min(MOST_PLACES, len(decimals) - int(exponent or 0)))
    is_count = not decimals and not exponent and mantissa.isdigit()
    digits = (whole + decimals).lstrip("0")
    return Written(text, int(text.replace("\u2212", "-")) if is_count else value, places, len(digits), mark)


def unit_asked(worked: Any, marking: Marking) -> float:
    """One of the last place that is asked of a number: 0 where it is a count, which is exact."""
    if isinstance(worked, (int, np.integer)) or not math.isfinite(worked):
        return 0.0
    size, places, digits = abs(float(worked)), marking.places, marking.sig
    if places is None and digits is None:
        small = 0 < size < ROUNDED_TO_NOTHING
        places = None if small or size >= FROM_SIZE else PLACES
        digits = SIGNIFICANT if small else SIGNIFICANT_FROM_SIZE
        digits = None if places is not None else digits
    units = [] if places is None else [10.0**-places]
    if digits is not None:
        units.append(10.0 ** ((math.floor(math.log10(size)) + 1 if size else 0) - digits))
    return min(units)


class Agreement(IntEnum):
    """Whether a written number agrees with a worked one; FEW: as far as it goes, in too few places."""

    NO = 0
    FEW = 1
    YES = 2


def agrees(written: Written, worked: Any, marking: Marking, scale: float = 0.0) -> Agreement:
    """Half a unit of the last place asked, however many digits were written, or within the problem's tolerance.

    Counts agree exactly. `scale`: the size of what stands beside it, of which a rounding error is no part.
    """
    unit = unit_asked(worked, marking)
    if _within(written, worked, max(marking.tolerance or 0.0, 0.5 * unit), scale):
        return Agreement.YES
    if written.unit <= unit or not within_digits(written, worked):
        return Agreement.NO
    # Of 0.3 a bare 0 says nothing.
    return Agreement.FEW if written.digits or (written.places or 0) > 0 else Agreement.NO


def finite(number: Any) -> bool:
    """Whether it is a number; counts of any size are."""
    return isinstance(number, int) or math.isfinite(number)


def gap(a: Any, b: Any) -> float:
    """How far two numbers are apart; counts of any size in Python's integers, not NumPy's."""
    plain = (number.item() if isinstance(number, np.generic) else number for number in (a, b))
    return float(abs(next(plain) - next(plain)))


def within_digits(written: Written, worked: Any) -> bool:
    """Whether a number is at most half a unit of the last written place away."""
    return _within(written, worked, 0.5 * written.unit)


def same(a: Any, b: Any) -> bool:
    """Whether two worked numbers are one, but for a rounding error."""
    return gap(a, b) <= (BOUNDARY - 1) * abs(b)


def holds(key: Written, worked: Any, marking: Marking, scale: float = 0.0) -> bool:
    """Whether a number of a key is the worked one to its last written digit; a whole number is exact.

    `scale`: the size of what stands beside it, of which a rounding error is no part.
    """
    exact = isinstance(key.value, int) or isinstance(worked, (int, np.integer))
    return _within(key, worked, max(marking.tolerance or 0.0, 0.0 if exact else 0.5 * key.unit), scale)


def _within(written: Written, worked: Any, distance: float, scale: float = 0.0) -> bool:
    """Whether it is at most so far from the worked one, but for a rounding error; in a count there is none."""
    if not (finite(worked) and finite(written.value)):
        return bool(written.value == worked)
    off, counted = gap(written.value, worked), isinstance(worked, (int, np.integer))
    error = 0.0 if counted else GUARD * max(abs(written.value), abs(worked))
    return off <= distance * BOUNDARY + error or (not counted and off <= GUARD * scale)
