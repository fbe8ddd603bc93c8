"""Graphs of numbers, forward and back, against PyTorch's scalar autograd in the same run; and how the time grows.

python tests/bench/graphs.py      (ratios; below 2 is the goal, growth should be linear in the nodes)
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from nncalc.reading.expression import Apply, Number, Tree, Variable
from nncalc.topics.backprop.backprop import nodes
from nncalc.trace.work import Work

torch.set_num_threads(1)


def chain(x: Any, y: Any, count: int, sine: Callable[[Any], Any]) -> Any:
    """A graph of `count` operations in which every node uses the one before."""
    z = x
    for _ in range(count // 4):
        z = sine(z * y + x) + z * 0.5
    return z


def nncalc(count: int) -> float:
    work = Work()
    start = time.perf_counter()
    x, y = work.given("x", 0.3), work.given("y", 0.7)
    work.backward(work.let("f", chain(x, y, count, np.sin)), [x, y])
    return time.perf_counter() - start


def pytorch(count: int) -> float:
    start = time.perf_counter()
    x, y = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (0.3, 0.7))
    chain(x, y, count, torch.sin).backward()
    return time.perf_counter() - start


def named(count: int) -> float:
    """A graph whose every node has a name, each edge's local derivative a step, as `backprop` works it."""
    tree: dict[str, Tree] = {}
    before = "x"
    for i in range(count // 3):
        product = Apply("multiply", (Variable(before, 1), Variable("y", 1)), 1)
        tree[before := f"n{i}"] = Apply("sin", (Apply("add", (product, Number(0.5, 1)), 1),), 1)
    start = time.perf_counter()
    nodes(Work(), tree, {"x": 0.3, "y": 0.7})
    return time.perf_counter() - start


def main() -> None:
    for run in (nncalc, pytorch):
        run(1000)
    print(f"{'operations':>10}  {'nncalc':>9}  {'PyTorch':>9}  ratio  us an operation")
    for count in (12_500, 25_000, 50_000, 100_000, 200_000):
        pairs = [(nncalc(count), pytorch(count)) for _ in range(5)]
        ours, theirs = (statistics.median(p) for p in zip(*pairs, strict=True))
        ratio = statistics.median(a / b for a, b in pairs)
        print(f"{count:10}  {ours:7.3f} s  {theirs:7.3f} s  {ratio:5.2f}  {ours / count * 1e6:.2f}", flush=True)
    print("every node named, every edge a step:")
    for count in (12_500, 25_000, 50_000, 100_000):
        seconds = named(count)
        print(f"{count:10}  {seconds:7.3f} s         {seconds / count * 1e6:.2f} us an operation", flush=True)


if __name__ == "__main__":
    main()
