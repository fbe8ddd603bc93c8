"""Marked sheets for scripts (format 1): every line with its verdict, its cells and what mistake it looks like.

`notes`, where a sheet has some: what of it was read otherwise than it is written, and what was passed over.
"""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any, TextIO

from nncalc.errors import printable
from nncalc.marking.homework import Homework, Marked
from nncalc.marking.marks import MarkedLine
from nncalc.render.layout import View
from nncalc.render.working.json import plain

MARKS_VERSION = 1


def render(homework: Homework, view: View, out: TextIO) -> None:
    """Writes one JSON object."""
    page = {
        "format": MARKS_VERSION,
        "sheets": [_sheet(result) for result in homework.results],
        "errors": [str(finding) for finding in homework.stray],
    }
    json.dump(page, out, allow_nan=False, indent=1)
    out.write("\n")


def _sheet(result: Marked) -> dict[str, Any]:
    page: dict[str, Any] = {
        "student": printable(result.pair.student, 300),
        "name": printable(result.pair.name, 300),
        "problem": printable(result.pair.problem, 300),
        "file": None if result.pair.sheet is None else printable(result.pair.sheet, 4096),
        "passed": result.passed,
        "errors": [str(finding) for finding in result.findings],
        "reason": printable("; ".join(result.reasons), 2000),
        "remarks": [printable(text, 2000) for text in (*result.pair.remarks, *result.flags)],
        "adjusted": [
            {"line": name or None, "points": points_number(one.points), "reason": printable(one.reason, 300),
             "before": points_number(result.earned_before(name))}
            for name, one in result.adjusted.items()
        ],
    }  # fmt: skip
    if result.notes:
        page["notes"] = [printable(text, 2000) for text in result.notes]
    return page | {"earned": points_number(result.earned), "total": points_number(result.total)} | _marks(result)


def _marks(result: Marked) -> dict[str, Any]:
    marks = result.marks
    if marks is None:
        return {"first_error": None, "lines": []}
    return {
        "first_error": marks.first.name if marks.first is not None else None,
        "lines": [_line(mark, result) for mark in marks.lines],
    }


def _line(mark: MarkedLine, result: Marked) -> dict[str, Any]:
    return {
        "name": mark.name,
        "verdict": mark.verdict.name,
        "points": None if mark.points is None else points_number(mark.points),
        "earned": points_number(result.earned_by(mark)),
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
