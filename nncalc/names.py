"""Which step or cell a text means, as it is typed in an answer sheet, in --explain and in --get."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from nncalc.errors import Finding, InputError, did_you_mean, dimensions, printable
from nncalc.trace.name import StepName
from nncalc.trace.steps import Trace

# A place counted from 1; more digits than any axis has are no place.
PLACE = re.compile("[0-9]{1,12}")


def cell_of(trace: Trace, text: str) -> tuple[str, tuple[int, ...] | None]:
    """A step's name and a cell from `Y:3,2` or `Y[3,2]` (from 1); without a cell the whole step.

    Where only one step fits, `dW1` is dL/dW1 and `y` is Y. Raises InputError naming what there is.
    """
    name, _, cell = text.rstrip("]").replace("[", ":").partition(":")
    step = trace[step_name(trace, name)]
    if not cell:
        return step.name, None
    parts = cell.split(",")
    shape = step.array.shape
    good = len(parts) == len(shape) and all(PLACE.fullmatch(p.strip()) for p in parts)
    index = tuple(int(p) - 1 for p in parts) if good else ()
    if not good or not all(0 <= i < n for i, n in zip(index, shape, strict=True)):
        raise InputError(
            Finding(
                f"there is no cell {printable(cell)} in {step.name}",
                want=f"a cell of {dimensions(shape)}, counted from 1",
            )
        )
    return step.name, index


def step_name(trace: Trace, text: str) -> str:
    """The step that is meant by a name, in full or short. Raises InputError where none or several fit."""
    names = [step.name for step in trace.steps]
    if text in names:
        return text
    if text in trace.answered:  # a name means what the answer shows, wherever else it is used
        return trace.answered[text]
    last: list[Callable[[str], str]] = [] if StepName.parse(text).section else [_local]
    for short in (_without_loss, str.lower, *last):
        fitting = [n for n in names if short(n) == short(text)]
        if len(fitting) == 1:
            return fitting[0]
    raise InputError(Finding(f"there is no step '{printable(text)}'", hint=_nearest(text, names)))


def _without_loss(text: str) -> str:
    """dW1 for dL/dW1."""
    name = StepName.parse(text)
    return name.beside(f"d{name.by}") if name.of == "L" else text


def _local(text: str) -> str:
    return StepName.parse(text).local


def _nearest(text: str, names: list[str]) -> str:
    several = [name for name in names if _local(name) == text]
    if several:
        return f"which one: {', '.join(several[:10])}{', …' if len(several) > 10 else ''}?"
    return did_you_mean(text, names, f"the steps are {', '.join(names[:40])}", cutoff=0.5)


def value_of(trace: Trace, text: str) -> Any:
    """The value of a step or a cell, or of an answer that is no step."""
    name, _, cell = text.partition(":")
    if not cell and name in trace.answer:
        return trace.answer[name]
    found, index = cell_of(trace, text)
    array = trace[found].array
    return array if index is None else array[index]
