"""A worksheet that marks itself: one page of HTML with a problem, a cell for each number asked, and the marks' rules.

The numbers from which its script works, and how each is made (see `marking.worksheet`), are packed, so that no answer
stands in it as text. sheet.js makes the cells, verdicts.js says what they are worth, formula.js how they are made.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np

from nncalc.errors import JOINERS, printable
from nncalc.marking.assignment import Assignment
from nncalc.marking.blank import PLAIN_KEY, is_telling, tells_formula
from nncalc.marking.questions import (
    GIVEN_DIGITS,
    AskedLine,
    GivenArray,
    Heading,
    Listing,
    Paragraph,
    question,
    question_title,
)
from nncalc.marking.worksheet import WorksheetData
from nncalc.render.layout import View
from nncalc.render.page.document import node, put, whole_page, why_panel
from nncalc.render.page.values import Values, equation, math, sign_of
from nncalc.trace.notation.mathml import MATHML
from nncalc.trace.notation.numbers import number
from nncalc.trace.notation.style import TEXT, place, write
from nncalc.trace.notation.tree import Index, Ref

FILES = ("marks.css", "sheet.css", "formula.js", "verdicts.js", "sheet.js")
# A page with more cells to fill in than this is nothing for a person; of a line with more, none has a hint.
MOST_CELLS, MOST_HINTS = 4000, 1000
PRACTICE = (
    "For practice, not for exams: the answers are packed away in this page, not locked. Nothing that you type leaves "
    "it; it stays in this browser until you save it."
)


def worksheet(asked: Assignment, name: str, told: bool = True) -> str:
    """The page of a problem. `name`: what its saved sheet is called; `told`: how a line is worked stands beside it."""
    return _Sheet(asked, name).page(told)


def fits_worksheet(asked: Assignment) -> bool:
    """Whether a person could fill in a page of it."""
    return sum(asked.exact[name].size for name in asked.lines) <= MOST_CELLS


def packed_json(data: dict[str, Any]) -> str:
    """The data as JSON without blanks; infinities as numbers that are too large."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return re.sub(r"(?<=[\[,:])(-?)Infinity(?=[],}])", r"\g<1>1e999", text)


class _Sheet:
    """The parts of one page."""

    def __init__(self, asked: Assignment, name: str):
        self.asked, self.name = asked, name
        self.data = WorksheetData(asked)
        self.skeletons: dict[str, int] = {}

    def page(self, told: bool) -> str:
        """All of it."""
        title = printable(question_title(self.asked), 600, JOINERS)
        main = node("main", node("h1", title), node("p", PRACTICE, class_="practice"))
        put(main, node("noscript", node("p", "The cells need the script of this page.")), *self._exercise(told))
        hint = "Type a number; with Enter it is marked. Here you read how near it is, and find hints."
        panel = why_panel("About the cell", hint)
        data = base64.b64encode(zlib.compress(packed_json(self._page_data()).encode(), 9)).decode()
        body = [main, panel, *self._templates(), node("template", data, id="data")]
        return whole_page(title, body, *FILES, short_names=False)

    def _exercise(self, told: bool) -> Iterator[Element]:
        """What is given and asked; below each line asked the script puts its cells."""
        names, given, headed = iter(self.asked.lines), None, False
        for block in question(self.asked, told):
            if given is not None and not isinstance(block, GivenArray):
                yield given
                given = None
            match block:
                case Heading():
                    headed = True
                    yield node("h2", printable(block.text, 600, JOINERS))
                case Paragraph():
                    yield node("p", printable(block.text, 2000, JOINERS))
                case Listing():
                    rows = [node("li", printable(line, 2000, JOINERS)) for line in block.lines]
                    yield node(
                        "figure", node("figcaption", f"{printable(block.name)}:"), node("ul", *rows, class_="listing")
                    )
                case GivenArray():  # side by side with those before it
                    given = given if given is not None else node("div", class_="given")
                    put(given, self._given(block))
                    continue
                case AskedLine():
                    if not headed:
                        headed = True
                        yield node("h2", "Your numbers")
                    yield self._line(next(names), block)

    def _given(self, block: GivenArray) -> Element:
        made = node("figure", node("figcaption", sign_of(block.name)))
        for table in Values(View(digits=GIVEN_DIGITS)).tables(made, block.name, block.array):
            table.attrib |= {"class": "scroll", "tabindex": "0", "role": "group", "aria-label": table[0][0].text or ""}
            put(made, table)
        return made

    def _line(self, name: str, block: AskedLine) -> Element:
        """A line that is asked: its sign, its formula, its points."""
        value = self.data.names.index(name)
        sign = sign_of(block.name)
        sign.set("aria-hidden", "true")
        head = node("h3", node("span", TEXT.symbol(block.name), class_="unseen"), sign, id=f"h{value}")
        if block.formula is not None:
            put(head, " ", equation(block.formula))
        if block.points:
            put(head, " ", node("small", f"({block.points})"))
        about = {"data_telling": "yes"} if is_telling(self.asked, name) else {}
        where = [part for symbol, made in block.where for part in (", ", equation(made, MATHML.symbol(symbol)))]
        said = node("p", "where ", *where[1:], class_="quiet") if where else None
        return node("section", head, said, class_="asked", data_v=value, aria_labelledby=f"h{value}", **about)

    def _templates(self) -> Iterator[Element]:
        """How cells are made, with their places held, and the signs of all values."""
        for markup, i in self.skeletons.items():
            yield node("template", math(markup), id=f"f{i}")
        for i, name in enumerate(self.data.names):
            yield node("template", sign_of(self._symbol(name)), id=f"n{i}")

    def _symbol(self, name: str) -> str:
        known = self.asked.steps.get(name)
        given = self.asked.trace.given.get(name)
        return known.symbol if known is not None else given.symbol if given is not None else name

    def _page_data(self) -> dict[str, Any]:
        """What the script works from."""
        about = self.data.plain()
        names = self.asked.lines
        about["keys"] = {n: n if PLAIN_KEY.fullmatch(n) else json.dumps(n) for n in names}
        about["called"] = {n: TEXT.symbol(self._symbol(n)) for n in self.data.names}
        about["name"], about["title"] = self.name, printable(question_title(self.asked), 600)
        about["hints"] = [
            part for n in names for i in np.ndindex(self.asked.exact[n].shape) for part in self._hint(n, i)
        ]
        about["digits"] = self.asked.problem.limits.number_digits
        about["id"] = hashlib.sha256(packed_json(about).encode()).hexdigest()[:20]
        return about

    def _hint(self, name: str, index: Index) -> list[int]:
        """The skeleton of a cell's formula, how many places it holds, and what stands in them; -1 without a formula."""
        step = self.asked.steps.get(name)
        if step is None or not tells_formula(step) or step.array.size > MOST_HINTS:
            return [-1]
        places: list[int] = []
        markup = write(step.element(index), MATHML, lambda ref: self._held(ref, places))
        return [self.skeletons.setdefault(markup, len(self.skeletons)), len(places), *places] if places else [-1]

    def _held(self, ref: Ref, places: list[int]) -> str:
        """The place of an element; what is no number of the page is written as it is."""
        name = str(getattr(ref.value, "name", ""))
        if name in self.data.start:
            places.append(self.data.place(name, ref.index or ()))
            return "<ms/>"
        if getattr(ref.value, "name", None) is None:
            return MATHML.signed(number(ref.number, GIVEN_DIGITS))
        return MATHML.symbol(ref.value.symbol, place(ref.index or ()))
