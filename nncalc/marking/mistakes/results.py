"""Mistakes that show in the result alone: doubled, cut off, miscopied, worked with numbers that were rounded early."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_DOWN, Decimal
from functools import partial
from typing import Any

import numpy as np

from nncalc.errors import so_many
from nncalc.marking.assignment import lines_of
from nncalc.marking.closeness import PLACES, Written, same
from nncalc.marking.mistakes.slip import Candidate, Mistake, Slip, array_candidate
from nncalc.marking.runs import UNWORKABLE
from nncalc.running import run
from nncalc.trace.notation.numbers import READ_DIGITS
from nncalc.trace.notation.style import TEXT
from nncalc.trace.notation.tree import Index
from nncalc.trace.rounding import following, on_paper, paper_round

# A line that is so near to the right one was rounded.
NEARLY = 0.01
# A number of so many digits, one of them wrong, is miscopied.
COPIED = 5


def _times(factor: float, words: str, slip: Slip) -> Iterator[Candidate]:
    yield Candidate(words, lambda index: slip.worked[index] * factor)


def power_of_ten(slip: Slip) -> Iterator[Candidate]:
    """The point stands elsewhere."""
    for power in (-3, -2, -1, 1, 2, 3):
        places = f"{so_many(abs(power), 'place')} too far to the {'right' if power > 0 else 'left'}"
        yield Candidate(f"the point stands {places}", partial(_shifted, slip, 10.0**power))


def _shifted(slip: Slip, factor: float, index: Index) -> float:
    return float(slip.worked[index]) * factor


def cut_off(slip: Slip) -> Iterator[Candidate]:
    """Cut off where it should be rounded."""

    def at(index: Index) -> float | None:
        written = slip.line.cells.get(index)
        if written is None or not written.digits or not _readable(written, slip.worked[index]):
            return None
        if not same(slip.worked[index], slip.asked.exact[slip.name][index]):
            return None  # after a slip the digits that were not written down may be others
        read = Decimal(f"{float(slip.worked[index]):.{READ_DIGITS}g}")
        return float(read.quantize(Decimal(1).scaleb(-(written.places or 0)), rounding=ROUND_DOWN))

    yield Candidate("the last digit is cut off, not rounded", at)


def _readable(written: Written, worked: float) -> bool:
    """Whether both have digits that can be compared one by one."""
    most = READ_DIGITS - 1
    return written.places is not None and abs(written.places) <= most and 1e-9 < abs(worked) < 1e12


def digits_exchanged(slip: Slip) -> Iterator[Candidate]:
    """Two neighbouring digits change places in copying."""
    yield Candidate("two neighbouring digits change places", partial(_copied, slip, _is_exchange))


def digit_miscopied(slip: Slip) -> Iterator[Candidate]:
    """One digit is another, in a number with so many that no slip of the arithmetic leaves all others right."""

    def at(index: Index) -> float | None:
        written, worked = slip.line.cells.get(index), float(slip.worked[index])
        if written is None or not _readable(written, worked) or same(paper_round(worked, written.places), worked):
            return None
        return _copied(slip, _is_one_off, index)

    yield Candidate("one digit is miscopied", at)


def _copied(slip: Slip, alike: Any, index: Index) -> float | None:
    """The written number itself, where its digits are the worked ones but for a slip of the pen."""
    written = slip.line.cells.get(index)
    worked = float(slip.worked[index])
    if written is None or written.digits < 3 or not _readable(written, worked):
        return None
    return float(written.value) if alike(_digits(written), _rounded(worked, written)) else None


def _digits(written: Written) -> str:
    return written.text.lower().lstrip("+-\u2212").replace(".", "").lstrip("0")


def _rounded(worked: float, written: Written) -> str:
    return str(abs(Decimal(repr(paper_round(worked, written.places))).scaleb(written.places or 0).to_integral_value()))


def _is_exchange(a: str, b: str) -> bool:
    differ = [i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y]
    swapped = len(differ) == 2 and differ[1] == differ[0] + 1
    return len(a) == len(b) and swapped and a[differ[0]] == b[differ[1]] and a[differ[1]] == b[differ[0]]


def _is_one_off(a: str, b: str) -> bool:
    """One digit, with enough that are right; of two neighbours (3 and 4) a carry is forgotten as easily."""
    differ = [i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y]
    if len(a) != len(b) or len(differ) != 1 or len(a) < COPIED:
        return False
    apart = abs(int(a[differ[0]]) - int(b[differ[0]]))
    return differ[0] < len(a) - 2 and 1 < apart < 9


def another_cell(slip: Slip) -> Iterator[Candidate]:
    """The value of another cell of the line."""
    shape = slip.worked.shape
    if len(shape) == 2 and shape[0] == shape[1]:
        yield Candidate("its row and column are swapped", lambda index: slip.worked[index[::-1]])
    if len(shape) == 1:
        for i in range(shape[0]):
            yield Candidate(f"it is the value of {TEXT.symbol(slip.step.symbol, str(i + 1))}", partial(_cell, slip, i))


def _cell(slip: Slip, i: int, index: Index) -> Any:
    return None if index == (i,) else slip.worked[i]


def result_transposed(slip: Slip) -> Iterator[Candidate]:
    """The whole matrix stands the wrong way round."""
    if slip.worked.ndim == 2 and min(slip.worked.shape) > 1 and len(slip.wrong) != 1:
        yield from array_candidate("rows and columns are swapped", slip.worked.T)


def divided_by_count(slip: Slip) -> Iterator[Candidate]:
    """A mean is taken over the cells of a line, which are none of a mean."""
    count = slip.worked.shape[-1] if slip.worked.ndim else 1
    if count > 2:
        yield from array_candidate(f"it is divided by {count}", slip.worked / count)


def another_line(slip: Slip) -> Iterator[Candidate]:
    """The values of a line that stands beside it: K written for Q."""
    names = list(slip.steps)
    before = names[: names.index(slip.name)][-1:]
    for name, step in slip.steps.items() if slip.worked.size > 1 else ():
        fits = step.section == slip.step.section and step.array.shape == slip.worked.shape
        here, exact = (array.astype(float) for array in (step.array, np.asarray(step.computed)))  # counts are objects
        repeats = name in before and np.allclose(here, exact, rtol=NEARLY, atol=NEARLY)
        if fits and not repeats and not slip.comes_after(step.value):
            yield from array_candidate(f"the value of {TEXT.symbol(step.symbol, '')} is written here", step.computed)


def repeated(slip: Slip) -> Iterator[Candidate]:
    """The value of the line before is written once more."""
    names = list(slip.steps)
    before = names.index(slip.name)
    for name in names[max(0, before - 1) : before]:
        step = slip.steps[name]
        if step.array.shape == slip.worked.shape:
            words = f"the value of {TEXT.symbol(step.symbol, '')} is written once more"
            yield from array_candidate(words, step.array)


def rounded_early(slip: Slip) -> Iterator[Candidate]:
    """Worked with numbers that were rounded to fewer places than asked."""
    asked = slip.asked.problem.marking.places
    if not slip.unseen:
        return  # all that it is worked from stands on the sheet
    for places in range(PLACES if asked is None else asked):
        if (rounded_early, places) not in slip.workings:
            slip.workings[rounded_early, places] = _coarse(slip, places)
        kind = "whole numbers" if not places else so_many(places, "decimal")
        if slip.name in slip.workings[rounded_early, places]:
            yield from array_candidate(
                f"the working is rounded to {kind}", slip.workings[rounded_early, places][slip.name]
            )


def _coarse(slip: Slip, places: int) -> dict[str, Any]:
    coarse, written = on_paper(places), following(slip.carried)
    try:
        trace = run(slip.asked.problem, lambda n, a, g: written(n, coarse(n, a, g), g), finite=False)
    except UNWORKABLE:
        return {}
    return lines_of(trace)


MISTAKES = (
    Mistake("doubled", partial(_times, 2.0, "it is doubled"), describes=True),
    Mistake("halved", partial(_times, 0.5, "it is halved"), describes=True),
    Mistake("sign turned round", partial(_times, -1.0, "the sign is turned round"), describes=True),
    Mistake("point misplaced", power_of_ten, describes=True),
    Mistake("cut off", cut_off, describes=True, of_the_pen=True),
    Mistake("digits exchanged", digits_exchanged, describes=True, of_the_pen=True),
    Mistake("digit miscopied", digit_miscopied, describes=True, of_the_pen=True),
    Mistake("another cell", another_cell, describes=True, of_the_pen=True),
    Mistake("result transposed", result_transposed, refines=("matrix transposed",), describes=True, of_the_pen=True),
    Mistake("divided by the count", divided_by_count, describes=True),
    Mistake("another line", another_line, describes=True, of_the_pen=True),
    Mistake("line before repeated", repeated, describes=True, of_the_pen=True),
    Mistake("rounded early", rounded_early, of_the_pen=True),
)
