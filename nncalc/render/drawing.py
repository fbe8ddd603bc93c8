"""A graph of an expression as SVG: nodes in columns, on each wire its value above and its gradient below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from xml.etree.ElementTree import Element

from nncalc.render.document import node
from nncalc.render.graph import gradients_in, output_of
from nncalc.render.layout import View, formula
from nncalc.trace.name import StepName
from nncalc.trace.notation.numbers import number
from nncalc.trace.notation.style import TEXT
from nncalc.trace.steps import Trace, elements_in

# A letter's width, a node's height, a row's, the wire that bears the numbers, and the room in which wires part.
LETTER, HEIGHT, ROW, WIRE, PART = 8, 30, 62, 76, 36
LONGEST, SWEEPS = 26, 6

Waypoint = tuple[str, str]  # a node (its name twice), or where the wire between two nodes passes a column


class _Graph:
    """Nodes with their formula, value and gradient, and the wires between them."""

    def __init__(self, trace: Trace, view: View):
        slopes = gradients_in(trace)
        self.labels = {name: TEXT.symbol(value.symbol) for name, value in trace.given.items()}
        self.values = {name: number(value.array, view.digits) for name, value in trace.given.items()}
        self.wires: list[Waypoint] = []
        for step in trace.steps:
            if StepName.parse(step.name).is_gradient:
                continue
            self.labels[step.name] = _short(f"{TEXT.symbol(step.symbol)} = {formula(step, view)}")
            self.values[step.name] = number(step.array, view.digits)
            made_from = dict.fromkeys(name for name, _ in elements_in(step.element(())) if name in self.labels)
            self.wires += [(name, step.name) for name in made_from]
        self.slopes = {name: number(slopes[name].array, view.digits) for name in self.labels if name in slopes}
        self.slopes.setdefault(output_of(trace), "1")
        self.column: dict[str, int] = {}
        for name in self.labels:  # in the order of the page: what a node is made from comes before it
            self.column[name] = max((self.column[a] + 1 for a, b in self.wires if b == name), default=0)
        for name in reversed(self.labels):  # what is given stands just before it is used
            after = [self.column[b] for a, b in self.wires if a == name]
            if after and not any(b == name for _, b in self.wires):
                self.column[name] = min(after) - 1

    def rows(self) -> list[list[Waypoint]]:
        """The places of each column from the top down: each near the middle of its neighbours."""
        columns: list[list[Waypoint]] = [[] for _ in range(max(self.column.values()) + 1)]
        beside: dict[Waypoint, list[Waypoint]] = defaultdict(list)
        for name, at in self.column.items():
            columns[at].append((name, name))
        for a, b in self.wires:
            way = [(a, a), *((a, b) for _ in range(self.column[a] + 1, self.column[b])), (b, b)]
            for i in range(self.column[a] + 1, self.column[b]):
                columns[i].append((a, b))
            for one, other in pairwise(way):
                beside[one].append(other)
                beside[other].append(one)
        for _ in range(SWEEPS):
            height = {p: i - len(c) / 2 for c in columns for i, p in enumerate(c)}
            for column in columns:
                column.sort(key=lambda p: sum(height[o] for o in beside[p]) / max(len(beside[p]), 1))
        return columns


def graph_drawing(trace: Trace, view: View) -> Element:
    """The drawing of a graph (`is_graph`), which says in words what it shows."""
    graph = _Graph(trace, view)
    columns = graph.rows()
    most = max(len(column) for column in columns)
    places: dict[tuple[int, Waypoint], tuple[float, float]] = {}
    frames: list[Element] = []
    left = 8.0
    for i, column in enumerate(columns):
        width = max([len(graph.labels[a]) for a, b in column if a == b], default=0) * LETTER + 18
        for row, place in enumerate(column):
            middle = 24 + ROW * (row + (most - len(column)) / 2) + HEIGHT / 2
            places[i, place] = left, middle
            if place[0] == place[1]:
                frames += _frame(graph, place[0], left, middle, width)
        for place in column:
            x, y = places[i, place]
            places[i, place] = x + width + (WIRE if place[0] == place[1] else 0), y
        left += width + WIRE + PART
    wires = [_wire(graph, wire, places, columns) for wire in graph.wires]
    size = {"width": f"{left - PART:g}", "height": f"{48 + ROW * (most - 1) + HEIGHT:g}"}
    said = (f"{name} = {value}" + (f", gradient {graph.slopes[name]}" if name in graph.slopes else "")
            for name, value in graph.values.items())  # fmt: skip
    words = f"Graph of {TEXT.symbol(output_of(trace))}: " + "; ".join(said)
    drawn = node("svg", *wires, *frames, role="img", aria_label=words, **size)
    drawn.attrib |= {"viewBox": f"0 0 {size['width']} {size['height']}", "font-size": "13", "font-family": "monospace"}
    return drawn


def _frame(graph: _Graph, name: str, left: float, middle: float, width: float) -> Iterable[Element]:
    """A node, and the wire from it with its numbers."""
    right = left + width
    yield node("rect", x=f"{left:g}", y=f"{middle - HEIGHT / 2:g}", width=f"{width:g}", height=HEIGHT, rx=6,
               fill="none", stroke="currentColor")  # fmt: skip
    yield _text(graph.labels[name], left + width / 2, middle + 4)
    yield node("path", d=f"M{right:g} {middle:g}h{WIRE}", fill="none", stroke="currentColor")
    yield _text(graph.values[name], right + WIRE / 2, middle - 5, class_="value")
    if name in graph.slopes:
        yield _text(graph.slopes[name], right + WIRE / 2, middle + 15, class_="slope")


def _text(text: str, x: float, y: float, **about: str) -> Element:
    made = node("text", text.replace("-", "−"), x=f"{x:g}", y=f"{y:g}", fill="currentColor", **about)
    made.set("text-anchor", "middle")
    return made


def _wire(
    graph: _Graph,
    wire: Waypoint,
    places: dict[tuple[int, Waypoint], tuple[float, float]],
    columns: list[list[Waypoint]],
) -> Element:
    """From one node to another, past the nodes of the columns between."""
    a, b = wire
    x, y = places[graph.column[a], (a, a)]
    drawn = f"M{x:g} {y:g}"
    for i in range(graph.column[a] + 1, graph.column[b] + 1):
        place = wire if i < graph.column[b] else (b, b)
        _, down = places[i, place]
        starts = max(places[i - 1, p][0] for p in columns[i - 1] if p[0] == p[1]) if i else x
        bend, x = starts + PART / 2, starts + PART
        drawn += f"L{starts:g} {y:g}C{bend:g} {y:g} {bend:g} {down:g} {x:g} {down:g}"
        y = down
    return node("path", d=drawn, fill="none", stroke="currentColor")


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
