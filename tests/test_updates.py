"""Many updates: each costs what the first one did, however many there were before; and the limit is met first."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from nncalc.errors import InputError
from nncalc.limits import Limits, Permissions
from nncalc.problem.problem import loads
from nncalc.render.layout import View
from nncalc.render.working import render
from nncalc.running import on_paper, solve
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
    assert worked <= each
    small = Permissions(Limits(steps=40 * each + 3))  # a perceptron ends with three steps
    assert len(solve(loads(rounds(40), rules=small)).steps) <= 40 * each + 3
    with pytest.raises(InputError, match=r"--limit steps=N raises the limit"):
        solve(loads(rounds(41), rules=small))


@pytest.mark.parametrize("operator", "+-")
def test_a_sum_of_many_terms_is_written_without_recursion(operator: str) -> None:
    expr = operator.join(["x"] * 900)
    trace = solve(loads({"topic": "optimizer", "expr": expr, "w": 2, "rate": 0.001}))
    assert trace["t1.f"].array == (1800 if operator == "+" else 2 - 2 * 899)
    out = io.StringIO()
    render([trace], View(), out, "plain")
    assert f"t1.f = {f' {operator} '.join(['t1.x'] * 900)} = " in out.getvalue()


@pytest.mark.parametrize("operator", "*/")
def test_a_product_whose_derivative_no_page_can_hold_is_refused(operator: str) -> None:
    problem = {"topic": "optimizer", "expr": operator.join(["x"] * 900), "w": 1, "rate": 0.001}
    with pytest.raises(InputError, match="expr: has 899 operations inside each other; want at most 100|899.*100"):
        solve(loads(problem))
    problem["expr"] = operator.join(["x"] * 101)
    assert solve(loads(problem)).answer["f"] == 1


def test_rounds_count_what_follows_them() -> None:
    def run(limit: int) -> int:
        work = Work(steps=limit)
        for number in work.rounds(10, beside=2):
            work.let(f"a{number}", work.given(f"x{number}", 1.0) + 1)
        return len(work.trace().steps)

    assert run(30) == 10
    with pytest.raises(TooLong):
        run(29)
