"""Arrays on the page: a number or a vector on a line, a matrix as rows, and several of them side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from nncalc.render.breaking import broken
from nncalc.render.layout import blocks, inline, matrix
from nncalc.render.paper import Text, width_of

ArrayLines = list[Text]
# Blanks between arrays side by side, and between the columns of a matrix.
BESIDE, GAP = 3, 2


def array_blocks(label: Text, array: Any, style: str, digits: int, width: int | None) -> list[ArrayLines]:
    """name = value, of more than two axes a block a matrix; nothing is wider than `width` columns, where it can be."""
    if np.ndim(array) < 2:
        return [_vector(label, inline(array, digits), style, width)]
    return [
        _rows(Text(f"{title} = ", label.style), matrix(block, digits), style, width)
        for title, block in blocks(label.plain, array)
    ]


def side_by_side(all_blocks: Iterable[ArrayLines], width: int, vectors: bool = False) -> ArrayLines:
    """Matrices beside each other as long as there is room, and `vectors` so; a vector never beside a matrix."""
    lines: ArrayLines = []
    band: list[tuple[ArrayLines, int]] = []
    for block in all_blocks:
        wide = max(width_of(line.plain) for line in block)
        alike = band and (len(band[0][0]) > 1) == (len(block) > 1) and (vectors or len(block) > 1)
        if band and (not alike or sum(w + BESIDE for _, w in band) + wide > width):
            lines += _band(band)
            band = []
        band.append((block, wide))
    return lines + _band(band)


def _band(band: Sequence[tuple[ArrayLines, int]]) -> ArrayLines:
    lines = [Text(whole=True) for _ in range(max((len(block) for block, _ in band), default=0))]
    for i, line in enumerate(lines):
        for block, wide in band:
            pieces = block[i].pieces if i < len(block) else []
            line.pieces += pieces
            line.append(" " * (wide + BESIDE - sum(width_of(text) for text, _ in pieces)))
    return lines


def _vector(label: Text, written: str, style: str, width: int | None) -> ArrayLines:
    lead = f"{label.plain} = "
    room = len(written) if width is None else width - width_of(lead) - written.startswith("[")
    first, *more = broken(written, max(room, 1))
    behind = " " * (width_of(lead) + 1)
    return [
        _line(label.plain, label.style).append(" = ").append(first, style),
        *(_line(behind).append(line, style) for line in more),
    ]


def _rows(label: Text, rows: list[list[str]], style: str, width: int | None) -> ArrayLines:
    """The rows behind the name; where these are too wide, so many columns below each other as there is room for."""
    lead = width_of(label.plain)
    wide = [width_of(cell) + GAP for cell in rows[0]] if rows else []
    if width is None or lead + sum(wide) - GAP <= width:
        return _behind(label, rows, style)
    room, parts, start = width - GAP, [], 0
    while start < len(wide):
        end, used = start + 1, wide[start]
        while end < len(wide) and used + wide[end] - GAP <= room:
            used += wide[end]
            end += 1
        parts.append((start, end))
        start = end
    if len(parts) == 1:
        return [_line(label.plain.rstrip(), label.style), *_behind(Text(" " * GAP), rows, style)]
    lines = []
    for start, end in parts:
        span = f"columns {start + 1} to {end}" if end > start + 1 else f"column {end}"
        lines.append(_line(label.plain, label.style).append(span))
        lines += _behind(Text(" " * GAP), [row[start:end] for row in rows], style)
    return lines


def _behind(label: Text, rows: list[list[str]], style: str) -> ArrayLines:
    blank = " " * width_of(label.plain)
    leads = [_line(label.plain, label.style), *(_line(blank) for _ in rows[1:])]
    return [lead.append((" " * GAP).join(row), style) for lead, row in zip(leads, rows, strict=True)]


def _line(text: str, style: str = "") -> Text:
    """A line that begins so, and goes on in other styles."""
    return Text(whole=True).append(text, style)
