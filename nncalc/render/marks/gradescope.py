"""results.json for one student, as Gradescope (and PrairieLearn) read it; right values only where they are wanted.

Gradescope's autograder specification: score, max_score, output, tests. Where a sheet cannot be graded, PrairieLearn's
`gradable` and `format_errors` say so; where the problem cannot be used, nobody's points depend on it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TextIO

from nncalc.errors import JOINERS, printable, so_many
from nncalc.marking.adjust import WHOLE
from nncalc.marking.homework import Homework, Marked, sums
from nncalc.marking.marks import MarkedLine, Marks
from nncalc.marking.verdicts import Verdict
from nncalc.render.layout import View
from nncalc.render.marks.json import points_number
from nncalc.render.marks.report import explanations, mark_cell, words, yours
from nncalc.render.marks.student import HOW_READ, adjusted_words, hints, unmarked
from nncalc.trace.notation.style import TEXT

# The whole file stays below 1 MB: so many characters of cells and hints, and so many tests.
MOST_TESTS, MOST_CELLS, LONGEST = 1000, 250_000, 300


def render(homework: Homework, view: View, out: TextIO) -> None:
    """Writes the results of all the problems of a student."""
    marks = [result.marks for result in homework.results if result.marks is not None]
    errors = [str(finding.pathless) for finding in homework.findings]
    earned, total = sums(homework.results)
    several = len(homework.results) > 1
    room = _Room(MOST_CELLS)
    tests = [t for r in homework.results for t in _tests(r, view, f"{r.pair.problem}: " if several else "", room)]
    page: dict[str, Any] = {
        "score": points_number(earned),
        "max_score": points_number(total),
        "output": "\n".join([*(errors or [_said(marks)]), *_how_read(homework, room)]),
        "tests": [*tests[:MOST_TESTS], *_others(tests[MOST_TESTS:])],
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


def _how_read(homework: Homework, room: _Room) -> list[str]:
    """What was read otherwise than it is written, and what was passed over."""
    notes = [printable(note, LONGEST, JOINERS) for result in homework.results for note in result.notes]
    shown = [note for note in notes if room.takes(note)]
    return [HOW_READ, *shown] if shown else []


def _said(marks: list[Marks]) -> str:
    if not any(mark.given for m in marks for mark in m.lines):
        return "No line is given."
    wrong = [mark for m in marks for mark in m.lines if mark.verdict > Verdict.rounded]
    if not wrong:
        return "All lines are right."
    first = next((m.first for m in marks if m.first is not None), None)
    return "" if first is None else f"The first slip is in {printable(TEXT.symbol(first.name, ''))}."


@dataclass
class _Room:
    """How many characters there is room for."""

    left: int

    def takes(self, text: str) -> bool:
        """Whether a text still finds room."""
        self.left -= len(text)
        return self.left >= 0


def _others(tests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One test for all that there is no room for, with their points."""
    if not tests:
        return []
    score, most = (float(sum(Fraction(test.get(key, 0)) for test in tests)) for key in ("score", "max_score"))
    failed = sum(test["status"] == "failed" for test in tests)
    status = "failed" if failed else "passed"
    output = f"{failed} of them are not right" if failed else ""
    name = so_many(len(tests), "more line")
    return [{"name": name, "score": score, "max_score": most, "status": status, "output": output}]


def _tests(result: Marked, view: View, prefix: str, room: _Room) -> list[dict[str, Any]]:
    if result.marks is None or result.pair.reason or WHOLE in result.adjusted:
        errors = "\n".join(printable(text, LONGEST) for text in [*unmarked(result), *adjusted_words(result)])
        page = {"name": printable(result.pair.problem), "score": points_number(result.earned)}
        status = "passed" if result.earned and result.earned == result.total else "failed"
        whole = [page | {"max_score": points_number(result.total), "status": status, "output": errors}]
        if result.marks is None or result.pair.reason:
            return whole
        lines = _line_tests(result, result.marks, view, prefix, room)
        return [*whole, *({key: v for key, v in test.items() if "score" not in key} for test in lines)]
    return _line_tests(result, result.marks, view, prefix, room)


def _line_tests(result: Marked, marks: Marks, view: View, prefix: str, room: _Room) -> list[dict[str, Any]]:
    return [
        {
            "name": prefix + printable(TEXT.symbol(mark.name, "")),
            "score": points_number(result.earned_by(mark)),
            "max_score": points_number(mark.points or Fraction(0)),
            "status": "passed" if mark.verdict <= Verdict.rounded or mark.is_paid else "failed",
            "output": "\n".join(printable(text, LONGEST, JOINERS) for text in _lines(mark, result, marks, view, room)),
        }
        for mark in marks.lines
        if mark.points is not None
    ]


def _lines(mark: MarkedLine, result: Marked, marks: Marks, view: View, room: _Room) -> list[str]:
    """The verdict, the cells that are not right, and what mistake they look like."""
    lines = [words(mark, mark.verdict, marks)]
    if mark.line is not None and mark.line.trouble:
        lines.append(mark.line.trouble)
    bad = [index for index, verdict in mark.cells.items() if verdict > Verdict.rounded]
    listed = bad if mark.exact.ndim and mark.line is not None and mark.line.cells else []
    for done, index in enumerate(listed):
        text = f"{mark_cell(mark, index)}: {printable(yours(mark, index))}: {mark.cells[index].name}"
        if not room.takes(text):
            lines.append(f"and {so_many(len(listed) - done, 'more cell')} not right")
            break
        lines.append(text)
    if mark.name in result.adjusted:
        lines.append(result.adjusted[mark.name].said(mark.earned))
    if view.reveal:
        for working, said in explanations(marks, view, only=mark):
            lines += [text for text in (working, *said) if room.takes(text)]
    else:
        lines += [text for _, text in hints(mark, marks) if room.takes(text)]
    return lines
