"""The cells of a step on a page of so many columns: each on a line where it fits, else broken as a person breaks it.

What says the same with fewer lines is tried first: everything on a line; without what the parts come to; what cells
divide by worked once for all of them; and last the terms on several lines.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from nncalc.render.breaking import LEADING_SIGNS, broken, grouped
from nncalc.render.layout import PageLine, View, came_to
from nncalc.render.paper import NAME, QUIET, VALUE, Text, width_of
from nncalc.render.working.window import channels_and_rows
from nncalc.trace.notation.evaluation import evaluate
from nncalc.trace.notation.numbers import aligned, number
from nncalc.trace.notation.style import substituted, write
from nncalc.trace.notation.tree import Expr, Op

# A terminal shows all cells of a step where they are few, or take few lines; else those that take fewer, with a word
# how to see the others.
FEW_CELLS, FEW_LINES, FEWER_LINES, LEAST_CELLS = 4, 10, 5, 2


class CellLines(NamedTuple):
    """The lines of one cell; `tail`: the value behind the last of them."""

    lines: list[str]
    cell: str
    tail: Text
    above: Sequence[str] = ()  # lines before it that it uses

    @property
    def height(self) -> int:
        """How many lines it takes."""
        return len(self.lines) + len(self.above)


def tails(lines: Sequence[PageLine], compared: bool) -> list[Text]:
    """The values at the end of the lines; on paper with (exact, drift) behind."""
    found = []
    exacts = aligned([worked.exact for worked in lines])
    for worked, value, exact in zip(lines, aligned([worked.value for worked in lines]), exacts, strict=True):
        tail = Text(f"{worked.equals} ").append(value, style=VALUE)
        found.append(tail.append(f"  ({exact.strip()}, {worked.drift})", style=QUIET) if compared else tail)
    return found


def fitted(worked: Sequence[PageLine], compared: bool, view: View, width: int) -> list[CellLines]:
    """The cells of a step on lines of `width` columns."""
    ends = tails(worked, compared)
    names = max((width_of(x.cell) for x in worked), default=0)
    beside = names + 2 + max((width_of(t.plain) for t in ends), default=0)
    for tried in (worked, [_without_middle(x) for x in worked]):
        if all(_stages_width(x) + beside <= width for x in tried):
            return [CellLines(_one_line(x), x.cell, t) for x, t in zip(tried, ends, strict=True)]
        if view.detail == "full":
            break
    shared = _divided(worked, view, width)
    if shared is not None:
        tried = [_without_middle(x) for _, x in shared]
        for cells in ([x for _, x in shared], tried):
            if all(_stages_width(x) + beside <= width for x in cells):
                aboves = [above for above, _ in shared]
                return [CellLines(_one_line(x), x.cell, t, a) for x, t, a in zip(cells, ends, aboves, strict=True)]
    room = width - names - 1
    return [CellLines(_broken(x, width_of(t.plain), view, room), x.cell, t) for x, t in zip(worked, ends, strict=True)]


def first_cells(cells: Sequence[CellLines], row: int) -> int:
    """How many of these cells a terminal shows; `row`: how many a row of the array has."""
    if len(cells) <= FEW_CELLS or sum(cell.height for cell in cells) <= FEW_LINES:
        return len(cells)
    lines = shown = 0
    while shown < len(cells) and (shown < LEAST_CELLS or lines + cells[shown].height <= FEWER_LINES):
        lines += cells[shown].height
        shown += 1
    return shown // row * row or shown


def cell_texts(cells: Sequence[CellLines]) -> list[Text]:
    """The lines as they stand below each other: names, first signs and values in columns."""
    names = max((width_of(cell.cell) for cell in cells), default=0)
    last = max((width_of(cell.lines[-1]) for cell in cells), default=0)
    found = []
    for cell in cells:
        found += [Text(line, whole=True) for line in cell.above]
        for i, line in enumerate(cell.lines):
            name = "" if i else cell.cell
            blanks = names - width_of(name) + 1
            text = Text(whole=True).append(name, NAME).append(" " * blanks + line)
            if i == len(cell.lines) - 1:
                text.append(" " * (last - width_of(line) + bool(last)) if line or i else "")
                text.pieces += cell.tail.pieces if line or i or not last else _moved_left(cell.tail)
            found.append(text)
    return found


def _moved_left(tail: Text) -> list[tuple[str, str]]:
    """The value of a cell without working, right behind its sign, which stands where others have their first."""
    sign, value, *more = (piece for piece in tail.pieces if piece[0])
    return [sign, (value[0].lstrip(), value[1]), *more]


def _stages_width(worked: PageLine) -> int:
    return width_of(_one_line(worked)[0])


def _one_line(worked: PageLine) -> list[str]:
    return ["= " + " = ".join(worked.stages) if worked.stages else ""]


def _without_middle(worked: PageLine) -> PageLine:
    return replace(worked, stages=tuple(s for s in worked.stages if s != worked.middle)) if worked.middle else worked


def _broken(worked: PageLine, tail: int, view: View, room: int) -> list[str]:
    """The stages of a cell, each from a line of its own where it must be, so that the value fits behind the last."""
    if not worked.stages:
        return [""]
    first, *others = worked.stages
    parts = _by_rows(worked, view, room - 2)
    if parts is not None:
        lines, totals = parts
        others = [totals, *(stage for stage in others if stage != worked.middle)]
    else:
        lines = _indented(broken(first, room - 2))
    whole = _with_stages(lines, others, tail, room)
    short = _with_stages(lines, [s for s in others if s != worked.middle], tail, room)
    return whole if len(whole) <= len(short) or view.detail == "full" or parts is not None else short


def _with_stages(lines: list[str], stages: Sequence[str], tail: int, room: int) -> list[str]:
    """More stages behind the lines, and a line for the value where that does not fit behind the last."""
    found = list(lines)
    for stage in stages:
        if len(found) > 1 or width_of(f"{found[-1]} = {stage}") + 1 + tail > room:
            found += _indented(broken(stage, room - 2))
        else:
            found[-1] += f" = {stage}"
    return found if width_of(found[-1]) + 1 + tail <= room else [*found, ""]


def _indented(lines: Sequence[str]) -> list[str]:
    """Lines behind `= `: those that begin with a sign of their own have it below that one."""
    return [f"= {lines[0]}", *(line if line.startswith(LEADING_SIGNS) else f"  {line}" for line in lines[1:])]


def _by_rows(worked: PageLine, view: View, width: int) -> tuple[list[str], str] | None:
    """Of a sum over windows a channel a line, or a row of a window, and what these come to together.

    None where it is no such sum, or a row is too long.
    """
    for sizes in channels_and_rows(worked.made):
        lines = grouped(worked.stages[0], sizes, width)
        if lines is not None and isinstance(worked.made, Op):
            terms, totals = list(worked.made.args), []
            for size in sizes:
                totals.append(came_to(Op("add", tuple(terms[:size]))))
                terms = terms[size:]
            together = Op("add", (*totals, *map(came_to, terms)))
            return _indented(lines), write(together, view.style, substituted(view.style, view.digits), view.digits)
    return None


def _divided(worked: Sequence[PageLine], view: View, width: int) -> list[tuple[list[str], PageLine]] | None:
    """Cells that are divided by the same sum, with that sum worked once before them; None where they are not."""
    found: list[tuple[list[str], PageLine]] = []
    known: dict[str, str] = {}
    for cell in worked:
        x = cell.made
        sum_ = _divisor(x)
        if sum_ is None or not isinstance(x, Op):
            return None
        text = write(sum_, view.style, substituted(view.style, view.digits), view.digits)
        above: list[str] = []
        if text not in known:
            known[text] = value = number(evaluate(sum_), view.digits)
            first, *more = broken(text, width - width_of(f" = {value}"))
            above = [first, *(line if line.startswith(LEADING_SIGNS) else f"  {line}" for line in more)]
            above[-1] += f" = {value}"
        parts = Op("divide", (x.args[0], came_to(sum_)))
        stage = write(parts, view.style, substituted(view.style, view.digits), view.digits)
        stages = tuple(dict.fromkeys((stage, *cell.stages[1:])))
        found.append((above, replace(cell, stages=stages)))
    return found if len(known) < len(worked) else None


def _divisor(x: Expr) -> Op | None:
    """What a quotient is divided by where that is a sum of several terms."""
    if not (isinstance(x, Op) and x.kind == "divide" and isinstance(x.args[1], Op) and x.args[1].kind == "add"):
        return None
    return x.args[1] if math.isfinite(evaluate(x.args[1])) else None
