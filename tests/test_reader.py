"""The YAML reader and what scalars mean: accepted beside refused, in both parsers, with line, column and words."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from nncalc.errors import InputError, Location, printable
from nncalc.limits import DEFAULT, Limits
from nncalc.problem.problem import loads
from nncalc.reading import reader, scalars
from nncalc.reading.nodes import MappingNode, Node, ScalarNode, SequenceNode
from nncalc.reading.reader import read_file, read_text, read_yaml


@pytest.fixture(params=["C", "pure Python"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    loader: Any = yaml.CSafeLoader if request.param == "C" else yaml.SafeLoader
    monkeypatch.setattr(reader, "LOADER", loader)


def plain(node: Node) -> Any:
    if isinstance(node, ScalarNode):
        return node.text
    if isinstance(node, SequenceNode):
        return [plain(n) for n in node.items]
    return {k: plain(n) for k, n in node.entries.items()}


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(("text", "expected"), [
    ("a: 1", {"a": "1"}), ("a: [1, -.5]\nb: 0.50", {"a": ["1", "-.5"], "b": "0.50"}), ("a:\r\n  - 1\r\n", {"a": ["1"]}),
    ("a: &x [1]\nb: *x", {"a": ["1"], "b": ["1"]}), ("y: 1\nn: 2\non: 3", {"y": "1", "n": "2", "on": "3"}),
    ('"a b": 1', {"a b": "1"}), ("a: no", {"a": "no"}), ("%YAML 1.2\n---\na: 1", {"a": "1"}), ("{a: {b: []}}", {"a": {"b": []}}),
    ("a: [\n\t1,\n\t2]\t# two", {"a": ["1", "2"]}), ("# c\n\n%YAML 1.3 # c\n---\na: 1", {"a": "1"}), ("a: | # c\n x\n", {"a": "x\n"}),
    ("a: &x 1\nb: [*x, *x]", {"a": "1", "b": ["1", "1"]}), ("? a\n: 1", {"a": "1"}), ("a:\n\t\n  b: \t1", {"a": {"b": "1"}}),
    ("# only\na: 1 # end", {"a": "1"}), ("- 1", ["1"]), ("x", "x"), ("a: 2024-01-01", {"a": "2024-01-01"}),
])  # fmt: skip
def test_accepted_as_it_was_written(text: str, expected: Any) -> None:
    assert plain(read_text(text, "p.yaml")) == expected


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(("text", "words"), [
    ("", "p.yaml:1:1: the file is empty"), ("# nothing", "the file is empty"),
    ("a: 1\nb: 2\na: 3", "p.yaml:3:1: 'a' is given twice, first in line 1"),
    ("a: &x [*x]", "p.yaml:1:8: the alias *x contains itself"), ("a: *x", "is not YAML|alias *x is not defined"),
    ("a: !!int 3", "tags (tag:yaml.org,2002:int) are not read"), ("a: !x [1]", "tags (!x) are not read"),
    ("<<: {a: 1}", "p.yaml:1:1: merge keys (<<) are not read"), ("a: 1\n---\nb: 2", "a second document begins here"),
    ("%TAG ! tag:x,2000:\n---\na: 1", "directives (%TAG ! tag:x,2000:) are not read"), ("[1]: 2", "want a name as key"),
    ("{a: 1}: 2", "want a name as key"), ("'': 1", "a key is empty"), ("a: [1", "p.yaml:1:4: is not YAML: this [ is never closed"),
    ("a: 1\n\tb: 2", "p.yaml:2:2: the line is indented with a tab; want spaces"), ("a: \x07", "p.yaml:1:4: control character \\x07"), ("k" * 65 + ": 1", "longer than 64"),
    ("\ta: 1", "p.yaml:1:2: the line is indented with a tab; want spaces"), ('a: "\\ud800"', "is not YAML"),
    ('a: "\\U00110000"', "a backslash in double quotes; write it twice"), ("a: |# x\n y", "p.yaml:1:4: is not YAML: | and > stand alone"),
    ("a: b: c", "p.yaml:1:5: is not YAML: a second colon"), ("a: 1\n b: 2", "the line is indented too far"), ("a: 'x", "p.yaml:1:4: is not YAML: this ' is never closed"),
    ("a:\n  - 1\n - 2", "p.yaml:3:2: is not YAML: the indentation does not fit the lines before (since line 1, column 1)"),
    ("a: 'it's'", "p.yaml:1:8: is not YAML: something is left over"), ("a: @x", "p.yaml:1:4: is not YAML: this sign cannot begin a value"),
    ("a: [1,,2]", "a bracket or a comma is missing"), ("a: 1\ny", "p.yaml:2:1: is not YAML: a line wants `name: value`"), ("a: &", "& and * want a name"),
    ("a: 1\n...\nb: 2", "want one problem a file"), ("[" * 2000, "nested deeper than 16 levels, the limit (--limit depth=N raises the limit)"),
    ("%YAML 2.0\n---\na: 1", "p.yaml:1:1: directives (%YAML 2.0) are not read"), ("a: b\ufeff", "control character \\ufeff"), ("a: \x85", "control character \\x85"),
    ("a: &x 1\n*x : 2", "want a name as key, got an alias"), ("a: [" * 17 + "]" * 17, "deeper than 16 levels"),
])  # fmt: skip
def test_refused_with_place_and_words(text: str, words: str) -> None:
    with pytest.raises(InputError) as error:
        read_text(text, "p.yaml")
    line = error.value.lines()[0]
    assert any(w in line for w in words.split("|")), line
    assert "yaml.org,2002:python" not in line and "\n" not in line


@pytest.mark.usefixtures("parser")
def test_marks_count_lines_and_columns_from_one() -> None:
    node = read_text("a:\n  - [1, 22]\n  - {bé: 3}\n", "p.yaml")
    assert isinstance(node, MappingNode)
    rows = node.entries["a"]
    assert isinstance(rows, SequenceNode) and isinstance(rows.items[0], SequenceNode)
    assert rows.items[0].items[1].mark == Location("p.yaml", 2, 9)
    record = rows.items[1]
    assert isinstance(record, MappingNode) and record.keys["bé"] == Location("p.yaml", 3, 6)
    assert record.entries["bé"].mark == Location("p.yaml", 3, 10)


@pytest.mark.usefixtures("parser")
def test_quoted_or_not_is_known() -> None:
    node = read_text("a: '1'\nb: 1", "p.yaml")
    assert isinstance(node, MappingNode)
    quoted = [n.quoted for n in node.entries.values() if isinstance(n, ScalarNode)]
    assert quoted == [True, False]


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("text", [
    "a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [" + ",".join([f"*{chr(97 + i)}"] * 10) + "]\n"
                                             for i in range(8)),
    "\n".join(f"k{i}: {i}" for i in range(26_000)), "a: [" + "1," * 60 + "1]",
])  # fmt: skip
def test_counted_with_aliases_expanded(text: str) -> None:
    with pytest.raises(InputError, match="the limit"):
        read_text(text, "p.yaml", Limits(array=10) if "1,1,1" in text and "&" not in text else DEFAULT)


def test_a_hundred_thousand_brackets_are_refused_not_a_crash() -> None:
    code = "from nncalc.reading.reader import read_text\nfrom nncalc.errors import InputError\n" \
           "try: read_text('[' * 100_000, 'p')\nexcept InputError as e: print(e)"  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0 and "nest" in done.stdout, done
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize(("data", "words"), [
    ("a: 1".encode("utf-16"), "is UTF-16 or no text at all (save it as UTF-8)"), (b"a: 1\nb: \xe9", "p.yaml:2:4: is not UTF-8 (save it as UTF-8)"),
])  # fmt: skip
def test_other_encodings_get_the_cure(data: bytes, words: str) -> None:
    with pytest.raises(InputError) as error:
        read_yaml(data, "p.yaml")
    assert words in str(error.value)


def test_one_byte_order_mark_is_dropped() -> None:
    assert plain(read_yaml(b"\xef\xbb\xbfa: 1", "p.yaml")) == {"a": "1"}


def test_only_regular_files_of_a_bounded_size_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "large").write_bytes(b"a" * (DEFAULT.file_bytes + 1))
    (tmp_path / "good").write_text("a: 1")
    assert plain(read_file(str(tmp_path / "good"))) == {"a": "1"}
    for name, words in (
        ("fifo", "not a regular file"),
        ("large", "larger than 1048576 bytes"),
        ("none", "no such file"),
        ("", "folder"),
    ):
        with pytest.raises(InputError, match=words):
            read_file(str(tmp_path / name))
    with pytest.raises(InputError, match="not a regular file"):
        read_file("/dev/zero")


def scalar(text: str, quoted: bool = False) -> ScalarNode:
    return ScalarNode(text, quoted, Location("p.yaml", 2, 5))


@pytest.mark.parametrize(("text", "value"), [
    ("2", 2.0), ("-.5", -0.5), ("1e3", 1000.0), ("1e-3", 0.001), ("+.5", 0.5), ("2.", 2.0), ("−3", -3.0), ("1/3", 1 / 3),
    ("sqrt(2)", 2**0.5), ("pi/4", 0.7853981633974483), ("2^-1", 0.5), ("0", 0.0), ("-0.50", -0.5), ("5 - 3", 2.0),
])  # fmt: skip
def test_numbers_that_are_read(text: str, value: float) -> None:
    assert scalars.as_number(scalar(text), "x", DEFAULT) == value


@pytest.mark.parametrize(("text", "hint"), [
    ("08", "write 8 without the leading zero"), ("0.659 0.242", "a comma is missing: write 0.659, 0.242"), ("-010", "write -10"), ("1_000", "write 1000"), ("1:30", "a colon makes no number"),
    (".nan", "finite"), (".inf", "finite"), ("inf", "finite"), ("0,5", "write 0.5"), ("2024-01-01", "looks like a date"),
    ("no", "write a number"), ("~", "write a number"), ("", "got nothing"), ("٣", "got ٣|no meaning"), ("1e999", "below 1.8e308"),
    ("two", "got the text 'two'"), ("2x", "write 2*x"), ("1/0", "divide(1, 0) has no value"), ("0x10", "an operator is missing"),
    ("9" * 401, "at most 400 digits|longer"), ("9^9^9^9", "too large"),
])  # fmt: skip
def test_numbers_that_are_refused_with_their_cure(text: str, hint: str) -> None:
    with pytest.raises(InputError) as error:
        scalars.as_number(scalar(text), "x", DEFAULT)
    line = error.value.lines()[0]
    assert line.startswith("p.yaml:2:") and "x: want a number" in line
    assert any(h in line for h in hint.split("|")), line


def test_a_number_of_two_lines_is_none() -> None:
    """Two lines without a dash are one text of two lines, not two numbers of a list."""
    with pytest.raises(InputError, match=r"x\[2\]: want a number, got 2\\x0a3 \(a comma is missing: write 2, 3\)"):
        loads("topic: softmax\nx:\n- 1\n- 2\n\n  3\n")


def test_a_quoted_number_is_a_text() -> None:
    with pytest.raises(InputError, match="write 1 without quotes"):
        scalars.as_number(scalar("1", quoted=True), "x", DEFAULT)
    with pytest.raises(InputError, match="want a number"):
        scalars.as_literal(scalar("1/3"), "x", DEFAULT)


@pytest.mark.parametrize(("text", "words"), [
    ("0", "want a whole number from 1 to 1000000, got 0"), ("2.0", "write 2"), ("1.5", "got 1.5"), ("1000001", "from 1 to 1000000"),
    ("two", "got two"), ("02", "without the leading zero"), ("1" * 5000, "want a whole number"), ("1e3", "got 1e3"),
])  # fmt: skip
def test_whole_numbers(text: str, words: str) -> None:
    assert scalars.as_whole(scalar("3"), "stride", DEFAULT, 1) == 3
    with pytest.raises(InputError) as error:
        scalars.as_whole(scalar(text), "stride", DEFAULT, 1)
    assert words in str(error.value) and len(str(error.value)) < 300


def test_flags_choices_and_texts() -> None:
    assert [scalars.as_flag(scalar(t), "f") for t in ("yes", "true", "no", "false")] == [True, True, False, False]
    assert scalars.as_choice(scalar("relu"), "g", ("relu", "tanh")) == "relu"
    assert scalars.as_text(scalar("a"), "t", 3) == "a"
    for read in (
        lambda: scalars.as_flag(scalar("on"), "f"),
        lambda: scalars.as_flag(scalar("yes", True), "f"),
        lambda: scalars.as_text(scalar("abcd"), "t", 3),
    ):
        with pytest.raises(InputError):
            read()
    with pytest.raises(InputError, match="did you mean relu"):
        scalars.as_choice(scalar("rleu"), "g", ("relu", "tanh"))


@given(st.text())
def test_any_text_is_a_node_or_an_error_of_ours(text: str) -> None:
    try:
        read_text(text, "p.yaml")
    except InputError as error:
        assert all(len(line) <= 2000 and line.isprintable() for line in error.lines())


@given(st.binary())
def test_any_bytes_are_a_node_or_an_error_of_ours(data: bytes) -> None:
    try:
        read_yaml(data, "p.yaml")
    except InputError as error:
        assert all(line.isprintable() for line in error.lines())


@given(st.text(alphabet="0123456789.eE+-_:,xXabnf~'\" ٣−/()^", max_size=12), st.booleans())
def test_any_scalar_is_a_number_or_an_error_of_ours(text: str, quoted: bool) -> None:
    for read in (scalars.as_number, scalars.as_literal, scalars.as_whole):
        try:
            assert abs(read(scalar(text, quoted), "x", DEFAULT)) < float("inf")
        except InputError as error:
            assert str(error).startswith("p.yaml:2:")


@pytest.mark.parametrize(
    "code", [*range(32), *range(127, 160), 0x61C, 0x200B, 0x200E, 0x202E, 0x2028, 0x2066, 0xFEFF, 0xD800, 0xE0041]
)
def test_what_a_terminal_obeys_or_nobody_sees_is_shown(code: int) -> None:
    shown = printable(f"a{chr(code)}b")
    assert chr(code) not in shown and shown.startswith("a\\") and shown.endswith("b")


@given(st.text(), st.integers(1, 80))
def test_visible_text_is_printable_and_bounded(text: str, limit: int) -> None:
    shown = printable(text, limit)
    assert len(shown) <= limit and "\n" not in shown
