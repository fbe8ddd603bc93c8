"""A whole class: everybody has a row with the right reason, whatever was handed in and however it is looked at."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
from command import Done, run
from examples import LSTM

SOFT = "topic: softmax\nx: [1.5, -0.5, 0.8]\nmarking: {points: {e: 1, Z: 1, s: 2}, places: 3, credit: line}\n"
GOOD = "e: [4.482, 0.607, 2.226]\nZ: 7.314\ns: [0.613, 0.083, 0.304]\n"
SLIP = "e: [4.482, 0.607, 2.226]\nZ: 7.314\ns: [0.613, 0.083, 3.043]\n"
CELL = LSTM + "marking: {points: {z_i: 1, z_o: 2, c: 3, h: 4}, places: 3, credit: line}\n"
LINES = "z_i: [0.300, 0.195]\nz_o: [0.130, -0.140]\nc: [-0.068, -0.033]\nh: [-0.036, -0.015]\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    put("p.yaml", SOFT)
    return tmp_path


def put(path: str, text: str | bytes) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(text if isinstance(text, bytes) else text.encode())


def check(*words: str, code: int | None = None) -> Done:
    done = run("check", *words)
    assert code is None or done.code == code, done
    return done


def rows(*words: str) -> dict[str, dict[str, str]]:
    """The rows of the csv by student."""
    out = check(*words, "--format", "csv").out
    return {row["student"]: row for row in csv.DictReader(io.StringIO(out))}


def earned(*words: str) -> dict[str, str]:
    return {student: row["total"] for student, row in rows(*words).items()}


# As platforms give them


def test_canvas_gives_one_flat_folder(here: Path) -> None:
    put("subs/leeann_12345_67890_p.answers.yaml", GOOD)
    put("subs/raybob_LATE_12346_67891_p-1.yaml", SLIP)
    put("subs/raybob_12346_67880_p.yaml", GOOD)
    put("subs/dayzoe_12347_67892_mine-2.yaml", GOOD)
    put("subs/poemax_12348_67893_p.docx", "x")
    found = rows("p.yaml", "subs")
    assert {student: row["total"] for student, row in found.items()} == {
        "leeann": "4", "raybob": "2", "dayzoe": "4", "poemax": "0"}  # fmt: skip
    assert "late; 2 attempts, the last counts" in found["raybob"]["remarks"]
    assert "p.docx" in found["poemax"]["remarks"]
    assert earned("p.yaml", "subs", "--attempt", "best")["raybob"] == "4"
    put("hw/p.yaml", SOFT)
    put("hw/lstm.yaml", CELL)
    put("subs/leeann_12345_67899_lstm.yaml", LINES)
    assert earned("hw", "subs")["leeann"] == "14"


def test_an_unpacked_archive_is_one_folder_more(here: Path) -> None:
    put("subs/submissions/leeann_12345_67890_p.yaml", GOOD)
    put("subs/__MACOSX/submissions/._leeann_12345_67890_p.yaml", b"\0\5")
    assert earned("p.yaml", "subs") == {"leeann": "4"}


def test_moodle_gives_folders_or_one_flat_folder(here: Path) -> None:
    put("subs/Ann Lee_12345_assignsubmission_file_/p.yaml", GOOD)
    put("subs/Bob Ray_12346_assignsubmission_file_p.yaml", SLIP)
    put("subs/Bob Ray_12350_assignsubmission_file_p.yaml", GOOD)
    os.makedirs("subs/Zoe Day_12347_assignsubmission_file_")
    found = rows("p.yaml", "subs")
    assert {student: row["total"] for student, row in found.items()} == {
        "Ann Lee": "4", "Bob Ray 12346": "2", "Bob Ray 12350": "4", "Zoe Day": "0"}  # fmt: skip
    assert found["Zoe Day"]["remarks"] == "handed in an empty folder"


def test_gradescope_says_who_it_was_in_its_list(here: Path) -> None:
    put("subs/submission_11/p.yaml", GOOD)
    put("subs/submission_12/p.yaml", SLIP)
    put("subs/submission_13/p.yaml", GOOD)
    people = [("11", [("Ann Lee", "s1")]), ("12", [("Bob Ray", "s2"), ("Zoe Day", "s3")])]
    lines = ["---"]
    for number, names in people:
        lines += [f"submission_{number}:", "  :submitters:"]
        for name, sid in names:
            lines += [f"  - :name: {name}", f"    :sid: '{sid}'", "    :email: a@b.c"]
        lines += ["  :created_at: 2026-02-03 22:21:41.000000000 Z", "  :score: 0.0", "  :history: []"]
    put("subs/submission_metadata.yml", "\n".join(lines) + "\n")
    assert earned("p.yaml", "subs") == {"Ann Lee": "4", "Bob Ray": "2", "Zoe Day": "2", "submission_13": "4"}
    put("roster.csv", "id,name\ns1,Ann Lee\ns3,Zoe Day\ns2,Bob Ray\n")
    assert list(earned("p.yaml", "subs", "--students", "roster.csv")) == ["s1", "s3", "s2", "submission_13"]


def test_a_list_knows_people_by_any_of_their_names(here: Path) -> None:
    put("roster.csv", "\ufeffid;name;login\r\ns1;Lee, Ann;al77\r\ns2;Bob Ray;br12\r\ns3;Zoe Day;\r\n")
    put("subs/leeann_12345_67890_p.yaml", GOOD)
    put("subs/BR12/p.yaml", SLIP)
    put("subs/guest/p.yaml", SLIP)
    found = rows("p.yaml", "subs", "--students", "roster.csv")
    assert [(s, row["name"], row["total"], row["remarks"]) for s, row in found.items()] == [
        ("s1", "Lee, Ann", "4", ""), ("s2", "Bob Ray", "2", ""), ("s3", "Zoe Day", "0", "not handed in"),
        ("guest", "", "2", "not on the list of students")]  # fmt: skip
    put("roster.csv", "id,name\ns1,A\nS1,B\n")
    assert check("p.yaml", "subs", "--students", "roster.csv", code=2).err == "roster.csv:3: S1 is on the list twice\n"
    put("roster.csv", "id,name\n")
    assert "holds no student" in check("p.yaml", "subs", "--students", "roster.csv", code=2).err


def test_a_sheet_says_whose_it_is_and_what_it_answers(here: Path) -> None:
    put("hw/p.yaml", SOFT)
    put("hw/lstm.yaml", CELL)
    put("subs/scan1.yaml", "problem: p\nstudent: Ann Lee\n" + GOOD)
    put("subs/scan2.txt", "# a sheet\nstudent: 'Ann Lee'\nproblem: lstm\n" + LINES)
    put("subs/scan3.yaml", "student: Bob\nproblem: hw/p.yaml\n" + SLIP)
    assert earned("hw", "subs") == {"Ann Lee": "14", "Bob": "2"}


def test_nobody_hands_in_for_another_who_did(here: Path) -> None:
    put("subs/s1/p.yaml", GOOD)
    put("subs/s2/p.yaml", "student: s1\n" + SLIP)
    assert earned("p.yaml", "subs") == {"s1": "4", "s2": "2"}
    assert "subs/s2/p.yaml: says that it is s1's, who handed in too; it counts for s2" in check("p.yaml", "subs").err


def test_an_autograder_has_one_student_whatever_else_was_handed_in(here: Path) -> None:
    put("submission/p.yaml", GOOD)
    put("submission/notes.txt", "my notes")
    put("submission/figures/scan.png", b"x")
    page = json.loads(check("p.yaml", "submission", "--format", "gradescope", code=0).out)
    assert (page["score"], page["max_score"], len(page["tests"])) == (4, 4, 3)


# Own variants


def test_own_variants_are_paired_however_many_hand_in(here: Path) -> None:
    for base in (False, True):
        shutil.rmtree("hw", ignore_errors=True)
        shutil.rmtree("subs", ignore_errors=True)
        for i in range(1, 41):
            put(f"hw/s{i:02}/p.yaml", SOFT.replace("1.5", str(1.5 + i / 10)))
        if base:
            put("hw/p.yaml", SOFT)
        for i in (1, 2):
            put(f"subs/s{i:02}/p.yaml", GOOD)
        found = rows("hw", "subs")
        assert len(found) == 40 and {row["of"] for row in found.values()} == {"4"}
        assert sum(row["remarks"] == "not handed in" for row in found.values()) == 38


def test_a_sheet_of_anothers_variant_is_flagged(here: Path) -> None:
    put("hw/s1/p.yaml", SOFT)
    put("hw/s2/p.yaml", SOFT.replace("[1.5, -0.5, 0.8]", "[0.3, 0.9, -1.1]"))
    put("hw/s3/p.yaml", SOFT.replace("[1.5, -0.5, 0.8]", "[0.1, 0.2, 0.4]"))
    for student in ("s1", "s2"):
        put(f"subs/{student}/p.yaml", GOOD)
    put("subs/s3/p.yaml", "e: [9, 9, 9]\nZ: 27\ns: [0.3, 0.3, 0.4]\n")
    found = rows("hw", "subs")
    assert [row["remarks"] for row in found.values()] == ["", "the numbers fit the variant of s1", ""]
    done = check("hw", "subs", "-o", "fb")
    assert "variant of s1" in done.out and "variant" not in Path("fb/s2.md").read_text()


# Nobody is lost

KINDS: dict[str, tuple[dict[str, str | bytes], str, str]] = {
    "right": ({"p.yaml": GOOD}, "4", ""),
    "slip": ({"p.yml": SLIP}, "2", ""),
    "capitals": ({"P.YAML": GOOD}, "4", ""),
    "text": ({"p.txt": GOOD}, "4", ""),
    "another name": ({"homework 3.yaml": GOOD}, "4", ""),
    "deeper": ({"hw3/p.yaml": GOOD}, "4", ""),
    "word": ({"p.docx": b"PK\3\4"}, "0", "handed in only p.docx: is no sheet that nncalc reads"),
    "nothing": ({}, "0", "handed in an empty folder"),
    "broken": ({"p.yaml": "s: [0.1"}, "0", "p.yaml:1: s: cannot be read: is not YAML: this [ is never closed: [0.1"),
    "empty": ({"p.yaml": ""}, "0", "is empty"),
    "binary": ({"p.yaml": b"\xff\xfe\0\0\1"}, "0", "control character"),
    "too large": ({"p.yaml": "#" * 1_100_000}, "0", "larger than"),
    "a list": ({"p.yaml": "- 1\n- 2\n"}, "0", "want lines with a name"),
}


def class_of_40(folder: str, order: list[int]) -> dict[str, tuple[str, str]]:
    """40 students with every kind of sheet, ten of whom are not there: what each should have."""
    wanted: dict[str, tuple[str, str]] = {}
    kinds = list(KINDS)
    for i in order:
        student = f"s{i:02}"
        if i > 30:
            wanted[student] = ("0", "not handed in")
            continue
        files, total, reason = KINDS[kinds[i % len(kinds)]]
        os.makedirs(f"{folder}/{student}")
        for name, text in files.items():
            put(f"{folder}/{student}/{name}", text)
        wanted[student] = (total, reason)
    return wanted


def test_a_class_of_40_has_40_rows_whatever_is_handed_in(here: Path) -> None:
    put("roster.csv", "".join(f"s{i:02},Name {i}\n" for i in range(1, 41)))
    wanted = class_of_40("subs", list(range(1, 41)))
    found = rows("p.yaml", "subs", "--students", "roster.csv")
    assert list(found) == [f"s{i:02}" for i in range(1, 41)]
    for student, (total, reason) in wanted.items():
        assert found[student]["total"] == total, student
        assert reason in found[student]["remarks"] and bool(reason) == bool(found[student]["remarks"]), student
    shuffled = list(range(1, 41))
    random.Random(3).shuffle(shuffled)
    class_of_40("others", shuffled)
    again = rows("p.yaml", "others", "--students", "roster.csv")
    assert {s: r["total"] for s, r in again.items()} == {s: r["total"] for s, r in found.items()}


def test_the_marks_are_the_same_in_every_format_and_with_q(here: Path) -> None:
    put("roster.csv", "".join(f"s{i:02},Name {i}\n" for i in range(1, 41)))
    wanted = {student: total for student, (total, _) in class_of_40("subs", list(range(1, 41))).items()}
    words = ("p.yaml", "subs", "--students", "roster.csv")
    page = json.loads(check(*words, "--format", "json", code=1).out)
    assert {sheet["student"]: str(sheet["earned"]) for sheet in page["sheets"]} == wanted
    plain = [line.split("\t") for line in check(*words, "--format", "plain", code=1).out.splitlines()]
    assert {line[0]: line[4] for line in plain if line[2] == "="} == wanted
    table = [line.partition(" ")[0] for line in check(*words, code=1).out.splitlines()]
    assert set(table) >= set(wanted)
    counted = csv.DictReader(io.StringIO(check(*words, "--by", "student", "--format", "csv", code=1).out))
    assert {row["student"]: row["earned"] for row in counted} == wanted
    suites = ElementTree.fromstring(check(*words, "--format", "junit", code=1).out)
    assert len([suite for suite in suites if suite.attrib["name"].startswith("s")]) >= 40
    for format, ending in (("html", ".html"), ("markdown", ".md")):
        check(*words, "--format", format, "-o", f"loud-{format}", code=1)
        quiet = check(*words, "--format", format, "-o", f"quiet-{format}", "-q", code=1)
        assert quiet.out == "" and quiet.err == ""
        names = sorted(os.listdir(f"loud-{format}"))
        assert names == sorted(f"{student}{ending}" for student in wanted)
        for name in names:
            text = Path(f"quiet-{format}", name).read_text()
            assert text == Path(f"loud-{format}", name).read_text()
            assert str(here) not in text and "subs/" not in text
    assert "this is what you get if" in Path("quiet-html/s01.html").read_text()


def test_where_nothing_can_be_paired_it_says_why(here: Path) -> None:
    put("hw/p.yaml", SOFT)
    put("hw/lstm.yaml", CELL)
    put("subs/s1/x.yaml", GOOD)
    done = check("hw", "subs", code=2)
    assert done.out == "" and "no sheet answers a problem by its name: the problems are lstm, p, the sheets" in done.err
    put("words/s1/p.docx", "x")
    assert "holds no answer sheets" in check("hw", "words", code=2).err and ".docx" in check("hw", "words").err
    put("own/a/p.yaml", SOFT)
    put("own/b/p.yaml", SOFT)
    assert "no sheet" in check("own", "subs", code=2).err


def test_feedback_keeps_names_of_any_script_and_stays_in_its_folder(here: Path) -> None:
    names = ["李雷", "韩梅", "a b", "a_b", "Zoë", "..", "CON", "x" * 300, "a\nb", "A_B"]
    from nncalc.disk.folder import lettered_part, safe_names

    made = safe_names({name: [name] for name in names}, ".html", lettered_part)
    assert made["李雷"] == "李雷.html" and made["韩梅"] == "韩梅.html" and made["a b"] == "a b.html"
    assert made["a_b"] == "a_b.html" and made["Zoë"] == "Zoë.html"
    assert len({name.casefold() for name in made.values()}) == len(names)
    for name in made.values():
        assert "/" not in name and not name.startswith(".") and len(name.encode()) < 255 and name.isprintable()
    for name in ("李雷", "a b", "a_b"):
        put(f"subs/{name}/p.yaml", GOOD)
    check("p.yaml", "subs", "-o", "fb", "-q", code=0)
    assert sorted(os.listdir("fb")) == sorted(["李雷.md", "a b.md", "a_b.md"])


# After the marking


def test_points_are_adjusted_and_shown_as_such(here: Path) -> None:
    for student, text in (("s1", GOOD), ("s2", SLIP), ("s3", "s: [0.1")):
        put(f"subs/{student}/p.yaml", text)
    put("adjust.csv", "student,problem,line,points,reason\n*,p,s,2,misprint\ns2,p,Z,0.5,no working\ns3,,,1,by hand\n")
    words = ("p.yaml", "subs", "--adjust", "adjust.csv")
    assert earned(*words) == {"s1": "4", "s2": "3.5", "s3": "1"}
    said = "adjusted: s: 2 instead of 0 (misprint)"
    assert said in rows(*words)["s2"]["remarks"] and said in check(*words).out
    assert said in check(*words, "--format", "plain").out and "misprint" in check(*words, "--format", "junit").out
    page = json.loads(check(*words, "--format", "json").out)
    assert page["sheets"][1]["adjusted"][0] == {"line": "s", "points": 2, "reason": "misprint", "before": 0}
    assert sum(line["earned"] for line in page["sheets"][1]["lines"]) == page["sheets"][1]["earned"] == 3.5
    for format in ("html", "markdown"):
        check(*words, "--format", format, "-o", format)
        text = "".join(path.read_text() for path in Path(format).iterdir()).replace("\\", "")
        assert said in text and "1 of 4 points, adjusted" in text
    results = json.loads(check("p.yaml", "subs/s2", "--adjust", "adjust2.csv", "--format", "gradescope").out)
    assert results["gradable"] is False  # there is no such list
    put("adjust2.csv", "student,problem,line,points,reason\n*,p,s,2,misprint\n")
    results = json.loads(check("p.yaml", "subs/s2", "--adjust", "adjust2.csv", "--format", "gradescope").out)
    assert results["score"] == sum(test["score"] for test in results["tests"]) == 4
    assert said in results["tests"][2]["output"]


def test_adjustments_that_cannot_be_meant_are_refused_at_their_line(here: Path) -> None:
    put("subs/s1/p.yaml", GOOD)
    put("adjust.csv", "student,problem,line,points,reason\n"
        "nobody,p,s,1,\ns1,q,s,1,\ns1,p,zz,1,\ns1,p,s,2.5,\ns1,p,,5,\ns1,p,Z,x,\ns1,p,e,1,\ns1,p,e,0,\n")  # fmt: skip
    done = check("p.yaml", "subs", "--adjust", "adjust.csv", code=2)
    assert done.out == "" and [line.split(":")[1] for line in done.err.splitlines()] == [
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
        "9",
    ]
    assert "there is no student nobody" in done.err and "2.5 points are more than the 2 that there are" in done.err
    put("adjust.csv", "student,points\n")
    assert "adjust.csv:1: has no column problem, line, reason" in check("p.yaml", "subs", "--adjust", "adjust.csv").err


def test_whose_marks_change_when_a_key_is_mended(here: Path) -> None:
    put("subs/s1/p.yaml", GOOD)
    put("subs/s2/p.yaml", SLIP)
    put("p.yaml", SOFT.replace("0.8", "0.9"))
    put("old.json", check("p.yaml", "subs", "--format", "json").out)
    put("p.yaml", SOFT)
    done = check("p.yaml", "subs", "--compare", "old.json", "--format", "csv")
    changes = list(csv.DictReader(io.StringIO(done.out)))
    assert [change["student"] for change in changes] == ["s1", "s2"] and changes[0]["now"] == "4"
    assert "e: the right value was 2.4596 and is 2.22554 (wrong, now right)" in changes[0]["why"]
    put("old.json", check("p.yaml", "subs", "--format", "json").out)
    assert check("p.yaml", "subs", "--compare", "old.json").out == "changes: none\n"
    put("subs/s2/p.yaml", GOOD)
    (change,) = json.loads(check("p.yaml", "subs", "--compare", "old.json", "--format", "json").out)["changes"]
    assert (change["student"], change["change"]) == ("s2", 2) and "the sheet has changed" in change["why"]
    for text in ("", "[]", '{"format": 1}', "[" * 100_000):
        put("old.json", text)
        assert check("p.yaml", "subs", "--compare", "old.json", code=2).err.startswith("old.json: ")


def test_a_class_is_counted_by_line_and_problem(here: Path) -> None:
    for i in range(4):
        put(f"subs/s{i}/p.yaml", SLIP if i else GOOD)
    page = json.loads(check("p.yaml", "subs", "--by", "line", "--format", "json").out)["by_line"]
    line = page[2]
    assert (line["line"], line["sheets"], line["failed"], line["wrong"]) == ("s", 4, 3, 3)
    assert line["made by"] == 3 and "this is what you get if" in line["commonest mistake"]
    (problem,) = json.loads(check("p.yaml", "subs", "--by", "problem", "--format", "json").out)["by_problem"]
    assert (problem["mean"], problem["lowest"], problem["median"], problem["highest"]) == (2.5, 2, 2, 4)
    assert "want one of student, line, problem" in check("p.yaml", "subs", "--by", "x", code=2).err
    assert "want one of table, csv, json" in check("p.yaml", "subs", "--by", "line", "--format", "html", code=2).err


def test_sheets_of_one_content_are_marked_once(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from nncalc.marking import homework

    count, diagnose = 0, homework.diagnose

    def counted(marks: object) -> None:
        nonlocal count
        count += 1
        diagnose(marks)  # type: ignore[arg-type]

    monkeypatch.setattr(homework, "diagnose", counted)
    for i in range(20):
        put(f"subs/s{i:02}/p.yaml", f"# {i}\n{GOOD if i % 2 else SLIP}")
    page = json.loads(check("p.yaml", "subs", "--format", "json").out)
    assert count == 2 and [sheet["earned"] for sheet in page["sheets"]] == [2, 4] * 10
    assert all(sheet["student"] in sheet["file"] for sheet in page["sheets"])


def test_every_wrong_cell_is_listed_and_every_wrong_name_told(here: Path) -> None:
    put("grid.yaml", f"topic: conv\nimage: {[[i + j for j in range(12)] for i in range(12)]}\nfilter: [[1]]\n")
    put("s.yaml", f"Y: {[[i * j + 50 for j in range(12)] for i in range(12)]}\n")
    page = json.loads(check("grid.yaml", "s.yaml", "--format", "gradescope").out)
    assert page["tests"][0]["output"].count(": wrong") == 144
    put("p.yaml", SOFT.replace("Z: 1", "zz: 1, yy: 1"))
    done = check("p.yaml", "s.yaml", code=3)
    assert "'zz'" in done.err and "'yy'" in done.err
    put("p.yaml", SOFT)
    put("subs/s1/p.yaml", SLIP)
    assert 'classname="s1.p"' in check("p.yaml", "subs", "--format", "junit").out


# Everybody in one table

TABLE = "student,e,Z,s\nAnn Lee,4.482 0.607 2.226,7.314,0.613 0.083 0.304\nBob,4.482 0.607 2.226,7.314,0.613 0.083 0.304\nBob,4.482 0.607 2.226,,9 9 9\n"


def test_of_several_rows_in_a_table_the_last_or_the_best_counts(here: Path) -> None:
    put("class.csv", TABLE)
    for words, points in (((), "1"), (("--attempt", "last"), "1"), (("--attempt", "best"), "4")):
        found = rows("p.yaml", "class.csv", *words)
        assert {student: row["total"] for student, row in found.items()} == {"Ann Lee": "4", "Bob": points}
        which = words[1] if words else "last"
        assert found["Bob"]["remarks"] == f"2 attempts, the {which} counts" and not found["Ann Lee"]["remarks"]
        assert (
            check("p.yaml", "class.csv", *words).err
            == f"class.csv:4: Bob has answered in line 3 before; the {which} counts\n"
        )
        assert check("p.yaml", "class.csv", "-q", *words).err == ""
    assert "want one of last, best" in check("p.yaml", "class.csv", "--attempt", "first", code=2).err


def test_a_table_has_the_list_the_adjustments_and_the_pages_of_a_class(here: Path) -> None:
    put("class.csv", TABLE)
    put("roster.csv", "id,name\ns3,Mia\ns1,Eve\ns2,Ann Lee\n")
    put("adjust.csv", "student,problem,line,points,reason\ns3,p,,2,ill\nBob,p,s,1,good try\n")
    words = ("p.yaml", "class.csv", "--students", "roster.csv", "--adjust", "adjust.csv")
    found = rows(*words)
    assert list(found) == ["s3", "s1", "s2", "Bob"] and found["s2"]["name"] == "Ann Lee"
    assert [row["total"] for row in found.values()] == ["2", "0", "4", "2"]
    assert found["s1"]["remarks"] == "not handed in" and "not on the list" in found["Bob"]["remarks"]
    check(*words, "--format", "html", "-o", "pages")
    assert sorted(os.listdir("pages")) == ["Bob.html", "s1.html", "s2.html", "s3.html"]
    assert "4 of 4 points" in Path("pages/s2.html").read_text()
    put("empty.csv", "student,e,Z,s\n")
    assert "empty.csv: holds no answers" in check("p.yaml", "empty.csv", code=2).err
    put("bad.yaml", "topic: zz\n")
    check("bad.yaml", "class.csv", code=3)
