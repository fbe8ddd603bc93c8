"""What a picture is made of, as plain data: blocks, matrices, charts, graphs; and how an axis is divided."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

Wire = tuple[str, str]  # from what, to what
Point = tuple[float, float]
# An axis is divided where this many parts, or fewer, come out.
PARTS = 5
# Names of places have so many letters together.
MOST_LETTERS = 40


@dataclass(frozen=True)
class Stage:
    """A block in a row of layers: what it is called, what it gives, what is below (its kind, its inside)."""

    name: str
    size: str
    below: str = ""


@dataclass(frozen=True)
class Stages:
    """A network as its row of layers; `left_out`: how many of the middle are not drawn, after how many that are."""

    words: str
    row: Sequence[Stage]
    left_out: int = 0
    after: int = 0


@dataclass(frozen=True)
class Panel:
    """A matrix: its cells' numbers, which of them are lit, and whether each is shaded by its size.

    sign: what stands before it. array: (row, column). most: the size that has the full shade.
    """

    name: str
    array: Any
    lit: frozenset[tuple[int, int]] = frozenset()
    shaded: bool = True
    sign: str = ""
    most: float = 1.0


@dataclass(frozen=True)
class Panels:
    """Matrices beside each other; `said`: a line below them."""

    words: str
    panels: Sequence[Panel]
    said: str = ""


@dataclass(frozen=True)
class Stroke:
    """A line through points; `quiet`: it only leads to another. `name` stands at its end; `dots`: each point shows."""

    name: str
    points: Sequence[Point]
    quiet: bool = False
    dots: bool = False


@dataclass(frozen=True)
class Dots:
    """Points of one kind, each with the text beside it; `hollow`: its sign is empty. `line`: whose colour they have."""

    points: Sequence[Point]
    texts: Sequence[str]
    name: str = ""
    hollow: bool = False
    line: int | None = None

    @property
    def colour(self) -> int:
        """The number of its colour."""
        return int(self.hollow) if self.line is None else self.line


@dataclass(frozen=True)
class Chart:
    """Lines and points over two axes; `log`: the upper one's powers of ten stand evenly. `x`, `y`: from, to.

    A point that is no number is where a line breaks.
    """

    words: str
    title: str
    across: str
    up: str
    x: Point
    y: Point
    lines: Sequence[Stroke] = ()
    dots: Sequence[Dots] = ()
    log: bool = False
    names: Sequence[str] = ()  # of the places 1, 2, 3 … of the lower axis
    side: Sequence[Point] = ()  # the corners of what is on one side

    def own(self, place: int) -> int:
        """Which of the lines that count a line is: the number of its colour, its dashes and its sign."""
        return sum(not line.quiet for line in self.lines[:place])


class GraphNode(NamedTuple):
    """A node as it is shown: its formula, its value, and the output's gradient by it (empty where there is none)."""

    label: str
    value: str
    slope: str


@dataclass(frozen=True)
class Graph:
    """Nodes of an expression by their names, which is made from which, and what the gradients are of."""

    words: str
    nodes: dict[str, GraphNode]
    wires: Sequence[Wire]
    output: str


Picture = Stages | Panels | Chart | Graph


def ticks(low: float, high: float, whole: bool = False) -> list[float]:
    """The places of an axis that bear a number: 1, 2 or 5 times a power of ten apart, PARTS parts or fewer."""
    if not high > low:
        return [low]
    rough = (high - low) / PARTS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * n for n in (1, 2, 5, 10) if power * n >= rough * (1 - 1e-9))
    step = max(step, 1) if whole else step
    first = math.ceil(low / step - 1e-9)
    return [round(i * step, 12) for i in range(first, math.floor(high / step + 1e-9) + 1)]


def powers(low: float, high: float) -> list[float]:
    """The powers of ten between two numbers above 0, as their exponents: each, or each second, third …"""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    return [float(i) for i in range(first, last + 1, max(1, math.ceil((last - first) / PARTS)))]


def up_ticks(chart: Chart) -> list[tuple[float, str]]:
    """Where the upper axis bears which number; of a logarithm the places are exponents."""
    if not chart.log:
        return [(y, f"{y:g}") for y in ticks(*chart.y)]
    exponents = powers(10.0 ** chart.y[0], 10.0 ** chart.y[1])
    return [(e, f"1e{e:g}" if abs(e) > 3 else f"{10.0**e:g}") for e in exponents]


def across_ticks(chart: Chart) -> list[tuple[float, str]]:
    """Where the lower axis bears which text: the names of its places, where there are a few, else numbers."""
    if _are_named(chart):
        return [(float(i), name) for i, name in enumerate(chart.names, 1)]
    return [(x, f"{x:g}") for x in ticks(*chart.x, whole=bool(chart.names))]


def across_said(chart: Chart) -> str:
    """What the lower axis is, where its places do not say so themselves."""
    return "" if _are_named(chart) else chart.across


def _are_named(chart: Chart) -> bool:
    return 0 < len(chart.names) <= PARTS + 3 and max(map(len, chart.names)) * len(chart.names) <= MOST_LETTERS


def height(chart: Chart, y: float) -> float:
    """A value as a place of the upper axis."""
    return math.log10(y) if chart.log and y > 0 else y


def with_room(points: Sequence[float], around: float = 0.08) -> Point:
    """From where to where an axis goes that has room for these: a little more than they take."""
    low, high = min(points), max(points)
    more = (high - low) * around or abs(high) * around or 1.0
    return low - more, high + more


def thinned(points: Sequence[Point], within: float) -> list[Point]:
    """The points without which a line would be another by more than that (Ramer 1972, Douglas and Peucker 1973)."""
    kept = {0, len(points) - 1}
    stack = [(0, len(points) - 1)]
    while stack:
        first, last = stack.pop()
        (x0, y0), (x1, y1) = points[first], points[last]
        length = math.hypot(x1 - x0, y1 - y0) or 1.0
        far = [abs((x1 - x0) * (y0 - y) - (x0 - x) * (y1 - y0)) / length for x, y in points[first + 1 : last]]
        if far and max(far) > within:
            middle = first + 1 + far.index(max(far))
            kept.add(middle)
            stack += [(first, middle), (middle, last)]
    return [points[i] for i in sorted(kept)]


def clipped(points: Sequence[Point], x: Point, y: Point) -> list[list[Point]]:
    """A line's parts inside a box, each with its ends on the box's sides where it goes out; none through no number."""
    runs: list[list[Point]] = []
    for a, b in pairwise(points):
        inside = _part(a, b, x, y) if math.isfinite(a[1]) and math.isfinite(b[1]) else None
        if inside is None:
            continue
        start, end = inside
        if runs and runs[-1][-1] == start:
            runs[-1].append(end)
        else:
            runs.append([start, end])
    return runs


def _part(a: Point, b: Point, x: Point, y: Point) -> tuple[Point, Point] | None:
    """The part of a segment inside a box (Liang and Barsky 1984)."""
    enters, leaves = 0.0, 1.0
    dx, dy = b[0] - a[0], b[1] - a[1]
    for slope, room in ((-dx, a[0] - x[0]), (dx, x[1] - a[0]), (-dy, a[1] - y[0]), (dy, y[1] - a[1])):
        if slope == 0:
            if room < 0:
                return None
        elif slope < 0:
            enters = max(enters, room / slope)
        else:
            leaves = min(leaves, room / slope)
    if enters > leaves:
        return None

    def at(t: float) -> Point:
        return (b if t == 1 else a) if t in (0, 1) else (a[0] + t * dx, a[1] + t * dy)

    return at(enters), at(leaves)
