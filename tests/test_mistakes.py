"""Every named mistake is recognised by its fixture, alone, and not by numbers that are only near."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from examples import LSTM, MAZUR, problem, random_problems
from mistakes import FIXTURES, FURTHER, Fixture
from sheets import PROBLEMS, asked, marked, places

from nncalc.marking.assignment import Assignment, ask
from nncalc.marking.check import check
from nncalc.marking.diagnosis import diagnose
from nncalc.marking.marks import MarkedLine
from nncalc.marking.mistakes.altered import Altered
from nncalc.marking.mistakes.slip import Mistake
from nncalc.marking.mistakes.table import MISTAKES
from nncalc.marking.verdicts import Verdict
from nncalc.problem.problem import Marking
from nncalc.topics import kernels
from nncalc.topics.parts.fields import fields_of

SIX = places(6)


@cache
def worked(text: str) -> Assignment:
    return ask(problem(text))


# What the usual two decimals cannot tell from the right numbers is no mistake.
SIX_ASKED = "\nmarking: {places: 6}\n"


def line_of(fixture: Fixture, wrong: Any) -> MarkedLine:
    one = worked(fixture.problem)
    if one.problem.marking == Marking():  # what two decimals cannot tell from the right numbers is no mistake
        one = Assignment(
            replace(one.problem, marking=Marking(places=7 if fixture is FIXTURES["cut off"] else 6)), one.trace
        )
    marks = marked(one, {**(fixture.sheet or {}), fixture.line: wrong}, SIX)
    diagnose(marks)
    return next(line for line in marks.lines if line.name == fixture.line)


def test_every_mistake_has_a_fixture_and_a_name_of_its_own() -> None:
    names = [mistake.name for mistake in MISTAKES]
    assert len(set(names)) == len(names) and set(names) == set(FIXTURES)
    assert {name for mistake in MISTAKES for name in mistake.refines} <= set(names)


def test_every_topic_that_a_mistake_claims_has_a_fixture() -> None:
    topics = {name: worked(fixture.problem).problem.topic for name, fixture in FIXTURES.items()}
    wanted = {(m.name, topic) for m in MISTAKES for topic in m.topics if topic != topics[m.name]}
    assert wanted == set(FURTHER)
    assert all(worked(fixture.problem).problem.topic == topic for (_, topic), fixture in FURTHER.items())


@pytest.mark.parametrize(("name", "topic"), FURTHER)
def test_its_further_fixtures_are_recognised(name: str, topic: str) -> None:
    line = line_of(FURTHER[name, topic], FURTHER[name, topic].wrong)
    assert line.verdict is Verdict.wrong
    assert name in {said for likely in line.likely for said in likely.names}


@pytest.mark.parametrize("mistake", [m for m in MISTAKES if m.topics], ids=lambda m: m.name)
def test_what_a_mistake_names_is_there(mistake: Mistake) -> None:
    """Its lines are steps, and the fields that it changes are fields, of every topic that it claims."""
    for topic in mistake.topics:
        names, fields = vocabulary(topic)
        assert not mistake.lines or names & set(mistake.lines), (topic, mistake.lines)
        if isinstance(mistake.find, Altered):
            assert named_fields(mistake.find, topic) & fields, topic
    if mistake.lines:
        assert set(mistake.lines) <= set().union(*(vocabulary(topic)[0] for topic in mistake.topics))


def named_fields(find: Altered, topic: str) -> set[str]:
    """The fields that an altered problem of a topic is worked from, or has changed."""
    told: set[str] = set()
    for text in texts_of(topic):
        given = worked(text).problem
        known = {f.name: given.values.get(f.name, f.default) for f in given.fields}

        def field(name: str, known: dict[str, Any] = known) -> Any:
            told.add(name)
            return known.get(name)

        if all(name in known for values, _ in find.changes(field) for name in values):
            told.update(name for values, _ in find.changes(field) for name in values)
    return told


def texts_of(topic: str) -> list[str]:
    problems = [*random_problems(3).values(), *(f.problem for f in (*FIXTURES.values(), *FURTHER.values()))]
    return [text for text in problems if f"topic: {topic}\n" in text]


@cache
def vocabulary(topic: str) -> tuple[set[str], set[str]]:
    """The last parts of all steps' names in problems of a topic, and its fields."""
    names = {step.name.rpartition(".")[2] for text in texts_of(topic) for step in worked(text).trace.steps}
    return names, {field.name for kernel in kernels(topic) for field in fields_of(kernel)}


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


CHANGES = (
    lambda a: a * 1.3 + 0.7,
    lambda a: np.full_like(a, 1e300),
    lambda a: np.zeros((2, 2, 2)),
    lambda a: _first(a),
)


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


def said(one: Assignment, lines: dict[str, Any], count: int) -> dict[str, list[str]]:
    marks = marked(one, lines, places(count))
    diagnose(marks)
    return {line.name: [name for likely in line.likely for name in likely.names] for line in marks.lines}


def test_nothing_explains_itself() -> None:
    """w is what the gradients of 0 leave; 0.77 in its second step is not "t2.w taken for t1.w"."""
    one = worked("topic: optimizer\nkind: sgd\nw: [1]\ngradients: [[0], [0]]\nrate: 0.1")
    assert said(one, {"t1.w": [1.0], "t2.w": [0.77]}, 2) == {"t1.w": [], "t2.w": []}


@pytest.mark.parametrize("written", ["0", "0.0", "0.000", "0.001", ".0006", "6", "0.6"])
def test_one_digit_says_nothing(written: str) -> None:
    """0.613 with its point 3 places to the left is 0.0006; but that is one digit."""
    one = worked("topic: softmax\nx: [1.5, -0.5, 0.8]\ntarget: 1\nmarking: {places: 3}")
    exact = [f"{value:.3f}" for value in one.exact["s"]]
    marks = check(one.problem, {"s": f"[{written}, {exact[1]}, {exact[2]}]"})
    assert [likely.text for line in marks.lines for likely in line.likely] == []


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("5.957707", ["digit miscopied"]),
        ("5.757707", []),
        ("5.657701", []),
        ("5.96", []),
        ("5.9577", ["digit miscopied"]),
    ],
)
def test_a_digit_is_miscopied_where_no_slip_of_arithmetic_is_as_likely(written: str, names: list[str]) -> None:
    """Of 5.657707: not where a carry is forgotten (6 and 7), not in a short number."""
    marks = check(worked(FIXTURES["digit miscopied"].problem).problem, {"Z": written})
    assert [name for likely in marks.lines[0].likely for name in likely.names] == names


def test_two_procedures_in_one_line_lie_in_different_cells() -> None:
    one = worked(LSTM + SIX_ASKED)
    z = one.exact["z_g"]
    marks = marked(one, {"z_g": z, "g": [1 / (1 + np.exp(-z[0])), z[1]]}, SIX)
    diagnose(marks)
    (line,) = [line for line in marks.lines if line.verdict is Verdict.wrong]
    assert {likely.cells: likely.names for likely in line.likely} == {
        ((0,),): ("sigmoid for tanh",),
        ((1,),): ("function left out",),
    }


def test_a_factor_left_out_of_a_hidden_step_is_seen() -> None:
    """∂L/∂z1 where ∂L/∂z2 is not on the sheet: its factor a2 is left out in every term."""
    one = worked(MAZUR + SIX_ASKED)
    W2, a1, a2 = np.array([[0.4, 0.45], [0.5, 0.55]]), one.exact["a1"], one.exact["a2"]
    wrong = W2.T @ ((a2 - [0.01, 0.99]) * (1 - a2)) * a1 * (1 - a1)
    assert said(one, {"a1": a1, "a2": a2, "dL/dz1": wrong}, 6)["dL/dz1"] == ["factor left out"]


@pytest.mark.parametrize("count", [2, 3])
def test_numbers_by_chance_are_rarely_said_to_be_a_mistake(count: int) -> None:
    one, rng = worked(LSTM), np.random.default_rng(7)
    exact = {name: array for name, array in one.exact.items() if not name.startswith("t")}
    found = 0
    for _ in range(60):
        name = str(rng.choice(list(exact)))
        wrong = np.array(exact[name], dtype=float)
        wrong[rng.integers(2)] = rng.uniform(-1, 1)
        found += bool(said(one, {**exact, name: wrong}, count)[name])
    assert found <= 3


X = np.array([[1.0, 0.5, -0.4], [0.3, -0.9, 0.7]])
W_Q, W_K, W_V = (np.random.default_rng(n).integers(-9, 10, (3, 3)) / 10 for n in range(3))
WIDE = "topic: attention\n" + "\n".join(
    f"{name}: {array.tolist()}"
    for name, array in (("x", X), ("W_Q", W_Q[:, :2]), ("W_K", W_K[:, :2]), ("W_V", W_V[:, :2]))
)


def test_the_width_of_the_model_and_k_for_v_are_told() -> None:
    Q, K = X @ W_Q[:, :2], X @ W_K[:, :2]
    e = np.exp(Q @ K.T / np.sqrt(3))
    A, one = e / e.sum(1, keepdims=True), worked(WIDE + SIX_ASKED)
    assert said(one, {"Q": Q, "K": K, "S_scaled": Q @ K.T / np.sqrt(3)}, 4)["S_scaled"] == ["another scale"]
    assert said(one, {"A": A}, 4) == {"A": ["another scale"]}
    A = one.exact["A"]
    assert said(one, {"K": K, "A": A, "Z": A @ K}, 4)["Z"] == ["another value"]
