"""Rows of layers and matrices as SVG; colours stand by their role (ink, quiet, line, s0 …) until it is known where."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from nncalc.render.figure.parts import Panel, Panels, Stage, Stages
from nncalc.render.figure.svg_graph import Drawn
from nncalc.render.page.document import node, put
from nncalc.trace.notation.numbers import number

# A letter's width (12 px type), the widest row of layers, a block's height, the room between two.
_LETTER, ROOM_ACROSS, _BLOCK, _BETWEEN = 6.8, 760, 52, 30
# How much wider bold letters are.
BOLD = 1.1
# The side of a cell that shows its number, of one that does not, and how many of these shades there are.
_CELL, _SMALL, SHADES = 40, 22, 6
# How much of its colour the largest cell has: a text over it is still read (WCAG 2.1, 1.4.3).
DARKEST = 0.5
# Of a matrix with more cells numbers would only be grey.
MOST_NUMBERS = 150
# With more rows or columns than these they have no numbers.
INDEXED = 24


def label(text: str, x: float, y: float, **about: str | int) -> Element:
    """A text at its place; a minus is one."""
    return node("text", text.replace("-", "−"), x=f"{x:.4g}", y=f"{y:.4g}", **about)


def letters(text: str) -> float:
    """About how wide a text is."""
    return _LETTER * len(text)


def stages_drawing(stages: Stages) -> Drawn:
    """Blocks with arrows between them, in as many rows as they need."""
    left, top, widest = 1.0, 1.0, 0.0
    blocks = arrows = ""
    names, others = node("g", font_weight="bold"), node("g", fill="quiet")
    shown: list[Stage | None] = [*stages.row]
    shown[stages.after : stages.after] = [None] if stages.left_out else []
    for place, stage in enumerate(shown):
        rows = [row for row in (stage.name, stage.size, stage.below) if row] if stage else []
        width = math.ceil(max(map(letters, rows or [f"… {stages.left_out} more"])) + 20)
        if left + width > ROOM_ACROSS and place:
            left, top = _BETWEEN + 1.0, top + _BLOCK + 22
        if place:
            arrows += f"M{left - _BETWEEN + 4:g} {top + _BLOCK / 2:g}h{_BETWEEN - 9}m-5-4l5 4-5 4"
        if stage:
            blocks += f"M{left:g} {top:g}h{width}v{_BLOCK}h-{width}z"
        middle, first = left + width / 2, top + _BLOCK / 2 + 4 - 7.5 * (len(rows) - 1)
        put(names if stage else others, label(rows[0] if stage else f"… {stages.left_out} more", middle, first))
        put(others, *(label(row, middle, first + 15 * i) for i, row in enumerate(rows[1:], 1)))
        left += width + _BETWEEN
        widest = max(widest, left - _BETWEEN + 1)
    drawn = node("path", d=blocks, fill="soft", stroke="ink"), node("path", d=arrows, fill="none", stroke="ink")
    return widest, top + _BLOCK + 1, [*drawn, node("g", names, others, text_anchor="middle")]


def panels_drawing(panels: Panels, numbers: bool) -> Drawn:
    """Matrices side by side, each below its name; `numbers`: in the cells, where they have room."""
    left, bottom, top, widest = 0.0, 0.0, 0.0, 0.0
    drawn: list[Element] = []
    for panel in panels.panels:
        width, height, parts = _panel(panel, numbers)
        before = letters(panel.sign) + 14 if panel.sign else 0.0
        if left and left + before + width > ROOM_ACROSS:
            left, top = 0.0, bottom + 8
        if panel.sign:
            middle = left + before / 2 - 3, top + height / 2 + 14
            drawn.append(label(panel.sign, *middle, text_anchor="middle", font_size=20))
        drawn.append(node("g", *parts, transform=f"translate({left + before:g} {top:g})"))
        left += before + width + (6 if panels.panels[-1].sign else 20)
        bottom, widest = max(bottom, top + height), max(widest, left)
    if panels.said:
        drawn.append(label(panels.said, 0, bottom + 16, fill="quiet"))
        bottom, widest = bottom + 22, max(widest, letters(panels.said))
    return widest, bottom, drawn


def _panel(panel: Panel, numbers: bool) -> Drawn:
    rows, columns = panel.array.shape
    texts = [[number(value, 2) for value in row] for row in panel.array.tolist()]
    numbers = (numbers or not panel.shaded) and panel.array.size <= MOST_NUMBERS
    indexed = max(rows, columns) <= INDEXED
    longest = max((text for row in texts for text in row), key=len)
    side = math.ceil(max(_CELL if panel.shaded else 26, letters(longest) + 8)) if numbers else _SMALL
    side = side if indexed else max(4, 400 // max(rows, columns))
    tall = min(side, 26)
    edge, top = (16, 34) if indexed else (0, 20)
    parts: list[Element] = [label(panel.name, edge, 13, font_weight="bold")]
    if indexed:
        places = node("g", fill="quiet", font_size=10, text_anchor="middle")
        put(places, *(label(str(j + 1), edge + side * (j + 0.5), 29) for j in range(columns)))
        put(places, *(label(str(i + 1), 7, top + tall * (i + 0.5) + 4) for i in range(rows) if rows > 1))
        parts.append(places)
    parts += _shades(panel, edge, top, side, tall, strokes=not numbers) if panel.shaded else []
    if panel.lit:
        parts.append(_cells([*panel.lit], "s0", 0.3, (edge, top, side, tall)))
    if not panel.shaded:
        grid = "".join(f"M{edge} {top + tall * i:g}h{side * columns:g}" for i in range(rows + 1))
        grid += "".join(f"M{edge + side * j:g} {top}v{tall * rows:g}" for j in range(columns + 1))
        parts.append(node("path", d=grid, stroke="line"))
    if panel.lit:
        i, j, down, across = _around(panel)
        parts.append(node("path", d=f"M{edge + side * j:g} {top + tall * i:g}h{side * across:g}v{tall * down:g}"
                          f"h{-side * across:g}z", fill="none", stroke="s0", stroke_width="2.5"))  # fmt: skip
    if numbers:
        held = node("g", text_anchor="middle")
        put(held, *(label(text, edge + side * (j + 0.5), top + tall * (i + 0.5) + 4)
                    for i, row in enumerate(texts) for j, text in enumerate(row)))  # fmt: skip
        parts.append(held)
    return max(edge + side * columns + 1, edge + BOLD * letters(panel.name)), top + tall * rows + 1, parts


def _around(panel: Panel) -> tuple[int, int, int, int]:
    """The frame around what is lit: its first row and column, how many rows and columns."""
    rows, columns = ([place[axis] for place in panel.lit] for axis in (0, 1))
    return min(rows), min(columns), max(rows) - min(rows) + 1, max(columns) - min(columns) + 1


def _shades(panel: Panel, edge: float, top: float, side: float, tall: float, strokes: bool) -> list[Element]:
    """One path for each shade: the cells of it; those below 0 in another colour, and with a stroke without numbers."""
    levels: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for i, row in enumerate(panel.array.tolist()):
        for j, value in enumerate(row):
            if math.isfinite(value):
                levels[round(SHADES * value / panel.most)].append((i, j))
    wide = side * panel.array.shape[1]
    inner = f"M{edge} {top}h{wide:g}v{tall * len(panel.array):g}h{-wide:g}z"
    drawn = [node("path", d=inner, fill="soft", stroke="line")]
    for level, cells in sorted(levels.items()):
        if level:
            colour, shade = "s0" if level > 0 else "s1", DARKEST * abs(level) / SHADES
            drawn.append(_cells(cells, colour, shade, (edge, top, side, tall)))
    below = [cell for level, cells in levels.items() if level < 0 for cell in cells]
    if below and strokes and side >= _SMALL:
        minus = "".join(f"M{edge + side * (j + 0.5) - 3:g} {top + tall * (i + 0.5):g}h6" for i, j in sorted(below))
        drawn.append(node("path", d=minus, stroke="ink"))
    return drawn


def _cells(cells: Sequence[tuple[int, int]], colour: str, shade: float, box: tuple[float, ...]) -> Element:
    """Cells as strokes as broad as they are, of those that touch in a row or a column one: whichever are fewer."""
    edge, top, side, tall = box
    rows, columns = _runs(cells), _runs([(j, i) for i, j in cells])
    if len(rows) <= len(columns):
        path = "".join(f"M{edge + side * j:g} {top + tall * (i + 0.5):g}h{side * n:g}" for i, j, n in rows)
    else:
        path = "".join(f"M{edge + side * (j + 0.5):g} {top + tall * i:g}v{tall * n:g}" for j, i, n in columns)
    width = tall if len(rows) <= len(columns) else side
    return node("path", d=path, stroke=colour, stroke_width=f"{width:g}", stroke_opacity=f"{shade:.2g}")


def _runs(cells: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Cells that follow each other: where the first one is, and how many there are."""
    runs: list[tuple[int, int, int]] = []
    for i, j in sorted(cells):
        line, first, count = runs[-1] if runs else (-1, 0, 0)
        if line == i and first + count == j:
            runs[-1] = line, first, count + 1
        else:
            runs.append((i, j, 1))
    return runs
