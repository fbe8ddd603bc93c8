"""LaTeX: compiles as it stands, with amsmath and nothing else, in signs that every engine and encoding has."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TextIO

from nncalc.errors import JOINERS, printable
from nncalc.render.documents.latex import LATEX_COMMON
from nncalc.render.documents.markup import BREAK, LONGEST_TEXT, AlignedLines, Markup, ShownFormula, with_breaks
from nncalc.render.documents.paragraphs import document_title, has_title_page, workings
from nncalc.render.layout import View
from nncalc.trace.notation import signs
from nncalc.trace.steps import Trace

LATEX_HEAD = r"""\documentclass[10pt,a4paper,fleqn]{article}
\usepackage{amsmath}
\setlength{\textwidth}{17cm}\setlength{\oddsidemargin}{-0.54cm}
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
_MEANT = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%",
    "_": r"\_\allowbreak{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}",
    ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\char34{}", "'": "'{}", "`": "`{}", "-": "-{}", ",": ",{}",
    "?": "?{}", "!": "!{}", "[": "{[}", "]": "{]}", BREAK: r"\allowbreak{}",
}  # fmt: skip
_MATHEMATICS = {
    "·": r"\cdot", "∘": r"\circ", "⋆": r"\star", "×": r"\times", "∂": r"\partial", "ᵀ": r"^{\top}", "→": r"\to",
    "←": r"\leftarrow", "≈": r"\approx", "≤": r"\le", "≥": r"\ge", "√": r"\surd", "∞": r"\infty", "∇": r"\nabla",
    "−": "-", "⋅": r"\cdot", "÷": r"\div", "≠": r"\ne", "½": r"\frac{1}{2}", "⅓": r"\frac{1}{3}", "⅔": r"\frac{2}{3}",
    "¼": r"\frac{1}{4}", "¾": r"\frac{3}{4}", "…": r"\dots", "Σ": r"\Sigma", "ŷ": r"\hat{y}",
}  # fmt: skip
_GREEK = {letter: "\\" + {"eps": "epsilon"}.get(name, name) for letter, name in signs.GREEK.items()}
_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0327": "c",
}  # fmt: skip
_LETTERS = {"ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "ø": r"\o{}", "Ø": r"\O{}", "ł": r"\l{}", "Ł": r"\L{}"}


def document(traces: Sequence[Trace], view: View, out: TextIO) -> None:
    """Writes one document, or the workings alone; of several with a page of contents in front."""
    body = "\n\n".join(workings(traces, LATEX_MARKUP, view))
    if view.fragment:
        out.write(f"{body}\n")
        return
    title = _TITLE % escaped_latex(document_title(traces, view)) if has_title_page(traces, view) else ""
    contents = _LIST if len(traces) > 1 else ""
    out.write(f"{LATEX_HEAD}{title}{contents}\n{body}\n\\end{{document}}\n")


def escaped_latex(foreign: str) -> str:
    """Any text so that LaTeX takes it as text; a sign that no engine is sure to have is written as its number."""
    return "".join(map(_sign, with_breaks(printable(foreign, LONGEST_TEXT, JOINERS))))


def _sign(sign: str) -> str:
    if sign in _MEANT:
        return _MEANT[sign]
    if sign.isascii():
        return sign
    formula = _MATHEMATICS.get(sign) or _GREEK.get(sign) or _raised(sign)
    if formula:
        return rf"\ensuremath{{{formula}}}"
    apart = unicodedata.normalize("NFD", sign)
    if len(apart) == 2 and apart[0].isascii() and apart[0].isalpha() and apart[1] in _ACCENTS:
        return rf"\{_ACCENTS[apart[1]]}{{{apart[0]}}}"
    return _LETTERS.get(sign) or f"U+{ord(sign):04X}"


def _raised(sign: str) -> str:
    high, low = signs.HIGH.find(sign), signs.LOW.find(sign)
    return f"^{{{high}}}" if high >= 0 else f"_{{{low}}}" if low >= 0 else ""


def _math(source: str) -> str:
    """A formula in ASCII: letters of other alphabets stand in names alone."""
    return "".join(sign if sign.isascii() else _GREEK.get(sign, rf"\text{{{_sign(sign)}}}") + " " for sign in source)


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
    beside = rf"\smash{{\llap{{\scriptsize\begin{{tabular}}[t]{{r@{{}}}}{note}\end{{tabular}}\hspace{{1em}}}}}}"
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
