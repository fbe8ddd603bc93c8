"""Tables for people: each step's formula, and below it every cell's numbers and value.

In a pipe the same tables come without colour and are never wrapped or cut.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any, TextIO

import numpy as np

from nncalc.errors import JOINERS, printable
from nncalc.render.graph import gradients_in, is_graph, output_of
from nncalc.render.layout import NOTE, PageLine, View, blocks, formula, inline, line, matrix, remarks
from nncalc.render.long import ends, is_long, left_out_said, runs
from nncalc.render.paper import FOLDED, HEAD, JOINED, NAME, QUIET, VALUE, Grid, Paper, Text
from nncalc.render.working.window import ShownWindow, windows
from nncalc.trace.name import StepName
from nncalc.trace.notation.numbers import aligned, number
from nncalc.trace.notation.style import TEXT
from nncalc.trace.notation.tree import Index
from nncalc.trace.steps import Step, Trace


def render(trace: Trace, view: View, out: TextIO) -> None:
    """Writes the page of a working."""
    page = _Page(view, out)
    page.header(trace)
    if is_graph(trace):
        page.graph(trace)
    summed_up = trace.overview and view.detail == "short"  # its rows are all that is short
    if not summed_up:
        page.say(Text(""))
    section, between = "", ""
    for run in [] if summed_up else runs(trace, view):
        if run.left_out:
            page.say(Text(f"\n… {run.left_out} steps", style=QUIET))
        for (title, scalar), group in groupby(run.steps, key=lambda s: (s.title, s.array.ndim == 0)):
            if title != section:
                section = title
                page.say(Text(f"{between}{section}" if section else "", style=HEAD))
            between = "\n"
            page.group(list(group), scalar, trace)
    page.overview(trace)
    page.answer(trace)


class _Page(Paper):
    """The page, part by part: each below is a few lines."""

    def header(self, trace: Trace) -> None:
        """Topic, title, conventions, and what was given."""
        head = Text(trace.called or trace.topic, style=HEAD)
        if trace.title:
            head.append(f"   {printable(trace.title, 600, JOINERS)}", style=VALUE)
        self.say(head)
        if trace.conventions:
            self.say(Text(", ".join(trace.conventions), style=QUIET))
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
        for name, value in trace.header.items():
            if not value.ndim:
                continue
            local = StepName.parse(name).local
            shown = value.symbol if value.symbol == name else f"{TEXT.symbol(value.symbol, '')} ({local})"
            self.array(Text(shown, style=NAME), value.array, QUIET)

    def group(self, steps: list[Step], scalar: bool, trace: Trace) -> None:
        """Steps below one heading; a page that is summed up in a table counts line by line."""
        if scalar and (len(steps) > 1 or trace.overview) and self.view.detail != "short":
            self.numbers(steps, trace.explained)
        else:
            for step in steps:
                self.step(step, trace.explained)

    def step(self, step: Step, explained: bool) -> None:
        """The formula, and below it the cells."""
        if self.view.detail == "short":
            self.array(Text(TEXT.symbol(step.symbol), style=NAME), step.array, VALUE)
            return
        self.say(Text(TEXT.symbol(step.symbol), style=f"bold {NAME}").append(f" = {formula(step)}", style="default"))
        indices = step.indices()
        shown = indices if self.view.cells is None else indices[: self.view.cells]
        lines = [line(step, index, self.view) for index in shown]
        moved = step.cells is None and not any(worked.stages for worked in lines)
        if moved and step.array.ndim:
            shown = indices
        elif explained or self.view.detail == "full":
            self.pictured(step, lines)
        else:
            self.lines(lines, step.exact is not None)
        self.notes([step], shown)
        if len(shown) < len(indices):
            self.say(Text(f"… {len(indices) - len(shown)} more cells: --detail full", style=QUIET), indent=4)
        if step.cells is None and ((step.array.ndim >= 2 and step.array.size > 1) or (moved and step.array.ndim)):
            self.array(Text(TEXT.symbol(step.symbol), style=NAME), step.array, VALUE, indent=4)

    def numbers(self, steps: list[Step], explained: bool) -> None:
        """Steps of one number each, a line each: name = formula = numbers = value, in columns where they have room."""
        lines = [line(step, (), self.view) for step in steps]
        rows = []
        for step, worked, tail in zip(steps, lines, _tails(lines, steps[0].exact is not None), strict=True):
            written = formula(step)
            working = " = ".join(s for s in worked.stages if s != written)
            symbolic = f"= {written}" if written != worked.value else ""
            cells = (Text(worked.cell, style=f"bold {NAME}"), Text(symbolic), Text(f"= {working}" if working else ""))
            rows.append((*cells, tail))
        if self._has_room(sum(max(len(cell.plain) for cell in column) + 1 for column in zip(*rows, strict=True))):
            self.say(Grid(1, rows=[*rows]))
            self.notes(steps, [()])
            return
        for step, row, worked in zip(steps, rows, lines, strict=True):
            alone = (*(cell for cell in row[:3] if cell.plain), *_tails([worked], step.exact is not None))
            if self._has_room(sum(len(cell.plain) + 1 for cell in alone) - 1):
                self.say(Grid(1, rows=[alone]))
                self.notes([step], [()])
            else:
                self.step(step, explained)

    def _has_room(self, width: int) -> bool:
        return self.view.width is None or width <= self.view.width

    def notes(self, steps: list[Step], cells: list[Index]) -> None:
        """What was a convention, where the numbers meet a kink."""
        for note in dict.fromkeys(n for step in steps for index in cells for n in remarks(step, index, self.view)):
            self.say(Text(note, style=QUIET), indent=4)

    def lines(self, lines: list[PageLine], compared: bool) -> None:
        """cell = working = value, each in its column; on paper with the exact value and the drift beside it."""
        table = Grid(1, [{"no_wrap": True}, FOLDED, {"no_wrap": True, "vertical": "bottom"}])
        tails = _tails(lines, compared)
        beside = 7 + max((len(x.cell) for x in lines), default=0) + max((len(t.plain) for t in tails), default=0)
        for worked, tail in zip(lines, tails, strict=True):
            working = "= " + " = ".join(worked.stages) if worked.stages else ""
            if not self._has_room(len(working) + beside):
                working = "\n".join(f"= {stage}" for stage in worked.stages)
            table.rows.append((Text(worked.cell, style=NAME), Text(_kept(working)), tail))
        self.say(table, indent=4)

    def pictured(self, step: Step, lines: list[PageLine]) -> None:
        """Each cell that sums over windows below these windows, drawn beside their weights."""
        drawn = {worked.index: windows(step.element(worked.index)) for worked in lines}
        if not any(drawn.values()):
            self.lines(lines, step.exact is not None)
            return
        for worked in lines:
            for window in drawn[worked.index]:
                self.say(_picture(window, self.view.digits), indent=4)
            self.lines([worked], step.exact is not None)

    def array(self, label: Text, array: Any, style: str, indent: int = 0) -> None:
        """name = number or vector on a line; a matrix as rows under each other."""
        if np.ndim(array) < 2:
            named = Text().append(label.plain, label.style).append(" = ")
            self.say(named.append(inline(array, self.view.digits), style), indent=indent)
            return
        for title, block in blocks(label.plain, array):
            table = Grid(0)
            for i, row in enumerate(matrix(block, self.view.digits)):
                left = Text(f"{title} = " if i == 0 else "", style=label.style)
                table.rows.append((left, Text("  ".join(row), style=style, folded=True)))
            self.say(table, indent=indent)

    def graph(self, trace: Trace) -> None:
        """An expression at a glance: every node with its formula, value and gradient."""
        gradients = gradients_in(trace)
        table = Grid(3, [{"no_wrap": not wraps, "overflow": "fold"} for wraps in (False, True, False, False)])
        heads = ("node", "formula", "value", f"∂{output_of(trace)}/∂node")
        table.rows.append(tuple(Text(h, style=QUIET) for h in heads))
        kept, _, last = ends([*trace.given], is_long(trace, self.view))
        nodes = [(n, "", trace.given[n].array) for n in (*kept, *last)]
        steps = [step for step in trace.steps if not StepName.parse(step.name).is_gradient]
        first, _, rest = ends(steps, is_long(trace, self.view))
        nodes += [(s.name, formula(s), s.array) for s in (*first, *rest)]
        slopes = [
            number(gradients[n].array, self.view.digits) if n in gradients else "1" * (n == output_of(trace))
            for n, _, _ in nodes
        ]
        values = aligned([number(value, self.view.digits) for _, _, value in nodes])
        for (name, written, _), value, slope in zip(nodes, values, aligned(slopes), strict=True):
            table.rows.append((Text(name, style=NAME), Text(written), Text(value), Text(slope, style=VALUE)))
        self.say(Text(""), table)

    def overview(self, trace: Trace) -> None:
        """What was counted, a row a part: words to the left, counts with commas to the right."""
        if not trace.overview:
            return
        head, *rows = trace.overview
        sides = ["right" if isinstance(cell, int) else "left" for cell in trace.overview[-1]]
        table = Grid(3, [{"justify": side, **FOLDED} for side in sides], [[Text(str(c), style=QUIET) for c in head]])
        table.rows += ([Text(f"{c:,}" if isinstance(c, int) else c) for c in row] for row in rows)
        self.say(Text(""), table)

    def answer(self, trace: Trace) -> None:
        """The results together, and notes."""
        if trace.answer:
            self.say(Text("\nAnswer", style=HEAD))
        head, left_out, tail = ends([*trace.answer.items()], is_long(trace, self.view))
        for name, value in head:
            self.array(Text(TEXT.symbol(name), style=NAME), value, VALUE)
        if left_out:
            self.say(Text(f"… {left_out} more", style=QUIET))
        for name, value in tail:
            self.array(Text(TEXT.symbol(name), style=NAME), value, VALUE)
        said = left_out_said(trace, self.view)
        for note in [*trace.notes, *([said] if said else [])]:
            self.say(Text(printable(note, NOTE), style=QUIET))


def _kept(working: str) -> str:
    """An operator stays with what follows it where a line is broken."""
    for operator in "+-=":
        working = working.replace(f" {operator} ", f" {operator}{JOINED}")
    return working


def _tails(lines: list[PageLine], compared: bool) -> list[Text]:
    """The values at the end of the lines; on paper with (exact, drift) behind."""
    tails = []
    exacts = aligned([worked.exact for worked in lines])
    for worked, value, exact in zip(lines, aligned([worked.value for worked in lines]), exacts, strict=True):
        tail = Text(f"{worked.equals} ").append(value, style=VALUE)
        tails.append(tail.append(f"  ({exact.strip()}, {worked.drift})", style=QUIET) if compared else tail)
    return tails


def _picture(window: ShownWindow, digits: int) -> Grid:
    left, right = matrix(window.left, digits), matrix(window.right, digits)
    lead = "".join(f"{i + 1}," for i in window.lead)
    place = f"{TEXT.symbol(window.source.symbol, '')}[{lead}{_span(window.rows)},{_span(window.columns)}]"
    table = Grid(2)
    for i, (a, b) in enumerate(zip(left, right, strict=True)):
        table.rows.append((Text(place if i == 0 else "", style=QUIET), Text("  ".join(a)),
                           Text("∘" if i == len(left) // 2 else ""), Text("  ".join(b))))  # fmt: skip
    return table


def _span(places: tuple[int, ...]) -> str:
    """Rows 2 to 4 as 2:4; with a dilation each by itself."""
    even = places[-1] - places[0] == len(places) - 1
    return f"{places[0] + 1}:{places[-1] + 1}" if even else "+".join(str(p + 1) for p in places)
