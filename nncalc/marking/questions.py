"""A sheet of questions as plain data: titles, what is given, what is asked with its points, room to write; no value.

It is made once, as a row of blocks; each format of `render.questions` writes every kind of block.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from nncalc.errors import dimensions
from nncalc.marking.assignment import Assignment
from nncalc.marking.blank import (
    heading_said,
    is_telling,
    places_asked,
    tells_formula,
    typed,
    worth,
)
from nncalc.marking.keyed import total_said
from nncalc.reading.lines import Lines
from nncalc.running import conventions
from nncalc.trace.notation.signs import plain_name
from nncalc.trace.notation.style import TEXT
from nncalc.trace.notation.tree import Expr, Ref, fold
from nncalc.trace.steps import Step

# Of an array with longer sides its size alone is printed.
LONGEST_ROW, MOST_ROWS = 20, 60
# Lines to write on: for each line asked, and for each number in it, up to so many.
LEAST_ROOM, MOST_ROOM = 2, 8
# Of more names that stand for something that is not asked, those in the line alone are explained.
MOST_MEANT = 12
# Given numbers are written with all the digits that people type.
GIVEN_DIGITS = 12


@dataclass(frozen=True)
class Heading:
    """A heading: of a sheet (1), of a question (2), of a part of it (3)."""

    text: str
    level: int


@dataclass(frozen=True)
class NameLine:
    """Where a student writes a name, and whoever marks the points, of as many as there are; None without points."""

    points: Fraction | None


@dataclass(frozen=True)
class Paragraph:
    """Words."""

    text: str


@dataclass(frozen=True)
class Listing:
    """Lines as they are typed, below a name."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class GivenArray:
    """Numbers under the symbol of the page."""

    name: str
    array: np.ndarray


@dataclass(frozen=True)
class AskedLine:
    """A line that is asked: its name, its formula where that is told, its points in words where it has some.

    `room`: how many lines there are to write on. `where`: what names in the formula mean that nobody asks for.
    """

    name: str
    formula: Expr | None
    points: str
    room: int
    where: tuple[tuple[str, Expr], ...] = ()


SheetBlock = Heading | NameLine | Paragraph | Listing | GivenArray | AskedLine


def questions(title: str, problems: Iterable[Assignment], formulas: bool = True) -> Iterator[SheetBlock]:
    """The blocks of a sheet; `formulas`: how each line is worked stands beside it."""
    problems = [*problems]
    totals = [_total(asked) for asked in problems]
    yield Heading(title, 1)
    yield NameLine(sum((total for total in totals if total is not None), Fraction(0)) if any(totals) else None)
    for number, asked in enumerate(problems, start=1):
        yield Heading(f"{number}. {question_title(asked)}", 2)
        yield from question(asked, formulas)


def question(asked: Assignment, formulas: bool = True) -> Iterator[SheetBlock]:
    """The blocks of one problem below its title: the question in words, conventions, what is given, what is asked."""
    if asked.problem.question:
        yield Paragraph(asked.problem.question)
    said = conventions(asked.problem)
    if said:
        yield Paragraph(f"{', '.join(said)}.")
    lines = [*_asked(asked, formulas)]
    yield from _given(asked, _told(asked, lines))
    yield Paragraph(f"Asked: {places_asked(asked)}.")
    yield from lines


def question_title(asked: Assignment) -> str:
    """What the problem is called, and what it is worth."""
    return (asked.problem.title or asked.trace.called) + total_said(_total(asked))


def _total(asked: Assignment) -> Fraction | None:
    return None if asked.points is None else sum(asked.points.values(), Fraction(0))


def _told(asked: Assignment, lines: Iterable[SheetBlock]) -> set[str]:
    """The names whose formulas stand on the sheet."""
    told = [line for line in lines if isinstance(line, AskedLine) and line.formula is not None]
    symbols = {symbol for line in told for symbol in (line.name, *(name for name, _ in line.where))}
    return {name for name, step in asked.steps.items() if step.symbol in symbols}


def _given(asked: Assignment, told: set[str]) -> Iterator[SheetBlock]:
    """What the problem gives: numbers and words in a row, with what stands for which array, then arrays, then lists.

    told: the names whose formulas stand on the sheet, which need not be typed once more.
    """
    said = {f.name for f in asked.problem.fields if f.about.says}  # among the conventions
    given = [pair for pair in _pairs(asked.problem.values, asked) if pair[0] not in said]
    arrays = {name: value for name, value in given if isinstance(value, np.ndarray) and value.ndim}
    lists = {name: value for name, value in given if isinstance(value, (list, tuple))}
    inside = _Inside(asked)
    listed = {name: [*map(inside.typed, value)] for name, value in lists.items() if not isinstance(value, Lines)}
    few = [f"{name} = {typed(value)}" for name, value in given if name not in arrays and name not in lists]
    few += [f"{name} {TEXT.symbol(symbol)}" for name in arrays if (symbol := _own_symbol(name, asked))]
    if few:
        yield Paragraph(f"Given: {', '.join(few)}.")
    for name, value in (arrays | {name: asked.trace.given[name].array for name in inside.named}).items():
        yield _array(name, value, asked)
    listed |= {
        name: value.written for name, value in lists.items() if isinstance(value, Lines) and not told & _names(value)
    }
    for name, lines in listed.items():
        if not all(line in asked.exact for line in lines):
            yield Listing(name, tuple(lines))


def _names(lines: Lines) -> set[str]:
    return {plain_name(line.name) for line in lines}


class _Inside:
    """What stands in lists of records, as it is typed; arrays by the names that they have on the page.

    named: those names, in the order of the page.
    """

    def __init__(self, asked: Assignment):
        self.given = asked.trace.given
        self.named: list[str] = []

    def typed(self, part: Any) -> str:
        """One item of a list."""
        return typed(self._plain(part))

    def _plain(self, part: Any) -> Any:
        if isinstance(part, np.ndarray) and part.ndim:
            same = (n for n, v in self.given.items() if n not in self.named and np.array_equal(v.array, part))
            name = next(same, None)
            self.named += [] if name is None else [name]
            return part if name is None else TEXT.symbol(self.given[name].symbol)
        if isinstance(part, tuple) and len(part) == 2 and is_dataclass(part[1]):  # one of several kinds
            record = self._plain(part[1])
            return f"{part[0]}: {typed(record)}" if record else part[0]
        if isinstance(part, (list, tuple)):
            return [*map(self._plain, part)]
        if is_dataclass(part):
            told = ((f, getattr(part, f.name)) for f in fields(part))
            return {f.name: self._plain(v) for f, v in told if isinstance(v, np.ndarray) or v not in (f.default, None)}
        return part


def _pairs(values: Mapping[str, Any], asked: Assignment) -> Iterator[tuple[str, Any]]:
    """The values by name; those of a mapping (`given`, `at`) by their own names; a class as the page has it."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from value.items()
        elif value is not None and value is not False:
            own = asked.trace.given.get(name)
            is_array = (
                own is not None and isinstance(value, (int, float, np.ndarray)) and np.ndim(own.array) > np.ndim(value)
            )
            yield name, own.array if own is not None and is_array else value


def _own_symbol(name: str, asked: Assignment) -> str:
    """What an array is called on the page, where that is another word, and not the author's own."""
    value = asked.trace.given.get(name)
    if value is None or value.symbol != value.called or value.symbol.lower() == name.lower():
        return ""
    return value.symbol


def _array(name: str, array: np.ndarray, asked: Assignment) -> SheetBlock:
    symbol = asked.trace.given[name].symbol if name in asked.trace.given else name
    if array.shape[-1] > LONGEST_ROW or array.size // array.shape[-1] > MOST_ROWS:
        return Paragraph(f"{TEXT.symbol(symbol)}: {dimensions(array.shape)} numbers, which are handed out apart.")
    return GivenArray(symbol, array)


def _asked(asked: Assignment, formulas: bool) -> Iterator[SheetBlock]:
    heading, known = "", {*asked.lines}
    for name in asked.lines:
        step = asked.steps.get(name)
        if step is not None and step.title != heading:
            heading = step.title
            if heading:
                yield Heading(heading_said(heading), 3)
        told = step is not None and formulas and tells_formula(step)
        formula = step.formula if told and step else None
        meant = _meant(formula, asked, known) if formula is not None else []
        known |= {other.name for other in meant}
        where = tuple((other.symbol, other.formula) for other in meant)
        points = "" if asked.points is None else worth(asked.points[name])
        count = LEAST_ROOM if is_telling(asked, name) else asked.exact[name].size
        room = min(LEAST_ROOM + count, MOST_ROOM)
        yield AskedLine(step.symbol if step else name, formula, points, room, where)


def _meant(formula: Expr, asked: Assignment, known: set[str]) -> list[Step]:
    """The steps that a formula has names of and that are not known, with those that their formulas have."""
    direct = found = _used(formula, asked, known)
    new = found
    while new and len(found) <= MOST_MEANT:
        new = {name for other in new for name in _used(asked.steps[other].formula, asked, known | found)}
        found = found | new
    found = direct if len(found) > MOST_MEANT else found
    return [other for name, other in asked.steps.items() if name in found]


def _used(formula: Expr, asked: Assignment, known: set[str]) -> set[str]:
    """The steps that a formula names whose own formulas may be told."""

    def named(part: Expr, inside: list[set[str]]) -> set[str]:
        own = {getattr(part.value, "name", "") or ""} if isinstance(part, Ref) else set()
        return own.union(*inside)

    names = fold(formula, named) - known
    return {name for name in names if name in asked.steps and tells_formula(asked.steps[name])}
