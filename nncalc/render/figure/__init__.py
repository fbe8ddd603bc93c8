"""Pictures of a working: a file a kind gives plain `parts`, svg… and text… draw them; which fit, the working says."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from nncalc.errors import Finding, InputError, Location, printable
from nncalc.render import AUTO, FIGURES
from nncalc.render.figure.curve import curve_pictures, telling_curves
from nncalc.render.figure.graph import graph_pictures
from nncalc.render.figure.heat import heat_map, heat_pictures, shares, telling
from nncalc.render.figure.parts import Picture
from nncalc.render.figure.plane import plane_pictures
from nncalc.render.figure.svg import as_a_file, on_a_page
from nncalc.render.figure.text import terminal_text
from nncalc.render.figure.window import WindowCell, window_pictures
from nncalc.render.layout import View, full_title
from nncalc.render.page.document import node
from nncalc.trace.steps import Trace

# A page has no more curves.
MOST_ON_A_PAGE = 4


def figure(trace: Trace, view: View, kind: str = AUTO, cell: WindowCell | None = None) -> list[Picture]:
    """The pictures of a kind; `auto`: of the first kind that fits. `cell`: whose window, from 0.

    Raises InputError where it does not fit the working, naming the kinds that do.
    """
    kind = "window" if kind == AUTO and cell is not None else kind
    if kind not in (AUTO, *FIGURES):
        what = f"want one of {', '.join((AUTO, *FIGURES))}, got {printable(str(kind))}"
        raise InputError(Finding(what, Location("figure")))
    found = _first(trace, view) if kind == AUTO else [*_of_kind(trace, view, kind, cell)]
    if not found:
        fitting = [other for other in FIGURES if [*_of_kind(trace, view, other)]]
        fit = " or ".join(fitting)
        what = f"{kind} does not fit this working" if fitting else "no picture fits this working"
        raise InputError(Finding(what, Location("--figure"), want=fit))
    return found


def figure_svg(
    trace: Trace, view: View, kind: str = AUTO, cell: WindowCell | None = None, *, printed: bool = False
) -> str:
    """The picture as a file of SVG; `printed`: in the colours of paper, without a style. Raises as `figure`."""
    return as_a_file(figure(trace, view, kind, cell), full_title(trace), printed)


def figure_text(trace: Trace, view: View, kind: str = AUTO, cell: WindowCell | None = None) -> str:
    """The picture in the letters and colours of a terminal. Raises as `figure`."""
    return terminal_text(figure(trace, view, kind, cell), view)


def telling_pictures(trace: Trace, view: View) -> list[Picture]:
    """What tells something beside all numbers, on a page or in a document; nothing of a part of a working."""
    if not trace.answer:
        return []
    plane = [*plane_pictures(trace, view)]
    weights = telling(trace)
    found = [*graph_pictures(trace, view), *plane, *([heat_map(weights, view)] if weights else [])]
    curves = [] if plane else [*telling_curves(trace, view, vectors=False)][:MOST_ON_A_PAGE]
    return [*found, *curves]


def pictures(trace: Trace, view: View) -> Element | None:
    """The same as parts of a page of ours, each of which scrolls; None without."""
    shown = [node("div", on_a_page(picture), class_="scroll", tabindex=0) for picture in telling_pictures(trace, view)]
    return node("div", *shown, class_="pictures") if shown else None


def _of_kind(trace: Trace, view: View, kind: str, cell: WindowCell | None = None) -> Iterator[Picture]:
    if kind == "window":
        return window_pictures(trace, view, cell)
    kinds = {"graph": graph_pictures, "heat": heat_pictures, "curve": curve_pictures, "plane": plane_pictures}
    return kinds[kind](trace, view)


def _first(trace: Trace, view: View) -> list[Picture]:
    """The kind that tells most of a working."""
    ways = (graph_pictures, plane_pictures, window_pictures)
    for way in ways:
        found = [*way(trace, view)]
        if found:
            return found
    weights = telling(trace) or [share for share in shares(trace) if share.name in trace.answered.values()]
    if weights:
        return [heat_map(weights, view)]
    return [*curve_pictures(trace, view)] or [*heat_pictures(trace, view)]
