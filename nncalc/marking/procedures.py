"""Lines that one wrong procedure explains whole: those keep no part of their points, and are gone on from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from nncalc.errors import spared
from nncalc.marking.assignment import Assignment
from nncalc.marking.closeness import Agreement, Written, agrees, within_digits
from nncalc.marking.mistakes.slip import Candidate, Slip
from nncalc.marking.runs import all_written, carrying
from nncalc.marking.sheet import Line, Sheet
from nncalc.trace.notation.tree import Index
from nncalc.trace.steps import Trace


def explained_shapes(asked: Assignment, sheet: Sheet) -> dict[str, np.ndarray]:
    """The lines of another shape that a known mistake gives, as arrays that the rest can be worked with."""
    found: dict[str, np.ndarray] = {}
    lines = [line for line in sheet.lines.values() if line.unfitting and line.name in asked.steps]
    trace = (carrying(asked, sheet, all_written) if lines else None) or asked.trace
    for line in lines:
        candidates = _candidates(asked, sheet, line, (), trace)
        if line.shape is None or not any(_gives(c, line, line.unfitting, asked) for c in candidates):
            continue
        array = np.zeros(line.shape)
        for index, written in line.unfitting.items():
            array[index] = written.value
        if len(line.unfitting) == array.size and carrying(asked, sheet, all_written, {**found, line.name: array}):
            found[line.name] = array
    return found


def one_explains(asked: Assignment, sheet: Sheet, line: Line, wrong: tuple[Index, ...], trace: Trace) -> bool:
    """Whether one procedure gives every number of a line, the wrong ones and those that it leaves right."""
    if line.name not in asked.steps:
        return False
    return any(_gives(c, line, line.cells, asked) for c in _candidates(asked, sheet, line, wrong, trace))


def _candidates(
    asked: Assignment, sheet: Sheet, line: Line, wrong: tuple[Index, ...], trace: Trace
) -> Iterator[Candidate]:
    """What each known procedure would give here, worked from the lines before."""
    from nncalc.marking.mistakes.table import MISTAKES  # only where a line is wrong

    slip = Slip(asked, line, wrong, trace[line.name], trace, sheet.values, _carried(sheet, trace), {})
    with np.errstate(all="ignore"):
        for mistake in MISTAKES:
            with spared():
                if not mistake.of_the_pen and mistake.applies(slip):
                    yield from mistake.find(slip)


def _carried(sheet: Sheet, trace: Trace) -> dict[str, dict[Index, Any]]:
    steps = trace.named()
    return {
        name: {i: steps[name].array.item(i) for i in cells}
        for name, cells in sheet.values.items()
        if name in steps and all(len(i) == steps[name].array.ndim for i in cells)
    }


def _gives(candidate: Candidate, line: Line, cells: Mapping[Index, Written], asked: Assignment) -> bool:
    """Whether a procedure gives all these numbers."""
    shape = line.shape if line.unfitting else asked.exact[line.name].shape
    fits = candidate.shape == shape or (candidate.shape is None and asked.exact[line.name].shape == shape)
    if not fits:
        return False
    for index, written in cells.items():
        value = candidate.at(index)
        if value is None or np.ndim(value):
            return False
        if agrees(written, value, asked.problem.marking) is not Agreement.YES and not within_digits(written, value):
            return False
    return bool(cells)
