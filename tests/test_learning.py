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
    v, m, buf, top, u = (np.zeros(np.shape(w)) for _ in range(5))
    product = 1.0

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
        elif kind == "adadelta":
            v = 0.9 * v + 0.1 * g * g
            step = g * np.sqrt((u + 1e-6) / (v + 1e-6))
            u, w = 0.9 * u + 0.1 * step * step, w - rate * step
        elif kind == "adamax":
            m, u = 0.9 * m + 0.1 * g, np.maximum(0.999 * u, np.abs(g) + (eps if inside else 0))
            w = w - rate / (1 - 0.9**t) * m / (u + (0 if inside else eps))
        elif kind == "nadam":
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
            slow = by.get("momentum_decay")
            now, after = (0.9 if slow is None else 0.9 * (1 - 0.5 * 0.96 ** (slow * k)) for k in (t, t + 1))
            product *= now
            m_hat = after * m / (1 - product * (1 if by.get("same_t") else after)) + (1 - now) * g / (1 - product)
            w = w - rate * m_hat / root(v / (1 - 0.999**t))
        elif by.get("eps_hat"):
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
            top = np.maximum(top, v)
            size = rate * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
            w = w - size * m / root(top if by.get("amsgrad") else v)
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
    {"kind": "adam", "eps_hat": True, "eps": 0.1}, {"kind": "adam", "eps_hat": True, "amsgrad": True, "eps": 0.1},
    {"kind": "adadelta"}, {"kind": "adamax", "eps": 0.2}, {"kind": "adamax", "eps_inside": True, "eps": 0.2},
    {"kind": "nadam"}, {"kind": "nadam", "same_t": True}, {"kind": "nadam", "momentum_decay": 1, "eps": 0.1},
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=lambda way: " ".join(f"{k}={v}" for k, v in way.items()))
def test_each_convention_is_what_plain_numpy_makes_of_it(way: dict[str, Any]) -> None:
    rng = np.random.default_rng(1)
    w, gradients = rng.normal(size=3), rng.normal(size=(5, 3)) * np.array([[3], [1], [0.2], [0.1], [2]])
    trace = worked("optimizer", w=w, gradients=gradients, rate=0.1, **way)
    np.testing.assert_allclose(trace["t5.w"].array, by_hand(w=w, gradients=gradients, rate=0.1, **way), rtol=1e-12)


ARANGE = [[0.01, 0.01]] + 4 * [[0.1, 1.0]]
# keras/src/optimizers/*_test.py, test_correctness_with_golden: the first and the last of ten weights.
KERAS: dict[str, tuple[dict[str, Any], list[list[float]]]] = {
    "nadam": ({"rate": 0.5, "beta1": 0.5, "beta2": 0.67, "eps": 1e-5, "momentum_decay": 1},
              [[0.4281, 0.4281], [-0.1738, -0.1717], [-0.7115, -0.7084], [-1.2335, -1.2299], [-1.7492, -1.7454]]),
    "adamax": ({"rate": 0.2, "beta1": 0.85, "beta2": 0.95, "eps": 1e-6},
               [[0.8, 0.8], [0.6827, 0.691], [0.5333, 0.5466], [0.368, 0.3848], [0.1933, 0.2126]]),
    "adadelta": ({"rate": 1, "decay": 0.8}, [2 * [w] for w in (0.9978, 0.9947, 0.9915, 0.9882, 0.9849)]),
    "adamw": ({"rate": 1, "weight_decay": 0.5, "eps": 2, "eps_hat": True},
              [[0.4998, 0.4998], [0.2486, 0.2382], [0.1223, 0.1003], [0.0586, 0.0258], [0.0263, -0.0159]]),
}  # fmt: skip


@pytest.mark.parametrize("kind", KERAS)
def test_the_printed_weights_of_keras(kind: str) -> None:
    given, printed = KERAS[kind]
    trace = worked("optimizer", kind=kind, w=[1, 1], gradients=ARANGE, **given)
    np.testing.assert_allclose([value(trace, f"t{t}.w") for t in range(1, 6)], printed, rtol=0, atol=1e-4)


@pytest.mark.parametrize(("by", "limited"), [({"clip": 1}, [1, -1, 0.5]), ({"clip_norm": 2.5}, [1.5, -2, 0.25])])
def test_a_gradient_is_cut_or_scaled_before_the_decay(by: dict[str, float], limited: list[float]) -> None:
    long = [3, -4, 0.5] if "clip" in by else [3, -4, 0]
    limited = limited if "clip" in by else [1.5, -2, 0]
    trace = worked("optimizer", w=[1, 2, 3], gradients=[long, [0.1, 0.2, 0.3]], rate=0.1, weight_decay=0.5, **by)
    np.testing.assert_allclose(trace["t1.clipped"].array, limited, rtol=1e-12)
    w = np.array([1, 2, 3]) - 0.1 * (np.array(limited) + 0.5 * np.array([1, 2, 3]))
    w = w - 0.1 * (np.array([0.1, 0.2, 0.3]) + 0.5 * w)
    np.testing.assert_allclose(trace["t2.w"].array, w, rtol=1e-12)
    assert value(worked("optimizer", w=3, gradients=[-5], rate=1, **by), "t1.w") == 3 + next(iter(by.values()))
    assert value(worked("optimizer", w=3, gradients=[0], rate=1, **by), "t1.w") == 3
    assert "clip_norm: belongs to a problem without clip" in refusal(
        "optimizer", w=1, gradients=[1], rate=1, clip=1, clip_norm=1
    )


def test_what_was_before_counts_for_nadam() -> None:
    given: dict[str, Any] = {"kind": "nadam", "momentum_decay": 1, "rate": 0.1}
    whole = worked("optimizer", w=1, gradients=[0.5, -1, 2], **given)
    memory = {"m_0": value(whole, "t2.m"), "v_0": value(whole, "t2.v"), "t_0": 2}
    late = worked("optimizer", w=value(whole, "t2.w"), gradients=[2], **given, **memory)
    assert value(late, "t1.w") == pytest.approx(value(whole, "t3.w"), rel=1e-14)


@pytest.mark.parametrize(
    ("schedule", "rates"),
    [
        ({"at": [2, 3], "factor": 0.5}, [0.1, 0.1, 0.05, 0.025, 0.025]),
        ({"at": [1, 4], "rates": [0.03, 0.01]}, [0.1, 0.03, 0.03, 0.03, 0.01]),
        ({"kind": "polynomial", "over": 4, "power": 2, "end": 0.02}, [0.1, 0.065, 0.04, 0.025, 0.02]),
        ({"kind": "polynomial", "over": 2}, [0.1, 0.05, 0, 0, 0]),
    ],
    ids=["factor", "rates", "polynomial", "straight"],
)
def test_rates_by_places_and_by_powers(schedule: dict[str, Any], rates: list[float]) -> None:
    trace = worked("optimizer", rate=0.1, steps=5, schedule={"kind": "piecewise"} | schedule)
    np.testing.assert_allclose(trace["rates"].array, rates, atol=1e-15)


@pytest.mark.parametrize(
    ("schedule", "told"),
    [
        ({"at": [3, 2], "factor": 0.5}, "schedule.at: is [3, 2]; want whole numbers that rise"),
        ({"at": [3], "rates": [1, 2]}, "schedule.rates: are 2, but the places in `at` 1"),
        ({"factor": 1}, "schedule: 'at' is missing"),
        ({"at": [3]}, "schedule: 'factor' is missing"),
        ({"at": [3], "factor": 1, "rates": [1]}, "schedule.rates: belongs to kind piecewise, without factor"),
    ],
)
def test_places_that_are_none_are_refused(schedule: dict[str, Any], told: str) -> None:
    assert told in refusal("optimizer", rate=0.1, steps=3, schedule={"kind": "piecewise"} | schedule)


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
        ({"kind": "cosine", "over": 2, "factor": 2}, "schedule.factor: belongs to kind step, piecewise or exponential"),
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
