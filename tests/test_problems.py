"""Every file in problems/ solves, and every key in it holds to half a unit of its last written place."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from command import run

from nncalc.batch import solve_file
from nncalc.disk.folder import Found, problem_files
from nncalc.limits import DEFAULT
from nncalc.marking.assignment import Assignment
from nncalc.marking.keys import disagreements
from nncalc.problem.example import commands, example
from nncalc.problem.problem import load
from nncalc.running import solve
from nncalc.topics import TOPICS, kernels

ROOT = Path(__file__).parent.parent / "problems"
FILES = sorted(path for path in ROOT.rglob("*.yaml") if not path.name.endswith(".answers.yaml"))


def nncalc(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "nncalc", *words], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_the_key_holds(path: Path) -> None:
    problem = load(str(path))
    assert problem.expect and problem.title and problem.source
    assert solve_file(Found(str(path))).findings == ()


def test_every_exercise_of_the_notes_has_its_file() -> None:
    assert {int(path.name[:2]) for path in FILES if path.parent == ROOT} == set(range(1, 30))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_any_digit_of_a_key_that_is_changed_is_found(path: Path, tmp_path: Path) -> None:
    """One digit at a time, every digit of the key."""
    before, _, key = path.read_text().partition("expect:\n")
    trace = solve(load(str(path)))
    for match in re.finditer(r"(?<![A-Za-z_\d.])-?[\d.]+(?=[\],\n ])", key):
        line = key[key.rfind("\n", 0, match.start()) + 1 : match.start()]
        if key[match.end() : match.end() + 1] == ":" or "#" in line:
            continue
        for at in range(match.start(), match.end()):
            if not key[at].isdigit() or (key[at] == "0" and match.group() != "0" and at == match.start()):
                continue
            wrong = tmp_path / "p.yaml"
            wrong.write_text(before + "expect:\n" + key[:at] + str((int(key[at]) + 1) % 10) + key[at + 1 :])
            assert disagreements(Assignment(load(str(wrong)), trace)), (match.group(), key[at], at - match.start())


def test_a_batch_names_file_step_and_both_values_and_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "hw"
    (folder / "deep").mkdir(parents=True)
    good = (ROOT / "02-softmax.yaml").read_text()
    (folder / "good.yaml").write_text(good)
    (folder / "deep" / "wrong.yaml").write_text(good.replace("0.242433", "0.242533"))
    (folder / "bad.yaml").write_text("topic: softmax\nx: [1, two]\n")
    (folder / "good.answers.yaml").write_text("s: [1]")
    (folder / ".hidden.yaml").write_text("x")
    done = nncalc(tmp_path, "batch", "hw", "-o", "out")
    assert done.returncode == 1
    assert "hw/deep/wrong.yaml:7:17: expect.s[2]: the key says 0.242533, worked is 0.242432971" in done.stdout
    assert "hw/bad.yaml:2:8: x[2]: want a number, got the text 'two'" in done.stdout
    assert done.stdout.splitlines()[-1] == "1 solved, 2 failed"
    assert sorted(str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").rglob("*.txt")) == [
        "deep/wrong.txt",
        "good.txt",
    ]
    again = nncalc(tmp_path, "batch", "hw", "-o", "out")
    assert again.returncode == 2 and "is there already (--force replaces" in again.stderr
    assert nncalc(tmp_path, "batch", "hw", "-o", "out", "--resume").returncode == 1
    assert nncalc(tmp_path, "batch", "hw", "-o", "out", "--force").returncode == 1


def test_the_folder_of_the_notes_is_all_well() -> None:
    done = nncalc(ROOT.parent, "batch", "problems")
    assert done.returncode == 0 and done.stdout.splitlines()[-1] == f"{len(FILES)} solved, 0 failed"
    assert problem_files(str(ROOT), DEFAULT) == [Found(str(p)) for p in FILES]


@pytest.mark.parametrize(
    "words", [["batch", "none"], ["batch", "."], ["new", "nothing"], ["new", "lstm", "--form", "x"]]
)
def test_wrong_use_is_one_line_and_2(words: list[str], tmp_path: Path) -> None:
    done = nncalc(tmp_path, *words)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


@pytest.mark.parametrize(("topic", "form"), [(t, k.__name__) for t in TOPICS for k in kernels(t)])
def test_every_new_example_solves_as_it_is(topic: str, form: str, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(example(topic, form))
    assert solve_file(Found(str(tmp_path / "p.yaml"))).findings == ()
    assert len(example(topic, form).splitlines()) > 3


@pytest.mark.parametrize("topic", TOPICS)
def test_the_examples_in_the_help_run_as_they_stand(
    topic: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("grid.yaml").write_text("image: [[1, 2, 0], [3, 1, 1], [0, 2, 2]]\nfilter: [[1, -1], [0, 1]]\n")
    shown = re.sub(r"\s+", " ", run(topic, "--help").out)
    for command in commands(topic):
        assert re.sub(r"\s+", " ", command) in shown
        given = b""
        for part in command.split(" | "):
            words = shlex.split(part)
            into = words.index(">") if ">" in words else len(words)
            done = run(*words[1:into], stdin=given)
            assert (words[0], done.code, done.err) == ("nncalc", 0, ""), command
            given = done.out.encode()
        for name in words[into + 1 :]:
            Path(name).write_text(done.out)


def test_an_array_may_come_from_another_command() -> None:
    Y = run("conv", "--image", "1,2,0;3,1,1;0,2,2", "--filter", "[[1, -1], [0, 1]]", "--get", "Y").out.encode()
    assert run("pool", "--image", "-", "--window", "2", "--get", "Y", stdin=Y).out == "[[4.0]]\n"
    done = run("pool", "--image", "-", "--window", "2", stdin=b"[[1, x]]")
    assert (done.code, done.err) == (2, "--image: image[1,2]: want a number, got the text 'x'\n")


def test_a_shell_can_complete_topics_and_fields(tmp_path: Path) -> None:
    def completed(words: str, place: int) -> list[str]:
        given = {"_NNCALC_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(place)}
        done = subprocess.run([sys.executable, "-c", "from nncalc.cli.main import main; main()"], env={**os.environ, **given},
                              capture_output=True, text=True, check=False)  # fmt: skip
        return done.stdout.split()

    assert completed("nncalc so", 1) == ["softmax", "solve"]
    assert completed("nncalc conv --str", 2) == ["--stride"]
