"""Wrong and hostile input: one clear line, the right exit code, nothing on stdout; its neighbour is solved."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest
from command import Done, run
from hostile import CASES, Case

from nncalc.errors import EXCERPT, Location


def refused(done: Done) -> str:
    """The first line of a clean refusal."""
    assert done.code == 2, done
    assert done.out == ""
    lines = done.err.splitlines()
    assert 0 < len(lines) <= 21 and all(len(line) <= 2000 and line.isprintable() for line in lines), done.err
    assert "Traceback" not in done.err and not re.search("NoneType|ndarray|dtype|object at", done.err)
    return lines[0]


@pytest.mark.parametrize("case", CASES, ids=[c.rule for c in CASES])
def test_refused_beside_its_neighbour(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert case.old in case.good
    Path("p.yaml").write_bytes(case.good)
    good = run("solve", "p.yaml")
    assert (good.code, good.err) == (0, "") and good.out
    Path("p.yaml").write_bytes(case.bad)
    lines = refused(run("solve", "p.yaml"))
    assert lines.startswith("p.yaml") and case.words in lines


def test_every_rule_of_reading_has_a_case() -> None:
    rules = {case.rule.split()[0] for case in CASES}
    assert rules >= {
        "F1",
        "F2",
        "F3",
        "F4",
        "Y1",
        "Y2",
        "Y3",
        "Y4",
        "Y5",
        "N1",
        "N2",
        "X1",
        "X2",
        "X3",
        "L1",
        "M3",
        "M5",
        "T1",
        "T2",
        "T3",
    }
    assert len(CASES) >= 60


def test_a_batch_solves_the_good_ones_and_says_each_bad_ones_line(tmp_path: Path) -> None:
    for i, case in enumerate(CASES):
        (tmp_path / f"good{i}.yaml").write_bytes(case.good)
        (tmp_path / f"bad{i}.yaml").write_bytes(case.bad)
    done = run("batch", str(tmp_path))
    lines = done.out.splitlines()
    assert done.code == 1 and lines[-1] == f"{len(CASES)} solved, {len(CASES)} failed"
    for i, case in enumerate(CASES):
        assert [line.split()[-3:] for line in lines if line.startswith(f"{tmp_path}/good{i}.yaml ")] == [
            ["solved,", "no", "key"]
        ]
        assert any(line.startswith(f"{tmp_path}/bad{i}.yaml:") and case.words in line for line in lines), case.rule
    assert all(line.isprintable() and len(line) <= 2000 for line in lines)


def test_what_stands_in_a_title_is_shown_and_never_obeyed(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text('topic: softmax\nx: [1]\ntitle: "\\e[31mred\\a\\u202e[bold]x[/] :skull:\\nnncalc: PASSED"\n')
    for format in ("table", "plain", "json"):
        done = run("solve", str(path), "--format", format)
        assert done.code == 0 and "\x1b" not in done.out and "\u202e" not in done.out
        assert "[bold]x[/] :skull:" in done.out and not any(
            line.startswith("nncalc: PASSED") for line in done.out.splitlines()
        )


def npz(path: Path) -> None:
    np.savez(path, a=[[1.0]], b=[[2.0]])


NPY = [
    ("w.npy", lambda p: np.save(p, np.array([[1.0, -1.0]])), "", "0"),
    ("w.npz", npz, ", key: a", "0"),
    ("w.npz", npz, ", key: c", "w.npz: has no key 'c' (the keys are a, b)"),
    ("w.npz", npz, "", "w.npz: wants a `key` (the keys are a, b)"),
    ("w.csv", lambda p: p.write_text("1,-1\n0,2\n"), "", "0"),
    ("w.csv", lambda p: p.write_text("1;-1\r\n0;2\r\n"), "", "0"),
    ("w.csv", lambda p: p.write_text("1,-1\n0,two\n"), "", "w.csv:2: filter[2,2]: want a number, got the text 'two'"),
    ("w.csv", lambda p: p.write_text("1,-1\n0\n"), "", "w.csv:2: filter[2]: has 1 number, but the first row has 2 numbers"),
    ("w.csv", lambda p: p.write_text(""), "", "w.csv: filter: an empty list has no numbers"),
    ("w.csv", lambda p: p.write_bytes(b"\xff\xfe1"), "", "w.csv: is no CSV in UTF-8"),
    ("w.npy", lambda p: np.save(p, np.ones((1, 1, 1, 1, 2))), "", "filter: is 1 x 1 x 1 x 1 x 2; want an array"),
    ("w.npy", lambda p: np.save(p, np.array([["a"]])), "", "w.npy: holds texts; want numbers"),
    ("w.npy", lambda p: np.save(p, np.array([[True]])), "", "w.npy: holds true and false; want numbers"),
    ("w.npy", lambda p: np.save(p, np.array([[1j]])), "", "w.npy: holds complex numbers; want numbers"),
    ("w.npy", lambda p: np.save(p, np.array([[None]]), allow_pickle=True), "", "w.npy: holds Python objects; want numbers"),
    ("w.npy", lambda p: np.save(p, np.array([[1.0, np.nan]])), "", "w.npy: holds a number that is not finite, at [1,2]"),
    ("w.npy", lambda p: np.save(p, np.zeros((0, 2))), "", "w.npy: holds no numbers"),
    ("w.npy", lambda p: np.save(p, np.zeros((500, 500))), "", "w.npy: holds 500 x 500 = 250000 numbers; the limit is 200000 (--limit array=N"),
    ("w.npy", lambda p: p.write_bytes(b"\x93NUMPY\x01\x00\x76\x00" + b"(" * 118), "", "w.npy: is no .npy that can be read"),
    ("w.npy", lambda p: p.write_bytes(b"x"), "", "w.npy: is no .npy that can be read"),
    ("w.npy", lambda p: p.write_bytes(b"\x93NUMPY\x01\x00" + b"x" * (1 << 25)), "", "w.npy: has 33554440 bytes; the limit is 16777216 (--limit array_file_bytes"),
    ("w.npy", lambda p: (np.save(p, np.ones((2, 2))), p.write_bytes(p.read_bytes()[:-8])), "", "w.npy: ends after 24 of 32 bytes"),
    ("w.csv", lambda p: p.write_text("1\n" * 200_001), "", "w.csv: holds 200001 numbers; the limit is 200000 (--limit array=N"),
    ("w.npz", lambda p: p.write_bytes(b"PK\x03\x04x"), ", key: a", "w.npz: is no .npz that can be read"),
    ("w.npy", os.mkfifo, "", "w.npy: is not a regular file"),
    ("w.npy", lambda p: p.mkdir(), "", "w.npy: is a folder; want a file"),
    ("w.npy", lambda p: p.symlink_to("/etc/hostname"), "", "'w.npy' lies outside the problem's folder"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "make", "key", "words"), NPY, ids=[f"{n}-{w[:30]}" for n, _, _, w in NPY])
def test_arrays_in_files(
    name: str, make: object, key: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hw").mkdir()
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "hw" / name)  # type: ignore[operator]
    Path("hw/p.yaml").write_text(f"topic: conv\nimage: [[1, 2], [3, 4]]\nfilter: {{file: {name}{key}}}\n")
    done = run("solve", "hw/p.yaml")
    if words == "0":
        assert (done.code, done.err) == (0, "")
    else:
        assert words in refused(done)


def test_a_declared_size_is_refused_before_it_is_read(tmp_path: Path) -> None:
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (100000, 100000), }"
    header += b" " * (118 - len(header) - 1) + b"\n"
    (tmp_path / "w.npy").write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
    (tmp_path / "p.yaml").write_text("topic: conv\nimage: [[1]]\nfilter: {file: w.npy}\n")
    assert "holds 100000 x 100000 = 10000000000 numbers; the limit is 200000" in refused(
        run("solve", str(tmp_path / "p.yaml"))
    )


def test_outside_is_the_teachers_to_allow(tmp_path: Path) -> None:
    (tmp_path / "hw").mkdir()
    np.save(tmp_path / "w.npy", [[2.0]])
    (tmp_path / "hw" / "p.yaml").write_text("topic: conv\nimage: [[3]]\nfilter: {file: ../w.npy}\n")
    assert "outside" in refused(run("solve", str(tmp_path / "hw" / "p.yaml")))
    assert run("solve", str(tmp_path / "hw" / "p.yaml"), "--allow-outside", "--get", "Y").out == "[[6.0]]\n"


def test_a_vector_may_stand_in_a_row_or_a_number_a_line(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("topic: softmax\nx: {file: x.csv}\n")
    for text in ("1, 2\n", "1\n2\n", "1\n\n2"):
        (tmp_path / "x.csv").write_text(text)
        assert run("solve", str(tmp_path / "p.yaml"), "--get", "s").out == "[0.2689414213699951, 0.7310585786300049]\n"


@pytest.mark.parametrize(("given", "environment", "words"), [
    (["--limit", "array=3"], {}, ""), (["--limit", "array=2"], {}, "the limit (--limit array=N raises the limit)"),
    ([], {"NNCALC_LIMITS": "array=2"}, "the limit"), (["--limit", "array=9"], {"NNCALC_LIMITS": "array=2"}, ""),
    (["--limit", "aray=9"], {}, "--limit: there is no limit 'aray'; want name=N (did you mean array?)"),
    (["--limit", "array=-1"], {}, "--limit: want array=N with N from 1 to 1000000000000, got array=-1"),
    (["--limit", "array"], {}, "--limit: want array=N with N"), ([], {"NNCALC_LIMITS": "x"}, "NNCALC_LIMITS: there is no limit 'x'"),
])  # fmt: skip
def test_limits_are_set_from_outside(
    given: list[str], environment: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    done = run("softmax", "--x", "1,2,3", *given)
    if words:
        assert words in refused(done)
    else:
        assert done.code == 0


def test_a_path_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text('topic: conv\nimage: [[1]]\nfilter: {file: "w\\0.npy"}\n')
    assert "w\\x00.npy: embedded null byte" in refused(run("solve", str(tmp_path / "p.yaml")))


def test_the_excerpt_stands_under_what_it_means() -> None:
    line = "x: [" + "1, " * 40 + "日本, e\u0301, two]"
    mark = Location("p", 1, line.index("two") + 1, line + "\n")
    shown, caret = mark.excerpt()
    assert shown.startswith("    …") and shown.endswith("two]") and len(shown) <= 4 + EXCERPT + 1
    # Two wide characters take four columns, the accent none.
    assert len(caret) - 1 == shown.index("two") + 2 - 1
    assert Location("p").excerpt() == Location("p", 1, 1).excerpt() == []
    assert Location("p", 2, 2, "a\n\tb\x1b").excerpt() == ["     b\\x1b", "     ^"]
