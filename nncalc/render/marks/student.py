"""What a student gets to see: the own lines and what they look like; right values only where they are wanted."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from nncalc.errors import printable, so_many
from nncalc.marking.adjust import WHOLE
from nncalc.marking.credit import points
from nncalc.marking.homework import Homework, Marked, sums
from nncalc.marking.marks import Likely, MarkedLine, Marks
from nncalc.marking.pairing import NOT_HANDED_IN
from nncalc.marking.verdicts import Verdict
from nncalc.render.layout import View
from nncalc.render.marks.report import EXPLAINED, explanations, full_working, mark_cell, rows, score
from nncalc.trace.notation.style import TEXT
from nncalc.trace.notation.tree import Index

# A number with so many digits may be a right value; without --reveal no such number is said but those that the
# problem or the student wrote.
TELLING_DIGITS = re.compile(r"\d\.\d\d|\d{3}")
WRITTEN_NUMBERS = re.compile(r"\d+(?:\.\d+)?")
NO_FAULT = "The problem itself cannot be used: this is not your fault."
# So many of the most frequent first slips of a class are named.
FREQUENT = 5
# Above the notes on what was read otherwise than it is written, or not at all.
HOW_READ = "How the sheet was read, and what was passed over:"


@dataclass(frozen=True)
class StudentRow:
    """A row of a student's table; the verdict with its tone stands before the points."""

    cells: list[str]
    verdict: str
    points: str
    tone: str
    name: str
    index: Index | None


def heads(view: View) -> list[str]:
    """What the columns of the table are called."""
    return ["line", "yours", *(["from your lines", "exact"] if view.reveal else []), "verdict", "points"]


def student_rows(result: Marked, marks: Marks, view: View) -> Iterator[StudentRow]:
    """The lines, and of a line that is not all right the cells that are not; the points stand in its first row."""
    said: set[str] = set()
    for row in rows(marks, view):
        more = [row.followed, row.exact] if view.reveal else []
        mark = row.mark
        cells = [row.label, row.yours, *more]
        yield StudentRow(cells, row.verdict, _points(result, mark, said), row.tone, mark.name, row.index)
        said.add(mark.name)


def _points(result: Marked, mark: MarkedLine, said: set[str]) -> str:
    if mark.points is None or mark.name in said:
        return ""
    adjusted = ", adjusted" if mark.name in result.adjusted else ""
    return f"{points(result.earned_by(mark))} of {points(mark.points)}{adjusted}"


def result_score(result: Marked) -> str:
    """7 of 10 points; without points how many lines there are of each kind."""
    marks = result.marks
    if marks is not None and marks.asked.points is None and not result.adjusted:
        return score(marks)
    adjusted = ", adjusted" if WHOLE in result.adjusted else ""
    return f"{points(result.earned)} of {points(result.total)} points{adjusted}"


def total_score(results: Iterable[Marked]) -> str:
    """The points of all problems together."""
    earned, total = map(points, sums(results))
    return f"{earned} of {total} points"


def student_title(homework: Homework) -> str:
    """Whose page it is: the name that people know, beside that of the list."""
    people = {r.pair.student: r.pair.name for r in homework.results}
    return ", ".join(f"{name} ({student})" if name else student for student, name in people.items()) or "marks"


def outcome(result: Marked) -> str:
    """A sheet's score where there is a sheet, else why there is none, as short as a cell wants it."""
    if not result.adjusted and result.marks is None:
        return "not marked"
    return result_score(result) if result.adjusted or result.pair.sheet is not None else brief_reason(result)


def brief_reason(result: Marked) -> str:
    """Why there is no sheet, as short as a cell wants it."""
    return NOT_HANDED_IN if result.pair.reason.startswith(NOT_HANDED_IN) else "no sheet"


def unmarked_said(result: Marked) -> tuple[str, list[str]]:
    """Why there are no marks: a sentence where there is no sheet; else what stands above a list, and the list."""
    why = unmarked(result)
    return (f"{why[0][:1].upper()}{why[0][1:]}.", []) if why == [result.pair.reason] else ("Not marked:", why)


def unmarked(result: Marked) -> list[str]:
    """Why there are no marks, without a path of the instructor's machine."""
    if result.asked is None:
        return [NO_FAULT]
    return [*([result.pair.reason] if result.pair.reason else []), *(str(f.pathless) for f in result.findings)]


def explained(marks: Marks, view: View) -> Iterator[tuple[str, list[str]]]:
    """What the wrong lines look like; the working beside it only where right values are wanted."""
    if view.reveal:
        yield from explanations(marks, view)
        return
    for mark in marks.lines:
        for cells, text in hints(mark, marks):
            yield cells, [text]


def hints(mark: MarkedLine, marks: Marks) -> Iterator[tuple[str, str]]:
    """What a wrong line looks like, with its cells, where the words hold no number that may be a right one."""
    for likely in likely_shown(mark, marks, False):
        few = ", ".join(mark_cell(mark, index) for index in likely.cells[:EXPLAINED])
        more = ", …" if len(likely.cells) > EXPLAINED else ""
        yield few + more or TEXT.symbol(mark.name, ""), likely.text


def likely_shown(mark: MarkedLine, marks: Marks, reveal: bool) -> list[Likely]:
    """What a wrong line looks like; where no right values are wanted, without words that may hold one."""
    if mark.verdict is not Verdict.wrong:
        return []
    return [likely for likely in mark.likely if reveal or not _tells(likely.text, marks)]


def _tells(text: str, marks: Marks) -> bool:
    """Whether words hold a number of many digits that stands neither in the problem nor on the sheet."""
    numbers = [number for number in WRITTEN_NUMBERS.findall(text) if TELLING_DIGITS.search(number)]
    if not numbers:
        return False
    written = {w.text.lstrip("+-\u2212") for m in marks.lines if m.line is not None for w in m.line.cells.values()}
    given = [np.abs(np.asarray(value.array, dtype=float)) for value in marks.asked.trace.given.values()]
    return any(n not in written and not any(np.any(array == float(n)) for array in given) for n in numbers)


def adjusted_words(result: Marked) -> list[str]:
    """What was adjusted, a line each."""
    return [printable(text, 1000) for text in result.adjustments]


def further(marks: Marks, view: View) -> str:
    """The command that shows the first wrong cell all the way down, where that is no secret."""
    return full_working(marks, os.path.basename(marks.asked.problem.file)) if view.reveal else ""


def first_slips(homework: Homework) -> str:
    """Where slips of a class begin most often: first slips: one: c (2), two: Y (1)."""
    firsts: Counter[str] = Counter()
    several = len(homework.problems) > 1
    for result in homework.results:
        if result.marks is not None and result.marks.first is not None:
            name = TEXT.symbol(result.marks.first.name, "")
            firsts[f"{result.pair.problem}: {name}" if several else name] += 1
    shown = ", ".join(f"{printable(name)} ({count})" for name, count in firsts.most_common(FREQUENT))
    return f"first slips: {shown}" if shown else ""


def sheets_said(homework: Homework) -> str:
    """How many sheets of a class there are, and how many are all right."""
    good = sum(result.passed for result in homework.results)
    lost = sum(result.marks is None for result in homework.results)
    sheets = sum(result.pair.sheet is not None for result in homework.results)
    return f"{so_many(sheets, 'sheet')}, {good} all right" + (f", {lost} not marked" if lost else "")
