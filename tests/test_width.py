"""A page that fits its width: no line longer, no number broken, signs in a column, and every line still right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import pytest
from arithmetic import NUMBER, Unreadable, half_a_place, value_and_slack
from command import run
from golden import ROOT, Page, whole

from nncalc.render.breaking import LEADING_SIGNS, broken, cut, grouped
from nncalc.render.paper import width_of

WIDTHS = (80, 100, 140)
PAGES = [page for page in whole() if page.name.endswith(".table80.txt") and not page.name.startswith("marks/")]
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name.removesuffix(".table80.txt"))
each_width = pytest.mark.parametrize("width", WIDTHS)


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@cache
def lines(page: Page, width: int) -> list[str]:
    given = run(*page.after).out.encode() if page.after else b""
    done = run(*page.words, stdin=given, terminal=width)
    assert (done.code, done.err) == (0, "")
    return done.out.splitlines()


def sides(page: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Of each cell of a step the column of its first sign, and what stands between the signs; broken lines joined."""
    column, text = 0, ""
    for line in [*page, ""]:
        indent = len(line) - len(line.lstrip())
        if text and indent > 4 and column and indent in (column, column + 2):
            text += " " + line.strip()
            continue
        if text:
            yield column, re.split(r" +[=≈] +", text)
        found = re.match(r" {4}(\S+) +[=≈] ", line)
        column = line.index(" = ") + 1 if found and " = " in line else 0
        text = line.strip() if found else ""


@each_width
@each_page
def test_no_line_is_longer_than_the_page(page: Page, width: int) -> None:
    """But for one that is a single name or number, of which there is none on these pages."""
    assert not [line for line in lines(page, width) if width_of(line) > width]


@each_width
@each_page
def test_what_is_broken_is_right_when_it_is_read_as_one_line(page: Page, width: int) -> None:
    """A number broken in two, or a term lost where a line ends, would give another value."""
    for _, parts in sides(lines(page, width)):
        if not NUMBER.fullmatch(parts[-1]):
            continue
        shown = float(parts[-1])
        for stage in parts[1:-1]:
            try:
                again, slack = value_and_slack(stage)
            except (Unreadable, ZeroDivisionError):
                continue
            allowed = 1.01 * slack + half_a_place(parts[-1]) * 1.000001 + abs(again) * 1e-11 + 1e-12
            assert abs(again - shown) <= allowed, parts


def test_pages_have_cells_to_be_read() -> None:
    """What the test above reads is there: without it another indentation would make it say nothing."""
    read = [parts for page in PAGES for _, parts in sides(lines(page, 80))]
    assert sum(len(parts) > 2 for parts in read) > 1000


@each_width
@each_page
def test_first_signs_of_a_steps_cells_are_in_a_column(page: Page, width: int) -> None:
    columns: dict[str, set[int]] = {}
    for line in lines(page, width):
        if found := re.match(r"(    (\S+\[)([\d,]+)\] +)= ", line):
            columns.setdefault(found[2] + "," * found[3].count(","), set()).add(len(found[1]))
    assert all(len(found) == 1 for found in columns.values()), columns


TERMS = ["0.1·(-2)", "exp(-0.3 + 1)", "12.5", "max(0, -1)", "(1 - 0.25)·3", "[0.5 > 0]·2"]


@pytest.mark.parametrize("width", range(8, 60, 3))
def test_a_formula_is_broken_at_its_signs_and_nothing_is_lost(width: int) -> None:
    text = " + ".join(TERMS) + " - " + " - ".join(TERMS)
    found = broken(text, width)
    assert "".join(found).replace(" ", "") == text.replace(" ", "")
    for before, line in pairwise(found):
        assert line.startswith(LEADING_SIGNS) or before.endswith(",")
    if width >= max(map(len, TERMS)):
        assert all(len(line) <= width + 2 for line in found)
        assert all(line.count("(") == line.count(")") for line in found), "parentheses are opened only where it helps"
    assert all(NUMBER.search(line) for line in found)


def test_parentheses_are_broken_where_nothing_else_helps() -> None:
    assert broken("-(1·ln(0.25) + 0.5·ln(0.75)) / 2", 20) == ["-(1·ln(0.25)", "+ 0.5·ln(0.75)) / 2"]
    assert broken("exp(1) / (exp(1) + exp(2))", 20) == ["exp(1)", "/ (exp(1) + exp(2))"]
    assert cut("a + f(b + c) - d") == ["a", "+ f(b + c)", "- d"]


def test_windows_stand_row_by_row() -> None:
    assert grouped("1·1 + 2·0 + 3·1 - 4·1 + 9", [2, 2], 20) == ["1·1 + 2·0", "+ 3·1 - 4·1 + 9"]
    assert grouped("1·1 + 2·0 + 3·1 - 4·1 + 9", [2, 2], 11) == ["1·1 + 2·0", "+ 3·1 - 4·1", "+ 9"]
    assert grouped("1·1 + 2·0 + 3·1 - 4·1 + 9", [2, 2], 7) is None
