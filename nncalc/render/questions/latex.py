"""A sheet of questions for LaTeX: compiles as it stands, with amsmath and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TextIO

from nncalc.marking.questions import SheetBlock
from nncalc.render.documents.latex_text import escaped_latex
from nncalc.render.questions.sheet import QuestionSheet, SheetMarkup
from nncalc.render.working.latex import LATEX_HEAD, LATEX_MARKUP

# What a minipage forgets.
_SPACING = r"\raggedright\lineskip=5pt\lineskiplimit=3pt\parskip=3pt"


def document(blocks: Iterable[SheetBlock], out: TextIO) -> None:
    """Writes a document that compiles as it stands."""
    out.write(LATEX_HEAD + "\n")
    out.writelines(f"{part}\n\n" for part in QuestionSheet(LATEX_SHEET).sheets(blocks))
    out.write("\\end{document}\n")


def _name_line(points: str) -> str:
    of = rf"\quad Points: \makebox[4em]{{\hrulefill}} of {points}" if points else ""
    return rf"Name: \hrulefill\quad Date: \makebox[8em]{{\hrulefill}}{of}\par\bigskip"


def _listing(lines: Sequence[str]) -> str:
    return "{\\small " + " \\\\\n".join(map(_typed_line, lines)) + r"\par}"


def _typed_line(line: str) -> str:
    indent = len(line) - len(line.lstrip())
    return (rf"\hspace*{{{0.5 * indent:g}em}}" if indent else "") + rf"\texttt{{{escaped_latex(line.lstrip())}}}"


def _heading(words: str, level: int) -> str:
    """Before a section LaTeX likes to end a page, even where what is above it is kept: a part of a question is none."""
    return rf"\medskip\textbf{{{words}}}\par\nopagebreak" if level > 2 else LATEX_MARKUP.heading(words, level)


def _room(part: str, lines: int) -> str:
    return (
        f"\\medskip\\begin{{minipage}}{{\\textwidth}}{_SPACING}\n{part}\n"
        f"\\vspace*{{{1.4 * lines:g}\\baselineskip}}\n\\end{{minipage}}\\par"
    )


LATEX_SHEET = SheetMarkup(
    markup=replace(LATEX_MARKUP, heading=_heading),
    begins=lambda heading: rf"\clearpage\setcounter{{page}}{{1}}{heading}",
    name_line=_name_line,
    listing=_listing,
    kept=lambda part: rf"{part}\par\nopagebreak",
    room=_room,
)
