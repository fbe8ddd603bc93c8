"""A problem's own answer key (`expect`) against what was worked: checked, never trusted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nncalc.errors import Finding, InputError, spelled, times, vis
from nncalc.problem import Problem
from nncalc.reading import scalars
from nncalc.reading.limits import Limits
from nncalc.reading.nodes import MappingNode, Node, ScalarNode
from nncalc.solution import value_of
from nncalc.trace.numbers import number
from nncalc.trace.steps import Trace

# A key agrees to half a unit of its last written place, and never more loosely than this.
LOOSEST = 1e-6


def check_key(problem: Problem, trace: Trace) -> list[Finding]:
    """Every cell of `expect` that does not hold, with its place in the file and both values."""
    findings: list[Finding] = []
    for name, node in problem.expect.items():
        try:
            findings += _compared(name, node, np.asarray(value_of(trace, name)), problem.limits)
        except InputError as error:
            findings += [
                Finding(f.what, f.mark or node.mark, f"expect.{vis(name)}", f.want, f.hint) for f in error.findings
            ]
    return findings


def _compared(name: str, node: Node, worked: np.ndarray, limits: Limits) -> list[Finding]:
    cells = list(_cells(node, ()))
    shape = tuple(max(i[axis] for i, _ in cells) for axis in range(len(cells[0][0]))) if cells else ()
    if shape != worked.shape or len(cells) != worked.size:
        return [
            Finding(f"the key has {times(shape)}, worked is {times(worked.shape)}", node.mark, f"expect.{vis(name)}")
        ]
    found = []
    for index, cell in cells:
        value = float(worked[tuple(i - 1 for i in index)])
        key = scalars.as_number(cell, f"expect.{name}", limits)
        if abs(key - value) > _tolerance(cell.text) * (1 + 1e-9) + 1e-12 * abs(value):
            what = f"the key says {vis(cell.text)}, worked is {number(value, 9)}"
            found.append(Finding(what, cell.mark, spelled((f"expect.{vis(name)}", *index))))
    return found


def _tolerance(text: str) -> float:
    """Half a unit of the last written place."""
    mantissa, _, exponent = text.lower().partition("e")
    if not scalars.NUMBER.fullmatch(text.replace("\u2212", "-")):
        return 1e-9
    places = len(mantissa.partition(".")[2]) - int(exponent or 0)
    return min(0.5 * 10.0**-places, LOOSEST)


def _cells(node: Node, index: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], ScalarNode]]:
    if isinstance(node, ScalarNode):
        yield index, node
    elif isinstance(node, MappingNode):
        raise InputError(Finding("want numbers, got a mapping", node.mark))
    else:
        for i, item in enumerate(node.items, 1):
            yield from _cells(item, (*index, i))
