"""The formats, each with the ending of a file that chooses it (empty: none does); the first is the default.

A format of a working is a module of its name in `render/working` with `render(trace, view, out)`, one of marks a module
in `render/marks` with `render(homework, view, out)`. Loading this table loads none of them.
"""

from __future__ import annotations

from collections.abc import Iterable

WORKING_FORMATS = {"table": ".txt", "plain": "", "json": ".json"}
MARKS_FORMATS = {
    "table": ".txt", "csv": ".csv", "json": ".json", "gradescope": "", "junit": ".xml", "markdown": ".md",
    "html": ".html",
}  # fmt: skip
# How much of a working is shown, and when in colour; the first is the default.
DETAILS = ("normal", "short", "full")
COLOURS = ("auto", "always", "never")


def by_ending(formats: dict[str, str]) -> dict[str, str]:
    """The format that each ending chooses."""
    return {ending: format for format, ending in formats.items() if ending}


def either(names: Iterable[str]) -> str:
    """Choices in words: table, plain or json."""
    *some, last = names
    return f"{', '.join(some)} or {last}"
