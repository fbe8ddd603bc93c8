"""PDF, by Typst: tagged as PDF/UA-1, so that whoever cannot see a formula is told its text."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TextIO

from nncalc.errors import Finding, InputError
from nncalc.render.layout import View
from nncalc.render.working.typst import document as typst_document
from nncalc.trace.steps import Trace

# Letters that the fonts of the package lack are looked for among the system's; where these lack them, too, a pdf is
# not by the standard, but it is one.
_TRIES: tuple[dict[str, Any], ...] = (
    {"pdf_standards": ["ua-1"], "ignore_system_fonts": True},
    {"pdf_standards": ["ua-1"]},
    {},
)


def document(traces: Sequence[Trace], view: View, out: TextIO) -> None:
    """Writes the bytes of one document below the text. Raises InputError where the extra is not installed."""
    below, source = out.buffer, io.StringIO()
    typst_document(traces, replace(view, fragment=False), source)
    below.write(compiled(source.getvalue()))


def compiler() -> Any:
    """Typst. Raises InputError where the extra is not installed."""
    try:
        import typst
    except ImportError:
        raise InputError(Finding("pdf needs Typst; pip install 'nncalc[pdf]'")) from None
    return typst


def compiled(document: str) -> bytes:
    """What Typst makes of a document. Raises InputError where the extra is not installed."""
    typst, source = compiler(), document.encode()
    with tempfile.TemporaryDirectory() as root:  # nothing lies there that a document could read
        for more in _TRIES[:-1]:
            try:
                return typst.compile(source, root=root, format="pdf", **more)
            except typst.TypstError as error:
                if "could not be displayed" not in str(error):
                    raise
        return typst.compile(source, root=root, format="pdf", **_TRIES[-1])
