"""The formats, in one table: each is a module with `render(trace, view, out)`."""

from __future__ import annotations

from importlib import import_module
from typing import TextIO

from nncalc.render.layout import View
from nncalc.trace.steps import Trace

FORMATS = {"table": "table", "plain": "plain", "json": "json"}
ENDINGS = {".txt": "table", ".json": "json"}


def render(trace: Trace, view: View, out: TextIO, format: str = "table") -> None:
    """Writes a finished working in one of the formats."""
    import_module(f"nncalc.render.{FORMATS[format]}").render(trace, view, out)


__all__ = ["ENDINGS", "FORMATS", "View", "render"]
