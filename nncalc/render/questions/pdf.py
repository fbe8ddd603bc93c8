"""A sheet of questions as PDF, by Typst: tagged as PDF/UA-1, as workings are."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import TextIO

from nncalc.marking.questions import SheetBlock
from nncalc.render.questions.typst import document as typst_document
from nncalc.render.working.pdf import compiled


def document(blocks: Iterable[SheetBlock], out: TextIO) -> None:
    """Writes the bytes of one document below the text. Raises InputError where the extra is not installed."""
    source = io.StringIO()
    typst_document(blocks, source)
    out.buffer.write(compiled(source.getvalue()))
