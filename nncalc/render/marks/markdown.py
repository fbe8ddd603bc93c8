"""A student's feedback as Markdown: the table of lines, and what the wrong ones look like."""

from __future__ import annotations

import re
from typing import TextIO

from nncalc.errors import JOINERS, printable
from nncalc.marking.homework import Homework, Marked
from nncalc.marking.marks import Marks
from nncalc.render.layout import View
from nncalc.render.marks.report import HEADS, closeness_asked, explanations, full_working, rows, score

PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def render(homework: Homework, view: View, out: TextIO) -> None:
    """A heading a sheet."""
    for result in homework.results:
        out.write("\n".join([*_sheet(result, view), ""]))
    out.write("".join(f"{escaped_markdown(str(finding))}\n\n" for finding in homework.stray))


def escaped_markdown(foreign: str, limit: int = 2000) -> str:
    """Any text so that Markdown takes it as text: every sign that could mean something gets a backslash."""
    return PUNCTUATION.sub(r"\\\1", printable(foreign, limit, JOINERS))


def _sheet(result: Marked, view: View) -> list[str]:
    head = [f"# {escaped_markdown(f'{result.pair.student}: {result.pair.problem}')}", ""]
    if result.marks is None:
        return [
            *head,
            "This sheet could not be marked:",
            "",
            *(f"- {escaped_markdown(str(f))}" for f in result.findings),
            "",
        ]
    return [*head, *_marks(result.marks, view)]


def _marks(marks: Marks, view: View) -> list[str]:
    trace = marks.asked.trace
    lines = [
        escaped_markdown(f"{trace.title or trace.topic} ({closeness_asked(marks)} asked)"),
        "",
        f"**{escaped_markdown(score(marks))}**",
        "",
    ]
    lines += [_row(HEADS), _row(["---"] * len(HEADS), plain=True)]
    lines += [_row([row.label, row.yours, row.followed, row.exact, row.verdict]) for row in rows(marks, view)]
    for working, said in explanations(marks, view):
        lines += ["", escaped_markdown(working), "", *(f"- {escaped_markdown(sentence)}" for sentence in said)]
    more = full_working(marks)
    return [*lines, "", *([escaped_markdown(more), ""] if more else [])]


def _row(cells: list[str], plain: bool = False) -> str:
    return f"| {' | '.join(c if plain else escaped_markdown(c) for c in cells)} |"
