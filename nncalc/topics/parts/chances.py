"""What probabilities may be: refused where they are none, noted where they do not add up to 1."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np

from nncalc.errors import NAMES_SHOWN, Refused
from nncalc.topics.parts.fields import shown
from nncalc.trace.value import numbers
from nncalc.trace.work import Work


def check_chances(field: str, given: Any) -> None:
    """Raises Refused, naming the cell, for a number that is no probability."""
    array = numbers(given)
    for cell in np.argwhere((array < 0) | (array > 1)).tolist()[:1]:
        path: tuple[str | int, ...] = (field, *(int(i) + 1 for i in cell))
        raise Refused(path, f"want a probability, from 0 to 1, got {shown(float(array[tuple(cell)]))}")


def note_sums(work: Work, symbol: str, given: Any) -> None:
    """Notes the rows (one for a vector) that do not add up to 1. A table may leave likely words out: it is no error."""
    array = numbers(given)
    rows = array[None] if array.ndim == 1 else array if array.ndim > 1 else []
    sums = [(f"[{i}]" if array.ndim > 1 else "", row) for i, row in enumerate(rows, 1)]
    off = [f"{symbol}{place} gives {shown(float(row.sum()))}" for place, row in sums if _is_off(row)]
    if off:
        more = ["…"] if len(off) > NAMES_SHOWN else []
        work.note(f"probabilities that do not add up to 1: {', '.join([*off[:NAMES_SHOWN], *more])}")


def _is_off(row: Any) -> bool:
    """Whether the sum is farther from 1 than rounding each to the decimals that it has (at least two) explains."""
    exponents = [Decimal(repr(x)).as_tuple().exponent for x in row.tolist()]
    places = max(2, *(-n for n in exponents if isinstance(n, int)))
    return abs(float(row.sum()) - 1) > max(len(exponents) / 2 * 10.0**-places * (1 + 1e-9), 1e-9)
