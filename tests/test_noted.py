"""What of a sheet was read otherwise than it is written, or passed over, is said in the feedback of every format."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest
from command import run

PROBLEM = "topic: softmax\nx: [1.5, -0.5, 0.8]\nmarking: {points: {Z: 1, s: 2}, places: 3}\n"
RIGHT = "Z: 7.314\ns: [0.613, 0.083, 0.304]\n"
SHEET = "Z: '7,314'\ns: [61.3%, 0.083, 0.304]\ntolerance: 9\n\"<b>|*=1\": 1\n"
NOTES = [
    "ann.yaml:1: Z: '7,314' is read as 7.314",
    "ann.yaml:2: s[1]: 61.3% is read as 0.613",
    "ann.yaml:3: unknown key 'tolerance'; want a line that is asked (only the problem may say that)",
    "ann.yaml:4: there is no step '<b>|*=1'; want a line that is asked (the steps are e, Z, s, dx)",
]
FORMATS = ("table", "plain", "csv", "json", "gradescope", "junit", "markdown", "html")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("p.yaml").write_text(PROBLEM)
    Path("subs").mkdir()
    Path("subs/ann.yaml").write_text(SHEET)
    return tmp_path


def said(format: str, *words: str) -> str:
    """A page as its reader sees it, on one line."""
    out = run("check", *(words or ("p.yaml", "subs/ann.yaml")), "--format", format).out
    if format == "csv":
        out = "\n".join(cell for row in csv.reader(io.StringIO(out)) for cell in row)
    elif format == "gradescope":
        out = json.loads(out)["output"]
    elif format == "json":
        out = "\n".join(json.loads(out)["sheets"][0].get("notes", []))
    elif format == "junit":
        out = "\n".join(ElementTree.fromstring(out).itertext())
    elif format == "markdown":
        out = re.sub(r"\\(.)", r"\1", out)
    elif format == "html":
        out = unescape(re.sub(r"<[^>]*>", "\n", out.replace("</li><li>", "\n")))
    return " ".join(out.split())


@pytest.mark.parametrize("format", FORMATS)
def test_every_note_is_on_the_page_without_a_path(format: str, here: Path) -> None:
    for words in (
        ("p.yaml", "subs/ann.yaml"),
        (str(here / "p.yaml"), str(here / "subs" / "ann.yaml")),
        ("p.yaml", "subs"),
    ):
        page = said(format, *words)
        for note in NOTES:
            assert re.sub(r"\(the steps.*", "", note) in page, (note, page)
        assert f"{here}/subs/ann.yaml:" not in page and "subs/ann.yaml:" not in page
    Path("subs/ann.yaml").write_text(RIGHT)
    assert "How the sheet was read" not in said(format) and "is read as" not in said(format)


@pytest.mark.parametrize("format", FORMATS)
def test_what_a_sheet_calls_its_lines_is_text_on_the_page(format: str, here: Path) -> None:
    Path("subs/ann.yaml").write_text('"<script>x</script>|\\e[1m": 1\n' + RIGHT)
    page = run("check", "p.yaml", "subs/ann.yaml", "--format", format).out
    assert "\x1b" not in page and "script" in page
    if format in ("html", "junit"):
        assert page.count("<script") == (format == "html")  # the page's own
    elif format == "markdown":
        assert "\\<script\\>" in page and "\\|" in page


def test_notes_are_said_once_and_nothing_else_is_on_stderr(here: Path) -> None:
    for words in (("p.yaml", "subs/ann.yaml"), ("p.yaml", "subs"), ("p.yaml", "Z=7,314")):
        done = run("check", *words)
        assert done.err == "" and done.out.count("7,314' is read as" if "subs" in words[1] else "7,314 is read as") == 1
    assert run("check", "p.yaml", "subs", "-q").out == ""
    run("check", "p.yaml", "subs", "-o", "feedback", "--format", "html")
    assert "61.3% is read as 0.613" in Path("feedback/ann.html").read_text()


def test_sheets_that_are_marked_alike_keep_their_own_notes(here: Path) -> None:
    """Bob wrote the same as Ann, in another file and on other lines: his page does not name hers."""
    Path("subs/bob.yaml").write_text("student: bob\n" + SHEET)
    sheets = json.loads(run("check", "p.yaml", "subs", "--format", "json").out)["sheets"]
    notes = {one["student"]: one["notes"] for one in sheets}
    assert notes["ann"][0] == NOTES[0] and notes["bob"][0] == NOTES[0].replace("ann.yaml:1", "bob.yaml:2")


def test_typed_answers_have_no_file_and_a_key_no_notes(here: Path) -> None:
    assert "\n    s[1]: 61.3% is read as 0.613\n" in run("check", "p.yaml", "s=61.3%,0.083,0.304").out
    typed = run("softmax", "--x", "1.5,-0.5,0.8", "--check", "s=61.3%,0.083,0.304")
    assert "\n    s[1]: 61.3% is read as 0.613\n" in typed.out and typed.err == ""
    Path("k.yaml").write_text(PROBLEM + "expect: {Z: e^1.5 + e^-0.5 + e^0.8}\n")
    done = run("check", "k.yaml")
    assert "is read as" not in done.out + done.err, done


def test_of_many_notes_the_first_are_said_and_how_many_more(here: Path) -> None:
    Path("subs/ann.yaml").write_text(RIGHT + "".join(f"z{n}: 1\n" for n in range(100)))
    for format in FORMATS:
        page = said(format)
        assert "ann.yaml:3: there is no step 'z0'" in page
        assert "and 80 more" in page or len(page) > 1900


def test_verdicts_that_need_words_have_them_and_what_was_not_read_is_not_called_wrong(here: Path) -> None:
    rounded, follows = (
        "rounded: as near as numbers rounded on the way allow",
        "follows: right with your own earlier numbers",
    )
    Path("p.yaml").write_text(PROBLEM.replace("{Z: 1, s: 2}", "{e: 1, Z: 1, s: 2}"))
    for sheet, told in (
        ("e: [4.48, 0.61, 2.23]\nZ: 7.315\n", (rounded,)), ("e: [4.482, 0.607, 3.226]\nZ: 8.315\ns: [0.5, x, 1]\n", (follows,)),
        ("e: [4.482, 0.607, 2.226]\n" + RIGHT, ()),
    ):  # fmt: skip
        Path("subs/ann.yaml").write_text(sheet)
        for format in ("table", "markdown", "html"):
            page = said(format)
            assert [text in page for text in (rounded, follows)] == [text in told for text in (rounded, follows)], page
            assert ("not read" in page) == ("x" in sheet) == ("cannot be read: s[2]" in page)
            assert page.count("WRONG") == (follows in told) and page.count("cannot be read") <= 1


def test_a_line_that_cannot_be_read_is_a_remark_and_stands_on_the_page_as_it_was_typed(here: Path) -> None:
    Path("p.yaml").write_text(PROBLEM)
    Path("subs/ann.yaml").write_text("Z: 7.315\ns: [0.61, 0.08\n")
    why = "s: cannot be read: is not YAML: this [ is never closed: [0.61, 0.08"
    table = run("check", "p.yaml", "subs", "--format", "csv").out
    assert f"ann.yaml:2: {why}" in table
    assert f"ann: ann.yaml:2: {why}" in run("check", "p.yaml", "subs").out
    for format in ("html", "markdown"):
        page = re.sub(r"\\(.)", r"\1", run("check", "p.yaml", "subs/ann.yaml", "--format", format).out)
        assert why.removeprefix("s: ") in page
    assert "s: s: " not in run("check", "p.yaml", "s=x,1,2", "--format", "csv").out
