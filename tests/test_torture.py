"""Disks that fail, processes that are killed: a clean error, the right exit code, and never a part of a file."""

from __future__ import annotations

import errno
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import run

from nncalc.disk.journal import JOURNAL

KILLS = int(os.environ.get("NNCALC_KILLS", "10"))
TOUCHED = ["open", "fdopen", "fstat", "write", "fsync", "link", "replace", "close", "scandir", "mkdir", "lstat"]
PROBLEM = "topic: conv\nimage: [[1, 2], [3, 4]]\nfilter: {file: w.npy}\nexpect: {Y: [[2, 4], [6, 8]]}\n"


class Failing:
    """Makes the n-th file operation fail; counts them all."""

    def __init__(self, at: int, number: int):
        self.at, self.number, self.count = at, number, 0

    def step(self) -> None:
        self.count += 1
        if self.count == self.at:
            raise OSError(self.number, os.strerror(self.number))

    def wrap(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **more: Any) -> Any:
            if function is CLOSE:
                function(*args)  # a failing close has closed
                return self.step()
            self.step()
            result = function(*args, **more)
            return Reading(result, self) if function is FDOPEN else result

        return wrapped


class Reading:
    """A file whose reading may fail."""

    def __init__(self, file: Any, failing: Failing):
        self.file, self.failing = file, failing

    def read(self, *args: Any) -> Any:
        self.failing.step()
        return self.file.read(*args)

    def __enter__(self) -> Reading:
        return self

    def __exit__(self, *_: Any) -> None:
        self.file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


CLOSE, FDOPEN = os.close, os.fdopen


@pytest.fixture
def homework(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "hw" / "deep").mkdir(parents=True)
    for name in ("hw/a.yaml", "hw/deep/b.yaml"):
        (tmp_path / name).write_text(PROBLEM)
        np.save((tmp_path / name).parent / "w.npy", np.array([[2.0]]))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(folder: Path) -> dict[str, bytes]:
    return (
        {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != JOURNAL}
        if folder.exists()
        else {}
    )


COMMANDS = [
    ["solve", "hw/a.yaml"], ["solve", "hw/a.yaml", "-o", "out/one.json"], ["batch", "hw"], ["batch", "hw", "-o", "out"],
    ["batch", "hw", "-o", "out", "--force"],
]  # fmt: skip


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EACCES], ids=errno.errorcode.get)
def test_every_file_operation_fails_once(
    words: list[str], number: int, homework: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (homework / "out").mkdir()
    whole = run(*words)
    assert whole.code == 0
    reference, inputs = files(homework / "out"), files(homework / "hw")
    at = 0
    while True:
        at += 1
        if "--force" not in words:
            for name in reference:
                (homework / "out" / name).unlink(missing_ok=True)
        failing = Failing(at, number)
        with monkeypatch.context() as patch:
            for name in TOUCHED:
                patch.setattr(os, name, failing.wrap(getattr(os, name)))
            done = run(*words)
        if failing.count < at:
            assert done == whole and files(homework / "out") == reference
            break
        assert done.code in ((0, 1, 2) if words[0] == "batch" else (0, 2)), done
        if done.code == 0:  # something that is not needed failed: what came out is whole
            assert done.out == whole.out
        elif done.code == 2:
            assert done.err and done.out == "" and all(line.isprintable() for line in done.err.splitlines())
        else:
            assert "FAILED" in done.out
        left = files(homework / "out")
        assert all(reference.get(name) == data for name, data in left.items()), (at, left.keys())
        assert files(homework / "hw") == inputs
    assert at > 5


FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["nncalc.cli.main", "nncalc.cli.batch", "numpy"])


def batch_of(folder: Path) -> None:
    os.chdir(folder)
    run("batch", "hw", "-o", "out", "--force")


SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


def heard() -> None:
    """Signals do what they usually do, also where the tests run under nohup."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)


def batch(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-m", "nncalc", "batch", "hw", "-o", "out", "--force"], cwd=folder,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heard)  # fmt: skip


@pytest.fixture
def many(homework: Path) -> Iterator[Path]:
    for i in range(30):
        (homework / "hw" / f"p{i}.yaml").write_text(PROBLEM + f"title: number {i}\n")
    yield homework


def test_kills_leave_whole_files_or_none(many: Path) -> None:
    """A fork of a process that has loaded everything: each kill falls into the work, none into the start."""

    def started() -> BaseProcess:
        process = FORKS.Process(target=batch_of, args=(many,))
        process.start()
        return process

    started().join()
    reference = files(many / "out")
    assert len(reference) == 32
    start = time.monotonic()
    started().join()
    lasts = time.monotonic() - start
    chance = random.Random(0)
    cut = 0
    for _ in range(KILLS):
        for name in chance.sample(sorted(reference), len(reference) // 2):
            (many / "out" / name).unlink(missing_ok=True)
        process = started()
        time.sleep(chance.uniform(0, lasts))
        process.kill()
        process.join()
        left = files(many / "out")
        cut += left.keys() != reference.keys()
        for name, data in left.items():
            # A file that was whole and about to replace another may keep its spare name.
            assert data in reference.values() and (name in reference or Path(name).name.startswith(".nncalc-")), name
    assert cut > 0


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_ends_a_batch_with_its_summary(number: int, many: Path) -> None:
    for i in range(30, 3000):
        (many / "hw" / f"p{i}.yaml").write_text(PROBLEM)
    process = batch(many)
    while not (many / "out" / "a.txt").exists() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(number)
    out, err = process.communicate()
    assert process.returncode == -number and err == ""
    assert "0 failed, " in out.splitlines()[-1] and out.splitlines()[-1].endswith("not done: interrupted")
    assert len(out.splitlines()) > 1


def test_an_early_interrupt_is_quiet() -> None:
    for delay in (0.0, 0.02, 0.05, 0.1, 0.2):
        process = subprocess.Popen([sys.executable, "-m", "nncalc", "softmax", "-"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
        time.sleep(0.15 + delay)  # Python itself has started
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
        assert (process.returncode, out, err) == (-signal.SIGINT, b"", b"")
