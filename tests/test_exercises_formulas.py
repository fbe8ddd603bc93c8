"""The ready problems of `formulas`: their numbers by hand, a slip that is planted, gradients by finite differences."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from by_hand import BY_HAND
from command import run
from sheets import asked, marked, wrong_cells

import nncalc
from nncalc.marking.keys import disagreements
from nncalc.problem.example import example, ready
from nncalc.trace.name import StepName, gradient_name

FOLDER = Path(__file__).parent.parent / "problems" / "formulas"
FILES = sorted(FOLDER.glob("*.yaml"))
each_file = pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
FORMS = (
    "own-loss own-layer hebb hopfield-recall adaline lms-step rbf-xor k-means-round som-update pagerank gcn-layer "
    "contrastive-loss triplet-loss info-nce gaussian-kl dice lora dropout-mask rotary-pair cosine-schedule step-schedule "
    "nesterov-lookahead newton-step q-learning gan-losses vae-step squeeze-excite word2vec kalman-gain logistic-regression "
    "adadelta adamax recurrence"
)
LONGEST = 15


def test_there_is_a_form_for_each(tmp_path: Path) -> None:
    assert sorted(FORMS.split()) == [path.stem for path in FILES] == sorted(BY_HAND)
    assert {name.replace("_", "-") for name in ready("formulas")} == set(FORMS.split())
    assert all(name.replace("-", "_") in example("formulas") for name in FORMS.split())
    for form in ("k-means-round", "k_means_round"):
        done = run("new", "formulas", "--form", form)
        assert (done.code, done.out) == (0, (FOLDER / "k-means-round.yaml").read_text())


@each_file
def test_an_exercise_is_short(path: Path) -> None:
    """At most so many lines say what is given and what is worked."""
    text = path.read_text()
    body = text[text.index("given:") :].partition("answer:")[0].partition("expect:")[0]
    assert len(body.splitlines()) <= LONGEST + (path.stem in ("vae-step", "kalman-gain"))
    assert nncalc.loads(example("formulas", path.stem)).title


@each_file
def test_the_numbers_are_those_worked_by_hand(path: Path) -> None:
    steps = asked(path).steps
    for name, by_hand in BY_HAND[path.stem]().items():
        np.testing.assert_allclose(steps[name].array, by_hand, rtol=1e-9, atol=1e-12, err_msg=name)
    assert list(yaml.safe_load(path.read_text())["expect"]) == list(BY_HAND[path.stem]())
    assert disagreements(asked(path)) == []


def written(value: float) -> str:
    """Four decimals; of small numbers four digits."""
    return f"{value:.4f}" if abs(value) >= 1 else f"{value:.4g}"


@each_file
def test_a_slip_that_is_planted_is_found_where_it_is(path: Path) -> None:
    """In a sheet that is right but for one cell, this cell alone is wrong; half of the sheets are off by a half."""
    problem = asked(path)
    lines = [name for name in problem.lines if problem.exact[name].dtype.kind == "f"]
    assert not wrong_cells(marked(problem, {name: problem.exact[name] for name in lines}, written))
    worked = [(name, i) for name in lines for i in np.ndindex(problem.exact[name].shape) if problem.has_work(name, i)]
    for count, (name, index) in enumerate(worked[:: max(1, len(worked) // 5)]):
        sheet = {line: problem.exact[line].copy() for line in lines}
        value = sheet[name][index]
        sheet[name][index] = -value if count % 2 and abs(value) > 0.01 else value + 0.5
        assert wrong_cells(marked(problem, sheet, written))[:1] == [(name, index)]


def test_a_slip_is_named_on_the_page(tmp_path: Path) -> None:
    """As a student and a teacher see it: the first slip, and what follows from it."""
    answers = tmp_path / "lora.answers.yaml"
    answers.write_text("W1: [[0.3, -0.3, 0.4], [0.66, 0.02, -0.28]]\ny: [-0.7, 0.98]\nL: 0.2452\n")
    done = run("check", str(FOLDER / "lora.yaml"), str(answers))
    lines = [line for line in done.out.splitlines() if line.startswith(("W1[", "y[", "L "))]
    assert done.code == 1
    assert "WRONG, the first slip" in lines[0] and lines[0].startswith("W1[1,3]")
    assert [line.split()[-1] for line in lines[1:3]] == ["follows", "follows"]


@cache
def data(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text())


def lines_without(text: str, names: set[str]) -> str:
    """The formulas but for those of these names."""
    return "\n".join(line for line in text.splitlines() if line.partition("=")[0].strip() not in names)


def within(path: Path, name: StepName) -> tuple[dict[str, Any], str, dict[str, Any]]:
    """What is given where a gradient is worked, the lines from there on, and what else the problem holds.

    A section stands alone: all that it begins with is given. What a line sets is given in its place.
    """
    whole, steps = data(path), asked(path).steps
    given = {key: value.array for key, value in asked(path).trace.given.items()}
    other: dict[str, Any] = {key: whole[key] for key in ("each", "epochs", "repeat", "after") if key in whole}
    if name.section:
        other = {}
        own = [
            *whole.get("each", {}),
            *(whole.get("repeat", 0) if isinstance(whole.get("repeat"), dict) else []),
            *given,
        ]
        given |= {key: steps[f"{name.section}.{key}"].array for key in own if f"{name.section}.{key}" in steps}
        if isinstance(whole.get("repeat"), dict):
            given |= dict.fromkeys(whole["repeat"], float(name.section[1:]))
    given = {key: value for key, value in given.items() if "." not in key}
    text = whole["formulas"]
    if name.by not in given:
        given[name.by] = steps[name.beside(name.by)].array
        text = lines_without(text, {name.by})
    return given, text, other


def plain(value: Any) -> Any:
    return np.asarray(value).tolist()


def moved(path: Path, name: StepName, index: tuple[int, ...], by: float) -> float:
    given, text, other = within(path, name)
    array = np.array(given[name.by], dtype=float)
    array[index] += by
    given[name.by] = array
    problem = {"topic": "formulas", "given": {key: plain(v) for key, v in given.items()}, "formulas": text, **other}
    return float(nncalc.solve(nncalc.loads(problem))[name.of].array)


def shown_gradients(path: Path) -> list[StepName]:
    """The gradients of a page; of those through all sections the ones by what was given."""
    names = [StepName.parse(name) for name in asked(path).steps]
    found = [name for name in names if name.is_gradient]
    return [n for n in found if not n.section or re.search(rf"(?m)^ *{n.of} *=", data(path)["formulas"])]


def test_most_show_gradients() -> None:
    assert sum(bool(shown_gradients(path)) for path in FILES) >= 20


@each_file
def test_every_gradient_is_that_of_finite_differences(path: Path) -> None:
    step = 1e-5
    for name in shown_gradients(path):
        worked = asked(path).steps[str(name)].array
        for index in np.ndindex(worked.shape):
            slope = (moved(path, name, index, step) - moved(path, name, index, -step)) / (2 * step)
            assert slope == pytest.approx(worked[index], rel=1e-5, abs=1e-7), (str(name), index)
            assert gradient_name(name.of, name.by) == name.local
