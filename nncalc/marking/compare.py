"""Marks against those of an earlier marking: whose have changed, and why."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from nncalc.disk.read import read_bytes
from nncalc.errors import Finding, InputError, Location, printable
from nncalc.limits import Limits
from nncalc.marking.by import Record
from nncalc.marking.homework import Homework, Marked
from nncalc.marking.marks import MarkedLine

# The marks of a class are longer than a problem.
MARKS_BYTES = 1 << 30
MARKS_FORMAT = 1
# A right value has moved where its number has changed by more than the last digits of a float.
SAME = 1e-9
WANT = "what `nncalc check … --format json` wrote"


def compared(homework: Homework, path: str, limits: Limits) -> list[Record]:
    """A row for each student and problem whose points have changed, with the reasons.

    Raises InputError where the earlier marks cannot be read.
    """
    before = _sheets(path, limits)
    rows: list[Record] = []
    for result in homework.results:
        pair = result.pair
        old = before.pop((pair.student, pair.problem), None)
        earned = _number(old.get("earned")) if old is not None else None
        if old is None or earned != _rounded(result.earned) or _number(old.get("total")) != _rounded(result.total):
            why = "was not there before" if old is None else "; ".join(dict.fromkeys(_reasons(result, old)))
            rows.append(_row(pair.student, pair.problem, earned, result.earned, why))
    for (student, problem), old in before.items():
        rows.append(_row(student, problem, _number(old.get("earned")), None, "is not there any more"))
    return rows


def _row(student: str, problem: str, before: Fraction | None, now: Fraction | None, why: str) -> Record:
    change = now - before if now is not None and before is not None else None
    shown = None if now is None else _rounded(now)
    return {"student": student, "problem": problem, "before": before, "now": shown,
            "change": None if change is None else _rounded(change), "why": why}  # fmt: skip


def _reasons(result: Marked, old: dict[str, Any]) -> Iterator[str]:
    """Why the points are others, as far as both markings say."""
    lines = {str(line.get("name")): line for line in old.get("lines", ()) if isinstance(line, dict)}
    adjusted = {one.get("line") or "" for one in old.get("adjusted", ()) if isinstance(one, dict)}
    for name in sorted({*adjusted, *result.adjusted}):
        yield f"{name or 'the problem'} is adjusted" if name in result.adjusted else "an adjustment is gone"
    if bool(result.reasons) != bool(old.get("reason")):
        yield f"not marked now: {result.reasons[0]}" if result.reasons else f"not marked before: {old['reason']}"
        return
    for mark in result.marks.lines if result.marks is not None else ():
        line = lines.pop(mark.name, None)
        if line is None:
            yield f"{mark.name}: is asked now" if mark.points else f"{mark.name}: is on the sheet now"
        elif mark.name in result.adjusted or mark.name in adjusted:
            continue
        elif _number(line.get("earned")) != _rounded(mark.earned) or _number(line.get("points")) != _asked(mark):
            yield f"{mark.name}: {_why(mark, line)}"
    for name in lines:
        yield f"{name}: is not asked any more"


def _why(mark: MarkedLine, line: dict[str, Any]) -> str:
    """What has changed in a line: the sheet, the right value, the points, or only how it is judged."""
    cells = {tuple(cell.get("index", ())): cell for cell in line.get("cells", ()) if isinstance(cell, dict)}
    verdict = f"{printable(str(line.get('verdict')))}, now {mark.verdict.name}"
    for index in mark.cells:
        old = cells.get(tuple(i + 1 for i in index), {})
        text = mark.line.cells[index].text if mark.line is not None and index in mark.line.cells else None
        if old.get("yours") != text:
            return f"the sheet has changed ({verdict})"
    for index in mark.cells:
        exact, now = cells.get(tuple(i + 1 for i in index), {}).get("exact"), mark.exact.item(index)
        if isinstance(exact, (int, float)) and not math.isclose(exact, now, rel_tol=SAME, abs_tol=SAME):
            return f"the right value was {exact:.6g} and is {now:.6g} ({verdict})"
    if _number(line.get("points")) != _asked(mark):
        return f"its points have changed ({verdict})"
    return verdict


def _asked(mark: MarkedLine) -> Fraction | None:
    return None if mark.points is None else _rounded(mark.points)


def _rounded(value: Fraction) -> Fraction:
    """As far as a number in a file holds it."""
    return Fraction(round(float(value), 6)).limit_denominator(10**6)


def _number(value: Any) -> Fraction | None:
    usable = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    return _rounded(Fraction(value)) if usable else None


def _sheets(path: str, limits: Limits) -> dict[tuple[str, str], dict[str, Any]]:
    """The sheets of earlier marks by student and problem."""
    data = read_bytes(path, replace(limits, file_bytes=MARKS_BYTES))
    try:
        page = json.loads(data)
    except (ValueError, RecursionError):
        raise InputError(Finding("is no JSON", Location(path), want=WANT)) from None
    sheets = page.get("sheets") if isinstance(page, dict) and page.get("format") == MARKS_FORMAT else None
    if not isinstance(sheets, list) or not all(isinstance(one, dict) for one in sheets):
        raise InputError(Finding("holds no marks", Location(path), want=WANT))
    return {(str(one.get("student")), str(one.get("problem"))): one for one in sheets}
