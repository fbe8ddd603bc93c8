"""A step on a page: its formula, below it the cells with their numbers, and the array that they make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TextIO

from nncalc.errors import so_many
from nncalc.render.breaking import LEADING_SIGNS, broken
from nncalc.render.layout import PageLine, View, formula, line, remarks
from nncalc.render.leaving import LeftOut
from nncalc.render.paper import NAME, QUIET, VALUE, Grid, Paper, Text, width_of
from nncalc.render.working.arrays import ArrayLines, array_blocks, side_by_side
from nncalc.render.working.cells import FEW_LINES, cell_texts, first_cells, fitted, tails
from nncalc.render.working.window import ShownWindow, picture, windows
from nncalc.trace.notation.style import TEXT
from nncalc.trace.notation.tree import Index
from nncalc.trace.steps import Step, Trace

# Below a step's formula its cells are so far to the right.
INDENT = 4
# Where only values are shown, those of an array on so many lines.
SHORT_LINES = 4


class StepPaper(Paper):
    """A page on which steps are written."""

    def __init__(self, trace: Trace, view: View, out: TextIO):
        super().__init__(view, out)
        self.trace = trace
        self.left = LeftOut(trace, view)
        self.standing: set[str] = set()  # the steps whose arrays stand on the page as rows

    def blocks(self, label: str, array: Any, style: str, indent: int = 0) -> list[ArrayLines]:
        """An array as the lines that show it, of more than two axes a block a matrix."""
        width = None if self.view.width is None else self.view.width - indent
        return array_blocks(Text(label, style=NAME), array, style, self.view.digits, width)

    def arrays(self, blocks: Sequence[ArrayLines], together: bool = False) -> None:
        """Arrays below each other; where lines have an end, matrices beside each other as long as there is room, and
        `together` also vectors.
        """
        width = self.view.width
        lines = [text for block in blocks for text in block]
        self.say(*(lines if width is None else side_by_side(blocks, width, together)))

    def values(self, step: Step) -> list[ArrayLines]:
        """A step as its value alone; of one that takes many lines its shape, and how to see it."""
        symbol = TEXT.symbol(step.symbol)
        blocks = self.blocks(symbol, step.array, VALUE)
        if sum(map(len, blocks)) <= SHORT_LINES:
            return blocks
        size = " x ".join(map(str, step.array.shape))
        return [[Text(whole=True).append(symbol, NAME).append(f"   {size} numbers: --get {step.name}", QUIET)]]

    def steps_in_order(self, steps: Sequence[Step]) -> None:
        """Step after step; those that only move numbers beside each other as long as there is room."""
        waiting: list[ArrayLines] = []
        for step in steps:
            block = self.moved(step)
            if block is None:
                self.arrays(waiting)
                waiting = []
                self.step(step)
            else:
                waiting.append(block)
                self.standing.add(step.name)
        self.arrays(waiting)

    def moved(self, step: Step) -> ArrayLines | None:
        """name = formula = array, of a step that only moves numbers; None where it does not, or there is no room."""
        if self.view.width is None or self.trace.explained or not 0 < step.array.ndim < 3:
            return None
        if any(line(step, index, self.view).stages for index in self.looked_at(step)):
            return None
        symbol, formed, said = TEXT.symbol(step.symbol), formula(step, self.view), self.left.said(step)
        (block,) = self.blocks(f"{symbol} = {formed}", step.array, VALUE)
        if len(block) != (1 if step.array.ndim == 1 else len(step.array)):
            return None
        block[0].pieces[1:2] = [(symbol, f"bold {NAME}"), (block[0].pieces[1][0].removeprefix(symbol), "")]
        if said:
            block[0].append(f"   {said}", QUIET)
        return block if all(self._has_room(width_of(text.plain)) for text in block) else None

    def looked_at(self, step: Step) -> list[Index]:
        """The cells that may be shown: where many are cut to some, no more than could be."""
        indices = self.left.cells(step)
        return indices[: FEW_LINES + 1] if self.view.cuts and not self.trace.explained else indices

    def step(self, step: Step) -> None:
        """The formula, and below it the cells."""
        indices, shown = self.left.cells(step), self.looked_at(step)
        lines = [line(step, index, self.view, self.left.reduced(step, index)) for index in shown]
        moved = step.cells is None and not any(worked.stages for worked in lines)
        self.formula(step)
        if moved and step.array.ndim:
            shown = indices
        elif self.trace.explained or self.view.detail == "full":
            self.pictured(step, lines)
        else:
            shown = shown[: self.cells(step, lines)]
        self.notes([step], shown)
        if step.array.ndim == 1 and len(shown) == len(indices):
            self.standing.add(step.name)
        if step.cells is None and self.stands_as_rows(step, moved, len(shown)):
            self.rows(step, len(indices) - len(shown))

    def rows(self, step: Step, more: int) -> None:
        """The array of a step, with a word of so many cells that do not stand above."""
        self.standing.add(step.name)
        blocks = self.blocks(TEXT.symbol(step.symbol), step.array, VALUE, INDENT)
        said = f"… {so_many(more, 'more cell')}: --detail full" if more else ""
        if said and self._has_room(INDENT + width_of(blocks[0][0].plain) + len(said) + 2):
            blocks[0][0].append(f"  {said}", QUIET)
        elif said:
            self.say(Text(said, style=QUIET), indent=INDENT)
        self.say(*(text for block in blocks for text in block), indent=INDENT)

    def stands_as_rows(self, step: Step, moved: bool, listed: int) -> bool:
        """Whether the array is shown, too: a matrix, but on lines with an end only where not all its cells are."""
        if moved:
            return bool(step.array.ndim)
        if self.view.width is None or self.view.detail == "full":
            return step.array.ndim >= 2 and step.array.size > 1
        return listed < len(self.left.cells(step))

    def formula(self, step: Step) -> None:
        """name = formula, with what is left out of it in words."""
        symbol, said = TEXT.symbol(step.symbol), self.left.said(step)
        width, formed = self.view.width, formula(step, self.view)
        first, *more = [formed] if width is None else broken(formed, width - width_of(symbol) - 3)
        lines = [Text(whole=True).append(symbol, f"bold {NAME}").append(f" = {first}", style="default")]
        for text in more:
            behind = " " * (width_of(symbol) + (1 if text.startswith(LEADING_SIGNS) else 3))
            lines.append(Text(behind + text, whole=True))
        if said and (width is None or width_of(lines[-1].plain) + 3 + width_of(said) <= width):
            lines[-1].append(f"   {said}", QUIET)
            said = ""
        self.say(*lines)
        self.behind(said)

    def behind(self, said: str) -> None:
        """What is left out of a step, on a line of its own."""
        if said:
            self.say(Text(said, style=QUIET), indent=INDENT)

    def cells(self, step: Step, lines: list[PageLine]) -> int:
        """Cells with their numbers and values in columns; how many of them are shown."""
        compared, width = step.exact is not None, self.view.width
        if width is None:
            self.say(_rows(lines, compared), indent=INDENT)
            return len(lines)
        cells = fitted(lines, compared, self.view, width - INDENT)
        if self.view.cuts and not self.trace.explained:
            shown = first_cells(cells, step.array.shape[-1] if step.array.ndim else 1)
            if shown < len(lines):
                cells = fitted(lines[:shown], compared, self.view, width - INDENT)
        self.say(*cell_texts(cells), indent=INDENT)
        return len(cells)

    def pictured(self, step: Step, lines: list[PageLine]) -> None:
        """Each cell that sums over windows below these windows, drawn beside their weights."""
        drawn: dict[Index, list[ShownWindow]] = {worked.index: windows(worked.made) for worked in lines}
        if not any(drawn.values()):
            self.cells(step, lines)
            return
        for worked in lines:
            for window in drawn[worked.index]:
                self.say(picture(window, self.view.digits), indent=INDENT)
            self.cells(step, [worked])

    def numbers(self, steps: Sequence[Step]) -> None:
        """Steps of one number each, a line each: name = formula = numbers = value, in columns where they have room."""
        lines = [line(step, (), self.view, self.left.reduced(step, ())) for step in steps]
        compared = steps[0].exact is not None
        ends = tails(lines, compared)
        rows = [_number(step, worked, t, self.view) for step, worked, t in zip(steps, lines, ends, strict=True)]
        filled = [any(cell.plain for cell in column) for column in zip(*rows, strict=True)]
        rows = [tuple(cell for cell, kept in zip(row, filled, strict=True) if kept) for row in rows]
        together = self._has_room(_width_of_rows(rows)) and not any(map(self.left.leaves, steps))
        if together:
            self.say(Grid(1, rows=[*rows]))
            self.notes(steps, [()])
            return
        for step, row, worked in zip(steps, rows, lines, strict=True):
            alone = [*(cell for cell in row[:-1] if cell.plain), *tails([worked], compared)]
            if self._has_room(_width_of_rows([alone])):
                said = self.left.said(step)
                if said and self._has_room(_width_of_rows([alone]) + 3 + width_of(said)):
                    alone, said = [*alone, Text(f"  {said}", QUIET)], ""
                self.say(Grid(1, rows=[alone]))
                self.behind(said)
                self.notes([step], [()])
            else:
                self.step(step)

    def _has_room(self, width: int) -> bool:
        return self.view.width is None or width <= self.view.width

    def notes(self, steps: Sequence[Step], cells: Sequence[Index]) -> None:
        """What was a convention, where the numbers meet a kink."""
        for note in dict.fromkeys(n for step in steps for index in cells for n in remarks(step, index, self.view)):
            self.say(Text(note, style=QUIET), indent=INDENT)


def _width_of_rows(rows: Sequence[Sequence[Text]]) -> int:
    return sum(max(width_of(cell.plain) for cell in column) + 1 for column in zip(*rows, strict=True)) - 1


def _rows(lines: Sequence[PageLine], compared: bool) -> Grid:
    """A line a cell, however long."""
    return Grid(
        1,
        rows=[
            (Text(x.cell, style=NAME), Text("= " + " = ".join(x.stages) if x.stages else ""), tail)
            for x, tail in zip(lines, tails(lines, compared), strict=True)
        ],
    )


def _number(step: Step, worked: PageLine, tail: Text, view: View) -> tuple[Text, ...]:
    """name, formula, numbers and value of a step of one number."""
    formed = formula(step, view)
    working = " = ".join(s for s in worked.stages if s != formed)
    symbolic = f"= {formed}" if formed != worked.value else ""
    return Text(worked.cell, style=f"bold {NAME}"), Text(symbolic), Text(f"= {working}" if working else ""), tail
