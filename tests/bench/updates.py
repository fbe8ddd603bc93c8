"""How time and memory grow with the number of updates: a small network, an optimizer down an expression, and names.

python tests/bench/updates.py      (each count in a process of its own; 1.1 is the most that an exponent may be, and a
network's update may take 2 ms; 10,000 names at a graph may take 3 s from the command line)
"""

from __future__ import annotations

import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

COUNTS = (1000, 2000, 4000, 10_000)
EXPONENT, MILLISECONDS, SECONDS = 1.1, 2, 3
NETWORK: dict[str, Any] = {
    "topic": "backprop",
    "x": [0.05, 0.10],
    "layers": [
        {"W": [[0.15, 0.20], [0.25, 0.30]], "b": [0.35, 0.35], "activation": "sigmoid"},
        {"W": [[0.40, 0.45], [0.50, 0.55]], "b": [0.60, 0.60], "activation": "sigmoid"},
    ],
    "target": [0.01, 0.99],
    "rate": 0.5,
}
OPTIMIZER: dict[str, Any] = {
    "topic": "optimizer", "expr": "x^2 + 3*y^2", "w": {"x": 5, "y": 1}, "rate": 0.01, "kind": "adam",
}  # fmt: skip
PROBLEMS = {"2-2-2 network": NETWORK, "adam down x^2 + 3*y^2": OPTIMIZER}


def one(name: str, count: int) -> None:
    """Works one problem; prints seconds, megabytes and steps."""
    from nncalc.problem.problem import loads
    from nncalc.running import solve

    solve(loads(PROBLEMS[name] | {"steps": 3}))
    problem = loads(PROBLEMS[name] | {"steps": count})
    held, start = memory(), time.process_time()
    trace = solve(problem)
    print(time.process_time() - start, memory() - held, len(trace.steps))


def memory() -> float:
    """The most that this process has held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(name: str, count: int) -> tuple[float, float, int]:
    words = subprocess.run(
        [sys.executable, __file__, name, str(count)], check=True, capture_output=True, text=True
    ).stdout.split()
    return float(words[0]), float(words[1]), int(words[2])


def exponent(pairs: list[tuple[int, float]]) -> float:
    """The slope of a straight line through the logarithms."""
    xs, ys = ([math.log(p[i]) for p in pairs] for i in (0, 1))
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)


def growth(name: str) -> None:
    print(f"{name}\n{'updates':>8}  {'steps':>8}  {'seconds':>8}  {'ms each':>8}  {'MB':>7}")
    rows = []
    for count in COUNTS:
        seconds, megabytes, steps = measured(name, count)
        rows.append((count, seconds, megabytes))
        print(f"{count:8}  {steps:8}  {seconds:8.2f}  {seconds / count * 1e3:8.3f}  {megabytes:7.1f}", flush=True)
    for what, i in (("time", 1), ("memory", 2)):
        print(f"  exponent of {what}: {exponent([(row[0], row[i]) for row in rows]):.3f}   (goal: at most {EXPONENT})")
    print(f"  an update of {COUNTS[-1]}: {rows[-1][1] / COUNTS[-1] * 1e3:.3f} ms   (goal: at most {MILLISECONDS})")


def names() -> None:
    """`nncalc backprop` of a graph with many names in `at`, the page included."""
    print(f"names in at\n{'names':>8}  {'seconds':>8}")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for count in COUNTS:
            path = Path(folder, f"{count}.yaml")
            at = "".join(f"  a{i}: {i % 7}.5\n" for i in range(count))
            path.write_text(f"topic: backprop\nexpr: a1*a2 + a3\nat:\n{at}")
            before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
            subprocess.run([sys.executable, "-m", "nncalc", "backprop", path], check=True, stdout=subprocess.DEVNULL)
            rows.append((count, resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before))
            print(f"{count:8}  {rows[-1][1]:8.2f}", flush=True)
    print(f"  exponent: {exponent(rows):.3f};  {COUNTS[-1]}: {rows[-1][1]:.2f} s   (goal: at most {SECONDS})")


def main() -> None:
    if len(sys.argv) > 1:
        one(sys.argv[1], int(sys.argv[2]))
        return
    for name in PROBLEMS:
        growth(name)
    names()


if __name__ == "__main__":
    main()
