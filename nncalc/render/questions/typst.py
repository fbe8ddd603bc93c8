"""A sheet of questions for Typst, which is what the pdf is made from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TextIO

from nncalc.marking.questions import Heading, SheetBlock
from nncalc.render.questions.sheet import QuestionSheet, SheetMarkup
from nncalc.render.working.typst import TYPST_HEAD, TYPST_MARKUP
from nncalc.trace.notation.typst import typst_string

_LINE = "#box(width: {width}, stroke: (bottom: 0.5pt), outset: (bottom: 2pt))"


def document(blocks: Iterable[SheetBlock], out: TextIO) -> None:
    """Writes a document that compiles as it stands."""
    whole = [*blocks]
    title = next((block.text for block in whole if isinstance(block, Heading)), "")
    out.write(TYPST_HEAD.format(title=typst_string(title)))
    out.writelines(f"\n{part}\n" for part in QuestionSheet(TYPST_SHEET).sheets(whole))


def _name_line(points: str) -> str:
    of = f"#h(1.5em) Points: {_LINE.format(width='4em')} of {points}" if points else ""
    return f"Name: {_LINE.format(width='1fr')} #h(1.5em) Date: {_LINE.format(width='8em')} {of}\n#v(1em)"


def _listing(lines: Sequence[str]) -> str:
    typed = r' + "\n" + '.join(map(typst_string, lines))
    return f"#raw(block: true, {typed})"


TYPST_SHEET = SheetMarkup(
    markup=TYPST_MARKUP,
    begins=lambda heading: f"#pagebreak(weak: true)\n#counter(page).update(1)\n{heading}",
    name_line=_name_line,
    listing=_listing,
    kept=lambda part: f"#block(sticky: true, width: 100%)[{part}]",
    room=lambda part, lines: f"#block(breakable: false, width: 100%)[\n{part}\n#v({1.6 * lines:g}em)\n]",
)
