"""What tests of documents share: hostile words, and what LaTeX and a reader of PDF say."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

import pytest

HOSTILE = (
    r"\input{/etc/passwd}", "#eval(read)", "$x$", "a|b", "=1+1", "[bold]", "`code`", "<script>alert(1)</script>", "*a*",
    "#link(x)", r"\end{document}", '") #panic("', "//", "/* a", "_a_", "~^^5c", "%", "& \\\\", "---", "{{}}", "1. a",
    "![x](y)", "@SUM(A1)", "x\u202ey", "中文 é ß ∂ σ ²",
)  # fmt: skip

needs_typst = pytest.mark.skipif(importlib.util.find_spec("typst") is None, reason="nncalc[pdf] is not installed")
needs_latex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex")
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="no pdftotext")


def log_of(page: str | bytes, folder: Path) -> str:
    """What LaTeX says of a document."""
    (folder / "a.tex").write_text(str(page))
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "a.tex"], cwd=folder, capture_output=True, check=False
    )
    log = (folder / "a.log").read_text(errors="replace")
    assert done.returncode == 0, log[-3000:]
    return log


def too_full(log: str) -> list[str]:
    """The boxes that are too full by more than 5 pt."""
    return [much for much in re.findall(r"Overfull \\[hv]box \(([\d.]+)pt", log) if float(much) > 5]


def words_of(pdf: Path) -> list[tuple[float, float]]:
    """Where each word of a PDF begins and ends, in points from the left."""
    said = subprocess.run(["pdftotext", "-bbox", pdf, "-"], capture_output=True, text=True, check=True).stdout
    return [(float(x), float(end)) for x, end in re.findall(r'<word xMin="([-\d.]+)" [^>]*xMax="([\d.]+)"', said)]


def in_the_margin(pdf: Path) -> None:
    """Words stand in the margin, on the left alone, and none nearer to the paper's edge than a printer prints."""
    places = words_of(pdf)
    assert 0.8 / 2.54 * 72 < min(start for start, _ in places) < 2 / 2.54 * 72
    assert max(end for _, end in places) < 595.3 - 1.5 / 2.54 * 72 + 3
