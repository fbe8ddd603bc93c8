"""The picture of an expression, node by node, and of a network, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator

from nncalc.errors import printable
from nncalc.render.figure.parts import Graph, GraphNode, Picture, Stage, Stages
from nncalc.render.graph import gradients_in, is_graph, output_of
from nncalc.render.layout import View, formula
from nncalc.trace.name import StepName
from nncalc.trace.notation.numbers import number
from nncalc.trace.notation.style import TEXT
from nncalc.trace.steps import Trace, elements_in

# A formula in a node has so many letters, a row of layers so many blocks.
_LONGEST, MOST_STAGES = 26, 16


def graph_pictures(trace: Trace, view: View) -> Iterator[Picture]:
    """The graph of an expression with gradients, or a network's row of layers."""
    if is_graph(trace):
        yield _graph(trace, view)
    elif len(row := _layers(trace)) > 1:
        yield _row(row)


def _graph(trace: Trace, view: View) -> Graph:
    slopes = {name: number(step.array, view.digits) for name, step in gradients_in(trace).items()}
    slopes.setdefault(output_of(trace), "1")

    def shown(name: str, label: str, value: object) -> GraphNode:
        return GraphNode(_short(label), number(value, view.digits), slopes.get(name, ""))

    nodes = {name: shown(name, TEXT.symbol(value.symbol), value.array) for name, value in trace.given.items()}
    wires = []
    for step in trace.steps:
        if StepName.parse(step.name).is_gradient:
            continue
        nodes[step.name] = shown(step.name, f"{TEXT.symbol(step.symbol)} = {formula(step, view)}", step.array)
        parts = reversed(elements_in(step.element(())))  # from the left
        made_from = dict.fromkeys(name for name, _ in parts if name in nodes)
        wires += [(name, step.name) for name in made_from]
    said = (f"{name} = {node.value}" + (f", gradient {node.slope}" if node.slope else "")
            for name, node in nodes.items())  # fmt: skip
    return Graph(f"Graph of {TEXT.symbol(output_of(trace))}: {'; '.join(said)}", nodes, wires, output_of(trace))


def _layers(trace: Trace) -> list[Stage]:
    """The layers of a network that is worked, or of one whose sizes are counted; shapes as they are spoken."""
    if trace.layers:
        called = {name: TEXT.symbol(value.symbol) for name, value in trace.given.items()}
        called |= {step.name: TEXT.symbol(step.symbol) for step in trace.steps}
        return [Stage(_short(called.get(name) or printable(name)), _times(size), _short(printable(below)))
                for name, size, _, below in trace.layers]  # fmt: skip
    if not trace.overview or trace.overview[0][:2] != ("layer", "output"):
        return []
    rows = [row for row in trace.overview[1:] if str(row[0]) == str(row[0]).strip() and row[1]]
    counts = [f"{row[2]:,} weights" if isinstance(row[2], int) and row[2] else "" for row in rows]
    return [Stage(_short(printable(str(row[0]))), _times(str(row[1])), count)
            for row, count in zip(rows, counts, strict=True)]  # fmt: skip


def _times(size: str) -> str:
    return size.replace(" x ", " × ")


def _row(row: list[Stage]) -> Stages:
    """All layers, or as many at either end; the words name all that are drawn."""
    left_out = max(len(row) - MOST_STAGES, 0)
    after = MOST_STAGES // 2 if left_out else 0
    kept = [*row[:after], *row[after + left_out :]]
    said = [" ".join(filter(None, (s.name, s.size, f"({s.below})" if s.below else ""))) for s in kept]
    said[after:after] = [f"{left_out} more"] if left_out else []
    return Stages(f"Row of layers: {' → '.join(said)}", kept, left_out, after)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
