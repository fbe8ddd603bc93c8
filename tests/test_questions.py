"""Sheets of questions: what is given and asked, no value; foreign text stands as text in every format."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from command import run

from nncalc.marking.assignment import Assignment, ask
from nncalc.marking.blank import blank
from nncalc.marking.questions import (
    AskedLine,
    GivenArray,
    Heading,
    Listing,
    Paragraph,
    SheetBlock,
    WritingRoom,
    questions,
)
from nncalc.problem.problem import load, loads
from nncalc.render.questions import QUESTION_FORMATS

ROOT = Path(__file__).parent.parent
PROBLEMS = [path for folder in ("", "formulas", "networks") for path in sorted((ROOT / "problems" / folder).glob("*.yaml"))
            if not path.name.endswith(".answers.yaml")]  # fmt: skip
HOSTILE = r"\input{secret} #eval(1) $x$ | =1+1 [bold] *b* `c` <script> %z ~n^2 _u_ & \"q\" -- '' [x](y) Ünï"
MARKED = """
topic: conv
title: Stride 2
image: [[1, 2, 0], [3, 1, 2], [0, 1, 1]]
filter: [[1, -1], [0, 2.125]]
stride: 1
marking: {points: {Y: 2.5}, places: 3}
"""


def of(text: str) -> Assignment:
    return ask(loads(text))


def blocks(*problems: Assignment) -> list[SheetBlock]:
    return list(questions("Questions", problems))


def test_a_sheet_has_what_is_given_and_asked_in_order() -> None:
    title, head, conventions, X, K, closeness, line, room = blocks(of(MARKED))
    assert title == Heading("Questions", 1) and head == Heading("1. Stride 2 (2.5 points)", 2)
    assert isinstance(conventions, Paragraph) and "stride 1, padding 0" in conventions.text
    assert isinstance(X, GivenArray) and (X.name, X.also) == ("X", "image")
    assert isinstance(K, GivenArray) and (K.name, K.also) == ("K", "filter")
    np.testing.assert_array_equal(X.array, [[1, 2, 0], [3, 1, 2], [0, 1, 1]])
    np.testing.assert_array_equal(K.array, [[1, -1], [0, 2.125]])
    assert closeness == Paragraph("Asked: 3 decimals.")
    assert isinstance(line, AskedLine) and (line.name, line.points) == ("Y", "2.5 points") and line.formula is not None
    assert room == WritingRoom(4)  # the size of Y is worked, too, and the room does not tell it


def test_layers_are_given_as_they_are_typed() -> None:
    layers = "[{dense: {W: [[2, -1]]}}, relu]"
    (listing,) = (b for b in blocks(of(f"topic: network\nx: [1, 2]\nlayers: {layers}")) if isinstance(b, Listing))
    assert listing == Listing("layers", ("dense: {W: [[2, -1]], activation: identity}", "relu"))


def test_without_formulas_none_is_told() -> None:
    assert [b.formula for b in questions("Q", [of(MARKED)], formulas=False) if isinstance(b, AskedLine)] == [None]


def test_the_room_grows_with_the_numbers_that_are_asked_up_to_eight_lines() -> None:
    found = blocks(of("topic: softmax\nx: [2, 1, 3]"), of("topic: softmax\nx: [1, 2, 3, 4, 5, 6, 7, 8, 9]"))
    assert [b.lines for b in found if isinstance(b, WritingRoom)] == [5, 3, 5, 8, 3, 8]


def test_formulas_are_given_as_they_are_typed_and_scalars_in_a_row() -> None:
    asked = of("topic: formulas\ngiven: {w: [1, 2], b: 0.5}\nformulas: |\n  z = w[1]*b   # why\n  y = z + 1\n")
    found = blocks(asked)
    assert Listing("formulas", ("z = w[1]*b", "y = z + 1")) in found
    assert Paragraph("Given: b = 0.5.") in found


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


def escaped(text: str, format: str) -> str:
    """What the format's own reader makes of an escaped text: what stands there as text."""
    if format == "typst":
        return str(json.loads(text))  # a string of Typst's is written as one of JSON's
    if format == "markdown":
        assert not re.search(r"(?<!\\)(?:\\\\)*[$*_`<|\[#](?<!\\.)", re.sub(r"\\[!-/:-@\[-`{-~]", "", text))
        return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)
    known = {"textbackslash": "\\", "textasciicircum": "^", "textasciitilde": "~", "textless": "<", "textgreater": ">",
             "textbar": "|", "textquotedbl": '"', "textasciigrave": "`"}  # fmt: skip
    token = re.compile(r"\\([a-z]+)\{\}|\\([{}$&#%_])|(['-])\{\}|\{([\[\]])\}|([^\\{}$&#%_^~\[\]])")
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
    around = {"markdown": r"## (.*)", "latex": r"\\subsection\*\{(.*)\}", "typst": r"#heading\(level: 2, (\".*\")\)"}
    found = re.fullmatch(around[format], line)
    assert found, line
    return found[1]


@pytest.mark.parametrize("format", QUESTION_FORMATS)
def test_a_hostile_title_is_text(format: str, tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("topic: softmax\nx: [2, 1]\ntitle: " + json.dumps(HOSTILE, ensure_ascii=False), encoding="utf-8")
    done = run("sheet", str(path), "--format", format)
    assert done.code == 0 and done.err == ""
    assert escaped(titled(format, done.out), format) == f"1. {HOSTILE}"


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
    assert "1. For all" in text and "2. B of s01" in text and "s02" not in text and r"\section*{s01}" in text
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
    assert (hw / "a.md").read_text().startswith("# Questions\n\n## 1\\. For all\n")


def test_a_problem_that_cannot_be_used_costs_its_own_file_and_a_whole_document(hw: Path) -> None:
    (hw / "hw/s02/b.yaml").write_text("topic: softmax\n")
    done = run("sheet", "hw", "--format", "typst", "-o", "out")
    assert done.code == 1 and "hw/s02/b.yaml" in done.err and [p.name for p in (hw / "out").iterdir()] == ["s01.typ"]
    done = run("sheet", "hw", "-o", "all.typ")
    assert done.code == 2 and "hw/s02/b.yaml" in done.err and not (hw / "all.typ").exists()


def test_a_pdf_is_refused_and_what_makes_one_is_said(hw: Path) -> None:
    done = run("sheet", "hw/a.yaml", "-o", "a.pdf")
    assert done.code == 2 and done.err == (
        "--output: there is no format for .pdf (a .typ or .tex becomes one with typst or LaTeX)\n"
    ) and not (hw / "a.pdf").exists()  # fmt: skip


def test_points_of_a_question_are_the_sum_of_its_lines() -> None:
    asked = of("topic: softmax\nx: [2, 1]\nmarking: {points: {e: 1, s: 0.5}}")
    assert asked.points == {"e": Fraction(1), "s": Fraction(1, 2)}
    assert Heading("1. softmax (1.5 points)", 2) in blocks(asked)
    assert [b.points for b in blocks(asked) if isinstance(b, AskedLine)] == ["1 point", "0.5 points"]
