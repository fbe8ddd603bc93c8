"""An expression as a graph: which workings are one, what is differentiated, and its gradients."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nncalc.render.layout import View, formula
from nncalc.render.long import ends, is_long
from nncalc.trace.name import StepName
from nncalc.trace.notation.numbers import aligned, number
from nncalc.trace.steps import Step, Trace


def output_of(trace: Trace) -> str:
    """What a graph's gradients are of."""
    return next(iter(trace.answer), "")


def gradients_in(trace: Trace) -> dict[str, Step]:
    """The gradients of the output, by what it is differentiated by."""
    named = [(StepName.parse(step.name), step) for step in trace.steps]
    return {n.by: step for n, step in named if n.is_gradient and not n.section and n.of == output_of(trace)}


def is_graph(trace: Trace) -> bool:
    """All numbers, with gradients: then one table, or one drawing, shows the whole graph."""
    values = [*(v.array for v in trace.given.values()), *(s.array for s in trace.steps)]
    return all(np.ndim(v) == 0 for v in values) and bool(gradients_in(trace))


def graph_rows(trace: Trace, view: View) -> Iterator[tuple[str, str, str, str]]:
    """The heads, and a row a node: its name, formula, value, and the gradient of the output by it."""
    slopes = gradients_in(trace)
    yield "node", "formula", "value", f"∂{output_of(trace)}/∂node"
    kept, _, last = ends([*trace.given], is_long(trace, view))
    nodes = [(n, "", trace.given[n].array) for n in (*kept, *last)]
    steps = [step for step in trace.steps if not StepName.parse(step.name).is_gradient]
    first, _, rest = ends(steps, is_long(trace, view))
    nodes += [(s.name, formula(s, view), s.array) for s in (*first, *rest)]
    by = [number(slopes[n].array, view.digits) if n in slopes else "1" * (n == output_of(trace)) for n, _, _ in nodes]
    values = aligned([number(value, view.digits) for _, _, value in nodes])
    for (name, formed, _), value, slope in zip(nodes, values, aligned(by), strict=True):
        yield name, formed, value, slope
