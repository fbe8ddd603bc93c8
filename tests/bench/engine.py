"""What recording costs: the same kernels traced and on bare arrays, in one run, as ratios.

python tests/bench/engine.py        (one thread; medians of alternating runs, since machines are noisy)
python tests/bench/engine.py tiny   (once, and small: whether it runs)
"""

from __future__ import annotations

import os

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from nncalc.topics.conv import conv
from nncalc.topics.lstm import FORMS
from nncalc.topics.parts.fields import filled
from nncalc.topics.parts.time import Upstream
from nncalc.trace.work import BareWork, Work

RUNS, SMALLER = (1, 16) if "tiny" in sys.argv else (7, 1)
lstm = FORMS[0]


def traced(kernel: Callable[..., Any], arrays: dict[str, Any], plain: dict[str, Any]) -> Any:
    work = Work()
    return kernel(work, **filled(kernel, {n: work.given(n, a) for n, a in arrays.items()} | plain))


def compare(name: str, a: Callable[[], Any], b: Callable[[], Any], goal: float) -> None:
    """a's and b's medians over alternating runs, and their ratio."""
    a(), b()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(RUNS):
        for run, kept in zip((a, b), times, strict=True):
            start = time.perf_counter()
            run()
            kept.append(time.perf_counter() - start)
    ratios = [x / y for x, y in zip(*times, strict=True)]
    one, other = (statistics.median(t) * 1e3 for t in times)
    ratio = statistics.median(ratios)
    print(f"{name:42} {one:9.1f} ms / {other:9.1f} ms = {ratio:.3f}   (goal: at most {goal})")


def main() -> None:
    rng = np.random.default_rng(0)
    image = {"image": rng.normal(size=(64 // SMALLER, 56, 56)),
             "filter": rng.normal(size=(64, 64 // SMALLER, 3, 3))}  # fmt: skip
    compare("conv 56x56x64 -> 64, traced / bare", lambda: traced(conv, image, {"pad": 1}),
            lambda: conv(BareWork(), **image, pad=1), 1.05)  # fmt: skip

    n, steps = 512 // SMALLER, 256 // SMALLER
    weights = {f"W_{s}{g}": rng.normal(size=(n, n)) / n**0.5 for g in "ifog" for s in "xh"}
    cell = {"x": rng.normal(size=(steps, n)), **weights, "h_0": np.zeros(n), "c_0": np.zeros(n)}
    up = {"upstream": Upstream(h=rng.normal(size=n))}
    compare("LSTM 512 x 256 steps, traced / bare", lambda: traced(lstm, cell, {}),
            lambda: lstm(BareWork(), **filled(lstm, cell)), 2)  # fmt: skip
    compare(
        "LSTM with backward / forward, both traced", lambda: traced(lstm, cell, up), lambda: traced(lstm, cell, {}), 6
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'peak memory of this process':42} {peak:9.0f} MB   (goal: at most 1024)")


if __name__ == "__main__":
    main()
