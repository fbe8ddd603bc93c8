"""Every named mistake is recognised by its fixture, alone, and not by numbers that are only near."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from examples import LSTM, problem, random_problems
from mistakes import FIXTURES, Fixture
from sheets import PROBLEMS, asked, marked, places

from nncalc.marking.asked import Assignment, ask
from nncalc.marking.diagnosis import diagnose
from nncalc.marking.marks import MarkedLine
from nncalc.marking.mistakes.table import MISTAKES
from nncalc.marking.verdicts import Verdict

SIX = places(6)


@cache
def worked(text: str) -> Assignment:
    return ask(problem(text))


def line_of(fixture: Fixture, wrong: Any) -> MarkedLine:
    marks = marked(worked(fixture.problem), {**(fixture.sheet or {}), fixture.line: wrong}, SIX)
    diagnose(marks)
    return next(line for line in marks.lines if line.name == fixture.line)


def test_every_mistake_has_a_fixture_and_a_name_of_its_own() -> None:
    names = [mistake.name for mistake in MISTAKES]
    assert len(set(names)) == len(names) and set(names) == set(FIXTURES)
    assert {name for mistake in MISTAKES for name in mistake.refines} <= set(names)


@pytest.mark.parametrize("name", FIXTURES)
def test_its_fixture_is_recognised_and_nothing_else_is_said(name: str) -> None:
    line = line_of(FIXTURES[name], FIXTURES[name].wrong)
    assert line.verdict is Verdict.wrong
    assert [likely.names for likely in line.likely] == [(name,)]
    assert line.likely[0].text.startswith("this is what you get if ")
    wrong = tuple(line.of(Verdict.wrong))
    assert line.likely[0].cells == wrong  # it explains every wrong cell


@pytest.mark.parametrize("name", FIXTURES)
def test_numbers_near_it_are_not_taken_for_it(name: str) -> None:
    fixture = FIXTURES[name]
    exact = np.asarray(worked(fixture.problem).exact[fixture.line])
    wrong = np.asarray(fixture.wrong)
    for near in (wrong + 1, wrong + 2) if wrong.dtype.kind == "i" else (wrong * 1.017 + 0.0013, wrong * 0.97 - 0.0017):
        line = line_of(fixture, near)
        assert name not in [n for likely in line.likely for n in likely.names], line.likely
    if exact.shape == wrong.shape:
        assert line_of(fixture, exact).likely == ()


def test_what_the_digits_cannot_tell_is_said_so() -> None:
    one = worked("topic: conv\nimage: [[1, 2], [2, 4]]\nfilter: [[1, 3], [3, 1]]")
    marks = marked(one, {"Y": [[11]]}, SIX)  # 1 + 6 + 6 + 4 without one of the two sixes
    diagnose(marks)
    (likely,) = marks.lines[0].likely
    assert likely.text.endswith("these digits cannot tell which")
    assert "X[1,2]·K[1,2] is left out, or if X[2,1]·K[2,1] is left out" in likely.text


def test_two_slips_in_a_line_are_told_apart() -> None:
    one = worked(LSTM)
    exact = one.exact["z_o"]
    marks = marked(one, {"z_o": [exact[0] - 0.15, exact[1] - 2 * 0.1 * 0]} | {}, SIX)
    diagnose(marks)
    assert [likely.names for likely in marks.lines[0].likely] == [("term left out",)]
    both = marked(one, {"z_o": [exact[0] - 0.15, exact[1] + 0.2]}, SIX)
    diagnose(both)
    assert {index for likely in both.lines[0].likely for index in likely.cells} <= {(0,), (1,)}


CHANGES = (lambda a: a * 1.3 + 0.7, lambda a: a * 0 + 1e300, lambda a: np.zeros((2, 2, 2)), lambda a: _first(a))


@pytest.mark.parametrize(("turn", "path"), list(enumerate(PROBLEMS)), ids=lambda p: getattr(p, "stem", ""))
def test_no_sheet_breaks_the_diagnosis(turn: int, path: Path) -> None:
    """Lines of every problem, wrong in all cells, far too large, in another shape, or wrong in one cell."""
    one = asked(path)
    names = [step.name for step in one.trace.steps][:: max(1, len(one.trace.steps) // 8)]
    change = CHANGES[turn % len(CHANGES)]
    diagnose(marked(one, {name: change(np.asarray(one.exact[name], dtype=float)) for name in names}, SIX))


def _first(array: np.ndarray) -> np.ndarray:
    array = np.array(array)
    array.flat[0] += 1.25
    return array


@pytest.mark.parametrize("name", random_problems(3))
def test_no_topic_breaks_the_diagnosis(name: str) -> None:
    one = ask(problem(random_problems(3)[name]))
    marks = marked(one, {n: _first(np.asarray(a, dtype=float)) for n, a in one.exact.items()}, SIX)
    diagnose(marks)
    assert not marks.passed
