"""The formats, in one table: each is a module with `render(trace, view, out)`."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:  # the tables are read where no working is loaded
    from nncalc.render.layout import View
    from nncalc.trace.steps import Trace

WORKING_FORMATS = {"table": "table", "plain": "plain", "json": "json"}
WORKING_ENDINGS = {".txt": "table", ".json": "json"}


def render(traces: Sequence[Trace], view: View, out: TextIO, format: str = "table") -> None:
    """Writes finished workings as one document: pages below each other, in JSON a list if they are several."""
    page = import_module(f"nncalc.render.working.{WORKING_FORMATS[format]}").render
    before, between, after = ("[", ",\n", "]\n") if format == "json" and len(traces) > 1 else ("", "\n", "")
    out.write(before)
    for i, trace in enumerate(traces):
        out.write(between if i else "")
        page(trace, view, out)
    out.write(after)
