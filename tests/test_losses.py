"""Losses beyond the usual ones, against plain NumPy, fractions and printed answers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from examples import problem, yaml_of

from nncalc import solve
from nncalc.errors import InputError
from nncalc.trace.steps import Trace


def worked(**fields: Any) -> Trace:
    return solve(problem(yaml_of("loss", **fields)))


def refusal(**fields: Any) -> str:
    with pytest.raises(InputError) as error:
        worked(**fields)
    return str(error.value)


def slope(fields: dict[str, Any], name: str) -> Any:
    """∂L/∂ a given field by finite differences of the page's own L."""
    at = np.asarray(fields[name], float)
    out = np.zeros(at.shape)
    for i in np.ndindex(at.shape):
        ends = []
        for by in (1e-6, -1e-6):
            moved = at.copy()
            moved[i] += by
            ends.append(float(worked(**{**fields, name: moved}).answer["L"]))
        out[i] = (ends[0] - ends[1]) / 2e-6
    return out


RNG = np.random.default_rng(5)
P, Q = RNG.dirichlet(np.ones(3), 2), RNG.dirichlet(np.ones(3), 2)
ONES = np.array([[0, 0, 1], [1, 0, 0]])
B = np.array([[0, 1, 1], [1, 0, 1]])
Z = RNG.normal(size=(2, 3))
LN2 = math.log(2)


def sigma(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def binary(p: Any, t: Any, c: Any = 1) -> Any:
    return -(c * t * np.log(p) + (1 - t) * np.log(1 - p))


def kl(t: Any, p: Any) -> Any:
    return float((t * np.log(t / p)).sum())


M = (P + Q) / 2
D = P - Q
CASES: dict[str, tuple[dict[str, Any], float]] = {
    "bits": ({"kind": "cross_entropy", "prediction": P, "target": Q, "log_base": 2}, -(Q * np.log2(P)).sum() / 2),
    "bits of classes": ({"kind": "cross_entropy", "prediction": P, "target": [3, 1], "log_base": 10},
                        -(ONES * np.log10(P)).sum() / 2),
    "binary bits": ({"kind": "binary_cross_entropy", "prediction": P, "target": B, "log_base": 2}, (binary(P, B) / LN2).mean()),
    "kl in bits": ({"kind": "kl", "prediction": P, "target": Q, "log_base": 2, "reduction": "sum"}, kl(Q, P) / LN2),
    "js": ({"kind": "js", "prediction": P, "target": Q, "reduction": "sum"}, (kl(P, M) + kl(Q, M)) / 2),
    "smoothed": ({"kind": "cross_entropy", "prediction": P, "target": [3, 1], "label_smoothing": 0.1},
                 -((0.9 * ONES + 0.1 / 3) * np.log(P)).sum() / 2),
    "smoothed and ignored": ({"kind": "cross_entropy", "prediction": P, "target": [3, 1], "label_smoothing": 0.1, "ignore_class": 1},
                             -((0.9 * ONES[0] + 0.1 / 3) * np.log(P[0])).sum()),
    "smoothed and weighted": ({"kind": "cross_entropy", "prediction": P, "target": [3, 1], "label_smoothing": 0.3, "class_weights": [1, 2, 4]},
                              -((0.7 * ONES + 0.1) * np.array([1, 2, 4]) * np.log(P)).sum() / 5),
    "smoothed binary": ({"kind": "binary_cross_entropy", "prediction": P, "target": B, "label_smoothing": 0.2},
                        binary(P, 0.8 * B + 0.1).mean()),
    "weighted positives": ({"kind": "binary_cross_entropy", "prediction": P, "target": B, "pos_weight": 3}, binary(P, B, 3).mean()),
    "weighted logits": ({"kind": "binary_cross_entropy_with_logits", "prediction": Z, "target": B, "pos_weight": [1, 2, 3]},
                        binary(sigma(Z), B, np.array([1, 2, 3])).mean()),
    "smooth l1": ({"kind": "smooth_l1", "prediction": P, "target": Q, "delta": 0.3},
                  np.where(abs(D) < 0.3, D**2 / 0.6, abs(D) - 0.15).mean()),
    "dice": ({"kind": "dice", "prediction": P, "target": B}, 1 - 2 * (P * B).sum() / (P.sum() + B.sum())),
    "dice with 1": ({"kind": "dice", "prediction": P, "target": B, "smooth": 1}, 1 - (2 * (P * B).sum() + 1) / (P.sum() + B.sum() + 1)),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_loss_is_what_plain_numpy_makes_of_it(name: str) -> None:
    fields, expected = CASES[name]
    trace = worked(**fields)
    assert trace.answer["L"] == pytest.approx(float(expected), rel=1e-12)
    np.testing.assert_allclose(trace["dL/dp"].array, slope(fields, "prediction"), rtol=1e-5, atol=1e-7)


def test_printed_answers() -> None:
    half = {"kind": "cross_entropy", "prediction": [0.75, 0.25], "target": [0.5, 0.5], "log_base": 2}
    assert worked(**half).answer["L"] == pytest.approx(1.2075, abs=5e-5)
    assert worked(kind="contrastive", a=[1, 2, 3], b=[4, 5, 6], similar=True).answer["L"] == 13.5
    dice = worked(kind="dice", prediction=[1, 1, 1, 0], target=[1, 1, 1, 1])
    assert dice["dice"].array == pytest.approx(6 / 7) and dice.answer["L"] == pytest.approx(1 / 7)
    assert worked(kind="gaussian_kl", mean=1, std=1).answer["L"] == 0.5
    apart = worked(kind="js", prediction=[1, 0], target=[0, 1], log_base=2)
    assert apart.answer["L"] == 1 and "dL/dp" not in apart.answer


@pytest.mark.parametrize("similar", [True, False])
@pytest.mark.parametrize("half", [True, False])
def test_pairs(similar: bool, half: bool) -> None:
    for distance in (0.3, 2.5):
        b = np.array([0.1, 0.2]) + distance * np.array([0.6, 0.8])
        more = {} if similar else {"margin": 1.5}
        expected = (distance if similar else max(0, 1.5 - distance)) ** 2 / (2 if half else 1)
        fields = {"kind": "contrastive", "similar": similar, "half": half, "a": [0.1, 0.2], "b": b, **more}
        trace = worked(**fields)
        assert trace.answer["L"] == pytest.approx(expected)
        np.testing.assert_allclose(trace["dL/db"].array, slope(fields, "b"), rtol=1e-5, atol=1e-7)
        alone = worked(kind="contrastive", similar=similar, half=half, distance=distance, **more)
        assert alone.answer["L"] == pytest.approx(expected)


@pytest.mark.parametrize("squared", [True, False])
def test_triplets(squared: bool) -> None:
    a, p, n = np.array([1.0, 2]), np.array([2.0, 4]), np.array([0.5, 1])
    power = 2 if squared else 1
    fields = {"kind": "triplet", "anchor": a, "positive": p, "negative": n, "margin": 0.2, "squared": squared}
    trace = worked(**fields)
    assert trace.answer["L"] == pytest.approx(np.linalg.norm(a - p) ** power - np.linalg.norm(a - n) ** power + 0.2)
    for name, field in (("a", "anchor"), ("p", "positive"), ("n", "negative")):
        np.testing.assert_allclose(trace[f"dL/d{name}"].array, slope(fields, field), rtol=1e-5, atol=1e-7)
    assert worked(**{**fields, "positive": a}).answer["L"] == 0 if squared else True


@pytest.mark.parametrize("spread", ["std", "variance", "log_variance"])
@pytest.mark.parametrize("prior", [(0, 1), (0.3, 2)])
def test_normal_distributions(spread: str, prior: tuple[float, float]) -> None:
    mu, std = np.array([1.0, -0.4]), np.array([0.7, 1.9])
    given = {"std": std, "variance": std**2, "log_variance": 2 * np.log(std)}[spread]
    fields = {"kind": "gaussian_kl", "mean": mu, spread: given}
    fields |= {} if prior == (0, 1) else {"prior_mean": prior[0], "prior_std": prior[1]}
    var = prior[1] ** 2
    expected = 0.5 * ((std**2 + (mu - prior[0]) ** 2) / var - 1 - np.log(std**2 / var)).sum()
    trace = worked(**fields)
    assert trace.answer["L"] == pytest.approx(expected)
    for name, field in (("mean", "mean"), (spread, spread)):
        symbol = "mu" if name == "mean" else name
        np.testing.assert_allclose(trace[f"dL/d{symbol}"].array, slope(fields, field), rtol=1e-5, atol=1e-7)


def test_what_belongs_elsewhere_is_refused() -> None:
    pair: dict[str, Any] = {"prediction": [0.5, 0.5], "target": [1, 0]}
    for kind, field, given in (
        ("hinge", "log_base", 2), ("kl", "label_smoothing", 0.1), ("cross_entropy", "pos_weight", 2),
        ("dice", "reduction", "mean"), ("kl", "smooth", 1), ("js", "delta", 1),
    ):  # fmt: skip
        assert f"{field}: belongs to kind" in refusal(kind=kind, **pair, **{field: given})
    assert "distance: is missing" in refusal(kind="contrastive", similar=True)
    assert "std: is missing" in refusal(kind="gaussian_kl", mean=1)
    assert "std: is 1: its 'unit' is 1, but 2 in mean" in refusal(kind="gaussian_kl", mean=[1, 2], std=[1])


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "contrastive", "similar": True, "a": [1, 2], "b": [1, 2]},
        {"kind": "contrastive", "similar": False, "a": [1, 2], "b": [1, 2]},
        {"kind": "triplet", "anchor": [1, 2], "positive": [1, 2], "negative": [1, 2], "squared": False},
    ],
)
def test_at_distance_0_the_slope_is_0_and_the_page_says_it_once(fields: dict[str, Any]) -> None:
    """As PyTorch differentiates a norm at 0."""
    trace = worked(**fields)
    slopes = [value for name, value in trace.answer.items() if name.startswith("dL/d")]
    assert slopes and all(np.array_equal(s, [0, 0]) for s in slopes)
    assert trace.notes == ["at distance 0 the slope is taken as 0"]


def test_beside_a_distance_of_0_the_other_is_differentiated() -> None:
    trace = worked(kind="triplet", anchor=[1, 2], positive=[1, 2], negative=[4, 6], squared=False, margin=6)
    away = np.array([-3, -4]) / 5  # −∂|a − n|/∂a is −(a − n)/|a − n|
    assert trace.answer["L"] == 1 and np.allclose(trace.answer["dL/da"], -away)
    assert np.allclose(trace.answer["dL/dn"], away) and np.array_equal(trace.answer["dL/dp"], [0, 0])
    far = worked(kind="triplet", anchor=[1, 2], positive=[1, 3], negative=[4, 6], squared=False, margin=6)
    assert not far.notes


SUMS = "probabilities that do not add up to 1: "


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": "cross_entropy", "prediction": [0.7, 0.2, 0.1], "target": [1, 0, 0]}, []),
        ({"kind": "cross_entropy", "prediction": [0.7, 0.9, 0.1], "target": [1, 0, 0]}, [SUMS + "p gives 1.7"]),
        ({"kind": "cross_entropy", "prediction": [0.7, 0.2, 0.1], "target": [1, 0, 1]}, [SUMS + "t gives 2"]),
        ({"kind": "kl", "prediction": [[0.5, 0.5], [0.5, 0.2]], "target": [[0.5, 0.5], [0.9, 0]]},
         [SUMS + "p[2] gives 0.7", SUMS + "t[2] gives 0.9"]),
        # As they are printed: to two decimals, to three, to four; 0.3 of one decimal is off.
        ({"kind": "cross_entropy", "prediction": [0.33, 0.33, 0.33], "target": [1, 0, 0]}, []),
        ({"kind": "js", "prediction": [0.333, 0.333, 0.333], "target": [0.0901, 0.2447, 0.6653]}, []),
        ({"kind": "js", "prediction": [0.333, 0.333, 0.331], "target": [0.5, 0.25, 0.25]}, [SUMS + "p gives 0.997"]),
        ({"kind": "js", "prediction": [0.3, 0.3, 0.3], "target": [0.5, 0.25, 0.25]}, [SUMS + "p gives 0.9"]),
        # Each output for itself, or classes of which one counts for nothing.
        ({"kind": "binary_cross_entropy", "prediction": [0.7, 0.9], "target": [1, 1]}, []),
        ({"kind": "dice", "prediction": [0.7, 0.9], "target": [1, 1]}, []),
        ({"kind": "cross_entropy", "prediction": [[0.5, 0.5], [0.5, 0.5]], "target": [1, -1], "ignore_class": -1}, []),
        ({"kind": "squared_error", "prediction": [7, 9], "target": [1, -1]}, []),
    ],
)  # fmt: skip
def test_probabilities_that_do_not_add_up_are_said(fields: dict[str, Any], said: list[str]) -> None:
    assert worked(**fields).notes == said


@pytest.mark.parametrize(
    ("kind", "prediction", "target", "said"),
    [
        ("cross_entropy", [0.7, -0.1, 0.4], [1, 0, 0], "prediction[2]: want a probability, from 0 to 1, got -0.1"),
        ("cross_entropy", [0.7, 0.3], [2, 0], "target[1]: want a probability, from 0 to 1, got 2"),
        ("binary_cross_entropy", [[0.5], [1.7]], [[1], [0]], "prediction[2,1]: want a probability"),
        ("binary_cross_entropy_with_logits", [0.5, 1.7], [1, -1], "target[2]: want a probability"),
        ("kl", [0.5, 0.5], [1.5, -0.5], "target[1]: want a probability"),
        ("js", [1.5, -0.5], [0.5, 0.5], "prediction[1]: want a probability"),
        ("dice", [255, 0], [1, 0], "prediction[1]: want a probability"),
    ],
)
def test_what_is_no_probability_is_refused(kind: str, prediction: Any, target: Any, said: str) -> None:
    assert said in refusal(kind=kind, prediction=prediction, target=target)


def test_constants_that_have_no_loss_are_named() -> None:
    assert "log_base: want a number above 0 that is not 1, got 1" in refusal(
        kind="kl", prediction=[0.5, 0.5], target=[0.5, 0.5], log_base=1)  # fmt: skip
    assert "std[2]: want a number above 0, got 0" in refusal(kind="gaussian_kl", mean=[0, 0], std=[1, 0])
    assert "pos_weight[1]: want a number of at least 0, got -1" in refusal(
        kind="binary_cross_entropy", prediction=[0.5], target=[1], pos_weight=[-1])  # fmt: skip
