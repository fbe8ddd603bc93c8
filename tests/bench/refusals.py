"""How long a refusal takes, start-up included: every hostile file of the tests, as a process of its own.

python tests/bench/refusals.py      (the 50th and 99th percentile, against `python -c pass` in the same run)
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from hostile import CASES

ROUNDS = 3


def lasts(*words: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *words], capture_output=True, check=False)
    return time.perf_counter() - start


def main() -> None:
    bare = sorted(lasts("-c", "pass") for _ in range(21))[10]
    times = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "p.yaml"
        for case in CASES:
            path.write_bytes(case.bad)
            times += [(lasts("-m", "nncalc", "solve", str(path)), case.rule) for _ in range(ROUNDS)]
    times.sort()
    for percent in (50, 99, 100):
        seconds, rule = times[min(len(times) - 1, len(times) * percent // 100)]
        print(f"{percent:3} %: {seconds:.2f} s = {seconds / bare:.0f} x `python -c pass` ({rule})")


if __name__ == "__main__":
    main()
