"""Answer sheets for tests: numbers put down as students do, read and marked."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from nncalc.disk.folder import SHEET_ENDINGS
from nncalc.errors import Location
from nncalc.marking import sheet
from nncalc.marking.assignment import Assignment, ask
from nncalc.marking.marks import Marks, mark
from nncalc.marking.verdicts import Verdict
from nncalc.problem.problem import load
from nncalc.reading.nodes import Node, ScalarNode, SequenceNode

PROBLEMS = sorted(
    p for p in (Path(__file__).parents[1] / "problems").rglob("*.yaml") if not p.name.endswith(SHEET_ENDINGS)
)
HERE = Location("sheet")


@cache
def asked(path: Path) -> Assignment:
    """A problem, worked once for all tests."""
    return ask(load(str(path)))


def exactly(value: Any) -> str:
    """All the digits that a float has."""
    return repr(value)


def places(count: int) -> Callable[[Any], str]:
    """So many decimals; counts as they are."""
    return lambda value: str(value) if isinstance(value, int) else f"{value:.{count}f}"


def node(array: Any, write: Callable[[Any], str] = exactly) -> Node:
    """Numbers as they stand on a sheet."""
    array = np.asarray(array)
    if array.ndim:
        return SequenceNode([node(part, write) for part in array], HERE)
    value = array.item()
    text = str(value) if isinstance(value, float) and math.isinf(value) else write(value)
    return ScalarNode(text, False, HERE)


def marked(problem: Assignment, lines: Mapping[str, Any], write: Callable[[Any], str] = exactly) -> Marks:
    """The marks of a sheet with these arrays (or nodes)."""
    entries = {name: a if isinstance(a, (ScalarNode, SequenceNode)) else node(a, write) for name, a in lines.items()}
    return mark(problem, sheet.read(entries, {}, problem, "sheet"))


def verdicts(marks: Marks) -> dict[str, str]:
    """One word a line."""
    return {line.name: line.verdict.name for line in marks.lines}


def wrong_cells(marks: Marks) -> list[tuple[str, tuple[int, ...]]]:
    """The cells that are wrong."""
    return [(line.name, index) for line in marks.lines for index in line.of(Verdict.wrong)]
