"""The end of a batch: a line a file, and how many there were."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TextIO

from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from nncalc.errors import printable
from nncalc.render.layout import View
from nncalc.render.paper import QUIET, VALUE, Paper

SummaryRow = tuple[str, str, str, Sequence[str]]


def progress(items: Iterable[object], total: int, stream: TextIO, doing: str = "solving") -> Iterable[object]:
    """The items again, with a bar on a terminal that says what is being done."""
    console = Console(file=stream, markup=False, emoji=False, highlight=False)
    return track(items, doing, total=total, console=console, transient=True) if stream.isatty() else items


def summary(rows: Sequence[SummaryRow], view: View, out: TextIO, left: int = 0) -> None:
    """path, topic, verdict; below a file what was wrong with it; at the end the counts, `left` those not begun."""
    table = Table.grid(padding=(0, 2))
    for _ in range(3):
        table.add_column(no_wrap=view.width is None, overflow="fold")
    for path, topic, verdict, _ in rows:
        table.add_row(Text(printable(path, 300)), Text(topic, style=QUIET), Text(verdict, style=VALUE))
    Paper(view, out).say(table)
    failed = [row for row in rows if row[3]]
    out.write("".join(f"{line}\n" for row in failed for line in row[3]))
    more = f", {left} not done: interrupted" if left else ""
    out.write(f"{len(rows) - len(failed)} solved, {len(failed)} failed{more}\n")
