"""What was marked as one page of HTML: every line with its verdict, and the student's own working to point at.

A student's page has no right value unless the view reveals them: then there is how each cell is worked with the
student's own numbers, else only from which of them, and from what was given, it is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TextIO
from xml.etree.ElementTree import Element

from nncalc.errors import JOINERS, printable, so_many
from nncalc.marking.homework import Homework, Marked
from nncalc.marking.marks import Marks
from nncalc.render.layout import View
from nncalc.render.marks.answers import TONE_SIGNS, Answers
from nncalc.render.marks.report import closeness_asked, legend
from nncalc.render.marks.student import (
    HOW_READ,
    StudentRow,
    adjusted_words,
    explained,
    first_slips,
    further,
    heads,
    outcome,
    result_score,
    sheets_said,
    student_rows,
    student_title,
    total_score,
    unmarked,
    unmarked_said,
)
from nncalc.render.page.alike import Alike
from nncalc.render.page.document import node, overview, put, whole_page
from nncalc.render.page.index import narrowing
from nncalc.render.page.values import cell_panel

# A page of more sheets opens with them folded.
MOST_SHEETS = 12


def render(homework: Homework, view: View, out: TextIO) -> None:
    """Writes one page for all that was marked: the total, a list where there are several, then a heading a sheet."""
    out.write(_Page(homework, view).whole())


class _Page:
    """The parts of the page, as texts wherever they are somebody else's."""

    def __init__(self, homework: Homework, view: View):
        self.homework, self.view = homework, view
        self.answers, self.alike = Answers(view), Alike()
        self.several = len(homework.students) > 1
        self.folded = len(homework.results) > MOST_SHEETS

    def whole(self) -> str:
        """The page as it is written."""
        results = self.homework.results
        title = so_many(len(self.homework.students), "student") if self.several else student_title(self.homework)
        main = node("main", node("h1", _text(title, 600)))
        if len(results) > 1:
            said = sheets_said(self.homework) if self.several else f"Total: {total_score(results)}"
            put(main, node("p", node("strong", _text(said))), *self._slips(), *self._contents())
        sheets = [self._sheet(result, f"s{i}") for i, result in enumerate(results)]
        put(main, self.alike.notice(), *sheets)
        put(main, *(node("p", _text(str(finding.pathless)), class_="bad") for finding in self.homework.stray))
        files = [
            *(["folds.js"] if self.alike.any else []),
            "formula.js",
            "page.js",
            *(["index.css", "index.js"] if len(results) > 1 else []),
            "list.css",
            "marks.css",
        ]
        body = [main, self.answers.all_frames(), cell_panel()]
        return whole_page(f"{_text(title, 200)}: marks", body, *files)

    def _slips(self) -> Iterator[Element]:
        """Where the slips of a class begin most often."""
        if self.several and first_slips(self.homework):
            yield node("p", _text(first_slips(self.homework)), class_="quiet")

    def _contents(self) -> Iterator[Element]:
        """The sheets, a row each, those of a student below the total; what is typed above keeps those that have it."""
        yield from narrowing()
        grouped = self.several and len(self.homework.problems) > 1
        names = ["student", "problem", "marks"] if grouped else ["student" if self.several else "problem", "marks"]
        table = node("table", node("caption", "Marks of each sheet", class_="seen"))
        table.set("class", "overview index")
        put(table, node("thead", node("tr", *(node("th", name, scope="col") for name in names))))
        sheets = enumerate(self.homework.results)
        for _, group in groupby(sheets, key=lambda pair: pair[1].pair.student if grouped else ""):
            own, body = [*group], node("tbody")
            if grouped:
                whose = node("th", node("strong", _text(_name(own[0][1]), 300)), scope="rowgroup", colspan=2)
                total = node("td", node("strong", total_score(result for _, result in own)))
                body.append(node("tr", whose, total, class_="whose"))
            for i, result in own:
                called = _name(result) if self.several and not grouped else result.pair.problem
                link = node("td", node("a", _text(called, 300), href=f"#s{i}"))
                body.append(node("tr", *[node("td")] * grouped, link, node("td", _text(outcome(result)))))
            table.append(body)
        yield node("div", table, class_="scroll")

    def _sheet(self, result: Marked, name: str) -> Element:
        title = f"{_name(result)}: {result.pair.problem}" if self.several else result.pair.problem
        title = "Marks" if title == student_title(self.homework) else title  # the page is called so already
        heading = node("h2", _text(title, 600))
        score = node("strong", _text(result_score(result)))
        if self.folded:
            made = node("details", node("summary", heading, ": ", score), class_="fold", id=name)
        else:
            made = node("section", heading, node("p", score), id=name)
        put(made, *(node("p", _text(text)) for text in adjusted_words(result)))
        if unmarked(result):
            said, why = unmarked_said(result)
            put(made, node("p", _text(said)), *([_list(why)] if why else []))
        if result.marks is not None and not result.pair.reason:
            put(made, *self._marks(result, result.marks))
        if result.notes:
            put(made, node("p", HOW_READ), _list(result.notes))
        if self.folded:
            self.alike.shortened(made)
        return made

    def _marks(self, result: Marked, marks: Marks) -> Iterator[Element]:
        trace = marks.asked.trace
        yield node("p", _text(f"{trace.title or trace.called} ({closeness_asked(marks)} asked)"), class_="quiet")
        working = [*self.answers.working(marks)]
        rows = (self._row(row) for row in student_rows(result, marks, self.view))
        yield overview("Your lines", heads(self.view), rows, seen=False)
        if legend(marks):
            yield node("p", _text(legend(marks)), class_="quiet")
        for cells, said in explained(marks, self.view):
            yield node("p", node("code", _text(cells)))
            yield from [_list(said)] if said else []
        if further(marks, self.view):
            yield node("p", _text(further(marks, self.view)), class_="quiet")
        yield from working

    def _row(self, row: StudentRow) -> Element:
        """A line, with a link to where it stands in the working."""
        label, *others = row.cells
        at = self.answers.known.get(row.name)
        shown = _text(label, 600)
        link = shown if at is None else node("a", shown, href=f"#v{at}", **self.answers.place_of(row.name, row.index))
        made = node("tr", node("th", link, scope="row"), *(node("td", _text(cell)) for cell in others))
        put(
            made,
            node("td", f"{TONE_SIGNS[row.tone]} {_text(row.verdict)}", class_=row.tone),
            node("td", row.points, class_="n"),
        )
        return made


def _name(result: Marked) -> str:
    return result.pair.name or result.pair.student


def _text(foreign: str, limit: int = 2000) -> str:
    """Any text as it can be read."""
    return printable(foreign, limit, JOINERS)


def _list(texts: Iterable[str]) -> Element:
    return node("ul", *(node("li", _text(text)) for text in texts))
