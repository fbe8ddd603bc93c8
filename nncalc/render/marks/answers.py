"""A student's own working on a page: what was given, and the lines of the sheet with the numbers written there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np

from nncalc.errors import printable
from nncalc.marking.marks import MarkedLine, Marks
from nncalc.marking.verdicts import Verdict
from nncalc.render.layout import View
from nncalc.render.marks.report import MEANINGS, tone, words
from nncalc.render.marks.student import likely_shown
from nncalc.render.page.document import PRESENT, node, put
from nncalc.render.page.values import Values, shown_number
from nncalc.trace.notation.numbers import number
from nncalc.trace.notation.tree import Expr, Index, Op, Ref
from nncalc.trace.rules.reasons import reasons_of
from nncalc.trace.steps import Step, Trace

# What was given opens folded where it has more cells; a longer working shows the lines of the sheet alone.
MOST_GIVEN, MOST_STEPS = 150, 150
# The cells that one of the sheet is made from, past what stands on no sheet, are looked for so many times.
MOST_LOOKED = 400
# Beside every verdict, so that nobody needs to see its colour.
TONE_SIGNS = {"good": "✓", "carried": "→", "bad": "✗"}
# How a number is shown that is not there.
NOT_WRITTEN = "–"


class Answers(Values):
    """The values of a page of marks: of a line that was written its numbers as they were written.

    Where the view reveals nothing, a cell says from which cells of the page it is made, and not how.
    """

    def __init__(self, view: View):
        super().__init__(view)
        self.marks: Marks | None = None
        self.lines: dict[str, MarkedLine] = {}
        self.written: set[str] = set()
        self.trace = Trace()

    def working(self, marks: Marks) -> Iterator[Element]:
        """What was given, and the lines of a sheet; with right values also the steps between them."""
        self.known = {}
        if not marks.traces:
            return
        self.marks, self.trace = marks, marks.traces[0]
        own = {step.name for step in self.trace.steps if step.why and not self.view.reveal}
        self.reasons = {name: why for name, why in reasons_of(self.trace).items() if name not in own}
        steps = self.trace.named()
        self.lines = {line.name: line for line in marks.lines if _stands_there(line, steps.get(line.name))}
        self.written = {line.name for line in marks.lines if line.given}
        between = self.view.reveal and len(self.trace.steps) <= MOST_STEPS
        if not self.lines:
            return
        given = self.trace.given
        cells = sum(np.size(value.array) for value in given.values())
        yield node("h3", "Your working")
        if given:
            fold = node("details", node("summary", "Given"), self.given(given))
            yield fold
            fold.attrib |= {"open": PRESENT} if cells <= MOST_GIVEN else {}
        shown = [step for step in self.trace.steps if step.name in self.lines or between]
        # a title may say what became of a step
        for title, group in groupby(shown, key=lambda step: step.title if self.view.reveal else step.section):
            if title:
                yield node("h4", printable(title, 600))
            yield from self.steps(group, True)

    def place_of(self, name: str, index: Index | None) -> dict[str, Any]:
        """Which of the cells of a value a link leads to, where it is not the first."""
        at = np.ravel_multi_index(index, self.lines[name].exact.shape) if index and name in self.lines else 0
        return {"data_at": int(at)} if at else {}

    def step(self, step: Step, opened: bool) -> Element:
        """A step between the lines of the sheet stands folded, and says that it is on none."""
        made = super().step(step, opened and step.name in self.lines)
        if step.name not in self.written:
            put(made[0], " ", node("small", "not on your sheet, worked from your lines"))
        return made

    def told(self) -> Iterator[Element]:
        """The notes on what was worked are of right values."""
        told = [*super().told()]
        yield from told if self.view.reveal else ()

    def numbered(self, name: str, symbol: str, array: Any, why: str = "") -> dict[str, str]:
        """The problem's own words about a step may say what it comes to."""
        return super().numbered(name, symbol, array, why if self.view.reveal else "")

    def cell(self, holder: Element, step: Step | None, index: Index, text: str) -> Element:
        """A cell with the number that was written, how it was judged, and what it looks like."""
        made = super().cell(holder, step, index, text)
        line = self.lines.get(step.name) if step is not None else None
        if line is None or line.line is None or self.marks is None:
            return made
        written = line.line.cells.get(index)
        verdict = line.cells.get(index, Verdict.missing)
        made.text = NOT_WRITTEN if written is None else shown_number(printable(written.text, 60))
        made.set("class", tone(verdict))
        said = [self._judged(line, verdict, index)]
        if self.view.reveal:
            worked, exact = (shown_number(number(x[index], self.view.digits)) for x in (line.worked, line.exact))
            made.set("data-w", worked)
            said = [f"yours is {made.text}, {said[0]}", *([f"exact is {exact}"] if exact != worked else [])]
        likely = likely_shown(line, self.marks, self.view.reveal) if verdict is Verdict.wrong else []
        made.set("data-e", "; ".join([*said, *(one.text for one in likely if not one.cells or index in one.cells)]))
        return made

    def _judged(self, line: MarkedLine, verdict: Verdict, index: Index) -> str:
        """The verdict with its sign, and what it means where it does not say so itself."""
        said = words(line, verdict, self.marks, index) if self.marks is not None else ""
        meant = f": {MEANINGS[verdict]}" if said == verdict.name and verdict in MEANINGS else ""
        return f"{TONE_SIGNS[tone(verdict)]} {said}{meant}"

    def frame_of(self, made: Expr) -> tuple[str, list[Any]]:
        """Where nothing is revealed the nearest cells of the page alone, past what stands on no sheet."""
        if self.view.reveal:
            return super().frame_of(made)
        steps, found, stack = self.trace.named(), [], [made]
        for _ in range(MOST_LOOKED):
            if not stack:
                break
            part = stack.pop()
            if isinstance(part, Op):
                stack += reversed(part.args)
            elif isinstance(part, Ref) and part.index is not None:
                name = getattr(part.value, "name", None)
                if name in self.known:
                    found.append(part)
                elif name in steps:
                    stack.append(steps[name].element(part.index))
        return "", found


def _stands_there(line: MarkedLine, step: Step | None) -> bool:
    """Whether numbers were written for a step, in its own shape."""
    return step is not None and line.line is not None and bool(line.line.cells) and step.array.shape == line.exact.shape
