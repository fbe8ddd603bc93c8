"""What was marked, as plain data: what JSON writes and `Marks.to_dict` gives."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from nncalc.trace.notation.numbers import plain

if TYPE_CHECKING:
    from nncalc.marking.marks import MarkedLine


def line_told(mark: MarkedLine, earned: Fraction) -> dict[str, Any]:
    """A line with its verdict, its cells (counted from 1) and what mistakes it looks like."""
    return {
        "name": mark.name,
        "verdict": mark.verdict.name,
        "points": None if mark.points is None else points_number(mark.points),
        "earned": points_number(earned),
        "trivial": mark.trivial,
        "unpaid": mark.unpaid,
        "error": mark.line.trouble if mark.line is not None else "",
        "cells": [
            {
                "index": [i + 1 for i in index],
                "verdict": verdict.name,
                "yours": mark.line.cells[index].text if mark.line is not None and index in mark.line.cells else None,
                "follows": plain(mark.worked[index]),
                "exact": plain(mark.exact[index]),
            }
            for index, verdict in mark.cells.items()
        ],
        "likely": [
            {
                "cells": [[i + 1 for i in index] for index in likely.cells],
                "mistakes": list(likely.names),
                "text": likely.text,
            }
            for likely in mark.likely
        ],
    }


def points_number(points: Fraction) -> int | float:
    """Points as JSON writes them: 7, 2.5."""
    return int(points) if points.denominator == 1 else float(points)
