"""Many updates: each costs what the first one did, however many there were before; and the limit is met first."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import numpy as np
import pytest

from nncalc.errors import InputError
from nncalc.limits import Limits, Permissions
from nncalc.names import value_of
from nncalc.problem.problem import loads
from nncalc.render.layout import View
from nncalc.render.working import render
from nncalc.running import on_paper, solve
from nncalc.trace.notation.style import TEXT
from nncalc.trace.steps import Trace
from nncalc.trace.value import Value
from nncalc.trace.work import TooLong, Work

LAYERS = [
    {"W": [[0.15, 0.20], [0.25, 0.30]], "b": [0.35, 0.35], "activation": "sigmoid"},
    {"W": [[0.40, 0.45], [0.50, 0.55]], "b": [0.60, 0.60], "activation": "sigmoid"},
]
NETWORK: dict[str, Any] = {
    "topic": "backprop", "x": [0.05, 0.10], "layers": LAYERS, "target": [0.01, 0.99], "rate": 0.5,
}  # fmt: skip


def visits(problem: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> int:
    """How often a value was asked what it was made from, while all was worked."""
    count = 0
    inputs = Value.inputs

    def counted(value: Value) -> Any:
        nonlocal count
        count += 1
        return inputs(value)

    with monkeypatch.context() as patch:
        patch.setattr(Value, "inputs", counted)
        solve(loads(problem))
    return count


@pytest.mark.parametrize(
    "problem",
    [
        NETWORK,
        NETWORK | {"freeze_bias": True, "l2": 0.1},
        {"topic": "optimizer", "expr": "x^2 + 3*y^2", "w": {"x": 5, "y": 1}, "rate": 0.1, "kind": "momentum"},
    ],
    ids=["network", "frozen", "optimizer"],
)
def test_the_way_back_of_an_update_does_not_pass_through_those_before(
    problem: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    few, more, many = (visits(problem | {"steps": n}, monkeypatch) for n in (10, 20, 40))
    assert many - more == 2 * (more - few)


def test_the_printed_training_of_the_best_known_example() -> None:
    """Mazur, "A Step by Step Backpropagation Example": 0.298371 at first; 0.0000351 is printed after 10,000 updates."""
    trace = solve(loads(NETWORK | {"steps": 800}))
    assert trace.answer["L_799"] == pytest.approx(3.76257e-4, rel=1e-5)
    assert trace["step800.W1_new"].array.shape == (2, 2)


@pytest.mark.parametrize("way", ["exact", "on paper"])
def test_what_is_carried_unchanged_through_many_updates_is_still_given(way: str) -> None:
    layers = [{"W": [[0.5]], "b": [0.123456], "activation": "sigmoid"}]
    problem = {"topic": "backprop", "x": [1], "layers": layers, "target": [1], "rate": 0.1}
    trace = solve(loads(problem | {"freeze_bias": True, "steps": 1500}), *([on_paper(3)] if way == "on paper" else []))
    assert trace["step1500.b1"].value.is_given and trace["step1500.b1"].array == [0.123456]


def test_a_value_moved_many_times_is_asked_without_recursion() -> None:
    value: Any = Work().given("x", np.arange(3.0))
    for _ in range(20_000):
        value = +value
    assert value.is_given and not (value * 2).is_given and not (+(value * 2)).is_given


@pytest.mark.parametrize(
    ("problem", "each"),
    [
        (NETWORK, 22),
        ({"topic": "optimizer", "expr": "x^2", "w": 5, "rate": 0.1}, 5),
        ({"topic": "perceptron", "w": [0, 0], "gate": "xor"}, 16),
    ],
    ids=["network", "optimizer", "perceptron"],
)
def test_the_limit_on_steps_is_met_before_the_work(
    problem: dict[str, Any], each: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the first round is worked; what just fits is worked in full."""

    def rounds(number: int) -> dict[str, Any]:
        perceptron = problem["topic"] == "perceptron"
        return problem | ({"train": {"rate": 1, "epochs": number}} if perceptron else {"steps": number})

    worked = 0
    let = Work.let

    def counted(self: Work, *args: Any, **given: Any) -> Any:
        nonlocal worked
        worked += 1
        return let(self, *args, **given)

    monkeypatch.setattr(Work, "let", counted)
    with pytest.raises(InputError, match="asks for more than 500000 steps, the limit"):
        solve(loads(rounds(1_000_000), rules=Permissions()))
    assert worked <= each + 2  # an optimizer begins with two
    small = Permissions(Limits(steps=40 * each + 3))  # a perceptron ends with three steps
    assert len(solve(loads(rounds(40), rules=small)).steps) <= 40 * each + 3
    with pytest.raises(InputError, match=r"--limit steps=N raises the limit"):
        solve(loads(rounds(41), rules=small))


@pytest.mark.parametrize("operator", "+-")
def test_a_sum_of_many_terms_is_written_without_recursion(operator: str) -> None:
    expr = operator.join(["x"] * 900)
    trace = solve(loads({"topic": "optimizer", "expr": expr, "w": 2, "rate": 0.001}))
    assert trace["t0.f"].array == (1800 if operator == "+" else 2 - 2 * 899)
    out = io.StringIO()
    render([trace], View(), out, "plain")
    assert f"t0.f = {f' {operator} '.join(['t0.x'] * 900)} = " in out.getvalue()


@pytest.mark.parametrize("operator", "*/")
def test_a_product_whose_derivative_no_page_can_hold_is_refused(operator: str) -> None:
    problem = {"topic": "optimizer", "expr": operator.join(["x"] * 900), "w": 1, "rate": 0.001}
    with pytest.raises(InputError, match=r"expr: has 899 operations inside each other"):
        solve(loads(problem))
    problem["expr"] = operator.join(["x"] * 101)
    assert solve(loads(problem))["t0.f"].array == 1


def test_rounds_count_what_follows_them() -> None:
    def run(limit: int) -> int:
        work = Work(steps=limit)
        for number in work.rounds(10, beside=2):
            work.let(f"a{number}", work.given(f"x{number}", 1.0) + 1)
        return len(work.trace().steps)

    assert run(30) == 10
    with pytest.raises(TooLong):
        run(29)


@pytest.fixture(scope="module")
def long() -> Trace:
    """The network of 1,000 updates and 22 steps each: longer than a page."""
    return solve(loads(NETWORK | {"steps": 1000}))


def page(trace: Trace, format: str, detail: str = "normal") -> str:
    out = io.StringIO()
    render([trace], View(detail=detail), out, format)
    return out.getvalue()


@pytest.mark.parametrize("format", ["table", "plain"])
def test_a_long_page_is_its_beginning_some_and_its_end(long: Trace, format: str) -> None:
    text = page(long, format)
    assert len(text.splitlines()) < 700
    for update in (1, 2, 1000):
        assert f"Update {update}\n" in text
    assert "Update 3\n" not in text and "step1000.W1_new" in text and "L_999" in text
    left_out = sum(int(n) for n in re.findall(r"… (\d+) steps", text))
    assert text.count(f"{left_out} of 22000 steps are left out; --get step1000.b2_new") == 1
    shown = {name for name in long.named() if TEXT.symbol(name) in text}
    assert left_out >= 22000 - len(shown)


def test_json_of_a_long_working_has_every_step(long: Trace) -> None:
    steps = json.loads(page(long, "json"))["steps"]
    assert [step["name"] for step in steps] == [*long.named()]
    assert steps[21000]["value"] == long.steps[21000].array.tolist() and steps[0]["formula"]["text"] == "W1"


def test_json_written_step_by_step_is_what_the_library_would_write() -> None:
    for steps in (1, 3):
        text = page(solve(loads(NETWORK | {"steps": steps, "title": "a } { b"})), "json")
        assert text == json.dumps(json.loads(text), indent=1) + "\n"
    text = page(Trace("none"), "json")
    assert text == json.dumps(json.loads(text), indent=1) + "\n"


def test_what_explains_a_cell_of_a_long_working_is_short_by_itself(long: Trace) -> None:
    explained = long.explain(*[("step1000.W1_new", (0, 0))])
    assert len(explained.steps) > 10_000 and explained.steps[-1].name == "step1000.W1_new"


def test_a_step_is_found_by_name_without_looking_at_the_others(long: Trace) -> None:
    assert value_of(long, "step1000.W1_new").shape == (2, 2) and long.named() is long.named()
    assert long["step1000.W1_new"] is long.named()["step1000.W1_new"]
    with pytest.raises(KeyError):
        long["step1001.W1_new"]
    with pytest.raises(InputError, match=r"did you mean step1000\.W1_new"):
        value_of(long, "step1000.W1_neu")


def test_rows_of_one_number_are_the_gradients_of_one_weight() -> None:
    """Two steps of Adam by hand, with m and v corrected."""
    trace = solve(loads({"topic": "optimizer", "kind": "adam", "w": 1, "gradients": [[0.1], [0.2]], "rate": 0.1}))
    m = np.array([0.1 * 0.1, 0.9 * 0.1 * 0.1 + 0.1 * 0.2]) / (1 - 0.9 ** np.array([1, 2]))
    v = np.array([0.001 * 0.01, 0.999 * 0.001 * 0.01 + 0.001 * 0.04]) / (1 - 0.999 ** np.array([1, 2]))
    np.testing.assert_allclose(trace["t2.w"].array, [1 - (0.1 * m / (np.sqrt(v) + 1e-8)).sum()], rtol=1e-12)
