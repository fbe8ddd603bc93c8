"""An instructor's keys, looked through: does each hold, and could a mistake pass for the right answer?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nncalc.errors import Finding, InputError, Mark, spelled, vis
from nncalc.folder import Found
from nncalc.marking import sheet
from nncalc.marking.asked import Asked, ask
from nncalc.marking.closeness import PLACES, Agreement, Written, agrees, same
from nncalc.marking.diagnosis import diagnose
from nncalc.marking.marks import Marks, Verdict, mark
from nncalc.marking.mistakes.slip import Candidate, Slip
from nncalc.marking.mistakes.table import MISTAKES
from nncalc.problem import load
from nncalc.reading.limits import Rules
from nncalc.trace.notation import Index
from nncalc.trace.numbers import number

# Cells of a line that are looked at for mistakes that the places asked cannot tell.
LOOKED_AT = 12
# Mistakes of the pen: no number of places tells these apart from rounding.
OF_THE_PEN = ("cut off", "digits exchanged", "digit miscopied", "rounded early", "another cell", "line before repeated")


@dataclass
class Key:
    """What became of one problem: its marked key, what was wrong, and lines that hide mistakes."""

    path: str
    marks: Marks | None = None
    findings: list[Finding] = field(default_factory=list)
    unusable: bool = False
    hidden: dict[str, list[str]] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether every line of the key is right; a problem without a key has nothing that could not hold."""
        lines = self.marks.lines if self.marks is not None else []
        return not self.findings and all(m.verdict <= Verdict.rounded for m in lines if m.given)


def checked(found: Found, rules: Rules) -> Key:
    """Works a problem and marks its own key."""
    path = found.path
    if found.trouble:
        return Key(path, None, [Finding(found.trouble, Mark(path), hint=found.hint)], True)
    try:
        asked = ask(load(path, rules=rules))
    except InputError as error:
        return Key(path, None, error.findings, True)
    try:
        marks = mark(asked, sheet.from_key(asked))
    except InputError as error:
        return Key(path, None, error.findings)
    diagnose(marks)
    names = asked.points if asked.points is not None else [m.name for m in marks.lines if m.given]
    hidden = {name: list(dict.fromkeys(indistinct(asked, name))) for name in names if name in asked.steps}
    return Key(path, marks, hidden={name: words for name, words in hidden.items() if words})


def disagreements(asked: Asked) -> list[Finding]:
    """Every cell of a problem's own key that is not what was worked, with its place in the file and both values."""
    try:
        lines = sheet.from_key(asked).lines
    except InputError as error:
        return error.findings
    found = []
    for line in lines.values():
        if line.trouble:
            found.append(Finding(f"the key {line.trouble}", line.mark, f"expect.{vis(line.name)}"))
        for index, written in line.cells.items():
            worked = asked.exact[line.name][index]
            if agrees(written, worked, asked.problem.marking) is Agreement.NO:
                what = f"the key says {vis(written.text)}, worked is {number(worked, 9)}"
                found.append(Finding(what, written.mark, spelled((f"expect.{line.name}", *(i + 1 for i in index)))))
    return found


def indistinct(asked: Asked, name: str) -> Iterator[str]:
    """The mistakes whose numbers, in the places asked, are the right ones."""
    exact, marking = asked.exact[name], asked.problem.marking
    if exact.dtype.kind != "f" or not np.isfinite(exact).all():
        return
    cells = list(np.ndindex(exact.shape))[:LOOKED_AT]
    places = marking.places if marking.places is not None else PLACES if marking.sig is None else None
    here = Mark(asked.problem.file)
    line = sheet.Line(name, here, {i: Written("", float(exact[i]), places, 9, here) for i in cells})
    slip = Slip(asked, line, tuple(cells), asked.steps[name], asked.trace, {}, {})
    unit = 10.0**-places if places is not None else 0.0
    with np.errstate(all="ignore"):
        for mistake in MISTAKES:
            if mistake.applies(slip) and mistake.name not in OF_THE_PEN:
                for candidate in mistake.find(slip):
                    if _hides(candidate, exact, cells, unit, marking.sig):
                        yield candidate.words


def _hides(candidate: Candidate, exact: np.ndarray, cells: list[Index], unit: float, sig: int | None) -> bool:
    """Whether its numbers are others, but not in the places asked."""
    if candidate.shape not in (None, exact.shape):
        return False
    differs = False
    for index in cells:
        value: Any = candidate.at(index)
        if value is None:
            return False
        size = abs(float(exact[index]))
        step = unit if sig is None else 10.0 ** (np.floor(np.log10(size)) + 1 - sig) if size else 0.0
        if not abs(value - exact[index]) <= step / 2:
            return False
        differs = differs or not same(value, exact[index])
    return differs
