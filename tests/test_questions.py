"""Sheets of questions: what is given and asked, no value; foreign text stands as text in every format."""

from __future__ import annotations

import io
import json
import math
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from command import run
from documents import HOSTILE, in_the_margin, log_of, needs_latex, needs_poppler, needs_typst, too_full, words_of
from golden import ROOT, problems

from nncalc.marking.assignment import Assignment, ask
from nncalc.marking.blank import blank
from nncalc.marking.questions import (
    AskedLine,
    GivenArray,
    Heading,
    Listing,
    NameLine,
    Paragraph,
    SheetBlock,
    questions,
)
from nncalc.problem.problem import load, loads
from nncalc.render.documents.latex_text import escaped_latex
from nncalc.render.questions import QUESTION_FORMATS, render
from nncalc.running import conventions
from nncalc.trace.notation.signs import GREEK, HIGH, LOW
from nncalc.trace.notation.style import TEXT, symbols, write

PROBLEMS = [
    path for folder in ("", "formulas", "networks", "published") for path in problems(ROOT / "problems" / folder)
]
TEXTS = [format for format in QUESTION_FORMATS if format != "pdf"]
HOSTILE_TITLE = r"\input{secret} #eval(1) $x$ | =1+1 [bold] *b* `c` <script> %z ~n^2 _u_ & \"q\" -- '' [x](y) Ünï"
MARKED = """
topic: conv
title: Stride 2
image: [[1, 2, 0], [3, 1, 2], [0, 1, 1]]
filter: [[1, -1], [0, 2.125]]
stride: 1
marking: {points: {Y: 2.5}, places: 3}
"""
LABELLED = "topic: attention\ntitle: {0}\nq: [[1, 0]]\nk: [[1, 0], [0, 1]]\nv: [[1], [2]]\nlabels: [{0}, b]\n"


def of(text: str) -> Assignment:
    return ask(loads(text))


def blocks(*problems: Assignment) -> list[SheetBlock]:
    return list(questions("Questions", problems))


def test_a_sheet_has_what_is_given_and_asked_in_order() -> None:
    title, name, head, said, few, X, K, closeness, line = blocks(of(MARKED))
    assert title == Heading("Questions", 1) and head == Heading("1. Stride 2 (2.5 points)", 2)
    assert name == NameLine(Fraction(5, 2))
    assert isinstance(said, Paragraph) and "stride 1, padding 0" in said.text
    assert few == Paragraph("Given: image X, filter K.")
    assert isinstance(X, GivenArray) and X.name == "X" and isinstance(K, GivenArray) and K.name == "K"
    np.testing.assert_array_equal(X.array, [[1, 2, 0], [3, 1, 2], [0, 1, 1]])
    np.testing.assert_array_equal(K.array, [[1, -1], [0, 2.125]])
    assert closeness == Paragraph("Asked: 3 decimals.")
    assert isinstance(line, AskedLine) and (line.name, line.points) == ("Y", "2.5 points") and line.formula is not None
    assert line.room == 4  # the size of Y is worked, too, and the room does not tell it


def test_layers_are_given_as_they_are_typed_with_their_arrays_by_name() -> None:
    """Arrays stand as the formulas name them; two layers with the same numbers each have their own."""
    found = blocks(of("topic: network\nx: [1, 2]\nlayers: [{dense: {W: [[2, -1]]}}, relu]"))
    assert [b for b in found if isinstance(b, Listing)] == [Listing("layers", ("dense: {W: dense1.W}", "relu"))]
    assert [b.name for b in found if isinstance(b, GivenArray)] == ["x", "dense1.W"]
    same = "{W: [[1, 2], [3, 4]], b: [1, 0], activation: tanh}"
    found = blocks(of(f"topic: network\nx: [1, 2]\nlayers: [{same}, {same}]"))
    assert Listing("layers", ("{W: W1, b: b1, activation: tanh}", "{W: W2, b: b2, activation: tanh}")) in found
    given = {b.name: b.array.tolist() for b in found if isinstance(b, GivenArray)}
    assert given["W2"] == [[1, 2], [3, 4]] and list(given) == ["x", "W1", "b1", "W2", "b2"]


def test_a_class_is_given_as_the_formulas_use_it() -> None:
    """With ∂L/∂x = s - target beside it, `target = 3` would be subtracted."""
    given = {
        b.name: b.array.tolist()
        for b in blocks(of("topic: softmax\nx: [1, 2, 3]\ntarget: 3"))
        if isinstance(b, GivenArray)
    }
    assert given["target"] == [0, 0, 1]


def test_the_question_in_words_stands_first_and_letters_of_the_author_need_no_explanation() -> None:
    own = "topic: rnn\nquestion: How much is left of it?\nx: [[1, 2]]\nW_xh: [[1, 0]]\nW_hh: [[1]]\nsymbols: {W_xh: 'U^{[1]}'}\n"
    found = blocks(of(own))
    said = [b.text for b in found if isinstance(b, Paragraph)]
    assert said[0] == "How much is left of it?" and not any("W_xh" in text for text in said)
    assert GivenArray in [type(b) for b in found] and "U^{[1]}" in [b.name for b in found if isinstance(b, GivenArray)]
    assert any(
        "filter K" in b.text
        for b in blocks(of("topic: conv\nimage: [[1, 2], [3, 4]]\nfilter: [[1]]"))
        if isinstance(b, Paragraph)
    )


def test_without_formulas_none_is_told() -> None:
    assert [b.formula for b in questions("Q", [of(MARKED)], formulas=False) if isinstance(b, AskedLine)] == [None]


def test_the_room_grows_with_the_numbers_that_are_asked_up_to_eight_lines() -> None:
    found = blocks(of("topic: softmax\nx: [2, 1, 3]"), of("topic: softmax\nx: [1, 2, 3, 4, 5, 6, 7, 8, 9]"))
    assert [b.room for b in found if isinstance(b, AskedLine)] == [5, 3, 5, 8, 3, 8]


def test_formulas_are_given_as_they_are_typed_and_scalars_in_a_row() -> None:
    asked = of("topic: formulas\ngiven: {w: [1, 2], b: 0.5}\nformulas: |\n  z = w[1]*b   # why\n  y = z + 1\n")
    found = blocks(asked)
    assert not [b for b in found if isinstance(b, Listing)]  # each stands beside its line, as mathematics
    assert Paragraph("Given: b = 0.5.") in found
    assert Listing("formulas", ("z = w[1]*b", "y = z + 1")) in [*questions("Q", [asked], formulas=False)]


@pytest.mark.parametrize("path", PROBLEMS, ids=lambda p: p.stem)
def test_nothing_that_only_the_instructor_knows_is_on_a_sheet(path: Path) -> None:
    """Neither the text of the file (its key, its source) nor how a value is held here; every line asked is there."""
    asked = ask(load(path))
    found = blocks(asked)
    assert [b.name for b in found if isinstance(b, AskedLine)] == [
        asked.steps[name].symbol if name in asked.steps else name for name in asked.lines
    ]
    told = "\n".join(b.text for b in found if isinstance(b, (Paragraph, Heading)))
    told += "\n".join(line for b in found if isinstance(b, Listing) for line in b.lines)
    for text in (told, blank(asked, data=True)):
        assert not re.search(r"expect|column: [0-9]|_mark:|source:|args: |<.* object", text)
        assert path.name not in text and "\\x" not in text


def test_names_that_nobody_asks_for_are_explained_where_they_are_used_first() -> None:
    asked = of("topic: softmax\nx: [2, 1]\ntarget: 1\nmarking: {points: {s: 1, L: 1, dL/dx: 1}}")
    lines = {b.name: b for b in blocks(asked) if isinstance(b, AskedLine)}
    assert {name: [n for n, _ in line.where] for name, line in lines.items()} == {"s": ["e", "Z"], "L": [], "dL/dx": []}
    assert [write(x, TEXT, symbols(TEXT)) for _, x in lines["s"].where] == ["exp(x)", "Σ(e)"]
    found = questions("Q", [asked], formulas=False)
    assert not any(b.where for b in found if isinstance(b, AskedLine))


def test_of_many_names_only_those_of_the_line_are_explained() -> None:
    chain = "".join(f"  a{i + 1} = 2*a{i}\n" for i in range(30))
    asked = of(f"topic: formulas\ngiven: {{a0: 1}}\nformulas: |\n{chain}marking: {{points: {{a30: 1, a5: 2}}}}\n")
    lines = {b.name: [n for n, _ in b.where] for b in blocks(asked) if isinstance(b, AskedLine)}
    assert lines == {"a5": ["a1", "a2", "a3", "a4"], "a30": ["a29"]}


# No answer

NUMBER = re.compile(r"(?<![A-Za-z0-9_.])\d+(?:\.\d+)?(?:e-?\d+)?")
# What of a format is no text: lengths.
LAYOUT = {
    "markdown": r"&nbsp;",
    "latex": r"\\documentclass[\s\S]*?Date:|\\[vh]space\*?\{[^}]*\}|\\arraycolsep\.5em",
    "typst": r"#set document[\s\S]*?Date:.*|0\.99 \* |#[vh]\([^)]*\)|[a-z-]+: #?[-\d.]+(?:em|cm|pt|%)|calc\.min.*",
}


def numbers(text: str) -> set[float]:
    return {float(number) for number in NUMBER.findall(text)}


def known(asked: Assignment, path: Path) -> np.ndarray:
    """The numbers that a student may see: those of the file without its key, of conventions, and of formulas with names."""
    text = re.sub(r"^(expect|marking|source|title):.*\n(?:[ \t#].*\n|\n)*", "", path.read_text(), flags=re.M)
    found = numbers(text) | numbers(" ".join(conventions(asked.problem))) | {math.e}
    found |= {abs(float(x)) for v in asked.problem.values.values() if isinstance(v, np.ndarray) for x in v.ravel()}
    for step in asked.trace.steps:
        formula = " ".join(write(step.formula, TEXT, symbols(TEXT), digits) for digits in (6, 12))
        found |= numbers(formula) if re.search(r"[^\W\d]", formula) else set()
    return np.array(sorted(found))


def answers_in(text: str, asked: Assignment, seen: np.ndarray) -> list[float]:
    """The numbers of a text, but for small counts, that are no given ones and are those of a line asked, rounded or not."""
    lines = [asked.exact[name] for name in asked.lines if asked.exact[name].dtype.kind in "iuf"]
    exact = np.abs(np.concatenate([np.ravel(line) for line in lines]).astype(float))
    exact = exact[np.isfinite(exact)]
    new = [
        t
        for t in numbers(text)
        if not np.isclose(t, seen, rtol=1e-8, atol=1e-8).any() and not (t <= 20 and t == int(t))
    ]
    return [t for t in new if np.isclose(exact, t, rtol=5e-7, atol=5e-7).any()
            or (t != int(t) and any((np.round(exact, places) == t).any() for places in (2, 3, 4)))]  # fmt: skip


@pytest.mark.parametrize("path", PROBLEMS, ids=lambda p: p.stem)
def test_no_number_of_a_line_that_is_asked_is_on_a_sheet(path: Path) -> None:
    asked = ask(load(path))
    seen = known(asked, path)
    for format in TEXTS:
        page = io.StringIO()
        render(questions("Questions", [asked]), page, format)
        text = re.sub(LAYOUT[format], "", page.getvalue()).replace(asked.problem.title, "")
        assert not answers_in(text, asked, seen), format
    assert not answers_in(blank(asked, data=True), asked, seen)


def test_an_answer_on_a_sheet_would_be_seen() -> None:
    path = ROOT / "problems" / "02-softmax.yaml"
    asked = ask(load(path))
    for text in ("s = 0.659001", "s = 0.66", "e[1] = 7.389056", "[7.39]"):
        assert answers_in(text, asked, known(asked, path)), text
    assert not answers_in("x = 2, 1, 0.1; 3 significant digits from 10 up", asked, known(asked, path))


def test_a_formula_of_mere_numbers_is_told_nowhere() -> None:
    """The sizes of what a layer gives: the numbers of its formula are the answer."""
    asked = ask(load(ROOT / "problems" / "published" / "chollet-imdb-conv1d.yaml"))
    assert [n for n in asked.lines if n.endswith("pool.output")] and "98" not in blank(asked)


# Foreign text


def escaped(text: str, format: str) -> str:
    """What the format's own reader makes of an escaped text: what stands there as text."""
    if format == "typst":
        return str(json.loads(text)).replace("\u200b", "")  # a string of Typst's is written as one of JSON's
    if format == "markdown":
        assert not re.search(r"(?<!\\)(?:\\\\)*[$*_`<|\[#](?<!\\.)", re.sub(r"\\[!-/:-@\[-`{-~]", "", text))
        return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)
    text = text.replace(r"\allowbreak{}", "").replace(r"\"{U}", "Ü").replace(r"\"{\i}", "ï").replace(r"\"{i}", "ï")
    known = {"textbackslash": "\\", "textasciicircum": "^", "textasciitilde": "~", "textless": "<", "textgreater": ">",
             "textbar": "|", "char34": '"'}  # fmt: skip
    token = re.compile(r"\\([a-z]+(?:34)?)\{\}|\\([{}$&#%_])|(['`,?!-])\{\}|\{([\[\]])\}|([^\\{}$&#%_^~\[\]])")
    out, at = "", 0
    while at < len(text):
        found = token.match(text, at)
        assert found, text[at:]
        out += known[found[1]] if found[1] else next(filter(None, found.groups()))
        at = found.end()
    return out


def titled(format: str, text: str) -> str:
    """The line of the title, without what the format puts around it."""
    (line,) = (line for line in text.splitlines() if "secret" in line)
    around = {"markdown": r"## (.*)", "latex": r"\\subsection\{(.*)\}", "typst": r"== #(\".*\")"}
    found = re.fullmatch(around[format], line)
    assert found, line
    return found[1]


@pytest.mark.parametrize("format", TEXTS)
def test_a_hostile_title_is_text(format: str, tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(
        "topic: softmax\nx: [2, 1]\ntitle: " + json.dumps(HOSTILE_TITLE, ensure_ascii=False), encoding="utf-8"
    )
    done = run("sheet", str(path), "--format", format)
    assert done.code == 0 and done.err == ""
    assert escaped(titled(format, done.out), format) == f"1. {HOSTILE_TITLE}"


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_in_titles_and_lists_are_strings_in_typst(words: str) -> None:
    pages = []
    for said in (words, "a"):
        asked = of(LABELLED.format(json.dumps(said, ensure_ascii=False)))
        page = io.StringIO()
        render(questions(said, [asked]), page, "typst")
        pages.append(re.sub(r'"(?:[^"\\]|\\.)*"', '""', page.getvalue()))
    assert pages[0] == pages[1]


def test_every_sign_that_a_formula_may_be_typed_with_is_itself_in_latex() -> None:
    signs = f"·∘×⋅÷−√≤≥≠ᵀ⋆½⅓¼¾⅔∂ŷΣ{HIGH}{LOW}{''.join(GREEK)}"
    assert "U+" not in escaped_latex(signs)
    written = r"E = \ensuremath{\frac{1}{2}}\ensuremath{\cdot}(t \ensuremath{-} a)\ensuremath{^{2}}"
    assert escaped_latex("E = ½·(t − a)²") == written


@pytest.fixture
def hw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for path, title in (("a", "For all"), ("b", "B"), ("s01/b", "B of s01"), ("s02/b", "B of s02")):
        (tmp_path / "hw" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / f"hw/{path}.yaml").write_text(f"topic: softmax\nx: [2, 1]\ntitle: {title}\n")
    return tmp_path


def test_variants_are_a_file_for_each_student(hw: Path) -> None:
    assert run("sheet", "hw", "--format", "latex", "-o", "out").code == 0
    assert sorted(p.name for p in (hw / "out").iterdir()) == ["s01.tex", "s02.tex"]
    text = (hw / "out/s01.tex").read_text()
    assert "1. For all" in text and "2. B of s01" in text and "s02" not in text and r"\section{s01}" in text
    done = run("sheet", "hw", "--format", "latex", "-o", "out")
    assert done.code == 2 and "is there already" in done.err


def test_one_document_has_a_part_for_each_student(hw: Path) -> None:
    assert run("sheet", "hw", "-o", "all.typ").code == 0
    text = (hw / "all.typ").read_text()
    assert text.count("#pagebreak") == 2 and text.index("B of s01") < text.index('"s02"') < text.index("B of s02")


def test_without_variants_there_is_a_file_for_each_problem_or_one_for_all(hw: Path) -> None:
    assert run("sheet", "hw/s01", "--format", "markdown", "-o", "out").code == 0
    assert [p.name for p in (hw / "out").iterdir()] == ["b.md"]
    assert run("sheet", "hw/a.yaml", "-o", "a.md").code == 0
    assert re.match(r"# Questions\n\nName: [_\\]+ Date: [_\\]+\n\n## 1\\\. For all\n", (hw / "a.md").read_text())


def test_a_problem_that_cannot_be_used_costs_its_own_file_and_a_whole_document(hw: Path) -> None:
    (hw / "hw/s02/b.yaml").write_text("topic: softmax\n")
    done = run("sheet", "hw", "--format", "typst", "-o", "out")
    assert done.code == 1 and "hw/s02/b.yaml" in done.err and [p.name for p in (hw / "out").iterdir()] == ["s01.typ"]
    done = run("sheet", "hw", "-o", "all.typ")
    assert done.code == 2 and "hw/s02/b.yaml" in done.err and not (hw / "all.typ").exists()


def test_points_of_a_question_are_the_sum_of_its_lines() -> None:
    asked = of("topic: softmax\nx: [2, 1]\nmarking: {points: {e: 1, s: 0.5}}")
    assert asked.points == {"e": Fraction(1), "s": Fraction(1, 2)}
    assert Heading("1. softmax (1.5 points)", 2) in blocks(asked)
    assert [b.points for b in blocks(asked) if isinstance(b, AskedLine)] == ["1 point", "0.5 points"]


# As documents


def written(format: str, *asked: Assignment) -> str | bytes:
    """Sheets in a format."""
    below = io.BytesIO()
    out = io.TextIOWrapper(below, encoding="utf-8")
    render(questions("Questions", asked), out, format)
    out.flush()
    return below.getvalue() if format == "pdf" else below.getvalue().decode()


LONG_TITLE, LONG_SUM = " ".join(["long"] * 60) + "x" * 200, " + ".join(["b*b"] * 60)
MANY = [[i + 0.123456789012 for i in range(18)]] * 3
WIDE = f"""
topic: formulas
title: {LONG_TITLE}
given: {{A: {MANY}, b: 2}}
formulas: |
  c = {LONG_SUM}
  y = A + c
marking: {{points: {{y: 1.25, c: 12.5}}, places: 1}}
"""


def test_wide_matrices_are_whole_in_parts() -> None:
    text = str(written("latex", of(WIDE)))
    numbers = [f"{i + 0.123456789012:.12f}" for i in range(18)]
    said = re.findall(r"\d+\.\d{12}", text)
    assert sorted(said) == sorted(numbers * 3) and text.count("begin{array}") >= 2


def test_a_sheet_begins_with_a_line_for_the_name_and_the_points() -> None:
    assert "Points: " in (text := str(written("markdown", of(MARKED)))) and "of 2.5" in text and "Name: " in text
    assert "Points" not in str(written("markdown", of("topic: softmax\nx: [2, 1]")))


def test_a_pdf_without_its_extra_is_one_line_that_installs_it(hw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    for words in (("sheet", "hw/a.yaml", "-o", "a.pdf"), ("sheet", "hw/a.yaml", "--format", "pdf")):
        assert run(*words) == (2, "", "pdf needs Typst; pip install 'nncalc[pdf]'\n")
    assert not (hw / "a.pdf").exists()


def test_what_typst_is_given_is_a_whole_document(hw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[bytes] = []
    compiled = SimpleNamespace(compile=lambda source, **how: given.append(source) or b"%PDF-1.7")
    monkeypatch.setitem(sys.modules, "typst", compiled)
    assert run("sheet", "hw", "--format", "pdf", "-o", "out").code == 0
    assert sorted(p.name for p in (hw / "out").iterdir()) == ["s01.pdf", "s02.pdf"]
    assert b"B of s01" in given[0] and b"For all" in given[0] and b"B of s02" in given[1]
    assert all(source.startswith(b"#set document(title: ") for source in given)


@needs_typst
@needs_poppler
def test_nothing_stands_beyond_the_page_and_hostile_words_are_read(tmp_path: Path) -> None:
    words = "".join(filter(str.isascii, HOSTILE))  # without the signs that some fonts lack
    asked = [of(LABELLED.format(json.dumps(words))), of(WIDE), *(ask(load(p)) for p in problems(ROOT / "problems"))]
    pdf = written("pdf", *asked)
    assert isinstance(pdf, bytes) and b"pdfuaid:part" in pdf
    (tmp_path / "q.pdf").write_bytes(pdf)
    assert len(words_of(tmp_path / "q.pdf")) > 1000
    in_the_margin(tmp_path / "q.pdf")
    read = subprocess.run(["pdftotext", tmp_path / "q.pdf", "-"], capture_output=True, text=True, check=True).stdout
    seen = words.replace("\u202e", r"\u202e")  # what turns the line is said, and does not turn it
    assert "".join(read.replace("\u200b", "").split()).count("".join(seen.split())) == 2
    assert all(read.count(f"{x:.12f}") for x in MANY[0])


@pytest.mark.long
@needs_latex
def test_hostile_words_compile_in_latex(tmp_path: Path) -> None:
    sheets = [of(LABELLED.format(json.dumps(words, ensure_ascii=False))) for words in HOSTILE]
    assert not too_full(log_of(written("latex", *sheets, of(WIDE)), tmp_path))


@pytest.mark.long
@needs_latex
@pytest.mark.parametrize("folder", ["", "networks", "formulas", "published", "architectures"])
def test_every_sheet_compiles_in_latex_without_a_box_too_full(folder: str, tmp_path: Path) -> None:
    asked = [ask(load(path)) for path in problems(ROOT / "problems" / folder)]
    assert not too_full(log_of(written("latex", *asked), tmp_path))
    assert not too_full(log_of(written("latex", asked[0]), tmp_path))
