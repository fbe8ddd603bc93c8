"""Pictures in a terminal: blocks, shades and, where there are colours, these; every sign is legible without them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import zip_longest
from textwrap import wrap

from nncalc.render.figure.parts import Chart, Graph, Panel, Panels, Picture, Stage, Stages
from nncalc.render.figure.text_chart import chart_lines
from nncalc.render.layout import View
from nncalc.render.paper import NAME, QUIET, VALUE, Paper, Text, width_of
from nncalc.trace.notation.numbers import aligned, number

# The columns of a picture where no terminal says how many there are.
_WIDTH = 80
# Shades of what is above 0 and below: nothing, then darker and darker.
_ABOVE, _BELOW = " ░▒▓█", " -~=≡"
LIT = "bold cyan"


def terminal_text(pictures: Sequence[Picture], view: View) -> str:
    """All pictures below each other."""
    out = StringIO()
    paper = Paper(View(color=view.color), out)
    width = view.width or _WIDTH
    for place, picture in enumerate(pictures):
        paper.say(*([Text("")] if place else []), *_lines(picture, view, width))
    return out.getvalue()


def _lines(picture: Picture, view: View, width: int) -> Iterator[Text]:
    if isinstance(picture, Chart):
        return chart_lines(picture, width)
    if isinstance(picture, Stages):
        return _stages(picture, width, ">" if view.ascii else "→")
    return _tree(picture) if isinstance(picture, Graph) else _panels(picture, view, width)


# Rows of layers


def _stages(stages: Stages, width: int, arrow: str) -> Iterator[Text]:
    """Blocks with arrows between them, as many in a row as there is room for."""
    shown: list[list[str]] = [_block(stage) for stage in stages.row]
    shown[stages.after : stages.after] = [["", f"… {stages.left_out} more", "", ""]] if stages.left_out else []
    rows: list[list[list[str]]] = [[]]
    for block in shown:
        taken = sum(len(other[1]) + 3 for other in rows[-1])
        if rows[-1] and taken + len(block[1]) > width - 2:
            rows.append([])
        rows[-1].append(block)
    for place, row in enumerate(rows):
        tall = max(map(len, row))
        for i in range(tall):
            between = f" {arrow} " if i == 1 else "   "
            start = "" if not place else between[1:]
            cells = [(block[i] if i < len(block) else "").ljust(len(block[1])) for block in row]
            text = between.join(cells)
            yield Text(start + text, NAME if i == 1 else "", whole=True)


def _block(stage: Stage) -> list[str]:
    inside = [row for row in (stage.name, stage.size, stage.below) if row]
    wide = max(map(width_of, inside))
    rows = [f"│ {row.center(wide)} │" for row in inside]
    return [f"┌{'─' * (wide + 2)}┐", *rows, f"└{'─' * (wide + 2)}┘"]


# Expressions


def _tree(graph: Graph) -> Iterator[Text]:
    """A tree from what comes out down to what is given: beside each node its value, below it the gradient."""
    rows: list[tuple[str, str, str, str]] = []
    _branch(graph, graph.output, "", "", set(), rows)
    widest = max(width_of(first) for first, *_ in rows) + 2
    values, slopes = (aligned([row[i] for row in rows]) for i in (2, 3))
    yield Text(" " * widest, whole=True).append("value", VALUE).append(" above, ", QUIET).append(
        f"∂{graph.output}/∂node", "yellow").append(" below", QUIET)  # fmt: skip
    for (first, below, _, slope), value, gradient in zip(rows, values, slopes, strict=True):
        yield Text(first + " " * (widest - width_of(first)), whole=True).append(value, VALUE)
        if slope:
            yield Text(below + " " * (widest - width_of(below)), whole=True).append(gradient, "yellow")


def _branch(
    graph: Graph, name: str, lead: str, below: str, seen: set[str], rows: list[tuple[str, str, str, str]]
) -> None:
    """A node and what it is made from; what stands above already is only named."""
    stack = [(name, lead, below)]
    while stack:
        name, lead, below = stack.pop()
        node, inner = graph.nodes[name], [a for a, b in graph.wires if b == name]
        if name in seen and inner:
            rows.append((f"{lead}{name}, as above", below, node.value, ""))
            continue
        seen.add(name)
        rows.append((lead + node.label, below + ("│ " if inner else ""), node.value, node.slope))
        for place, part in reversed([*enumerate(inner)]):
            last = place == len(inner) - 1
            stack.append((part, below + ("└─ " if last else "├─ "), below + ("   " if last else "│  ")))


# Matrices


def _panels(panels: Panels, view: View, width: int) -> Iterator[Text]:
    """Matrices beside each other while they have room."""
    row: list[list[Text]] = []
    taken = 0
    for panel in panels.panels:
        block = _panel(panel, width)
        before = panel.sign.replace("⋆", "*") if view.ascii else panel.sign
        wide = _wide(block) + (len(before) + 4 if before else 3)
        if row and taken + wide > width:
            yield from _beside(row)
            yield Text("")
            row, taken = [], 0
        sign = [[Text(whole=True)] * (1 + len(panel.array) // 2 + 1) + [Text(before, VALUE)]] if before else []
        row += [*sign, block]
        taken += wide
    yield from _beside(row)
    if panels.said:
        yield Text("")
        yield from (Text(part, QUIET) for part in wrap(panels.said, width))
    if any(panel.shaded for panel in panels.panels):
        most = panels.panels[0].most
        steps = [f"{_ABOVE[i]} {number(most * i / (len(_ABOVE) - 1), 2)}" for i in range(1, len(_ABOVE))]
        below = any(panel.array.min() < 0 for panel in panels.panels if panel.shaded)
        under = "; below 0: " + " ".join(_BELOW[1:]) if below else ""
        yield Text(f"{'  '.join(steps)}{under}", QUIET)


def _panel(panel: Panel, width: int) -> list[Text]:
    """A matrix below its name: numbers with their shades, shades alone where these are too wide."""
    rows = panel.array.tolist()
    texts = [[number(value, 2) for value in row] for row in rows]
    wide = max(len(text) for row in texts for text in row)
    columns, edge = len(rows[0]), len(str(len(rows))) + 1
    cell = wide + 3
    if edge + columns * cell > width:
        cell = 2 if edge + 2 * columns <= width else 1
    columns = min(columns, (width - edge - 1) // cell)
    lines = [Text(panel.name, NAME, whole=True), _heads(edge, cell, columns)]
    for i, row in enumerate(rows):
        line = Text(f"{i + 1 if len(rows) > 1 else '':>{edge - 1}} ", QUIET, whole=True)
        written = Text(whole=True).append(line.plain, QUIET)
        for j, value in enumerate(row[:columns]):
            _cell(written, panel, (i, j), texts[i][j], value, cell)
        lines.append(written.append(" …" if columns < len(row) else "", QUIET))
    return lines


def _heads(edge: int, cell: int, columns: int) -> Text:
    """The numbers of the columns, as many as have room."""
    every = 1 if cell > 2 else max(1, 4 // cell)
    heads = "".join(
        f"{j + 1 if j % every == 0 else '':^{cell}}" if cell > 2 else f"{j + 1:<{cell * every}}"
        for j in range(0, columns, every)
    )
    return Text(" " * edge + heads.rstrip(), QUIET, whole=True)


def _cell(line: Text, panel: Panel, at: tuple[int, int], text: str, value: float, cell: int) -> None:
    """A cell: what is lit in brackets, what is shaded with its shade."""
    if not panel.shaded:
        lit = at in panel.lit
        if cell > 2:
            line.append(f"{f'[{text}]' if lit else f'{text} ':>{cell}}", LIT if lit else "")
        else:
            line.append(("#" if lit else "·").ljust(cell), LIT if lit else QUIET)
        return
    shade = _shade(value, panel.most)
    style = "cyan" if value >= 0 else "yellow"
    if cell > 2:
        line.append(f"{text:>{cell - 2}}")
        line.append(shade * 2, style)
    else:
        line.append(shade * cell, style)


def _shade(value: float, most: float) -> str:
    if value != value or abs(value) == float("inf"):
        return "?" if value != value else (_ABOVE if value > 0 else _BELOW)[-1]
    return (_ABOVE if value >= 0 else _BELOW)[min(len(_ABOVE) - 1, round(abs(value) / most * (len(_ABOVE) - 1)))]


def _wide(block: Sequence[Text]) -> int:
    return max(width_of(line.plain) for line in block)


def _beside(blocks: Sequence[list[Text]]) -> Iterator[Text]:
    """Blocks of lines side by side."""
    widths = [_wide(block) for block in blocks]
    for row in zip_longest(*blocks):
        line = Text(whole=True)
        for part, wide in zip(row, widths, strict=True):
            pieces = part.pieces if part is not None else []
            style = part.style if part is not None else ""
            for text, own in pieces:
                line.append(text, f"{style} {own}".strip())
            line.append(" " * (wide - (width_of(part.plain) if part is not None else 0) + 2))
        yield line
