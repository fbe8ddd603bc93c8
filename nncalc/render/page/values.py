"""Values on a page: tables of cells, each of which says what it was made from.

Every value has a number, and its element the id `v` with that number. Of a step `data-f` says which of the page's
frames (the formula of a cell, its sources left open) its cells were made by, and a cell only where it has another.
A frame's `data-v` says from which values, as how far before the cell's own they stand, so that what is worked alike
has one frame; its `data-why` says why one works so. A cell's `data-r` has the places of its sources in them, counted
from 0; without it they are where the cell itself is, modulo the size of the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import lru_cache
from itertools import groupby
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import numpy as np

from nncalc.errors import printable, so_many
from nncalc.render.layout import NOTE, View, blocks, exact_and_drift, matrix, remarks
from nncalc.render.page.document import PRESENT, node, put, why_panel
from nncalc.trace.name import StepName
from nncalc.trace.notation.mathml import MATHML
from nncalc.trace.notation.numbers import aligned, number
from nncalc.trace.notation.style import TEXT, symbols, write
from nncalc.trace.notation.tree import Expr, Index, Ref
from nncalc.trace.steps import Step

# Of a larger value a page has the first so many cells; of a step with more cells none says what it was made from.
MOST_CELLS, MOST_EXPLAINED = 4096, 1000
# Where a source stands in a frame: no formula has a text of this kind.
OPEN = "<ms></ms>"
_ROW_OF_ONE = re.compile(r"<mrow>(<(\w+)>[^<]*</\2>)</mrow>")


@lru_cache(4096)
def _parsed(markup: str) -> Element:
    """The elements, without the rows that hold one alone."""
    markup = _ROW_OF_ONE.sub(r"\1", markup.replace("> <", "><"))
    return fromstring(f"<math>{markup}</math>")


@lru_cache(4096)
def _is_said(symbol: str) -> bool:
    """Whether the script reads a sign as the text style writes it."""
    return _said(_parsed(MATHML.symbol(symbol))) == TEXT.symbol(symbol)


def _said(part: Element) -> str:
    """What the script reads from a sign, as the text style writes most of them: t1.W_xh, ∂L/∂a."""
    texts = [_said(inside) for inside in part]
    match part.tag:
        case "msub":
            return texts[0] + "_" * texts[1][:1].isalpha() + texts[1]
        case "msup":
            return f"{texts[1][1:-1]}.{texts[0]}"
        case "mfrac":
            return "/".join(texts)
        case _:
            return "".join(texts) or part.text or ""


def math(markup: str) -> Element:
    """A formula as an element; what is in it is shared by all that are the same."""
    return copy(_parsed(markup))


def sign_of(symbol: str) -> Element:
    """The sign of a value."""
    return math(MATHML.symbol(symbol))


def formula_of(step: Step, sign: str = "") -> Element:
    """How the whole step is made: = W·x + b, behind a sign where one is given."""
    return equation(step.formula, sign)


def equation(made: Expr, sign: str = "") -> Element:
    """A formula of whole values behind an equals sign."""
    return math(f"{sign}<mo>=</mo>{write(made, MATHML, symbols(MATHML))}")


def cell_panel() -> Element:
    """Where the script says what a cell was made from."""
    hint = "Point at a number, or use the arrow keys, to see what it was made from."
    return why_panel("Where a number comes from", hint, tabindex=-1)


def sides_of(array: Any) -> str:
    """Its sides in words: 3 × 4, or 5 cells."""
    return so_many(np.size(array), "cell") if np.ndim(array) == 1 else " × ".join(map(str, np.shape(array)))


def shown_number(text: str) -> str:
    """A number as a page has it: no letters, and a minus that is one."""
    return text.replace("-", "−").replace("inf", "∞").lstrip()


class Values:
    """The values of a page; their numbers go on from one working to the next, their names do not."""

    def __init__(self, view: View):
        self.view = view
        self.frames: dict[tuple[Any, ...], int] = {}
        self.count = 0
        self.known: dict[str, int] = {}
        self.reasons: dict[str, str] = {}  # of steps, by their names
        self.said: dict[str, None] = {}  # of cells since it was last told

    def told(self) -> Iterator[Element]:
        """Where a derivative is a convention, what digits do not show, and why a step is made so."""
        yield from (node("p", note, class_="quiet") for note in self.said)
        self.said = {}

    def all_frames(self) -> Element:
        """What cells were made by, each once."""
        made = node("template", id="frames")
        first: dict[tuple[str, str], int] = {}
        for (markup, why, *back), i in self.frames.items():
            frame = math(markup)
            if first.setdefault((markup, why), i) != i:
                frame = node("math", data_as=first[markup, why])
            elif why:
                frame.set("data-why", why)
            if back:
                frame.set("data-v", " ".join(map(str, back)))
            made.append(frame)
        return made

    def numbered(self, name: str, symbol: str, array: Any, why: str = "") -> dict[str, str]:
        """What a value's element is called, and what the script asks of it: its shape, its name, its reason."""
        self.known[name] = self.count
        self.count += 1
        about = {"id": f"v{self.known[name]}"}
        if np.ndim(array):
            about["data-s"] = ",".join(map(str, np.shape(array)))
        if not _is_said(symbol):
            about["data-n"] = TEXT.symbol(symbol)
        if why:
            about["data-why"] = printable(why, NOTE)
        return about

    def given(self, given: Mapping[str, Any]) -> Element:
        """What was given: its numbers side by side in one table, arrays each in its own."""
        numbers = {name: value for name, value in given.items() if not np.ndim(value.array)}
        arrays = [self.figure(name, value) for name, value in given.items() if name not in numbers]
        heads, row = node("tr"), node("tr")
        for name, value in numbers.items():
            put(heads, node("th", *_called(name, value)))
            text = shown_number(number(value.array, self.view.digits))
            row.append(Element("td", self.numbered(name, value.symbol, value.array)))
            row[-1].text = text
        table = node("table", node("caption", "Given numbers"), node("thead", heads), node("tbody", row))
        return node("div", *([node("div", table)] if numbers else []), *arrays, class_="given")

    def figure(self, name: str, value: Any) -> Element:
        """A value that no step made, with its label."""
        label = node("figcaption", *_called(name, value), " ", node("small", sides_of(value.array)))
        holder = node("figure", label)
        holder.attrib |= self.numbered(name, value.symbol, value.array)
        put(holder, *self.tables(holder, value.symbol, np.asarray(value.array)))
        return holder

    def step(self, step: Step, opened: bool) -> Element:
        """A step that folds: its formula, its value as tables, what is to be said of it."""
        heading = node(
            "summary", formula_of(step, MATHML.symbol(step.symbol)), " ", node("small", sides_of(step.array))
        )
        holder = node("details", heading, **({"open": PRESENT} if opened else {}))
        holder.attrib |= self.numbered(step.name, step.symbol, step.array, step.why)
        put(holder, *self.tables(holder, step.symbol, step.array, step), *self.told())
        return holder

    def numbers(self, steps: Sequence[Step]) -> Element:
        """Steps of one number each, a row each: name, formula, value."""
        rows = []
        texts = aligned([number(step.array, self.view.digits) for step in steps])
        for step, text in zip(steps, texts, strict=True):
            row = node("tr", node("th", sign_of(step.symbol), scope="row"))
            row.attrib |= self.numbered(step.name, step.symbol, step.array, step.why)
            put(row, self.cell(row, step, (), text), node("td", formula_of(step), class_="f"))
            rows.append(row)
        heads = node("tr", *(node("th", text, scope="col") for text in ("step", "value", "how it is made")))
        table = node("table", node("thead", heads), node("tbody", *rows), class_="numbers")
        return node("div", table, *self.told())

    def steps(self, steps: Iterable[Step], opened: bool) -> Iterator[Element]:
        """Steps one below the other; numbers that follow each other are one table."""
        for single, group in groupby(steps, key=lambda step: step.array.ndim == 0):
            if single:
                yield self.numbers([*group])
            else:
                yield from (self.step(step, opened) for step in group)

    def tables(self, holder: Element, symbol: str, array: Any, step: Step | None = None) -> Iterator[Element]:
        """A value as tables with a caption and heads: one, or one a matrix of a larger one."""
        shown = {*step.indices()} if step is not None and self._explained(step) else set()
        named = blocks(TEXT.symbol(symbol), array)
        for lead, (name, block) in zip(np.ndindex(np.shape(array)[:-2]), named, strict=True):
            rows = np.atleast_2d(block)
            most = max(1, MOST_CELLS // max(rows.shape[1], 1))
            flat = np.ndim(block) < 2
            table = node("table", node("caption", name, **({"class_": "seen"} if lead else {})))
            if np.ndim(block):
                scope = {} if flat else {"scope": "col"}  # where there are row heads, too
                heads = (node("th", str(j + 1), **scope) for j in range(rows.shape[1]))
                put(table, node("thead", node("tr", *([] if flat else [node("td")]), *heads)))
            body = node("tbody")
            for i, line in enumerate(matrix(rows[:most], self.view.digits)):
                row = node("tr", *([] if flat else [node("th", str(i + 1), scope="row")]))
                for j, text in enumerate(line):
                    index = lead + ((), (j,), (i, j))[np.ndim(block)]
                    row.append(self.cell(holder, step if index in shown else None, index, text))
                    if shown and index not in shown:
                        row[-1].set("data-f", "")
                put(body, row)
            put(table, body)
            yield node("div", table)
            if len(rows) > most:
                yield node(
                    "p", f"… {so_many(len(rows) - most, 'more row')} of {name}: --format json has all", class_="quiet"
                )

    def _explained(self, step: Step) -> bool:
        return step.array.size <= MOST_EXPLAINED or self.view.detail == "full"

    def cell(self, holder: Element, step: Step | None, index: Index, text: str) -> Element:
        """A cell of a value's element: its number, and where it is a step's, what it was made by and from."""
        cell = Element("td")
        cell.text = shown_number(text)
        frame = ""
        if step is not None:
            own = self.known[step.name]
            made = step.element(index)
            self.said |= dict.fromkeys(remarks(step, index, self.view, made))
            markup, refs = self.frame_of(made)
            back = [own - self.known[ref.value.name] for ref in refs]
            places = [_flat(ref.index or (), np.shape(ref.value.array)) for ref in refs]
            at = _flat(index, step.array.shape)
            if any(place != at % max(np.size(ref.value.array), 1) for place, ref in zip(places, refs, strict=True)):
                cell.set("data-r", " ".join(map(str, places)))
            frame = str(self.frames.setdefault((markup, self.reasons.get(step.name, ""), *back), len(self.frames)))
            holder.attrib.setdefault("data-f", frame)
            if step.exact is not None:
                cell.set("data-e", "exact {}, drift {}".format(*exact_and_drift(step, index, self.view)))
        if holder.get("data-f", frame) != frame:
            cell.set("data-f", frame)
        return cell

    def frame_of(self, made: Expr) -> tuple[str, list[Any]]:
        """How a cell was made, with its sources left open, and these in the order in which it has them."""
        refs: list[Ref] = []

        def held(ref: Ref) -> str:
            if getattr(ref.value, "name", None) not in self.known:
                return MATHML.signed(number(ref.number, self.view.digits))
            refs.append(ref)
            return f"<ms>{len(refs) - 1}</ms>"

        markup = write(made, MATHML, held, self.view.digits)
        order = map(int, re.findall(r"<ms>(\d+)</ms>", markup))
        return re.sub(r"<ms>\d+</ms>", OPEN, markup), [refs[i] for i in order]


def _called(name: str, value: Any) -> tuple[Element | str, ...]:
    """The sign of what was given, and the name of its field where that is another."""
    local = StepName.parse(name).local
    same = local == StepName.parse(value.symbol).local
    return (sign_of(value.symbol), *(() if same else (f" ({local})",)))


def _flat(index: Index, shape: tuple[int, ...]) -> int:
    flat = 0
    for i, n in zip(index, shape, strict=False):
        flat = flat * n + i
    return flat
