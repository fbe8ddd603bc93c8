"""The ways to run a kernel: what `work.let` gives back for a value that was just computed.

Each is a function (step name, computed array, whether it only moves given numbers) -> array. `exact` keeps the
value, `on_paper` rounds it as a person does, so that the rest is worked with the rounded digits, `following` takes
a student's own values where there are any, so that an error is carried forward.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np

from nncalc.trace.notation.numbers import READ_DIGITS
from nncalc.trace.notation.tree import Index

Settle = Callable[[str, Any, bool], Any]


def exact(name: str, array: Any, as_given: bool) -> Any:
    """Goes on with the computed value."""
    return array


def on_paper(places: int | None = None, digits: int | None = None) -> Settle:
    """Goes on with the value rounded to `places` decimals or to `digits` significant digits.

    Halves go away from zero, after the float is read as the decimal a person sees (12 significant digits):
    0.35·0.1 is 0.035, so 0.04, though the float lies below. Given and whole numbers and infinities stay as they are.
    """

    def settle(name: str, array: Any, as_given: bool) -> Any:
        if as_given or np.asarray(array).dtype.kind != "f":
            return array
        return np.array([paper_round(x, places, digits) for x in np.ravel(array)]).reshape(np.shape(array))

    return settle


def paper_round(value: float, places: int | None = None, digits: int | None = None) -> float:
    """One number rounded half away from zero, to decimals or to significant digits."""
    if not math.isfinite(value) or value == math.floor(value):
        return float(value)
    read = Decimal(f"{value:.{READ_DIGITS}g}")
    last = -places if places is not None else read.adjusted() + 1 - (digits or READ_DIGITS)
    return float(read.quantize(Decimal(1).scaleb(last), rounding=ROUND_HALF_UP))


def following(lines: Mapping[str, Mapping[Index, Any]]) -> Settle:
    """Goes on with the student's own values, cell by cell (step name -> cell -> number), and else with the computed."""

    def settle(name: str, array: Any, as_given: bool) -> Any:
        return with_cells(array, lines.get(name, {}))

    return settle


def with_cells(array: Any, cells: Mapping[Index, Any]) -> Any:
    """The array with other numbers in some cells; counts stay whole numbers of any size where these are whole, too."""
    if not cells:
        return array
    whole = np.asarray(array).dtype.kind in "iuO" and all(isinstance(number, int) for number in cells.values())
    if np.ndim(array) == 0:
        number = cells[()]
        return number if whole and type(array) is int else np.array(number, dtype=None if whole else float)
    held = np.array(array, dtype=object if whole else float)
    for index, number in cells.items():
        held[index] = number
    return held.astype(np.asarray(array).dtype) if whole and np.asarray(array).dtype.kind != "O" else held
