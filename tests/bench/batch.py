"""How fast folders of small problems are worked: alone, by two processes, by a cluster, and by one call a file.

python tests/bench/batch.py [FILES]     (ratios of alternating RUNS; Dask where `distributed` is installed)
"""

from __future__ import annotations

import os

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import importlib.util
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from examples import random_problems

RUNS, CALLS = int(os.environ.get("RUNS", "5")), 5
NNCALC = (sys.executable, "-m", "nncalc")


def seconds(*words: str) -> float:
    """The time of a command, which has to succeed."""
    start = time.perf_counter()
    subprocess.run([*NNCALC, *words], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def cluster(folder: str) -> tuple[str, list[subprocess.Popen[bytes]]]:
    """The address of a scheduler on loopback, and its processes: it and two workers."""
    address, begun = "tcp://127.0.0.1:18790", []
    for i, words in enumerate([("scheduler", "--host", "127.0.0.1", "--port", "18790")] + [("worker", address)] * 2):
        alone = ["--no-nanny", "--nthreads", "1", "--local-directory", f"{folder}/w{i}"] if i else []
        command = [sys.executable, "-m", f"distributed.cli.dask_{words[0]}", *words[1:], "--no-dashboard", *alone]
        begun.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    return address, begun


def compare(name: str, one: list[str], other: list[str], goal: str) -> None:
    """The medians of two commands over alternating runs, and the ratio of their times."""
    times = [(seconds(*one), seconds(*other)) for _ in range(RUNS)]
    a, b = (statistics.median(each) for each in zip(*times, strict=True))
    ratio = statistics.median(x / y for x, y in times)
    print(f"{name:42} {a:7.2f} s / {b:7.2f} s = {ratio:.2f}   (goal: {goal})", flush=True)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        hw = Path(folder, "hw")
        hw.mkdir()
        seeds = (text for seed in range(count) for text in random_problems(seed).values())
        for i, text in zip(range(count), seeds, strict=False):
            (hw / f"p{i:06}.yaml").write_text(text)
        batch, two = ["batch", str(hw)], ["batch", str(hw), "--jobs", "2"]
        compare(f"{count} files: one process / two", batch, two, "at least 1.7")
        alone = statistics.median(seconds("solve", str(hw / f"p{i:06}.yaml")) for i in range(CALLS))
        together = seconds(*two) / count
        print(
            f"{'a call a file / two processes, a file':42} {alone * 1e3:6.1f} ms / {together * 1e3:.3f} ms = {alone / together:.0f}   (goal: at least 200)"
        )
        writing = ["--force", "-o", str(Path(folder, "out"))]
        compare("with -o: one process / two", [*batch, *writing], [*two, *writing], "no more than rendering")
        compare("--resume, all known / all done", [*batch, *writing[1:], "--resume"], [*batch, *writing], "far below 1")
        if importlib.util.find_spec("distributed"):
            address, begun = cluster(folder)
            try:
                time.sleep(5)
                compare("Dask, two workers / two processes", [*batch, "--dask", address], two, "at most 1.5")
            finally:
                for process in begun:
                    process.kill()


if __name__ == "__main__":
    main()
