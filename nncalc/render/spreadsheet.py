"""Rows for spreadsheets: the one place that says how a cell is written so that nothing in it is run."""

from __future__ import annotations

import csv
import re
from typing import Any, TextIO

from nncalc.errors import printable

# What a spreadsheet may run where a cell begins with it (OWASP, CSV injection), in wide letters, too. A text that has
# quotes before it is among them: it gets one more, so that who takes one away has the text again.
IS_RUN = re.compile(r"'*\s*[=+\-@\t\r＝＋－＠]")


def rows_to(out: TextIO) -> Any:
    """Writes rows: texts always quoted, numbers bare."""
    return csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")


def quoted(text: str, limit: int = 600) -> str:
    """Foreign text for a cell: what a spreadsheet would run as a formula gets a quote before it."""
    shown = printable(text, limit)
    return f"'{shown}" if IS_RUN.match(shown) else shown
