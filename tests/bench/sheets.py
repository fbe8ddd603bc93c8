"""How fast sheets are marked: an LSTM of two steps (22 lines), right ones, rounded ones and ones with a slip.

Prints the rate, and its growth with the number of sheets: `python tests/bench/sheets.py` (`memory` after it counts
the memory of a sheet's marks, more slowly).
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
import tracemalloc
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
        for count in (100, 200, 400):
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
            _timed(f"{count:5} sheets, all different", str(problem), str(subs))
        print("10,000 sheets of one problem, 300 of them different, as a class has them")
        subs = Path(folder, "alike")
        subs.mkdir()
        texts = [path.read_text() for path in sorted(Path(folder, "400").iterdir())[:300]]
        for i in range(10_000):
            Path(subs, f"s{i:05}.yaml").write_text(f"# sheet {i}\n{texts[int(rng.integers(300))]}")
        _timed("10000 sheets, many alike", str(problem), str(subs))


def _timed(what: str, problem: str, folder: str) -> None:
    """Every mistake is named; what the marks of all take in memory is said, too."""
    tracemalloc.start() if "memory" in sys.argv else None
    start = time.process_time()
    pairs, _ = pair_sheets(problem, folder, Permissions())
    paired = time.process_time() - start
    wrong = named = 0
    results = []
    for result in Marker(Permissions(), workings=False).marked(pairs):
        results.append(result)
        lines = [m for m in result.marks.lines if m.verdict is Verdict.wrong] if result.marks else []
        wrong, named = wrong + len(lines), named + sum(bool(line.likely) for line in lines)
    took = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    traced = (
        f", {tracemalloc.get_traced_memory()[0] / len(pairs) / 1024:.1f} KiB a sheet"
        if tracemalloc.is_tracing()
        else ""
    )
    print(
        f"{what}: {took:6.2f} s ({paired:.2f} to pair), {len(pairs) / took:5.0f} a second; {wrong} lines wrong, {named} named; "
        f"most memory so far {peak} MiB{traced}"
    )


if __name__ == "__main__":
    main()
