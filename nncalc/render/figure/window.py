"""A cell that is made from a window: the image with the window lit, the weights beside it, the result with the cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from nncalc.render.figure.looking import is_readable
from nncalc.render.figure.parts import Panel, Panels, Picture
from nncalc.render.layout import View, line
from nncalc.trace.name import StepName
from nncalc.trace.notation.style import TEXT, place
from nncalc.trace.notation.tree import Expr, Index, Op, Ref, fold
from nncalc.trace.steps import Step, Trace

# So many channels are drawn, each with its window.
MOST_CHANNELS = 4
WindowCell = tuple[str, Index | None]
# By what was read and of which channel: the cells, each with its row and its column.
Read = dict[tuple[int, Index], set[tuple[int, int]]]


def window_pictures(trace: Trace, view: View, cell: WindowCell | None = None) -> Iterator[Picture]:
    """The window of one cell: of the one that is wanted, else the first of the first step that has windows."""
    if cell is not None:
        step = trace[cell[0]]
        index = cell[1] if cell[1] is not None else (0,) * step.array.ndim
        found = _picture(step, index, view)
    else:
        found = next((_picture(step, (0,) * step.array.ndim, view) for step in trace.steps if _has_windows(step)), None)
    if found is not None:
        yield found


def _has_windows(step: Step) -> bool:
    """Whether the middle cell of a step forward is made from a window; at the rim there may be less of one."""
    if step.array.ndim < 2 or StepName.parse(step.name).is_gradient or step.value.is_given:
        return False
    if not is_readable(step):
        return False
    return bool(_windows(_read(step, tuple(n // 2 for n in step.array.shape))))


def _read(step: Step, index: Index) -> tuple[dict[int, Any], Read]:
    """The values with rows and columns that a cell is made from, and which cells of each."""
    values: dict[int, Any] = {}
    cells: Read = defaultdict(set)

    def looked(x: Expr, _: list[None]) -> None:
        if isinstance(x, Ref) and x.index is not None and len(x.index) >= 2 and hasattr(x.value, "name"):
            values[id(x.value)] = x.value
            cells[id(x.value), x.index[:-2]].add((x.index[-2], x.index[-1]))

    fold(step.element(index), looked)
    return values, cells


def _windows(read: tuple[dict[int, Any], Read]) -> list[tuple[Any, Index, set[tuple[int, int]]]]:
    """Of what was read: the rows and columns that are a part of something larger, and cross each other everywhere."""
    values, cells = read
    found = []
    for (at, lead), lit in cells.items():
        rows, columns = {i for i, _ in lit}, {j for _, j in lit}
        shape = np.shape(values[at].array)[-2:]
        if min(len(rows), len(columns)) > 1 and len(lit) == len(rows) * len(columns) < shape[0] * shape[1]:
            found.append((values[at], lead, lit))
    return found


def _picture(step: Step, index: Index, view: View) -> Panels | None:
    """The image with its window, the weights that are used whole, and the result."""
    values, cells = _read(step, index)
    if step.array.ndim < 2 or not cells:
        return None
    middle = _windows(_read(step, tuple(n // 2 for n in step.array.shape)))
    sources = {id(value) for value, *_ in middle}
    images = [(values[at], lead, lit) for (at, lead), lit in cells.items() if at in sources]
    if not images:
        return None
    panels: list[Panel] = []
    for value, lead, lit in images[:MOST_CHANNELS]:
        panels.append(_panel(value, lead, frozenset(lit), "+" if panels else ""))
        beside = [(at, own) for at, own in cells if at not in sources and own[len(own) - len(lead) :] == lead]
        panels += [_panel(values[at], own, frozenset(), "⋆") for at, own in beside[:1]]
    panels.append(_panel(step, index[:-2], frozenset({(index[-2], index[-1])}), _sign(step, index)))
    counted = sum(len(lit) for *_, lit in images)
    name = TEXT.symbol(step.symbol, place(index))
    working = line(step, index, view)
    said = " = ".join(dict.fromkeys((working.cell, *working.stages[:1], working.value)))
    said = said if len(said) < 120 else f"{working.cell} = {working.value}"
    where = " and ".join(f"{TEXT.symbol(v.symbol, '')} {_spans(lead, lit)}" for v, lead, lit in images[:MOST_CHANNELS])
    more = f"; of {len(images)} channels {MOST_CHANNELS} are drawn" if len(images) > MOST_CHANNELS else ""
    return Panels(f"{name} is made from {counted} cells: {where}", panels, said + more)


def _sign(step: Step, index: Index) -> str:
    """What makes one number of a window: max of it, or = where products are added, behind what is added to these."""
    made = step.element(index)
    if isinstance(made, Op) and made.label in ("max", "min"):
        return f"{made.label} ="
    addends = made.args if isinstance(made, Op) and made.kind == "add" else ()
    added = [part for part in addends if isinstance(part, Ref) and len(part.index or ()) < 2]
    return " ".join([*(f"+ {_addend(part)}" for part in added), "="])


def _addend(part: Ref) -> str:
    """A number's sign, with its place where its value has others."""
    at = place(part.index or ()) if np.size(part.value.array) > 1 else ""
    return TEXT.symbol(getattr(part.value, "symbol", ""), at)


def _panel(value: Any, lead: Index, lit: frozenset[tuple[int, int]], sign: str) -> Panel:
    array = np.atleast_2d(np.asarray(value.array)[lead])
    return Panel(TEXT.symbol(value.symbol, place(lead)), array, lit, False, sign)


def _spans(lead: Index, lit: set[tuple[int, int]]) -> str:
    """Where the cells of a window stand, in words."""
    channel = "".join(f"channel {i + 1}, " for i in lead[-1:])
    rows, columns = (sorted({place[axis] + 1 for place in lit}) for axis in (0, 1))
    return f"{channel}{_span('row', rows)}, {_span('column', columns)}"


def _span(word: str, places: list[int]) -> str:
    even = len(places) > 1 and places[-1] - places[0] == len(places) - 1
    text = f"{places[0]}–{places[-1]}" if even else ", ".join(map(str, places))
    return f"{word}{'s' if len(places) > 1 else ''} {text}"
