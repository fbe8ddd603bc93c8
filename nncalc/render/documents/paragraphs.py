"""A working as a document: what stands where on it, for any markup that sets mathematics."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain, groupby, islice
from typing import NamedTuple

from nncalc.errors import JOINERS, printable, so_many
from nncalc.marking.keyed import Keyed, total_said
from nncalc.render.documents.markup import Markup, ShownFormula
from nncalc.render.documents.typesetter import Sides, Typesetter
from nncalc.render.figure import telling_pictures
from nncalc.render.figure.svg import printed_drawing
from nncalc.render.layout import NOTE, PageLine, View, answer_symbol, formula, line, remarks, signs_said
from nncalc.render.long import ends, is_long, left_out_said, runs
from nncalc.trace.notation.numbers import number
from nncalc.trace.notation.record import Style
from nncalc.trace.notation.tree import Index
from nncalc.trace.steps import Step, Trace

# A wider drawing, in pixels, would be set too small to be read.
_WIDEST_PICTURE = 1400
_ROUNDED = "worked with rounded values: ≈ the value carried on (the exact one, the drift)"


class _Cell(NamedTuple):
    """A cell of a step, with its line as text."""

    step: Step
    said: PageLine


def title_of(trace: Trace) -> str:
    """What a working is called, harmless for a terminal only."""
    return printable(trace.title, 600, JOINERS) or trace.called


def document_title(traces: Sequence[Trace], view: View) -> str:
    """What a whole document is called, with all its points: what the view says, else what it is or how many."""
    if len(traces) == 1 and not view.title:
        return "".join(view.leads) + title_of(traces[0])
    totals = [trace.total for trace in traces if isinstance(trace, Keyed) and trace.total is not None]
    said = printable(view.title, NOTE, JOINERS) or f"{len(traces)} worked problems"
    return said + total_said(sum(totals, Fraction(0)) if totals else None)


def has_title_page(traces: Sequence[Trace], view: View) -> bool:
    """Whether a document has a title of its own above those of its workings."""
    return len(traces) > 1 or bool(view.title)


def workings(traces: Sequence[Trace], markup: Markup, view: View, level: int = 1) -> list[str]:
    """The parts of several pages; of a key of several problems each has its number, as on the sheet of questions."""
    numbered = len(traces) > 1 and any(isinstance(trace, Keyed) for trace in traces)
    leads = view.leads or [f"{i}. " if numbered else "" for i in range(1, len(traces) + 1)]
    return [
        part
        for lead, trace in zip(leads, traces, strict=True)
        for part in Document(markup, view).working(trace, level, lead)
    ]


class Document(Typesetter):
    """A working in a markup, part by part."""

    def __init__(self, markup: Markup, view: View):
        super().__init__(markup, view)
        self._worth: Mapping[str, Sequence[str]] = {}  # what to say beside lines

    def working(self, trace: Trace, level: int = 1, lead: str = "") -> Iterator[str]:
        """The parts of the page, to be written below each other; `lead`: before the title."""
        self._worth = trace.worth if isinstance(trace, Keyed) else {}
        yield from self._head(trace, level, lead)
        yield from self._pictures(trace)
        section = ""
        for run in [] if trace.overview and self.view.detail == "short" else runs(trace, self.view):
            if run.left_out:
                yield self._said(f"… {so_many(run.left_out, 'step')}")
            for (title, scalar, worth), group in groupby(run.steps, key=self._together):
                if title != section:
                    section = title
                    yield from self._heading(title, level + 1)
                steps = [*group]
                parts = self._numbers(steps) if scalar else chain.from_iterable(map(self._step, steps))
                yield from self._noted(worth, parts)
        if trace.overview:
            yield self._overview(trace)
        yield from self._answer(trace, level)

    def _together(self, step: Step) -> tuple[str, bool, str]:
        """What is alike of steps that stand together; one with points stands alone."""
        return step.title, step.array.ndim == 0, step.name if step.name in self._worth else ""

    def _noted(self, name: str, parts: Iterator[str]) -> Iterator[str]:
        """The parts, beside the first what a line of this name is worth."""
        if name in self._worth:
            yield from (self.markup.noted(self._worth[name], part) for part in islice(parts, 1))
        yield from parts

    def _head(self, trace: Trace, level: int, lead: str) -> Iterator[str]:
        points = total_said(trace.total) if isinstance(trace, Keyed) else ""
        yield from self._heading(f"{lead}{title_of(trace)}{points}", level)
        about = [trace.called] if trace.title else []
        about += [", ".join(trace.conventions)] if trace.conventions else []
        if about:
            yield self._said(": ".join(about))
        if isinstance(trace, Keyed):
            yield self._said(f"Asked: {trace.closeness}.")
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

    def _pictures(self, trace: Trace) -> Iterator[str]:
        """What tells something beside all numbers, where the markup can have a picture."""
        shown = self.markup.pictures
        if shown is None:
            return
        drawn = [printed_drawing(picture, title_of(trace)) for picture in telling_pictures(trace, self.view)]
        fitting = [svg for svg in drawn if float(svg.get("width", "")) <= _WIDEST_PICTURE]
        if fitting:
            yield shown(fitting)
        if len(fitting) < len(drawn):
            yield self._said("A picture of it is too wide for a page; --format html has it.")

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
        yield from self._whole(step.symbol, step.formula)
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
        noted = self._worth.keys() - trace.named().keys()  # answers that are no steps
        for items in (first, last):
            for worth, group in groupby(items, key=lambda item: item[0] if item[0] in noted else ""):
                parts = [part for name, value in group for part in self._values(answer_symbol(trace, name), value)]
                yield from self._noted(worth, self._flow(parts))
            if left_out and items is first:
                yield self._said(f"… {left_out} more")
        said = left_out_said(trace, self.view)
        yield from map(self._said, [*trace.notes, *([said] if said else [])])
