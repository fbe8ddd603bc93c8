"""A chart as SVG: axes with round numbers, lines with their names at their ends, points with their texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

from nncalc.render.figure.parts import (
    Chart,
    Dots,
    Point,
    Stroke,
    across_said,
    across_ticks,
    clipped,
    height,
    thinned,
    up_ticks,
)
from nncalc.render.figure.svg_blocks import BOLD, label, letters
from nncalc.render.figure.svg_graph import Drawn
from nncalc.render.page.document import node, put

# The room for lines and points, and what is above and below it.
WIDE, TALL, _ABOVE, _BELOW = 270, 180, 24, 36
# So far, in pixels, a line may be from where it is.
WITHIN = 0.4
_COLOURS = ("s0", "s1", "s2", "ink")
DASHES = ("", "6 3", "2 3", "8 3 2 3")
_Place = Callable[[Point], Point]


def chart_drawing(chart: Chart) -> Drawn:
    """The drawing of a chart, and its size."""
    marks = up_ticks(chart)
    left = max([letters(text) for _, text in marks], default=0.0) + (26 if chart.up else 12)
    (x0, x1), (y0, y1) = chart.x, chart.y

    def at(point: Point) -> Point:
        x, y = point
        return left + WIDE * (x - x0) / (x1 - x0), _ABOVE + TALL * (y1 - y) / (y1 - y0)

    drawn = [label(chart.title, left, 14, font_weight="bold")]
    if chart.side:
        corners = " ".join(f"{x:.4g} {y:.4g}" for x, y in map(at, chart.side))
        drawn.append(node("path", d=f"M{corners}z", fill="s0", fill_opacity=".1"))
    drawn += _axes(chart, at, left)
    drawn += [part for place, line in enumerate(chart.lines) for part in _line(chart, line, place, at)]
    drawn += [_dots(dots, at) for dots in chart.dots]
    names = [*_names(chart, at)]
    named = node("g", *(part for part, _ in names))
    keys, bottom = _keys(chart, left)
    return (
        max(left + WIDE + max((wide for _, wide in names), default=0) + 10, left + BOLD * letters(chart.title)),
        _ABOVE + TALL + _BELOW + bottom,
        [*drawn, *([named] if len(named) else []), *keys],
    )


def _axes(chart: Chart, at: _Place, left: float) -> Iterator[Element]:
    """The frame's lines, stronger through 0, and their numbers."""
    across, up = across_ticks(chart), up_ticks(chart)
    middle = chart.y[0]
    lines = "".join(f"M{at((x, middle))[0]:.4g} {_ABOVE}v{TALL}" for x, _ in across)
    lines += "".join(f"M{left:g} {at((chart.x[0], y))[1]:.4g}h{WIDE}" for y, _ in up)
    yield node("path", d=lines, stroke="line")
    zeros = f"M{at((0, middle))[0]:.4g} {_ABOVE}v{TALL}" if chart.x[0] < 0 < chart.x[1] else ""
    if chart.y[0] <= 0 <= chart.y[1] and not chart.log:
        zeros += f"M{left:g} {at((chart.x[0], 0))[1]:.4g}h{WIDE}"
    if zeros:
        yield node("path", d=zeros, stroke="quiet")
    below, beside = node("g", text_anchor="middle"), node("g", text_anchor="end")
    put(below, *(label(text, at((x, middle))[0], _ABOVE + TALL + 15) for x, text in across))
    said = across_said(chart)
    put(below, label(said, left + WIDE / 2, _ABOVE + TALL + 30) if said else None)
    if chart.up:
        put(below, label(chart.up, -_ABOVE - TALL / 2, 10, transform="rotate(-90)"))
    put(beside, *(label(text, left - 6, at((chart.x[0], y))[1] + 4) for y, text in up))
    yield node("g", below, beside, fill="quiet", font_size=11)


def _line(chart: Chart, line: Stroke, place: int, at: _Place) -> Iterator[Element]:
    """A line inside the frame; its points as rings where they are to be seen."""
    about: dict[str, str] = {"stroke": "quiet" if line.quiet else _COLOURS[chart.own(place) % len(_COLOURS)]}
    dash = "3 3" if line.quiet else DASHES[chart.own(place) % len(DASHES)]
    about |= {"stroke_dasharray": dash} if dash else {}
    about |= {} if line.quiet else {"stroke_width": "2"}
    points = [(x, height(chart, y)) for x, y in line.points]
    path = ""
    for run in clipped(points, chart.x, chart.y):
        (x, y), *rest = thinned([*map(at, run)], WITHIN)
        path += f"M{x:.4g} {y:.4g}L" + " ".join(f"{x:.4g} {y:.4g}" for x, y in rest)
    if path:
        yield node("path", d=path, fill="none", **about)
    if line.dots:
        yield _dots(Dots(points, [""] * len(points), line=chart.own(place)), at)


def _dots(dots: Dots, at: _Place) -> Element:
    """Points as one path, long enough for any reader; full ones are discs, hollow ones rings; texts over the lines."""
    colour = _COLOURS[dots.colour % len(_COLOURS)]
    path, texts = "", node("g", font_size=11, paint_order="stroke", stroke="ground", stroke_width=4)
    taken: list[tuple[float, float, float]] = []
    for point, text in zip(dots.points, dots.texts, strict=True):
        x, y = at(point)
        path += f"M{x:.4g} {y:.4g}h.01"
        right = x + letters(text)
        if text and not any(x < end and right > start and abs(y - down) < 12 for start, end, down in taken):
            put(texts, label(text, x + 7, y - 6))
            taken.append((x, right, y))
    discs = [node("path", d=path, stroke=colour, stroke_width=9)]
    discs += [node("path", d=path, stroke="ground", stroke_width=5)] if dots.hollow else []
    return node("g", *discs, *([texts] if len(texts) else []), stroke_linecap="round")


def _names(chart: Chart, at: _Place) -> Iterator[tuple[Element, float]]:
    """The names of lines where these end, one above the other where they would touch; how wide each is."""
    if not chart.lines or (len(chart.lines) == 1 and not chart.dots) or chart.title in {x.name for x in chart.lines}:
        return
    ends = []
    for place, line in enumerate(chart.lines):
        inside = [part[-1] for part in clipped([(x, height(chart, y)) for x, y in line.points], chart.x, chart.y)]
        if line.name and inside:
            ends.append((at(inside[-1])[1], line.name, _COLOURS[chart.own(place) % len(_COLOURS)]))
    right, lowest = at((chart.x[1], chart.y[0]))[0] + 5, 0.0
    for y, name, colour in sorted(ends):
        lowest = max(y + 4, lowest + 13)
        yield label(name, right, lowest, fill=colour, font_size=11), letters(name)


def _keys(chart: Chart, left: float) -> tuple[list[Element], float]:
    """What kinds of points there are, below, where they have names."""
    parts: list[Element] = []
    for dots in chart.dots:
        if dots.name:
            y = _ABOVE + TALL + _BELOW + 14
            sign = Dots([(left + 5, y - 4)], [""], hollow=dots.hollow, line=dots.line)
            parts += [_dots(sign, lambda point: point), label(dots.name, left + 16, y, fill="quiet")]
            left += letters(dots.name) + 40
    return parts, 18.0 if parts else 0.0
