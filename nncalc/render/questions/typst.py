"""A sheet of questions for Typst. Every text is a string of Typst's, in which no sign is markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TextIO

from nncalc.errors import JOINERS, printable
from nncalc.marking.questions import AskedLine, GivenArray, Heading, Listing, Paragraph, SheetBlock
from nncalc.render.layout import blocks as matrices
from nncalc.render.layout import matrix
from nncalc.render.questions import GIVEN_DIGITS
from nncalc.trace.notation.style import TEXT, symbols, write
from nncalc.trace.notation.typst import typst_string

_BEFORE = '#set page(margin: 2.5cm, numbering: "1")\n#set par(justify: false)\n'


def render(blocks: Iterable[SheetBlock], out: TextIO) -> None:
    """Writes a document that compiles as it stands."""
    out.write(_BEFORE)
    for block in blocks:
        out.writelines(f"{line}\n" for line in _written(block))


def _written(block: SheetBlock) -> Iterator[str]:
    match block:
        case Heading():
            yield "#pagebreak(weak: true)" if block.level == 1 else ""
            yield f"#heading(level: {block.level}, {_string(block.text)})"
        case Paragraph():
            yield f"#par({_string(block.text)})"
        case Listing():
            yield f"#par({_string(f'{block.name}:')})"
            yield f"#raw(block: true, {_string(*block.lines)})"
        case GivenArray():
            for name, part in matrices(TEXT.symbol(block.name), block.array):
                also = f" ({block.also})" if block.also else ""
                rows = "; ".join(", ".join(map(_number, row)) for row in matrix(part, GIVEN_DIGITS))
                yield f'$ {_string(name + also)} = mat(delim: "[", {rows}) $'
        case AskedLine():
            formula = "" if block.formula is None else f" = {write(block.formula, TEXT, symbols(TEXT))}"
            points = f" #h(1fr) #{_string(block.points)}" if block.points else ""
            yield f"#par[#strong({_string(TEXT.symbol(block.name))})#{_string(formula)}{points}]"
        case _:
            yield f"#v({1.6 * block.lines:g}em)"


def _number(text: str) -> str:
    return _string(text.strip().replace("-", "−"))


def _string(*lines: str) -> str:
    """Any text as a string of Typst's."""
    return typst_string("\n".join(printable(line, 2000, JOINERS) for line in lines)).replace("\n", "\\n")
