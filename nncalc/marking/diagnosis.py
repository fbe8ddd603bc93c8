"""What mistake a wrong line looks like: said only where the digits say so, and with all that cannot be told apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from nncalc.errors import spared
from nncalc.marking.closeness import PLACES, Written, gap, same, within_digits
from nncalc.marking.marks import Likely, MarkedLine, Marks
from nncalc.marking.mistakes.slip import Candidate, Mistake, Slip
from nncalc.marking.sheet import Line
from nncalc.marking.verdicts import Verdict
from nncalc.trace.notation.tree import Index
from nncalc.trace.steps import Trace

# More mistakes than this with the same digits are too many to name.
NAMED = 3
# A sheet of nothing but wrong numbers has no story; so many of its lines, and cells of a line, are looked into.
MOST_LINES, MOST_CELLS = 12, 12
# More wrong cells than this are no slips of one cell each.
MANY = 3
# The workings that a mistake is looked for in: the sheet's numbers carried as they are written, or unrounded.
AS_WRITTEN_OR_NOT = 2
# A number that is so many of its last places away from the right one is hit by chance once in so many times.
TELLING = 100
# So many digits say what one alone may say by chance.
TOLD = 2
# Of so many ways to a number each wants it so many of its last places away from the right one.
CHANCE = 2


@dataclass
class Match:
    """A mistake that gives the digits of some wrong cells; not `complete`: it is one that is made in a whole line."""

    mistake: Mistake
    candidate: Candidate
    explained: dict[Index, Any] = field(default_factory=dict)
    complete: bool = True

    def words(self, cells: Sequence[Index]) -> str:
        """What was done, in the terms of the first of these cells."""
        say = self.candidate.say
        return self.candidate.words if say is None or not cells else say(cells[0])


@spared()
def diagnose(marks: Marks) -> None:
    """Says of every wrong line what mistake it looks like, worked from the lines before as written, else unrounded.

    A bug of ours here never costs the marks, and in one mistake not what the others say.
    """
    lines = [mark.line for mark in marks.lines if mark.line is not None]
    values = {line.name: {i: written.value for i, written in line.cells.items()} for line in lines}
    ways = [(trace, _carried(trace, lines), dict[Any, Any]()) for trace in marks.traces[:AS_WRITTEN_OR_NOT]]
    wrong = [mark.name for mark in marks.lines if mark.verdict is Verdict.wrong and mark.line is not None]
    looked = set(wrong[:MOST_LINES])

    def with_mistakes(mark: MarkedLine) -> MarkedLine:
        if mark.name not in looked or mark.line is None or mark.step is None:
            return mark
        cells, best = tuple(mark.of(Verdict.wrong)), tuple[Likely, ...]()
        for trace, carried, done in ways:
            found = list(likely(Slip(marks.asked, mark.line, cells, trace[mark.name], trace, values, carried, done)))
            best = max(best, tuple(found), key=_told)
            if best and _told(best) >= (max(1, len(cells)), -1):
                break
        return replace(mark, likely=best)

    marks.lines = [with_mistakes(mark) for mark in marks.lines]


def _told(found: Sequence[Likely]) -> tuple[int, int]:
    """How many cells are explained, and in how few sentences."""
    return sum(max(1, len(one.cells)) for one in found), -len(found)


def _carried(trace: Trace, lines: Iterable[Line]) -> dict[str, dict[Index, Any]]:
    """What a working goes on with in the cells that are on the sheet."""
    steps = trace.named()
    return {line.name: {i: steps[line.name].array.item(i) for i in line.cells} for line in lines if line.name in steps}


def likely(slip: Slip) -> Iterable[Likely]:
    """The sentences for one wrong line."""
    with np.errstate(all="ignore"):
        matches = _matches(slip)
    for cells, found in _grouped(matches, slip):
        words = list(dict.fromkeys(match.words(cells) for match in found))
        yield Likely(tuple(cells), said(words), tuple(dict.fromkeys(match.mistake.name for match in found)))


def said(words: Sequence[str]) -> str:
    """One mistake, or all that cannot be told apart."""
    if len(words) == 1:
        return f"this is what you get if {words[0]}"
    if len(words) <= NAMED:
        return f"this is what you get if {', or if '.join(words)}; these digits cannot tell which"
    return f"{len(words)} mistakes give these digits, such as that {words[0]}, or {words[1]}; they cannot be told apart"


def _matches(slip: Slip) -> list[Match]:
    """Every known mistake that gives these digits, without those that another one says better."""
    from nncalc.marking.mistakes.table import MISTAKES  # only where a line is wrong

    found: list[Match] = []
    for mistake in MISTAKES if slip.wrong or slip.line.unfitting else ():
        with spared():
            found += _of(mistake, slip) if mistake.applies(slip) else ()
    complete = [match for match in found if match.complete]
    explained = {index for match in complete for index in match.explained}
    found = complete + [match for match in found if not match.complete and not explained & match.explained.keys()]
    return [match for match in found if not any(_says_more(other, match) for other in found)]


def _says_more(other: Match, match: Match) -> bool:
    """Whether another mistake with the same numbers tells more of how they came about."""
    refined = match.mistake.name in other.mistake.refines
    refines = other.mistake.name in match.mistake.refines
    says_how = match.mistake.describes > other.mistake.describes and not refines
    return (refined or says_how) and _same(match, other)


def _of(mistake: Mistake, slip: Slip) -> Iterable[Match]:
    """What a mistake explains; of many ways to the number of one cell the more, the farther off it must be."""
    seen: dict[str, Match] = {}
    tried = 0
    for candidate in mistake.find(slip):
        tried += not candidate.whole
        match = _matched(mistake, candidate, slip)
        if match.explained and candidate.words not in seen and _is_told(match, slip):
            seen[candidate.words] = match
    return [match for match in seen.values() if match.candidate.whole or not _by_chance(match, slip, tried)]


def _is_told(match: Match, slip: Slip) -> bool:
    """Whether there are digits enough to say so: a 0, or one digit, is hit by chance. Counts are not rounded."""
    if slip.line.unfitting:
        return True
    turned = all(slip.line.cells[i].value == -slip.worked[i] != 0 for i in match.explained)
    if slip.counts and (turned or not match.mistake.describes):
        return True
    written = [slip.line.cells[index] for index in match.explained]
    return sum(len(_telling_digits(one)) for one in written) >= TOLD


def _telling_digits(written: Written) -> str:
    """The significant digits of a number, without the zeros at the end of a whole one."""
    digits = written.text.lower().partition("e")[0].lstrip("+-\u2212")
    return (digits.replace(".", "") if "." in digits else digits.rstrip("0")).lstrip("0")


def _by_chance(match: Match, slip: Slip, tried: int) -> bool:
    """Whether one of so many numbers of one cell is met too easily."""
    if len(match.explained) > 1 or slip.counts or match.mistake.of_the_pen:
        return False
    (index,) = match.explained
    written = slip.line.cells[index]
    return tried > 1 and gap(written.value, slip.worked[index]) < CHANCE * tried * written.unit


def _matched(mistake: Mistake, candidate: Candidate, slip: Slip) -> Match:
    """Which of the wrong cells a candidate explains; one of a whole line explains all that was written, or nothing."""
    if slip.line.unfitting:
        fits = candidate.shape is not None and candidate.shape == slip.line.shape
        return Match(mistake, candidate, _explained(candidate, slip, slip.line.unfitting, True) if fits else {})
    if candidate.shape is not None and candidate.shape != slip.worked.shape:
        return Match(mistake, candidate)
    wrong = slip.wrong[:MOST_CELLS]
    if not candidate.whole:
        return Match(mistake, candidate, _explained(candidate, slip, wrong, False))
    explained = _explained(candidate, slip, [*slip.wrong, *slip.others], True)
    if explained or not candidate.apart or len(slip.line.cells) == 1:
        return Match(mistake, candidate, {i: explained[i] for i in slip.wrong if i in explained})
    some = _explained(replace(candidate, far=True), slip, wrong, False)
    return Match(mistake, candidate, some, complete=False)


def _explained(candidate: Candidate, slip: Slip, cells: Iterable[Index], every: bool) -> dict[Index, Any]:
    """The cells that have the candidate's digits; with `every` all of them or none."""
    explained = {}
    written = slip.line.unfitting or slip.line.cells
    for index in cells:
        value = candidate.at(index)
        chance = candidate.far and not _telling(written[index], slip.worked[index])
        if value is not None and not chance and _alike(written[index], value, slip.counts):
            explained[index] = value
        elif every:
            return {}
    return explained


def _alike(written: Written, value: Any, counted: bool) -> bool:
    """Whether the digits written are those of a value; `counted`: where whole numbers come out, nothing is rounded."""
    if counted and written.places == 0:
        return bool(written.value == value)
    telling = written.digits > 0 or written.places is None or written.places >= PLACES or written.value == value
    return telling and within_digits(written, value)


def _telling(written: Written, worked: Any) -> bool:
    """Whether a number is so far from the right one, for its digits, that few others are like it."""
    return gap(written.value, worked) >= TELLING * written.unit


def _same(a: Match, b: Match) -> bool:
    """Whether b explains all that a does, with the same numbers."""
    return all(i in b.explained and same(b.explained[i], v) for i, v in a.explained.items())


def _grouped(matches: list[Match], slip: Slip) -> list[tuple[list[Index], list[Match]]]:
    """The matches that explain most cells together, then those of the cells that are left."""
    groups: list[tuple[list[Index], list[Match]]] = []
    left = list(slip.wrong)
    if not left:
        return [([], matches)] if matches else []
    together = max((len(match.explained) for match in matches), default=0)
    if len(left) > MANY and 2 * together < len(left):
        return []  # so many cells have one cause, and it is none that is known
    while left:
        covers = [len([i for i in match.explained if i in left]) for match in matches]
        most = max(covers, default=0)
        if not most:
            break
        best = [m for m, cover in zip(matches, covers, strict=True) if cover == most]
        cells = [i for i in best[0].explained if i in left]
        groups.append((cells, [m for m in best if [i for i in m.explained if i in left] == cells]))
        left = [i for i in left if i not in cells]
    return groups
