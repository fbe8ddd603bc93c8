"""Marked sheets for people: one sheet line by line, a class as a table of students and lines or problems."""

from __future__ import annotations

from typing import TextIO

from nncalc.errors import JOINERS, printable
from nncalc.marking.credit import points
from nncalc.marking.homework import Homework, Marked, sums
from nncalc.marking.marks import Marks
from nncalc.marking.pairing import NOT_HANDED_IN
from nncalc.marking.verdicts import Verdict
from nncalc.render.layout import View
from nncalc.render.marks.csv import remarked
from nncalc.render.marks.report import HEADS, closeness_asked, explanations, full_working, legend, rows, score, tone
from nncalc.render.marks.student import HOW_READ, adjusted_words, brief_reason, first_slips, result_score, sheets_said
from nncalc.render.paper import BAD, FOLDED, HEAD, NAME, QUIET, TONES, VALUE, Grid, Paper, Text
from nncalc.trace.notation.style import TEXT

LETTERS = {
    Verdict.right: "+", Verdict.rounded: "~", Verdict.places: "p", Verdict.follows: "f", Verdict.missing: "-",
    Verdict.wrong: "X",
}  # fmt: skip
LEGEND = "+ right, ~ rounded, f follows from an earlier slip, p too few places, - missing, X wrong"
# What is told of a student ends somewhere.
MOST_TOLD = 2000


def render(homework: Homework, view: View, out: TextIO) -> None:
    """One sheet in full, or a class at a glance. What was wrong with files is not repeated here."""
    paper = Paper(view, out)
    if homework.one:
        for result in homework.results:
            if result.marks is not None:
                _sheet(result, result.marks, view, paper)
    elif len(homework.problems) == 1:
        _lines(homework, paper)
    else:
        _problems(homework, paper)


def _sheet(result: Marked, marks: Marks, view: View, paper: Paper) -> None:
    """A row a line, then what the wrong ones look like."""
    trace = marks.asked.trace
    head = Text(printable(trace.title or trace.called, 600, JOINERS), style=HEAD)
    paper.say(head.append(f"   {printable(marks.source, 300)}   {closeness_asked(marks)} asked", style=QUIET), Text(""))
    table = Grid(2, [FOLDED] * 5, [[Text(h, style=QUIET) for h in HEADS]])
    for row in rows(marks, view):
        verdict = Text(row.verdict, style=TONES[row.tone])
        name, yours = Text(row.label, style=NAME), Text(printable(row.yours))
        table.rows.append((name, yours, Text(row.followed), Text(row.exact), verdict))
    if marks.lines:
        paper.say(table)
    if legend(marks):
        paper.say(Text(""), Text(legend(marks), style=QUIET))
    for working, said in explanations(marks, view):
        paper.say(Text(""), Text(working))
        for text in said:
            paper.say(Text(text), indent=4)
    more = full_working(marks, marks.asked.problem.file)
    adjusted = [Text(text, style=QUIET) for text in adjusted_words(result)]
    paper.say(
        Text(""), Text(result_score(result), style=VALUE), *adjusted, *([Text(more, style=QUIET)] if more else [])
    )
    if result.notes:
        paper.say(Text(""), Text(HOW_READ, style=QUIET))
        for note in result.notes:
            paper.say(Text(note, style=QUIET), indent=4)


def _lines(homework: Homework, paper: Paper) -> None:
    """One problem: a row a student, a column a line, a letter for the verdict."""
    marks = [result.marks for result in homework.results if result.marks is not None]
    used = {mark.name for m in marks for mark in m.lines}
    names = list(dict.fromkeys(name for m in marks for name in m.asked.exact if name in used))
    heads = ["student", *(TEXT.symbol(n, "") for n in names), "score"]
    table = Grid(2, [FOLDED] * len(heads), [[Text(head, style=QUIET) for head in heads]])
    for result in homework.results:
        student, earned = Text(printable(result.pair.student), style=NAME), Text(_score(result), style=VALUE)
        table.rows.append((student, *_letters(result, names), earned))
    paper.say(table, Text(""), Text(LEGEND, style=QUIET))
    _end(homework, paper)


def _letters(result: Marked, names: list[str]) -> list[Text]:
    verdicts = {mark.name: mark.verdict for mark in result.marks.lines} if result.marks is not None else {}
    return [Text(LETTERS[verdicts[n]], style=TONES[tone(verdicts[n])]) if n in verdicts else Text("") for n in names]


def _score(result: Marked) -> str:
    if result.adjusted:
        return result_score(result)
    if result.marks is not None and result.pair.sheet is None:
        return brief_reason(result)
    return score(result.marks) if result.marks is not None else "not marked"


def _problems(homework: Homework, paper: Paper) -> None:
    """Several problems: a row a student, a column a problem, the points."""
    names = homework.problems
    heads = ["student", *map(printable, names), "total"]
    table = Grid(2, [FOLDED] * len(heads), [[Text(head, style=QUIET) for head in heads]])
    for student, results in homework.students.items():
        earned, total = map(points, sums(results.values()))
        cells = [
            Text(_brief(results.get(name)), style="" if name in results and results[name].passed else BAD)
            for name in names
        ]
        table.rows.append((Text(printable(student), style=NAME), *cells, Text(f"{earned} of {total}", style=VALUE)))
    paper.say(table)
    _end(homework, paper)


def _brief(result: Marked | None) -> str:
    if result is None:
        return ""
    if result.adjusted:
        return f"{points(result.earned)}/{points(result.total)}*"
    if result.marks is None:
        return "not marked"
    if result.pair.sheet is None:
        return brief_reason(result)
    return f"{points(result.earned)}/{points(result.total)}"


def _end(homework: Homework, paper: Paper) -> None:
    """Where slips begin most often, and how many are all right."""
    if first_slips(homework):
        paper.say(Text(first_slips(homework), style=QUIET))
    for student, results in homework.students.items():
        told = remarked(results)
        if told and told != NOT_HANDED_IN:
            paper.say(Text(printable(f"{student}: {told}", MOST_TOLD), style=QUIET))
    paper.say(Text(sheets_said(homework)))
