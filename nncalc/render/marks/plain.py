"""Marks as plain text, one line each, its parts between tabs: for grep, awk and a reader without a screen."""

from __future__ import annotations

from typing import TextIO

from nncalc.errors import printable
from nncalc.marking.credit import points
from nncalc.marking.homework import Homework
from nncalc.marking.marks import MarkedLine
from nncalc.render.layout import View
from nncalc.trace.notation.style import TEXT


def render(homework: Homework, view: View, out: TextIO) -> None:
    """Writes student, problem, line, verdict, points, most points and what is said of it; `=` is a sheet's total."""
    for result in homework.results:
        head = [result.pair.student, result.pair.problem]
        for mark in result.marks.lines if result.marks is not None and not result.pair.reason else ():
            most = "" if mark.points is None else points(mark.points)
            label = TEXT.symbol(mark.name, "")
            _say([*head, label, mark.verdict.name, points(result.earned_by(mark)), most, *_words(mark)], out)
        state = "passed" if result.passed else "not marked" if result.reasons else "failed"
        _say([*head, "=", state, points(result.earned), points(result.total), "; ".join(result.remarks)], out)
    for finding in homework.stray:
        _say(["-", "-", "-", "not used", "", "", str(finding)], out)


def _words(mark: MarkedLine) -> list[str]:
    trouble = [mark.line.trouble] if mark.line is not None and mark.line.trouble else []
    return ["; ".join([*trouble, *(likely.text for likely in mark.likely)])]


def _say(parts: list[str], out: TextIO) -> None:
    print("\t".join(printable(part, 2000) for part in parts), file=out)
