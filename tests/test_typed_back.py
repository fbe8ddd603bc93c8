"""What the page prints can be typed back: every name and every number of every golden page, and the signs between."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from command import run

from nncalc.errors import InputError, Location
from nncalc.limits import DEFAULT
from nncalc.marking.check import check
from nncalc.names import cell_of, value_of
from nncalc.problem.problem import load
from nncalc.reading import scalars
from nncalc.reading.nodes import ScalarNode
from nncalc.running import solve
from nncalc.trace.notation.style import TEXT, place
from nncalc.trace.steps import Trace

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "tests" / "golden" / "pages"
FILES = sorted(
    path
    for folder in (ROOT / "problems", ROOT / "problems" / "published", ROOT / "tests" / "golden" / "given" / "forms")
    for path in folder.glob("*.yaml")
    if not path.name.endswith(".answers.yaml")
)
# A number that stands for itself: no digit of a name, a place or a date, no thousands.
SHOWN = re.compile(r"(?<![\w.,:\[\]-])-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?(?![\w.,:/\]-])")
LOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
CONV = ("conv", "--image", "1,2;3,4", "--filter", "[[1]]", "--upstream", "1,1;1,1")


def number(text: str) -> float:
    return scalars.as_number(ScalarNode(text, False, Location("page")), "", DEFAULT)


def spellings(name: str) -> list[str]:
    """A name as the page writes it, and with its digits low."""
    return [name, TEXT.symbol(name), TEXT.symbol(name).translate(LOW)]


def feed(trace: Trace) -> int:
    """Every name, whole and by its first and last cell; how many were typed."""
    count = 0
    for step in trace.steps:
        cells = (
            [()]
            if not step.array.shape or not step.array.size
            else [(0,) * step.array.ndim, tuple(n - 1 for n in step.array.shape)]
        )
        for name in spellings(step.name):
            assert cell_of(trace, name) == (step.name, None)
            for index in cells:
                for text in (f"{name}[{place(index)}]", f"{name}:{place(index)}") if index else (name,):
                    assert cell_of(trace, text) == (step.name, index or None)
                    assert value_of(trace, text) == step.array[index] or index == ()
                    count += 1
    for name, value in [*trace.given.items(), *((v.symbol, v) for v in trace.given.values())]:
        assert value_of(trace, TEXT.symbol(name)).shape == value.shape
    for name, array in trace.answer.items():
        assert value_of(trace, TEXT.symbol(name)).shape == array.shape
        count += 1
    return count


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_name_of_a_page(path: Path) -> None:
    assert feed(solve(load(str(path))))


def test_every_number_of_every_golden_page() -> None:
    """Those of JSON as they are; of the other pages those that stand for themselves."""
    seen: set[str] = set()

    def kept(text: str) -> int:
        seen.add(text)
        return 0

    for path in PAGES.rglob("*"):
        text = path.read_text() if path.is_file() and path.parent.name not in ("help", "schema", "new") else ""
        if path.suffix == ".json" and path.parent.name in ("notes", "forms", "examples"):
            json.loads(text, parse_float=kept, parse_int=kept)
        else:
            seen.update(SHOWN.findall(text))
    assert len(seen) > 4000
    for text in seen:
        assert number(text) == float(text)
        assert number(text.replace("-", "−")) == float(text)


@pytest.mark.parametrize("name", ["∂f/∂x", "df/dx", "∂f/∂x₁"])
def test_gradients_as_the_page_writes_them(name: str) -> None:
    of = "x₁" if "₁" in name else "x"
    done = run("backprop", "--expr", f"{of}²·½ − σ({of})∘0 + √4", "--at", f"{of}=−3", "--get", name)
    assert done.out == "-3.0\n"
    assert run("backprop", "--expr", f"{of}^2/2", "--at", f"{of}=-3", "--explain", name).code == 0


def test_keys_and_sheets_know_the_pages_names(tmp_path: Path) -> None:
    problem: dict[str, Any] = {"topic": "backprop", "expr": "x1*x2", "at": {"x1": "½", "x2": "−2"}}
    for given in ({"∂f/∂x₁": -2}, {"∂f/∂x1": "−2"}, {"f": "-1"}, {"∂f/∂x₂": "[0.5]"}):
        assert [line.verdict.name for line in check(problem, given).lines if line.given] == ["right"]
    path = tmp_path / "p.yaml"
    path.write_text('topic: conv\nimage: [[1, 2], [3, 4]]\nfilter: [[½]]\nexpect: {"Y[2,2]": 2, "Y[1,1]": ½}\n')
    assert run("check", str(tmp_path)).code == 0


@pytest.mark.parametrize(("words", "line"), [
    (("softmax", "--x", "1,2", "--get", "s[1"), "'s[1' is no name; want a step as Y, or a cell as Y[3,2] or Y:3,2"),
    (("softmax", "--x", "1,2", "--explain", "s]"), "'s]' is no name; want a step as Y, or a cell as Y[3,2] or Y:3,2"),
    (("softmax", "--x", "1,2", "--get", "s[3]"), "there is no cell 3 in s; want a cell of 2, counted from 1"),
    ((*CONV, "--get", "dL/dW"), "there is no step 'dL/dW' (did you mean dL/dK?)"),
    ((*CONV, "--get", "∂L/∂weights"), "there is no step '∂L/∂weights' (did you mean dL/dK?)"),
    ((*CONV, "--get", "dfilter"), "there is no step 'dfilter' (did you mean dL/dK?)"),
    (("softmax", "--x", "[0.659 0.242]"), "--x: x[1]: want a number, got 0.659 0.242 (a comma is missing: write 0.659, 0.242)"),
    (("softmax", "--x", "0,099"), "--x: x[2]: want a number, got 099 (a decimal comma? write 0.099)"),
    (("softmax", "--x", "1,02,1"), "--x: x[2]: want a number, got 02 (a decimal comma? write 1.02)"),
    (("backprop", "--x", "1", "--layers", "[{W: [[1]], b:[0]}]"), "--layers: is not YAML: a blank is missing after `b:`"),
    (("backprop", "--expr", "foo(x)", "--at", "x=1"), "--expr: column 1: there is no function 'foo' (did you mean floor?)"),
    (("backprop", "--expr", "w1(x)", "--at", "x=1"), "--expr: column 1: there is no function 'w1' (for a product write w1*()"),
    (("backprop", "--expr", "exp()", "--at", "x=1"), "--expr: column 1: exp wants one argument, got none"),
    (("backprop", "--expr", "010 + x", "--at", "x=1"), "--expr: column 1: the number has a leading zero (write 10)"),
    (("backprop", "--expr", "x1", "--at", "x1=1, x₁=2"), "--at: 'x1' is given twice"),
])  # fmt: skip
def test_what_was_probably_meant(words: tuple[str, ...], line: str) -> None:
    done = run(*words)
    assert (done.code, done.out, done.err) == (2, "", line + "\n")


def test_a_page_of_our_own_is_no_problem(tmp_path: Path) -> None:
    page = tmp_path / "c.json"
    page.write_text(run(*CONV, "--format", "json").out)
    for command in ("conv", "pool", "solve"):
        done = run(command, str(page))
        assert (done.code, done.out) == (2, "")
        assert (
            done.err
            == f"{page}: is a working that nncalc wrote, and no problem (want the problem file that it was made from)\n"
        )


def test_json_says_what_formulas_call_what_was_given() -> None:
    page = json.loads(run(*CONV, "--format", "json").out)
    assert page["symbols"]["image"] == "X" and page["symbols"]["upstream"] == "∂L/∂Y"
    assert set(page["symbols"]) == set(page["given"])
    headings = {step["name"]: (step["section"], step["heading"]) for step in page["steps"]}
    assert headings["Y"] == ("", "") and headings["dL/dK"] == ("", "Backward")
    rnn = json.loads(run("rnn", "--x", "1;2", "--W_xh", "1", "--W_hh", "1", "--format", "json").out)
    assert {(step["section"], step["heading"]) for step in rnn["steps"]} == {
        ("t1", "Time step 1"),
        ("t2", "Time step 2"),
    }


@pytest.mark.parametrize(("key", "holds"), [
    ("{z: [-1]}", False), ("{z: [-2]}", False), ("{z: [-1.5]}", True), ("{z: -1.5}", True), ("{z: [-3/2]}", True),
    ("{z: [-1.50]}", True), ("{z: [-1.4]}", False), ("{z: [~]}", True), ("{'z:1': -1.5}", True), ("{'z[1]': -1}", False),
    ("{y_hat: [0]}", True), ("{z: [-1.5], y_hat: [~]}", True), ("{z: [−1½]}", False),
])  # fmt: skip
def test_batch_and_check_hold_a_key_by_one_rule(key: str, holds: bool, tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(f"topic: perceptron\nX: [[0]]\nw: [1]\nb: -1.5\nexpect: {key}\n")
    assert (run("batch", str(tmp_path)).code == 0) is holds
    if "½" not in key:
        assert (run("check", str(tmp_path)).code, run("check", str(path)).code) == ((0, 0) if holds else (1, 1))


def test_wrong_spellings_are_still_wrong() -> None:
    for text in ("2₁", "½½", "√", "s∂", "1·", "--∞"):
        with pytest.raises(InputError):
            number(text)
