"""The page of a folder of workings: what became of each problem, its link, and a field that narrows the list."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from nncalc.errors import printable
from nncalc.render.document import PRESENT, node, whole_page
from nncalc.render.summary import SummaryRow


def index_page(rows: Sequence[tuple[SummaryRow, str]]) -> str:
    """The whole page; beside each row the path of its working from this page, empty where it has none."""
    heads = node("tr", *(node("th", text, scope="col") for text in ("problem", "topic", "what became of it")))
    body = []
    for row, to in rows:
        name = printable(row.path, 300)
        link = node("a", name, href=quote(to)) if to else name
        wrong = (node("p", printable(line, 2000)) for line in row.wrong)
        body.append(node("tr", node("td", link), node("td", row.topic), node("td", row.verdict, *wrong)))
    table = node(
        "table", node("caption", f"{len(rows)} problems"), node("thead", heads), node("tbody", *body), class_="overview"
    )
    search = node("label", "Only those with ", node("input", type="search", id="only"), hidden=PRESENT, class_="walk")
    told = node("p", role="status", id="told", class_="quiet")
    main = node("main", node("h1", "Workings"), search, told, node("div", table, class_="scroll"))
    return whole_page("Workings", [main], "index.js")
