"""How weights learn, by the conventions of courses: against loops in fractions, and against printed answers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from examples import problem, yaml_of

from nncalc import solve
from nncalc.errors import InputError
from nncalc.trace.steps import Trace

F = Fraction
CORNERS = [[1, 1], [1, -1], [-1, 1], [-1, -1]]


def worked(topic: str, **fields: Any) -> Trace:
    return solve(problem(yaml_of(topic, **fields)))


def refusal(topic: str, **fields: Any) -> str:
    with pytest.raises(InputError) as error:
        worked(topic, **fields)
    return str(error.value)


def value(trace: Trace, name: str) -> Any:
    return np.asarray(trace[name].array).tolist()


# The perceptron


def learned(rule: str, X: Any, t: Any, w: Any, b: Any, rate: Any, epochs: int, says: Any, bias: bool) -> list[Any]:
    """(w …, b) after every sample, in fractions."""
    rows = []
    for _ in range(epochs):
        for x, target in zip(X, t, strict=True):
            z = sum((wi * xi for wi, xi in zip(w, x, strict=True)), b)
            off = target - (z if rule == "delta" else says(z))
            step = rate * ((off > 0) - (off < 0) if rule == "add" else off)
            w = [wi + step * xi for wi, xi in zip(w, x, strict=True)]
            b = b + step * bias
            rows.append([*w, b])
    return rows


SAYS: dict[Any, Any] = {
    "z > 0": lambda z: 2 * (z > 0) - 1, "z >= 0": lambda z: 2 * (z >= 0) - 1, "sign": lambda z: (z > 0) - (z < 0),
    0.5: lambda z: 2 * (z > F(1, 2)) - 1,
}  # fmt: skip


@pytest.mark.parametrize("rule", ["error", "add", "delta"])
@pytest.mark.parametrize("fires", SAYS, ids=str)
@pytest.mark.parametrize("bias", [True, False])
def test_each_rule_is_what_fractions_make_of_it(rule: str, fires: Any, bias: bool) -> None:
    rng = np.random.default_rng(3)
    for b in (F(0), F(3, 10)):
        w, rate = [F(int(n), 10) for n in rng.integers(-9, 9, 2)], F(int(rng.integers(1, 9)), 10)
        t = rng.choice([-1, 1], 4).tolist()
        expected = learned(rule, CORNERS, t, w, b, rate, 3, SAYS[fires], bias)
        trace = worked("perceptron", X=CORNERS, target=t, labels="-1/1", w=[float(n) for n in w], b=float(b),
                       rule=rule, fires=fires, learn_bias=bias, train={"rate": float(rate), "epochs": 3})  # fmt: skip
        for i, row in enumerate(expected):
            at = f"e{i // 4 + 1}.s{i % 4 + 1}"
            got = [*value(trace, f"{at}.w"), value(trace, f"{at}.b") if bias else float(b)]
            np.testing.assert_allclose(got, [float(n) for n in row], rtol=0, atol=1e-12)
        assert ("b" in trace.answer) is bias


def test_the_printed_adaline_of_or() -> None:
    """Online, rate .1, w = b = .1 ("Adaline and Delta Learning Rule", Q2): (.17, .17; .17) … (.26213, .27873; .24387)."""
    trace = worked("perceptron", X=CORNERS, gate="or", labels="-1/1", w=[0.1, 0.1], b=0.1, rule="delta",
                   train={"rate": 0.1})  # fmt: skip
    rows = [[*value(trace, f"e1.s{s}.w"), value(trace, f"e1.s{s}.b")] for s in range(1, 5)]
    expected = [[0.17, 0.17, 0.17], [0.253, 0.087, 0.253], [0.1617, 0.1783, 0.3443], [0.26213, 0.27873, 0.24387]]
    np.testing.assert_allclose(rows, expected, rtol=0, atol=1e-9)


def test_a_fixed_threshold_and_no_bias() -> None:
    trace = worked("perceptron", w=[1.2, 0.6], gate="and", fires=1, learn_bias=False, train={"rate": 0.5, "epochs": 2})
    assert value(trace, "e2.s4.w") == [0.7, 0.6] and not any(name.endswith("b") for name in trace.named())
    assert trace.answer["errors"].tolist() == [0, 0, 0, 0]


def test_what_lies_on_the_line_is_a_mistake_where_sign_says_so() -> None:
    """w ± x from 0 without a bias, a mistake wherever t·z is not above 0: as most courses start."""
    X, t = [[2, 1], [-1, 1], [0.5, -1]], [-1, 1, -1]
    given: dict[str, Any] = {"X": X, "target": t, "labels": "-1/1", "w": [0, 0], "rule": "add", "learn_bias": False}
    trace = worked("perceptron", **given, fires="sign", train={})
    assert value(trace, "e1.s1.w") == [-2, -1]
    assert value(worked("perceptron", **given, train={}), "e1.s1.w") == [0, 0]
    assert "fires: sign says -1, 0 or 1" in refusal("perceptron", w=[1, 1], gate="and", fires="sign")


@pytest.mark.parametrize("field", ["rule", "learn_bias"])
def test_a_rule_without_learning_is_refused(field: str) -> None:
    given = {"rule": "error", "learn_bias": True}[field]
    assert f"{field}: belongs to a problem with train" in refusal("perceptron", w=[1, 1], gate="and", **{field: given})
