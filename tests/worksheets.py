"""Random sheets of every kind of mistake, and what the page's script says of them beside what `check` says."""

from __future__ import annotations

import json
import math
import random
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from sheets import node
from students import FORMS, TOPICS, Student, decimals, numbers

from nncalc.marking import sheet
from nncalc.marking.assignment import Assignment, ask, lines_of
from nncalc.marking.marks import mark
from nncalc.marking.runs import worked_with
from nncalc.marking.worksheet import WorksheetData
from nncalc.problem.problem import Marking, loads
from nncalc.reading.nodes import ScalarNode
from nncalc.render.page.worksheet import packed_json
from nncalc.trace.rounding import with_cells

SCRIPT = Path(__file__).parents[1] / "nncalc" / "render" / "page" / "verdicts.js"
Texts = dict[str, str]  # by line and cell, Y[2,3]


def formulas(c: random.Random) -> dict[str, Any]:
    """A small network as somebody types it."""
    given = {
        "x": numbers(c, 2),
        "W": numbers(c, 3, 2, most=10),
        "b": numbers(c, 3),
        "v": numbers(c, 3),
        "t": numbers(c),
    }
    text = "z = W·x + b\nh = tanh(z)\ny = v·h\nL = 0.5·(y - t)^2\nW1 = W - 0.1·dL/dW\n"
    return {"topic": "formulas", "given": given, "formulas": text}


def layered(c: random.Random) -> dict[str, Any]:
    """A convolution with relu and pooling before a dense layer, with its gradients."""
    layers = [
        {"conv": {"filter": [numbers(c, 2, 2, most=10)], "bias": [numbers(c)]}}, "relu",
        {"max_pool": 2}, "flatten", {"dense": {"W": numbers(c, 2, 4, most=10), "b": numbers(c, 2)}},
    ]  # fmt: skip
    return {"topic": "backprop", "x": numbers(c, 5, 5), "layers": layers, "target": numbers(c, 2),
            "loss": "half_squared_error", "rate": 0.1}  # fmt: skip


def pooling(c: random.Random) -> dict[str, Any]:
    n = c.choice([4, 6])
    return {"topic": "pool", "image": numbers(c, n, n), "window": 2, "upstream": numbers(c, n // 2, n // 2)}


def graph(c: random.Random) -> dict[str, Any]:
    return {"topic": "formulas", "given": {n: numbers(c) for n in "abc"},
            "formulas": "q = a·b + c\nr = max(q, a)\ns = elu(r - b)\nf = s·q\ng = df/da + df/dq\n"}  # fmt: skip


MORE: dict[str, Callable[[random.Random], dict[str, Any]]] = {
    **TOPICS, "formulas": formulas, "layered": layered, "pooling": pooling, "graph": graph}  # fmt: skip
MARKINGS = (Marking(), Marking(), Marking(places=2), Marking(places=3), Marking(sig=3), Marking(tolerance=0.02))


def exercise(topic: str, chance: random.Random) -> Assignment:
    """A random problem of a topic, asked in one of the ways to ask."""
    from dataclasses import replace

    return ask(replace(loads(MORE[topic](chance)), marking=chance.choice(MARKINGS)))


def random_sheet(asked: Assignment, chance: random.Random) -> Texts:
    """Numbers worked well, rounded, or on from a slip; some of them too short, wrong, or left out."""
    student = Student(asked, chance, chance.random() < 0.4, chance.choice(("rounded", "cut off")), chance.choice(FORMS))
    lines = [name for name in asked.lines if asked.exact[name].size]
    cells = [(name, index) for name in lines for index in np.ndindex(asked.exact[name].shape)]
    slips = {cell: _slip(asked.exact[cell[0]].item(cell[1]), chance) for cell in chance.sample(cells, min(len(cells), chance.choice((0, 1, 1, 2))))}  # fmt: skip

    def settle(name: str, array: Any, as_given: bool) -> Any:
        worked = array if student.all_digits else student.settle(name, array, as_given)
        own = {i: s for (n, i), s in slips.items() if n == name and len(i) == np.ndim(worked)}
        return with_cells(worked, own)

    trace = worked_with(asked, settle) or asked.trace
    there: dict[str, Any] = {**lines_of(trace), **{step.name: step.array for step in trace.steps}}
    texts: Texts = {}
    left_out = set(chance.sample(lines, len(lines) // 4)) if chance.random() < 0.5 else set()
    for name, index in cells:
        if name in left_out or chance.random() < 0.04 or there[name].shape != asked.exact[name].shape:
            continue
        number = np.asarray(there[name]).item(index)
        if not math.isfinite(number) and not math.isinf(number):
            continue
        text = student.writes(slips[name, index] if trace is asked.trace and (name, index) in slips else number)
        if chance.random() < 0.03:
            text = _spoiled(number, asked, chance)
        texts[_key(name, index)] = text
    return texts


def _key(name: str, index: tuple[int, ...]) -> str:
    return name + (f"[{','.join(str(i + 1) for i in index)}]" if index else "")


def _slip(right: Any, chance: random.Random) -> Any:
    if isinstance(right, int):
        return right + chance.choice([-2, -1, 1, 3])
    if not math.isfinite(right):
        return 1.5
    kind = chance.random()
    if kind < 0.25:
        return -right
    if kind < 0.35:
        return 0.0
    return float(
        f"{right + chance.uniform(0.02, 2) * max(abs(right), 0.1) * chance.choice([-1, 1]):.{chance.randint(1, 6)}f}"
    )


def _spoiled(number: Any, asked: Assignment, chance: random.Random) -> str:
    if isinstance(number, int) or not math.isfinite(number):
        return "7"
    few = max(0, decimals(number, asked.problem.marking) - 1)
    return chance.choice(
        [f"{number:.{few}f}", f"{number:.1f}", f"{number + 0.1:.3f}", f"{-number:.3f}", f"{number:.1e}"]
    )


def by_check(asked: Assignment, texts: Texts) -> dict[str, str]:
    """The verdict of `check` for each cell that was written."""
    nodes = {key: ScalarNode(text, False, node(0).mark) for key, text in texts.items()}
    marks = mark(asked, sheet.read(nodes, {}, asked, "sheet"))
    found = {_key(line.name, index): verdict.name for line in marks.lines for index, verdict in line.cells.items()}
    return {key: found[key] for key in texts}


def cell_names(data: WorksheetData) -> list[str]:
    """The key of each number of a worksheet."""
    return [_key(name, i) for name in data.names for i in np.ndindex(data.arrays[name].shape)]


RUNNER = """
const fs = require("fs"), vm = require("vm");
vm.runInThisContext(fs.readFileSync(process.argv[1], "utf8") + "\\nthis.api = { Working, readNumber };");
const words = ["right", "rounded", "follows", "places", "missing", "wrong", "unknown"], out = [];
for (const { data, names, sheets } of JSON.parse(fs.readFileSync(0, "utf8"))) {
  const working = new api.Working(data), at = new Map(names.map((name, i) => [name, i]));
  out.push(sheets.map(texts => {
    const sheet = new Map();
    for (const [key, text] of Object.entries(texts)) {
      const read = api.readNumber(text);
      if (read !== null && read.as !== undefined) sheet.set(at.get(key), read);
    }
    const { judged } = working.judge(sheet);
    return Object.fromEntries([...judged].map(([i, verdict]) => [names[i], words[verdict]]));
  }));
}
fs.writeSync(1, JSON.stringify(out));
"""


def by_script(jobs: Iterable[tuple[Assignment, list[Texts]]]) -> list[list[dict[str, str]]]:
    """What the page's script says, in node."""
    told = []
    for asked, sheets in jobs:
        data = WorksheetData(asked)
        told.append(
            f'{{"data": {packed_json(data.plain())}, "names": {json.dumps(cell_names(data))}, "sheets": {json.dumps(sheets)}}}'
        )
    done = subprocess.run(
        ["node", "-e", RUNNER, str(SCRIPT)], input=f"[{','.join(told)}]", text=True, capture_output=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]
