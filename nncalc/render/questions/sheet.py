"""A sheet of questions as a document: what stands where on it, for any markup that sets mathematics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, groupby
from textwrap import wrap

from nncalc.errors import JOINERS, printable
from nncalc.marking.questions import (
    GIVEN_DIGITS,
    AskedLine,
    GivenArray,
    Heading,
    Listing,
    NameLine,
    Paragraph,
    SheetBlock,
)
from nncalc.render.documents.markup import Markup, ShownFormula
from nncalc.render.documents.paragraphs import Document
from nncalc.render.layout import NOTE, View
from nncalc.trace.notation.style import TEXT

# What stands before the lines that are asked.
INTRODUCING = (Paragraph, Listing, GivenArray)
# What is typed goes on below after so many signs.
TYPED_COLUMNS = 88


@dataclass(frozen=True)
class SheetMarkup:
    """What a language says of a sheet beside its markup.

    `begins`: the heading of a sheet, on a page of its own. `name_line`: is given the points, in digits, or nothing.
    `listing`: lines as they are typed. `kept`: a part on the same page as the next one begins on. `room`: a part with
    so many lines to write on below it, together on one page.
    """

    markup: Markup
    begins: Callable[[str], str]
    name_line: Callable[[str], str]
    listing: Callable[[Sequence[str]], str]
    kept: Callable[[str], str]
    room: Callable[[str, int], str]


class QuestionSheet(Document):
    """Sheets in a language, part by part, in sizes that are read on paper."""

    smaller = 1.17

    def __init__(self, language: SheetMarkup):
        super().__init__(language.markup, View(digits=GIVEN_DIGITS))
        self.language = language

    def sheets(self, blocks: Iterable[SheetBlock]) -> Iterator[str]:
        """The parts, to be written below each other; arrays that are given stand beside each other."""
        for kind, group in groupby(blocks, key=type):
            if kind is GivenArray:
                given = [block for block in group if isinstance(block, GivenArray)]
                parts = self._flow([part for block in given for part in self._values(block.name, block.array)])
            else:
                parts = chain.from_iterable(map(self._block, group))
            yield from map(self.language.kept, parts) if kind in INTRODUCING else parts

    def _block(self, block: SheetBlock) -> Iterator[str]:
        match block:
            case Heading(text, level):
                heading = "".join(self._heading(text, level))
                yield self.language.begins(heading) if level == 1 else heading
            case NameLine(points):
                yield self.language.name_line("" if points is None else _digits(points))
            case Paragraph(text):
                yield self.markup.text(printable(text, NOTE, JOINERS))
            case Listing(name, lines):
                yield self.markup.text(printable(f"{name}:", NOTE, JOINERS))
                yield self.language.listing([part for line in lines for part in _typed(line)])
            case AskedLine():
                first, *more = self._asked(block)
                noted = self.markup.noted([block.points], first) if block.points else first
                yield self.language.room("\n\n".join([noted, *more]), block.room)

    def _asked(self, line: AskedLine) -> Iterator[str]:
        if line.formula is None:
            yield from self._flow([ShownFormula(self.markup.style.symbol(line.name), TEXT.symbol(line.name))])
            return
        yield from self._whole(line.name, line.formula)
        if line.where:
            yield self.markup.said("where")
            for fits, group in groupby(line.where, key=lambda pair: self._fits(self._equation(*pair))):
                pairs = [*group]
                yield from self._flow([self._equation(*pair) for pair in pairs if fits])
                yield from chain.from_iterable(self._whole(*pair) for pair in pairs if not fits)


def _digits(points: Fraction) -> str:
    return f"{float(points):g}"


def _typed(line: str) -> list[str]:
    """A line as it is typed, on several where it is long."""
    whole = printable(line, NOTE, JOINERS)
    return wrap(whole, TYPED_COLUMNS, subsequent_indent="    ", break_on_hyphens=False) or [""]
