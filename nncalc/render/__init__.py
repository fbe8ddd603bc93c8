"""From the finished working, and from marks, to characters.

The tables of what may be chosen stand here and in the folders of formats, where loading them loads no NumPy.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

# How much of a working is shown, and in a few words what that is.
DETAILS = {"short": "values only", "normal": "", "full": "every cell, symbols, windows"}
DETAIL = "normal"  # where nobody says
DIGITS = 6
FILE_WIDTH = 80  # the columns of a page in a file
# The kinds of pictures of a working, and what each shows; the word for the one that suits, the ending of its file.
AUTO, FIGURE_ENDING = "auto", ".svg"
FIGURES = {
    "graph": "an expression's nodes, a network's layers", "window": "the window that a cell is made from",
    "heat": "a matrix, shaded by size", "curve": "a function, gradients' lengths, a course over updates",
    "plane": "samples of two features and the line",
}  # fmt: skip
# What is written as JSON and has a schema.
OUTPUTS = ("working", "marks", "batch")
# The page that lists a folder's pages.
INDEX_NAME = "index.html"


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
