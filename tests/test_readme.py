"""The README is true: its problem files and commands run, and print what stands there."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parent.parent / "README.md").read_text()
COMMANDS = re.findall(r"```console\n\$ (.*?)\n(.*?)\n```", README, re.DOTALL)
GRID, NET, CNN, ADALINE, CELL, MINE = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "grid.yaml").write_text(GRID)
    (tmp_path / "net.yaml").write_text(NET)
    (tmp_path / "cnn.yaml").write_text(CNN)
    (tmp_path / "adaline.yaml").write_text(ADALINE)
    (tmp_path / "cell.yaml").write_text(CELL)
    (tmp_path / "mine.answers.yaml").write_text(MINE)
    return tmp_path


def run(folder: Path, *words: str) -> str:
    done = subprocess.run([sys.executable, "-m", *words], cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize(("command", "printed"), COMMANDS, ids=[c for c, _ in COMMANDS])
def test_commands_print_what_stands_there(folder: Path, command: str, printed: str) -> None:
    assert run(folder, *shlex.split(command)).rstrip() == printed


def test_the_python_lines_run(folder: Path) -> None:
    lines = next(block for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "import nncalc" in block)
    done = subprocess.run([sys.executable, "-c", lines + "\nprint(trace['Y'].array[0, 0])"], cwd=folder,
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert done.stdout.splitlines()[-1] == "-7.0"


def test_the_topic_of_the_readme_works_as_it_stands() -> None:
    """The example kernel gets formulas and gradients from its few lines."""
    from typing import Any

    import numpy as np

    from nncalc.extend import Work
    from nncalc.topics.parts.fields import fields_of

    source = next(block for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "def neuron" in block)
    space: dict[str, Any] = {}
    exec(source, space)
    neuron = space["neuron"]
    assert [f.name for f in fields_of(neuron)] == ["x", "w", "b"]
    work = Work()
    answer = neuron(work, work.given("x", [1.0, -2.0]), work.given("w", [0.5, 0.25]), 0.5)
    a = 1 / (1 + np.exp(-0.5))
    np.testing.assert_allclose(answer["a"].array, a)
    np.testing.assert_allclose(answer["da/dw"].array, a * (1 - a) * np.array([1.0, -2.0]))
