"""An expression at a glance: every node with its formula, value and gradient."""

from __future__ import annotations

from nncalc.render.graph import gradients_in, is_graph, output_of
from nncalc.render.layout import View, formula
from nncalc.render.long import ends, is_long
from nncalc.render.paper import NAME, QUIET, VALUE, Grid, Text
from nncalc.trace.name import StepName
from nncalc.trace.notation.numbers import aligned, number
from nncalc.trace.steps import Trace


def graph_of(trace: Trace, view: View) -> Grid | None:
    """A row a node, where a working is all numbers and has gradients; else None."""
    if not is_graph(trace):
        return None
    gradients = gradients_in(trace)
    table = Grid(3, [{"no_wrap": not wraps, "overflow": "fold"} for wraps in (False, True, False, False)])
    table.rows.append(tuple(Text(h, style=QUIET) for h in ("node", "formula", "value", f"∂{output_of(trace)}/∂node")))
    kept, _, last = ends([*trace.given], is_long(trace, view))
    nodes = [(n, "", trace.given[n].array) for n in (*kept, *last)]
    steps = [step for step in trace.steps if not StepName.parse(step.name).is_gradient]
    first, _, rest = ends(steps, is_long(trace, view))
    nodes += [(s.name, formula(s, view), s.array) for s in (*first, *rest)]
    slopes = [
        number(gradients[n].array, view.digits) if n in gradients else "1" * (n == output_of(trace))
        for n, _, _ in nodes
    ]
    values = aligned([number(value, view.digits) for _, _, value in nodes])
    for (name, formed, _), value, slope in zip(nodes, values, aligned(slopes), strict=True):
        table.rows.append((Text(name, style=NAME), Text(formed), Text(value), Text(slope, style=VALUE)))
    return table
