"""A homework of five problems: sheets with one mistake each lose the lines of the mistake, and no others."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from nncalc.marking import sheet
from nncalc.marking.assignment import Assignment, ask
from nncalc.marking.marks import Marks, mark
from nncalc.problem.problem import load

HOMEWORK = Path(__file__).parent / "data" / "homework"
ROW = re.compile(r"\| (m\d\d) \| (p\d) \| .* \| (.*) \|")
MISTAKES = {
    m[1]: (m[2], m[3].split(", ")) for m in map(ROW.match, (HOMEWORK / "README.md").read_text().splitlines()) if m
}
# Default credit: sheets that may keep a part of the line in which the mistake was made.
KEPT = 3


@cache
def asked(name: str, credit: str) -> Assignment:
    """A problem of the homework, with another rule of credit."""
    one = ask(load(next((HOMEWORK / "hw").glob(f"{name}-*.yaml"))))
    return replace(one, problem=replace(one.problem, marking=replace(one.problem.marking, credit=credit)))


def marks(name: str, credit: str) -> Marks:
    one = asked(MISTAKES[name][0], credit)
    return mark(one, sheet.from_file(str(next((HOMEWORK / "sheets" / name).iterdir())), one))


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_costs_its_line_and_no_other(name: str) -> None:
    lines = [line for line in marks(name, "line").lines if line.points]
    assert [line.name for line in lines if line.earned != line.points] == MISTAKES[name][1]
    assert all(line.earned in (0, line.points) for line in lines)


def test_hardly_a_sheet_keeps_a_part_of_the_line_of_its_mistake() -> None:
    kept = []
    for name, (_, lost) in MISTAKES.items():
        lines = {line.name: line for line in marks(name, "slip").lines if line.points}
        kept += [name] if any(lines[line].earned for line in lost) else []
        assert all(line.earned == line.points for n, line in lines.items() if n not in lost), name
    print("keep a part:", *kept)
    assert len(kept) <= KEPT, kept
