"""How time and characters grow with each thing that a file can make large, and what a table costs beside rich's own.

python tests/bench/growth.py                    (1.1 is the most that an exponent may be, a table costs at most what
                                                 rich's does)
python tests/bench/growth.py layers sheets      (these alone)
python tests/bench/growth.py --most 100000      (to that count, where no limit is before it)
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text as RichText

from nncalc.errors import InputError
from nncalc.limits import Permissions
from nncalc.marking.homework import Homework, Marker
from nncalc.marking.pairing import pair_sheets
from nncalc.problem.problem import loads
from nncalc.render.layout import View
from nncalc.render.marks import render as render_marks
from nncalc.render.paper import Grid, Paper, Text
from nncalc.render.working import render
from nncalc.running import solve

COUNTS, EXPONENT = (1000, 3000, 10_000), 1.1


def numbers(*shape: int) -> Any:
    return np.round(np.random.default_rng(0).normal(size=shape), 2).tolist()


def nodes(count: int) -> dict[str, Any]:
    chain = {f"n{i}": f"tanh(n{i - 1}*y + x)" for i in range(1, count)}
    return {"topic": "backprop", "nodes": {"n0": "x*y + 1"} | chain, "at": {"x": 0.3, "y": 0.7}}


def names(count: int) -> dict[str, Any]:
    return {"topic": "backprop", "expr": "a1*a2 + a3", "at": {f"a{i}": i % 7 + 0.5 for i in range(count)}}


def updates(count: int) -> dict[str, Any]:
    return {
        "topic": "optimizer", "expr": "x^2 + 3*y^2", "w": {"x": 5, "y": 1}, "rate": 0.01, "kind": "adam", "steps": count,
    }  # fmt: skip


def steps(count: int) -> dict[str, Any]:
    return {
        "topic": "rnn", "x": numbers(count, 2), "W_xh": numbers(2, 2), "W_hh": numbers(2, 2), "W_hy": numbers(1, 2),
        "target": numbers(count, 1),
    }  # fmt: skip


def gates(count: int) -> dict[str, Any]:
    """Time steps of an LSTM, which takes several times as many lines."""
    weights = {f"W_{side}{gate}": numbers(2, 2) for side in "xh" for gate in "ifog"}
    return {"topic": "lstm", "x": numbers(count, 2), "upstream": numbers(count, 2)} | weights


def cells(count: int) -> dict[str, Any]:
    return {"topic": "softmax", "x": numbers(count)}


def grids(count: int) -> dict[str, Any]:
    return {"topic": "conv", "image": numbers(max(count // 10, 2), 10), "filter": [[1, 0], [0, -1]]}


def layers(count: int) -> dict[str, Any]:
    layer = {"W": numbers(2, 2), "b": numbers(2), "activation": "tanh"}
    return {"topic": "backprop", "x": numbers(2), "layers": [layer] * count, "target": numbers(2)}


def counted(count: int) -> dict[str, Any]:
    """Layers whose parameters are counted."""
    layer = {"conv": {"filters": 3, "kernel": 3, "pad": 1}}
    return {"topic": "params", "input_shape": [32, 32, 3], "layers": [layer] * count}


PROBLEMS: Mapping[str, Callable[[int], dict[str, Any]]] = {
    f.__name__: f for f in (nodes, names, updates, steps, gates, cells, grids, layers, counted)
}
QUANTITIES = (*PROBLEMS, "sheets", "table")


def worked(quantity: str, count: int) -> tuple[float, float, int]:
    """Seconds to read and work a problem, seconds to write all of its page, and the page's characters."""
    given, out = PROBLEMS[quantity](count), io.StringIO()
    start = time.process_time()
    trace = solve(loads(given))
    solved = time.process_time()
    render([trace], View(detail="full"), out)
    return solved - start, time.process_time() - solved, out.tell()


def marked(count: int, format: str = "table") -> tuple[float, float, int]:
    """The same of so many sheets of one problem, every tenth with a slip of its own."""
    with tempfile.TemporaryDirectory() as folder:
        problem, sheets = Path(folder, "p.yaml"), Path(folder, "sheets")
        problem.write_text("topic: softmax\nx: [2, 1, 0.1]\n")
        sheets.mkdir()
        for i in range(count):
            first = 0.659001 if i % 10 else round(0.3 + i / 1e6, 6)
            (sheets / f"s{i:06}.yaml").write_text(f"s: [{first}, 0.242433, 0.098566]\n")
        start, out = time.process_time(), io.StringIO()
        pairs, _ = pair_sheets(str(problem), str(sheets), Permissions())
        homework = Homework([*Marker(Permissions(), workings=False).marked(pairs)])
        marks = time.process_time()
        render_marks(homework, View(), out, format)
        return marks - start, time.process_time() - marks, out.tell()


def exponent(counts: Sequence[int], amounts: Sequence[float]) -> float:
    """The slope of a straight line through the logarithms."""
    return float(np.polyfit(np.log(counts), np.log(np.maximum(amounts, 1e-9)), 1)[0])


def growth(quantity: str, counts: Sequence[int]) -> dict[str, float]:
    """Prints a line a count and returns the exponents."""
    measure = marked if quantity == "sheets" else lambda count: worked(quantity, count)
    measure(min(counts) // 10 + 4)
    print(f"{quantity:>8}  {'worked s':>9}  {'written s':>9}  {'MB':>8}")
    rows = []
    for count in counts:
        try:
            rows.append((count, *measure(count)))
        except InputError as error:
            print(f"{count:8}  {error}")
            break
        print(f"{count:8}  {rows[-1][1]:9.3f}  {rows[-1][2]:9.3f}  {rows[-1][3] / 1e6:8.2f}", flush=True)
    reached = [row[0] for row in rows]
    found = {what: exponent(reached, [row[i] for row in rows]) for i, what in enumerate(("worked", "written", "MB"), 1)}
    said = ", ".join(f"{what} {value:.2f}" for what, value in found.items())
    print(f"  exponents: {said}   (goal: at most {EXPONENT})")
    return found


def table(rows: int) -> float:
    """How long a table of so many rows takes in a pipe, as a part of what rich takes to print the same."""
    texts = [(f"y[{i}]", f"= {i}·0.5 + {i}·0.25 - 1", f"= {i * 0.75 - 1}") for i in range(rows)]
    start = time.process_time()
    Paper(View(), ours := io.StringIO()).say(Grid(1, rows=[tuple(map(Text, row)) for row in texts]))
    between = time.process_time()
    drawn = Table.grid(padding=(0, 1))
    for row in texts:
        drawn.add_row(*map(RichText, row))
    Console(file=(theirs := io.StringIO()), width=200).print(drawn)
    rich_took = time.process_time() - between
    if [line.rstrip() for line in theirs.getvalue().splitlines()] != ours.getvalue().splitlines():
        raise SystemExit("rich's table is another")
    return (between - start) / rich_took


def main(words: Sequence[str]) -> None:
    most = int(words[words.index("--most") + 1]) if "--most" in words else COUNTS[-1]
    counts = [n for n in (*COUNTS, 30_000, 100_000) if n <= most] if most > COUNTS[0] else [most // 3, most]
    for quantity in [word for word in words if word in QUANTITIES] or QUANTITIES:
        if quantity == "table":
            print(f"a table of {counts[0]} rows takes {table(counts[0]):.3f} of what rich takes   (goal: at most 1)")
        else:
            growth(quantity, counts)


if __name__ == "__main__":
    main(sys.argv[1:])
