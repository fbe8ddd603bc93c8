"""Pages in a pipe: rich is not loaded, and nothing that a file makes large costs more than its share."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import run
from rich.cells import cell_len

from nncalc.errors import InputError
from nncalc.marking.homework import Homework
from nncalc.problem import plainly
from nncalc.problem.problem import loads
from nncalc.render.layout import View
from nncalc.render.marks import MARKS_FORMATS
from nncalc.render.paper import WIDEST, Grid, Paper, Text, width_of
from nncalc.render.working import render
from nncalc.running import solve
from nncalc.trace.notation import writing
from nncalc.trace.rules import rearranging

sys.path.insert(0, str(Path(__file__).parent / "bench"))
import growth

ROOT = Path(__file__).parent.parent


def written(grid: Grid, **view: object) -> list[str]:
    out = io.StringIO()
    Paper(View(**view), out).say(grid)  # type: ignore[arg-type]  # as they are named
    return out.getvalue().splitlines()


@pytest.mark.parametrize(
    "words",
    [
        ("solve", "problems/13-conv-vertical-edges.yaml", "--detail", "full"),
        ("solve", "problems/15-convnet-shapes.yaml", "--color", "always"),
        ("check", "problems/02-softmax.yaml", "problems/02-softmax.answers.yaml"),
        ("check", "tests/golden/given/keys"),
        ("batch", "problems/networks"),
    ],
    ids=" ".join,
)
def test_what_no_terminal_shows_loads_no_rich(words: Sequence[str]) -> None:
    code = f"import sys\nfrom nncalc.cli.main import guarded\nguarded({[*words]})\n" \
           "print([m for m in sys.modules if m.partition('.')[0] == 'rich'])"  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]" and len(done.stdout.splitlines()) > 3


def test_colour_in_a_pipe_is_the_same_text_between_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for name in ("13-conv-vertical-edges", "10-graph-sigmoid-neuron", "15-convnet-shapes"):
        plain = run("solve", f"problems/{name}.yaml").out
        coloured = run("solve", f"problems/{name}.yaml", "--color", "always").out
        assert "\x1b[1;35m" in coloured
        uncoloured = "".join(part.partition("m")[2] if i else part for i, part in enumerate(coloured.split("\x1b[")))
        assert [line.rstrip() for line in uncoloured.splitlines()] == plain.splitlines()


def test_a_text_takes_as_many_columns_as_rich_says() -> None:
    for text in ("abc", "∂L/∂W₁ = −½·σ′(z)", "日本", "e\u0301", "ｘ", "한국어", "a\u200bb", "हिन्दी", "♥", "𝒙"):
        assert width_of(text) == cell_len(text), text


def test_one_long_cell_does_not_move_the_others() -> None:
    """The blanks of a column stay few where a single cell is long; cells that are all long stay in line."""
    long = "x" * (5 * WIDEST)
    rows = [(Text("a" * (i % 3)), Text("1")) for i in range(50)]
    assert written(Grid(1, rows=[*rows, (Text(long), Text("2"))])) == [
        *written(Grid(1, rows=[*rows])),
        f"{long} 2",
    ]
    both = written(Grid(1, rows=[(Text(long), Text("1")), (Text(long + long), Text("2"))]))
    assert both == [f"{long} {' ' * len(long)}1", f"{long}{long} 2"]


def test_the_page_of_many_nodes_is_as_long_as_its_formulas() -> None:
    """x goes into every node, so that its gradient is a sum of all: no other line is filled up to that."""
    sizes = []
    for count in (200, 800):
        out = io.StringIO()
        render([solve(loads(growth.nodes(count)))], View(), out)
        sizes.append(out.tell() / count)
    assert sizes[1] < 1.2 * sizes[0] < 1200


def counted(monkeypatch: pytest.MonkeyPatch, home: Any, name: str) -> list[Any]:
    """What a function is called with from now on."""
    calls: list[Any] = []
    function = getattr(home, name)
    monkeypatch.setattr(home, name, lambda *given: calls.append(given) or function(*given))
    return calls


@pytest.mark.parametrize("quantity", ["steps", "gates"])
def test_a_cell_of_a_long_sequence_asks_what_it_is_made_from(monkeypatch: pytest.MonkeyPatch, quantity: str) -> None:
    """Counted, not timed: how many operands and places the formulas of a page look at, for each time step."""
    looked = counted(monkeypatch, writing.Operand, "__init__"), counted(monkeypatch, rearranging, "place_in")
    each = []
    for count in (10, 40):
        trace = solve(loads(growth.PROBLEMS[quantity](count)))
        before = [*map(len, looked)]
        render([trace], View(detail="full"), io.StringIO())
        each.append([(len(calls) - start) / count for calls, start in zip(looked, before, strict=True)])
    assert min(each[0]) > 1 and all(late < 1.2 * early for early, late in zip(*each, strict=True))


def test_the_arrays_of_many_layers_are_read_in_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    looked, slot = [], plainly._Slot
    loose = slot.is_loose.fget
    monkeypatch.setattr(slot, "is_loose", property(lambda self: looked.append(1) or loose(self)))
    each = []
    for count in (10, 80):
        before = len(looked)
        loads(growth.layers(count))
        each.append((len(looked) - before) / count)
    assert 1 < each[1] < 1.2 * each[0]


@pytest.mark.parametrize("format", MARKS_FORMATS)
def test_a_class_is_looked_through_once_not_for_every_sheet(monkeypatch: pytest.MonkeyPatch, format: str) -> None:
    looked: list[str] = []
    for name in ("problems", "students"):
        asked = getattr(Homework, name).fget
        looking = lambda self, name=name, asked=asked: looked.append(name) or asked(self)  # noqa: E731
        monkeypatch.setattr(Homework, name, property(looking))
    each = []
    for count in (20, 60):
        before = len(looked)
        growth.marked(count, format)
        each.append(len(looked) - before)
    assert each[0] == each[1]


def test_every_growth_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    growth.main(["--most", "30"])
    said = capsys.readouterr().out
    assert said.count("exponents: worked") == len(growth.QUANTITIES) - 1 and "of what rich takes" in said
    assert not np.isnan(growth.exponent([1, 10], [2, 20])) and growth.exponent([1, 10], [2, 20]) == pytest.approx(1)


def test_the_flow_through_many_steps_is_a_product_step_by_step() -> None:
    """Written as one formula a cell of 29 Jacobians would have 2^28 terms."""
    rng = np.random.default_rng(3)
    x, W, U = rng.normal(size=(30, 2)), rng.normal(size=(2, 2)), rng.normal(size=(2, 2)) * 0.5
    page = solve(loads({"topic": "rnn", "x": x, "W_xh": W, "W_hh": U, "gradient_flow": True}))
    h, flow = np.zeros(2), np.eye(2)
    for t, row in enumerate(x):
        h = np.tanh(W @ row + U @ h)
        flow = np.diag(1 - h * h) @ U @ flow if t else flow
    np.testing.assert_allclose(page.answer["flow"], flow, rtol=1e-9, atol=1e-300)
    assert [s.name for s in page.steps if s.name.startswith("flow")] == [
        *(f"flow_{t}" for t in range(29, 2, -1)),
        "flow",
    ]
    out = io.StringIO()
    render([page], View(), out, "json")
    assert len(out.getvalue()) < 500_000


def test_a_formula_whose_cells_nobody_could_write_is_refused() -> None:
    given = {"topic": "formulas", "given": {"W": [[0.5, 0.2], [0.1, 0.3]], "x": [1, 2]}}
    assert solve(loads({**given, "formulas": f"y = {'·'.join('W' * 8)}·x"})).answer
    with pytest.raises(InputError, match="y: one cell would be a sum of more than 4096 products"):
        solve(loads({**given, "formulas": f"y = {'·'.join('W' * 40)}·x"}))
    wide = {"A": np.ones((70, 70)), "B": np.ones((70, 70)), "x": np.ones(70)}
    assert solve(loads({**given, "given": wide, "formulas": "y = A·B·x"})).answer
