"""The benches run: each once, so small that its numbers say nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import nncalc

BENCH = Path(__file__).parent / "bench"


@pytest.mark.parametrize("name", ["against_torch", "engine", "reading", "small"])
def test_a_bench_runs(name: str) -> None:
    if name == "against_torch" and find_spec("torch") is None:
        pytest.skip("needs torch")
    path = os.pathsep.join([str(Path(nncalc.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run([sys.executable, BENCH / f"{name}.py", "tiny"], env=os.environ | {"PYTHONPATH": path},
                          capture_output=True, text=True, timeout=300)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "goal" in done.stdout or "a second" in done.stdout
