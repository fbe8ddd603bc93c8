"""What every format says of a marked sheet: the same lines, words and explanations, as plain text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nncalc.errors import printable
from nncalc.marking.blank import places_asked
from nncalc.marking.credit import points
from nncalc.marking.marks import MarkedLine, Marks
from nncalc.marking.verdicts import Verdict
from nncalc.render.layout import View, inline, line
from nncalc.trace.notation.numbers import number
from nncalc.trace.notation.style import TEXT, place
from nncalc.trace.notation.tree import Index

# A line of at most so many numbers is shown whole where all of it is right.
SHORT = 4
# So many cells of a line are shown and explained, then how many more there are.
CELLS = 12
EXPLAINED = 3
MEANINGS = {
    Verdict.rounded: "as near as numbers rounded on the way allow",
    Verdict.follows: "right with your own earlier numbers",
}
HEADS = ["line", "yours", "from your lines", "exact", "verdict"]


@dataclass(frozen=True)
class MarkRow:
    """One line of a sheet, or one cell of it that is not right."""

    label: str
    yours: str
    followed: str
    exact: str
    verdict: str
    tone: str
    mark: MarkedLine
    index: Index | None = None


def score(marks: Marks) -> str:
    """7 of 10 points; without points how many lines there are of each kind."""
    if marks.asked.points is not None:
        return f"{points(marks.earned)} of {points(marks.total)} points"
    counts = [(verdict, sum(mark.verdict is verdict for mark in marks.lines)) for verdict in Verdict]
    return ", ".join(f"{count} {verdict.name}" for verdict, count in counts if count) or "no line is given"


def closeness_asked(marks: Marks) -> str:
    """How closely the problem wants its answers."""
    return places_asked(marks.asked)


def rows(marks: Marks, view: View) -> Iterator[MarkRow]:
    """The lines in the order of the page; of a line that is not all right the cells that are not."""
    for mark in marks.lines:
        label = TEXT.symbol(mark.name, "")
        if not mark.given:
            yield MarkRow(label, "not given", "", _whole(mark.exact, view), "missing", "bad", mark)
        elif mark.line is not None and mark.line.trouble:
            said, look = words(mark, mark.verdict, marks), tone(mark.verdict)
            yield MarkRow(label, mark.line.trouble, "", _whole(mark.exact, view), said, look, mark)
        elif mark.verdict is Verdict.right or mark.exact.ndim == 0:
            yield _row(mark, label, None if mark.exact.ndim else (), mark.verdict, marks, view)
        else:
            yield from _cells(mark, marks, view)


def _cells(mark: MarkedLine, marks: Marks, view: View) -> Iterator[MarkRow]:
    bad = [index for index, verdict in mark.cells.items() if verdict is not Verdict.right]
    shown = bad[:CELLS] if view.cuts else bad
    for index in shown:
        yield _row(mark, mark_cell(mark, index), index, mark.cells[index], marks, view)
    if len(shown) < len(bad):
        yield MarkRow(
            TEXT.symbol(mark.name, ""),
            f"and {len(bad) - len(shown)} more",
            "",
            "",
            mark.verdict.name,
            tone(mark.verdict),
            mark,
        )


def _row(mark: MarkedLine, label: str, index: Index | None, verdict: Verdict, marks: Marks, view: View) -> MarkRow:
    exact = _whole(mark.exact, view) if index is None else number(mark.exact[index], view.digits)
    followed = _whole(mark.worked, view) if index is None else number(mark.worked[index], view.digits)
    good = verdict <= Verdict.rounded
    same = good or followed == exact
    said = words(mark, verdict, marks, index)
    return MarkRow(label, yours(mark, index), "" if same else followed, exact, said, tone(verdict), mark, index)


def tone(verdict: Verdict) -> str:
    """How a verdict is coloured: good, carried (from an earlier slip), bad."""
    return "good" if verdict <= Verdict.rounded else "carried" if verdict is Verdict.follows else "bad"


def mark_cell(mark: MarkedLine, index: Index) -> str:
    """The name of a cell: c[1]."""
    return TEXT.symbol(mark.name, place(index))


def yours(mark: MarkedLine, index: Index | None) -> str:
    """What the student wrote, as it was written."""
    if mark.line is None:
        return ""
    if index is not None:
        written = mark.line.cells.get(index)
        return "not given" if written is None else written.text
    texts = [written.text for written in mark.line.cells.values()]
    short = mark.exact.ndim <= 1 and len(texts) <= SHORT
    return f"[{', '.join(texts)}]" if short else f"all {len(texts)} numbers"


def _whole(array: np.ndarray, view: View) -> str:
    return inline(array, view.digits) if array.ndim == 0 or (array.ndim == 1 and array.size <= SHORT) else ""


def legend(marks: Marks) -> str:
    """What the verdicts mean that do not explain themselves, of those that were given."""
    given = {verdict for mark in marks.lines for verdict in mark.cells.values()}
    return "; ".join(f"{verdict.name}: {meaning}" for verdict, meaning in MEANINGS.items() if verdict in given)


def words(mark: MarkedLine, verdict: Verdict, marks: Marks, index: Index | None = None) -> str:
    """The verdict as it is said to the student."""
    if mark.line is not None and mark.line.is_unread:
        return "not read"
    if verdict is Verdict.wrong:
        first = mark is marks.first and index in (None, (), next(iter(mark.of(Verdict.wrong)), None))
        return "WRONG, the first slip" if first else "WRONG"
    if verdict is Verdict.places:
        return "right as far as it goes, too few places"
    if verdict is Verdict.follows and mark.trivial:
        return "follows, but nothing was left to work: no points"
    if verdict is Verdict.follows and mark.unpaid:
        return "follows from a number that cost no points: none here"
    follow = marks.asked.problem.marking.follow
    if verdict is Verdict.follows and not follow:
        return "follows from your slip: no points here"
    if verdict is Verdict.follows and follow != 1:
        return f"follows from your slip: {number(float(follow), 4)} of the points"
    if mark.accepted and verdict is Verdict.right:
        return f"right: {printable(mark.accepted, 200)}"
    return verdict.name


def explanations(marks: Marks, view: View, only: MarkedLine | None = None) -> Iterator[tuple[str, list[str]]]:
    """For every wrong line: cells worked with the student's own earlier numbers, and what mistake they look like."""
    for mark in marks.lines:
        if mark.verdict is not Verdict.wrong or mark.line is None or only not in (None, mark):
            continue
        if mark.line.trouble:
            said = [likely.text for likely in mark.likely]
            if said or only is not None:  # the row of the line says the rest
                yield f"{TEXT.symbol(mark.name, '')} {mark.line.trouble}", said
            continue
        wrong = mark.of(Verdict.wrong)
        explained = any(len(likely.cells) == len(wrong) for likely in mark.likely)
        first = wrong[: 1 if explained else EXPLAINED]
        shown = sorted({*first, *(likely.cells[0] for likely in mark.likely[:EXPLAINED])})
        for index in shown:
            yield working(mark, index, view), [_off(mark, index), *_said(mark, index, len(wrong))]
        more = len(wrong) - len(shown)
        if more and not explained:
            cells = "one more cell is" if more == 1 else f"{more} more cells are"
            yield f"{cells} wrong in {TEXT.symbol(mark.name, '')}", []


def _said(mark: MarkedLine, index: Index, wrong: int) -> Iterator[str]:
    """What a cell looks like, and which others with it."""
    for likely in mark.likely:
        if likely.cells[0] == index:
            others = [mark_cell(mark, other) for other in likely.cells[1:]]
            few = ", ".join(others[:EXPLAINED]) + (", …" if len(others) > EXPLAINED else "")
            yield likely.text + ("" if not others or len(likely.cells) == wrong else f" (so is {few})")
            if len(likely.cells) == wrong and others:
                yield f"it explains {'both' if wrong == 2 else f'all {wrong}'} wrong cells of this line"


def working(mark: MarkedLine, index: Index, view: View) -> str:
    """A cell with the student's own earlier numbers put in: z[1] = 0.3·0.5 + … = 0.13."""
    value = number(mark.worked[index], view.digits)
    if mark.step is None:
        return f"{mark_cell(mark, index)} = {value}"
    stages = [s for s in line(mark.step, index, view).stages if s != value]
    return " = ".join([mark_cell(mark, index), *stages, value])


def _off(mark: MarkedLine, index: Index) -> str:
    written = mark.line.cells[index] if mark.line is not None else None
    if written is None:
        return ""
    off = float(written.value) - float(mark.worked[index])
    if not np.isfinite(off):
        return f"yours is {written.text}"
    return f"yours is {written.text}: {number(abs(off), 6)} {'more' if off > 0 else 'less'}"


def full_working(marks: Marks, file: str) -> str:
    """The command that shows the first wrong cell of a problem's file all the way down."""
    first = marks.first
    if first is None or first.step is None or not file or file.startswith("<"):
        return ""
    wrong = next(iter(first.of(Verdict.wrong)), ())
    where = f":{place(wrong)}" if wrong else ""
    return f"full working: nncalc solve {printable(file, 300)} --explain {printable(first.name, 300)}{where}"
