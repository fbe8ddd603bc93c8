"""A row a student, a column a problem, the total: for spreadsheets."""

from __future__ import annotations

import csv
from fractions import Fraction
from typing import TextIO

from nncalc.errors import printable
from nncalc.marking.homework import Homework, sums
from nncalc.render.layout import View
from nncalc.render.marks.report import points


def render(homework: Homework, view: View, out: TextIO) -> None:
    """Text is always quoted and never a formula, numbers are bare; what was not marked is empty."""
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    names = homework.problems
    writer.writerow([quoted(text) for text in ("student", *names, "total", "of")])
    for student, results in homework.students.items():
        row = [results[n] if n in results and results[n].marks is not None else None for n in names]
        marks = ("" if r is None else points_cell(r.earned) for r in row)
        writer.writerow([quoted(student), *marks, *map(points_cell, sums(results.values()))])


def quoted(text: str) -> str:
    """Foreign text for a cell: what a spreadsheet would run as a formula gets a quote before it."""
    shown = printable(text, 600)
    return f"'{shown}" if shown[:1] in tuple("=+-@\t\r") and shown else shown


class Unquoted(float):
    """A number as it is written: 7, not 7.0."""

    def __repr__(self) -> str:
        return points(Fraction(self))

    __str__ = __repr__


def points_cell(value: Fraction) -> Unquoted:
    """Points for a cell."""
    return Unquoted(value)
