"""An array over the limit, as a refusal of the field to blame."""

from __future__ import annotations

import math

from nncalc.errors import Refused, dimensions
from nncalc.limits import raising
from nncalc.trace.value import TooLarge


def refused_as_large(error: TooLarge) -> Refused:
    """What would be needed, of what it is made, and how the limit is raised."""
    size = math.prod(error.shape)
    what = f"needs an array of {dimensions(error.shape)} = {size} numbers ({_bytes(8 * size)})"
    if error.names:
        what += f", made from {' and '.join(list(dict.fromkeys(error.names))[:4])}"
    return Refused(error.field, f"{what}; the limit is {error.limit}", hint=raising("array"))


def _bytes(count: int) -> str:
    """A size in memory as one says it: 12.8 GB."""
    units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
    power = min(max(0, (len(str(count)) - 1) // 3), len(units) - 1)
    return f"{count / 1000**power:.3g} {units[power]}"
