"""Marked sheets: a file a format."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, TextIO

from nncalc.render import lettered

if TYPE_CHECKING:  # the tables are read where no working is loaded
    from nncalc.marking.homework import Homework
    from nncalc.render.layout import View

# Each format with the ending of a file that chooses it (empty: none does); the first is the default.
MARKS_FORMATS = {
    "table": ".txt", "plain": "", "csv": ".csv", "json": ".json", "gradescope": "", "junit": ".xml", "markdown": ".md",
    "html": ".html",
}  # fmt: skip
MARKS_ENDINGS = {ending: format for format, ending in MARKS_FORMATS.items() if ending}


def render(homework: Homework, view: View, out: TextIO, format: str = "table") -> None:
    """Writes what was marked as one document."""
    with lettered(out, view.ascii) as page:
        import_module(f"nncalc.render.marks.{format}").render(homework, view, page)
