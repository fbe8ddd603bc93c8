"""What a terminal shows, with rich and without its markup: broken where the terminal ends."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as RichText

from nncalc.render.paper import Grid, Text

NO_MARKUP: dict[str, Any] = {"markup": False, "emoji": False, "highlight": False}


class Screen:
    """The console of a terminal of so many columns."""

    def __init__(self, width: int, color: bool):
        self.color = color
        self.console = Console(
            file=io.StringIO(), width=width, color_system="standard" if color else None, force_terminal=color,
            legacy_windows=False, **NO_MARKUP,
        )  # fmt: skip

    def lines(self, part: Text | Grid, indent: int) -> list[str]:
        """The lines of a text or of rows; without colour no spaces at their ends."""
        shown = _table(part) if isinstance(part, Grid) else _text(part)
        with self.console.capture() as capture:
            self.console.print(Padding(shown, (0, 0, 0, indent), expand=False) if indent else shown)
        lines = capture.get().split("\n")[:-1]
        return lines if self.color else [line.rstrip() for line in lines]


def _text(text: Text) -> RichText:
    (first, _), *more = text.pieces
    shown = RichText(first, style=text.style)
    for piece, style in more:
        shown.append(piece, style=style or None)
    return shown


def _table(grid: Grid) -> Table:
    table = Table.grid(padding=(0, grid.gap))
    for column in grid.columns:
        table.add_column(**column)
    for row in grid.rows:
        table.add_row(*map(_text, row))
    return table
