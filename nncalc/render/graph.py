"""An expression as a graph: which workings are one, what is differentiated, and its gradients."""

from __future__ import annotations

import numpy as np

from nncalc.trace.name import StepName
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
