"""A sheet of questions as Markdown. Arrays stand as indented code, which nothing in a text can end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TextIO

from nncalc.errors import JOINERS, printable
from nncalc.marking.questions import AskedLine, GivenArray, Heading, Listing, Paragraph, SheetBlock
from nncalc.render.layout import blocks as matrices
from nncalc.render.layout import inline, matrix
from nncalc.render.markup import escaped_markdown
from nncalc.render.questions import GIVEN_DIGITS
from nncalc.trace.notation.style import TEXT, symbols, write


def render(blocks: Iterable[SheetBlock], out: TextIO) -> None:
    """Writes each block as paragraphs."""
    for block in blocks:
        out.writelines(f"{paragraph}\n\n" for paragraph in _written(block))


def _written(block: SheetBlock) -> Iterator[str]:
    match block:
        case Heading():
            yield f"{'#' * block.level} {escaped_markdown(block.text)}"
        case Paragraph():
            yield escaped_markdown(block.text)
        case Listing():
            yield f"{escaped_markdown(block.name)}:"
            yield _code(block.lines)
        case GivenArray():
            for name, part in matrices(TEXT.symbol(block.name), block.array):
                also = f" ({block.also})" if block.also else ""
                row = f" {inline(part, GIVEN_DIGITS)}" if part.ndim < 2 else ""
                yield escaped_markdown(f"{name}{also} ={row}")
                if not row:
                    yield _code(" ".join(row) for row in matrix(part, GIVEN_DIGITS))
        case AskedLine():
            formula = "" if block.formula is None else f" = {write(block.formula, TEXT, symbols(TEXT))}"
            points = f" ({block.points})" if block.points else ""
            yield f"**{escaped_markdown(TEXT.symbol(block.name))}**{escaped_markdown(formula + points)}"
        case _:
            yield from ["&nbsp;"] * block.lines


def _code(lines: Iterable[str]) -> str:
    return "\n".join(f"    {printable(line, 2000, JOINERS)}".rstrip() for line in lines)
