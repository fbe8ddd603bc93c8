"""Sheets as students write them: what is meant is read, what cannot be read costs its line, never a traceback."""

from __future__ import annotations

import csv
import io
import json
from contextlib import suppress
from pathlib import Path

import pytest
from command import run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nncalc.errors import InputError
from nncalc.marking import sheet
from nncalc.marking.assignment import Assignment, ask
from nncalc.marking.entries import entries_in
from nncalc.problem.problem import load, loads
from nncalc.topics import TOPICS

PROBLEM = "topic: softmax\nx: [1.5, -0.5, 0.8]\ntarget: 1\nmarking: {places: 3}\n"
RIGHT = "s: [0.613, 0.083, 0.304]\nL: 0.490\n"
GRID = "topic: conv\nimage: [[1, 2], [3, 4]]\nfilter: [[0.5]]\n"


@pytest.fixture(scope="module")
def one() -> Assignment:
    return ask(loads(PROBLEM))


def read(text: str | bytes, one: Assignment, folder: Path) -> sheet.Sheet:
    path = folder / "s.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return sheet.from_file(str(path), one)


def values(read: sheet.Sheet, name: str) -> list[float]:
    return [written.value for _, written in sorted(read.lines[name].cells.items())]


@pytest.mark.parametrize(("text", "value"), [
    ("0.49", 0.49), ("'0.49'", 0.49), ('"0.49"', 0.49), ("49%", 0.49), ("49.0 %", 0.49), ("0,49", 0.49), ("[0.49]", 0.49), ("[[0.49]]", 0.49),
    ("\u00a00.49", 0.49), ("0.49\u2009", 0.49), ("1/3", 1 / 3), ("-1/4", -0.25), ("\u22120.49", -0.49), ("\u20130.49", -0.49), ("4.9e-1", 0.49),
    ("4.9*10^-1", 0.49), ("4.9·10^(-1)", 0.49), ("4.9 x 10**-1", 0.49), ("[0,49]", 0.49), ("(0.49)", 0.49), ("+0.49", 0.49), (".49", 0.49),
])  # fmt: skip
def test_a_number_is_read_as_it_is_meant(text: str, value: float, one: Assignment, tmp_path: Path) -> None:
    found = read(f"L: {text}\n", one, tmp_path)
    assert values(found, "L") == [value] and not found.lines["L"].trouble


@pytest.mark.parametrize("text", [
    "[0.1, 0.2, 0.3]", "0.1, 0.2, 0.3", "0.1 0.2 0.3", "0.1; 0.2; 0.3", "[0.1 0.2 0.3]", "[0,1, 0,2, 0,3]", "0,1 0,2 0,3", "0,1; 0,2; 0,3", "(0.1, 0.2, 0.3)",
    "[[0.1], [0.2], [0.3]]", "[[0.1, 0.2, 0.3]]", "['0.1', '0.2', '0.3']", "[10%, 20%, 30 %]", "\n- 0.1\n- 0.2\n- 0.3", "\n- 0,1\n- 0,2\n- 0,3", "[1/10, 1/5, 3/10]",
    "|\n  0.1\n  0.2\n  0.3", "'0,1, 0,2, 0,3'",
])  # fmt: skip
def test_a_vector_is_read_however_it_is_laid_out(text: str, one: Assignment, tmp_path: Path) -> None:
    found = read(f"s: {text}\nL: 0.49\n", one, tmp_path)
    assert values(found, "s") == pytest.approx([0.1, 0.2, 0.3]) and values(found, "L") == [0.49]


def test_a_decimal_comma_is_read_only_where_one_split_alone_fits(one: Assignment, tmp_path: Path) -> None:
    assert read("s: [0,1,2,3]", one, tmp_path).lines["s"].trouble  # four numbers for three
    assert values(read("s: [1, 2, 3]", one, tmp_path), "s") == [1, 2, 3]
    assert values(read("s: [0,1, 2, 3]", one, tmp_path), "s") == [0.1, 2, 3]
    assert read("L: [1, 2]", one, tmp_path).lines["L"].trouble == "is 2, want one number"
    assert values(read("s: [0,1, -2, -3]", one, tmp_path), "s") == [0.1, -2, -3]
    grid = ask(loads(GRID))
    assert values(read("Y: [[0,5, 1], [1, 5]]", grid, tmp_path), "Y") == [0.5, 1, 1, 5]
    assert values(read("Y: [[0,5, 1,0], [1,5, 2,0]]", grid, tmp_path), "Y") == [0.5, 1, 1.5, 2]
    assert read("Y: [0.5, 1, 1.5, 2]", grid, tmp_path).lines["Y"].trouble
    assert values(read("Y: 0.5 1; 1.5 2", grid, tmp_path), "Y") == [0.5, 1, 1.5, 2]


@pytest.mark.parametrize(("text", "why"), [
    ("nan", "nan"), ("1/0", "1/0"), ("~x", "~x"), ("1_000", "1000"), ("0x10", "0x10"), ("true", "true"), ("{a: 1}", "a mapping"), ("[]", "is empty"),
    ("1e999", "1.8e308"), ("[0.4", "never closed"), ("1/2/3", "1/2/3"), ("about 0.49", "about"), ("*x", "alias"), ("!!int 3", "tags"), ("'0.49", "never closed"),
    ("2*0.25", "2*0.25"), ("9" * 500, "400"),
])  # fmt: skip
def test_a_cell_that_cannot_be_read_costs_its_line_with_the_reason(
    text: str, why: str, one: Assignment, tmp_path: Path
) -> None:
    found = read(f"s: [0.613, 0.083, 0.304]\nL: {text}\n", one, tmp_path)
    assert values(found, "s") == [0.613, 0.083, 0.304]
    assert found.lines["L"].trouble.startswith("cannot be read: ") and why in found.lines["L"].trouble
    found = read(f"L: {text}\ns: [0.613, 0.083, 0.304]\n", one, tmp_path)
    assert values(found, "s") == [0.613, 0.083, 0.304] and found.lines["L"].trouble


def test_names_labels_and_repeated_lines(one: Assignment, tmp_path: Path) -> None:
    found = read(f"problem: soft\nstudent: Ann\nname: Ann Lee\n{RIGHT}tolerance: 9\nzz: 1\n", one, tmp_path)
    assert found.labels == {"problem": "soft", "student": "Ann", "name": "Ann Lee"}
    assert [str(note).split(": ", 1)[1] for note in found.notes] == [
        "unknown key 'tolerance'; want a line that is asked (only the problem may say that)",
        "there is no step 'zz'; want a line that is asked (the steps are e, Z, s, L, dL/dx)",
    ]
    found = read(f"{RIGHT}L: 0.3\nZ: 7.3\n", one, tmp_path)
    assert "is given twice, in line 2 and in line 3; neither counts" in found.lines["L"].trouble
    assert values(found, "Z") == [7.3] and len(values(found, "s")) == 3
    found = read("s[1]: 0.613\ns[1]: 0.5\ns[2]: nan\nL: 0.49", one, tmp_path)
    assert found.lines["s"].trouble and values(found, "L") == [0.49]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_of_editors(encoding: str, one: Assignment, tmp_path: Path) -> None:
    found = read(f"name: Müller\r\n{RIGHT}".encode(encoding), one, tmp_path)
    assert values(found, "L") == [0.49] and found.labels["name"] == "Müller"


def test_a_sheet_without_any_line_is_refused(one: Assignment, tmp_path: Path) -> None:
    for text in ("I was ill", "- 1", "zz: 1", "", "\0"):
        with pytest.raises(InputError):
            read(text, one, tmp_path)


@given(st.text("sLZe:[],.0149-~'\"{}%/ \n\t\u00a0\u2212#&*|", max_size=60))
def test_no_sheet_ends_in_a_traceback(text: str) -> None:
    for answers in (text, RIGHT + text, text + "\n" + RIGHT):
        with suppress(InputError):
            sheet.from_entries(entries_in(answers, "s", FUZZED.problem.limits), FUZZED, "s")


FUZZED = ask(loads(PROBLEM))


def test_marks_and_exit_codes_of_a_sheet_with_bad_lines(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(PROBLEM)
    for text, code in (
        (RIGHT + "e: [4.482, 0.607, 2.226]\nZ: 7.314\ndL/dx: [-0.387, 0.083, 0.304]", 0),
        ("s: [nan, 1, 2]", 1),
        ("nothing", 2),
    ):
        (tmp_path / "s.txt").write_text(text)
        done = run("check", str(tmp_path / "p.yaml"), str(tmp_path / "s.txt"))
        assert done.code == code and "Traceback" not in done.err, done


# Tables, and answers without a file


@pytest.fixture
def soft(tmp_path: Path) -> str:
    (tmp_path / "soft.yaml").write_text(PROBLEM.replace("places: 3", "places: 3, points: {s: 3, L: 1}"))
    return str(tmp_path / "soft.yaml")


def table(soft: str, text: str | bytes, *words: str) -> tuple[int, dict[str, str], str]:
    path = Path(soft).with_name("class.csv")
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    done = run("check", soft, str(path), "--format", "csv", *words)
    assert "Traceback" not in done.out + done.err and done.code in range(4)
    rows = list(csv.reader(io.StringIO(done.out)))
    return done.code, {row[0]: row[1] for row in rows[1:]}, done.err


@pytest.mark.parametrize("text", [
    "student,s[1],s[2],s[3],L\nAnn,0.613,0.083,0.304,0.490\nBob,0.613,0.083,0.304,0.7\n",
    "Timestamp;Name;s[1];s[2];s[3];L\n1;Ann;0,613;0,083;0,304;0,490\n2;Bob;61.3%;0.083;0.304;nan\n",
    "sep=;\nid;student;s;L\n7;Ann;[0.613, 0.083, 0.304];0.490\n8;Bob;0.613 0.083 0.304;\n",
    "\ufeffs\tL\tname\r\n0.613, 0.083, 0.304\t0.490\tAnn\r\n[0,613, 0,083, 0,304]\t1/3\tBob\r\n\r\n",
    'email,s:1,s:2,s:3,L\nAnn,"=""0.613""",\'0.083,0.304,"0,490"\nBob,0.613,0.083,0.304,~\n',
    "who,s[1],s[2],s[3],L\nAnn,9,9,9,9\nBob,0.613,0.083,0.304,\nAnn,0.613,0.083,0.304,0.490\n",
])  # fmt: skip
def test_a_table_has_a_row_a_student_and_a_column_a_cell(text: str, soft: str) -> None:
    code, rows, _ = table(soft, text)
    assert (code, rows) == (1, {"Ann": "4", "Bob": "3"})
    assert table(soft, text.encode("utf-16"))[:2] == (1, {"Ann": "4", "Bob": "3"})


def test_names_in_two_columns_and_a_class_that_is_right(soft: str) -> None:
    code, rows, _ = table(soft, "Surname,First name,s[1],s[2],s[3],L\nLi,Lei,0.613,0.083,0.304,0.490\n")
    assert (code, rows) == (0, {"Lei Li": "4"})


def test_what_is_wrong_with_a_table_is_said(soft: str) -> None:
    assert "no column is a line of the problem; want a first row like student, s[1], L" in table(soft, "a,b\n1,2\n")[2]
    assert "is there twice" in table(soft, "student,L,L\nAnn,1,2\n")[2]
    assert "the column 'zz' is no line" in table(soft, "student,L,zz\nAnn,0.490,2\n")[2]
    assert "Ann has answered in line 2 before" in table(soft, "student,L\nAnn,1\nAnn,2\n")[2]
    assert "is for one problem" in run("check", str(Path(soft).parent), str(Path(soft).with_name("class.csv"))).err
    for text, code in (("", 2), ("a,b\n1,2\n", 2), ("student,L,L\n", 2)):
        assert table(soft, text)[0] == code


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text("sL[]123,;\t\"'=\n\r 0.~\0", max_size=60))
def test_no_table_ends_in_a_traceback(soft: str, text: str) -> None:
    for whole in (text, "student,s[1],L\nAnn,0.6,0.490\n" + text):
        table(soft, whole)


@pytest.mark.parametrize(("words", "code"), [
    ("softmax --x 2,1,0.1 --check s=0.659,0.242,0.0986", 0), ("softmax --x 2,1,0.1 --check s=0.659,0.262,0.0986", 1),
    ("softmax --x 2,1,0.1 --check s=0.659,0.242,0.0986 --check Z=11.21", 0), ("softmax --x 2,1,0.1 --check s=0.659,0.242,nan --check Z=11.21", 1),
    ("conv --image 1,2;3,4 --filter 1 --check Y=1,2;3,4", 0), ("softmax --x 2,1,0.1 --check zz=1", 2), ("softmax --x 2,oops --check s=1", 3),
    ("softmax --x 2,1,0.1 --check s=1,1,1 --get s", 2), ("softmax --x 2,1,0.1 --check s", 2), ("softmax --x 2,1,0.1 --check tolerance=9", 2),
    ("softmax --x 2,1,0.1 --check s=0.659,0.242,0.0986 --format json", 0), ("softmax --x 2,1,0.1 --check s=0.659,0.242,0.0986 --format tex", 2),
])  # fmt: skip
def test_an_answer_is_marked_without_any_file(words: str, code: int) -> None:
    done = run(*words.split())
    assert done.code == code and "Traceback" not in done.err, done
    assert done.out if code < 2 else done.err and not done.out


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_marks_what_is_typed(topic: str, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(run("new", topic).out)
    one = ask(load(str(tmp_path / "p.yaml")))
    name = next(name for name in one.steps if "=" not in name)
    done = run(topic, str(tmp_path / "p.yaml"), "--check", f"{name}={json.dumps(one.exact[name].tolist())}")
    assert done.code in (0, 1) and "WRONG" not in done.out, done  # a copy of what is given does not pass


# The sheet to fill in


def test_a_sheet_without_formulas_with_data_and_as_a_table(soft: str) -> None:
    plain = run("sheet", soft, "--no-formulas", "--data").out
    assert "exp" not in plain and "# x: [1.5, -0.5, 0.8]\n# target: 1\n" in plain and "s: [~, ~, ~]\n" in plain
    assert "e/Z" in run("sheet", soft).out and "Given" not in run("sheet", soft).out
    assert run("sheet", soft, "--format", "csv").out == '"student","s[1]","s[2]","s[3]","L"\n'
    target = Path(soft).with_name("class.csv")
    assert run("sheet", soft, "-o", str(target)).out == ""
    target.write_text(target.read_text() + "Ann,0.613,0.083,0.304,0.490\n")
    assert run("check", soft, str(target)).code == 0
    assert run("sheet", soft, "--format", "tex").code == 2


def test_a_shape_that_gives_an_answer_away_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("topic: conv\nimage: [[1, 2, 3], [3, 4, 5]]\nfilter: [[0.5]]\n")
    text = run("sheet", str(tmp_path / "p.yaml")).out
    assert "\nY: ~\n" in text and "\nsize: [~, ~]\n" in text
    assert run("sheet", str(tmp_path / "p.yaml"), "--format", "csv").out == '"student","size[1]","size[2]","Y"\n'
    (tmp_path / "s.csv").write_text("student,size,Y\nAnn,2 3,0.5 1 1.5; 1.5 2 2.5\n")
    assert run("check", str(tmp_path / "p.yaml"), str(tmp_path / "s.csv")).code == 0


def test_a_folder_of_sheets(tmp_path: Path) -> None:
    (tmp_path / "hw" / "week1").mkdir(parents=True)
    (tmp_path / "hw" / "soft.yaml").write_text(PROBLEM)
    (tmp_path / "hw" / "week1" / "grid.yaml").write_text(GRID)
    hw, out = str(tmp_path / "hw"), tmp_path / "sheets"
    assert run("sheet", hw).code == 2 and "want -o FOLDER" in run("sheet", hw).err
    for ending in ("html", "csv", "yaml"):  # a file is no place for several sheets
        assert run("sheet", hw, "-o", f"{tmp_path}/all.{ending}").code == 2
    assert run("sheet", hw, "-o", str(out)).code == 0
    assert (out / "soft.answers.yaml").read_text() == run("sheet", f"{hw}/soft.yaml").out
    assert (out / "week1" / "grid.answers.yaml").exists()
    assert "--force replaces it" in run("sheet", hw, "-o", str(out)).err
    (tmp_path / "hw" / "bad.yaml").write_text("topic: lstm\nx: [1]\n")
    done = run("sheet", hw, "-o", str(out), "--force", "--format", "csv")
    assert done.code == 1 and "bad.yaml" in done.err and (out / "week1" / "grid.csv").exists()


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_has_a_sheet_with_its_data(topic: str, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(run("new", topic).out)
    done = run("sheet", str(tmp_path / "p.yaml"), "--data", "--no-formulas")
    assert done.code == 0 and "\n# Given\n# " in done.out and "0x" not in done.out
    (tmp_path / "s.yaml").write_text(done.out)
    assert run("check", str(tmp_path / "p.yaml"), str(tmp_path / "s.yaml")).code == 1


@pytest.mark.parametrize("text", [
    "\n [[0.5 1. ]\n  [1.5 2. ]]", " [[0.5 1.]\n [1.5 2.]]", " [[ 0.5  1 ]\n      [ 1.5  2 ]]", " [[0.5 1][1.5 2]]", " [[0.5 1] [1.5 2]]", "\n[[0.5\n  1.]\n [1.5\n  2.]]",
    " [[0.5, 1]\n [1.5, 2]]", " array([[0.5, 1. ],\n       [1.5, 2. ]])", " np.array([[0.5, 1], [1.5, 2]])", " tensor([[0.5, 1.],\n        [1.5, 2.]], dtype=torch.float64)",
    " |\n  [[0.5 1]\n   [1.5 2]]", " '[[0.5 1] [1.5 2]]'", " [[5.e-01 1.e+00]\n [1.5e+00 2.e+00]]", " [[0,5 1]\n [1,5 2]]", " [0.5 1], [1.5 2]", " [[0.5 1]  # first\n [1.5 2]]\n# end",
    " [[\u22120.5 1]\n [1.5 2]]",
])  # fmt: skip
def test_an_array_is_read_as_a_program_prints_it(text: str, tmp_path: Path) -> None:
    grid = ask(loads(GRID))
    found = read(f"size:\n- 2\n- 2\nY:{text}\n", grid, tmp_path)
    assert values(found, "Y") == [-0.5 if "\u2212" in text else 0.5, 1, 1.5, 2] and values(found, "size") == [2, 2]
    assert any("Y: is read as an array that a program has printed" in str(note) for note in found.notes)


def test_a_printed_list_is_noted_and_a_plain_one_is_not(one: Assignment, tmp_path: Path) -> None:
    for text, noted in (("[0.1 0.2 0.3]", True), ("array([0.1, 0.2, 0.3])", True), ("[0.1, 0.2, 0.3]", False)):
        found = read(f"s: {text}\nL: 0.49\n", one, tmp_path)
        assert values(found, "s") == [0.1, 0.2, 0.3] and len(found.notes) == noted, text
    for text in (
        "[[0.1 0.2]\n [0.3",
        "[[0.1 0.2]] 0.3]",
        "[0.1 oops\n [0.3]]",
        "array(3)",
        "[[]\n []]",
        "[" * 5000 + "1 2" + "]" * 5000,
    ):
        found = read(f"s: {text}\nL: 0.49\n", one, tmp_path)
        trouble = found.lines["s"].trouble
        assert trouble and values(found, "L") == [0.49] and "\\x0a" not in trouble, text
    assert "a bracket or a comma is missing" in read("s: [[0.1 0.2]\n [0.3]\n", one, tmp_path).lines["s"].trouble
    assert read("s: '0.1 ;, ; 0.3'\n", one, tmp_path).lines["s"].trouble


def test_a_printed_array_in_a_table_and_typed(soft: str, tmp_path: Path) -> None:
    assert table(soft, "student,s,L\nAnn,[0.613 0.083 0.304],0.490\n")[1] == {"Ann": "4"}
    grid = tmp_path / "g.yaml"
    grid.write_text(GRID + "marking: {points: {Y: 1}}\n")
    assert run("check", str(grid), "Y=[[0.5 1] [1.5 2]]").code == 0
    (tmp_path / "g.csv").write_text(
        'student,Y\nAnn,"[[0.5 1]\n [1.5 2]]"\nBob,"[[0.5, 1], [1.5, 2]]"\nMat,[0.5 1; 1.5 2]\nEve,0.5 1; 1.5 2\n'
    )
    assert run("check", str(grid), str(tmp_path / "g.csv")).code == 0
