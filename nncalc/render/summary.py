"""The end of a batch: a line a file, and how many there were."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TextIO

from nncalc.errors import printable
from nncalc.render.layout import View
from nncalc.render.paper import FOLDED, QUIET, VALUE, Grid, Paper, Text

SummaryRow = tuple[str, str, str, Sequence[str]]


def progress(items: Iterable[object], total: int, stream: TextIO, doing: str = "solving") -> Iterable[object]:
    """The items again, with a bar on a terminal that says what is being done."""
    if not stream.isatty():
        return items
    from nncalc.render.screen import with_bar

    return with_bar(items, total, stream, doing)


def summary(rows: Sequence[SummaryRow], view: View, out: TextIO, left: int = 0) -> None:
    """path, topic, verdict; below a file what was wrong with it; at the end the counts, `left` those not begun."""
    table = Grid(2, [FOLDED] * 3)
    for path, topic, verdict, _ in rows:
        table.rows.append((Text(printable(path, 300)), Text(topic, style=QUIET), Text(verdict, style=VALUE)))
    Paper(view, out).say(table)
    failed = [row for row in rows if row[3]]
    out.write("".join(f"{line}\n" for row in failed for line in row[3]))
    more = f", {left} not done: interrupted" if left else ""
    out.write(f"{len(rows) - len(failed)} solved, {len(failed)} failed{more}\n")
