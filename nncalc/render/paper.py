"""What pages are written on: texts with a style, and rows of them in columns.

Where no terminal sets a width, lines are as long as they are, and are written here; for a terminal they are laid out
by rich (`screen`), which is loaded then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TextIO
from unicodedata import category, east_asian_width

from nncalc.render.layout import View

NAME, VALUE, QUIET, HEAD, GOOD, BAD = "cyan", "bold", "dim", "bold magenta", "green", "bold red"
TONES = {"good": GOOD, "carried": "yellow", "bad": BAD}
# The words of a style as a terminal is told them.
CODES = {"bold": 1, "dim": 2, "red": 31, "green": 32, "yellow": 33, "magenta": 35, "cyan": 36, "default": 39}
# A column that a terminal's end may break anywhere.
FOLDED = {"overflow": "fold"}
# Cells are filled up to the widest of their column, but one wider than this, and so many times as wide as the others
# are on average, stands out alone: a thousand rows beside one formula of a thousand terms would be a million blanks.
WIDEST, TIMES_THE_OTHERS = 200, 4


class Text:
    """A text in a style, and what is appended, each piece in a style over that one.

    whole: a line that is broken already, and stays as it is where a terminal is too narrow.
    """

    __slots__ = ("pieces", "style", "whole")

    def __init__(self, text: str = "", style: str = "", whole: bool = False):
        self.style, self.whole = style, whole
        self.pieces = [(text, "")]

    def append(self, text: str, style: str = "") -> Text:
        """The same text with more of it."""
        self.pieces.append((text, style))
        return self

    @property
    def plain(self) -> str:
        """What is read."""
        return "".join([text for text, _ in self.pieces])

    def written(self, color: bool) -> str:
        """What is written: the text, with color between the signs that set a terminal's colours."""
        if not color:
            return self.plain
        return "".join(_coloured(text, f"{self.style} {style}".split()) for text, style in self.pieces)


def _coloured(text: str, words: Sequence[str]) -> str:
    codes = ";".join(str(CODES[word]) for word in words)
    return "\n".join(f"\x1b[{codes}m{line}\x1b[0m" if codes and line else line for line in text.split("\n"))


@dataclass
class Grid:
    """Rows of cells in columns with `gap` spaces between; `columns`: what rich is told of each, if a terminal's end may
    break them.
    """

    gap: int
    columns: Sequence[Mapping[str, Any]] = ()
    rows: list[Sequence[Text]] = field(default_factory=list)

    def lines(self, color: bool) -> Iterable[str]:
        """Each row on one line of any length."""
        widths = [[width_of(cell.plain) for cell in column] for column in zip(*self.rows, strict=True)]
        filled = [*map(_filled, widths)]
        right = [column.get("justify") == "right" for column in self.columns] or [False] * len(widths)
        for row, own in zip(self.rows, zip(*widths, strict=True), strict=True):
            cells = []
            for cell, width, full, to_right in zip(row, own, filled, right, strict=True):
                text, blanks = cell.written(color), " " * (full - width)
                cells.append(blanks + text if to_right else text + blanks)
            yield (" " * self.gap).join(cells)


def _filled(widths: Sequence[int]) -> int:
    """How wide a column is, from the widths of its cells."""
    most = max(WIDEST, TIMES_THE_OTHERS * sum(widths) // len(widths))
    return max((width for width in widths if width <= most), default=0)


@lru_cache(1 << 12)
def _width(sign: str) -> int:
    """A mark over or below a letter takes no column, a letter of East Asia two."""
    return 0 if category(sign) in ("Mn", "Mc", "Me", "Cf") else 1 + (east_asian_width(sign) in "WF")


def width_of(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return len(text) if text.isascii() else sum(map(_width, text))


class Paper:
    """The view and where it is written."""

    def __init__(self, view: View, out: TextIO):
        self.view = view
        self.out = out
        self.lines = 0  # how many there are
        self.screen = None
        if view.width is not None:
            from nncalc.render.screen import Screen

            self.screen = Screen(view.width, view.color)

    def say(self, *parts: Text | Grid, indent: int = 0) -> None:
        """Writes each part on lines of its own, `indent` spaces from the left, without spaces at their ends."""
        for part in parts:
            for line in self._lines(part, indent):
                self.out.write(f"{line}\n")
                self.lines += 1

    def _lines(self, part: Text | Grid, indent: int) -> Iterable[str]:
        as_it_is = not part.columns if isinstance(part, Grid) else part.whole
        if self.screen is not None and not as_it_is:
            return self.screen.lines(part, indent)
        color = self.view.color
        lines = part.lines(color) if isinstance(part, Grid) else part.written(color).split("\n")
        return (f"{' ' * indent}{line}".rstrip() for line in lines)
