"""Pictures as SVG: for a page of ours, as a file of its own (light and dark), or in print's colours."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, indent, tostring

from nncalc.errors import JOINERS, printable
from nncalc.render.figure.parts import Chart, Graph, Picture, Stages
from nncalc.render.figure.svg_blocks import ROOM_ACROSS, panels_drawing, stages_drawing
from nncalc.render.figure.svg_chart import chart_drawing
from nncalc.render.figure.svg_graph import Drawn, graph_drawing
from nncalc.render.page.document import node, of_style, put

# A colour's role: in print and by day, and by night. On a page its own style says the same.
ROLE_COLOURS = {
    "ink": ("#1f2328", "#e6edf3"), "quiet": ("#59636e", "#9198a1"), "line": ("#d1d9e0", "#3d444d"),
    "soft": ("#f6f8fa", "#151b23"), "ground": ("#ffffff", "#0d1117"), "s0": ("#0550ae", "#79c0ff"),
    "s1": ("#8a4600", "#f0b35a"), "s2": ("#6f2da8", "#d2a8ff"),
}  # fmt: skip
FONT = "system-ui, sans-serif"
MARGIN, _GAP = 12, 26


def on_a_page(picture: Picture) -> Element:
    """A picture in the colours of the page that it stands on; its numbers stand in the page's tables."""
    width, height, parts = _drawn(picture, numbers=False)
    svg = _whole(math.ceil(width), math.ceil(height), parts, {"role": "img", "aria_label": picture.words})
    for part in svg.iter():
        for name in ("fill", "stroke"):
            if part.get(name) in ROLE_COLOURS:
                part.set(name, "currentColor" if part.get(name) == "ink" else of_style(str(part.get(name))))
    return svg


def as_a_file(pictures: Sequence[Picture], title: str, printed: bool = False) -> str:
    """One file of all pictures with title and description; `printed`: in the colours of paper, without a style."""
    svg = _together_drawn(pictures, title, printed)
    indent(svg, "")
    return tostring(svg, encoding="unicode") + "\n"


def printed_drawing(picture: Picture, title: str) -> Element:
    """A picture in the colours of paper, which says its width in pixels, and in `desc` what it shows."""
    return _together_drawn([picture], title, True)


def _together_drawn(pictures: Sequence[Picture], title: str, printed: bool) -> Element:
    width, height, parts = _together([_drawn(picture, numbers=True) for picture in pictures])
    about = {"xmlns": "http://www.w3.org/2000/svg", "role": "img", "aria_labelledby": "title words"}
    said = [node("title", printable(title, 600, JOINERS), id="title")]
    said.append(node("desc", ". ".join(picture.words for picture in pictures), id="words"))
    w, h = math.ceil(width + 2 * MARGIN), math.ceil(height + 2 * MARGIN)
    ground = [] if printed else [node("rect", width=w, height=h, fill="ground")]
    moved = node("g", *parts, transform=f"translate({MARGIN} {MARGIN})")
    style = [] if printed else [node("style", _style())]
    svg = _whole(w, h, [*said, *style, *ground, moved], about)
    _coloured(svg, printed)
    return svg


def _drawn(picture: Picture, numbers: bool) -> Drawn:
    if isinstance(picture, Graph):
        return graph_drawing(picture)
    if isinstance(picture, Stages):
        return stages_drawing(picture)
    return chart_drawing(picture) if isinstance(picture, Chart) else panels_drawing(picture, numbers)


def _whole(width: int, height: int, parts: Sequence[Element], about: dict[str, str]) -> Element:
    svg = node("svg", width=width, height=height, font_size=12, font_family=FONT, fill="ink")
    svg.set("viewBox", f"0 0 {width} {height}")
    svg.attrib.update({name.replace("_", "-"): value for name, value in about.items()})
    put(svg, *parts)
    return svg


def _together(drawn: Sequence[Drawn]) -> Drawn:
    """Drawings beside each other while they have room, then below."""
    left = top = widest = bottom = 0.0
    parts = []
    for width, height, inside in drawn:
        if left and left + width > ROOM_ACROSS:
            left, top = 0.0, bottom + _GAP
        parts.append(node("g", *inside, transform=f"translate({left:.4g} {top:.4g})"))
        left += width + _GAP
        widest, bottom = max(widest, left - _GAP), max(bottom, top + height)
    return widest, bottom, parts


def _style() -> str:
    """The colours of both schemes, a class for each role."""
    return _classes(0) + "@media (prefers-color-scheme:dark){" + _classes(1) + "}"


def _classes(night: int) -> str:
    rules = (f".f-{role}{{fill:{pair[night]}}}.k-{role}{{stroke:{pair[night]}}}" for role, pair in ROLE_COLOURS.items())
    return "".join(rules)


def _coloured(svg: Element, printed: bool) -> None:
    """Puts colours for their roles: on paper as they are, else as classes, with those of the day where no style is."""
    for part in svg.iter():
        if printed and part.tag == "path":  # a line has no inside, but some readers of pdf fill it
            part.attrib.setdefault("fill", "none")
        classes = [*_roles(part)]
        if classes and not printed:
            part.set("class", " ".join(classes))


def _roles(part: Element) -> Iterator[str]:
    for name, short in (("fill", "f"), ("stroke", "k")):
        role = part.get(name, "")
        if role in ROLE_COLOURS:
            part.set(name, ROLE_COLOURS[role][0])
            yield f"{short}-{role}"
