"""Rows of layers and matrices as SVG; colours stand by their role (ink, quiet, line, s0 …) until it is known where."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from nncalc.render.document import node, put
from nncalc.render.figure.drawing import Drawn
from nncalc.render.figure.parts import Panel, Panels, Stage, Stages
from nncalc.trace.notation.numbers import number

# A letter's width (12 px type), the widest row of layers, a block's height, the room between two.
LETTER, WIDEST, BLOCK, BETWEEN = 6.8, 760, 52, 30
# The side of a cell that shows its number, of one that does not, and how many of these shades there are.
CELL, SMALL, SHADES = 40, 18, 6
# Of a matrix with more cells numbers would only be grey.
MOST_NUMBERS = 150


def label(text: str, x: float, y: float, anchor: str = "", **about: str | int) -> Element:
    """A text at its place; a minus is one."""
    place = {"text_anchor": anchor} if anchor else {}
    return node("text", text.replace("-", "−"), x=f"{x:g}", y=f"{y:g}", **place, **about)


def letters(text: str) -> float:
    """About how wide a text is."""
    return LETTER * len(text)


def stages_drawing(stages: Stages) -> Drawn:
    """Blocks with arrows between them, in as many rows as they need."""
    left, top, widest = 1.0, 1.0, 0.0
    blocks, arrows, texts = node("path", d="", fill="soft", stroke="ink"), "", node("g", text_anchor="middle")
    shown: list[Stage | str] = [*stages.row]
    shown[stages.after : stages.after] = [f"… {stages.left_out} more"] if stages.left_out else []
    for place, stage in enumerate(shown):
        rows = (stage,) if isinstance(stage, str) else tuple(filter(None, (stage.name, stage.size, stage.below)))
        width = math.ceil(max(map(letters, rows)) + 20)
        if left + width > WIDEST and place:
            left, top = BETWEEN + 1.0, top + BLOCK + 22
        if place:
            arrows += f"M{left - BETWEEN + 4:g} {top + BLOCK / 2:g}h{BETWEEN - 9}m-5-4l5 4-5 4"
        if not isinstance(stage, str):
            blocks.set("d", f"{blocks.get('d')}M{left:g} {top:g}h{width}v{BLOCK}h-{width}z")
        for i, row in enumerate(rows):
            about: dict[str, str | int] = {"font_weight": "bold"} if not i and len(rows) > 1 else {"fill": "quiet"}
            put(texts, label(row, left + width / 2, top + BLOCK / 2 + 4 + 15 * (i - (len(rows) - 1) / 2), **about))
        left += width + BETWEEN
        widest = max(widest, left - BETWEEN + 1)
    return widest, top + BLOCK + 1, [blocks, node("path", d=arrows, fill="none", stroke="ink"), texts]


def panels_drawing(panels: Panels, numbers: bool) -> Drawn:
    """Matrices side by side, each below its name; `numbers`: in the cells, where they have room."""
    left, bottom, top, widest = 0.0, 0.0, 0.0, 0.0
    drawn: list[Element] = []
    for panel in panels.panels:
        width, height, parts = _panel(panel, numbers)
        before = letters(panel.sign) + 14 if panel.sign else 0.0
        if left and left + before + width > WIDEST:
            left, top = 0.0, bottom + 8
        if panel.sign:
            drawn.append(label(panel.sign, left + before / 2 - 3, top + height / 2 + 14, "middle", font_size=20))
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
    side = max(CELL if panel.shaded else 26, letters(max((t for row in texts for t in row), key=len)) + 8) if numbers else SMALL
    side = math.ceil(side) if max(rows, columns) <= 24 else max(4, 400 // max(rows, columns))
    tall = min(side, 28)
    indexed = max(rows, columns) <= 24
    edge, top = (16, 34) if indexed else (0, 20)
    parts: list[Element] = [label(panel.name, edge, 13, font_weight="bold")]
    if indexed:
        places = node("g", fill="quiet", font_size=10, text_anchor="middle")
        put(places, *(label(str(j + 1), edge + side * (j + 0.5), 29) for j in range(columns)))
        put(places, *(label(str(i + 1), 7, top + tall * (i + 0.5) + 4) for i in range(rows) if rows > 1))
        parts.append(places)
    parts += _shades(panel, edge, top, side, tall, strokes=not numbers) if panel.shaded else []
    if panel.lit:
        parts.append(node("path", d=_cells(sorted(panel.lit), edge, top, side, tall), fill="s0", fill_opacity=".3"))
    if not panel.shaded:
        grid = "".join(f"M{edge} {top + tall * i:g}h{side * columns:g}" for i in range(rows + 1))
        grid += "".join(f"M{edge + side * j:g} {top}v{tall * rows:g}" for j in range(columns + 1))
        parts.append(node("path", d=grid, stroke="line"))
    if panel.lit:
        i, j, down, across = _around(panel)
        parts.append(node("path", d=f"M{edge + side * j:g} {top + tall * i:g}h{side * across:g}v{tall * down:g}"
                          f"h{-side * across:g}z", fill="none", stroke="s0", stroke_width=2.5))  # fmt: skip
    if numbers:
        held = node("g", text_anchor="middle")
        put(held, *(label(text, edge + side * (j + 0.5), top + tall * (i + 0.5) + 4)
                    for i, row in enumerate(texts) for j, text in enumerate(row)))  # fmt: skip
        parts.append(held)
    return edge + side * columns + 1, top + tall * rows + 1, parts


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
    inner = f"M{edge} {top}h{side * panel.array.shape[1]:g}v{tall * len(panel.array):g}h{-side * panel.array.shape[1]:g}z"
    drawn = [node("path", d=inner, fill="soft", stroke="line")]
    for level, cells in sorted(levels.items()):
        if level:
            drawn.append(node("path", d=_cells(cells, edge, top, side, tall), fill="s0" if level > 0 else "s1",
                              fill_opacity=f"{0.5 * abs(level) / SHADES:.2g}"))  # fmt: skip
    below = [cell for level, cells in levels.items() if level < 0 for cell in cells]
    if below and strokes and side >= SMALL:
        minus = "".join(f"M{edge + side * (j + 0.5) - 3:g} {top + tall * (i + 0.5):g}h6" for i, j in sorted(below))
        drawn.append(node("path", d=minus, stroke="ink"))
    return drawn


def _cells(cells: Sequence[tuple[int, int]], edge: float, top: float, side: float, tall: float) -> str:
    """A path of cells; those that touch in a row are one rectangle."""
    path, runs = "", list[list[int]]()
    for i, j in cells:
        if runs and runs[-1][0] == i and runs[-1][2] == j:
            runs[-1][2] = j + 1
        else:
            runs.append([i, j, j + 1])
    for i, first, last in runs:
        path += f"M{edge + side * first:g} {top + tall * i:g}h{side * (last - first):g}v{tall:g}h{-side * (last - first):g}z"
    return path
