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


# Optimizers, against the same in plain NumPy


def by_hand(kind: str, w: Any, gradients: Any, rate: float, **by: Any) -> Any:
    """The weights after all the updates, as the frameworks' documentation states them."""
    mu, eps, inside = by.get("momentum", 0.9), by.get("eps", 1e-8), by.get("eps_inside", False)
    v, m, buf, top = (np.zeros(np.shape(w)) for _ in range(4))

    def root(s: Any) -> Any:
        return np.sqrt(s + eps) if inside else np.sqrt(s) + eps

    for t, g in enumerate(gradients, 1):
        push = g * ((1 - mu) if by.get("average") else 1) * (rate if by.get("rate_inside") else 1)
        size = 1 if by.get("rate_inside") else rate
        if kind == "momentum":
            v = mu * v + push
            w = w - size * v
        elif kind == "nesterov":
            v = mu * v + push
            w = w - size * (push + mu * v)
        elif kind == "rmsprop":
            v, m = 0.9 * v + 0.1 * g**2, 0.9 * m + 0.1 * g
            buf = by.get("momentum", 0) * buf + g / root(v - m**2 if by.get("centered") else v)
            w = w - rate * buf
        else:
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
            top = np.maximum(top, v)
            w = w - rate * (m / (1 - 0.9**t)) / root((top if by.get("amsgrad") else v) / (1 - 0.999**t))
    return w


WAYS: list[dict[str, Any]] = [
    {"kind": kind, "average": average, "rate_inside": inside}
    for kind in ("momentum", "nesterov") for average in (False, True) for inside in (False, True)
] + [
    {"kind": "rmsprop", "centered": True}, {"kind": "rmsprop", "centered": True, "momentum": 0.5},
    {"kind": "rmsprop", "eps_inside": True, "eps": 0.1}, {"kind": "adam", "amsgrad": True},
    {"kind": "adam", "eps_inside": True, "eps": 0.01}, {"kind": "adam", "amsgrad": True, "eps_inside": True, "eps": 1},
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=lambda way: " ".join(f"{k}={v}" for k, v in way.items()))
def test_each_convention_is_what_plain_numpy_makes_of_it(way: dict[str, Any]) -> None:
    rng = np.random.default_rng(1)
    w, gradients = rng.normal(size=3), rng.normal(size=(5, 3)) * np.array([[3], [1], [0.2], [0.1], [2]])
    trace = worked("optimizer", w=w, gradients=gradients, rate=0.1, **way)
    np.testing.assert_allclose(trace["t5.w"].array, by_hand(w=w, gradients=gradients, rate=0.1, **way), rtol=1e-12)


def test_the_printed_look_ahead() -> None:
    """f = x², from 10, rate .1, β .9: v 20, 30.4, 31.808; x 8, 4.96, 1.7792. With g here it is another thing."""
    given: dict[str, Any] = {"expr": "x^2", "w": 10, "rate": 0.1, "kind": "nesterov", "steps": 3}
    trace = worked("optimizer", **given, nesterov="lookahead")
    np.testing.assert_allclose([value(trace, f"t{t}.v") for t in (1, 2, 3)], [20, 30.4, 31.808], atol=1e-12)
    np.testing.assert_allclose([value(trace, f"t{t}.x") for t in (1, 2, 3)], [8, 4.96, 1.7792], atol=1e-12)
    assert trace.answer["f"] == pytest.approx(1.7792**2)
    assert value(worked("optimizer", **given), "t1.x") == pytest.approx(6.2)
    assert "nesterov: belongs to the form expression" in refusal(
        "optimizer", w=1, gradients=[1], rate=1, kind="nesterov", nesterov="lookahead"
    )


@pytest.mark.parametrize("average", [False, True])
@pytest.mark.parametrize("inside", [False, True])
def test_the_look_ahead_of_two_variables(average: bool, inside: bool) -> None:
    trace = worked("optimizer", expr="x^2 + x*y + 2*y^2", w=[1, -2], rate=0.1, kind="nesterov", nesterov="lookahead",
                   momentum=0.8, steps=4, average=average, rate_inside=inside)  # fmt: skip
    w, v = np.array([1.0, -2.0]), np.zeros(2)
    for _ in range(4):
        x, y = w - (1 if inside else 0.1) * 0.8 * v
        g = np.array([2 * x + y, x + 4 * y])
        v = 0.8 * v + g * (0.2 if average else 1) * (0.1 if inside else 1)
        w = w - (v if inside else 0.1 * v)
    np.testing.assert_allclose(trace["t4.w"].array, w, rtol=1e-12)


SCHEDULES: list[tuple[dict[str, Any], list[float]]] = [
    ({"kind": "step", "factor": 0.5, "every": 2}, [0.1, 0.1, 0.05, 0.05, 0.025]),
    ({"kind": "exponential", "factor": 0.9}, [0.1, 0.09, 0.081, 0.0729]),
    ({"kind": "exponential", "factor": 0.5, "every": 2}, [0.1, 0.1 / 2**0.5, 0.05]),
    ({"kind": "exponential", "decay": 0.3}, [0.1 * np.exp(-0.3 * k) for k in range(4)]),
    ({"kind": "inverse_time", "decay": 1}, [0.1, 0.05, 0.1 / 3, 0.025]),
    ({"kind": "inverse_time", "decay": 0.5, "every": 10}, [0.1, 0.1 / 1.05, 0.1 / 1.1]),
    ({"kind": "cosine", "over": 10, "end": 0.001},
     [0.001 + 0.0495 * (1 + np.cos(np.pi * min(k, 10) / 10)) for k in range(13)]),
    ({"kind": "cosine", "over": 4}, [0.1, 0.05 + 0.05 * 0.5**0.5, 0.05, 0.05 - 0.05 * 0.5**0.5, 0, 0]),
    ({"kind": "linear", "over": 4, "end": 0.02}, [0.1, 0.08, 0.06, 0.04, 0.02, 0.02]),
    ({"kind": "linear", "over": 2}, [0.1, 0.05, 0]),
    ({"kind": "warmup", "over": 4}, [0.025, 0.05, 0.075, 0.1, 0.1]),
]  # fmt: skip


@pytest.mark.parametrize(("schedule", "expected"), SCHEDULES, ids=lambda x: x["kind"] if isinstance(x, dict) else "")
def test_the_rate_of_each_update(schedule: dict[str, Any], expected: list[float]) -> None:
    trace = worked("optimizer", rate=0.1, schedule=schedule, steps=len(expected))
    np.testing.assert_allclose(trace.answer["rates"], expected, rtol=1e-12, atol=1e-15)
    steps = worked("optimizer", w=1, gradients=[1.0] * len(expected), rate=0.1, schedule=schedule)
    assert value(steps, f"t{len(expected)}.w") == pytest.approx(1 - sum(expected))
    later = worked("optimizer", w=1, gradients=[1.0], rate=0.1, schedule=schedule, t_0=len(expected) - 1)
    assert value(later, "t1.rate") == pytest.approx(expected[-1], abs=1e-15)


def test_a_schedule_wants_what_its_kind_needs() -> None:
    for schedule, said in (
        ({"kind": "step"}, "'factor' is missing"), ({"kind": "cosine"}, "'over' is missing"),
        ({"kind": "cosine", "over": 2, "factor": 2}, "schedule.factor: belongs to kind step or exponential"),
        ({"kind": "exponential", "factor": 0.5, "decay": 1}, "schedule.decay: stands in place of a factor"),
    ):  # fmt: skip
        assert said in refusal("optimizer", rate=0.1, steps=2, schedule=schedule)


def test_a_bare_average_in_fractions() -> None:
    """V = .9·V + .1·θ (Ng, Deep Learning Specialization 2, exponentially weighted averages)."""
    trace = worked("optimizer", kind="average", values=[40, 49, 45], corrected=True)
    v = F(0)
    for t, x in enumerate((40, 49, 45), 1):
        v = F(9, 10) * v + F(1, 10) * x
        assert value(trace, f"t{t}.v") == pytest.approx(float(v))
        assert value(trace, f"t{t}.v_hat") == pytest.approx(float(v / (1 - F(9, 10) ** t)))
    assert value(worked("optimizer", kind="average", values=[1], beta=0.5, v_0=3), "t1.v") == 2
