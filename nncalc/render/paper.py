"""What tables are written on: rich without markup, never wrapped or cut in a pipe; and the colours."""

from __future__ import annotations

from typing import TextIO

from rich.console import Console, RenderableType

from nncalc.render.layout import View

# Wide enough that nothing is ever wrapped where no terminal sets a width.
NO_WIDTH = 100_000
# A space at which a line is not broken.
JOINED = "\u00a0"
NAME, VALUE, QUIET, HEAD, GOOD, BAD = "cyan", "bold", "dim", "bold magenta", "green", "bold red"
TONES = {"good": GOOD, "carried": "yellow", "bad": BAD}


class Paper:
    """The console and the view."""

    def __init__(self, view: View, out: TextIO):
        self.view = view
        self.console = Console(
            file=out, width=view.width or NO_WIDTH, markup=False, emoji=False, highlight=False,
            color_system="standard" if view.color else None, force_terminal=view.color, legacy_windows=False,
        )  # fmt: skip

    def say(self, *parts: RenderableType) -> None:
        """Writes each part on lines of its own, without spaces at their ends."""
        for part in parts:
            with self.console.capture() as capture:
                self.console.print(part)
            lines = capture.get().replace(JOINED, " ").split("\n")
            self.console.file.write("\n".join(text.rstrip() if not self.view.color else text for text in lines))
