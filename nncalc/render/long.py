"""A working too long for a page: the first sections of it, some, and the last; and what is said of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from nncalc.render.layout import View
from nncalc.trace.steps import Step, Trace

# Steps that a page shows; of a longer working it shows a part, but for --detail full.
LONG = 20_000
# Of more lines than these that belong together, so many at either end are shown.
MOST, ENDS = 100, 10
Shown = TypeVar("Shown")


@dataclass
class Run:
    """Steps that stand one after the other on the page; `left_out`: how many come before them that do not."""

    steps: list[Step]
    left_out: int = 0


def is_long(trace: Trace, view: View) -> bool:
    """Whether a page shows only a part of it."""
    return len(trace.steps) > LONG and view.detail != "full"


def runs(trace: Trace, view: View) -> list[Run]:
    """What the page shows of the steps: all, or the first two sections, three between, and the last two."""
    if not is_long(trace, view):
        return [Run(trace.steps)]
    sections = [list(steps) for _, steps in groupby(trace.steps, key=lambda step: step.section)]
    last = len(sections) - 1
    shown = {0, 1, last // 4, last // 2, 3 * last // 4, last - 1, last}
    found, left_out = [], 0
    for i, steps in enumerate(sections):
        if i not in shown:
            left_out += len(steps)
            continue
        head, between, tail = ends(steps, True)
        found.append(Run([*head], left_out))
        left_out = 0
        if between:
            found.append(Run([*tail], between))
    return found


def ends(items: Sequence[Shown], long: bool) -> tuple[Sequence[Shown], int, Sequence[Shown]]:
    """Lines that belong together, on a long page those at both ends alone, with the count of those between."""
    if not long or len(items) <= MOST:
        return items, 0, []
    return items[:ENDS], len(items) - 2 * ENDS, items[-ENDS:]


def left_out_said(trace: Trace, view: View) -> str:
    """How many steps a page leaves out and how one sees them; empty where it shows all."""
    if not is_long(trace, view):
        return ""
    count = sum(run.left_out for run in runs(trace, view))
    name = next((step.name for step in reversed(trace.steps) if step.section), trace.steps[-1].name)
    return (
        f"{count} of {len(trace.steps)} steps are left out; --get {name} gives one of them, --explain {name} "
        "what it was made from, --detail full shows all"
    )
