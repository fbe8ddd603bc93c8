"""A page that answers "where does this number come from?": one file of HTML for any number of workings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, TextIO
from xml.etree.ElementTree import Element

import numpy as np

from nncalc.errors import JOINERS, printable, so_many
from nncalc.render.figure import pictures
from nncalc.render.graph import graph_rows, is_graph
from nncalc.render.layout import NOTE, View, answer_symbol, full_title, inline, signs_said
from nncalc.render.long import left_out_said, runs
from nncalc.render.page.alike import Alike
from nncalc.render.page.document import node, overview, put, whole_page
from nncalc.render.page.values import Values, cell_panel, shown_number, sides_of
from nncalc.trace.name import StepName
from nncalc.trace.notation.style import TEXT
from nncalc.trace.rules.reasons import reasons_of
from nncalc.trace.steps import Trace

# A page with more cells, or more steps, than these opens with its sections folded.
MOST_OPEN, MOST_STEPS = 400, 150


def document(traces: Sequence[Trace], view: View, out: TextIO) -> None:
    """Writes one page for all workings, each below a heading of its own where they are several."""
    has_title = len(traces) > 1 or bool(view.title)
    written = _Page(view)
    leads = view.leads or [""] * len(traces)
    workings = [written.working(trace, 2 if has_title else 1, lead) for lead, trace in zip(leads, traces, strict=True)]
    usual = f"{len(traces)} workings" if has_title else _title(traces[0], leads[0])
    title = printable(view.title, NOTE, JOINERS) or usual
    head = [node("h1", title)] if has_title else []
    body = [node("main", *head, written.alike.notice(), *workings), written.values.all_frames(), cell_panel()]
    styles = ["list.css"] if any(trace.overview or is_graph(trace) for trace in traces) else []
    folds = ["folds.js"] if written.alike.any else []
    out.write(whole_page(title, body, *styles, *folds, "formula.js", "page.js", "walk.js"))


def render(trace: Trace, view: View, out: TextIO) -> None:
    """Writes the page of one working."""
    document([trace], view, out)


def _title(trace: Trace, lead: str = "") -> str:
    return printable(lead, NOTE, JOINERS) + full_title(trace)


class _Page:
    """The parts of a page."""

    def __init__(self, view: View):
        self.view = view
        self.values = Values(view)
        self.alike = Alike()
        self.folded = False

    def working(self, trace: Trace, level: int, lead: str = "") -> Element:
        """Title, conventions, what was given, the steps by their sections, the answer, and notes."""
        self.values.known, self.values.reasons = {}, reasons_of(trace)
        self.folded = sum(step.array.size for step in trace.steps) > MOST_OPEN or len(trace.steps) > MOST_STEPS
        made = node("article", node(f"h{level}", _title(trace, lead)))
        said = [", ".join(trace.conventions)] if trace.conventions else []
        signs = signs_said((step for run in runs(trace, self.view) for step in run.steps), self.view)
        said += [f"signs: {signs}"] if signs else []
        if any(step.exact is not None for step in trace.steps):
            said.append("worked with rounded values; beside each the exact one and the drift")
        if self.folded:
            said.append(f"{len(trace.steps)} steps, folded; open one to read it")
        put(made, *(node("p", text, class_="quiet") for text in said))
        put(made, pictures(trace, self.view), _graph_table(trace, self.view) if is_graph(trace) else None)
        put(made, self._given(trace, level + 1), *self._sections(trace, level + 1), self._answer(trace, level + 1))
        put(made, _overview(trace))
        notes = [*trace.notes, left_out_said(trace, self.view)]
        put(made, *(node("p", printable(note, NOTE), class_="quiet") for note in notes if note))
        return made

    def _given(self, trace: Trace, level: int) -> Element | None:
        if not trace.header:
            return None
        return node("section", node(f"h{level}", "Given"), self.values.given(trace.header))

    def _sections(self, trace: Trace, level: int) -> Iterator[Element]:
        """The steps, by the headings of the page; numbers that follow each other are one table."""
        left: dict[str, dict[str, Any]] = defaultdict(dict)
        for name, value in trace.given.items():
            if name not in trace.header:
                left[StepName.parse(name).section][name] = value
        for run in runs(trace, self.view):
            if run.left_out:
                yield node("p", f"… {so_many(run.left_out, 'step')}", class_="quiet")
            for title, steps in groupby(run.steps, key=lambda step: step.title):
                heading = node(f"h{level}", title or "Working")
                section = node("section", heading)
                if self.folded:
                    section = node("details", node("summary", heading), class_="fold")
                for name, local in groupby(steps, key=lambda step: step.section):
                    given = left.pop(name, None)
                    put(section, self.values.given(given) if given else None)
                    put(section, *self.values.steps(local, not self.folded))
                if self.folded:
                    self.alike.shortened(section)
                yield section

    def _answer(self, trace: Trace, level: int) -> Element | None:
        """The results, each with a link to where it was worked."""
        if not trace.answer:
            return None
        items = []
        for name, value in trace.answer.items():
            at = self.values.known.get(trace.answered.get(name, name))
            called = TEXT.symbol(answer_symbol(trace, name))
            sign = node("a", called, href=f"#v{at}") if at is not None else called
            small = np.ndim(value) < 2
            text = shown_number(inline(value, self.view.digits)) if small else f"{sides_of(value)}, above"
            item = node("li", sign, " = " if small else ": ", node("b", text))
            if not small and at is None:
                put(item, *self.values.tables(item, name, np.asarray(value)))
            items.append(item)
        return node("section", node(f"h{level}", "Answer"), node("ul", *items, class_="answer"))


def _graph_table(trace: Trace, view: View) -> Element:
    """What the drawing of an expression shows, as a table."""
    heads, *rows = graph_rows(trace, view)
    cells = (node("tr", *map(_word, row[:2]), *map(_count, row[2:])) for row in rows)
    return node("details", node("summary", "The graph as a table"), overview("The graph", heads, cells))


def _overview(trace: Trace) -> Element | None:
    """What was counted, a row a part."""
    if not trace.overview:
        return None
    heads, *rows = trace.overview
    cells = ((_count(f"{c:,}") if isinstance(c, int) else _word(c) for c in row) for row in rows)
    return overview("Overview", map(str, heads), (node("tr", *row) for row in cells))


def _word(text: str) -> Element:
    return node("td", text)


def _count(text: str) -> Element:
    return node("td", shown_number(text), class_="n")
