"""A student's feedback as one HTML page: no scripts, nothing loaded from elsewhere, light and dark."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from html import escape
from typing import TextIO

from nncalc.errors import JOINERS, printable
from nncalc.marking.homework import Homework, Marked
from nncalc.marking.marks import Marks
from nncalc.render.layout import View
from nncalc.render.marks.report import closeness_asked, legend
from nncalc.render.marks.student import (
    HOW_READ,
    StudentRow,
    adjusted_words,
    explained,
    further,
    heads,
    result_score,
    student_rows,
    student_title,
    total_score,
    unmarked,
)

# Every colour has a contrast of at least 4.5 with its ground, light and dark; no colour says what no word says.
STYLE = """
:root { color-scheme: light dark; }
body { background: #ffffff; color: #1f2328; font: 16px/1.5 system-ui, sans-serif; margin: 0; }
main { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #8c959f; vertical-align: top; }
th { font-weight: 600; overflow-wrap: normal; }
td:last-child { white-space: nowrap; }
td, tbody th, code { font-family: ui-monospace, monospace; font-size: .9rem; }
.good { color: #1a7f37; } .carried { color: #7d4e00; } .bad { color: #cf222e; font-weight: 600; }
.quiet { color: #59636e; }
@media (prefers-color-scheme: dark) {
body { background: #0d1117; color: #e6edf3; }
.good { color: #3fb950; } .carried { color: #d29922; } .bad { color: #ff7b72; } .quiet { color: #9198a1; }
}
"""


def render(homework: Homework, view: View, out: TextIO) -> None:
    """Writes one page for all that was marked: the total, then a heading a problem."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'"
    title = student_title(homework)
    parts = [f"<h1>{escaped_html(title, 600)}</h1>"]
    if len(homework.results) > 1:
        parts.append(f"<p><strong>Total: {escaped_html(total_score(homework))}</strong></p>")
    several = len(homework.students) > 1
    parts += [_sheet(result, several, view) for result in homework.results]
    parts += [f'<p class="bad">{escaped_html(str(finding.pathless))}</p>' for finding in homework.stray]
    body = "\n".join(parts)
    out.write(
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{escaped_html(title, 200)}: marks</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def escaped_html(foreign: str, limit: int = 2000) -> str:
    """Any text as text."""
    return escape(printable(foreign, limit, JOINERS)).replace("{", "&#123;")


def _sheet(result: Marked, several: bool, view: View) -> str:
    title = f"{result.pair.student}: {result.pair.problem}" if several else result.pair.problem
    parts = [f"<h2>{escaped_html(title, 600)}</h2>", f"<p><strong>{escaped_html(result_score(result))}</strong></p>"]
    parts += [f"<p>{escaped_html(text)}</p>" for text in adjusted_words(result)]
    if unmarked(result):
        parts += ["<p>Not marked:</p>", _list(unmarked(result))]
    if result.marks is not None and not result.pair.reason:
        parts += _marks(result, result.marks, view)
    if result.notes:
        parts += [f"<p>{HOW_READ}</p>", _list(result.notes)]
    return "\n".join(parts)


def _list(texts: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escaped_html(text)}</li>' for text in texts)}</ul>"


def _marks(result: Marked, marks: Marks, view: View) -> list[str]:
    trace = marks.asked.trace
    parts = [f'<p class="quiet">{escaped_html(f"{trace.title or trace.topic} ({closeness_asked(marks)} asked)")}</p>']
    columns = "".join(f'<th scope="col">{head}</th>' for head in heads(view))
    parts.append(f"<table>\n<thead><tr>{columns}</tr></thead>\n<tbody>")
    parts += [*map(_row, student_rows(result, marks, view)), "</tbody>\n</table>"]
    parts += [f'<p class="quiet">{escaped_html(legend(marks))}</p>'] if legend(marks) else []
    for working, said in explained(marks, view):
        parts += [f"<p><code>{escaped_html(working)}</code></p>", *([_list(said)] if said else [])]
    more = further(marks, view)
    return [*parts, *([f'<p class="quiet">{escaped_html(more)}</p>'] if more else [])]


def _row(row: StudentRow) -> str:
    label, *others = row.cells
    cells = "".join(f"<td>{escaped_html(cell)}</td>" for cell in others)
    verdict = f'<td class="{row.tone}">{escaped_html(row.verdict)}</td><td>{escaped_html(row.points)}</td>'
    return f'<tr><th scope="row">{escaped_html(label)}</th>{cells}{verdict}</tr>'
