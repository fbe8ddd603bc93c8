"""Markdown with mathematics between dollars, as GitHub, Obsidian, Quarto and pandoc read it.

GitHub takes a backslash before punctuation away and knows no \\operatorname: neither is in a formula, and a row of one
ends where its line does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from nncalc.render.documents.latex import LATEX_COMMON
from nncalc.render.documents.markup import AlignedLines, Markup, ShownFormula, escaped_markdown
from nncalc.render.documents.paragraphs import document_title, workings
from nncalc.render.layout import View
from nncalc.trace.steps import Trace


def document(traces: Sequence[Trace], view: View, out: TextIO) -> None:
    """Writes the workings, one below the other, below a title where there is one; that is a document already."""
    title = [MARKDOWN.heading(MARKDOWN.text(document_title(traces, view)), 1)] if view.title else []
    parts = [*title, *workings(traces, MARKDOWN, view, 1 + len(title))]
    out.write("\n\n".join(parts) + "\n")


def _math(source: str) -> str:
    return f"$$\n{source.replace(chr(92) + 'operatorname', chr(92) + 'mathrm').replace(chr(92) + '_', ',')}\n$$"


def _display(lines: AlignedLines, text: str, width: int) -> str:
    rows = " \\\\\n".join(f"{left} & {right}" for left, right in lines)
    return _math(f"\\begin{{aligned}}\n{rows}\n\\end{{aligned}}")


def _flow(shown: Sequence[ShownFormula]) -> str:
    return _math(" \\qquad ".join(formula.source for formula in shown))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[bool]) -> str:
    rule = ["---:" if number else "---" for number in numbers]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))


MARKDOWN = Markup(
    **LATEX_COMMON,
    text=escaped_markdown,
    heading=lambda words, level: f"{'#' * level} {words}",
    said=lambda words: f"*{words}*" if words else "",
    display=_display,
    flow=_flow,
    table=_table,
    noted=lambda words, part: f"**{', '.join(words)}:**\n\n{part}",
    line=90,
)
