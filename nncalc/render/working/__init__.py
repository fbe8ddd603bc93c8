"""Workings: a file a format, each with `render(trace, view, out)`."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from os.path import splitext
from typing import TYPE_CHECKING, TextIO

from nncalc.errors import Finding, InputError, Location, printable
from nncalc.render import lettered

if TYPE_CHECKING:  # the tables are read where no working is loaded
    from nncalc.render.layout import View
    from nncalc.trace.steps import Trace

# Each format with the ending of a file that chooses it (empty: none does); the first is the default.
WORKING_FORMATS = {"table": ".txt", "plain": "", "json": ".json", "html": ".html"}
WORKING_ENDINGS = {ending: format for format, ending in WORKING_FORMATS.items() if ending}


def format_for(path: str, where: str = "path", hint: str = "") -> str:
    """The format that a file's ending chooses, the first where it has none. Raises InputError for one that none has."""
    ending = splitext(path)[1].lower()
    if ending and ending not in WORKING_ENDINGS:
        what = f"there is no format for {printable(ending)}"
        raise InputError(Finding(what, Location(where), want=f"one of {', '.join(WORKING_ENDINGS)}", hint=hint))
    return WORKING_ENDINGS.get(ending, next(iter(WORKING_FORMATS)))


def render(traces: Sequence[Trace], view: View, out: TextIO, format: str = "table") -> None:
    """Writes finished workings as one document: pages below each other; several are a list in JSON, in HTML a page."""
    module = import_module(f"nncalc.render.working.{format}")
    if hasattr(module, "document"):  # a page with a head of its own holds them all
        module.document(traces, view, out)
        return
    page = module.render
    before, between, after = ("[", ",\n", "]\n") if format == "json" and len(traces) > 1 else ("", "\n", "")
    with lettered(out, view.ascii) as stream:
        stream.write(before)
        for i, trace in enumerate(traces):
            stream.write(between if i else "")
            page(trace, view, stream)
        stream.write(after)
