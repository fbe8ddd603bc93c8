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
_NUMBER = re.compile(r"\d+")
_SLICE = re.compile(r"(\d+):(\d+)")


@dataclass
class Stretch:
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


def stretches(steps: Sequence[Step], trace: Trace, view: View) -> list[Stretch]:
    """The parts of a page, of those in the same way only the first two not folded; all where all is to be shown."""
    parts = [Stretch([*group]) for _, group in groupby(steps, key=lambda step: (step.section, step.title))]
    if not view.cuts or trace.explained:
        return parts
    before: dict[object, list[Stretch]] = {}
    for part in parts:
        if _NUMBER.search(part.section) is None or len(part.steps) == 1:  # a word would be as long
            continue
        named = tuple((StepName.parse(step.name).local, step.array.shape) for step in part.steps)
        earlier = before.setdefault((_NUMBER.sub("", part.section), named), [])
        earlier.append(part)
        if len(earlier) > WORKED:
            first, second, third = earlier[-3:]
            part.folded = _written(third, second.section) == _written(second, first.section)
    return parts


def _written(part: Stretch, before: str) -> list[str]:
    """The lines of a section with this and the one `before` called so, whatever their names and numbers are."""
    own = _NUMBER.findall(part.section)[-1]
    return [_alike(formula(step), part.section, before, own) for step in part.steps]


def _alike(text: str, section: str, before: str, own: str) -> str:
    for name, word in ((section, "this"), (before, "before")):
        text = re.sub(rf"(?<![\w.]){re.escape(name)}\.", f"{word}.", text)
    return _SLICE.sub(lambda cut: f":{int(cut[2]) - int(cut[1])}", text.replace(f"[{own}]", "[this]"))
