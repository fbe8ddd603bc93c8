"""Marked sheets in every format, in one table: each is a module with `render(homework, view, out)`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:  # the tables are read where no working is loaded
    from nncalc.marking.homework import Homework
    from nncalc.render.layout import View

MARKS_FORMATS = ("table", "csv", "json", "gradescope", "junit", "markdown", "html")
MARKS_ENDINGS = {".txt": "table", ".csv": "csv", ".json": "json", ".xml": "junit", ".md": "markdown", ".html": "html"}


def render(homework: Homework, view: View, out: TextIO, format: str = "table") -> None:
    """Writes what was marked as one document."""
    import_module(f"nncalc.render.marks.{format}").render(homework, view, out)
