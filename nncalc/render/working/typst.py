"""Typst: compiles as it stands, and is what the pdf is made from. Every formula has its text as its alternative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import TextIO
from xml.etree.ElementTree import Element, tostring

from nncalc.errors import JOINERS, printable
from nncalc.render.documents.markup import LONGEST_TEXT, AlignedLines, Markup, ShownFormula, with_breaks
from nncalc.render.documents.paragraphs import document_title, has_title_page, workings
from nncalc.render.layout import View
from nncalc.trace.notation.typst import CLOSE, COMMA, OPEN, TYPST, typst_string
from nncalc.trace.steps import Trace

TYPST_HEAD = """#set document(title: {title}, date: none)
#set page(paper: "a4", margin: (left: 2.6cm, right: 1.8cm, y: 2.4cm), numbering: "1")
#set text(lang: "en", size: 10pt, hyphenate: false)
#set par(spacing: 0.9em)
#set table(stroke: (x, y) => if y == 0 {{ (bottom: 0.5pt) }}, inset: (x: 0.7em, y: 0.3em))
#show heading: set block(above: 1.4em, below: 0.8em)
#show math.equation: set block(breakable: true, spacing: 1.1em)
#show math.equation: set par(leading: 0.55em)
#show math.equation.where(block: true): set align(left)
"""
_TITLE = """#v(4em)
#align(center, text(size: 20pt, weight: "bold", {title}))
#v(2em)
"""
_LIST = """#outline(title: [Contents], depth: 1)
#pagebreak()
"""
# What is wider than its column is set smaller; what may be, from this share of a line on, is measured.
_MAY_BE_WIDE = 0.7
# A picture's points a pixel: its words are a little smaller than the text, and two charts stand beside each other.
PICTURE_SCALE = 0.64
# A wider one stands alone: what is left of a line would be narrow.
_WIDE_PICTURE = 300
_BETWEEN = " #h(1.5em, weak: true)\n#"
_FITTED = """#layout(room => {{
  let formula = {formula}
  let wide = measure(formula).width
  set text(size: calc.min(1, 0.99 * room.width / wide) * 1em)
  formula
}})"""


def document(traces: Sequence[Trace], view: View, out: TextIO) -> None:
    """Writes one document, or the workings alone; of several with a page of contents in front."""
    parts = workings(traces, TYPST_MARKUP, view)
    title = typst_string(document_title(traces, view))
    head = [TYPST_HEAD.format(title=title)]
    head += [_TITLE.format(title=title)] if has_title_page(traces, view) else []
    head += [_LIST] if len(traces) > 1 else []
    out.write("".join([] if view.fragment else head) + "\n" + "\n\n".join(parts) + "\n")


def _text(foreign: str) -> str:
    return f"#{typst_string(with_breaks(printable(foreign, LONGEST_TEXT, JOINERS)))}"


def _equation(source: str, text: str, block: bool) -> str:
    return f"math.equation(block: {str(block).lower()}, alt: {typst_string(text)}, ${source}$)"


def _display(lines: AlignedLines, text: str, width: int) -> str:
    source = " \\\n  ".join(f"{left} & {right}" for left, right in lines)
    equation = f"block(inset: (left: 1em), below: 1.5em, {_equation(f' {source} ', text, True)})"
    return _FITTED.format(formula=equation) if width > _MAY_BE_WIDE * TYPST_MARKUP.line else f"#{equation}"


def _flow(shown: Sequence[ShownFormula]) -> str:
    """Beside each other; what may be wide stands alone, for a paragraph measures nothing."""
    parts = []
    for wide, group in groupby(shown, key=lambda formula: formula.width > _MAY_BE_WIDE * TYPST_MARKUP.line):
        boxed = [f"box({_equation(f'display({formula.source})', formula.text, False)})" for formula in group]
        if wide:
            parts += [_FITTED.format(formula=formula) for formula in boxed]
        else:
            parts.append(f"#par(leading: 1em)[#{_BETWEEN.join(boxed)}]")
    tall = any("mat(" in formula.source for formula in shown)
    return ("#v(1.4em, weak: true)\n" if tall else "") + "\n\n".join(parts) + ("\n#v(0.4em)" if tall else "")


def _noted(words: Sequence[str], part: str) -> str:
    note = f'text(size: 8pt, weight: "bold", {" + linebreak() + ".join(map(typst_string, words))})'
    beside = f"#place(top + left, dx: -1.8cm, box(width: 1.65cm, align(right, {note})))"
    return f"#block(breakable: false, sticky: true, width: 100%)[\n{beside}\n{part}\n]"


def _vector(numbers: Sequence[str]) -> str:
    return rf"\[ {COMMA.join(numbers)} \]"


def _matrix(rows: Sequence[Sequence[str]]) -> str:
    return f'mat(delim: "[", align: #right, column-gap: #0.8em, {"; ".join(", ".join(row) for row in rows)})'


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[bool]) -> str:
    sides = ", ".join("right" if number else "left" for number in numbers)
    cells = [f"  table.header({', '.join(f'[{cell}]' for cell in head)}),"]
    cells += [f"  {', '.join(f'[{cell}]' for cell in row)}," for row in rows]
    return "\n".join([f"#table(columns: {len(head)}, align: ({sides},),", *cells, ")"])


def _pictures(drawn: Sequence[Element]) -> str:
    """Drawings beside each other; one that is wide stands alone, no wider than the column."""
    parts = []
    for wide, group in groupby(drawn, key=lambda svg: _width(svg) > _WIDE_PICTURE):
        if wide:
            parts += [f"#layout(room => {_image(svg, f'calc.min(room.width, {_width(svg):g}pt)')})" for svg in group]
        else:
            boxed = (f"box({_image(svg, f'{_width(svg):g}pt')})" for svg in group)
            parts.append(f"#par(leading: 1em)[#{_BETWEEN.join(boxed)}]")
    return "\n\n".join(parts)


def _width(drawn: Element) -> float:
    return PICTURE_SCALE * float(drawn.get("width", ""))


def _image(drawn: Element, width: str) -> str:
    said = typst_string(drawn.findtext("desc", ""))
    drawing = typst_string(tostring(drawn, encoding="unicode"))
    return f'image(bytes({drawing}), format: "svg", alt: {said}, width: {width})'


def _flat_power(base: str, exponent: str) -> str:
    return f"{base}^({exponent})" if base.endswith(CLOSE) else TYPST.power(base, exponent)


TYPST_MARKUP = Markup(
    style=TYPST,
    flat=replace(TYPST, divide=lambda a, b: rf"{a} \/ {b}", power=_flat_power, encloses=frozenset({("power", 1)})),
    loosened=lambda source: source.replace(OPEN, r"\( ").replace(CLOSE, r" \)"),
    nests=r'((?<!\\)\()|((?<!\\)\))|"(?:[^"\\]|\\.)*"',
    approximately="approx",
    indent="quad",
    tail=lambda exact, drift: rf" quad \({exact}\, {drift}\)",
    text=_text,
    heading=lambda words, level: f"{'=' * level} {words}",
    said=lambda words: f"#text(fill: luma(30%))[{words}]",
    display=_display,
    flow=_flow,
    vector=_vector,
    matrix=_matrix,
    table=_table,
    noted=_noted,
    line=100,
    pictures=_pictures,
)
