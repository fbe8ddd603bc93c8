"""What comes out: pipes keep every digit, JSON is strict, --explain and --get find their cells, errors write nothing."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from examples import GRID, LSTM, MAZUR, NEURON, problem, random_problems

import nncalc.trace.steps as steps
from nncalc.render.layout import View
from nncalc.render.working import render
from nncalc.running import solve

FILTER = GRID + "filter: [[1, -1], [0, -1]]"


def nncalc(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "nncalc", *words], cwd=folder, capture_output=True, text=True,
                          env={**os.environ, **environment}, check=False)  # fmt: skip


def page(text: str, format: str = "table", **view: Any) -> str:
    out = io.StringIO()
    render([solve(problem(text))], View(**view), out, format)
    return out.getvalue()


def large() -> str:
    rng = np.random.default_rng(5)
    return (
        f"topic: conv\nimage: {rng.normal(size=(13, 13)).round(5).tolist()}\nfilter: [[0.12345, -1], [0.5, -0.98765]]"
    )


@pytest.mark.parametrize(
    "environment", [{"COLUMNS": "80"}, {"COLUMNS": "0"}, {"COLUMNS": "300", "GITHUB_ACTIONS": "true"}]
)
def test_a_pipe_keeps_every_digit_whatever_the_terminal(tmp_path: Path, environment: dict[str, str]) -> None:
    (tmp_path / "large.yaml").write_text(large())
    done = nncalc(tmp_path, "conv", "large.yaml", **environment)
    assert done.returncode == 0 and done.stderr == ""
    Y = solve(problem(large()))["Y"].array
    shown = re.findall(r"^ +Y\[(\d+),(\d+)\] .* = +(-?[\d.]+)$", done.stdout, re.MULTILINE)
    assert len(shown) == 144
    for row, column, value in shown:
        assert float(value) == pytest.approx(Y[int(row) - 1, int(column) - 1], abs=5.1e-7)
    assert "\x1b" not in done.stdout and "…" not in done.stdout and not set("│┃━─┌") & set(done.stdout)
    assert not any(line != line.rstrip() for line in done.stdout.splitlines())


def test_the_issue_example_shows_every_product() -> None:
    text = page(FILTER)
    for line in ("Y[1,1] = 0·1 + 0·(-1) + 0·0 + 2·(-1) = 0 + 0 + 0 - 2 =  -2",
                 "Y[2,2] = 6·1 + 9·(-1) + 4·0 + 8·(-1) = 6 - 9 + 0 - 8 = -11",
                 "Y[3,3] = 6·1 + 6·(-1) + 8·0 + 3·(-1) = 6 - 6 + 0 - 3 =  -3"):  # fmt: skip
        assert line in text


def test_a_terminal_shows_some_cells_of_many_and_says_how_to_see_the_rest() -> None:
    text = page(large(), terminal=True, width=100)
    assert re.search("… 14[0-9] more cells: --detail full", text)
    assert "more cells" not in page(large(), terminal=True, width=100, detail="full")


@pytest.mark.parametrize("width", [80, 140])
@pytest.mark.parametrize("text", [FILTER, LSTM, NEURON, MAZUR, *random_problems(1).values()])
def test_no_line_is_wider_than_the_terminal(text: str, width: int) -> None:
    for line in page(text, terminal=True, width=width).splitlines():
        assert len(line) <= width


def test_colour_only_where_it_is_asked_for() -> None:
    assert "\x1b[" in page(NEURON, color=True)
    assert "\x1b" not in page(NEURON)


@pytest.mark.parametrize("text", [FILTER, LSTM, NEURON, MAZUR, *random_problems(1).values()])
def test_json_is_strict_and_says_what_the_working_says(text: str) -> None:
    trace = solve(problem(text))
    read = json.loads(page(text, "json"), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert read["format"] == 1 and read["topic"] == trace.topic
    assert [s["name"] for s in read["steps"]] == [s.name for s in trace.steps]
    for told, step in zip(read["steps"], trace.steps, strict=True):
        np.testing.assert_array_equal(np.array(told["value"], float), step.array)
        assert told["shape"] == list(step.array.shape) and told["formula"]["text"] and told["formula"]["latex"]
        assert len(told["elements"]) == step.array.size
        assert told["formula"]["latex"].count("{") == told["formula"]["latex"].count("}")


def test_several_problems_are_one_json_document(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(FILTER)
    (tmp_path / "b.yaml").write_text(NEURON)
    read = json.loads(nncalc(tmp_path, "solve", "a.yaml", "b.yaml", "--format", "json").stdout)
    assert [p["topic"] for p in read] == ["conv", "backprop"]


def test_plain_has_one_complete_line_a_cell() -> None:
    lines = page(FILTER, "plain").splitlines()
    assert "Y[3,2] = X_pad[5,3]·K[1,1] + X_pad[5,4]·K[1,2] + X_pad[6,3]·K[2,1] + X_pad[6,4]·K[2,2] = " \
           "8·1 + 3·(-1) + 2·0 + 1·(-1) = 8 - 3 + 0 - 1 = 4" in lines  # fmt: skip


@pytest.mark.parametrize(("words", "printed"), [
    (["--get", "s:1"], "0.6590011388859679\n"), (["--get", "s[2]", "--get", "Z"], "0.2424329707047139\n11.212509\n"),
    (["--get", "s"], "[0.6590011388859679, 0.2424329707047139, 0.09856589040931818]\n"),
    (["--target", "2", "--get", "dx"], "[0.6590011388859679, -0.7575670292952861, 0.09856589040931818]\n"),
])  # fmt: skip
def test_get_is_bare_and_at_full_precision(tmp_path: Path, words: list[str], printed: str) -> None:
    done = nncalc(tmp_path, "softmax", "--x", "2,1,0.1", *words)
    for told, expected in zip(done.stdout.splitlines(), printed.splitlines(), strict=True):
        assert json.loads(told) == pytest.approx(json.loads(expected), rel=1e-6)


def test_explain_goes_all_the_way_down_and_no_further() -> None:
    trace = solve(problem(MAZUR)).explain(("dL/dW1", (0, 1)))
    cells = {s.name: s.cells for s in trace.steps}
    assert cells["dL/dW1"] == ((0, 1),) and cells["dL/dz1"] == ((0,),) and cells["a2"] == ((0,), (1,))
    assert not {"dL/dW2", "dL/dx", "W1_new", "L"} & set(cells)
    assert set(trace.given) >= {"x", "W1", "W2", "target"}


def test_elements_are_only_built_for_what_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    real = steps.expand

    def counting(value: Any, index: Any, *more: Any) -> Any:
        asked.append(index)
        return real(value, index, *more)

    monkeypatch.setattr(steps, "expand", counting)
    trace = solve(problem(large()))
    assert not asked
    out = io.StringIO()
    render([trace], View(terminal=True, width=100), out)
    assert 0 < sum(i is not None and len(i) == 2 for i in asked) <= 4 * 16
    asked.clear()
    render([trace], View(detail="short"), out)
    assert not asked


def test_output_is_replaced_at_once_and_its_ending_chooses_the_format(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(FILTER)
    (tmp_path / "key.json").write_text("old")
    assert nncalc(tmp_path, "solve", "p.yaml", "-o", "key.json").stdout == ""
    assert json.loads((tmp_path / "key.json").read_text())["answer"]["Y"][0] == [-2, -7, -6]
    assert nncalc(tmp_path, "solve", "p.yaml", "-o", "no/such/folder.txt").returncode == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["key.json", "p.yaml"]


def test_devices_are_written_to_and_links_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "aim").write_text("keep")
    (tmp_path / "link").symlink_to("aim")
    assert nncalc(tmp_path, "softmax", "--x", "1,2", "-o", "/dev/null").returncode == 0
    assert Path("/dev/null").is_char_device()
    done = nncalc(tmp_path, "softmax", "--x", "1,2", "-o", "link")
    assert done.returncode == 2 and "is a link" in done.stderr and (tmp_path / "aim").read_text() == "keep"


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="no /dev/full here")
def test_a_full_disk_is_one_line_and_2(tmp_path: Path) -> None:
    for words in (["-o", "/dev/full"], [">", "/dev/full"], [">&-"]):
        command = " ".join([sys.executable, "-m", "nncalc", "softmax", "--x", "1,2", *words])
        done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 2 and "cannot" in done.stderr and "Traceback" not in done.stderr, done


def test_on_paper_shows_value_exact_and_drift_and_says_what_became_zero(tmp_path: Path) -> None:
    done = nncalc(tmp_path, "softmax", "--x", "9,1", "--round", "2")
    assert "s[2] = 2.72/8105.8 = 0.000335562 ≈ 0" in done.stdout
    assert "--sig 3 keeps them" in done.stdout
    assert "became" not in nncalc(tmp_path, "softmax", "--x", "9,1", "--sig", "3").stdout


def test_help_needs_neither_numpy_nor_rich(tmp_path: Path) -> None:
    code = "import sys, nncalc.cli.main as c; sys.argv = ['nncalc', '--help']\ntry: c.main()\nexcept SystemExit: pass\n" \
           "print(any(m in sys.modules for m in ('numpy', 'rich', 'nncalc.marking', 'nncalc.render.layout')))"  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("False") and "softmax" in done.stdout


def test_a_closed_pipe_ends_it_silently(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(large())
    command = f"{sys.executable} -m nncalc solve p.yaml --detail full | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stderr == "" and done.stdout.splitlines()[-1] in ("0", "141")


def test_an_ascii_terminal_gets_signs_it_can_show(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(LSTM)
    done = nncalc(tmp_path, "solve", "p.yaml", PYTHONIOENCODING="ascii")
    assert done.returncode == 0 and "z_i = W_xi*x + W_hi*h_0" in done.stdout and "\\x" not in done.stdout


def test_a_problem_loads_no_marking(tmp_path: Path) -> None:
    (tmp_path / "grid.yaml").write_text(FILTER)
    code = "import sys\nfrom nncalc.cli.main import guarded\nguarded(['conv', 'grid.yaml'])\n" \
           "print([m for m in sys.modules if m.startswith('nncalc.marking')])"  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
