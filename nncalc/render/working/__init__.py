"""Workings: a file a format, with `render(trace, view, out)`, or `document(traces, view, out)` where one is more."""

from __future__ import annotations

import io
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, TextIO

from nncalc.render import format_by_ending, lettered

if TYPE_CHECKING:  # the tables are read where no working is loaded
    from nncalc.render.layout import View
    from nncalc.trace.steps import Trace

# Each format with the ending of a file that chooses it (empty: none does); the first is the default.
WORKING_FORMATS = {
    "table": ".txt", "plain": "", "json": ".json", "jsonl": ".jsonl", "csv": ".csv", "html": ".html",
    "markdown": ".md", "latex": ".tex", "typst": ".typ", "pdf": ".pdf",
}  # fmt: skip
# Those that say beside each line what it is worth, where the problem has points.
DOCUMENTS = ("markdown", "latex", "typst", "pdf")
# Formats that are no text; their `document` writes to the stream below, `out.buffer`.
BYTES = ("pdf",)
WORKING_ENDINGS = {ending: format for format, ending in WORKING_FORMATS.items() if ending}


def format_for(path: str, where: str = "path", hint: str = "") -> str:
    """The format of a working that a file's ending chooses. Raises InputError for one that none has."""
    return format_by_ending(path, WORKING_ENDINGS, next(iter(WORKING_FORMATS)), where, hint)


def render(traces: Sequence[Trace], view: View, out: TextIO, format: str = "table") -> None:
    """Writes finished workings as one document: pages below each other, or what a format's `document` makes of all."""
    page = import_module(f"nncalc.render.working.{format}")
    # A page of HTML names its script and style by their hashes: not a sign of them may be another. In Typst a sign is
    # itself, and a word is a variable.
    with lettered(out, view.ascii and format not in ("html", "typst", *BYTES)) as stream:
        if hasattr(page, "document"):
            page.document(traces, view, stream)
            return
        for i, trace in enumerate(traces):
            stream.write("\n" if i else "")
            page.render(trace, view, stream)


def rendered(traces: Sequence[Trace], view: View, format: str = "table") -> str | bytes:
    """The same document, held; bytes where the format is no text."""
    if format in BYTES:
        held = io.BytesIO()
        out = io.TextIOWrapper(held)
        render(traces, view, out, format)
        return held.getvalue()
    page = io.StringIO()
    render(traces, view, page, format)
    return page.getvalue()
