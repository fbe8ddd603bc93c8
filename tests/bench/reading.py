"""Reading and writing against the least that it takes: libyaml's events, `json.loads`, `json.dumps`.

python tests/bench/reading.py          (ratios of the shortest of alternating rounds, the time of the processor)
python tests/bench/reading.py tiny     (once, and small)
"""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import yaml

from nncalc import loads, solve
from nncalc.reading.reader import read_text
from nncalc.render.layout import View
from nncalc.render.working import json as json_page
from nncalc.render.working import plain as plain_page

TINY = "tiny" in sys.argv
ROUNDS, SIDE = (1, 10) if TINY else (15, 300)
rng = np.random.default_rng(0)
CELL = "topic: lstm\ntitle: A cell of two units\nx: [0.5, -0.1]\nh_0: [0.1, 0.2]\nc_0: [0.3, -0.2]\n" + "".join(
    f"W_{s}{g}: {rng.normal(size=(2, 2)).round(2).tolist()}\n" + (f"b_{g}: [0.1, -0.1]\n" if s == "h" else "")
    for g in "ifog" for s in "xh"
) + "jacobian: true\nsource: made up\nmarking: {points: {h: 2}, places: 2}\n"  # fmt: skip
MATRIX = json.dumps(rng.normal(size=(SIDE, SIDE)).round(6).tolist())


def events(text: str) -> None:
    parser = yaml.CSafeLoader(text)
    while type(parser.get_event()) is not yaml.StreamEndEvent:
        pass


def compare(name: str, least: Callable[[], Any], goal: str, *ours: Callable[[], Any], times: int = 1) -> None:
    shortest = [float("inf")] * (1 + len(ours))
    for _ in range(ROUNDS):
        for i, run in enumerate((least, *ours)):
            start = time.process_time()
            for _ in range(times):
                run()
            shortest[i] = min(shortest[i], (time.process_time() - start) / times)
    ratios = " / ".join(f"{seconds / max(shortest[0], 1e-9):.2f}" for seconds in shortest[1:])
    print(f"{name:66} {shortest[0] * 1e6:8.0f} us   {ratios}   (goal {goal})", flush=True)


def main() -> None:
    conv = f"topic: conv\nfilter: [[1, 2], [3, 4]]\nimage: {MATRIX}\n"
    compare("20 lines: nodes / a checked problem, to libyaml's events", lambda: events(CELL), "2 / none",
            lambda: read_text(CELL, "p.yaml"), lambda: loads(CELL), times=1 if TINY else 50)  # fmt: skip
    compare(f"{SIDE}x{SIDE} in brackets: nodes / a checked problem, to json.loads", lambda: json.loads(MATRIX), "2 / none",
            lambda: read_text(conv, "p.yaml"), lambda: loads(conv))  # fmt: skip
    trace = solve(loads({"topic": "softmax", "x": rng.normal(size=(SIDE, 100)).round(4).tolist()}))
    values = {name: np.asarray(v.array).tolist() for name, v in trace.given.items()}
    values |= {step.name: step.array.tolist() for step in trace.steps}
    values |= {f"answer {name}": np.asarray(value).tolist() for name, value in trace.answer.items()}
    short = View(detail="short")
    compare("a page of values as json, to json.dumps of them", lambda: json.dumps(values), "2.6",
            lambda: json_page.document([trace], short, io.StringIO()))  # fmt: skip
    cells = sum(step.array.size for step in trace.steps)
    start = time.process_time()
    plain_page.render(trace, short, io.StringIO())
    print(f"plain values: {(time.process_time() - start) / cells * 1e6:.1f} us a cell (goal 5)")


if __name__ == "__main__":
    main()
