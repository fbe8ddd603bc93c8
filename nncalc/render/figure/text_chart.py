"""A chart in a terminal: lines of dots, eight in a letter's place, points as signs over them, axes with numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from nncalc.render.figure.parts import Chart, Dots, Point, Stroke, across_said, across_ticks, clipped, height, up_ticks
from nncalc.render.paper import QUIET, VALUE, Text, width_of

# A braille letter's dots, by row and column (Unicode 9.0, 22.7), from its first letter on.
BRAILLE, BITS = 0x2800, ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
# Rows of a chart; its columns, if there is room for them.
_ROWS, _COLUMNS, _LEAST = 15, 64, 20
_COLOURS = ("cyan", "yellow", "magenta", "green")
FULL, HOLLOW, _SIGNS = "●", "○", "●○◆◇"
Spot = tuple[int, int]  # row, column


class _Canvas:
    """Letters in rows, with the styles that they have."""

    def __init__(self, chart: Chart, columns: int):
        self.chart, self.columns = chart, columns
        self.dots: dict[Spot, int] = {}
        self.styles: dict[Spot, str] = {}
        self.letters: dict[Spot, str] = {}

    def place(self, point: Point) -> tuple[float, float]:
        """Where a point is, in letters from the top and from the left."""
        (x, y), (x0, x1), (y0, y1) = point, self.chart.x, self.chart.y
        return (y1 - y) / (y1 - y0) * _ROWS, (x - x0) / (x1 - x0) * self.columns

    def line(self, points: list[Point], style: str, dashed: bool) -> None:
        """A line of dots; a dashed one leaves out every second letter's."""
        for a, b in pairwise(map(self.place, points)):
            steps = max(1, round(max(abs(b[0] - a[0]) * 4, abs(b[1] - a[1]) * 2)))
            for i in range(steps + 1):
                part = i / steps
                self._dot(a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1]), style, dashed)

    def _dot(self, down: float, across: float, style: str, dashed: bool) -> None:
        row = min(int(down * 4), 4 * _ROWS - 1)
        column = min(int(across * 2), 2 * self.columns - 1)
        if row < 0 or column < 0 or (dashed and (row // 2 + column // 2) % 2):
            return
        spot = row // 4, column // 2
        self.dots[spot] = self.dots.get(spot, 0) | BITS[row % 4][column % 2]
        self.styles[spot] = style

    def sign(self, point: Point, letter: str, style: str, text: str) -> None:
        """A sign over what is there, and its text beside it where nothing stands."""
        down, across = self.place(point)
        row, column = min(int(down), _ROWS - 1), min(int(across), self.columns - 1)
        if row < 0 or column < 0:
            return
        self.letters[row, column], self.styles[row, column] = letter, style
        beside = [(row, column + 1 + i) for i in range(len(text))]
        if text and beside[-1][1] < self.columns and not any(spot in self.letters for spot in beside):
            for spot, character in zip(beside, text, strict=True):
                self.letters[spot], self.styles[spot] = character, QUIET

    def row(self, number: int) -> Text:
        """A row as it is written."""
        text = Text(whole=True)
        for column in range(self.columns):
            spot = number, column
            letter = self.letters.get(spot) or (chr(BRAILLE + self.dots[spot]) if spot in self.dots else " ")
            text.append(letter, self.styles.get(spot, ""))
        return text


def chart_lines(chart: Chart, width: int) -> Iterator[Text]:
    """The lines of a chart in so many columns."""
    tall = (chart.y[1] - chart.y[0]) / _ROWS
    marks = {min(int((chart.y[1] - y) / tall), _ROWS - 1): text for y, text in up_ticks(chart)}
    edge = max(map(len, marks.values()), default=0) + 1
    ends = _named(chart)
    beside = [line.name for line in ends] + [f"  {across_said(chart)}"]
    names = max(map(width_of, beside)) + 1
    columns = max(min(_COLUMNS, width - edge - 2 - names), _LEAST)
    canvas = _drawn(chart, columns)
    yield Text(chart.title, VALUE, whole=True)
    names_at = _names(chart, canvas)
    for number in range(_ROWS):
        text = marks.get(number, "")
        line = Text(f"{text:>{edge}} ", QUIET, whole=True).append("┤" if text else "│", "")
        written = Text(whole=True)
        for piece, style in [*line.pieces, *canvas.row(number).pieces]:
            written.append(piece, style)
        yield written.append(*names_at[number]) if number in names_at else written
    yield from _below(chart, edge, columns)


def _drawn(chart: Chart, columns: int) -> _Canvas:
    canvas = _Canvas(chart, columns)
    if chart.y[0] < 0 < chart.y[1] and not chart.log:
        canvas.line([(chart.x[0], 0), (chart.x[1], 0)], QUIET, True)
    for place, line in sorted(enumerate(chart.lines), key=lambda pair: not pair[1].quiet):
        points = [(x, height(chart, y)) for x, y in line.points]
        for run in clipped(points, chart.x, chart.y):
            canvas.line(run, _colour(chart, place), line.quiet)
    for place, line in enumerate(chart.lines):
        for x, y in line.points if line.dots else ():
            own = chart.own(place)
            canvas.sign((x, height(chart, y)), _SIGNS[own % len(_SIGNS)], _COLOURS[own % len(_COLOURS)], "")
    for dots in chart.dots:
        for point, text in zip(dots.points, dots.texts, strict=True):
            canvas.sign(point, _sign(dots), _COLOURS[dots.colour % len(_COLOURS)], text)
    return canvas


def _colour(chart: Chart, place: int) -> str:
    return QUIET if chart.lines[place].quiet else _COLOURS[chart.own(place) % len(_COLOURS)]


def _sign(dots: Dots) -> str:
    return HOLLOW if dots.hollow else FULL


def _named(chart: Chart) -> Sequence[Stroke]:
    """The lines whose names stand at their ends: not those that the title says already."""
    return [] if chart.title in {line.name for line in chart.lines} else chart.lines


def _names(chart: Chart, canvas: _Canvas) -> dict[int, tuple[str, str]]:
    """The names of lines by the row in which they end, or the next that is free."""
    found: dict[int, tuple[str, str]] = {}
    for place, line in enumerate(_named(chart)):
        runs = clipped([(x, height(chart, y)) for x, y in line.points], chart.x, chart.y)
        if line.name and runs:
            row = min(int(canvas.place(runs[-1][-1])[0]), _ROWS - 1)
            free = next((r for r in (*range(row, _ROWS), *range(row, -1, -1)) if r not in found), row)
            found[free] = f" {line.name}", _colour(chart, place)
    return found


def _below(chart: Chart, edge: int, columns: int) -> Iterator[Text]:
    """The lower axis with its numbers, what it is, and what the signs of points mean."""
    x0, x1 = chart.x
    rule, numbers = ["─"] * columns, [" "] * columns
    for x, text in across_ticks(chart):
        place = min(int((x - x0) / (x1 - x0) * columns), columns - 1)
        start = max(min(place - len(text) // 2, columns - len(text)), 0)
        if all(c == " " for c in numbers[max(start - 1, 0) : start + len(text)]):
            rule[place] = "┬"
            numbers[start : start + len(text)] = text
    yield Text(" " * (edge + 1) + "└" + "".join(rule), whole=True)
    yield Text(" " * (edge + 2) + "".join(numbers).rstrip() + f"   {across_said(chart)}".rstrip(), QUIET, whole=True)
    keys = [f"{_sign(dots)} {dots.name}" for dots in chart.dots if dots.name]
    if keys:
        yield Text(" " * (edge + 2) + "   ".join(keys), whole=True)
