"""The README and the guide are true: their problem files and commands run, and print what stands there."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from nncalc.cli.commands import COMMANDS as OTHER_COMMANDS
from nncalc.cli.commands import command as command_line
from nncalc.problem.guide import PAGES, page
from nncalc.topics import ALSO, TOPICS

README = (Path(__file__).parent.parent / "README.md").read_text()
TEXTS = {"README": README} | {name: page(name) for name in PAGES}
COMMANDS = [(name, *found) for name, text in TEXTS.items()
            for found in re.findall(r"```console\n\$ (.*?)\n(.*?)\n```", text, re.DOTALL)]  # fmt: skip
# The README's two other lines for a shell install nncalc and test it, and are a part of the whole check.
LINES = [(name, line) for name, text in TEXTS.items()
         for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()
         if not line.startswith("python3 -m venv ")]  # fmt: skip


def write_files(text: str, folder: Path) -> None:
    """The problem files of a text, by the name in their first line; the one without is the grid."""
    for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL):
        named = re.match(r"# (\S+\.yaml)\n", block)
        (folder / (named[1] if named else "grid.yaml")).write_text(block)


def run(folder: Path, *words: str) -> str:
    done = subprocess.run([sys.executable, "-m", *words], cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize(("name", "command", "printed"), COMMANDS, ids=[f"{n}: {c}" for n, c, _ in COMMANDS])
def test_commands_print_what_stands_there(tmp_path: Path, name: str, command: str, printed: str) -> None:
    write_files(TEXTS[name], tmp_path)
    assert run(tmp_path, *shlex.split(command)).rstrip() == printed


@pytest.mark.parametrize("name", sorted({name for name, _ in LINES}))
def test_lines_for_a_shell_run_one_after_the_other(tmp_path: Path, name: str) -> None:
    """In the order of the page, since one may use what another has written; a mark that is missing is an answer."""
    write_files(TEXTS[name], tmp_path)
    head = f'set -o pipefail\nnncalc() {{ "{sys.executable}" -m nncalc "$@"; }}\n'
    for line in (line for where, line in LINES if where == name):
        done = subprocess.run(["bash", "-c", head + line], cwd=tmp_path, capture_output=True, text=True, check=False)
        wanted = (0, 1) if "check" in line else (0,)
        assert done.returncode in wanted and done.stderr == "", (line, done)


@pytest.mark.parametrize("name", TEXTS)
def test_commands_in_the_text_are_there_with_their_flags(name: str) -> None:
    """Those with files of the reader's own are not run, but they name commands and flags that there are."""
    whole = command_line()
    prose = re.sub(r"```.*?```", "", TEXTS[name], flags=re.DOTALL)
    for line in re.findall(r"`nncalc ([^`]+)`", prose):
        first, *words = shlex.split(line.partition(" | ")[0])
        if first.startswith("--"):
            assert first in ("--help", "--version", "--install-completion")
            continue
        assert first in {*TOPICS, *ALSO, *OTHER_COMMANDS, "TOPIC"}, line
        if first == "TOPIC":
            continue
        with whole.make_context("nncalc", [first]) as root:
            inner = whole.get_command(root, first).make_context(first, [], parent=root, resilient_parsing=True)
        flags = {flag for param in inner.command.get_params(inner) for flag in param.opts}
        assert flags >= {word for word in words if word.startswith("--")}, line


def test_the_python_lines_run(tmp_path: Path) -> None:
    """By hand: 2 - 3 - 6 = -7 and 3 - 7 - 9 = -13; s = e^x/11.2125, L = -ln s_1; with two places e^x adds to 11.21."""
    printed = {}
    for name in ("README", "library"):
        write_files(TEXTS[name], tmp_path)
        blocks = re.findall(r"```python\n(.*?)```", TEXTS[name], re.DOTALL)
        done = subprocess.run([sys.executable, "-c", "\n".join(blocks)], cwd=tmp_path,
                              capture_output=True, text=True, check=True)  # fmt: skip
        printed[name] = done.stdout
    assert printed["README"].startswith("s = e/Z = [0.65900114, 0.24243297, 0.09856589]\n0.41703")
    assert printed["README"].endswith("= 0.659001\n\nTrue\n")
    assert "[[ -7. -13." in printed["library"] and printed["library"].endswith("[0.66 0.24 0.1 ]\nTrue\n")
    assert (tmp_path / "softmax.txt").read_text().startswith("softmax\n")


def test_every_topic_and_every_page_is_named_where_one_looks() -> None:
    """The list of topics is in the order of a course, as everywhere; the README leads to each page of the guide."""
    assert re.findall(r"^- `(\w+)`:", TEXTS["topics"], re.M) == list(TOPICS)
    assert set(re.findall(r"\*([a-z-]+)\*", README.partition("## Where to go on")[2])) == set(PAGES)


def test_the_topic_that_stands_there_works() -> None:
    """The example kernel gets formulas and gradients from its few lines."""
    from typing import Any

    import numpy as np

    from nncalc.extend import Work
    from nncalc.topics.parts.fields import fields_of

    source = next(
        block for block in re.findall(r"```python\n(.*?)```", TEXTS["extending"], re.DOTALL) if "def neuron" in block
    )
    space: dict[str, Any] = {}
    exec(source, space)
    neuron = space["neuron"]
    assert [f.name for f in fields_of(neuron)] == ["x", "w", "b"]
    work = Work()
    answer = neuron(work, work.given("x", [1.0, -2.0]), work.given("w", [0.5, 0.25]), 0.5)
    a = 1 / (1 + np.exp(-0.5))
    np.testing.assert_allclose(answer["a"].array, a)
    np.testing.assert_allclose(answer["da/dw"].array, a * (1 - a) * np.array([1.0, -2.0]))
