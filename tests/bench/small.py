"""Small problems of all topics and forms in one process: how many a second, an older version beside this one.

python tests/bench/small.py            (this version: a second, and against a bare loop: bytes, YAML events, NumPy)
python tests/bench/small.py 3c289af    (that commit beside it, in alternating rounds)
python tests/bench/small.py tiny       (few, whether it runs)

Two sets, 10,000 of each: what `nncalc new` prints for each topic and form, and the random problems of the tests,
nearly all of them with a backward pass. The time of the processor is counted.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np
import yaml

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from beside import answer, compared, ratio

COUNT, ROUNDS = (60, 1) if "tiny" in sys.argv else (10_000, 5)


def write(folder: Path) -> None:
    from examples import random_problems

    from nncalc.problem.example import example
    from nncalc.topics import TOPICS, kernels

    forms = {f"{topic}-{k.__name__}": example(topic, k.__name__) for topic in TOPICS for k in kernels(topic)}
    for name, texts in {"new": forms, "random": dict(random_problems(0))}.items():
        (folder / name).mkdir()
        for i, text in enumerate(texts.values()):
            (folder / name / f"{i:04}.yaml").write_text(text, encoding="utf-8")


def work(folder: str) -> float:
    """The seconds for COUNT problems, read from their files each time."""
    from nncalc import InputError, load, solve

    files = sorted(map(str, Path(folder).iterdir()))
    start = time.process_time()
    for i in range(COUNT):
        with suppress(InputError):  # a problem that an older version does not know
            solve(load(files[i % len(files)]))
    return time.process_time() - start


def bare(folder: str) -> float:
    """The same files as bytes, YAML events, an array of each number, one product, one text."""
    files = sorted(Path(folder).iterdir())
    start = time.process_time()
    for i in range(COUNT):
        texts = [
            e.value
            for e in yaml.parse(files[i % len(files)].read_bytes(), yaml.CSafeLoader)
            if isinstance(e, yaml.ScalarEvent)
        ]
        numbers = np.array([float(t) for t in texts if t.replace(".", "").replace("-", "").isdigit()])
        format(float(numbers @ np.exp(numbers / (1 + abs(numbers).max(initial=0)))), ".6f")
    return time.process_time() - start


def main() -> None:
    commits = [*[word for word in sys.argv[1:] if word != "tiny"], ""]
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder))
        for name in ("new", "random"):
            seconds = compared(__file__, commits, ROUNDS, str(Path(folder, name)), *sys.argv[1:])
            rates = ", ".join(
                f"{c or 'here'} {COUNT / min(s):.0f} a second" for c, s in zip(commits, seconds, strict=True)
            )
            older = "".join(
                f"; {ratio(s, seconds[-1]):.2f} times as fast as {c}"
                for c, s in zip(commits[:-1], seconds, strict=False)
            )
            loop = min(bare(str(Path(folder, name))) for _ in range(ROUNDS))
            print(f"{name:7} {rates}{older}; {min(seconds[-1]) / loop:.1f} x a bare loop", flush=True)


if __name__ == "__main__":
    if "--worker" in sys.argv:
        answer(lambda: work(sys.argv[sys.argv.index("--worker") + 1]))
    else:
        main()
