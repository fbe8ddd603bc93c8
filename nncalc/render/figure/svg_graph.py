"""A graph of an expression as SVG: nodes in columns, on each wire its value above and its gradient below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from xml.etree.ElementTree import Element

from nncalc.render.figure.parts import Graph, Wire
from nncalc.render.page.document import node

# A letter's width, a node's height, a row's, the wire that bears the numbers, and the room in which wires part.
_LETTER, HEIGHT, _ROW, WIRE, PART = 8, 30, 62, 76, 36
SWEEPS = 6

Waypoint = tuple[str, str]  # a node (its name twice), or where the wire between two nodes passes a column
Drawn = tuple[float, float, list[Element]]  # what it takes across and down


def _columns(graph: Graph) -> dict[str, int]:
    """The column of each node: behind all that it is made from; what is given just before it is used."""
    column: dict[str, int] = {}
    for name in graph.nodes:  # in the order of the page: what a node is made from comes before it
        column[name] = max((column[a] + 1 for a, b in graph.wires if b == name), default=0)
    for name in reversed(graph.nodes):
        after = [column[b] for a, b in graph.wires if a == name]
        if after and not any(b == name for _, b in graph.wires):
            column[name] = min(after) - 1
    return column


def _rows(graph: Graph, column: dict[str, int]) -> list[list[Waypoint]]:
    """The places of each column from the top down: each near the middle of its neighbours."""
    columns: list[list[Waypoint]] = [[] for _ in range(max(column.values()) + 1)]
    beside: dict[Waypoint, list[Waypoint]] = defaultdict(list)
    for name, at in column.items():
        columns[at].append((name, name))
    for a, b in graph.wires:
        way = [(a, a), *((a, b) for _ in range(column[a] + 1, column[b])), (b, b)]
        for i in range(column[a] + 1, column[b]):
            columns[i].append((a, b))
        for one, other in pairwise(way):
            beside[one].append(other)
            beside[other].append(one)
    for _ in range(SWEEPS):
        height = {p: i - len(c) / 2 for c in columns for i, p in enumerate(c)}
        for places in columns:
            places.sort(key=lambda p: sum(height[o] for o in beside[p]) / max(len(beside[p]), 1))
    return columns


def graph_drawing(graph: Graph) -> Drawn:
    """The drawing of a graph, and its size."""
    column = _columns(graph)
    columns = _rows(graph, column)
    most = max(len(places) for places in columns)
    places: dict[tuple[int, Waypoint], tuple[float, float]] = {}
    frames: list[Element] = []
    left = 8.0
    for i, here in enumerate(columns):
        width = max([len(graph.nodes[a].label) for a, b in here if a == b], default=0) * _LETTER + 18
        for row, place in enumerate(here):
            middle = 24 + _ROW * (row + (most - len(here)) / 2) + HEIGHT / 2
            if place[0] == place[1]:
                frames += _frame(graph, place[0], left, middle, width)
            places[i, place] = left + width + (WIRE if place[0] == place[1] else 0), middle
        left += width + WIRE + PART
    wires = [_wire(wire, column, places, columns) for wire in graph.wires]
    wired = node("path", d="".join(wires), fill="none", stroke="ink")
    drawn = [node("g", wired, *frames, font_size=13, font_family="monospace", text_anchor="middle")]
    return left - PART, 48 + _ROW * (most - 1) + HEIGHT, drawn


def _frame(graph: Graph, name: str, left: float, middle: float, width: float) -> Iterable[Element]:
    """A node, and the wire from it with its numbers."""
    right, shown = left + width, graph.nodes[name]
    yield node("rect", x=f"{left:g}", y=f"{middle - HEIGHT / 2:g}", width=f"{width:g}", height=HEIGHT, rx=6,
               fill="none", stroke="ink")  # fmt: skip
    yield _text(shown.label, left + width / 2, middle + 4)
    yield node("path", d=f"M{right:g} {middle:g}h{WIRE}", stroke="ink")
    yield _text(shown.value, right + WIRE / 2, middle - 5, font_weight="bold")
    if shown.slope:
        yield _text(shown.slope, right + WIRE / 2, middle + 15, fill="s1")


def _text(text: str, x: float, y: float, **about: str) -> Element:
    return node("text", text.replace("-", "−"), x=f"{x:g}", y=f"{y:g}", **about)


def _wire(
    wire: Wire,
    column: dict[str, int],
    places: dict[tuple[int, Waypoint], tuple[float, float]],
    columns: list[list[Waypoint]],
) -> str:
    """The path from one node to another, past the nodes of the columns between."""
    a, b = wire
    x, y = places[column[a], (a, a)]
    drawn = f"M{x:g} {y:g}"
    for i in range(column[a] + 1, column[b] + 1):
        place = wire if i < column[b] else (b, b)
        _, down = places[i, place]
        starts = max(places[i - 1, p][0] for p in columns[i - 1] if p[0] == p[1]) if i else x
        bend, x = starts + PART / 2, starts + PART
        drawn += f"H{starts:g}C{bend:g} {y:g} {bend:g} {down:g} {x:g} {down:g}"
        y = down
    return drawn
