"""results.json for one student, as Gradescope (and PrairieLearn) read it; right values only where they are wanted.

Gradescope's autograder specification: score, max_score, output, tests. Where a sheet cannot be graded, PrairieLearn's
`gradable` and `format_errors` say so; where the problem cannot be used, nobody's points depend on it.
"""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import Any, TextIO

from nncalc.errors import JOINERS, printable
from nncalc.marking.homework import Homework, Marked, sums
from nncalc.marking.marks import MarkedLine, Marks
from nncalc.marking.verdicts import Verdict
from nncalc.render.layout import View
from nncalc.render.marks.json import points_number
from nncalc.render.marks.report import explanations, mark_cell, words, yours
from nncalc.trace.notation.style import TEXT

# A number with so many digits may be a right value; without --reveal nothing that holds one is said.
TELLING_DIGITS = re.compile(r"\d\.\d\d|\d{3}")
# The whole file stays below 1 MB.
MOST_TESTS, MOST_CELLS, LONGEST = 300, 8, 300


def render(homework: Homework, view: View, out: TextIO) -> None:
    """Writes the results of all the problems of a student."""
    marks = [result.marks for result in homework.results if result.marks is not None]
    errors = [str(finding) for finding in homework.findings]
    earned, total = sums(homework.results)
    several = len(homework.results) > 1
    tests = [t for r in homework.results for t in _tests(r, view, f"{r.pair.problem}: " if several else "")][
        :MOST_TESTS
    ]
    page: dict[str, Any] = {
        "score": points_number(earned),
        "max_score": points_number(total),
        "output": "\n".join(errors) or _said(marks),
        "tests": tests,
    }
    if errors:
        page |= {"gradable": bool(marks), "format_errors": errors}
    if any(result.asked is None for result in homework.results) or not homework.results:
        page["autograder_error"] = True
    json.dump(page, out, allow_nan=False, indent=1)
    out.write("\n")


def failed(errors: list[str], out: TextIO, problem: bool) -> None:
    """What is written where nothing could be graded at all."""
    page: dict[str, Any] = {
        "score": 0,
        "output": "\n".join(errors),
        "tests": [],
        "gradable": False,
        "format_errors": errors,
    }
    json.dump(page | ({"autograder_error": True} if problem else {}), out, allow_nan=False, indent=1)
    out.write("\n")


def _said(marks: list[Marks]) -> str:
    if not any(mark.given for m in marks for mark in m.lines):
        return "No line is given."
    wrong = [mark for m in marks for mark in m.lines if mark.verdict > Verdict.rounded]
    if not wrong:
        return "All lines are right."
    first = next((m.first for m in marks if m.first is not None), None)
    return "" if first is None else f"The first slip is in {printable(TEXT.symbol(first.name, ''))}."


def _tests(result: Marked, view: View, prefix: str) -> list[dict[str, Any]]:
    if result.marks is None:
        errors = "\n".join(printable(str(finding), LONGEST) for finding in result.findings)
        name = printable(result.pair.problem)
        return [
            {"name": name, "score": 0, "max_score": points_number(result.total), "status": "failed", "output": errors}
        ]
    return [
        {
            "name": prefix + printable(TEXT.symbol(mark.name, "")),
            "score": points_number(mark.earned),
            "max_score": points_number(mark.points or Fraction(0)),
            "status": "passed" if mark.verdict <= Verdict.rounded or mark.is_paid else "failed",
            "output": "\n".join(printable(text, LONGEST, JOINERS) for text in _lines(mark, result.marks, view)),
        }
        for mark in result.marks.lines
        if mark.points is not None
    ]


def _lines(mark: MarkedLine, marks: Marks, view: View) -> list[str]:
    """The verdict, the cells that are not right, and what mistake they look like."""
    lines = [words(mark, mark.verdict, marks)]
    if mark.line is not None and mark.line.trouble:
        lines.append(mark.line.trouble)
    bad = [index for index, verdict in mark.cells.items() if verdict > Verdict.rounded]
    for index in bad[:MOST_CELLS] if mark.exact.ndim and mark.line is not None and mark.line.cells else ():
        lines.append(f"{mark_cell(mark, index)}: {printable(yours(mark, index))}: {mark.cells[index].name}")
    if view.reveal:
        for working, said in explanations(marks, view, only=mark):
            lines += [working, *said]
    else:
        lines += [likely.text for likely in mark.likely if not TELLING_DIGITS.search(likely.text)]
    return lines
