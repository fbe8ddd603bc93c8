"""Rows that count or compare marks, as a table, CSV or JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from typing import TextIO

from nncalc.errors import printable
from nncalc.marking.by import Datum, Record
from nncalc.marking.credit import points
from nncalc.render.layout import View
from nncalc.render.marks.csv import points_cell
from nncalc.render.marks.json import MARKS_VERSION, points_number
from nncalc.render.paper import FOLDED, QUIET, Grid, Paper, Text
from nncalc.render.spreadsheet import quoted, rows_to

RECORD_FORMATS = ("table", "csv", "json")
# A sentence in a row ends somewhere.
LONGEST_CELL = 2000


def render_records(records: Sequence[Record], title: str, view: View, out: TextIO, format: str) -> None:
    """Writes the rows under the names of their columns. `title` names them in JSON, and says that there are none."""
    heads = list(records[0]) if records else []
    if format == "json":
        rows = [{name: _bare(cell) for name, cell in record.items()} for record in records]
        json.dump({"format": MARKS_VERSION, title: rows}, out, allow_nan=False, indent=1)
        out.write("\n")
    elif format == "csv":
        writer = rows_to(out)
        writer.writerow(map(quoted, heads))
        writer.writerows([_comma(cell) for cell in record.values()] for record in records)
    else:
        _table(heads, records, title, view, out)


def _table(heads: Sequence[str], records: Sequence[Record], title: str, view: View, out: TextIO) -> None:
    kept = [head for head in heads if any(record[head] not in ("", None) for record in records)]
    table = Grid(2, [FOLDED] * len(kept), [[Text(head, style=QUIET) for head in kept]])
    table.rows += ([Text(_shown(record[head])) for head in kept] for record in records)
    Paper(view, out).say(table if records else Text(f"{title}: none"))


def _shown(cell: Datum) -> str:
    if isinstance(cell, Fraction):
        return points(cell)
    return "" if cell is None else printable(str(cell), LONGEST_CELL)


def _bare(cell: Datum) -> str | int | float | None:
    if isinstance(cell, Fraction):
        return points_number(cell)
    return printable(cell, LONGEST_CELL) if isinstance(cell, str) else cell


def _comma(cell: Datum) -> object:
    if isinstance(cell, (Fraction, int)):
        return points_cell(Fraction(cell))
    return "" if cell is None else quoted(cell, LONGEST_CELL)
