"""Rules of whole numbers, for counting: exact at any size, where they are Python's integers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np

from nncalc.trace.notation import tree as n
from nncalc.trace.notation.decimals import ceil_of
from nncalc.trace.notation.nearness import near_whole
from nncalc.trace.rules.pointwise import pointwise
from nncalc.trace.rules.table import traced


@traced
def quotient(a: Any, b: Any) -> Any:
    """a / b; of whole numbers that divide evenly the whole number, without a float between."""
    rest = np.asarray(a % b)
    return a // b if rest.dtype.kind in "iO" and not rest.any() else a / b


@traced
def ceil_divide(a: Any, b: Any) -> Any:
    """The smallest whole number that is at least a / b."""
    return -(-a // b)


pointwise(quotient, n.divide, lambda g, y, a, b: g / b, lambda g, y, a, b: -(g * a) / b**2)
pointwise(ceil_divide, lambda a, b: n.call("ceil", n.divide(a, b)), None, None,
          decimal=np.frompyfunc(lambda a, b: ceil_of(Decimal(a) / b), 2, 1),
          decides=lambda a, b: near_whole(a / b))  # fmt: skip
