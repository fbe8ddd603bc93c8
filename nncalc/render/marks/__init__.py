"""Marked sheets: a file a format."""

from __future__ import annotations

from importlib import import_module
from typing import TextIO

from nncalc.marking.homework import Homework
from nncalc.render.layout import View


def render(homework: Homework, view: View, out: TextIO, format: str = "table") -> None:
    """Writes what was marked as one document."""
    import_module(f"nncalc.render.marks.{format}").render(homework, view, out)
