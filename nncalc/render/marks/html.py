"""A student's feedback as one HTML page: no scripts, nothing loaded from elsewhere, light and dark."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import TextIO

from nncalc.errors import JOINERS, printable
from nncalc.marking.homework import Homework, Marked
from nncalc.marking.marks import Marks
from nncalc.render.layout import View
from nncalc.render.marks.report import HEADS, MarkRow, closeness_asked, explanations, full_working, rows, score

STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #8884; vertical-align: top; }
td, code { font-family: ui-monospace, monospace; font-size: .9rem; }
.good { color: #1a7f37; } .carried { color: #9a6700; } .bad { color: #cf222e; font-weight: 600; }
.quiet { opacity: .7; }
@media (prefers-color-scheme: dark) { .good { color: #3fb950; } .carried { color: #d29922; } .bad { color: #ff7b72; } }
"""


def render(homework: Homework, view: View, out: TextIO) -> None:
    """Writes one page for all that was marked."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'"
    title = ", ".join(homework.students) or "marks"
    body = "\n".join([_sheet(result, view) for result in homework.results])
    body += "".join(f'\n<p class="bad">{escaped_html(str(finding))}</p>' for finding in homework.stray)
    out.write(
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{escaped_html(title, 200)}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def escaped_html(foreign: str, limit: int = 2000) -> str:
    """Any text as text."""
    return escape(printable(foreign, limit, JOINERS)).replace("{", "&#123;")


def _sheet(result: Marked, view: View) -> str:
    head = f"<h1>{escaped_html(f'{result.pair.student}: {result.pair.problem}')}</h1>"
    if result.marks is None:
        items = "".join(f"<li>{escaped_html(str(finding))}</li>" for finding in result.findings)
        return f"{head}\n<p>This sheet could not be marked:</p>\n<ul>{items}</ul>"
    return f"{head}\n{_marks(result.marks, view)}"


def _marks(marks: Marks, view: View) -> str:
    trace = marks.asked.trace
    parts = [f'<p class="quiet">{escaped_html(f"{trace.title or trace.topic} ({closeness_asked(marks)} asked)")}</p>']
    heads = "".join(f"<th>{head}</th>" for head in HEADS)
    parts.append(f"<p><strong>{escaped_html(score(marks))}</strong></p>\n<table>\n<tr>{heads}</tr>")
    parts += [*map(_row, rows(marks, view)), "</table>"]
    for working, said in explanations(marks, view):
        items = "".join(f"<li>{escaped_html(one)}</li>" for one in said)
        parts.append(f"<p><code>{escaped_html(working)}</code></p>\n<ul>{items}</ul>")
    more = full_working(marks)
    return "\n".join([*parts, f'<p class="quiet">{escaped_html(more)}</p>' if more else ""])


def _row(row: MarkRow) -> str:
    cells = "".join(f"<td>{escaped_html(c)}</td>" for c in (row.label, row.yours, row.followed, row.exact))
    return f'<tr>{cells}<td class="{row.tone}">{escaped_html(row.verdict)}</td></tr>'
