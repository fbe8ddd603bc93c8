"""How a number is written down, in one place: digits, minus sign, infinities."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

# A decimal with this many significant digits is how a person reads a float: 0.1 + 0.2 is 0.3.
READ_DIGITS = 12
# With so many decimals three of them must be left of a small number; with fewer, which somebody asked for, one.
USUAL_DIGITS = 6


def number(value: Any, digits: int = 6) -> str:
    """A number with at most `digits` decimals; whole numbers and short decimals stay as they are.

    What `digits` decimals would wipe out is written with `digits` significant digits instead (0.000123457).
    """
    value = value.item() if isinstance(value, np.ndarray) else value
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    value = float(value)
    if not math.isfinite(value):
        return {math.inf: "inf", -math.inf: "-inf"}.get(value, "nan")
    if value == 0:
        return "0"
    wiped_out = 10.0 ** (3 - digits if digits >= USUAL_DIGITS else -digits)
    if abs(value) >= 1e15 or abs(value) < wiped_out * 0.999999:
        short = f"{value:.{READ_DIGITS}g}"
        fixed = f"{value:.{max(digits, 1)}g}"
        return short if len(short) < len(fixed) else fixed
    text = f"{value:.{digits}f}"
    short = text.rstrip("0").rstrip(".") if "." in text else text
    exact = abs(float(short) - value) <= abs(value) * 10.0**-READ_DIGITS
    return (short if exact else text) if text.strip("-0.") else f"{value:.{max(digits, 1)}g}"


def aligned(texts: list[str]) -> list[str]:
    """Numbers already written, with their decimal points in line and all of one width."""
    after = [len(t) - t.index(".") if "." in t else 0 for t in texts]
    behind = max(after, default=0)
    padded = [t + " " * (behind - a) for t, a in zip(texts, after, strict=True)]
    width = max(map(len, padded), default=0)
    return [t.rjust(width) for t in padded]


def plain(array: Any) -> Any:
    """Nested lists of Python numbers; infinities as the texts "inf" and "-inf"."""
    array = np.asarray(array)
    if array.ndim:
        return [plain(part) for part in array]
    value = array.item()
    value = 0.0 if value == 0 and isinstance(value, float) else value  # no -0.0
    if isinstance(value, float) and not math.isfinite(value):
        return {math.inf: "inf", -math.inf: "-inf"}.get(value, "nan")
    return value
