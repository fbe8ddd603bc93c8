"""When two sheets say the same, and when a sheet answers another problem than its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from nncalc.errors import Location
from nncalc.marking import sheet
from nncalc.marking.assignment import Assignment
from nncalc.marking.closeness import Agreement, agrees

# A sheet of whose numbers fewer are right is looked at again, and is another's variant where so many are right.
LOW, HIGH = 0.5, 0.9
# Fewer numbers than this fit by chance.
LEAST = 3


def content(read: Any) -> Any:
    """What a sheet says, whatever file and line it stood in: two of the same content are marked the same."""
    if is_dataclass(read):
        named = {f.name: getattr(read, f.name) for f in fields(read) if f.name != "source"}
        return tuple(content(value) for value in named.values() if not isinstance(value, Location))
    if isinstance(read, Mapping):
        return frozenset((key, content(value)) for key, value in read.items())
    return tuple(map(content, read)) if isinstance(read, (list, tuple)) else read


def right_share(path: str, asked: Assignment) -> float:
    """Which part of a sheet's numbers is right for a problem; 0 where it cannot be read for it."""
    try:
        given = sheet.from_file(path, asked)
    except Exception:  # a sheet of another problem may be anything to this one
        return 0.0
    right = [
        agrees(written, asked.exact[name][index], asked.problem.marking) is Agreement.YES
        for name, line in given.lines.items()
        for index, written in line.cells.items()
    ]
    wrong = sum(len(line.unfitting) for line in given.lines.values())
    return sum(right) / (len(right) + wrong) if len(right) >= LEAST else 0.0
