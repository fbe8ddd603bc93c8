"""Sections of a working that are worked in the same way, time step after time step: a terminal shows two of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from nncalc.render.layout import View, formula
from nncalc.trace.name import StepName
from nncalc.trace.steps import Step, Trace

WORKED = 2
# The number of a section in its name, and that of another section or of a row in a formula.
_NUMBER = re.compile(r"\d+")
_COUNTED = re.compile(r"(?<=[^\W\d])\d+(?=\.)|(?<=\[)\d+(?=\])")


@dataclass
class Part:
    """Steps below one heading. folded: they are worked as those of an earlier part of the same kind are."""

    steps: list[Step]
    folded: bool = False

    @property
    def section(self) -> str:
        """What stands before the point in their names."""
        return self.steps[0].section

    @property
    def title(self) -> str:
        """Their heading."""
        return self.steps[0].title


def parts_of(steps: Sequence[Step], trace: Trace, view: View) -> list[Part]:
    """The parts of a page, of those in the same way only the first two not folded; all where all is to be shown."""
    parts = [Part([*group]) for _, group in groupby(steps, key=lambda step: (step.section, step.title))]
    if not view.cuts or trace.explained:
        return parts
    before: dict[object, list[list[str]]] = {}
    for part in parts:
        if _NUMBER.search(part.section) is None:
            continue
        named = tuple((StepName.parse(step.name).local, step.array.shape) for step in part.steps)
        earlier = before.setdefault((_NUMBER.sub("", part.section), named), [])
        earlier.append(_written(part))
        part.folded = len(earlier) > WORKED and earlier[-1] == earlier[-2]
    return parts


def _written(part: Part) -> list[str]:
    """The formulas with the numbers of sections and rows counted from this section on."""
    own = int(_NUMBER.findall(part.section)[-1])
    return [_COUNTED.sub(lambda found: f"{int(found[0]) - own:+d}", formula(step)) for step in part.steps]
