"""Exact where hands are exact: zeros, ties, kinks, comparisons and ranks against exact fractions; tails against mpmath.

NNCALC_EXACT=10000 tries as many cases of each kind.
"""

from __future__ import annotations

import os
from fractions import Fraction
from random import Random
from typing import Any

import mpmath
import numpy as np
import pytest

from nncalc import InputError, loads, solve

CASES = int(os.environ.get("NNCALC_EXACT", "60"))
F = Fraction


def worked(**fields: Any) -> Any:
    return solve(loads(fields))


def decimal(chance: Random, places: int, size: int = 9) -> str:
    """A number as it is written, of few digits, so that ties are common."""
    return f"{chance.randint(-size, size) / 10**places:.{places}f}"


def test_the_perceptron_rule_ends_where_fractions_end() -> None:
    chance = Random(1)
    for _ in range(CASES):
        places = chance.choice([1, 2])
        w, b = [decimal(chance, places) for _ in range(2)], decimal(chance, places)
        rate = chance.choice(["0.1", "0.2", "0.05", "0.3"])
        gate = chance.choice(["and", "or", "nand", "nor"])
        fires = chance.choice(["z > 0", "z >= 0"])
        trace = worked(topic="perceptron", gate=gate, w=[float(x) for x in w], b=float(b), fires=fires,
                       train={"rate": float(rate), "epochs": 8})  # fmt: skip
        weights, bias = [F(x) for x in w], F(b)
        truth = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "nand": [1, 1, 1, 0], "nor": [1, 0, 0, 0]}[gate]
        for _ in range(8):
            wrong = 0
            for x, target in zip([(0, 0), (0, 1), (1, 0), (1, 1)], truth, strict=True):
                z = weights[0] * x[0] + weights[1] * x[1] + bias
                error = target - int(z >= 0 if fires == "z >= 0" else z > 0)
                wrong += error != 0
                weights = [a + F(rate) * error * i for a, i in zip(weights, x, strict=True)]
                bias += F(rate) * error
            if not wrong:
                break
        assert trace.answer["w"].tolist() == [float(x) for x in weights] and float(trace.answer["b"]) == float(bias)


def relu_layer(chance: Random) -> tuple[dict[str, Any], dict[str, list[F]]]:
    """a = relu(W·x + b), L = Σ u·a: the gradients are sums over the units that are above 0."""
    inputs, units = chance.randint(2, 4), chance.randint(1, 3)
    x = [decimal(chance, 1) for _ in range(inputs)]
    W = [[decimal(chance, 1) for _ in range(inputs)] for _ in range(units)]
    b = [str(-sum(F(w) * F(a) for w, a in zip(row, x, strict=True))) if chance.random() < 0.5 else decimal(chance, 1)
         for row in W]  # fmt: skip
    b = [f"{float(F(text)):.4f}" for text in b]
    z = [sum((F(w) * F(a) for w, a in zip(row, x, strict=True)), F(c)) for row, c in zip(W, b, strict=True)]
    a = [max(v, F(0)) for v in z]
    slopes = [2 * v * (v > 0) for v in z]  # of squared_error with target 0
    given = {"topic": "backprop", "x": [float(v) for v in x], "target": [0.0] * units, "loss": "squared_error",
             "layers": [{"W": [[float(v) for v in row] for row in W], "b": [float(v) for v in b], "activation": "relu"}]}  # fmt: skip
    return given, {"z1": z, "a1": a, "dL/dz1": slopes}


def hinge(chance: Random) -> tuple[dict[str, Any], dict[str, list[F]]]:
    """max(0, margin − p_target + p_other): at 0 exactly no gradient."""
    p = [decimal(chance, 1, 20) for _ in range(chance.randint(2, 4))]
    target = chance.randrange(len(p))
    other = (target + 1) % len(p)
    if chance.random() < 0.6:
        p[other] = f"{float(F(p[target]) - 1):.1f}"
    terms = [max(F(0), 1 - F(p[target]) + F(v)) for i, v in enumerate(p) if i != target]
    gradient = [F(int(1 - F(p[target]) + F(v) > 0)) if i != target else F(0) for i, v in enumerate(p)]
    gradient[target] = -sum(gradient, F(0))
    given = {"topic": "loss", "kind": "hinge", "prediction": [float(v) for v in p], "target": target + 1}
    return given, {"L": [sum(terms, F(0))], "dL/dp": gradient}


def max_pool(chance: Random) -> tuple[dict[str, Any], dict[str, list[F]]]:
    """A convolution of one weight, then what the largest of each window takes: here by an expression of sums."""
    a, b, c, d = (decimal(chance, 1) for _ in range(4))
    left, right = F(a) + F(b), F(c) + F(d)
    given = {
        "topic": "backprop",
        "expr": "max(a + b, c + d)",
        "at": dict(zip("abcd", map(float, (a, b, c, d)), strict=True)),
    }
    first = F(int(left >= right))
    return given, {"f": [max(left, right)], "df/da": [first], "df/dc": [1 - first]}


@pytest.mark.parametrize("kind", [relu_layer, hinge, max_pool], ids=lambda k: k.__name__)
def test_values_and_gradients_are_those_of_fractions(kind: Any) -> None:
    chance = Random(2)
    for _ in range(CASES):
        given, expected = kind(chance)
        steps = worked(**given).named()
        for name, numbers in expected.items():
            assert np.ravel(steps[name].array).tolist() == [float(n) for n in numbers], (given, name)


def test_ties_of_scores_are_ties_of_ranks() -> None:
    chance = Random(3)
    for _ in range(CASES):
        q = [decimal(chance, 1) for _ in range(3)]
        keys = [[decimal(chance, 1) for _ in range(3)] for _ in range(4)]
        keys[2] = [keys[0][1], keys[0][0], keys[0][2]]  # the same score by another order where q allows it
        q[1] = q[0]
        scores = [sum(F(a) * F(b) for a, b in zip(q, key, strict=True)) for key in keys]
        trace = worked(
            topic="attention", q=[float(x) for x in q], k=[[float(x) for x in key] for key in keys], score="dot"
        )
        S = trace.named()["S"].array.ravel().tolist()
        A = trace.named()["A"].array.ravel().tolist()
        assert [float(s) for s in scores] == S
        for i in range(4):
            for j in range(4):
                assert (A[i] == A[j]) == (scores[i] == scores[j])


def test_a_window_holds_its_tie() -> None:
    chance = Random(4)
    for _ in range(CASES):
        image = [[decimal(chance, 1) for _ in range(3)] for _ in range(3)]
        trace = worked(topic="pool", image=[[float(x) for x in row] for row in image], window=2, stride=1,
                       upstream=[[1.0, 1.0], [1.0, 1.0]])  # fmt: skip
        expected = np.zeros((3, 3))
        for r in range(2):
            for c in range(2):
                cells = [(i, j) for i in (r, r + 1) for j in (c, c + 1)]
                expected[max(cells, key=lambda at: F(image[at[0]][at[1]]))] += 1
        assert trace.named()["dL/dX"].array.tolist() == expected.tolist()


def close(value: Any, exact: Any) -> bool:
    """To 1e-12 of it."""
    return bool(abs(mpmath.mpf(float(value)) - exact) <= abs(exact) * mpmath.mpf("1e-12"))


@pytest.mark.parametrize("z", [-700, -300, -60, -36, -9, -1, 0.3, 1, 8, 20, 36, 40, 100, 500])
def test_what_textbook_formulas_lose_is_there(z: float) -> None:
    with mpmath.workdps(900):
        s = 1 / (1 + mpmath.exp(-mpmath.mpf(z)))
        for target, exact in ((0, -mpmath.log(1 - s)), (1, -mpmath.log(s))):
            trace = worked(topic="backprop", x=[float(z)], target=[target], loss="binary_cross_entropy",
                           layers=[{"W": [[1.0]], "b": [0.0], "activation": "sigmoid"}])  # fmt: skip
            assert close(trace["L"].array, exact), (z, target)
        steps = worked(
            topic="activation", function=["sigmoid", "tanh", "softplus", "gelu", "mish", "silu"], x=float(z)
        ).named()
        t, root = mpmath.tanh(mpmath.mpf(z)), mpmath.sqrt(2)
        exactly = {
            "sigmoid.dy": s * (1 - s),
            "tanh.dy": 1 - t**2,
            "softplus.y": mpmath.log(1 + mpmath.exp(z)),
            "gelu.y": mpmath.mpf(z) / 2 * (1 + mpmath.erf(mpmath.mpf(z) / root)),
            "silu.y": z * s,
        }
        for name, exact in exactly.items():
            if abs(exact) > mpmath.mpf("1e-300"):
                assert close(steps[name].array, exact), (z, name)


@pytest.mark.parametrize("far", [0, 1, 30, 300, 700, 1000])
def test_log_softmax_of_underflowed_probabilities(far: float) -> None:
    trace = worked(topic="softmax", x=[float(far), 0.0, 0.5], stable=True, log=True)
    with mpmath.workdps(900):
        Z = mpmath.exp(far) + 1 + mpmath.exp(mpmath.mpf(0.5))
        for got, x in zip(trace["log_s"].array.tolist(), (far, 0, 0.5), strict=True):
            exact = mpmath.mpf(x) - mpmath.log(Z)
            assert close(got, exact) or abs(exact) < mpmath.mpf("1e-300")


@pytest.mark.parametrize(("text", "value"), [
    ("0.1+0.2-0.3", 0.0), ("sqrt(2)^2 - 2", 0.0), ("sin(pi)", 0.0), ("ln(exp(3)) - 3", 0.0), ("1/3+1/3+1/3-1", 0.0),
    ("cos(pi/2)", 0.0), ("0.1*3 - 0.3", 0.0), ("1e300*1e-300 - 1", 0.0), ("tanh(60) - 1", -1.5335296147444e-52),
])  # fmt: skip
def test_a_number_that_is_typed_as_an_expression(text: str, value: float) -> None:
    from nncalc import loads

    problem = loads(f"topic: softmax\nx: [1, {text}]\n")
    assert problem.values["x"][1] == pytest.approx(value, rel=1e-6, abs=0)


def test_a_root_is_carried_with_its_digits() -> None:
    trace = solve(loads("topic: backprop\nexpr: x*x - y\nat: {x: sqrt(2), y: 2}\n"))
    assert float(trace["f"].array) == 0


def test_large_arrays_are_left_to_floats(monkeypatch: pytest.MonkeyPatch) -> None:
    from nncalc.trace.rules import precise

    monkeypatch.setattr(precise._Desk, "work", lambda *_: pytest.fail("decimals"))
    x = np.full((20, 20), 0.1)
    worked(topic="norm", kind="batch", x=x.tolist(), eps=1e-5)


def test_what_is_made_from_large_arrays_is_taken_as_its_float() -> None:
    from nncalc.trace.work import Work

    work = Work()
    x = work.given("x", np.full(1000, 0.1))
    mean = work.let("mean", x.mean())
    rest = work.let("rest", mean - 0.1)
    assert float(rest.array) == 0 and mean.precise is not None and x.precise is None


def test_what_is_0_by_an_identity_is_0_on_the_page() -> None:
    """sinh is worked from exp, so its derivative cancels only in the digits that both are worked in."""
    from nncalc.trace.notation.evaluation import evaluate

    trace = solve(loads("topic: backprop\nexpr: exp(x) - exp(-x) - 2*sinh(x)\nat: {x: 0.7}\n"))
    step = trace["df/dx"]
    assert float(step.array) == evaluate(step.element(())) == 0


def inverted(matrix: list[list[F]]) -> list[list[F]]:
    """By Gauss and Jordan, in fractions."""
    size = len(matrix)
    rows = [[*row, *(F(int(i == j)) for j in range(size))] for i, row in enumerate(matrix)]
    for i in range(size):
        pivot = next(r for r in range(i, size) if rows[r][i])
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [n / rows[i][i] for n in rows[i]]
        rows = [rows[i] if r == i else [a - row[i] * b for a, b in zip(row, rows[i], strict=True)]
                for r, row in enumerate(rows)]  # fmt: skip
    return [row[size:] for row in rows]


def test_the_residual_of_what_an_inverse_solves_is_0_and_so_is_what_cancels_in_it() -> None:
    chance = Random(11)
    for _ in range(CASES):
        size = chance.choice([2, 3])
        X = [[decimal(chance, 1, 6) for _ in range(size)] for _ in range(size)]
        try:
            truth = inverted([[F(x) for x in row] for row in X])
        except StopIteration:  # there is none
            continue
        trace = worked(topic="formulas", given={"X": [[float(x) for x in row] for row in X], "y": [1, 0, 3][:size]},
                       formulas="B = inv(X)\nw = B·y\nr = X·w - y\nE = exp(X)\nd = max(E) - max(E)")  # fmt: skip
        assert np.all(trace["r"].array == 0) and trace["d"].array == 0
        for found, row in zip(trace["B"].array.tolist(), truth, strict=True):
            assert found == [pytest.approx(float(n), rel=1e-14, abs=0) for n in row]


@pytest.mark.parametrize("k", ["0.1", "0.05", "2", "3.5"])
def test_what_was_compared_is_itself(k: str) -> None:
    trace = worked(topic="formulas", given={"k": float(k)}, formulas="r = max(exp(k), 1) - exp(k)")
    assert trace["r"].array == 0


def test_least_squares_through_as_many_points_leaves_nothing() -> None:
    """Three different rows of F (XOR by two radial functions), three weights: each target is met exactly."""
    lines = "F = exp(X)\nA = Fᵀ·F\nB = inv(A)\nw = B·(Fᵀ·y)\nr = F·w - y"
    given = {"X": [[0, -2, 0], [0, -1, -1], [0, -1, -1], [0, 0, -2]], "y": [0, 1, 1, 0]}
    trace = worked(topic="formulas", given=given, formulas=lines)
    assert trace["r"].array.tolist() == [0, 0, 0, 0]
    half = 1 / (1 - np.exp(-1)) ** 2  # from the three equations, by hand
    assert np.allclose(trace["w"].array, [half * (1 + np.exp(-2)), -half, -half], rtol=1e-14)


def test_a_matrix_that_has_no_inverse_has_none_of_irrational_numbers_either() -> None:
    with pytest.raises(InputError, match=r"B.1,1. = .* is not a finite number"):
        worked(topic="formulas", given={"X": [[1, 2], [2, 3]]}, formulas="A = exp(X)\nB = inv(A)")
