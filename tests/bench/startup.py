"""What a call costs beside the packages that it needs: processes in pairs, taking turns, each ratio within its pair.

python tests/bench/startup.py [PAIRS]      (medians of ratios; a goal is the most that one may be)

The bare imports run as anybody's would, with as many threads of BLAS as it likes. `one thread` gives them one, too, as
nncalc takes: what is left is what nncalc itself costs.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PAIRS = 31
IMPORTS, TYPER = "import typer, numpy, yaml", "import typer"
GOALS = {
    "softmax -i p.yaml --format json": (IMPORTS, 1.15),
    "--help": (TYPER, 1.0),
    "check p.yaml a.yaml": (IMPORTS, 1.4),
    "conv grid.yaml": (IMPORTS, 1.2),
    "softmax --help": (IMPORTS, 1.0),
}
ONE_THREAD = ("softmax -i p.yaml --format json", "check p.yaml a.yaml")
FILES = {
    "p.yaml": "topic: softmax\nx: [2, 1, 0.1]\n",
    "a.yaml": "s: [0.659, 0.242, 0.099]\n",
    "grid.yaml": "topic: conv\nimage: [[2, 3, 7, 4, 6], [6, 6, 9, 8, 7], [3, 4, 8, 3, 8], [7, 8, 3, 6, 6], [4, 2, 1, 8, 3]]\n"
    "filter: [[1, -1], [0, -1]]\nstride: 2\npad: 1\n",
}
# Not measured: how a machine tunes OpenBLAS, and Python that compiles everything anew in each call.
LEFT_OUT = (
    "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE",
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "PYTHONDONTWRITEBYTECODE",
)


def lasts(words: list[str], folder: str, environment: dict[str, str]) -> float:
    """Seconds from its start until a process has ended; what it prints goes into a pipe."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *words], cwd=folder, env=environment, capture_output=True, check=True)
    return time.perf_counter() - start


def compare(line: str, pairs: int, folder: str, environment: dict[str, str], note: str = "") -> None:
    """The median ratio of a call to its bare imports."""
    imports, goal = GOALS[line]
    call, bare = ["-m", "nncalc", *line.split()], ["-c", imports]
    times: list[tuple[float, float]] = []
    for i in range(pairs + 1):  # the first fills caches, and is left out
        early = lasts(call, folder, environment) if i % 2 else None
        theirs = lasts(bare, folder, environment)
        times.append((lasts(call, folder, environment) if early is None else early, theirs))
    ours, base = (statistics.median(t) * 1e3 for t in zip(*times[1:], strict=True))
    ratio = statistics.median(a / b for a, b in times[1:])
    print(f"{f'nncalc {line}{note}':52} {ours:6.1f} ms / {base:6.1f} ms = {ratio:.2f}   (goal: {goal})", flush=True)


def main(pairs: int = PAIRS) -> None:
    """Prints a ratio for each kind of call."""
    environment = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    with tempfile.TemporaryDirectory() as folder:
        for name, text in FILES.items():
            Path(folder, name).write_text(text)
        for line in GOALS:
            compare(line, pairs, folder, environment)
        for line in ONE_THREAD:
            compare(line, pairs, folder, {**environment, "OPENBLAS_NUM_THREADS": "1"}, ", one thread")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else PAIRS)
