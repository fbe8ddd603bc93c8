"""Two versions of nncalc beside each other: a commit's files in a folder of their own, and a process that stays for each.

The other benches use it; a worker is the bench itself, run with `--worker` by the Python that runs the bench.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def version(commit: str) -> Iterator[Path]:
    """The folder of a commit's files; without a commit these here."""
    if not commit:
        yield ROOT
        return
    with tempfile.TemporaryDirectory() as folder:
        archive = subprocess.run(["git", "archive", commit, "nncalc"], cwd=ROOT, check=True, capture_output=True).stdout
        with tarfile.open(fileobj=BytesIO(archive)) as files:
            files.extractall(folder, filter="data")
        yield Path(folder)


@contextmanager
def worker(script: str, commit: str, *words: str) -> Iterator[Callable[[], float]]:
    """A process of that version that answers each call with the seconds that one round took it."""
    with version(commit) as root:
        process = subprocess.Popen([sys.executable, script, "--worker", *words], env=os.environ | {"PYTHONPATH": str(root)},
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # fmt: skip

        def again() -> float:
            assert process.stdin and process.stdout
            print("", file=process.stdin, flush=True)
            return float(process.stdout.readline())

        try:
            yield again
        finally:
            process.communicate()


def answer(run: Callable[[], float]) -> None:
    """The worker's side: a round for each line that comes in."""
    for _ in sys.stdin:
        print(run(), flush=True)


def compared(script: str, commits: list[str], rounds: int, *words: str) -> list[list[float]]:
    """The seconds of each version's rounds, which alternate; the first round of each is not counted."""
    with ExitStack() as stack:
        workers = [stack.enter_context(worker(script, commit, *words)) for commit in commits]
        seconds = [[again() for again in workers] for _ in range(rounds + 1)][1:]
    return [list(column) for column in zip(*seconds, strict=True)]


def ratio(a: list[float], b: list[float]) -> float:
    """The median of a / b over the rounds."""
    return statistics.median(x / y for x, y in zip(a, b, strict=True))
