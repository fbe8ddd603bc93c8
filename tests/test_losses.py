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
LOG_S = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
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
    "logits": ({"kind": "cross_entropy", "logits": True, "prediction": Z, "target": [3, 1]}, -(ONES * LOG_S).sum() / 2),
    "logits, smoothed": ({"kind": "cross_entropy", "logits": True, "prediction": Z, "target": [3, 1], "label_smoothing": 0.2},
                         -((0.8 * ONES + 0.2 / 3) * LOG_S).sum() / 2),
    "logits, weighted": ({"kind": "cross_entropy", "logits": True, "prediction": Z, "target": [3, 1], "class_weights": [1, 2, 4]},
                         -(np.array([1, 2, 4]) * ONES * LOG_S).sum() / 5),
    "logits, ignored": ({"kind": "cross_entropy", "logits": True, "prediction": Z, "target": [3, 1], "ignore_class": 1}, -LOG_S[0, 2]),
    "weighted samples": ({"kind": "mean_squared_error", "prediction": P, "target": Q, "sample_weights": [1, 3]},
                         (np.array([[1], [3]]) * D**2).mean()),
    "weighted mean": ({"kind": "mean_squared_error", "prediction": P, "target": Q, "sample_weights": [1, 3], "reduction": "weighted_mean"},
                      np.average((D**2).mean(axis=1), weights=[1, 3])),
    "weighted mean of halves": ({"kind": "half_squared_error", "prediction": P, "target": Q, "sample_weights": [1, 3], "reduction": "weighted_mean"},
                                np.average((D**2).sum(axis=1) / 2, weights=[1, 3])),
    "weighted mean of classes": ({"kind": "cross_entropy", "prediction": P, "target": [3, 1], "sample_weights": [1, 3],
                                  "class_weights": [1, 2, 4], "reduction": "weighted_mean"},
                                 np.average(-np.log([P[0, 2], P[1, 0]]), weights=[4, 3])),
    "weighted mean of probabilities": ({"kind": "kl", "prediction": P, "target": Q, "sample_weights": [1, 3], "reduction": "weighted_mean"},
                                       (kl(Q[0], P[0]) + 3 * kl(Q[1], P[1])) / 4),
    "weighted list": ({"kind": "binary_cross_entropy", "prediction": P[0], "target": B[0], "sample_weights": [1, 0, 2], "reduction": "weighted_mean"},
                      np.average(binary(P[0], B[0]), weights=[1, 0, 2])),
    "weighted sum": ({"kind": "hinge", "prediction": Z, "target": [3, 1], "sample_weights": [1, 3], "reduction": "sum"},
                     sum(w * sum(max(0, z[j] - z[y] + 1) for j in range(3) if j != y) for z, y, w in zip(Z, (2, 0), (1, 3), strict=True))),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_loss_is_what_plain_numpy_makes_of_it(name: str) -> None:
    fields, expected = CASES[name]
    trace = worked(**fields)
    assert trace.answer["L"] == pytest.approx(float(expected), rel=1e-12)
    by = "dL/dz" if fields.get("logits") else "dL/dp"
    np.testing.assert_allclose(trace[by].array, slope(fields, "prediction"), rtol=1e-5, atol=1e-7)


def test_the_slope_by_scores_is_what_every_textbook_has() -> None:
    trace = worked(kind="cross_entropy", logits=True, prediction=Z, target=[3, 1])
    np.testing.assert_allclose(trace["dL/dz"].array, (np.exp(LOG_S) - ONES) / 2, rtol=1e-12)
    assert "dL/dp" not in {step.name for step in trace.steps}


def focal(p_t: Any, alpha: Any = 1, gamma: float = 2) -> Any:
    return -alpha * (1 - p_t) ** gamma * np.log(p_t)


RIGHT = np.where(B == 1, P, 1 - P)
FOCAL: dict[str, tuple[dict[str, Any], Any]] = {
    "outputs": ({"prediction": P, "target": B}, focal(RIGHT).mean()),
    "factors": ({"prediction": P, "target": B, "alpha": 0.25, "gamma": 1.5},
                focal(RIGHT, np.where(B == 1, 0.25, 0.75), 1.5).mean()),
    "no power": ({"prediction": P, "target": B, "gamma": 0, "reduction": "sum"}, binary(P, B).sum()),
    "scores": ({"prediction": Z, "target": B, "logits": True}, focal(sigma(np.where(B == 1, Z, -Z))).mean()),
    "classes": ({"prediction": P, "target": [3, 1], "alpha": [1, 2, 4]},
                (focal(P[0, 2], 4) + focal(P[1, 0], 1)) / 2),
    "classes from scores": ({"prediction": Z, "target": [2, 0], "first_class": 0, "alpha": 0.5, "logits": True, "reduction": "sum"},
                            focal(np.exp([LOG_S[0, 2], LOG_S[1, 0]]), 0.5).sum()),
    "one": ({"prediction": 0.9, "target": 1, "alpha": 0.25}, 0.25 * 0.01 * -math.log(0.9)),
}  # fmt: skip


@pytest.mark.parametrize("name", FOCAL)
def test_focal(name: str) -> None:
    fields, expected = FOCAL[name]
    fields = {"kind": "focal", **fields}
    trace = worked(**fields)
    assert trace.answer["L"] == pytest.approx(float(expected), rel=1e-12)
    by = "dL/dz" if fields.get("logits") else "dL/dp"
    np.testing.assert_allclose(trace[by].array, slope(fields, "prediction"), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"kind": "focal", "prediction": [0.2, 1.8], "target": [1, 0]}, "prediction[2]: want a probability"),
        ({"kind": "focal", "prediction": [0.2, 0.8], "target": [1, 0.5]}, "target: has other numbers than 0 and 1"),
        ({"kind": "focal", "prediction": [0.2, 0.8], "target": [1, 0], "alpha": [1, 2]}, "alpha: is for targets of 1 and 0"),
        ({"kind": "focal", "prediction": [0.2, 0.8], "target": 1, "alpha": [1, 2, 3]}, "alpha: "),
        ({"kind": "focal", "prediction": [0.2, 0.8], "target": 3}, "target: want a class from 1 to 2, got 3"),
        ({"kind": "kl", "prediction": P, "target": Q, "reduction": "weighted_mean"}, "belongs to a problem with sample_weights"),
        ({"kind": "kl", "prediction": P, "target": Q, "sample_weights": [1, 2, 3]}, "sample_weights: "),
        ({"kind": "squared_error", "prediction": [1, 2], "target": [1, 2], "sample_weights": [1, 2]},
         "sample_weights: are 2, but the samples are 1"),
        ({"kind": "kl", "prediction": P, "target": Q, "logits": True}, "logits: belongs to kind cross_entropy"),
        ({"kind": "contrastive", "similar": [1, 0, 1], "distance": [1, 2]}, "but 3 in similar"),
        ({"kind": "contrastive", "similar": True, "distance": [1, 2]}, "similar: is one number, but the distances are 2"),
        ({"kind": "contrastive", "similar": [1, 3], "distance": [1, 2]}, "similar: has other numbers than 0 and 1"),
        ({"kind": "contrastive", "similar": [1, 1], "distance": [1, 2], "margin": 2}, "margin: belongs to similar that says no"),
        ({"kind": "triplet", "anchor": [[1, 2]] * 2, "positive": [1, 2], "negative": [[1, 2]] * 2}, "positive: is 2, but"),
        ({"kind": "triplet", "anchor": [1, 2], "positive": [1, 2], "negative": [1, 3], "reduction": "sum"},
         "reduction: belongs to anchor of several rows"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_in_a_line(fields: dict[str, Any], told: str) -> None:
    line = refusal(**fields)
    assert told in line and "\n" not in line


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("half", [True, False])
def test_a_batch_of_pairs_is_each_pair_together(reduction: str, half: bool) -> None:
    a, b, similar = RNG.normal(size=(4, 3)), RNG.normal(size=(4, 3)), [1, 0, 1, 0]
    apart = np.sqrt(((a - b) ** 2).sum(axis=1))
    each = np.where(similar, apart**2, np.maximum(0, 2.5 - apart) ** 2) / (2 if half else 1)
    fields = {
        "kind": "contrastive",
        "a": a,
        "b": b,
        "similar": similar,
        "margin": 2.5,
        "half": half,
        "reduction": reduction,
    }
    trace = worked(**fields)
    assert trace.answer["L"] == pytest.approx(getattr(each, reduction)(), rel=1e-12)
    np.testing.assert_allclose(trace["dL/db"].array, slope(fields, "b"), rtol=1e-5, atol=1e-7)
    del fields["a"], fields["b"]
    alone = worked(**fields, distance=apart)
    assert alone.answer["L"] == pytest.approx(getattr(each, reduction)(), rel=1e-12)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("squared", [True, False])
def test_a_batch_of_triplets_is_each_together(reduction: str, squared: bool) -> None:
    a, p, n = RNG.normal(size=(3, 4, 2))
    power = 2 if squared else 1
    each = np.maximum(0, np.linalg.norm(a - p, axis=1) ** power - np.linalg.norm(a - n, axis=1) ** power + 0.8)
    fields = {
        "kind": "triplet",
        "anchor": a,
        "positive": p,
        "negative": n,
        "margin": 0.8,
        "squared": squared,
        "reduction": reduction,
    }
    trace = worked(**fields)
    assert trace.answer["L"] == pytest.approx(getattr(each, reduction)(), rel=1e-12)
    for name, field in (("a", "anchor"), ("p", "positive"), ("n", "negative")):
        np.testing.assert_allclose(trace[f"dL/d{name}"].array, slope(fields, field), rtol=1e-5, atol=1e-7)


def svm(x: Any, W: Any, classes: Any) -> float:
    """Σ over j ≠ y of max(0, s_j − s_y + 1), averaged over the samples (CS231n, Linear classification)."""
    total = 0.0
    for s, y in zip(np.atleast_2d(x @ W.T), np.ravel(classes), strict=True):
        total += sum(max(0.0, s[j] - s[y] + 1) for j in range(len(s)) if j != y)
    return total / len(np.atleast_2d(x))


@pytest.mark.parametrize("topic", ["network", "layered"])
@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("first", [0, 1])
def test_the_hinge_of_classes_in_a_network(topic: str, several: bool, first: int) -> None:
    x = RNG.normal(size=(3, 2)) if several else RNG.normal(size=2)
    W, classes = RNG.normal(size=(3, 2)), np.array([2, 0, 1]) if several else np.array(2)
    layers = [{"W": W.tolist()}] if topic == "network" else [{"dense": {"W": W.tolist()}}]
    given = {"x": x, "layers": layers, "target": (classes + first).tolist(), "loss": "hinge", "first_class": first}
    trace = solve(problem(yaml_of("backprop", **given)))
    assert trace.answer["L"] == pytest.approx(svm(x, W, classes), rel=1e-12)
    by = np.zeros(W.shape)
    for i in np.ndindex(W.shape):
        step = np.zeros(W.shape)
        step[i] = 1e-6
        by[i] = (svm(x, W + step, classes) - svm(x, W - step, classes)) / 2e-6
    np.testing.assert_allclose(trace.answer["dL/dW1" if topic == "network" else "dense1.dL/dW"], by, atol=1e-7)


def test_signs_are_still_the_target_of_a_hinge() -> None:
    layers = [{"W": [[1, 2], [3, -4]]}]
    given: dict[str, Any] = {"x": [1, 0.5], "layers": layers, "loss": "hinge"}
    signs = solve(problem(yaml_of("backprop", **given, target=[-1, 1])))
    assert signs.answer["L"] == (max(0, 1 + 2) + max(0, 1 - 1)) / 2
    for more, told in (({"target": 3}, "target: want a class from 1 to 2, got 3"),
                       ({"target": [-1, 1], "first_class": 0}, "first_class: belongs to a target of classes")):  # fmt: skip
        with pytest.raises(InputError) as error:
            solve(problem(yaml_of("backprop", **given, **more)))
        assert told in str(error.value)


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
