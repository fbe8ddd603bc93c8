"""A sheet of questions as Markdown. What is typed stands as indented code, which nothing in a text can end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from nncalc.marking.questions import SheetBlock
from nncalc.render.questions.sheet import QuestionSheet, SheetMarkup
from nncalc.render.working.markdown import MARKDOWN


def document(blocks: Iterable[SheetBlock], out: TextIO) -> None:
    """Writes each block as paragraphs."""
    out.write("\n\n".join(QuestionSheet(MARKDOWN_SHEET).sheets(blocks)) + "\n")


def _name_line(points: str) -> str:
    line = r"\_" * 20
    return f"Name: {line} Date: {line}" + (f" Points: {line[:12]} of {points}" if points else "")


MARKDOWN_SHEET = SheetMarkup(
    markup=MARKDOWN,
    begins=lambda heading: heading,
    name_line=_name_line,
    listing=lambda lines: "\n".join(f"    {line}".rstrip() for line in lines),
    kept=lambda part: part,
    room=lambda part, lines: "\n\n".join([part, *["&nbsp;"] * lines]),
)
