"""LaTeX: compiles as it stands, with amsmath and nothing else, in signs that every engine and encoding has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from nncalc.render.documents.latex import LATEX_COMMON
from nncalc.render.documents.latex_text import GREEK_IN_LATEX, escaped_latex
from nncalc.render.documents.markup import AlignedLines, Markup, ShownFormula
from nncalc.render.documents.paragraphs import document_title, has_title_page, workings
from nncalc.render.layout import View
from nncalc.trace.steps import Trace

LATEX_HEAD = r"""\documentclass[10pt,a4paper,fleqn]{article}
\usepackage{amsmath}
\setlength{\textwidth}{17cm}\setlength{\oddsidemargin}{-0.04cm}
\setlength{\textheight}{24cm}\setlength{\topmargin}{-1cm}
\setlength{\parindent}{0pt}\setlength{\parskip}{6pt}\setlength{\mathindent}{1em}
\setlength{\lineskip}{5pt}\setlength{\lineskiplimit}{3pt}
\setcounter{secnumdepth}{0}\setcounter{tocdepth}{1}
\allowdisplaybreaks\raggedright\raggedbottom
\begin{document}
\setlength{\abovedisplayskip}{-5pt}\setlength{\abovedisplayshortskip}{-5pt}
"""
_TITLE = r"""\title{%s}\author{}\date{}
\maketitle
"""
_LIST = r"""\tableofcontents
\newpage
"""
_SECTIONS = (r"\section", r"\subsection", r"\subsubsection")
# How much more a line holds in a smaller size, whose digits are wider than the size says.
_SIZES = ((1.0, ""), (1.08, r"\small"), (1.17, r"\footnotesize"), (1.27, r"\scriptsize"), (99.0, r"\tiny"))
# Rows of a table that a page has room for.
_MOST_ROWS = 40


def document(traces: Sequence[Trace], view: View, out: TextIO) -> None:
    """Writes one document, or the workings alone; of several with a page of contents in front."""
    body = "\n\n".join(workings(traces, LATEX_MARKUP, view))
    if view.fragment:
        out.write(f"{body}\n")
        return
    title = _TITLE % escaped_latex(document_title(traces, view)) if has_title_page(traces, view) else ""
    contents = _LIST if len(traces) > 1 else ""
    out.write(f"{LATEX_HEAD}{title}{contents}\n{body}\n\\end{{document}}\n")


def _math(source: str) -> str:
    """A formula in ASCII: letters of other alphabets stand in names alone."""
    return "".join(sign if sign.isascii() else f"{_letter(sign)} " for sign in source)


def _letter(sign: str) -> str:
    return GREEK_IN_LATEX.get(sign) or rf"\text{{{escaped_latex(sign)}}}"


def _size(width: float) -> str:
    return next(size for much, size in _SIZES if width <= much * LATEX_MARKUP.line)


def _spaced(size: str) -> str:
    """A smaller size has smaller spaces between the columns of a matrix, too."""
    return rf"{size}\arraycolsep.5em" if size else ""


def _display(lines: AlignedLines, text: str, width: int) -> str:
    rows = " \\\\\n".join(f"{left} & {right}" for left, right in lines)
    return f"{{{_size(width)}\n\\begin{{align*}}\n{_math(rows)}\n\\end{{align*}}}}"


def _flow(shown: Sequence[ShownFormula]) -> str:
    parts = [rf"{{{_spaced(_size(f.width))}\mbox{{\(\displaystyle {_math(f.source)}\)}}}}" for f in shown]
    return "\\quad\n".join(parts) + r"\par"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[bool]) -> str:
    sides = "".join("r" if number else "l" for number in numbers)
    pages = []
    for top in range(0, len(rows), _MOST_ROWS):
        lines = " \\\\\n".join(" & ".join(row) for row in rows[top : top + _MOST_ROWS])
        pages.append(f"\\begin{{tabular}}{{{sides}}}\n{' & '.join(head)} \\\\ \\hline\n{lines}\n\\end{{tabular}}\\par")
    return "\n\n".join(pages)


def _noted(words: Sequence[str], part: str) -> str:
    r"""In a paragraph of its own, which the part then stands beside."""
    note = r"\\".join(rf"\textbf{{{word}}}" for word in words)
    beside = rf"\smash{{\llap{{\scriptsize\begin{{tabular}}[t]{{r@{{}}}}{note}\end{{tabular}}\hspace{{0.6em}}}}}}"
    return rf"\noindent{beside}\par\nopagebreak\vspace{{-\baselineskip}}\vspace{{-\parskip}}" + f"\n{part}"


LATEX_MARKUP = Markup(
    **LATEX_COMMON,
    text=escaped_latex,
    heading=lambda words, level: f"{_SECTIONS[level - 1]}{{{words}}}",
    said=lambda words: rf"{{\small {words}\par}}",
    display=_display,
    flow=_flow,
    table=_table,
    noted=_noted,
    line=92,
)
