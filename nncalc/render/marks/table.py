"""Marked sheets for people: one sheet line by line, a class as a table."""

from __future__ import annotations

from typing import TextIO

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from nncalc.check.marks import Marks
from nncalc.errors import JOINERS, vis
from nncalc.render.layout import View
from nncalc.render.marks.report import asked, explanations, rows, score
from nncalc.render.paper import BAD, GOOD, HEAD, NAME, QUIET, VALUE, Paper


def sheet(marks: Marks, view: View, out: TextIO) -> None:
    """One marked sheet: a row a line, then what the wrong ones look like."""
    page = Paper(view, out)
    trace = marks.asked.trace
    head = Text(vis(trace.title or trace.topic, 600, JOINERS), style=HEAD)
    page.say(head.append(f"   {vis(marks.source, 300)}   {asked(marks)} asked", style=QUIET), Text(""))
    table = Table.grid(padding=(0, 2))
    for _ in range(5):
        table.add_column(overflow="fold", no_wrap=view.width is None)
    table.add_row(*(Text(h, style=QUIET) for h in ("line", "yours", "from your lines", "exact", "verdict")))
    for row in rows(marks, view):
        table.add_row(Text(row.label, style=NAME), Text(vis(row.yours)), Text(row.followed), Text(row.exact, style=QUIET),
                      Text(row.verdict, style=GOOD if row.good else BAD))  # fmt: skip
    page.say(table)
    for working, said in explanations(marks, view):
        page.say(Text(""), Text(working))
        for text in said:
            page.say(Padding(Text(text), (0, 0, 0, 4)))
    page.say(Text(""), Text(score(marks), style=VALUE))
