"""A problem worked again with a student's numbers in it: honestly rounded ones only, or all of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import numpy as np

from nncalc.errors import InputError
from nncalc.marking.assignment import Assignment
from nncalc.marking.sheet import Sheet
from nncalc.running import run
from nncalc.trace.notation.tree import Index
from nncalc.trace.rounding import Settle, with_cells
from nncalc.trace.steps import Trace
from nncalc.trace.value import EngineError

# How a kernel refuses what a student's slip makes of a problem: a count of 300 digits, a division by 0.
UNWORKABLE = (InputError, ArithmeticError, ValueError)
# What else arrays of another shape do to it.
UNFITTING = (*UNWORKABLE, EngineError, IndexError, KeyError, TypeError)

Cell = tuple[str, Index]
# What goes on in a cell for the number written there, where another was worked; None: the worked one.
Carry = Callable[[str, Index, Any, Any], Any]


def written_cells(sheet: Sheet) -> Iterator[tuple[Cell, Any]]:
    """Every number of a sheet that stands in a cell of its line."""
    for name, line in sheet.lines.items():
        for index, written in line.cells.items():
            yield (name, index), written


def cells_with(number: Any, arrays: Mapping[str, np.ndarray]) -> Iterator[Cell]:
    """The cells that hold a number: an answer that is no step itself repeats one of these."""
    return ((name, tuple(map(int, at))) for name, array in arrays.items() for at in np.argwhere(array == number))


def carrying(
    asked: Assignment, sheet: Sheet, carry: Carry, arrays: Mapping[str, np.ndarray] | None = None
) -> Trace | None:
    """The problem worked with what `carry` takes from the sheet, and with whole `arrays` of another shape.

    None where it cannot be worked with them.
    """
    arrays = arrays or {}

    def settle(name: str, array: Any, as_given: bool) -> Any:
        if name in arrays:
            return arrays[name]
        line, worked = sheet.lines.get(name), np.asarray(array)
        if line is None or worked.shape != asked.exact[name].shape:
            return array
        taken = {i: carry(name, i, w.value, worked[i]) for i, w in line.cells.items()}
        return with_cells(array, {i: number for i, number in taken.items() if number is not None})

    return worked_with(asked, settle, UNFITTING if arrays else UNWORKABLE)


def only(cells: Collection[Cell]) -> Carry:
    """Carries these cells as they are written."""
    return lambda name, index, written, worked: written if (name, index) in cells else None


def all_written(name: str, index: Index, written: Any, worked: Any) -> Any:
    """Carries every number as it is written."""
    return written


def worked_with(asked: Assignment, settle: Settle, refusals: tuple[type[Exception], ...] = UNWORKABLE) -> Trace | None:
    """The problem worked in another way, None where it cannot be."""
    try:
        return run(asked.problem, settle, finite=False)
    except refusals:
        return None
