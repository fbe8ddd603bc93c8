"""What scripts and spreadsheets read: CSV is the values again, JSON the trace, each as its schema says; all streams."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import run
from examples import GRID, LSTM, MAZUR, NEURON, problem
from schemas import faults_of_output, validator

from nncalc.problem.problem import load
from nncalc.render import OUTPUTS
from nncalc.render.layout import View
from nncalc.render.spreadsheet import quoted
from nncalc.render.working import render
from nncalc.running import on_paper, solve
from nncalc.trace.rules.rearranging import source_of
from nncalc.trace.steps import Trace

ROOT = Path(__file__).parent.parent
PROBLEMS = sorted(p for p in (ROOT / "problems").glob("*.yaml") if not p.name.endswith(".answers.yaml"))
OTHERS = sorted(p for p in (ROOT / "problems").rglob("*.yaml") if p not in PROBLEMS and ".answers." not in p.name)
FILTER = GRID + "filter: [[1, -1], [0, -1]]"
HOSTILE = ["=1+1", "+1", "-1+2", "@SUM(A1)", "=cmd|'/c calc'!A1", " =1", "'=1", "''+1", "＝1+1", r"\input{secret}", "#eval(1)",
           "a $x$ | b", "[bold]x[/bold]", 'say "hi", twice', "plain"]  # fmt: skip


def written(traces: list[Trace], format: str, **view: Any) -> str:
    out = io.StringIO()
    render(traces, View(**view), out, format)
    return out.getvalue()


def rows(text: str) -> list[dict[str, str]]:
    """The rows as who reads them has them: a quote before what would be run is taken away."""
    return [
        {k: re.sub(r"^'(?='*\s*[-=+@＝])", "", v) for k, v in row.items()} for row in csv.DictReader(io.StringIO(text))
    ]


def told(rows: list[dict[str, str]]) -> dict[str, dict[tuple[int, ...], float]]:
    found: dict[str, dict[tuple[int, ...], float]] = {}
    for row in rows:
        index = tuple(int(i) - 1 for i in row["index"].strip("[]").split(",") if i)
        found.setdefault(row["step"], {})[index] = float(row["value"])
    return found


@pytest.mark.parametrize("path", [*PROBLEMS, *(pytest.param(p, marks=pytest.mark.long) for p in OTHERS)], ids=str)
def test_csv_read_again_is_the_values_and_json_the_trace(path: Path) -> None:
    trace = solve(load(path))
    csv.field_size_limit(10**9)
    read = told([row for row in rows(written([trace], "csv")) if row["step"] in trace.named()])
    assert list(read) == [step.name for step in trace.steps]
    page = json.loads(written([trace], "json", detail="full"))
    assert json.loads(written([trace], "jsonl", detail="full")) == page
    for step, of in zip(trace.steps, page["steps"], strict=True):
        assert read[step.name] == {i: float(step.array[i]) for i in np.ndindex(step.array.shape)}
        np.testing.assert_array_equal(np.array(of["value"], float), np.array(step.array, float))
        cells = {tuple(i - 1 for i in e["index"]): float(e["value"]) for e in of["elements"]}
        assert cells == read[step.name]


def test_a_row_says_how_its_cell_is_worked_and_several_problems_keep_apart() -> None:
    one, two = solve(problem(LSTM)), solve(problem(NEURON))
    read = rows(written([one, one, two], "csv"))
    names = list(dict.fromkeys(row["problem"] for row in read))
    assert len(names) == 3 and names[1] == f"{names[0]} (2)"
    (row,) = [row for row in read if row["problem"] == names[0] and row["step"] == "c" and row["index"] in ("", "[1]")]
    assert row["formula"].replace("[1]", "") == "f·c_0 + i·g"
    assert {row["formula"] for row in rows(written([one], "csv", detail="short"))} == {""}


def test_what_is_worked_with_rounded_numbers_is_told_so() -> None:
    trace = solve(problem(MAZUR), on_paper(2))
    read = told(rows(written([trace], "csv")))
    assert read["a1"][0,] == float(trace["a1"].array[0]) == 0.59


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_is_text_that_no_spreadsheet_runs(title: str) -> None:
    trace = solve(problem(f"topic: softmax\nx: [-2, 1]\ntitle: {json.dumps(title, ensure_ascii=False)}"))
    text = written([trace], "csv")
    for row in csv.reader(io.StringIO(text)):
        for cell in row:
            is_number = re.fullmatch(r"-?[0-9.]+(e-?[0-9]+)?", cell)
            assert is_number or not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "\t", "\r")), cell
    assert {row["problem"] for row in rows(text)} == {title}
    assert json.loads(written([trace], "json"))["title"] == title


def test_quoting_is_undone_by_taking_one_quote_away() -> None:
    for text in HOSTILE:
        cell = quoted(text)
        assert (cell[1:] if cell != text else cell) == text
    assert len({quoted(text) for text in HOSTILE}) == len(HOSTILE)
    assert quoted("O'Neill") == "O'Neill" and quoted("'s Gravenhage") == "'s Gravenhage"


def test_an_infinite_number_is_a_text_that_reads_as_it() -> None:
    text = "topic: attention\nq: [[1, 2], [3, 4]]\nk: [[1, 0], [0, 1]]\nv: [[1], [2]]\nmask: causal\n"
    trace = solve(problem(text))
    read = told(rows(written([trace], "csv")))
    infinite = [s.name for s in trace.steps if not np.isfinite(s.array).all()]
    assert infinite
    for name in infinite:
        assert read[name][0, 1] == float("-inf")


class Sink(io.StringIO):
    """Keeps nothing but the length of the longest piece and how many there are."""

    longest = pieces = 0

    def write(self, text: str) -> int:
        self.longest, self.pieces = max(self.longest, len(text)), self.pieces + 1
        return len(text)


@pytest.mark.parametrize("format", ["csv", "json", "jsonl"])
def test_pieces_are_as_long_as_a_cell_however_many_there_are(format: str) -> None:
    longest, pieces = [], []
    for side in (12, 52):
        grid = np.arange(side * side, dtype=float).reshape(side, side) / 7
        trace = solve({"topic": "conv", "image": grid, "filter": [[1, -1], [0.5, 2]]})
        sink = Sink()
        render([trace], View(detail="full"), sink, format)
        longest.append(sink.longest)
        pieces.append(sink.pieces / ((side - 1) * (side - 1)))
    assert longest[1] < 5_000 and pieces[1] == pytest.approx(pieces[0], rel=0.2)


def test_a_row_of_any_length_is_written_in_pieces() -> None:
    trace = solve({"topic": "activation", "function": "relu", "x": np.arange(20_000.0) - 3})
    sink = Sink()
    render([trace], View(detail="short"), sink, "json")
    assert sink.longest < 5_000
    np.testing.assert_array_equal(json.loads(written([trace], "json", detail="short"))["steps"][-1]["value"],
                                  trace.steps[-1].array)  # fmt: skip


def test_a_file_that_cannot_be_finished_is_not_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old one stays until all of the new one is there."""
    import nncalc.render.working.csv as page

    target = tmp_path / "key.csv"
    target.write_text("old")
    monkeypatch.setattr(page, "_place", lambda index: 1 / 0)
    assert run("softmax", "--x", "1,2", "-o", str(target)).code == 70
    assert target.read_text() == "old" and [p.name for p in tmp_path.iterdir()] == ["key.csv"]
    monkeypatch.undo()
    assert run("softmax", "--x", "1,2", "-o", str(target)).code == 0
    assert told(rows(target.read_text()))["Z"] == {(): float(solve({"topic": "softmax", "x": [1, 2]})["Z"].array)}


def test_jsonl_is_a_problem_a_line(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(FILTER)
    (tmp_path / "b.yaml").write_text(NEURON)
    words = ["solve", str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")]
    lines = run(*words, "--format", "jsonl").out.splitlines()
    assert [json.loads(line) for line in lines] == json.loads(run(*words, "--format", "json").out)
    assert not [fault for line in lines for fault in faults_of_output("working", line)]
    assert faults_of_output("working", run(*words, "--format", "json").out) == []


@pytest.mark.parametrize("kind", OUTPUTS)
def test_the_schema_of_an_output_is_one_and_is_strict(kind: str) -> None:
    schema = json.loads(run("schema", kind).out)
    assert schema == validator(kind).schema
    validator(kind).check_schema(schema)
    assert schema["$id"] == f"urn:nncalc:{kind}:1" and faults_of_output(kind, "{}") and faults_of_output(kind, "[1]")


def test_workings_of_every_kind_are_as_their_schema_says() -> None:
    for words in (["--round", "2"], ["--detail", "short"], ["--explain", "s:1"], ["--target", "1", "--jacobian"]):
        assert faults_of_output("working", run("softmax", "--x", "2,1", "--format", "json", *words).out) == []
    page = json.loads(run("softmax", "--x", "2,1", "--format", "json").out)
    for change in ({"format": 2}, {"steps": [{}]}, {"answer": None}, {"more": 1}):
        assert faults_of_output("working", json.dumps(page | change))


def test_what_a_batch_tells_is_as_its_schema_says(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(FILTER)
    (tmp_path / "b.yaml").write_text("topic: conv\n")
    (tmp_path / "c.yaml").write_text(NEURON)
    for words in ([], ["--fail-fast"]):
        done = run("batch", str(tmp_path), "--summary", "json", *words)
        assert done.code == 1 and faults_of_output("batch", done.out) == []


def test_counts_and_changes_are_as_the_schema_of_marks_says(tmp_path: Path) -> None:
    given = ROOT / "tests/golden/given/class"
    words = ["check", str(given / "hw"), str(given / "subs"), "--format", "json"]
    marks = run(*words).out
    old = tmp_path / "old.json"
    old.write_text(marks)
    for more in ([], *(["--by", what] for what in ("student", "line", "problem")), ["--compare", str(old)]):
        assert faults_of_output("marks", run(*words, *more).out) == []
    page = json.loads(marks)
    page["sheets"][0]["lines"][0]["verdict"] = "good"
    assert faults_of_output("marks", json.dumps(page))


def test_a_moved_cell_is_where_numpy_has_it() -> None:
    places = np.arange(24).reshape(2, 3, 4)
    for key in (
        None,
        (None, None),
        (),
        1,
        ...,
        (None, 1),
        (slice(1, 3), None),
        (..., None, slice(None, None, 2)),
        (1, ..., None),
    ):
        moved = places[key]
        for index in np.ndindex(moved.shape):
            assert places[source_of(key, places.shape, index)] == moved[index]
