"""Heat maps: matrices whose cells are shaded by their size."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nncalc.render.figure.looking import is_readable
from nncalc.render.figure.parts import Panel, Panels, Picture
from nncalc.render.layout import View, blocks
from nncalc.trace.name import StepName
from nncalc.trace.notation.numbers import number
from nncalc.trace.notation.style import TEXT
from nncalc.trace.notation.tree import Expr, Op, fold
from nncalc.trace.steps import Step, Trace

# So many matrices are one picture, and so many rows and columns of one.
MOST_PANELS, MOST_SIDE = 8, 64
# Shares add up to 1 but for the last digits of floats, or of numbers rounded on paper.
_NEARLY = 0.02


def heat_pictures(trace: Trace, view: View) -> Iterator[Picture]:
    """What tells most as a heat map; without such a one the matrices of the answer, or all."""
    found = telling(trace) or shares(trace)
    answers = [trace[name] for name in trace.answered.values() if name in trace.named()]
    for steps in (found, answers, trace.steps):
        strip = bool(found) or not trace.answer  # what was named has no answer beside it
        drawn = [step for step in steps if step.array.size > 1 and _drawable(step, strip)]
        if drawn:
            yield heat_map(drawn, view)
            return


def shares(trace: Trace) -> list[Step]:
    """Weights whose rows add up to 1, a single row of them, too."""
    return [step for step in _forward(trace) if _is_share(step.array)]


def telling(trace: Trace) -> list[Step]:
    """Weights of several rows, each of which adds up to 1, and waves: what a heat map shows better than numbers."""
    steps = [step for step in _forward(trace) if step.array.ndim >= 2 and min(step.array.shape[-2:]) > 1]
    return [step for step in steps if _is_share(step.array) or (step.array.ndim == 2 and _waves(step))]


def heat_map(steps: list[Step], view: View) -> Panels:
    """Steps as shaded matrices beside each other, all by one scale."""
    named = [block for step in steps for block in blocks(TEXT.symbol(step.symbol), step.array)]
    cut = [(name, np.atleast_2d(np.asarray(block, float))) for name, block in named[:MOST_PANELS]]
    shown = [(name, block[:MOST_SIDE, :MOST_SIDE]) for name, block in cut]
    sizes = np.concatenate([block.ravel() for _, block in shown])
    sizes = sizes[np.isfinite(sizes)]
    low, high = (float(sizes.min()), float(sizes.max())) if sizes.size else (0.0, 0.0)
    most = max(abs(low), abs(high)) or 1.0
    said = f"from {number(low, 3)} to {number(high, 3)}, the stronger the further from 0"
    if len(named) > MOST_PANELS:
        said += f"; not drawn: {len(named) - MOST_PANELS} more"
    if any(block.shape != part.shape for (_, block), (_, part) in zip(cut, shown, strict=True)):
        said += f"; of larger ones the first {MOST_SIDE} rows and columns"
    words = "; ".join(f"{name}, {' × '.join(map(str, block.shape))} cells, the largest {_place(block, view)}"
                      for name, block in shown)  # fmt: skip
    return Panels(f"Heat map of {words}", [Panel(name, block, most=most) for name, block in shown], said)


def _place(block: np.ndarray, view: View) -> str:
    """The largest cell, and where it stands."""
    i, j = np.unravel_index(int(np.argmax(np.nan_to_num(block, nan=-np.inf))), block.shape)
    at = f"column {j + 1}" if len(block) == 1 else f"row {i + 1}, column {j + 1}"
    return f"{number(float(block[i, j]), view.digits)} in {at}"


def _forward(trace: Trace) -> list[Step]:
    return [step for step in trace.steps if not StepName.parse(step.name).is_gradient and not step.value.is_given]


def _drawable(step: Step, strip: bool) -> bool:
    """Whether there are rows and columns; a vector is a strip where it is what was looked for."""
    array = step.array
    matrix = array.ndim >= 2 and min(array.shape[-2:]) > 1
    return array.dtype.kind in "fiub" and (matrix or (strip and array.ndim > 0))


def _is_share(array: np.ndarray) -> bool:
    """Whether each row, or each column, adds up to 1 without being a row of 0 and 1 alone."""
    if array.ndim < 1 or array.shape[-1] < 2 or not array.size or array.dtype.kind != "f":
        return False
    if array.min() < 0 or np.isin(array, (0, 1)).all():
        return False
    ways = [array.sum(axis=-1), *([array.sum(axis=-2)] if array.ndim > 1 else [])]
    return any(bool(np.all(abs(sums - 1) < _NEARLY)) for sums in ways)


def _waves(step: Step) -> bool:
    """Whether its cells are sines and cosines."""
    if not is_readable(step):
        return False
    called: Expr = step.element((0,) * step.array.ndim)
    last: bool = fold(called, lambda x, inner: any(inner) or (isinstance(x, Op) and x.label in ("sin", "cos")))
    return last
