"""Texts in LaTeX: whatever an engine can print is printed, and nothing as its number."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from itertools import product
from pathlib import Path

import pytest
from documents import needs_latex

import nncalc
from nncalc.render.documents.latex_text import escaped_latex
from nncalc.trace.notation.letters import LETTERS_BY_NAME, read_letters
from nncalc.trace.notation.style import TEXT

# As people write titles: what each sign of them is to be.
MEANT = {
    "— – “ ” ‘ ’ …": r"\textemdash{} \textendash{} \textquotedblleft{} \textquotedblright{} \textquoteleft{} "
    r"\textquoteright{} \ensuremath{\dots}",
    "3 € 20° § 4 № 5": r"3 \texteuro{} 20\ensuremath{^{\circ}} \textsection{} 4 No. 5",
    "2×3÷4·µ, ½": r"2\ensuremath{\times}3\ensuremath{\div}4\ensuremath{\cdot}\ensuremath{\mu},{} "
    r"\ensuremath{\frac{1}{2}}",
    "© ™ ®": r"\textcopyright{} \texttrademark{} \textregistered{}",
    "é ñ Ł ç ő ễ Ș": r"\'{e} \~{n} \L{} \c{c} \H{o} \~{\^{e}} S",
    "ℝ ℒ 𝐱 𝑥 𝒙 𝛉 𝜃 ∇ ℓ": r"\ensuremath{\mathbf{R}} \ensuremath{\mathcal{L}} \ensuremath{\mathbf{x}} \ensuremath{x} "
    r"\ensuremath{\mathbf{x}} \ensuremath{\boldsymbol{\theta}} \ensuremath{\theta} \ensuremath{\nabla} \ensuremath{\ell}",
    "z̄ z̃ ẑ ŷ θ̂ ά 𝐱̂": r"\ensuremath{\bar{z}} \ensuremath{\tilde{z}} \ensuremath{\hat{z}} \ensuremath{\hat{y}} "
    r"\ensuremath{\hat{\theta}} \ensuremath{\acute{\alpha}} \ensuremath{\hat{\mathbf{x}}}",
    "x² xᵀ a₁₂ xⁿ": r"x\ensuremath{^{2}} x\ensuremath{^{\top}} a\ensuremath{_{1}}\ensuremath{_{2}} x\ensuremath{^{n}}",
    "100％ ﬁn": r"100\% fin",
}  # fmt: skip
PAGES = Path(__file__).parent / "golden"
# A working's page in a terminal draws with these; a document has pictures instead.
DRAWN = re.compile("[─-▟⠀-⣿]")


def own_texts() -> str:
    """Every sign beyond ASCII that a page of ours holds, or that a word of ours in the package may hold."""
    files = [*PAGES.rglob("*.txt"), *(PAGES / "pages").rglob("*"), *Path(nncalc.__file__).parent.rglob("guide/*.md")]
    signs = {sign for path in files if path.is_file() for sign in path.read_text("utf-8") if not sign.isascii()}
    assert {"∂", "ᵀ", "σ", "≈"} <= signs
    return "".join(sorted(sign for sign in signs if not DRAWN.match(sign)))


def symbols_of_the_grammar() -> list[str]:
    """Each letter with each accent and each face that an author may give it, as a line of text has it."""
    letters = ["x", "y", "z", "L", "W", *(f"\\{name}" for name in LETTERS_BY_NAME if name not in ("eps", "ell"))]
    faces = ["%s", r"\mathbf{%s}", r"\boldsymbol{%s}", r"\mathcal{%s}"]
    made = [accent % (face % letter) for letter, face, accent in product(
        letters, faces, ["%s", *(rf"\{name}{{%s}}" for name in ("hat", "bar", "tilde", "dot"))])
        if "cal" not in face or letter in "LW"]  # fmt: skip
    made += [r"\ell", "w^*", r"a^{\langle t\rangle}", r"x_{i,\alpha}^{(l+1)}", r"\theta''", "h_{t-1}"]
    return [TEXT.symbol(str(read_letters(symbol))) for symbol in made]


EVERY_LINE = [*MEANT, own_texts(), *symbols_of_the_grammar()]


@pytest.mark.parametrize("text", MEANT)
def test_what_people_write_is_printed(text: str) -> None:
    assert escaped_latex(text) == MEANT[text]


def test_nothing_of_ours_is_printed_as_its_number() -> None:
    for line in EVERY_LINE:
        assert "U+" not in escaped_latex(line), line


def test_letters_of_latin_alphabets_are_printed_without_their_number() -> None:
    """Those of Europe and of Vietnam; a mark that not every encoding has is left out."""
    signs = [chr(code) for code in (*range(0xC0, 0x180), *range(0x1E00, 0x1F00))]
    letters = "".join(
        s for s in signs if "LATIN" in unicodedata.name(s, "") and unicodedata.decomposition(s) and s != "ẛ"
    )
    assert len(letters) > 300 and "U+" not in escaped_latex(letters)


def test_what_no_engine_is_sure_to_have_is_a_number() -> None:
    assert escaped_latex("中x\u0489") == "U+4E2Dx" + "U+0489"


@pytest.mark.long
@needs_latex
@pytest.mark.parametrize("engine", ["pdflatex", "lualatex", "xelatex"])
def test_every_sign_compiles(engine: str, tmp_path: Path) -> None:
    if shutil.which(engine) is None:
        pytest.skip(f"no {engine}")
    latin = [chr(code) for code in (*range(0xA1, 0x180), *range(0x1E00, 0x1F00)) if chr(code).isprintable()]
    lines = [rf"{escaped_latex(line)}\par" for line in (*EVERY_LINE, " ".join(latin))]
    head = r"\documentclass{article}\usepackage{amsmath}\begin{document}"
    (tmp_path / "a.tex").write_text("\n".join([head, *lines, r"\end{document}"]), "utf-8")
    done = subprocess.run([engine, "-interaction=nonstopmode", "a.tex"], cwd=tmp_path, capture_output=True, check=False)
    log = (tmp_path / "a.log").read_text(errors="replace")
    assert done.returncode == 0 and "Missing character" not in log, log[-3000:]
