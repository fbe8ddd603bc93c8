"""What a network of any layers costs beside its kernels run one by one, traced, forward and backward.

Prints the ratio of medians, both worked in turn in one run: `python tests/bench/networks.py [pairs]`.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import nncalc
from nncalc.problem.problem import Problem
from nncalc.running import run


def problems(side: int = 28) -> tuple[Problem, list[Problem]]:
    """A convolutional network of one image, and each of its layers as a problem of its own."""
    rng = np.random.default_rng(0)
    image, K, b = rng.normal(size=(side, side)), rng.normal(size=(4, 3, 3)), rng.normal(size=4)
    half = (side - 2) // 2
    W, c = rng.normal(size=(10, 4 * half * half)) / half, rng.normal(size=10)
    layers: list[Any] = [{"conv": {"filter": K, "bias": b}}, "relu", {"max_pool": 2}, "flatten",
                         {"dense": {"W": W, "b": c}}, "softmax"]  # fmt: skip
    whole = nncalc.loads({"topic": "network", "x": image, "layers": layers, "target": 3, "loss": "cross_entropy"})
    Y = run(whole)
    given = {name: np.asarray(Y[name].array) for name in ("conv1.Y", "relu2.y", "max_pool3.Y", "flatten4.y")}
    slopes = {name: np.asarray(Y[name].array) for name in ("conv1.dL/dY", "relu2.dL/dy", "max_pool3.dL/dY")}
    apart: list[dict[str, Any]] = [
        {"topic": "conv", "image": image, "filter": K, "bias": b, "upstream": slopes["conv1.dL/dY"]},
        {"topic": "activation", "x": given["conv1.Y"].reshape(-1), "function": "relu"},
        {"topic": "pool", "image": given["relu2.y"], "window": 2, "upstream": slopes["max_pool3.dL/dY"]},
        {"topic": "backprop", "x": given["flatten4.y"], "layers": [{"W": W, "b": c, "activation": "softmax"}],
         "target": 3, "loss": "cross_entropy"},
    ]  # fmt: skip
    return whole, [nncalc.loads(one) for one in apart]


def seconds(work: Callable[[], Any]) -> float:
    """How long it takes, of this process alone."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main(pairs: int = 60, side: int = 28) -> None:
    """Prints what both take and their ratio."""
    whole, apart = problems(side)
    both: list[tuple[float, float]] = []
    for _ in range(pairs + 1):  # the first pair warms up
        both.append((seconds(lambda: run(whole)), seconds(lambda: [run(one) for one in apart])))
    network, kernels = (statistics.median(column) for column in zip(*both[1:], strict=True))
    print(f"{side} x {side}, {pairs} pairs: network {network * 1e3:.2f} ms, kernels apart {kernels * 1e3:.2f} ms, "
          f"ratio {network / kernels:.2f}")  # fmt: skip


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
