"""A sheet of questions for LaTeX: pdflatex, lualatex or xelatex, with amsmath alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TextIO

from nncalc.errors import JOINERS, printable
from nncalc.marking.questions import AskedLine, GivenArray, Heading, Listing, Paragraph, SheetBlock
from nncalc.render.layout import blocks as matrices
from nncalc.render.layout import matrix
from nncalc.render.questions import GIVEN_DIGITS
from nncalc.trace.notation.latex import LATEX
from nncalc.trace.notation.signs import GREEK
from nncalc.trace.notation.style import symbols, write

_BEFORE = r"""\documentclass[11pt,a4paper]{article}
\usepackage[margin=2.5cm]{geometry}
\usepackage{iftex}
\ifPDFTeX\usepackage[utf8]{inputenc}\usepackage[T1]{fontenc}\fi
\usepackage{amsmath}
\setcounter{MaxMatrixCols}{40}
\setlength{\parindent}{0pt}
\setlength{\parskip}{0.5\baselineskip}
\begin{document}
"""
_AFTER = "\\end{document}\n"
_HEADS = {1: r"\clearpage\section*", 2: r"\subsection*", 3: r"\subsubsection*"}
# What LaTeX would obey, or draw together (--, ''), as the sign itself.
AS_TEXT = str.maketrans({
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "`": r"\textasciigrave{}", "'": "'{}", "-": "-{}", "[": "{[}",
    "]": "{]}", "·": r"\ensuremath{\cdot}", "∘": r"\ensuremath{\circ}", "∂": r"\ensuremath{\partial}",
    "×": r"\ensuremath{\times}", "→": r"\ensuremath{\to}", "½": r"\ensuremath{\tfrac12}", "²": r"\ensuremath{^2}",
    "√": r"\ensuremath{\surd}", "≤": r"\ensuremath{\le}", "≥": r"\ensuremath{\ge}", "−": r"\ensuremath{-}",
    "ᵀ": r"\ensuremath{^\top}", "∞": r"\ensuremath{\infty}", "Σ": r"\ensuremath{\Sigma}",
} | {sign: f"\\ensuremath{{\\{'epsilon' if name == 'eps' else name}}}" for sign, name in GREEK.items()})  # fmt: skip


def render(blocks: Iterable[SheetBlock], out: TextIO) -> None:
    """Writes a document that compiles as it stands."""
    out.write(_BEFORE)
    for block in blocks:
        out.writelines(f"{line}\n\n" for line in _written(block))
    out.write(_AFTER)


def _written(block: SheetBlock) -> Iterator[str]:
    match block:
        case Heading():
            yield f"{_HEADS[block.level]}{{{_text(block.text)}}}"
        case Paragraph():
            yield _text(block.text)
        case Listing():
            yield _text(f"{block.name}:")
            yield from (rf"\texttt{{{_text(line)}}}" for line in block.lines)
        case GivenArray():
            for name, part in matrices(block.name, block.array):
                rows = r" \\ ".join(" & ".join(n.strip() for n in row) for row in matrix(part, GIVEN_DIGITS))
                also = rf" \text{{ ({_text(block.also)})}}" if block.also else ""
                yield rf"\[ {_symbol(name)}{also} = \begin{{bmatrix}} {rows} \end{{bmatrix}} \]"
        case AskedLine():
            formula = "" if block.formula is None else f" = {write(block.formula, LATEX, symbols(LATEX))}"
            points = rf" \hfill ({block.points})" if block.points else ""
            yield rf"${LATEX.symbol(block.name)}{formula}${points}"
        case _:
            yield rf"\vspace*{{{block.lines}\baselineskip}}"


def _symbol(name: str) -> str:
    """A symbol, or a part of an array by its place: Y[1]."""
    stem, bracket, place = name.partition("[")
    return LATEX.symbol(stem, re.sub(r"\]\[", ",", place.removesuffix("]")) if bracket else "")


def _text(foreign: str) -> str:
    """Any text so that LaTeX takes it as text."""
    return printable(foreign, 2000, JOINERS).translate(AS_TEXT)
