"""A row a student, a column a problem, the total: for spreadsheets."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TextIO

from nncalc.marking.credit import points
from nncalc.marking.homework import Homework, Marked, sums
from nncalc.render.layout import View
from nncalc.render.spreadsheet import quoted, rows_to


def render(homework: Homework, view: View, out: TextIO) -> None:
    """Text is always quoted and never a formula, numbers are bare; what was not marked is empty."""
    writer = rows_to(out)
    names = homework.problems
    named = any(result.pair.name for result in homework.results)
    writer.writerow([quoted(t) for t in ("student", *(["name"] if named else []), *names, "total", "of", "remarks")])
    for student, results in homework.students.items():
        first = next(iter(results.values())).pair
        cells = [results[n] if n in results and _is_marked(results[n]) else None for n in names]
        marks = ("" if r is None else points_cell(r.earned) for r in cells)
        words = [quoted(student), *([quoted(first.name)] if named else [])]
        writer.writerow([*words, *marks, *map(points_cell, sums(results.values())), quoted(remarked(results), 2000)])


def remarked(results: Mapping[str, Marked]) -> str:
    """All remarks on a student; where there are several problems, with that which they belong to."""
    found = {r.pair.problem: [text for text in r.remarks if text not in r.pair.remarks] for r in results.values()}
    general = dict.fromkeys(text for r in results.values() for text in r.pair.remarks)
    several = len(results) > 1
    if several and len({tuple(texts) for texts in found.values()}) == 1:  # the same of each
        found, several = dict([next(iter(found.items()))]), False
    own = [f"{name}: {text}" if several else text for name, texts in found.items() for text in texts]
    return "; ".join([*general, *own])


def _is_marked(result: Marked) -> bool:
    return result.marks is not None or bool(result.adjusted)


class Unquoted(float):
    """A number as it is written: 7, not 7.0."""

    def __repr__(self) -> str:
        return points(Fraction(self))

    __str__ = __repr__


def points_cell(value: Fraction) -> Unquoted:
    """Points for a cell."""
    return Unquoted(value)
