"""What a batch tells while it goes on: a line a file as a table, JSON or JUnit's XML, and how far it is."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import NamedTuple, TextIO
from xml.sax.saxutils import quoteattr

from nncalc.errors import printable
from nncalc.render.layout import View
from nncalc.render.paper import FOLDED, QUIET, VALUE, Grid, Paper, Text

# The columns of so many lines are as wide as each other, and then written: a table of any length takes no memory.
BLOCK_ROWS = 200
# A terminal is told how far it is so many seconds after the last time, not sooner.
OFTEN = 0.1
SUMMARY_VERSION = 1


class SummaryRow(NamedTuple):
    """A file, what became of it, and what was wrong with it."""

    path: str
    topic: str
    verdict: str
    wrong: Sequence[str] = ()


class TableSummary:
    """path, topic, verdict; below a block of files what was wrong with them; at the end the counts."""

    def __init__(self, view: View, out: TextIO):
        self.view, self.out = view, out
        self.rows: list[SummaryRow] = []

    def add(self, row: SummaryRow) -> None:
        """One more file."""
        self.rows.append(row)
        if len(self.rows) >= BLOCK_ROWS:
            self.write()

    def write(self) -> None:
        """Writes what waits."""
        grid = Grid(2, [FOLDED] * 3)
        for row in self.rows:
            path, topic = Text(printable(row.path, 300)), Text(row.topic, style=QUIET)
            grid.rows.append((path, topic, Text(row.verdict, style=VALUE)))
        if grid.rows:
            Paper(self.view, self.out).say(grid)
        self.out.write("".join(f"{line}\n" for row in self.rows for line in row.wrong))
        self.rows = []

    def end(self, solved: int, failed: int, left: int, why: str) -> None:
        """The counts; `left` were not begun, and why."""
        self.write()
        more = f", {left} not done: {why}" if left else ""
        self.out.write(f"{solved} solved, {failed} failed{more}\n")


class JsonSummary:
    """One document, a file a line."""

    def __init__(self, view: View, out: TextIO):
        self.out = out
        self.lead = f'{{"format": {SUMMARY_VERSION}, "files": [\n'

    def add(self, row: SummaryRow) -> None:
        """One more file."""
        said = {
            "path": printable(row.path, 4096),
            "topic": row.topic,
            "solved": not row.wrong,
            "verdict": row.verdict,
            "wrong": row.wrong,
        }
        self.out.write(self.lead + json.dumps(said, ensure_ascii=False))
        self.lead = ",\n"

    def end(self, solved: int, failed: int, left: int, why: str) -> None:
        """The counts; `left` were not begun, and why."""
        start = self.lead if self.lead.startswith("{") else "\n"
        counts = {"solved": solved, "failed": failed, "left": left} | ({"why": why} if left else {})
        self.out.write(f"{start}], {json.dumps(counts)[1:]}\n")


class JunitSummary:
    """A suite with a case a file, as any CI shows it; its counts come first, so that it is written at the end."""

    def __init__(self, view: View, out: TextIO):
        self.out = out
        self.cases = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  # open until the end

    def add(self, row: SummaryRow) -> None:
        """One more file."""
        name = f"  <testcase classname={quoteattr(row.topic or 'problem')} name={quoteattr(printable(row.path, 300))}"
        failure = f'>\n    <failure message={quoteattr("; ".join(row.wrong))} type="failed"/>\n  </testcase>\n'
        self.cases.write(name + (failure if row.wrong else "/>\n"))

    def end(self, solved: int, failed: int, left: int, why: str) -> None:
        """The counts; `left` were not begun: one case that was skipped."""
        tests = f'tests="{solved + failed + bool(left)}" failures="{failed}" skipped="{int(bool(left))}"'
        self.out.write(f'<?xml version="1.0" encoding="utf-8"?>\n<testsuite name="nncalc batch" {tests}>\n')
        self.cases.seek(0)
        for part in self.cases:
            self.out.write(part)
        if left:
            reason = quoteattr(f"{left} not done: {why}")
            self.out.write(f'  <testcase name="not done"><skipped message={reason}/></testcase>\n')
        self.out.write("</testsuite>\n")
        self.cases.close()


SUMMARIES = {"table": TableSummary, "json": JsonSummary, "junit": JunitSummary}


class Progress:
    """How far a long work is, in the last line of a terminal: the rate, and how long the rest will take."""

    def __init__(self, total: int, stream: TextIO | None, doing: str = "solving"):
        self.total, self.doing, self.done = total, doing, 0
        self.stream = stream if stream is not None and stream.isatty() else None
        self.began = self.told = time.monotonic()

    def step(self) -> None:
        """One more is done."""
        self.done += 1
        if self.stream is None or (now := time.monotonic()) - self.told < OFTEN:
            return
        self.told = now
        self.stream.write(f"\r{self.said(now - self.began)}\x1b[K")
        self.stream.flush()

    def said(self, seconds: float) -> str:
        """How far it is after so many seconds."""
        rate = self.done / seconds
        minutes, left = divmod(round((self.total - self.done) / rate), 60)
        pace = f"{rate:.0f}" if rate >= 10 else f"{rate:.1f}"
        return f"{self.doing} {self.done} of {self.total}, {pace} a second, {minutes}:{left:02} left"

    def clear(self) -> None:
        """Leaves the line to others."""
        if self.stream is not None:
            self.stream.write("\r\x1b[K")
            self.stream.flush()


def progress(items: Iterable[object], total: int, stream: TextIO, doing: str = "solving") -> Iterator[object]:
    """The items again, telling a terminal how far they are."""
    shown = Progress(total, stream, doing)
    try:
        for item in items:
            yield item
            shown.step()
    finally:
        shown.clear()
