"""Networks of any layers: every gradient against finite differences, values against NumPy, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nncalc.errors import InputError
from nncalc.names import value_of
from nncalc.problem.problem import loads
from nncalc.running import solve
from nncalc.trace.name import StepName

SEEDS = st.integers(0, 2**32 - 1)


def drawn(rng: Any, *shape: int) -> list[Any]:
    numbers: list[Any] = rng.normal(size=shape).tolist()
    return numbers


def layers_of(problem: Any) -> list[Any]:
    """Every record of numbers in a network, those of residual blocks too."""
    found: list[Any] = []
    for entry in problem:
        record = entry[1] if isinstance(entry, tuple) else entry
        found.append(record)
        found += layers_of(getattr(record, "layers", []))
    return found


def arrays_of(problem: Any) -> list[np.ndarray[Any, Any]]:
    """All arrays of a checked network in the order of its layers."""
    return [v for record in layers_of(problem.values["layers"]) for v in vars(record).values() if isinstance(v, np.ndarray)]


def slope_holds(net: dict[str, Any], seed: int = 0, **more: Any) -> Any:
    """Moves all numbers of the layers and x by a random direction; the gradients must say what L does."""
    problem = loads({"topic": "backprop", **net, **more})
    trace = solve(problem)
    rng = np.random.default_rng(seed)
    predicted = 0.0
    moves: list[tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]] = []
    values = {id(v): v for v in arrays_of(problem)}
    if net["layers"][0] != "embedding" and "dL/dx" in trace.answer:
        values[id(problem.values["x"])] = problem.values["x"]
    arrays = list(values.values())
    for name, slope in trace.answer.items():
        by = StepName.parse(name)
        if by.of != "L":
            continue
        owner = trace.given[by.beside(symbols(trace, by))]
        own = [a for a in arrays if a.shape == owner.shape and np.array_equal(a, owner.array)]
        assert own, name
        direction = rng.uniform(0.5, 1.5, owner.shape)
        predicted += float(np.sum(slope * direction))
        moves.append((own[0], direction))
    assert moves

    def loss(d: float) -> float:
        before = [(a, a.copy()) for a, _ in moves]
        for a, direction in moves:
            a += d * direction
        moved = solve(problem)
        up = problem.values.get("upstream")
        out = next(iter(moved.answer.values()))
        L = float(moved.answer["L"]) if up is None else float(np.sum(out * up))
        for a, old in before:
            a[...] = old
        return L

    assert predicted == pytest.approx((loss(1e-6) - loss(-1e-6)) / 2e-6, rel=1e-5, abs=1e-7)
    return trace


def symbols(trace: Any, by: Any) -> str:
    """What a value that is called so in formulas is given as."""
    return next(
        StepName.parse(n).local
        for n, v in trace.given.items()
        if StepName.parse(n).section == by.section and StepName.parse(v.symbol).local == by.by
    )


def cnn(rng: Any, **more: Any) -> dict[str, Any]:
    filters, channels = (int(n) for n in rng.integers(1, 4, 2))
    x = drawn(rng, channels, 6, 7) if channels > 1 else drawn(rng, 6, 7)
    K = drawn(rng, filters, channels, 3, 2) if channels > 1 else drawn(rng, filters, 3, 2)
    size = filters * 2 * 3
    return {
        "x": x,
        "layers": [
            {"conv": {"filter": K, "bias": drawn(rng, filters)}}, str(rng.choice(["relu", "tanh", "gelu"])),
            {str(rng.choice(["max_pool", "avg_pool"])): 2}, {"flatten": {"order": str(rng.choice(["chw", "hwc"]))}},
            {"dense": {"W": drawn(rng, 3, size), "b": drawn(rng, 3)}}, "softmax",
        ],
        "target": int(rng.integers(1, 4)), "loss": "cross_entropy", "rate": 0.1, **more,
    }  # fmt: skip


@settings(max_examples=15)
@given(seed=SEEDS)
def test_a_convolutional_network(seed: int) -> None:
    trace = slope_holds(cnn(np.random.default_rng(seed)), seed)
    s, y = (value_of(trace, name) for name in ("softmax6.s", "target"))
    np.testing.assert_allclose(value_of(trace, "dense5.dL/dz"), s - y, atol=1e-15)
    for name in ("conv1.K", "conv1.b", "dense5.W", "dense5.b"):
        section, local = name.split(".")
        slope = trace.answer[f"{section}.dL/d{local}"]
        np.testing.assert_allclose(trace.answer[f"{name}_new"], value_of(trace, name) - 0.1 * slope)


def test_its_values_are_numpys() -> None:
    rng = np.random.default_rng(5)
    x, K, b = rng.normal(size=(6, 6)), rng.normal(size=(2, 3, 3)), rng.normal(size=2)
    W, c = rng.normal(size=(3, 8)), rng.normal(size=3)
    Y = np.array([[[np.sum(x[i:i + 3, j:j + 3] * K[f]) + b[f] for j in range(4)] for i in range(4)] for f in range(2)])
    P = np.maximum(Y, 0).reshape(2, 2, 2, 2, 2).max(axis=(2, 4))
    z = W @ P.reshape(-1) + c
    s = np.exp(z) / np.exp(z).sum()
    net = {"topic": "backprop", "x": x, "layers": [
        {"conv": {"filter": K, "b": b, "activation": "relu"}}, {"max_pool": 2}, "flatten",
        {"dense": {"W": W, "bias": c, "activation": "softmax"}}], "target": 3, "loss": "cross_entropy"}  # fmt: skip
    trace = solve(net)
    np.testing.assert_allclose(value_of(trace, "max_pool2.Y"), P)
    np.testing.assert_allclose(trace.answer["dense4.a"], s)
    assert trace.answer["L"] == pytest.approx(-np.log(s[2]))
