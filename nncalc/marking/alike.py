"""When two sheets say the same, and when a sheet answers another problem than its own."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from nncalc.errors import InputError, Location
from nncalc.marking import sheet
from nncalc.marking.assignment import Assignment
from nncalc.marking.verdicts import Verdict, beside_exact

# A sheet of whose numbers fewer are right is looked at again, and is another's variant where so many are right.
LOW, HIGH = 0.5, 0.9
BARE = frozenset({str, int, float, bool, type(None)})
# Fields that no mark depends on.
UNMARKED = ("source", "notes", "labels")
# Fewer numbers than this fit by chance.
LEAST = 3


def content(read: Any) -> Any:
    """What a sheet says, whatever file and line it stood in: two of the same content are marked the same."""
    kind: Any = type(read)
    if kind in BARE:
        return read
    if kind is dict:
        return frozenset([(key, content(value)) for key, value in read.items()])
    names = _told(kind)
    if names:
        return tuple([content(getattr(read, name)) for name in names])
    return tuple(map(content, read)) if isinstance(read, (list, tuple)) else read


@cache
def _told(kind: Any) -> tuple[str, ...]:
    """The fields of a record that say something, and not where it stood, whose it is or how it was read."""
    names = fields(kind) if is_dataclass(kind) else ()
    return tuple(f.name for f in names if f.name not in UNMARKED and f.type not in (Location, "Location"))


def right_share(path: str, asked: Assignment) -> float:
    """Which part of a sheet's worked numbers is right for a problem; 0 where it cannot be read for it."""
    try:
        given = sheet.from_file(path, asked)
    except InputError:
        return 0.0
    judged = beside_exact(asked, given)
    verdicts = [v for name in judged for index, v in judged[name].items() if asked.has_work(name, index)]
    count = len(verdicts) + sum(len(line.unfitting) for line in given.lines.values())
    return verdicts.count(Verdict.right) / count if len(verdicts) >= LEAST else 0.0
