"""From the finished working, and from marks, to characters.

The tables of what may be chosen stand here and in the folders of formats, where loading them loads no NumPy.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os.path import isdir, splitext
from typing import TextIO

from nncalc.errors import Finding, InputError, Location, printable

# How much of a working is shown, and in a few words what that is.
DETAILS = {"short": "values only", "normal": "", "full": "every cell, symbols, windows"}
DETAIL = "normal"  # where nobody says
DIGITS = 6
FILE_WIDTH = 80  # the columns of a page in a file
# The kinds of pictures of a working, and what each shows; the word for the one that suits, the ending of its file.
AUTO, FIGURE_ENDING = "auto", ".svg"
FIGURE_ENDINGS = {FIGURE_ENDING: "svg", ".txt": "text"}
FIGURES = {
    "graph": "an expression's nodes, a network's layers", "window": "the window that a cell is made from",
    "heat": "a matrix, shaded by size", "curve": "a function, gradients' lengths, a course over updates",
    "plane": "samples of two features and the line",
}  # fmt: skip
# What is written as JSON and has a schema.
OUTPUTS = ("working", "marks", "batch")
# The page that lists a folder's pages.
INDEX_NAME = "index.html"


def format_by_ending(path: str, endings: Mapping[str, str], usual: str, where: str = "--output", hint: str = "") -> str:
    """The format that a file's ending chooses; the usual one where it has none, or where a folder is there.

    Raises InputError for an ending that no format has: what would be written is not what its name says.
    """
    ending = "" if isdir(path) else splitext(path)[1].lower()
    if ending and ending not in endings:
        what = f"there is no format for {printable(ending)}"
        raise InputError(Finding(what, Location(where), want=f"one of {', '.join(endings)}", hint=hint))
    return endings.get(ending, usual)


@contextmanager
def lettered(out: TextIO, ascii: bool) -> Iterator[TextIO]:
    """The stream that pages are written on; `ascii`: of every sign only what any keyboard has arrives at `out`."""
    if not ascii:
        yield out
        return
    from nncalc.trace.notation.signs import ascii_only

    page = io.StringIO()
    yield page
    out.write(ascii_only(page.getvalue()))
