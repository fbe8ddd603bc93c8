"""An instructor's keys, looked through: does each hold, and could a mistake pass for the right answer?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nncalc.disk.folder import Found
from nncalc.errors import Failure, Finding, InputError, Location, attempted, printable, spared, spelled
from nncalc.limits import Permissions
from nncalc.marking import sheet
from nncalc.marking.assignment import Assignment, ask
from nncalc.marking.closeness import BOUNDARY, PLACES, Agreement, agrees, as_written, holds, same, unit_asked
from nncalc.marking.diagnosis import diagnose
from nncalc.marking.marks import Marks, mark
from nncalc.marking.mistakes.slip import Candidate, Slip
from nncalc.marking.reach import Reach
from nncalc.marking.verdicts import MOST_UNITS, reach_in, scale_of
from nncalc.problem.problem import load
from nncalc.trace.notation.numbers import number
from nncalc.trace.notation.style import TEXT
from nncalc.trace.notation.tree import Index
from nncalc.trace.rounding import paper_round

# Cells of a line that are looked at for mistakes that the places asked cannot tell.
LOOKED_AT = 12


@dataclass
class Key:
    """What became of one problem: its marked key, what was wrong, and lines that hide mistakes."""

    path: str
    marks: Marks | None = None
    findings: list[Finding] = field(default_factory=list)
    unusable: bool = False
    hidden: dict[str, list[str]] = field(default_factory=dict)
    agreed: bool = True
    warnings: list[str] = field(default_factory=list)

    @property
    def lines(self) -> int:
        """How many lines the key names."""
        return sum(mark.given for mark in self.marks.lines) if self.marks is not None else 0

    @property
    def holds(self) -> bool:
        """Whether all that the key says is right; a problem without a key has nothing that could not hold."""
        return not self.findings and self.agreed


def checked(found: Found, rules: Permissions) -> Key:
    """Works a problem and marks its own key."""
    path = found.path
    if found.trouble:
        return Key(path, None, [found.finding], True)
    asked = attempted(lambda: ask(load(path, rules=rules)), Location(path))
    if isinstance(asked, Failure):
        return Key(path, None, asked.findings, True)
    key = attempted(lambda: _marked(path, asked), Location(path))
    return Key(path, None, key.findings, key.is_bug) if isinstance(key, Failure) else key


def _marked(path: str, asked: Assignment) -> Key:
    marks = mark(asked, sheet.from_key(asked))
    diagnose(marks)
    names = asked.points if asked.points is not None else [m.name for m in marks.lines if m.given]
    hidden = {name: list(dict.fromkeys(indistinct(asked, name))) for name in names if name in asked.steps}
    hiding = {name: words for name, words in hidden.items() if words}
    return Key(path, marks, hidden=hiding, agreed=not disagreements(asked), warnings=warnings(asked))


def warnings(asked: Assignment) -> list[str]:
    """What the places asked cannot tell: lines in which they make numbers 0, and those that rounding moves too far."""
    found = []
    if asked.vanishing:
        found.append(f"{_names(asked.vanishing)}: in the places asked there are numbers that are 0, and 0 is right")
    if far := unsteady(asked):
        units = f"more than {MOST_UNITS} units of the last place"
        found.append(f"{_names(far)}: rounding on the way may move them by {units}; these places cannot tell")
    return found


def _names(names: list[str]) -> str:
    return ", ".join(TEXT.symbol(name, "") for name in names)


def unsteady(asked: Assignment) -> list[str]:
    """The lines asked that honest rounding of those before may move farther than is taken for rounding."""
    lines = [name for name in asked.lines if name in asked.steps and asked.exact[name].dtype.kind == "f"]
    pinned = {(name, index) for name in lines for index in np.ndindex(asked.exact[name].shape)}
    reach = reach_in(asked, asked.trace, pinned)
    return [name for name in lines if any(_is_far(asked, reach, name, i) for i in np.ndindex(asked.exact[name].shape))]


def _is_far(asked: Assignment, reach: Reach, name: str, index: Index) -> bool:
    if reach.left <= 0 or not np.isfinite(asked.exact[name][index]):
        return False
    unit = unit_asked(asked.exact[name][index], asked.problem.marking)
    return reach.of((name, index)) + unit > MOST_UNITS * unit * BOUNDARY


def disagreements(asked: Assignment) -> list[Finding]:
    """Every cell of a problem's own key that is not what was worked, with its place in the file and both values.

    A key may leave cells out: what it says is what holds or does not.
    """
    try:
        lines = sheet.from_key(asked).lines
    except InputError as error:
        return error.findings
    found = []
    for line in lines.values():
        if line.trouble:
            found.append(Finding(f"the key {line.trouble}", line.mark, f"expect.{printable(line.name)}"))
        scale = scale_of(asked.exact[line.name])
        for index, written in line.cells.items():
            worked = asked.exact[line.name][index]
            if not holds(written, worked, asked.problem.marking, scale):
                what = f"the key says {printable(written.text)}, worked is {number(worked, 9)}"
                found.append(Finding(what, written.mark, spelled((f"expect.{line.name}", *(i + 1 for i in index)))))
    return found


def indistinct(asked: Assignment, name: str) -> Iterator[str]:
    """The mistakes whose numbers, in the places asked, are the right ones."""
    from nncalc.marking.mistakes.table import MISTAKES  # only where keys are looked through

    exact = asked.exact[name]
    if exact.dtype.kind != "f" or not np.isfinite(exact).all():
        return
    cells = list(np.ndindex(exact.shape))[:LOOKED_AT]
    line = sheet.Line(
        name,
        Location(""),
        {i: as_written(_written(float(exact[i]), asked), float(exact[i]), Location("")) for i in cells},
    )
    slip = Slip(asked, line, tuple(cells), asked.steps[name], asked.trace, {}, {})
    with np.errstate(all="ignore"):
        for mistake in MISTAKES:
            with spared():
                if mistake.applies(slip) and not mistake.of_the_pen:
                    yield from (c.words for c in mistake.find(slip) if _hides(c, asked, name, cells))


def _hides(candidate: Candidate, asked: Assignment, name: str, cells: list[Index]) -> bool:
    """Whether its numbers are others, but written in the places asked they count as right."""
    exact = asked.exact[name]
    if candidate.shape not in (None, exact.shape):
        return False
    differs = False
    for index in cells:
        value: Any = candidate.at(index)
        if value is None or not np.isfinite(value):
            return False
        written = as_written(text := _written(float(value), asked), float(text), Location(""))
        if agrees(written, exact[index], asked.problem.marking) is not Agreement.YES:
            return False
        differs = differs or not same(value, exact[index])
    return differs


def _written(value: float, asked: Assignment) -> str:
    """A number in the places asked, as a student writes it."""
    marking = asked.problem.marking
    if marking.places is None and marking.sig is not None:
        return f"{paper_round(value, digits=marking.sig):.{marking.sig - 1}e}"
    places = PLACES if marking.places is None else marking.places
    return f"{paper_round(value, places):.{places}f}"
