"""`nncalc check` and `nncalc sheet` as they are used: exit codes, a class, every format, nobody's points lost or forged."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from command import Done, run
from examples import LSTM
from sheets import PROBLEMS, asked

from nncalc.disk.folder import SHEET_ENDINGS
from nncalc.marking import sheet
from nncalc.marking.blank import blank, is_telling

POINTS = "marking: {points: {z_i: 1, z_o: 2, c: 3, h: 4}, places: 3}\n"
RIGHT = "z_i: [0.300, 0.195]\nz_o: [0.130, -0.140]\nc: [-0.068, -0.033]\nh: [-0.036, -0.015]\n"
SLIP = "z_i: [0.300, 0.195]\nz_o: [0.175, -0.140]\no: [0.544, 0.465]\nc: [-0.068, -0.033]\nh: [-0.037, -0.015]\n"
UNREAD = (
    "subs/s03/lstm.yaml:1:1: want lines with a name, a colon and a space (h: [0.1, 0.2]) "
    "(`nncalc sheet PROBLEM` prints a sheet to fill in)"
)
ROOT = Path(__file__).parents[1]
FIRST_SLIPS = {
    "02-softmax": "Z", "03-softmax-jacobian": "J", "04-perceptron-and": "y_hat", "07-perceptron-xor-hidden-layer": "y_hat",
    "08-graph-product": "df/dq", "10-graph-sigmoid-neuron": None, "12-network-vanishing-gradient": "a1",
    "13-conv-vertical-edges": "Y", "14-conv-stride-pad-filter-b": "Y", "15-convnet-shapes": "conv1.H", "20-rnn-two-steps": "t1.h",
    "22-lstm-one-step": "z_i", "24-attention-encoder-states": "Z", "25-attention-retrieval": "S",
    "26-attention-playing-outside": "S", "28-positional-encoding": "PE",
}  # fmt: skip


@pytest.fixture
def hw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A homework of two problems, and four students: all right, a slip, a bad sheet, one problem not handed in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hw").mkdir()
    (tmp_path / "hw" / "lstm.yaml").write_text(LSTM + POINTS)
    (tmp_path / "hw" / "soft.yaml").write_text("topic: softmax\nx: [2, 1, 0.1]\nmarking: {points: {Z: 1, s: 2}}\n")
    soft = "Z: 11.21\ns: [0.66, 0.24, 0.10]\n"
    for student, lstm, other in (
        ("s01", RIGHT, soft),
        ("s02", SLIP, soft),
        ("s03", "I was ill", soft),
        ("s04", None, soft),
    ):
        folder = tmp_path / "subs" / student
        folder.mkdir(parents=True)
        for name, text in (("lstm.yaml", lstm), ("soft.answers.yaml", other)):
            if text is not None:
                (folder / name).write_text(text)
    return tmp_path


def check(*words: str, code: int | None = None) -> Done:
    done = run("check", *words)
    assert code is None or done.code == code, done
    assert "Traceback" not in done.out + done.err
    return done


def test_one_sheet_and_its_exit_codes(hw: Path) -> None:
    assert "10 of 10 points" in check("hw/lstm.yaml", "subs/s01/lstm.yaml", code=0).out
    done = check("hw/lstm.yaml", "subs/s02/lstm.yaml", code=1)
    assert "8 of 10 points" in done.out and "WRONG, the first slip" in done.out and "follows" in done.out
    assert "this is what you get if 0.05·0.1 is written as 0.05" in done.out
    assert "full working: nncalc solve hw/lstm.yaml --explain z_o:1" in done.out
    done = check("hw/lstm.yaml", "subs/s03/lstm.yaml", code=2)
    assert done.out == "" and done.err.startswith("subs/s03/lstm.yaml:1:1: want lines with a name, a colon and a space")
    assert check("hw/lstm.yaml", "nobody.yaml", code=2).err == "nobody.yaml: no such file\n"
    assert check("nothing.yaml", "subs/s01/lstm.yaml", code=3).err == "nothing.yaml: no such file\n"
    (hw / "bad.yaml").write_text(LSTM + "marking: {points: {zz: 1}}\n")
    assert "marking.points: there is no step 'zz'" in check("bad.yaml", "subs/s01/lstm.yaml", code=3).err
    (hw / "bad.yaml").write_text(LSTM + "marking: {points: {}}\n")
    assert "the mapping is empty" in check("bad.yaml", "subs/s01/lstm.yaml", code=3).err


def test_quiet_prints_nothing(hw: Path) -> None:
    for student, code in (("s01", 0), ("s02", 1)):
        for flag in ("-q", "--quiet"):
            done = check(flag, "hw/lstm.yaml", f"subs/{student}/lstm.yaml", code=code)
            assert (done.out, done.err) == ("", "")
    assert check("-q", "hw/lstm.yaml", "subs/s03/lstm.yaml", code=2).out == ""


def test_answers_on_the_command_line(hw: Path) -> None:
    (hw / "cell.yaml").write_text(LSTM)
    assert check("cell.yaml", "c=-0.07,-0.03", code=0).code == 0
    assert check("cell.yaml", "c=-0.07,-0.09", code=1).code == 1
    assert "c[2]  not given" in check("cell.yaml", "c:1=-0.07", "h=-0.036,-0.015", code=1).out
    assert check("hw/soft.yaml", "s=[0.66,0.24,0.10]", "Z=11.21", code=0)
    assert check("cell.yaml", "c=1,2", "c=1,2", code=2).err == "c: is given twice\n"
    assert (
        check("cell.yaml", "tolerance=9", code=2).err
        == "tolerance: unknown key 'tolerance' (only the problem may say that)\n"
    )
    assert "more than one sheet" in check("cell.yaml", "c=1,2", "subs/s01/lstm.yaml", code=2).err
    (hw / "grid.yaml").write_text("topic: conv\nimage: [[1, 2], [3, 4]]\nfilter: [[1]]\n")
    assert check("grid.yaml", "Y=1,2;3,4", code=0)
    assert check("grid.yaml", "Y=1,2;3", code=1)


def test_without_a_sheet_the_key_of_the_file(hw: Path) -> None:
    (hw / "k.yaml").write_text("topic: softmax\nx: [1, 1]\nexpect: {s: [1/2, 0.5]}\n")
    assert check("k.yaml", code=0)
    (hw / "k.yaml").write_text("topic: softmax\nx: [1, 1]\nexpect: {s: [1/2, 0.6]}\n")
    assert check("k.yaml", code=1)
    (hw / "k.yaml").write_text("topic: softmax\nx: [1, 1]\nexpect: {s: [1/2, zz]}\n")
    assert "expect.s[2]: want a number" in check("k.yaml", code=3).err
    assert "has no key (expect) and there is no sheet" in check("hw/soft.yaml", code=2).err


def test_a_class_in_a_table(hw: Path) -> None:
    done = check("hw", "subs", code=1)
    table = [line.split() for line in done.out.splitlines()]
    assert table[0] == ["student", "lstm", "soft", "total"]
    assert table[1] == ["s01", "10/10", "3/3", "13", "of", "13"]
    assert table[2] == ["s02", "8/10", "3/3", "11", "of", "13"]
    assert done.out.splitlines()[3].split() == ["s03", "not", "marked", "3/3", "3", "of", "13"]
    assert done.out.splitlines()[4].split() == ["s04", "not", "handed", "in", "3/3", "3", "of", "13"]
    assert "first slips: lstm: z_o (1)" in done.out and "7 sheets, 5 all right, 1 not marked" in done.out
    assert done.err.startswith("subs/s03/lstm.yaml:1:1: want lines with a name, a colon and a space")


def test_one_problem_of_a_class_line_by_line(hw: Path) -> None:
    (hw / "one").mkdir()
    for student, text in (("s1", RIGHT), ("s2", SLIP), ("s3", "z_i: [0.3, 0.2]\nc: [-0.068, ~]")):
        (hw / "one" / f"{student}.yaml").write_text(text)
    done = check("hw/lstm.yaml", "one", code=1)
    assert [line.split() for line in done.out.splitlines()[:4]] == [
        ["student", "z_i", "z_o", "o", "c", "h", "score"],
        ["s1", "+", "+", "+", "+", "10", "of", "10", "points"],
        ["s2", "+", "X", "f", "+", "~", "8", "of", "10", "points"],
        ["s3", "p", "-", "-", "-", "0", "of", "10", "points"],
    ]


def test_csv(hw: Path) -> None:
    rows = list(csv.reader(io.StringIO(check("hw", "subs", "--format", "csv", code=1).out)))
    assert [row[:5] for row in rows] == [
        ["student", "lstm", "soft", "total", "of"], ["s01", "10", "3", "13", "13"], ["s02", "8", "3", "11", "13"],
        ["s03", "", "3", "3", "13"], ["s04", "0", "3", "3", "13"]]  # fmt: skip
    assert [row[5] for row in rows] == ["remarks", "", "", f"lstm: {UNREAD}", "lstm: not handed in"]
    evil = hw / "subs" / "=HYPERLINK(1)"
    evil.mkdir()
    (evil / "lstm.yaml").write_text(RIGHT)
    assert '"\'=HYPERLINK(1)"' in check("hw", "subs", "--format", "csv").out


def test_own_variants_and_files_of_nobody(hw: Path) -> None:
    (hw / "hw" / "s02").mkdir()
    (hw / "hw" / "s02" / "lstm.yaml").write_text(LSTM.replace("W_xo: [[0.3, 0.25]", "W_xo: [[0.39, 0.25]") + POINTS)
    (hw / "subs" / "s01" / "extra.yaml").write_text(RIGHT)
    done = check("hw", "subs", "--format", "csv", code=1)
    assert '"s02",10,3,13,13' in done.out  # 0.39·0.5 makes the 0.175 right
    assert "subs/s01/extra.yaml: answers no problem of this name" in done.err
    (hw / "hw" / "lstm.yaml").write_text("topic: lstm\nx: [1]\n")
    assert check("hw", "subs", "--format", "csv", code=3).out.count("\n") == 5


def test_json_and_junit_and_markdown_and_html(hw: Path) -> None:
    page = json.loads(check("hw", "subs", "--format", "json", code=1).out, parse_constant=lambda c: pytest.fail(c))
    assert page["format"] == 1 and len(page["sheets"]) == 8
    (slip,) = [line for line in page["sheets"][2]["lines"] if line["name"] == "z_o"]
    assert slip["verdict"] == "wrong" and slip["likely"][0]["mistakes"] == ["power of ten"]
    assert slip["cells"][0]["yours"] == "0.175" and slip["cells"][0]["index"] == [1]
    tree = ElementTree.fromstring(check("hw", "subs", "--format", "junit", code=1).out)
    suites = {suite.attrib["name"]: suite for suite in tree}
    assert suites["s02: lstm"].attrib["failures"] == "2" and suites["s03: lstm"].attrib["errors"] == "1"
    assert "0.05·0.1 is written as 0.05" in suites["s02: lstm"].findall(".//failure")[0].text  # type: ignore[operator]
    for format, ending in (("markdown", ".md"), ("html", ".html")):
        done = check("hw", "subs", "--format", format, "-o", f"out{ending[1:]}/", code=1)
        assert sorted(os.listdir(f"out{ending[1:]}")) == [f"s0{i}{ending}" for i in range(1, 5)]
        assert "s01" in done.out
        again = check("hw", "subs", "--format", format, "-o", f"out{ending[1:]}", code=2)
        assert again.err.count("--force replaces it") == 4
        assert check("hw", "subs", "--format", format, "-o", f"out{ending[1:]}", "--force", code=1)
    assert "13 of 13" not in Path("outmd/s02.md").read_text() and "8 of 10 points" in Path("outmd/s02.md").read_text()
    assert check("hw", "subs", "-o", "marks.csv", code=1).out == "" and Path("marks.csv").read_text().startswith(
        '"student"'
    )


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_foreign_text_stays_text_in_every_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    evil = "<script>alert(1)</script> [b]x[/] {{7*7}} &amp; `a` **b** | \\x1b[31m \\u202e =1"
    Path("p.yaml").write_text(f'topic: softmax\ntitle: "{evil}"\nx: [1, 2]\n')
    Path("s&<b>`.yaml").write_text("e: [9.1, 7.389]\ns: [1, 2, 3]\n")
    for format in ("table", "csv", "json", "gradescope", "junit", "markdown", "html"):
        out = check("p.yaml", "s&<b>`.yaml", "--format", format).out
        assert "\x1b" not in out and "\u202e" not in out, format
        if format == "html":
            seen = Tags()
            seen.feed(re.sub(r"<(script|style)>.*?</\1>", "", out, flags=re.S))
            assert not seen.tags & {"script", "style", "img", "b", "iframe", "form", "object", "link"}
            assert not [name for name in seen.attributes if name.startswith("on") or name in ("style", "src", "srcdoc")]
            assert out.count("<script>") == out.count("<style>") == 1
            assert "{{" not in re.sub(r"<(script|style)>.*?</\1>", "", out, flags=re.S)
        if format == "markdown":
            assert "<script" not in re.sub(r"\\.", "", out) and "\\<script\\>" in out


BAD_SHEETS = [
    "",
    "- 1",
    "z_i: [nan, 1]",
    "zz: 1",
    "tolerance: 5",
    "z_i: [0.3",
    "\x00",
    "z_i: {a: 1}",
    "z_i: 1\nz_i: 2",
    "a" * 2_000_000,
    "{}",
]


@pytest.mark.parametrize("text", [*BAD_SHEETS, RIGHT, SLIP, "z_i: 3", "h: [0, 0]", "z_i: [1e300, 1e300]"])
def test_gradescope_is_always_written_and_agrees_with_the_table(hw: Path, text: str) -> None:
    Path("s.yaml").write_text(text)
    table = check("hw/lstm.yaml", "s.yaml")
    done = check("hw/lstm.yaml", "s.yaml", "--format", "gradescope", "-o", "results.json", code=0)
    assert done.out == ""
    page = json.loads(Path("results.json").read_text(), parse_constant=lambda c: pytest.fail(c))
    assert 0 <= page["score"] <= page["max_score"] == 10 and os.path.getsize("results.json") < 1_000_000
    if table.code == 2:
        assert page["score"] == 0 and page["gradable"] is False and page["format_errors"] == table.err.splitlines()
    else:
        assert f"{page['score']} of {page['max_score']} points" in table.out
        assert sum(test["score"] for test in page["tests"]) == page["score"]
    assert (page["score"] == 10) == (table.code == 0)


def test_gradescope_without_a_usable_problem_blames_nobody(hw: Path) -> None:
    for problem in ("nothing.yaml", "hw/bad.yaml"):
        Path("hw/bad.yaml").write_text("topic: lstm\nx: [1]\n")
        done = check(problem, "subs/s01/lstm.yaml", "--format", "gradescope", code=0)
        page = json.loads(done.out)
        assert page["autograder_error"] is True and page["gradable"] is False and page["score"] == 0
    done = check("hw", "subs/nobody", "--format", "gradescope", code=0)
    assert json.loads(done.out)["gradable"] is False


def test_gradescope_takes_one_students_folder(hw: Path) -> None:
    page = json.loads(check("hw", "subs/s02", "--format", "gradescope", code=0).out)
    assert (page["score"], page["max_score"]) == (11, 13)
    assert {test["name"] for test in page["tests"]} >= {"lstm: z_o", "soft: s"}


@pytest.mark.parametrize("path", [p for p in PROBLEMS if p.parent == ROOT / "problems"], ids=lambda p: p.stem)
def test_gradescope_hides_the_right_values(path: Path, tmp_path: Path) -> None:
    """Sheets with a wrong number in every cell: no number with four digits or more of the key is in the output."""
    one = asked(path)
    lines = [f"{name}: {_numbers(array, 0.7351)}" for name, array in one.exact.items() if name in one.steps]
    (tmp_path / "s.yaml").write_text("\n".join(lines))
    hidden = run("check", str(path), str(tmp_path / "s.yaml"), "--format", "gradescope").out
    shown = run("check", str(path), str(tmp_path / "s.yaml"), "--format", "gradescope", "--reveal").out
    written = set(re.findall(r"\d+\.\d{3,}", "\n".join(lines)))
    for array in one.exact.values():
        for value in array.flat:
            digits = f"{abs(float(value)):.6f}".rstrip("0")
            if len(digits.partition(".")[2]) >= 4 and digits not in written:
                assert digits not in hidden, digits
    assert len(shown) > len(hidden) or "wrong" not in hidden


def _numbers(array: object, more: float) -> str:
    import numpy as np

    return json.dumps((np.nan_to_num(np.asarray(array, dtype=float), neginf=0.0) * 1.37 + more).round(7).tolist())


@pytest.mark.parametrize("name", FIRST_SLIPS)
def test_each_slip_of_the_notes_is_found_at_its_first_line(name: str) -> None:
    folder = ROOT / "problems"
    done = check(str(folder / f"{name}.yaml"), str(folder / f"{name}.answers.yaml"), "--format", "json")
    (sheet,) = json.loads(done.out)["sheets"]
    assert sheet["first_error"] == FIRST_SLIPS[name] and done.code == (FIRST_SLIPS[name] is not None)


@pytest.mark.parametrize(
    "sheet", sorted(p for p in (ROOT / "problems").rglob("*") if p.name.endswith(SHEET_ENDINGS)), ids=lambda p: p.name
)
def test_every_answer_sheet_beside_a_problem_is_marked(sheet: Path) -> None:
    problem = sheet.with_name(sheet.name.replace(".answers", ""))
    done = check(str(problem), str(sheet))
    assert done.code in (0, 1)  # some published slips lie beyond the two decimals that are asked
    assert sheet.parent.name == "published" or sheet.name.removesuffix(".answers.yaml") in FIRST_SLIPS


# The blank sheet


@pytest.mark.parametrize("path", PROBLEMS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_blank_sheet_asks_every_line_and_tells_no_value(path: Path, tmp_path: Path) -> None:
    one = asked(path)
    text = blank(one)
    done = run("sheet", str(path))
    assert (done.code, done.out) == (0, text)
    problem = path.read_text().partition("expect:")[0]  # what it says itself is no secret
    for name, array in one.exact.items():
        for value in array.flat:
            digits = f"{abs(float(value)):.6f}".rstrip("0")
            if len(digits.partition(".")[2]) >= 3:
                assert digits not in text or digits in problem or name.startswith("selu"), name  # that formula has it
    (tmp_path / "s.yaml").write_text(text)
    done = check(str(path), str(tmp_path / "s.yaml"), code=1)  # as it is, nothing is given
    assert "no line is given" in done.out
    keys = re.findall(r"^(\S+):", text, re.M)
    assert [k.strip('"') for k in keys] == list(one.steps)
    (tmp_path / "s.yaml").write_text(re.sub(r"~(?=[],\n])", "7.5", text))
    filled = sheet.from_file(str(tmp_path / "s.yaml"), one)
    shown = [line for name, line in filled.lines.items() if not is_telling(one, name)]
    assert all(line.cells and not line.trouble for line in shown)  # every shape that is shown fits


def test_a_sheet_of_points_asks_only_these(hw: Path) -> None:
    text = run("sheet", "hw/lstm.yaml").out
    assert re.findall(r"^(\w+): \[~, ~\]$", text, re.M) == ["z_i", "z_o", "c", "h"]
    assert "(4 points)" in text and "3 decimals" in text
    assert run("sheet", "nothing.yaml").code == 2


# Keys


def test_a_folder_of_keys_is_looked_through(hw: Path) -> None:
    (hw / "keys").mkdir()
    (hw / "keys" / "good.yaml").write_text(
        "topic: softmax\nx: [2, 1, 0.1]\nexpect: {s: [0.659001, 0.242433, 0.098566]}\nmarking: {places: 4}\n"
    )
    done = check("keys", code=0)
    assert "key of 1 holds" in done.out and "1 of 1 keys hold; in 0 the places asked hide a mistake" in done.out
    (hw / "keys" / "coarse.yaml").write_text(LSTM + "expect: {h: [-0.04, -0.02]}\nmarking: {places: 2}\n")
    done = check("keys", code=0)
    assert "2 decimals cannot tell the right answer from what you get if" in done.out and "in 1 the places" in done.out
    (hw / "keys" / "wrong.yaml").write_text(LSTM + "expect: {z_o: [0.175, -0.14]}\n")
    done = check("keys", code=1)
    assert "the key does not hold" in done.out and "0.05·0.1 is written as 0.05" in done.out
    (hw / "keys" / "bad.yaml").write_text("topic: conv\n")
    done = check("keys", code=3)
    assert "cannot be used" in done.out and "2 of 4 keys hold" in done.out
    assert check("-q", "keys", code=3).out == ""


def test_marks_do_not_depend_on_the_terminal_or_the_seed(hw: Path) -> None:
    import subprocess
    import sys

    outs = set()
    for seed, columns in (("0", "20"), ("1", "300"), ("2", "0")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "COLUMNS": columns, "LC_ALL": "C"}
        command = [sys.executable, "-m", "nncalc", "check", "hw/lstm.yaml", "subs/s02/lstm.yaml"]
        outs.add(subprocess.run(command, env=environment, capture_output=True).stdout)
    assert len(outs) == 1 and b"WRONG" in outs.pop()


def test_from_python(hw: Path) -> None:
    import numpy as np

    import nncalc

    problem = nncalc.load("hw/lstm.yaml")
    for answers in (
        "subs/s02/lstm.yaml",
        {"z_i": ["0.300", "0.195"], "z_o": [0.175, -0.14], "c": "[-0.068, ~]", "h": np.array([1.0, 2.0])},
    ):
        marks = nncalc.check(problem, answers)
        assert not marks.passed and marks.first is not None and marks.first.name == "z_o"
    assert [(mark.name, mark.verdict.name) for mark in marks.lines if mark.given] == [
        ("z_i", "right"), ("z_o", "wrong"), ("c", "missing"), ("h", "wrong")]  # fmt: skip
    with pytest.raises(nncalc.InputError):
        nncalc.check(problem, {"tolerance": 1})


def test_stray_files_never_unmark_a_class(hw: Path) -> None:
    before = check("hw", "subs", "--format", "csv").out
    (hw / "subs" / "lstm.answers.yaml").write_text(run("sheet", "hw/lstm.yaml").out)  # the blank sheet, at the top
    rows = check("hw", "subs", "--format", "csv", code=1).out
    assert set(before.splitlines()) <= set(rows.splitlines())
    (hw / "weeks" / "week1").mkdir(parents=True)
    (hw / "weeks" / "week2").mkdir()
    for week, name in (("week1", "lstm"), ("week2", "soft")):
        (hw / "weeks" / week / f"{name}.yaml").write_text((hw / "hw" / f"{name}.yaml").read_text())
        for student in ("ann", "bob"):
            (hw / "s" / student / week).mkdir(parents=True)
            text = RIGHT if name == "lstm" else "Z: 11.21\ns: [0.66, 0.24, 0.10]\n"
            (hw / "s" / student / week / f"{name}.yaml").write_text(text)
    (hw / "s" / "week1.yaml").write_text("{a: 1}")
    rows = check("weeks", "s", "--format", "csv", code=1).out
    assert '"ann",10,3,13,13' in rows and '"bob",10,3,13,13' in rows


def test_two_sheets_for_one_problem_and_linked_folders_are_said(hw: Path) -> None:
    (hw / "subs" / "s01" / "lstm.yml").write_text("{}")
    (hw / "subs" / "s09").symlink_to(hw / "subs" / "s01")
    done = check("hw", "subs", "--format", "csv", code=1)
    assert "subs/s01/lstm.yml: answers the same problem as lstm.yaml" in done.err and '"s01",10,3' in done.out
    assert "subs/s09: is a link to a folder, which is not followed" in done.err
    (hw / "subs" / "s01" / "Lstmm.yaml").write_text("{}")
    assert "did you mean lstm?" in check("hw", "subs").err


def test_feedback_of_people_with_dots_in_their_names(hw: Path) -> None:
    (hw / "dots").mkdir()
    for name in ("jane", "jane-2", "jane.doe", "jane.roe", ".answers", "."):
        (hw / "dots" / f"{name}.yaml").write_text(RIGHT)
    check("hw/lstm.yaml", "dots", "-o", "fb", code=0)
    assert sorted(os.listdir("fb")) == ["jane-2.md", "jane.doe.md", "jane.md", "jane.roe.md"]
    for name in ("jane", "jane.doe"):
        assert Path(f"fb/{name}.md").read_text().startswith("# " + name.replace(".", "\\.") + "\n\n## lstm\n")
    Path("..yaml").write_text(RIGHT)
    assert check("hw/lstm.yaml", "..yaml", "-o", "fb2", code=0)


def test_gradescope_is_for_one_student_and_an_unmarked_sheet_has_its_line(hw: Path) -> None:
    page = json.loads(check("hw", "subs", "--format", "gradescope", code=0).out)
    assert page["gradable"] is False and "is for one student" in page["output"]
    page = json.loads(check("hw", "subs/s03", "--format", "gradescope", code=0).out)
    (bad,) = [test for test in page["tests"] if test["name"] == "lstm"]
    assert (bad["score"], bad["max_score"]) == (0, 10) and "want lines with a name" in bad["output"]
    Path("empty.yaml").write_text("{}")
    assert (
        json.loads(check("hw/lstm.yaml", "empty.yaml", "--format", "gradescope").out)["output"]
        != "All lines are right."
    )


def test_words_belong_to_their_cell(hw: Path) -> None:
    Path("grid.yaml").write_text(
        "topic: conv\nimage: [[1, 2, 3], [4, 5, 6], [7, 8, 9]]\nfilter: [[0.7, 0.9], [0.4, 1.3]]\n"
    )
    exact = asked(Path("grid.yaml").resolve()).exact["Y"]
    rows = [[exact[0, 0] - 5 * 1.3, exact[0, 1] - 6 * 1.3], list(exact[1])]
    page = json.loads(
        check("grid.yaml", "Y=" + ";".join(",".join(f"{v:.3f}" for v in row) for row in rows), "--format", "json").out
    )
    likely = page["sheets"][0]["lines"][0]["likely"]
    assert [item["cells"] for item in likely] == [[[1, 1], [1, 2]]]
    rows = [list(exact[0]), [exact[1, 0] - 5 * 0.9 * 0, exact[1, 1] - 9 * 1.3]]
    done = check("grid.yaml", "Y=" + ";".join(",".join(f"{v:.3f}" for v in row) for row in rows), code=1)
    assert "X[3,3]·K[2,2] is left out" in done.out


def test_a_sheet_of_nothing_but_wrong_numbers_is_marked_soon(hw: Path) -> None:
    """The work of the diagnosis is bounded (counted, not timed): a large sheet has no more than a small one."""
    from nncalc.marking import diagnosis

    image = [[(3 * i + 7 * j) % 11 + 0.5 for j in range(30)] for i in range(30)]
    Path("big.yaml").write_text(f"topic: conv\nimage: {image}\nfilter: {[[0.3, -0.7, 0.2]] * 3}\n")
    count = 0

    def counted(*args: object) -> bool:
        nonlocal count
        count += 1
        return alike(*args)  # type: ignore[arg-type]

    alike, diagnosis._alike = diagnosis._alike, counted  # type: ignore[assignment]
    try:
        rows = [[(5 * i + 3 * j) % 7 + 0.25 for j in range(28)] for i in range(28)]
        Path("s.yaml").write_text(f"Y: {rows}\n")
        assert check("big.yaml", "s.yaml", code=1)
    finally:
        diagnosis._alike = alike
    assert 0 < count < 20_000
