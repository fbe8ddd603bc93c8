"""Marked sheets for scripts (format 1): every line with its verdict, its cells and what mistake it looks like.

`notes`, where a sheet has some: what of it was read otherwise than it is written, and what was passed over.
"""

from __future__ import annotations

import json
from typing import Any, TextIO

from nncalc.errors import printable
from nncalc.marking.homework import Homework, Marked
from nncalc.marking.told import line_told
from nncalc.marking.told import points_number as points_number
from nncalc.render.layout import View

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
        "lines": [line_told(mark, result.earned_by(mark)) for mark in marks.lines],
    }
