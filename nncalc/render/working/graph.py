"""An expression at a glance: every node with its formula, value and gradient."""

from __future__ import annotations

from nncalc.render.graph import graph_rows, is_graph
from nncalc.render.layout import View
from nncalc.render.paper import NAME, QUIET, VALUE, Grid, Text
from nncalc.trace.steps import Trace


def graph_of(trace: Trace, view: View) -> Grid | None:
    """A row a node, where a working is all numbers and has gradients; else None."""
    if not is_graph(trace):
        return None
    heads, *nodes = graph_rows(trace, view)
    table = Grid(3, [{"no_wrap": not wraps, "overflow": "fold"} for wraps in (False, True, False, False)])
    table.rows.append(tuple(Text(head, style=QUIET) for head in heads))
    for name, formed, value, slope in nodes:
        table.rows.append((Text(name, style=NAME), Text(formed), Text(value), Text(slope, style=VALUE)))
    return table
