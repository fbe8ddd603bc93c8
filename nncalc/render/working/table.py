"""Tables for people: each step's formula, and below it every cell's numbers and value.

In a pipe the same tables come without colour and are never wrapped or cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, TextIO

import numpy as np

from nncalc.errors import JOINERS, printable, so_many
from nncalc.render.folding import Stretch, stretches
from nncalc.render.layout import NOTE, View, answer_symbol, inline, signs_said
from nncalc.render.long import ends, is_long, left_out_said, runs
from nncalc.render.paper import FOLDED, HEAD, NAME, QUIET, VALUE, Grid, Text
from nncalc.render.working.arrays import ArrayLines
from nncalc.render.working.graph import graph_of
from nncalc.render.working.step import StepPaper
from nncalc.trace.name import StepName
from nncalc.trace.notation.style import TEXT
from nncalc.trace.steps import Step, Trace

# So many folded sections have headings of their own.
FEW_FOLDED = 2
# A vector that stands on a page of so many lines stands in the answer, too.
SHORT_PAGE = 100


def render(trace: Trace, view: View, out: TextIO) -> None:
    """Writes the page of a working."""
    page = _Page(trace, view, out)
    page.header()
    graph = graph_of(trace, view)
    if graph is not None:
        page.say(Text(""), graph)
    summed_up = trace.overview and view.detail == "short"  # its rows are all that is short
    if not summed_up:
        page.say(Text(""))
        page.steps()
    page.overview()
    page.answer()


class _Page(StepPaper):
    """The page, part by part: each below is a few lines."""

    def header(self) -> None:
        """Topic, title, conventions, and what was given."""
        trace = self.trace
        head = Text(trace.called, style=HEAD)
        if trace.title:
            head.append(f"   {printable(trace.title, 600, JOINERS)}", style=VALUE)
        self.say(head)
        if trace.conventions:
            self.say(Text(", ".join(trace.conventions), style=QUIET))
        signs = signs_said((step for run in runs(trace, self.view) for step in run.steps), self.view)
        if signs:
            self.say(Text(f"signs: {signs}", style=QUIET))
        if any(step.exact is not None for step in trace.steps):
            self.say(Text("worked with rounded values: ≈ the value carried on (the exact one, the drift)", style=QUIET))
        numbers = [
            f"{TEXT.symbol(v.symbol)} = {inline(v.array, self.view.digits)}"
            for v in trace.header.values()
            if not v.ndim
        ]
        if numbers:
            head_of, left_out, tail = ends(numbers, is_long(trace, self.view))
            self.say(Text(", ".join([*head_of, *([f"… {left_out} more"] if left_out else []), *tail])))
        blocks: list[ArrayLines] = []
        for name, value in trace.header.items():
            if value.ndim:
                local = StepName.parse(name).local
                shown = value.symbol if value.symbol == name else f"{TEXT.symbol(value.symbol, '')} ({local})"
                blocks += self.blocks(shown, value.array, QUIET)
        self.arrays(blocks, together=True)

    def steps(self) -> None:
        """All steps below their headings."""
        above: str | None = ""
        between = ""
        for run in runs(self.trace, self.view):
            if run.left_out:
                self.say(Text(f"\n… {so_many(run.left_out, 'step')}", style=QUIET))
            kept = [step for step in run.steps if step.name not in self.left.gradients]
            for folded, parts in groupby(stretches(kept, self.trace, self.view), key=lambda part: part.folded):
                if folded:
                    self.folded([*parts])
                    above, between = None, "\n"
                    continue
                steps = [step for part in parts for step in part.steps]
                for (title, scalar), group in groupby(steps, key=lambda step: (step.title, step.array.ndim == 0)):
                    if title != above:
                        self.say(Text(f"{between}{title}" if title else "", style=HEAD))
                    above, between = title, "\n"
                    self.group([*group], scalar)

    def group(self, steps: Sequence[Step], scalar: bool) -> None:
        """Steps below one heading; a page that is summed up in a table counts line by line."""
        if self.view.detail == "short":
            self.short(steps)
        elif scalar and (len(steps) > 1 or self.view.width is not None or self.trace.overview):
            self.numbers(steps)
        else:
            self.steps_in_order(steps)

    def short(self, steps: Sequence[Step]) -> None:
        """Values alone."""
        shown = [(step, self.values(step)) for step in steps]
        self.arrays([block for _, blocks in shown for block in blocks])
        self.standing |= {step.name for step, blocks in shown if sum(map(len, blocks)) == _lines_of(step)}

    def folded(self, parts: Sequence[Stretch]) -> None:
        """Sections that are worked as those before them: what answers are made from, with a word how to see more."""
        self.standing |= {step.name for part in parts for step in self.kept(part) if step.array.ndim == 1}
        values = [[block for step in self.kept(part) for block in self.values(step)] for part in parts]
        if len(parts) <= FEW_FOLDED:
            for part, blocks in zip(parts, values, strict=True):
                self.say(Text(f"\n{part.title}", HEAD).append(f"   as above: --only {part.section}. shows it", QUIET))
                self.arrays(blocks)
            return
        first, last = parts[0].section, parts[-1].section
        self.say(Text(f"\n… {first} to {last}: worked in the same way; --only {first}. or --detail full", QUIET))
        head, between, tail = ends([text for blocks in values for block in blocks for text in block], True)
        self.say(*head)
        if between:
            self.say(Text(f"… {between} more", QUIET))
        self.say(*tail)

    def kept(self, part: Stretch) -> list[Step]:
        """Of a folded part the steps that are shown: what has the name of an answer, else all."""
        return [step for step in part.steps if self.is_answer(step)] or part.steps

    def is_answer(self, step: Step) -> bool:
        """Whether it has the name of an answer, or is one."""
        return StepName.parse(step.name).local in self.trace.answer or step.name in self.trace.answered.values()

    def overview(self) -> None:
        """What was counted, a row a part: words to the left, counts with commas to the right."""
        if not self.trace.overview:
            return
        head, *rows = self.trace.overview
        sides = ["right" if isinstance(cell, int) else "left" for cell in self.trace.overview[-1]]
        table = Grid(3, [{"justify": side, **FOLDED} for side in sides], [[Text(str(c), style=QUIET) for c in head]])
        table.rows += ([Text(f"{c:,}" if isinstance(c, int) else c) for c in row] for row in rows)
        self.say(Text(""), table)

    def answer(self) -> None:
        """The results together, and notes; what stands above as rows is named alone."""
        trace = self.trace
        kept = {name: value for name, value in trace.answer.items() if self.answered(name) not in self.left.gradients}
        if trace.answer:
            self.say(Text("\nAnswer", style=HEAD))
        above = [name for name in kept if self.stands_above(name, kept[name])]
        shown = [(name, value) for name, value in kept.items() if name not in above]
        head, left_out, tail = ends(shown, is_long(trace, self.view))
        self.arrays([block for name, value in head for block in self.blocks(self.symbol(name), value, VALUE)])
        if left_out:
            self.say(Text(f"… {left_out} more", style=QUIET))
        self.arrays([block for name, value in tail for block in self.blocks(self.symbol(name), value, VALUE)])
        if above:
            self.say(Text(", ".join(map(self.called, above)), style=f"bold {NAME}").append(": as above", QUIET))
        said = [left_out_said(trace, self.view), self.left.gradients_said()]
        for note in [*trace.notes, *filter(None, said)]:
            self.say(Text(printable(note, NOTE), style=QUIET))

    def called(self, name: str) -> str:
        """An answer's name, and that of the step that it is where that is another: h = t3.h."""
        step = self.trace.named().get(self.answered(name))
        own = step.value.lettered if step is not None else None
        return " = ".join(dict.fromkeys((self.symbol(name), TEXT.symbol(own or self.answered(name)))))

    def symbol(self, name: str) -> str:
        """An answer as the page writes it."""
        return TEXT.symbol(answer_symbol(self.trace, name))

    def answered(self, name: str) -> str:
        """The step that an answer is."""
        return self.trace.answered.get(name, name)

    def stands_above(self, name: str, value: Any) -> bool:
        """Whether a matrix stands on the page already; on a long page of lines with an end, also a vector."""
        least = 2 if self.view.width is None or self.lines <= SHORT_PAGE else 1
        return np.ndim(value) >= least and self.answered(name) in self.standing


def _lines_of(step: Step) -> int:
    """How many lines the numbers of an array take below each other."""
    return step.array.size // max(step.array.shape[-1], 1) if step.array.ndim > 1 else 1
