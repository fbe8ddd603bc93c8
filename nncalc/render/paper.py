"""What tables are written on: rich without markup, never wrapped or cut in a pipe; and the colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TextIO

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from nncalc.render.layout import View

# Wide enough that nothing is ever wrapped where no terminal sets a width.
NO_WIDTH = 100_000
# A space at which a line is not broken.
JOINED = "\u00a0"
NAME, VALUE, QUIET, HEAD, GOOD, BAD = "cyan", "bold", "dim", "bold magenta", "green", "bold red"
TONES = {"good": GOOD, "carried": "yellow", "bad": BAD}


@dataclass
class Grid:
    """Rows of cells in columns with `gap` spaces between; `columns`: what rich is told of each."""

    gap: int
    columns: Sequence[dict[str, Any]] = ()
    rows: list[Sequence[Text]] = field(default_factory=list)

    def table(self) -> Table:
        """As rich lays it out."""
        table = Table.grid(padding=(0, self.gap))
        for column in self.columns:
            table.add_column(**column)
        for row in self.rows:
            table.add_row(*row)
        return table

    def lines(self) -> list[str]:
        """The same without colour, each row on one line of any length."""
        texts = [[cell.plain for cell in row] for row in self.rows]
        widths = [max(map(cell_len, column)) for column in zip(*texts, strict=True)]
        right = [column.get("justify") == "right" for column in self.columns] or [False] * len(widths)
        return [
            (" " * self.gap).join(
                " " * (width - cell_len(text)) + text if to_right else text + " " * (width - cell_len(text))
                for text, width, to_right in zip(row, widths, right, strict=True)
            )
            for row in texts
        ]


class Paper:
    """The console and the view."""

    def __init__(self, view: View, out: TextIO):
        self.view = view
        self.console = Console(
            file=out, width=view.width or NO_WIDTH, markup=False, emoji=False, highlight=False,
            color_system="standard" if view.color else None, force_terminal=view.color, legacy_windows=False,
        )  # fmt: skip

    def say(self, *parts: RenderableType | Grid, indent: int = 0) -> None:
        """Writes each part on lines of its own, without spaces at their ends.

        What is neither coloured nor wrapped is written without rich, which takes a millisecond a line.
        """
        for part in parts:
            if not self.view.color and self.view.width is None and isinstance(part, (Text, Grid)):
                lines = part.plain.split("\n") if isinstance(part, Text) else part.lines()
                self._write("".join(f"{' ' * indent}{text}\n" for text in lines))
                continue
            shown = part.table() if isinstance(part, Grid) else part
            with self.console.capture() as capture:
                self.console.print(Padding(shown, (0, 0, 0, indent), expand=False) if indent else shown)
            self._write(capture.get())

    def _write(self, text: str) -> None:
        lines = text.replace(JOINED, " ").split("\n")
        self.console.file.write("\n".join(text.rstrip() if not self.view.color else text for text in lines))
