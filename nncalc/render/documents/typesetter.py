"""Mathematics set in a markup: lines beside and below each other, arrays in parts that a page has room for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from nncalc.errors import JOINERS, printable
from nncalc.render.documents.markup import Markup, ShownFormula
from nncalc.render.layout import View, inline
from nncalc.trace.notation.numbers import number
from nncalc.trace.notation.record import Style
from nncalc.trace.notation.style import TEXT, place, symbols, write
from nncalc.trace.notation.tree import Expr

# Lines of one display, and rows of a matrix, that a page has room for.
_MOST_LINES, _MOST_ROWS = 40, 30
# One line of working: its left side, and what it is equal to, each with its sign.
Sides = list[tuple[str, ShownFormula]]


class Typesetter:
    """Sets parts of a page in a markup.

    smaller: a matrix may be so many times as wide as a line; it is then set smaller.
    """

    smaller = 1.5

    def __init__(self, markup: Markup, view: View):
        self.markup, self.view = markup, view

    def _heading(self, words: str, level: int) -> Iterator[str]:
        if words:
            yield self.markup.heading(self.markup.text(printable(words, 600, JOINERS)), level)

    def _said(self, words: str) -> str:
        return self.markup.said(self.markup.text(words))

    def _flow(self, parts: Sequence[ShownFormula]) -> Iterator[str]:
        if parts:
            yield self.markup.flow(parts)

    def _whole(self, symbol: str, made: Expr) -> Iterator[str]:
        """name = formula, of whole values."""
        whole = self._equation(symbol, made)
        if self._fits(whole):
            yield self.markup.flow([whole])
        else:
            left = ShownFormula(self.markup.style.symbol(symbol), TEXT.symbol(symbol))
            yield from self._display([lambda style: [("", left), ("=", self._made(made, style))]])

    def _equation(self, symbol: str, made: Expr) -> ShownFormula:
        right = self._made(made, self.markup.style)
        return ShownFormula(
            f"{self.markup.style.symbol(symbol)} = {right.source}", f"{TEXT.symbol(symbol)} = {right.text}"
        )

    def _made(self, made: Expr, style: Style) -> ShownFormula:
        source, text = (write(made, s, symbols(s), self.view.digits) for s in (style, self.view.style))
        return ShownFormula(source, text)

    def _fits(self, whole: ShownFormula) -> bool:
        return whole.width <= self.markup.line

    def _display(self, written: list[Callable[[Style], Sides]]) -> Iterator[str]:
        """Lines below each other, aligned at their first sign of equality; a long one goes on below."""
        lines: list[tuple[str, str]] = []
        texts: list[str] = []
        widest = 0
        styled = [sides(self.markup.style) for sides in written]
        room = self.markup.line - max(left.width for (_, left), *_ in styled)
        for sides, (left, *rest) in zip(written, styled, strict=True):
            texts.append(left[1].text + "".join(f" {sign} {part.text}" for sign, part in rest))
            alone = sum(part.width + 3 for _, part in rest)
            if alone <= room:
                widest = max(widest, alone + self.markup.line - room)
                lines.append((left[1].source, " ".join(f"{self._sign(sign)} {part.source}" for sign, part in rest)))
            else:
                below, width = self._below(left[1], rest, sides, room)
                lines += below
                widest = max(widest, width + self.markup.line - room, self.markup.line)
            if len(lines) >= _MOST_LINES:
                yield self.markup.display(lines, "; ".join(texts), widest)
                lines, texts, widest = [], [], 0
        if lines:
            yield self.markup.display(lines, "; ".join(texts), widest)

    def _below(
        self, left: ShownFormula, rest: Sides, sides: Callable[[Style], Sides], room: int
    ) -> tuple[list[tuple[str, str]], int]:
        """Each side where it has room, on a line of its own where it has none, and one that is too long on several."""
        lines: list[str] = []
        widest, used, flat = 0, room, sides(self.markup.flat)[1:]
        for i, (sign, part) in enumerate(rest):
            rows, width = [part.source], part.width + 3
            if width > room and i < len(flat):
                rows, width = self.markup.broken(
                    ShownFormula(self.markup.loosened(flat[i][1].source), part.text), room - 5
                )
            first, *others = rows
            if used + width <= room:
                lines[-1] += f" {self._sign(sign)} {first}"
            else:
                lines += [f"{self._sign(sign)} {first}", *(f"{self.markup.indent} {row}" for row in others)]
            used = room if others else used + width if used + width <= room else width
            widest = max(widest, width)
        return [(left.source if i == 0 else "", row) for i, row in enumerate(lines)], widest

    def _sign(self, sign: str) -> str:
        return self.markup.approximately if sign == "≈" else sign

    def _values(self, symbol: str, array: Any) -> Iterator[ShownFormula]:
        """name = number, vector or matrix; one with more axes, or too large for a page, in several parts."""
        array = np.asarray(array)
        for lead in np.ndindex(array.shape[:-2]):
            part = np.atleast_2d(array[lead])
            for at in self._tiles(part):
                tile = part[at]
                spans = [] if tile.shape == part.shape else [*map(_span, at)][-array.ndim :]
                cell = ",".join([*([place(lead)] if lead else []), *spans])
                yield self._value(symbol, cell, tile if array.ndim > 1 else tile[0] if array.ndim else array)

    def _value(self, symbol: str, cell: str, array: Any) -> ShownFormula:
        style, digits = self.markup.style, self.view.digits
        texts = [[number(x, digits) for x in row] for row in np.atleast_2d(array)]
        rows = [[style.signed(text) for text in row] for row in texts]
        name = TEXT.symbol(symbol, cell)
        said = "; ".join(" ".join(row) for row in texts) if array.ndim == 2 else inline(array, digits)
        source = rows[0][0] if array.ndim == 0 else self.markup.vector(rows[0]) if array.ndim == 1 else ""
        width = sum(max(map(len, column)) + 2 for column in zip(*texts, strict=True)) + len(name) + 3
        return ShownFormula(
            f"{style.symbol(symbol, cell)} = {source or self.markup.matrix(rows)}", f"{name} = {said}", width
        )

    def _tiles(self, matrix: Any) -> Iterator[tuple[slice, slice]]:
        """The parts of a matrix that a page has room for, by rows, then by columns."""
        rows, columns = matrix.shape
        widths = [max((len(number(x, self.view.digits)) + 2 for x in column), default=0) for column in matrix.T]
        cuts, width = [0], 0
        for i, own in enumerate(widths):
            if width + own > self.markup.line * self.smaller - 8:
                cuts.append(i)
                width = 0
            width += own
        for top in range(0, max(rows, 1), _MOST_ROWS):
            for start, end in zip(cuts, [*cuts[1:], columns], strict=True):
                yield slice(top, min(top + _MOST_ROWS, rows)), slice(start, end)


def _span(part: slice) -> str:
    return f"{part.start + 1}:{part.stop}" if part.stop - part.start > 1 else f"{part.stop}"
