"""The page of a folder of workings: what became of each problem, its link, and a field that narrows the list."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote
from xml.etree.ElementTree import Element

from nncalc.errors import JOINERS, printable, so_many
from nncalc.render.page.document import PRESENT, node, overview, whole_page
from nncalc.render.summary import SummaryRow


def index_page(rows: Sequence[tuple[SummaryRow, str]], title: str = "") -> str:
    """The whole page; beside each row the path of its working from this page, empty where it has none."""
    body = []
    for row, to in rows:
        name = printable(row.path, 300)
        link = node("a", name, href=quote(to)) if to else name
        wrong = (node("p", printable(line, 2000)) for line in row.wrong)
        body.append(node("tr", node("td", link), node("td", row.topic), node("td", row.verdict, *wrong)))
    table = overview(so_many(len(rows), "problem"), ("problem", "topic", "what became of it"), body, index=True)
    title = printable(title, 600, JOINERS) or "Workings"
    several = len(rows) > 1
    main = node("main", node("h1", title), *(narrowing() if several else ()), table)
    return whole_page(title, [main], "list.css", "index.css", *["index.js"] * several)


def narrowing() -> tuple[Element, Element]:
    """The field that keeps the rows of an index which have what is typed, and where it says how many those are."""
    field = node("input", type="search", id="only")
    search = node("label", "Show only rows with ", field, hidden=PRESENT, class_="walk")
    return search, node("p", role="status", id="told", class_="quiet")
