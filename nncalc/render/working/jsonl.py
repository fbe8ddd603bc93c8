"""JSON, a problem a line: for scripts that read line by line. Each line is the document of `--format json`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from nncalc.render.layout import View
from nncalc.render.working.json import put_json, working_told
from nncalc.trace.steps import Trace


def document(traces: Sequence[Trace], view: View, out: TextIO) -> None:
    """Writes the problems, one a line."""
    for trace in traces:
        put_json(working_told(trace, view), out)
        out.write("\n")
