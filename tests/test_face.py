"""`import nncalc` as a program uses it: the names, what they take, what they say to a wrong argument, the types."""

from __future__ import annotations

import io
import os
import pydoc
import re
import subprocess
import sys
import tomllib
import types
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nncalc
from nncalc import extend
from nncalc.topics import ALSO, TOPICS

HOME = Path(__file__).parent.parent
PUBLIC = ("InputError", "Limits", "Marks", "Permissions", "Problem", "Trace", "Working", "__version__", "check", "exact",
          "load", "loads", "on_paper", "solve")  # fmt: skip
TEXT = "topic: softmax\nx: [2, 1, 0.1]\n"
FIELDS = {"topic": "softmax", "x": [2, 1, 0.1]}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "p.yaml").write_text(TEXT)
    (tmp_path / "mine.answers.yaml").write_text("Z: 11.21\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_names_are_seen() -> None:
    assert sorted(PUBLIC) == sorted(nncalc.__all__) and dir(nncalc) == sorted([*PUBLIC, *TOPICS, *ALSO])
    told = pydoc.render_doc(nncalc, renderer=pydoc.plaintext)
    for words in ("solve(problem", "check(problem", "loads(problem", "class Problem", "class Permissions", "exact("):
        assert words in told
    assert nncalc.Rules is nncalc.Permissions
    with pytest.raises(AttributeError, match="no attribute 'sovle'"):
        nncalc.sovle  # type: ignore[attr-defined]  # noqa: B018


def test_a_checker_is_told_the_same_names_from_the_same_places() -> None:
    shown = re.findall(r"from nncalc\.(\S+) import (\w+) as (\w+)", (HOME / "nncalc/__init__.pyi").read_text())
    assert {name for *_, name in shown} == {*PUBLIC, "Rules"} - {"__version__"}
    for module, name, public in shown:
        assert getattr(__import__(f"nncalc.{module}", fromlist=[name]), name) is getattr(nncalc, public)


@pytest.mark.parametrize("words", [["--help"], ["--version"]])
def test_help_loads_no_numpy(words: list[str]) -> None:
    code = "import sys, nncalc.cli.main as m\nm.guarded(sys.argv[1:])\nsys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code, *words], stdout=subprocess.DEVNULL).returncode == 0


def test_the_version_stands_in_one_place() -> None:
    project = tomllib.loads((HOME / "pyproject.toml").read_text())["project"]
    assert "version" not in project and project["dynamic"] == ["version"]
    out = subprocess.run([sys.executable, "-m", "nncalc", "--version"], capture_output=True, text=True).stdout
    assert out == f"nncalc {nncalc.__version__}\n"


def test_a_path_of_any_kind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in ("p.yaml", folder / "p.yaml", b"p.yaml"):
        assert nncalc.load(path).values["x"].tolist() == [2, 1, 0.1]
    assert nncalc.load(Path("p.yaml")).file == "p.yaml"
    stdin = types.SimpleNamespace(buffer=io.BytesIO(TEXT.encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert nncalc.load("-").file == "<stdin>"


@pytest.mark.parametrize(
    "x", [[2, 1, 0.1], (2, 1, 0.1), np.array([2, 1, 0.1]), [np.int64(2), "1", Fraction(1, 10)], ["sqrt(4)", 1, "1/10"]]
)
def test_a_text_or_a_mapping_is_a_problem(x: Any) -> None:
    read, told = nncalc.loads({"topic": "softmax", "title": "T", "x": x}), nncalc.loads(TEXT)
    np.testing.assert_array_equal(read.values["x"], told.values["x"])
    assert read.title == "T" and nncalc.loads({"x": x}, topic="softmax", flags={"temperature": "2"}).values


def test_a_mapping_is_what_the_file_would_be() -> None:
    """Every kind of field: records, names, flags, choices, expressions, a key and the marking."""
    for mapping, text in [
        ({"topic": "backprop", "expr": "x*y", "at": {"x": 3, "y": -4}, "expect": {"f": -12}},
         "topic: backprop\nexpr: x*y\nat: {x: 3, y: -4}\nexpect: {f: -12}\n"),
        ({"topic": "backprop", "x": [1], "layers": [{"W": [[2]], "activation": "relu"}], "target": [0]},
         "topic: backprop\nx: [1]\nlayers: [{W: [[2]], activation: relu}]\ntarget: [0]\n"),
        ({"topic": "softmax", "x": [1, 2], "jacobian": True, "marking": {"points": {"s": 2}, "places": 3}},
         "topic: softmax\nx: [1, 2]\njacobian: true\nmarking: {points: {s: 2}, places: 3}\n"),
    ]:  # fmt: skip
        ours, theirs = nncalc.solve(nncalc.loads(mapping)), nncalc.solve(nncalc.loads(text))
        assert [step.name for step in ours.steps] == [step.name for step in theirs.steps]
        assert all(np.array_equal(a.array, b.array) for a, b in zip(ours.steps, theirs.steps, strict=True))
        assert nncalc.loads(mapping).marking == nncalc.loads(text).marking


def test_solve_and_check_take_what_means_a_problem(folder: Path) -> None:
    for problem in (nncalc.load("p.yaml"), "p.yaml", folder / "p.yaml", FIELDS):
        assert float(nncalc.solve(problem)["Z"].array) == pytest.approx(11.212509, abs=1e-6)
        assert float(nncalc.solve(problem, nncalc.on_paper(2))["Z"].array) == 11.22
        for answers in ("mine.answers.yaml", Path("mine.answers.yaml"), {"Z": 11.21}, {"s": ["0.66", None, None]}):
            assert nncalc.check(problem, answers).lines


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: nncalc.load({}), "path: want a path, or - for stdin (nncalc.loads takes a text or a mapping), got dict"),
        (lambda: nncalc.load(3), "path: want a path, or - for stdin"),
        (lambda: nncalc.loads(Path("p.yaml")), "problem: want a text or a mapping (nncalc.load takes a path), got P"),
        (lambda: nncalc.solve(None), "problem: want a Problem, a path or a mapping of fields, got NoneType"),
        (lambda: nncalc.solve([1]), "problem: want a Problem, a path or a mapping of fields, got list"),
        (lambda: nncalc.solve(FIELDS, 2), "settle: want a way to run: exact, or on_paper(2), got int"),
        (lambda: nncalc.check(7, {}), "problem: want a Problem, a path or a mapping of fields, got int"),
        (lambda: nncalc.check(FIELDS, 7), "answers: want a sheet's path or a mapping (step: value), got int"),
        (lambda: nncalc.check(FIELDS, {1: 2}), "answers: want step names as texts, got int"),
    ],
)  # fmt: skip
def test_a_wrong_argument_is_told_what_is_wanted(call: Callable[[], Any], said: str) -> None:
    with pytest.raises(TypeError) as raised:
        call()
    assert said in str(raised.value)


LOOP: list[Any] = []
LOOP.append(LOOP)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"topic": "sofmax", "x": [1]}, "<mapping>: topic: want one of softmax, formulas, norm"),
        ({"x": [1]}, "<mapping>: 'topic' is missing"),
        (FIELDS | {"temperatur": 1}, "temperatur"),
        (FIELDS | {"x": [1, object()]}, "<mapping>: want numbers, texts, lists, arrays and mappings, got object"),
        (FIELDS | {"x": LOOP}, "is nested deeper than 16 levels"),
        (FIELDS | {"x": None}, "x: want an array"),
        (FIELDS | {"x": [float("nan"), 1]}, "x[1]: want a number, got nan"),
        (FIELDS | {"title": "\ud800"}, "\\ud800 is half a character"),
        (FIELDS | {3: 1}, "want texts as keys, got 3"),
        (FIELDS | {"": 1}, "a key is empty"),
        (FIELDS | {"k" * 100: 1}, "is longer than 64 characters"),
    ],
)
def test_a_wrong_mapping_is_a_wrong_problem(fields: Any, said: str) -> None:
    with pytest.raises(nncalc.InputError) as raised:
        nncalc.loads(fields)
    assert said in str(raised.value)


def test_an_unknown_topic_is_wrong_input() -> None:
    with pytest.raises(nncalc.InputError, match="did you mean softmax"):
        nncalc.loads({"x": [1]}, topic="sofmax")


def test_what_a_topic_imports_is_there() -> None:
    assert all(hasattr(extend, name) for name in extend.__all__)
    public = {name for name, value in vars(extend).items() if not name.startswith("_") and name != "annotations"}
    assert public == set(extend.__all__)


@pytest.mark.long
def test_a_users_own_strict_check_passes(tmp_path: Path) -> None:
    """mypy --strict over the README's and the guide's Python, nncalc installed as any other package: py.typed says it has types."""
    texts = [HOME / "README.md", *(HOME / "nncalc" / "guide").glob("*.md")]
    blocks = [b for text in texts for b in re.findall(r"```python\n(.*?)```", text.read_text(), re.DOTALL)]
    assert len(blocks) >= 4
    for i, block in enumerate(blocks):
        (tmp_path / f"snippet_{i}.py").write_text(block)
    (tmp_path / "wrong.py").write_text(
        "import nncalc\n\nnncalc.solve(3)\nnncalc.sovle\nx: int = nncalc.load('p.yaml')\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(HOME), "MYPYPATH": ""}
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull, "."]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    wrong = done.stdout.splitlines()
    assert [line.split(":")[:2] for line in wrong[:-1]] == [["wrong.py", n] for n in ("3", "4", "5")], done.stdout
