"""A working as a document: what stands where on it, for any markup that sets mathematics."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, groupby
from typing import Any, NamedTuple

import numpy as np

from nncalc.errors import JOINERS, printable
from nncalc.render.drawing import graph_drawing
from nncalc.render.graph import is_graph
from nncalc.render.layout import PageLine, View, answer_symbol, formula, inline, line, remarks, signs_said
from nncalc.render.long import ends, is_long, left_out_said, runs
from nncalc.render.markup import Markup, ShownFormula
from nncalc.trace.notation.numbers import number
from nncalc.trace.notation.record import Style
from nncalc.trace.notation.style import TEXT, place
from nncalc.trace.notation.tree import Index
from nncalc.trace.steps import Step, Trace

# Lines of one display, and rows of a matrix, that a page has room for.
_MOST_LINES, _MOST_ROWS = 40, 30
# A matrix may be so many times as wide as a line; it is then set smaller.
_SMALLER = 1.6
# A wider drawing, in pixels, would be set too small to be read.
_WIDEST_PICTURE = 1400
_ROUNDED = "worked with rounded values: ≈ the value carried on (the exact one, the drift)"
# One line of working: its left side, and what it is equal to, each with its sign.
Sides = list[tuple[str, ShownFormula]]


class _Cell(NamedTuple):
    """A cell of a step, with its line as text."""

    step: Step
    said: PageLine


def title_of(trace: Trace) -> str:
    """What a working is called, harmless for a terminal only."""
    return printable(trace.title, 600, JOINERS) or trace.called or trace.topic


def several_titled(traces: Sequence[Trace]) -> str:
    """What a document of several workings is called."""
    return f"{len(traces)} worked problems"


class Document:
    """A working in a markup, part by part."""

    def __init__(self, markup: Markup, view: View):
        self.markup, self.view = markup, view

    def working(self, trace: Trace, level: int = 1) -> Iterator[str]:
        """The parts of the page, to be written below each other."""
        yield from self._head(trace, level)
        yield from self._pictures(trace)
        section = ""
        for run in [] if trace.overview and self.view.detail == "short" else runs(trace, self.view):
            if run.left_out:
                yield self._said(f"… {run.left_out} steps")
            for (title, scalar), group in groupby(run.steps, key=lambda s: (s.title, s.array.ndim == 0)):
                if title != section:
                    section = title
                    yield from self._heading(title, level + 1)
                steps = [*group]
                yield from self._numbers(steps) if scalar else chain.from_iterable(map(self._step, steps))
        if trace.overview:
            yield self._overview(trace)
        yield from self._answer(trace, level)

    def _head(self, trace: Trace, level: int) -> Iterator[str]:
        yield from self._heading(title_of(trace), level)
        about = [trace.called or trace.topic] if trace.title else []
        about += [", ".join(trace.conventions)] if trace.conventions else []
        if about:
            yield self._said(": ".join(about))
        signs = signs_said((step for run in runs(trace, self.view) for step in run.steps), self.view)
        if signs:
            yield self._said(f"signs: {signs}")
        if any(step.exact is not None for step in trace.steps):
            yield self._said(_ROUNDED)
        given = [part for value in trace.header.values() for part in self._values(value.symbol, value.array)]
        first, left_out, last = ends(given, is_long(trace, self.view))
        yield from self._flow(first)
        if left_out:
            yield self._said(f"… {left_out} more")
        yield from self._flow(last)

    def _heading(self, words: str, level: int) -> Iterator[str]:
        if words:
            yield self.markup.heading(self.markup.text(printable(words, 600, JOINERS)), level)

    def _said(self, words: str) -> str:
        return self.markup.said(self.markup.text(words))

    def _flow(self, parts: Sequence[ShownFormula]) -> Iterator[str]:
        if parts:
            yield self.markup.flow(parts)

    def _pictures(self, trace: Trace) -> Iterator[str]:
        """What shows the whole working at once, where the markup can have a picture."""
        if self.markup.picture is None or not is_graph(trace):
            return
        drawn = graph_drawing(trace, self.view)
        if float(drawn.get("width", "")) <= _WIDEST_PICTURE:
            yield self.markup.picture(drawn)
        else:
            yield self._said("its graph is too wide for a page; --format html draws it")

    def _numbers(self, steps: list[Step]) -> Iterator[str]:
        """Steps of one number each: name = formula = numbers = value."""
        if self.view.detail == "short":
            yield from self._flow([part for step in steps for part in self._values(step.symbol, step.array)])
            return
        cells = [self._cell(step, ()) for step in steps]
        yield from self._display([self._sides(cell, True) for cell in cells])
        yield from self._notes(cells)

    def _step(self, step: Step) -> Iterator[str]:
        """The formula, and below it the cells, then the whole array."""
        shown = list(self._values(step.symbol, step.array))
        if self.view.detail == "short":
            yield from self._flow(shown)
            return
        cells = [self._cell(step, index) for index in step.indices()]
        moved = step.cells is None and not any(cell.said.stages for cell in cells)
        yield from self._whole(step)
        if cells and not moved:
            yield from self._display([*map(self._sides, cells)])
        yield from self._notes(cells)
        if step.cells is None and (moved or (step.array.ndim >= 2 and step.array.size > 1)):
            yield from self._flow(shown)

    def _cell(self, step: Step, index: Index) -> _Cell:
        return _Cell(step, line(step, index, self.view))

    def _notes(self, cells: list[_Cell]) -> Iterator[str]:
        said = (n for cell in cells for n in remarks(cell.step, cell.said.index, self.view, cell.said.made))
        yield from map(self._said, dict.fromkeys(said))

    def _whole(self, step: Step) -> Iterator[str]:
        """name = formula, of whole values."""
        style, name, said = self.markup.style, TEXT.symbol(step.symbol), formula(step, self.view)
        whole = ShownFormula(f"{style.symbol(step.symbol)} = {formula(step, self.view, style)}", f"{name} = {said}")
        if whole.width <= self.markup.line:
            yield self.markup.flow([whole])
        else:
            left = style.symbol(step.symbol), name
            yield from self._display(
                [lambda s: [("", ShownFormula(*left)), ("=", ShownFormula(formula(step, self.view, s), said))]]
            )

    def _sides(self, cell: _Cell, alone: bool = False) -> Callable[[Style], Sides]:
        """cell = numbers = value; alone: with the formula before the numbers."""
        step, said = cell
        index = said.index

        def sides(style: Style) -> Sides:
            own = line(step, index, self.view, said.made, style)
            value = style.signed(number(step.array[index], self.view.digits))
            parts = [(formula(step, self.view, style), formula(step, self.view))] if alone else []
            stages = [*parts, *zip(own.stages, said.stages, strict=False)]
            stages = [s for i, s in enumerate(stages) if s[0] != value and s not in stages[:i]]
            tail, shown = "", said.value
            if own.exact:
                drift = "+" * own.drift.startswith("+") + self.markup.style.signed(own.drift.lstrip("+"))
                exact = self.markup.style.signed(own.exact)
                tail, shown = self.markup.tail(exact, drift), f"{said.value}  ({said.exact}, {said.drift})"
            return [("", ShownFormula(own.cell, said.cell)), *(("=", ShownFormula(*s)) for s in stages),
                    (own.equals, ShownFormula(value + tail, shown))]  # fmt: skip

        return sides

    def _display(self, written: list[Callable[[Style], Sides]]) -> Iterator[str]:
        """Lines below each other, aligned at their first sign of equality; a long one goes on below."""
        lines: list[tuple[str, str]] = []
        texts: list[str] = []
        widest = 0
        styled = [sides(self.markup.style) for sides in written]
        room = self.markup.line - max(left.width for (_, left), *_ in styled)
        for sides, (left, *rest) in zip(written, styled, strict=True):
            texts.append(left[1].text + "".join(f" {sign} {part.text}" for sign, part in rest))
            alone = sum(part.width + 3 for _, part in rest)
            if alone <= room:
                widest = max(widest, alone + self.markup.line - room)
                lines.append((left[1].source, " ".join(f"{self._sign(sign)} {part.source}" for sign, part in rest)))
            else:
                below, width = self._below(left[1], rest, sides, room)
                lines += below
                widest = max(widest, width + self.markup.line - room, self.markup.line)
            if len(lines) >= _MOST_LINES:
                yield self.markup.display(lines, "; ".join(texts), widest)
                lines, texts, widest = [], [], 0
        if lines:
            yield self.markup.display(lines, "; ".join(texts), widest)

    def _below(
        self, left: ShownFormula, rest: Sides, sides: Callable[[Style], Sides], room: int
    ) -> tuple[list[tuple[str, str]], int]:
        """Each side where it has room, on a line of its own where it has none, and one that is too long on several."""
        lines: list[str] = []
        widest, used, flat = 0, room, sides(self.markup.flat)[1:]
        for i, (sign, part) in enumerate(rest):
            rows, width = [part.source], part.width + 3
            if width > room and i < len(flat):
                rows, width = self.markup.broken(
                    ShownFormula(self.markup.loosened(flat[i][1].source), part.text), room - 5
                )
            first, *others = rows
            if used + width <= room:
                lines[-1] += f" {self._sign(sign)} {first}"
            else:
                lines += [f"{self._sign(sign)} {first}", *(f"{self.markup.indent} {row}" for row in others)]
            used = room if others else used + width if used + width <= room else width
            widest = max(widest, width)
        return [(left.source if i == 0 else "", row) for i, row in enumerate(lines)], widest

    def _sign(self, sign: str) -> str:
        return self.markup.approximately if sign == "≈" else sign

    def _values(self, symbol: str, array: Any) -> Iterator[ShownFormula]:
        """name = number, vector or matrix; one with more axes, or too large for a page, in several parts."""
        array = np.asarray(array)
        for lead in np.ndindex(array.shape[:-2]):
            part = np.atleast_2d(array[lead])
            for at in self._tiles(part):
                tile = part[at]
                spans = [] if tile.shape == part.shape else [*map(_span, at)][-array.ndim :]
                cell = ",".join([*([place(lead)] if lead else []), *spans])
                yield self._value(symbol, cell, tile if array.ndim > 1 else tile[0] if array.ndim else array)

    def _value(self, symbol: str, cell: str, array: Any) -> ShownFormula:
        style, digits = self.markup.style, self.view.digits
        texts = [[number(x, digits) for x in row] for row in np.atleast_2d(array)]
        rows = [[style.signed(text) for text in row] for row in texts]
        name = TEXT.symbol(symbol, cell)
        said = "; ".join(" ".join(row) for row in texts) if array.ndim == 2 else inline(array, digits)
        source = rows[0][0] if array.ndim == 0 else self.markup.vector(rows[0]) if array.ndim == 1 else ""
        width = sum(max(map(len, column)) + 2 for column in zip(*texts, strict=True)) + len(name) + 3
        return ShownFormula(
            f"{style.symbol(symbol, cell)} = {source or self.markup.matrix(rows)}", f"{name} = {said}", width
        )

    def _tiles(self, matrix: Any) -> Iterator[tuple[slice, slice]]:
        """The parts of a matrix that a page has room for, by rows, then by columns."""
        rows, columns = matrix.shape
        widths = [max((len(number(x, self.view.digits)) + 2 for x in column), default=0) for column in matrix.T]
        cuts, width = [0], 0
        for i, own in enumerate(widths):
            if width + own > self.markup.line * _SMALLER - 8:
                cuts.append(i)
                width = 0
            width += own
        for top in range(0, max(rows, 1), _MOST_ROWS):
            for start, end in zip(cuts, [*cuts[1:], columns], strict=True):
                yield slice(top, min(top + _MOST_ROWS, rows)), slice(start, end)

    def _overview(self, trace: Trace) -> str:
        """What was counted, a row a part."""
        head, *rows = trace.overview
        words = [[self.markup.text(f"{c:,}" if isinstance(c, int) else c) for c in row] for row in rows]
        numbers = [isinstance(cell, int) for cell in trace.overview[-1]]
        return self.markup.table([self.markup.text(str(cell)) for cell in head], words, numbers)

    def _answer(self, trace: Trace, level: int) -> Iterator[str]:
        """The results together, and notes."""
        if trace.answer:
            yield from self._heading("Answer", level + 1)
        first, left_out, last = ends([*trace.answer.items()], is_long(trace, self.view))
        for items in (first, last):
            yield from self._flow(
                [part for name, value in items for part in self._values(answer_symbol(trace, name), value)]
            )
            if left_out and items is first:
                yield self._said(f"… {left_out} more")
        said = left_out_said(trace, self.view)
        yield from map(self._said, [*trace.notes, *([said] if said else [])])


def _span(part: slice) -> str:
    return f"{part.start + 1}:{part.stop}" if part.stop - part.start > 1 else f"{part.stop}"
