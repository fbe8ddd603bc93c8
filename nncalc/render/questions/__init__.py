"""Sheets of questions: a file a format, each with `document(blocks, out)`."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from nncalc.marking.questions import SheetBlock

# Each format with the ending of a file that chooses it.
QUESTION_FORMATS = {"markdown": ".md", "latex": ".tex", "typst": ".typ", "pdf": ".pdf"}


def render(blocks: Iterable[SheetBlock], out: TextIO, format: str) -> None:
    """Writes sheets as one document, each from a page of its own."""
    import_module(f"nncalc.render.questions.{format}").document(blocks, out)
