"""A page that answers "where does this number come from?": one file of HTML for any number of workings.

A cell says by which of the page's skeletons it was made (`data-f`) and from which cells (`data-r`, counted from 0 in
the values that the skeleton names, without it the first of each); page.js puts their symbols and their numbers into
it, lights them and says where they stand.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, TextIO
from xml.etree.ElementTree import Element, fromstring

import numpy as np

from nncalc.errors import JOINERS, printable
from nncalc.render.document import PRESENT, node, put, whole_page
from nncalc.render.drawing import graph_drawing
from nncalc.render.graph import is_graph
from nncalc.render.layout import NOTE, View, blocks, inline, matrix, remarks
from nncalc.render.long import left_out_said, runs
from nncalc.trace.name import StepName
from nncalc.trace.notation.mathml import GLYPHS, MATHML
from nncalc.trace.notation.numbers import aligned, number
from nncalc.trace.notation.style import TEXT, symbols, write
from nncalc.trace.notation.tree import Index, Ref
from nncalc.trace.steps import Step, Trace

# Of a larger value a page has the first so many cells; of a step with more cells none says what it was made from.
MOST_CELLS, MOST_EXPLAINED = 4096, 1000
# A page with more cells, or more steps, than these opens with its sections folded.
MOST_OPEN, MOST_STEPS = 400, 150


def document(traces: Sequence[Trace], view: View, out: TextIO) -> None:
    """Writes one page for all workings, each below a heading of its own where they are several."""
    several = len(traces) > 1
    written = _Page(view)
    workings = [written.working(trace, 2 if several else 1) for trace in traces]
    title = f"{len(traces)} workings" if several else _title(traces[0])
    head = [node("h1", title)] if several else []
    body = [node("main", *head, *workings), *written.templates(), _panel()]
    out.write(whole_page(title, body, "formula.js", "page.js"))


def render(trace: Trace, view: View, out: TextIO) -> None:
    """Writes the page of one working."""
    document([trace], view, out)


def _title(trace: Trace) -> str:
    title = printable(trace.title, 600, JOINERS)
    return f"{trace.called or trace.topic}: {title}" if title else trace.called or trace.topic


def _panel() -> Element:
    """Where the script says what a cell was made from."""
    hint = "Point at a number, or move to it with the arrow keys: here you see what it was made from."
    return node("aside", node("p", hint, class_="quiet"), id="why", tabindex=-1, aria_label="Where a number comes from")


def _math(markup: str, **attributes: str) -> Element:
    made = fromstring(f"<math>{markup}</math>")
    made.attrib.update({name.rstrip("_"): value for name, value in attributes.items()})
    return made


def _size(array: Any) -> str:
    """Its sides in words: 3 × 4, or 5 cells."""
    return " × ".join(map(str, np.shape(array))) + " cells" * (np.ndim(array) == 1)


def _called(name: str, value: Any) -> tuple[Element | str, ...]:
    """The sign of what was given, and the name of its field where that is another."""
    local = StepName.parse(name).local
    same = local == StepName.parse(value.symbol).local
    return (_math(MATHML.symbol(value.symbol), class_="sym"), *(() if same else (f" ({local})",)))


class _Page:
    """The parts of a page; values have numbers that go on from one working to the next."""

    def __init__(self, view: View):
        self.view = view
        self.skeletons: dict[tuple[Any, ...], int] = {}
        self.values = 0
        self.known: dict[str, int] = {}
        self.folded = False

    def templates(self) -> Iterator[Element]:
        """The skeletons that cells were made by, each once."""
        for (skeleton, *values), i in self.skeletons.items():
            from_ = {"data_v": " ".join(map(str, values))} if values else {}
            yield node("template", _math(skeleton), id=f"f{i}", **from_)

    def working(self, trace: Trace, level: int) -> Element:
        """Title, conventions, what was given, the steps by their sections, the answer, and notes."""
        self.known = {}
        self.folded = sum(step.array.size for step in trace.steps) > MOST_OPEN or len(trace.steps) > MOST_STEPS
        made = node("article", node(f"h{level}", _title(trace)), class_="working")
        said = [", ".join(trace.conventions)] if trace.conventions else []
        if any(step.exact is not None for step in trace.steps):
            said.append("worked with rounded values; beside each the exact one and the drift")
        if self.folded:
            said.append(f"{len(trace.steps)} steps, folded; open one to read it")
        put(made, *(node("p", text, class_="quiet") for text in said))
        drawn = graph_drawing(trace, self.view) if is_graph(trace) else None
        put(made, None if drawn is None else node("div", drawn, class_="scroll", tabindex=0))
        put(made, self._given(trace, level + 1), *self._sections(trace, level + 1), self._answer(trace, level + 1))
        put(made, self._overview(trace))
        notes = [*trace.notes, left_out_said(trace, self.view)]
        put(made, *(node("p", printable(note, NOTE), class_="quiet") for note in notes if note))
        return made

    def _given(self, trace: Trace, level: int) -> Element | None:
        if not trace.header:
            return None
        return node("section", node(f"h{level}", "Given"), self._values(trace.header))

    def _values(self, given: Mapping[str, Any]) -> Element:
        """What was given: its numbers side by side in one table, arrays each in its own."""
        numbers = {name: value for name, value in given.items() if not np.ndim(value.array)}
        arrays = [self._value(name, value) for name, value in given.items() if name not in numbers]
        heads, row = node("tr"), node("tr")
        for name, value in numbers.items():
            put(heads, node("th", *_called(name, value), scope="col"))
            text = number(value.array, self.view.digits)
            put(row, self._cell(None, (), text, **self._numbered(name, value.symbol, value.array)))
        table = node(
            "table", node("caption", "Given numbers", class_="unseen"), node("thead", heads), node("tbody", row)
        )
        return node("div", *([node("div", table, class_="scroll")] if numbers else []), *arrays, class_="given")

    def _value(self, name: str, value: Any) -> Element:
        """What was given, with its label."""
        label = node("figcaption", *_called(name, value), " ", node("small", _size(value.array)))
        holder = node("figure", label, **self._numbered(name, value.symbol, value.array))
        put(holder, *self._tables(value.symbol, np.asarray(value.array)))
        return holder

    def _numbered(self, name: str, symbol: str, array: Any, why: str = "") -> dict[str, str]:
        """What a value's element is called, and what the script asks of it: its shape, its name, its reason."""
        self.known[name] = self.values
        self.values += 1
        about = {"id": f"v{self.known[name]}"}
        if np.ndim(array):
            about["data-s"] = ",".join(map(str, np.shape(array)))
        if not symbol.isalpha() or symbol in GLYPHS:  # else its sign says it
            about["data-n"] = TEXT.symbol(symbol)
        if why:
            about["data-why"] = printable(why, NOTE)
        return about

    def _sections(self, trace: Trace, level: int) -> Iterator[Element]:
        """The steps, by the headings of the page; numbers that follow each other are one table."""
        left = {name: value for name, value in trace.given.items() if name not in trace.header}
        for run in runs(trace, self.view):
            if run.left_out:
                yield node("p", f"… {run.left_out} steps", class_="quiet")
            for title, steps in groupby(run.steps, key=lambda step: step.title):
                heading = node(f"h{level}", title or "Working")
                section = node("section", heading)
                if self.folded:
                    section = node("details", node("summary", heading), class_="fold")
                for _, local in groupby(steps, key=lambda step: (step.section, step.array.ndim == 0)):
                    group = list(local)
                    given = {n: left.pop(n) for n in [*left] if StepName.parse(n).section == group[0].section}
                    put(section, self._values(given) if given else None)
                    put(section, *([self._numbers(group)] if not group[0].array.ndim else map(self._step, group)))
                yield section

    def _step(self, step: Step) -> Element:
        """A step that folds: its formula, its value as tables, what is to be said of it."""
        sign = _math(MATHML.symbol(step.symbol), class_="sym")
        formula = _math(f"<mo>=</mo>{write(step.formula, MATHML, symbols(MATHML))}")
        opened = {} if self.folded else {"open": PRESENT}
        heading = node("summary", sign, " ", formula, " ", node("small", _size(step.array)))
        holder = node("details", heading, class_="step", **opened)
        holder.attrib.update(self._numbered(step.name, step.symbol, step.array, step.why))
        put(holder, *self._tables(step.symbol, step.array, step))
        put(holder, *self._said([step]))
        return holder

    def _numbers(self, steps: list[Step]) -> Element:
        """Steps of one number each, a row each: name, formula, value."""
        rows = []
        texts = aligned([number(step.array, self.view.digits) for step in steps])
        for step, text in zip(steps, texts, strict=True):
            formula = _math(f"<mo>=</mo>{write(step.formula, MATHML, symbols(MATHML))}")
            row = node("tr", class_="step", **self._numbered(step.name, step.symbol, step.array, step.why))
            head = node("th", _math(MATHML.symbol(step.symbol), class_="sym"), scope="row")
            put(row, head, self._cell(step, (), text), node("td", formula, class_="f"))
            rows.append(row)
        heads = node("tr", *(node("th", text, scope="col") for text in ("step", "value", "how it is made")))
        table = node("table", node("thead", heads), node("tbody", *rows), class_="numbers")
        table.set("aria-label", f"steps {steps[0].name} to {steps[-1].name}" if len(steps) > 1 else steps[0].name)
        return node("div", node("div", table, class_="scroll"), *self._said(steps), class_="group")

    def _said(self, steps: Iterable[Step]) -> Iterator[Element]:
        """Where a derivative is a convention, what digits do not show, and why a step is made so."""
        for step in steps:
            cells = step.indices() if step.array.size <= MOST_EXPLAINED else []
            for note in dict.fromkeys(note for index in cells for note in remarks(step, index, self.view)):
                yield node("p", note, class_="quiet")

    def _tables(self, symbol: str, array: Any, step: Step | None = None) -> Iterator[Element]:
        """A value as tables with a caption and heads: one, or one a matrix of a larger one."""
        shown = {*step.indices()} if step is not None and self._explained(step) else set()
        for name, block in blocks(TEXT.symbol(symbol), array):
            lead = tuple(int(i) - 1 for i in name[len(TEXT.symbol(symbol)) :].strip("[]").split("][") if i)
            rows = np.atleast_2d(block)
            most = max(1, MOST_CELLS // max(rows.shape[1], 1))
            texts = matrix(rows[:most], self.view.digits)
            caption = node("caption", name, **({} if lead else {"class_": "unseen"}))
            table = node("table", caption)
            if np.ndim(block) > 0:
                heads = (node("th", str(j + 1), scope="col") for j in range(rows.shape[1]))
                corner = [node("td", class_="f")] if np.ndim(block) > 1 else []
                put(table, node("thead", node("tr", *corner, *heads)))
            body = node("tbody")
            for i, line in enumerate(texts):
                row = node("tr", *([node("th", str(i + 1), scope="row")] if np.ndim(block) > 1 else []))
                for j, text in enumerate(line):
                    index = lead + ((), (j,), (i, j))[np.ndim(block)]
                    put(row, self._cell(step if index in shown else None, index, text))
                put(body, row)
            put(table, body)
            yield node("div", table, class_="scroll")
            if len(rows) > most:
                yield node("p", f"… {len(rows) - most} more rows of {name}: --format json has all", class_="quiet")

    def _explained(self, step: Step) -> bool:
        return step.array.size <= MOST_EXPLAINED or self.view.detail == "full"

    def _cell(self, step: Step | None, index: Index, text: str, **about: str) -> Element:
        """A cell: its number, and where it is a step's, what it was made by and from."""
        cell = node("td", text.replace("-", "−").replace("inf", "∞"))
        cell.attrib.update(about)
        if step is None:
            return cell
        values: list[int] = []
        places: list[int] = []

        def held(ref: Ref) -> str:
            name = getattr(ref.value, "name", None)
            if name not in self.known:
                return MATHML.signed(number(ref.number, self.view.digits))
            at = ref.index or ()
            values.append(self.known[name])
            places.append(int(np.ravel_multi_index(at, np.shape(ref.value.array))) if at else 0)
            return f"<mtext>{len(places) - 1}</mtext>"

        skeleton = write(step.element(index), MATHML, held, self.view.digits)
        cell.set("data-f", str(self.skeletons.setdefault((skeleton, *values), len(self.skeletons))))
        if any(places):
            cell.set("data-r", " ".join(map(str, places)))
        if step.exact is not None:
            cell.set("data-e", self._drift(step, index))
        return cell

    def _drift(self, step: Step, index: Index) -> str:
        """The exact value beside a rounded one."""
        exact = float(np.asarray(step.exact)[index])
        drift = float(step.array[index]) - exact
        small = abs(drift) <= 1e-12 * max(abs(exact), 1e-300) or not math.isfinite(drift)
        return f"exact {number(exact, self.view.digits)}, drift {'0' if small else f'{drift:+.2g}'}"

    def _answer(self, trace: Trace, level: int) -> Element | None:
        """The results, each with a link to where it was worked."""
        if not trace.answer:
            return None
        items = []
        for name, value in trace.answer.items():
            at = self.known.get(trace.answered.get(name, name))
            called = TEXT.symbol(name)
            sign = node("a", called, href=f"#v{at}") if at is not None else called
            small = np.ndim(value) < 2
            text = inline(value, self.view.digits) if small else f"{_size(value)}, above"
            tables = [] if small or at is not None else self._tables(name, np.asarray(value))
            items.append(node("li", sign, " = " if small else ": ", node("b", text.replace("-", "−")), *tables))
        return node("section", node(f"h{level}", "Answer"), node("ul", *items, class_="answer"))

    def _overview(self, trace: Trace) -> Element | None:
        """What was counted, a row a part: words to the left, counts with commas to the right."""
        if not trace.overview:
            return None
        head, *rows = trace.overview
        table = node("table", node("caption", "Overview"), class_="overview")
        put(table, node("thead", node("tr", *(node("th", str(cell), scope="col") for cell in head))))
        written = (
            node("tr", *(node("td", f"{c:,}", class_="n") if isinstance(c, int) else node("td", c) for c in row))
            for row in rows
        )
        put(table, node("tbody", *written))
        return node("div", table, class_="scroll")
