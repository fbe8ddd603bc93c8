"""A student's feedback as Markdown: the table of lines, and what the wrong ones look like."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from nncalc.marking.homework import Homework, Marked
from nncalc.marking.marks import Marks
from nncalc.render.documents.markup import escaped_markdown
from nncalc.render.layout import View
from nncalc.render.marks.report import closeness_asked, legend
from nncalc.render.marks.student import (
    HOW_READ,
    adjusted_words,
    explained,
    further,
    heads,
    result_score,
    student_rows,
    student_title,
    total_score,
    unmarked,
    unmarked_said,
)


def render(homework: Homework, view: View, out: TextIO) -> None:
    """A page for a student: the total, then a heading a problem."""
    lines = [f"# {escaped_markdown(student_title(homework), 600)}", ""]
    if len(homework.results) > 1:
        lines += [f"**{escaped_markdown(f'Total: {total_score(homework.results)}')}**", ""]
    several = len(homework.students) > 1
    for result in homework.results:
        lines += _sheet(result, several, view)
    lines += [f"{escaped_markdown(str(finding.pathless))}\n" for finding in homework.stray]
    out.write("\n".join([*lines, ""]))


def _sheet(result: Marked, several: bool, view: View) -> list[str]:
    title = f"{result.pair.student}: {result.pair.problem}" if several else result.pair.problem
    head = [f"## {escaped_markdown(title, 600)}", "", f"**{escaped_markdown(result_score(result))}**", ""]
    for text in adjusted_words(result):
        head += [escaped_markdown(text), ""]
    if unmarked(result):
        said, why = unmarked_said(result)
        head += [escaped_markdown(said), "", *([*_list(why), ""] if why else [])]
    if result.marks is None or result.pair.reason:
        return head
    notes = [HOW_READ, "", *_list(result.notes), ""] if result.notes else []
    return [*head, *_marks(result, result.marks, view), *notes]


def _list(texts: Iterable[str]) -> list[str]:
    return [f"- {escaped_markdown(text)}" for text in texts]


def _marks(result: Marked, marks: Marks, view: View) -> list[str]:
    trace = marks.asked.trace
    lines = [escaped_markdown(f"{trace.title or trace.called} ({closeness_asked(marks)} asked)"), ""]
    lines += [_row(heads(view)), _row(["---"] * len(heads(view)), plain=True)]
    lines += [_row([*row.cells, row.verdict, row.points]) for row in student_rows(result, marks, view)]
    lines += ["", escaped_markdown(legend(marks))] if legend(marks) else []
    for working, said in explained(marks, view):
        lines += ["", escaped_markdown(working), "", *_list(said)]
    more = further(marks, view)
    return [*lines, "", *([escaped_markdown(more), ""] if more else [])]


def _row(cells: list[str], plain: bool = False) -> str:
    return f"| {' | '.join(c if plain else escaped_markdown(c) for c in cells)} |"
