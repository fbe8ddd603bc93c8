"""A bug of ours, planted: one line at its file and nothing lost beside it; 70 only where there is nothing else to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NoReturn

import pytest
from command import run

import nncalc.marking.diagnosis as diagnosis
import nncalc.marking.homework as homework
import nncalc.marking.keys as keys
import nncalc.marking.mistakes.table as known
import nncalc.render.marks.markdown as markdown
import nncalc.render.working.table as table
import nncalc.topics.softmax as topic
from nncalc.errors import STRICT, Failure, Finding, InputError, Location, attempted
from nncalc.marking.mistakes.slip import Candidate, Mistake, Slip
from nncalc.topics.parts.fields import Array
from nncalc.trace.steps import Trace

Scores = Annotated[Array, "class"]
BUG = "a bug of ours, please report it with the problem file and `nncalc --version` (KeyError: 'planted')"
CONV = (
    "topic: conv\nimage: [[2, 3], [7, 4]]\nfilter: [[1, -1], [0, -1]]\nexpect: {Y: [[-5]]}\nmarking: {points: {Y: 1}}\n"
)
SOFTMAX = "topic: softmax\nx: [2, 1]\n"
PAR = (
    "topic: params\ninput_shape: [4]\nlayers: [{parallel: {branches: [{dense: {units: 2}}, [{dense: {units: 3}}]]}}]\n"
)


def broken(*given: Any, **fields: Any) -> NoReturn:
    """Breaks."""
    raise KeyError("planted")


def softmax(work: object, x: Scores) -> dict[str, object]:
    """Breaks."""
    raise KeyError("planted")


def memory_hungry(work: object, x: Scores) -> dict[str, object]:
    """Asks for too much."""
    raise MemoryError


def halfway(slip: Slip) -> Iterator[Candidate]:
    """A mistake that breaks while it is looked for."""
    yield Candidate("halfway", lambda index: 123456.0)
    raise KeyError("planted")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("hw/conv.yaml", CONV), ("hw/soft.yaml", SOFTMAX), ("subs/ada/conv.yaml", "Y: [[-5]]\n"),
                       ("subs/ada/soft.yaml", "s: [0.73, 0.27]\n"), ("subs/bob/conv.yaml", "Y: [[3]]\n"), ("par.yaml", PAR)):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topic, "softmax", softmax)


def test_one_outcome_for_each_cause() -> None:
    wrong, at = InputError(Finding("is wrong", Location("p.yaml"))), Location("p.yaml")

    def said(error: Exception, at: Location | None) -> tuple[str, bool]:
        def work() -> None:
            raise error

        failure = attempted(work, at)
        assert isinstance(failure, Failure)
        return "\n".join(map(str, failure.findings)), failure.is_bug

    assert attempted(lambda: 3, at) == 3
    assert said(wrong, at) == said(wrong, None) == ("p.yaml: is wrong", False)
    assert said(MemoryError(), at) == ("p.yaml: needs more memory than there is", False)
    assert said(MemoryError(), None) == ("nncalc: this needs more memory than there is", False)
    assert said(KeyError("planted"), at) == (f"p.yaml: {BUG}", True)
    assert said(KeyError("planted"), None) == (f"nncalc: {BUG}; --debug shows where", True)
    assert len(said(KeyError("x" * 9000 + "\n"), at)[0].splitlines()) == 1
    with pytest.raises(KeyboardInterrupt):
        attempted(lambda: (_ for _ in ()).throw(KeyboardInterrupt), at)


@pytest.mark.usefixtures("planted")
def test_where_nothing_else_can_be_done_it_is_70() -> None:
    for words in (["solve", "hw/soft.yaml"], ["check", "hw/soft.yaml", "s=0.73,0.27"], ["check", "hw/soft.yaml"],
                  ["check", "hw/soft.yaml", "subs/ada/soft.yaml"], ["sheet", "hw/soft.yaml"]):  # fmt: skip
        done = run(*words)
        assert (done.code, done.out, done.err) == (70, "", f"nncalc: {BUG}; --debug shows where\n"), words
        with pytest.raises(KeyError, match="planted"):
            run(*words, "--debug")


@pytest.mark.usefixtures("planted")
def test_a_batch_and_a_folder_of_keys_go_on() -> None:
    done = run("batch", "hw")
    assert (done.code, done.err) == (1, "") and f"hw/soft.yaml: {BUG}" in done.out
    assert "key of 1 holds" in done.out and "1 solved, 1 failed" in done.out
    done = run("check", "hw")
    assert (done.code, done.err) == (3, "") and f"hw/soft.yaml: {BUG}" in done.out
    assert "key of 1 holds" in done.out and "1 of 2 keys hold" in done.out


@pytest.mark.usefixtures("planted")
def test_a_class_is_marked_but_for_the_problem_with_the_bug() -> None:
    for format in ("table", "csv", "json", "junit", "markdown", "html"):
        done = run("check", "hw", "subs", "--format", format)
        assert done.code == 3 and done.err.startswith(f"hw/soft.yaml: {BUG}\n"), done
        assert done.err.count("a bug of ours") == 1 and "ada" in done.out and "bob" in done.out
    lines = run("check", "hw", "subs", "--format", "csv").out.splitlines()
    for line, row in zip(lines[1:], ('"ada",1,"",1,1,"soft: hw/soft.yaml: a bug', '"bob",0,"",0,1,"'), strict=True):
        assert line.startswith(row) and line.count("a bug of ours") == 1


@pytest.mark.usefixtures("planted")
@pytest.mark.parametrize(
    "words", [["hw/soft.yaml", "subs/ada/soft.yaml"], ["hw", "subs/ada"], ["hw/soft.yaml", "s=1,2"]]
)
def test_gradescope_gets_its_file_and_the_student_no_blame(words: list[str]) -> None:
    done = run("check", *words, "--format", "gradescope", "-o", "results.json")
    page = json.loads(Path("results.json").read_text())
    assert (done.code, done.out, done.err) == (0, "", "")
    assert page["autograder_error"] is True and BUG in page["output"] and page["output"].startswith("soft.yaml: ")


def test_a_bug_in_one_sheet_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def from_file(path: str, asked: Any) -> Any:
        return broken() if path == "subs/ada/conv.yaml" else read(path, asked)

    read = homework.sheet.from_file
    monkeypatch.setattr(homework.sheet, "from_file", from_file)
    done = run("check", "hw", "subs", "--format", "csv")
    assert done.code == 3 and f"subs/ada/conv.yaml: {BUG}" in done.err and '"bob",0,0,0,1' in done.out
    assert run("check", "hw/conv.yaml", "subs/ada/conv.yaml").code == 70
    monkeypatch.setattr(keys, "mark", broken)
    done = run("check", "hw")
    assert done.code == 3 and f"hw/conv.yaml: {BUG}" in done.out


def test_a_page_that_cannot_be_written_is_a_line_and_the_others_are(monkeypatch: pytest.MonkeyPatch) -> None:
    def page(trace: Trace, *rest: Any) -> None:
        return broken() if trace.topic == "softmax" else render(trace, *rest)

    render = table.render
    monkeypatch.setattr(table, "render", page)
    done = run("batch", "hw", "-o", "out")
    assert done.code == 1 and f"hw/soft.yaml: {BUG}" in done.out and "1 solved, 1 failed" in done.out
    assert [path.name for path in Path("out").glob("*.txt")] == ["conv.txt"]

    def feedback(results: homework.Homework, *rest: Any) -> None:
        return broken() if "ada" in results.students else written(results, *rest)

    written = markdown.render
    monkeypatch.setattr(markdown, "render", feedback)
    done = run("check", "hw", "subs", "--format", "markdown", "-o", "feedback")
    assert done.code == 1 and f"feedback/ada.md: {BUG}" in done.err
    assert [path.name for path in Path("feedback").iterdir()] == ["bob.md"]


def test_no_memory_is_a_line_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topic, "softmax", memory_hungry)
    for words, code in ((["batch", "hw"], 1), (["check", "hw"], 3), (["check", "hw", "subs"], 3)):
        done = run(*words)
        assert done.code == code and "hw/soft.yaml: needs more memory than there is" in done.out + done.err
    done = run("solve", "hw/soft.yaml")
    assert (done.code, done.err) == (2, "nncalc: this needs more memory than there is\n")


def test_looking_for_a_mistake_never_costs_the_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    before = run("check", "hw/conv.yaml", "subs/bob/conv.yaml"), run("check", "hw")
    assert "this is what you get if" in before[0].out
    monkeypatch.setattr(known, "MISTAKES", (Mistake("halfway", halfway), *known.MISTAKES))
    with pytest.raises(KeyError, match="planted"):
        run("check", "hw/conv.yaml", "subs/bob/conv.yaml", "--debug")
    monkeypatch.delenv(STRICT)
    assert (run("check", "hw/conv.yaml", "subs/bob/conv.yaml"), run("check", "hw")) == before
    monkeypatch.setattr(diagnosis, "_carried", broken)
    done = run("check", "hw/conv.yaml", "subs/bob/conv.yaml")
    assert done.code == 1 and "WRONG" in done.out and "this is what you get if" not in done.out


def test_mistakes_are_looked_for_in_a_branch_of_one_layer() -> None:
    done = run("check", "par.yaml", "params=1200")
    assert done.code == 1 and "WRONG" in done.out
    assert "this is what you get if no biases are counted" in run("check", "par.yaml", "params=20").out
    around = "topic: params\ninput_shape: [4]\nlayers: [{residual: {layers: [{dense: {units: 4}}], projection: {dense: {units: 4}}}}]\n"
    Path("around.yaml").write_text(around)
    assert "this is what you get if no biases are counted" in run("check", "around.yaml", "params=32").out
