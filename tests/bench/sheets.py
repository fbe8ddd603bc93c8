"""How fast sheets are marked: an LSTM of two steps (22 lines), right ones, rounded ones and ones with a slip.

Prints the rate, and its growth with the number of sheets: `python tests/bench/sheets.py`.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from examples import LSTM

from nncalc.limits import Permissions
from nncalc.marking.assignment import lines_of
from nncalc.marking.homework import Marker
from nncalc.marking.pairing import pair_sheets
from nncalc.marking.verdicts import Verdict
from nncalc.problem.problem import load
from nncalc.running import run, solve
from nncalc.trace.rounding import following, on_paper


def sheet(arrays: dict[str, np.ndarray], places: int) -> str:
    return "".join(f"{name}: [{', '.join(f'{v:.{places}f}' for v in array)}]\n" for name, array in arrays.items())


def main() -> None:
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        problem = Path(folder, "lstm.yaml")
        problem.write_text(LSTM.replace("x: [0.5, -0.1]", "x: [[0.5, -0.1], [0.3, 0.8]]"))
        loaded = load(str(problem))
        steps = [step.name for step in solve(loaded).steps]
        print(
            f"{len(steps)} lines a sheet, a third each: exact, rounded by hand to 3 places, with a slip carried forward"
        )
        for count in (250, 500, 1000, 2000):
            subs = Path(folder, str(count))
            subs.mkdir()
            for i in range(count):
                settle = on_paper(3)
                if i % 3 == 2:
                    slip = following(
                        {steps[rng.integers(len(steps))]: {(int(rng.integers(2)),): round(rng.normal(), 3)}}
                    )
                    trace = run(loaded, slip, finite=False)
                    arrays = {s.name: np.asarray(s.array) for s in trace.steps}
                else:
                    arrays = lines_of(run(loaded, settle)) if i % 3 else lines_of(run(loaded))
                Path(subs, f"s{i:04}.yaml").write_text(sheet(arrays, 6 if i % 3 != 1 else 3))
            for diagnosed in (False, True):
                start = time.perf_counter()
                pairs, _ = pair_sheets(str(problem), str(subs), Permissions())
                results = list(Marker(Permissions(), diagnosed).marked(pairs))
                took = time.perf_counter() - start
                wrong = sum(any(m.verdict is Verdict.wrong for m in r.marks.lines) for r in results if r.marks)
                with_words = "with diagnosis" if diagnosed else "marks alone"
                print(
                    f"{count:5} sheets, {with_words:14}: {took:6.2f} s, {count / took:5.0f} a second, {wrong} with a slip"
                )


if __name__ == "__main__":
    main()
