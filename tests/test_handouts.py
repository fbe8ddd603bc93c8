"""Keys: workings with the marks; and a file for each student of keys as of sheets of questions."""

from __future__ import annotations

import re
import sys
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from xml.etree.ElementTree import fromstring

import pytest
from command import run
from documents import HOSTILE, in_the_margin, log_of, needs_latex, needs_poppler, needs_typst, too_full
from examples import LSTM, problem
from golden import NOTES, ROOT

import nncalc
from nncalc.errors import printable
from nncalc.marking.keyed import Keyed, keyed
from nncalc.problem.problem import Problem, load
from nncalc.render.documents.markup import escaped_markdown
from nncalc.render.layout import View
from nncalc.render.working import DOCUMENTS, rendered
from nncalc.render.working.latex import escaped_latex
from nncalc.running import on_paper, solve
from nncalc.trace.notation.typst import typst_string

POINTS = {"i": 1, "z_o": 1, "o": 0.5, "c": 2.5, "h": 3}
TEXTS = [format for format in DOCUMENTS if format != "pdf"]
# In each format, what a line of that many points begins with, and the line.
BESIDE = {
    "markdown": r"\*\*{}, 3 decimals:\*\*\n\n\$\$\n(\S+) = ",
    "latex": r"\\textbf{{{}}}\\\\\\textbf{{3 decimals}}.*\n{{\\mbox{{\\\(\\displaystyle (\S+) = ",
    "typst": r'"{}" \+ linebreak\(\) \+ "3 decimals".*\n#par.*\$display\((\S+) = ',
}


def key(text: str = LSTM, marking: str = f"marking: {{points: {POINTS}, places: 3}}") -> Problem:
    return problem(text + marking + "\n")


def worked(*problems: Problem, format: str) -> str:
    page = rendered([keyed(one, solve(one)) for one in problems], View(), format)
    assert isinstance(page, str)
    return page


def points(number: float) -> str:
    return f"{number:g} point{'' if number == 1 else 's'}"


@pytest.mark.parametrize("format", TEXTS)
def test_every_line_with_points_has_them_beside_it_and_no_other_has(format: str) -> None:
    page = worked(key(), format=format)
    for number in set(POINTS.values()):
        lines = re.findall(BESIDE[format].format(re.escape(points(number))), page)
        bare = [re.sub(r'[{}()"]|\\math\w+', "", line) for line in lines]
        assert bare == [name for name, own in POINTS.items() if own == number], number
    assert page.count("3 decimals") == len(POINTS) + 1  # below the title, too


@pytest.mark.parametrize("format", TEXTS)
def test_a_title_has_the_total_and_below_it_stands_how_closely_answers_are_wanted(format: str) -> None:
    page = worked(key(), format=format)
    plain = re.sub(r"\\(.)", r"\1", page) if format == "markdown" else page
    assert plain.count("lstm (8 points)") == 1 and "Asked: 3 decimals." in plain


def test_points_are_those_of_the_file() -> None:
    trace = keyed(one := key(), solve(one))
    assert isinstance(trace, Keyed) and trace.total == Fraction(8)
    assert trace.worth == {name: (points(own), "3 decimals") for name, own in POINTS.items()}
    digits = keyed(two := key(marking="marking: {points: {h: 1}, sig: 4}"), solve(two))
    assert isinstance(digits, Keyed) and digits.worth == {"h": ("1 point", "4 digits")}


def test_numbers_that_are_asked_stand_alone_with_their_points() -> None:
    text = "topic: softmax\nx: [2, 1, 0.1]\ntarget: 1\nmarking: {points: {Z: 1, L: 2}}\n"
    page = worked(problem(text), format="markdown")
    assert re.search(r"\*\*1 point:\*\*\n\n\$\$\n\\begin\{aligned\}\nZ & = .* = 11\.212509\n\\end", page)
    assert re.search(r"\*\*2 points:\*\*\n\n\$\$\n\\begin\{aligned\}\nL & = .* = 0\.417\d+\n\\end", page)


def test_an_answer_that_is_no_step_has_its_points_where_the_answers_stand() -> None:
    text = (ROOT / "problems" / "16-conv-layer-parameters.yaml").read_text() + "marking: {points: {output: 2}}\n"
    page = worked(problem(text), format="markdown")
    assert re.search(r"## Answer\n\n\*\*2 points:\*\*\n\n\$\$\n\\mathit\{output\} = \[", page)


def test_without_marking_a_working_is_what_it_was() -> None:
    for path in NOTES:
        one = load(str(path))
        trace = solve(one)
        assert keyed(one, trace) is trace


def test_a_marking_without_points_says_the_places_alone() -> None:
    page = worked(key(marking="marking: {places: 2}"), format="markdown")
    assert r"Asked\: 2 decimals\." in page and "point" not in page
    assert "1 decimal\\." in worked(key(marking="marking: {places: 1}"), format="markdown")


def test_a_key_of_several_problems_numbers_them_and_adds_up(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(LSTM + f"title: First\nmarking: {{points: {POINTS}}}\n")
    (tmp_path / "b.yaml").write_text("topic: softmax\nx: [2, 1]\ntitle: Second\nmarking: {points: {s: 2}}\n")
    (tmp_path / "c.yaml").write_text("topic: softmax\nx: [2, 1]\ntitle: Third\n")
    page = run("solve", str(tmp_path), "--format", "typst").out
    assert re.findall(r'^= #"(.*)"', page, re.M) == ["1. First (8 points)", "2. Second (2 points)", "3. Third"]
    assert "3 worked problems (10 points)" in page and "#outline(" in page
    assert r"\title{3 worked problems (10 points)}" in run("solve", str(tmp_path), "--format", "latex").out
    questions = run("sheet", str(tmp_path), "--format", "typst").out
    assert re.findall(r'^== #"(\d.*)"', questions, re.M) == re.findall(r'^= #"(.*)"', page, re.M)


def test_what_is_cut_or_rounded_keeps_its_points(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(LSTM + f"marking: {{points: {POINTS}}}\n")
    cut = run("solve", str(path), "--only", "c,f", "--format", "markdown").out
    assert re.findall(r"\*\*(.*):\*\*", cut) == ["2.5 points"]
    rounded = rendered([keyed(one := key(), solve(one, on_paper(2)))], View(), "latex")
    assert str(rounded).count(r"\textbf{3 decimals}") == len(POINTS)


@pytest.mark.parametrize("format", ["table", "plain", "json", "csv", "html"])
def test_what_is_no_document_says_no_points(format: str, tmp_path: Path) -> None:
    pages = []
    for marking in ("", f"marking: {{points: {POINTS}}}\n"):
        (tmp_path / "p.yaml").write_text(LSTM + marking)
        pages.append(run("lstm", str(tmp_path / "p.yaml"), "--format", format, "--detail", "full").out)
    assert "points" not in pages[1]


def test_a_program_saves_the_key_with_its_points(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(LSTM + f"marking: {{points: {POINTS}}}\n")
    nncalc.solve(tmp_path / "p.yaml").save(tmp_path / "key.md", "c")
    assert re.findall(r"\*\*(.*):\*\*", (tmp_path / "key.md").read_text()) == ["2.5 points"]
    assert (tmp_path / "key.md").read_text() == run(
        "solve", str(tmp_path / "p.yaml"), "--only", "c", "--format", "markdown"
    ).out


# A file for each student


@pytest.fixture
def hw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for path, x in (("a", 2), ("b", 3), ("s01/b", 4), ("s02/b", 5)):
        (tmp_path / "hw" / path).parent.mkdir(parents=True, exist_ok=True)
        text = f"topic: softmax\nx: [{x}, 1]\ntitle: {path} is {x}\nmarking: {{points: {{s: {x}}}}}\n"
        (tmp_path / f"hw/{path}.yaml").write_text(text)
    return tmp_path


def test_variants_have_a_key_for_each_student(hw: Path) -> None:
    assert run("solve", "hw", "--format", "typst", "-o", "keys") == (0, "", "")
    assert sorted(p.name for p in (hw / "keys").iterdir()) == ["s01.typ", "s02.typ"]
    titles = {p.stem: re.findall(r'^= #"(.*)"', p.read_text(), re.M) for p in (hw / "keys").iterdir()}
    assert titles == {"s01": ["1. a is 2 (2 points)", "2. s01/b is 4 (4 points)"],
                      "s02": ["1. a is 2 (2 points)", "2. s02/b is 5 (5 points)"]}  # fmt: skip
    done = run("solve", "hw", "--format", "typst", "-o", "keys")
    assert done.code == 2 and done.err.count("is there already (--force replaces it)") == 2
    assert run("solve", "hw", "--format", "typst", "-o", "keys", "--force").code == 0


@pytest.mark.parametrize("format", [*TEXTS, "html"])
def test_a_key_of_one_student_says_whose_it_is(hw: Path, format: str) -> None:
    assert run("solve", "hw", "--format", format, "-o", "keys").code == 0
    for student, others in (("s01", "s02"), ("s02", "s01")):
        (page,) = (p.read_text() for p in (hw / "keys").iterdir() if p.stem == student)
        title = {"markdown": rf"^# {student} ", "latex": rf"\\title{{{student} \(", "typst": f'"bold", "{student} ',
                 "html": f"<h1>{student}</h1>"}[format]  # fmt: skip
        assert len(re.findall(title, page, re.M)) == 1 and others not in page
    assert run("solve", "hw", "--format", format, "-o", "named", "--title", "Week 3").code == 0
    assert all("Week 3" in p.read_text() and p.stem in p.read_text() for p in (hw / "named").iterdir())


@pytest.mark.parametrize("format", [*TEXTS, "html"])
def test_one_key_for_all_says_whose_each_variant_is_and_its_number_on_the_sheet(hw: Path, format: str) -> None:
    page = re.sub(r"\\([:.])", r"\1", run("solve", "hw", "--format", format).out)
    heading = r"^(?:# |\\section\{|= #\"|.*<h2>)((?:s0\d: )?\d\. )"
    found = re.findall(heading, page.replace("</h2>", "\n"), re.M)
    assert found == ["1. ", "2. ", "s01: 2. ", "s02: 2. "]  # b is the second problem of everybody's sheet
    assert re.search(r"## 2\\\. s01.{,2}b is 4", run("sheet", "hw", "--format", "markdown").out)


def test_a_problem_of_all_and_variants_of_another_make_one_file_a_student(hw: Path) -> None:
    (hw / "hw/b.yaml").unlink()  # left: a for all, s01/b, s02/b
    for command in ("solve", "sheet"):
        assert run(command, "hw", "--format", "markdown", "-o", command).code == 0
        assert sorted(p.name for p in (hw / command).iterdir()) == ["s01.md", "s02.md"]
        for page in (hw / command).iterdir():
            text = page.read_text()
            assert re.findall(r"^## (\d)", text, re.M)[:2] == ["1", "2"]
            assert "a is 2" in text and text.splitlines()[0].startswith(f"# {page.stem}")
    (hw / "subs/s01").mkdir(parents=True)
    (hw / "subs/s01/a.yaml").write_text("s: [0.731, 0.269]\n")
    (hw / "subs/s01/b.yaml").write_text("s: [0.953, 0.047]\n")
    marks = run("check", "hw", "subs", "--format", "csv").out
    # softmax of (2, 1) and of (4, 1): 1/(1 + e^-1) = 0.731, 1/(1 + e^-3) = 0.953
    assert '"s01",2,4,6,6,""' in marks and '"student","a","b","total","of","remarks"' in marks, marks


def test_folders_that_hold_other_problems_are_parts_for_everybody(hw: Path) -> None:
    (hw / "hw/s01/b.yaml").rename(hw / "hw/s01/c.yaml")
    (hw / "hw/b.yaml").unlink()
    assert run("sheet", "hw", "--format", "markdown").out.count("\n# ") == 0
    assert run("solve", "hw", "-o", "key.md").code == 0 and "s01: " not in (hw / "key.md").read_text()


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("format", [*TEXTS, "html"])
def test_a_hostile_title_of_the_whole_is_text(hw: Path, format: str, hostile: str) -> None:
    page, plain = (run("solve", "hw/a.yaml", "hw/b.yaml", "--format", format, "--title", t).out for t in (hostile, "T"))
    assert page.count("\n") == plain.count("\n")
    if format == "html":
        (heading,) = re.findall("<h1>.*?</h1>", page, re.S)
        assert fromstring(heading).text == printable(hostile, 600)
        return
    meant = {"latex": "\\title{" + escaped_latex(f"{hostile} (5 points)") + "}",
             "markdown": "# " + escaped_markdown(f"{hostile} (5 points)"),
             "typst": typst_string(printable(f"{hostile} (5 points)", 600))}[format]  # fmt: skip
    assert meant in page
    sheet = run("sheet", "hw/a.yaml", "--format", format, "--title", hostile).out
    assert "Questions" not in sheet and meant.split(" (")[0].partition("\\title{")[2] in sheet


def test_a_title_goes_with_documents_alone(hw: Path) -> None:
    for line in ("solve hw --title T", "softmax --x 1,2 --title T --format json", "batch hw -o out --title T"):
        done = run(*line.split())
        assert done.code == 2 and done.err.endswith("has no title; want one of markdown, latex, typst, pdf, html\n")
    assert "want one of markdown, latex, typst, pdf" in run("sheet", "hw/a.yaml", "--title", "T").err
    assert "does not go with --get" in run("softmax", "--x", "1,2", "--title", "T", "--get", "s").err
    assert run("batch", "hw", "-o", "out", "--format", "html", "--title", "Week <3>").code == 0
    assert "<h1>Week &lt;3&gt;</h1>" in (hw / "out/index.html").read_text()


def test_a_problem_that_cannot_be_worked_costs_its_student_s_key_alone(hw: Path) -> None:
    (hw / "hw/s02/b.yaml").write_text("topic: softmax\n")
    done = run("solve", "hw", "--format", "latex", "-o", "keys")
    assert done.code == 1 and "hw/s02/b.yaml" in done.err and [p.name for p in (hw / "keys").iterdir()] == ["s01.tex"]


def test_without_variants_there_is_a_file_for_each_problem(hw: Path) -> None:
    assert run("solve", "hw/s01", "-o", "keys").code == 0
    assert [p.name for p in (hw / "keys").iterdir()] == ["b.txt"]
    assert run("solve", "hw/s01", "-o", "pictures", "--figure") == (0, "", "")
    assert (hw / "pictures" / "b.svg").read_text().startswith("<svg ")
    assert run("solve", "hw", "-o", "key.md").code == 0 and (hw / "key.md").is_file()
    assert run("solve", "hw/a.yaml", "-o", "keys").code == 2  # of one file the working goes into a file
    assert run("solve", "hw", "-o", "") == (2, "", "--output: is empty; want a name\n")


def test_keys_as_pdf(hw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[bytes] = []
    monkeypatch.setitem(
        sys.modules, "typst", SimpleNamespace(compile=lambda source, **how: given.append(source) or b"%PDF-1.7")
    )
    assert run("solve", "hw", "--format", "pdf", "-o", "keys").code == 0
    assert sorted(p.name for p in (hw / "keys").iterdir()) == ["s01.pdf", "s02.pdf"]
    assert b"s01/b is 4" in given[0] and b"s02/b is 5" in given[1]
    monkeypatch.setitem(sys.modules, "typst", None)
    for command in ("solve", "sheet"):
        done = run(command, "hw", "--format", "pdf", "-o", "others")
        assert done == (2, "", "pdf needs Typst; pip install 'nncalc[pdf]'\n") and not (hw / "others").exists()


# As documents


def marked() -> list[Problem]:
    """Problems of the notes, a point for each line of the key."""
    found = []
    for path in NOTES:
        one = load(str(path))
        names = [name for name in dict.fromkeys(map(str, one.expect)) if name in solve(one).named()]
        text = re.sub(r"^marking:.*\n", "", path.read_text(), flags=re.M)
        found.append(
            problem(text.rstrip() + f"\nmarking: {{points: {dict.fromkeys(names, 1.25)}, sig: 4}}\n") if names else one
        )
    return found


@needs_typst
@needs_poppler
def test_the_points_of_a_pdf_stand_in_its_margin(tmp_path: Path) -> None:
    pdf = rendered([keyed(one, solve(one)) for one in marked()], View(), "pdf")
    assert isinstance(pdf, bytes) and b"pdfuaid:part" in pdf
    (tmp_path / "key.pdf").write_bytes(pdf)
    in_the_margin(tmp_path / "key.pdf")


@pytest.mark.long
@needs_latex
@needs_poppler
def test_the_points_of_a_key_in_latex_stand_in_its_margin(tmp_path: Path) -> None:
    log_of(worked(*marked(), format="latex"), tmp_path)
    in_the_margin(tmp_path / "a.pdf")


@pytest.mark.long
@needs_latex
def test_keys_compile_in_latex_without_a_box_too_full(tmp_path: Path) -> None:
    titled = [problem(f"topic: softmax\nx: [2, 1]\ntitle: {words!r}\nmarking: {{points: {{s: 1}}}}\n")
              for words in HOSTILE if "'" not in words and "\\" not in words]  # fmt: skip
    assert not too_full(log_of(worked(*marked(), *titled, format="latex"), tmp_path))
