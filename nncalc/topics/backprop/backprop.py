"""Backpropagation: through an expression node by node, or through a network layer by layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np

from nncalc.errors import FieldPath, Refused
from nncalc.reading.expression import Tree, variables
from nncalc.topics.backprop.layered import layered
from nncalc.topics.backprop.network import network
from nncalc.topics.backprop.sizes import network_sizes
from nncalc.topics.parts.fields import About, Answer, Array, Symbol
from nncalc.topics.parts.fitting import size_in_words
from nncalc.topics.parts.graph import blamed, walk
from nncalc.trace.value import numbers
from nncalc.trace.work import Work


def expression(
    work: Work,
    expr: Annotated[Tree, About("the expression, as 2*(x*y + max(z, w))", also=("expression", "f", "formula"))],
    at: Annotated[
        Mapping[Symbol, float | Array],
        About(
            "the number, or the array, of each variable, as x=3, y=-4",
            also=("values", "inputs"),
            example="{x: 3, y: -4, z: 2, w: -1}",
        ),
    ],
) -> Answer:
    """Every node's value forward, every local derivative and gradient backward.

    The nodes are f1, f2, … in the order in which one works them, and f is the last, one number. Going back, each edge's
    gradient is upstream × local (Rumelhart et al. 1986; CS231n, "Backpropagation, Intuitions"); with vectors (n,) and
    matrices (n, m) among the variables the gradients are worked without the edges' own derivatives.
    """
    if not variables(expr, at):
        raise Refused("expr", "has no variable, so there is nothing to differentiate by")
    inputs: dict[str, Any] = {name: work.given(name, value) for name, value in at.items()}
    count = iter(f"f{i}" for i in range(1, 1 << 62))
    with blamed("expr"):
        worked = walk(work, expr, inputs, lambda value: work.let(next(n for n in count if n not in inputs), value))
    f = work.let("f", worked)
    return {"f": f} | _edges(work, "expr", f, inputs)


def nodes(
    work: Work,
    nodes: Annotated[
        Mapping[Symbol, Tree], About("name: expression, in order; the last is the output", example="{q: x + y, f: q*z}")
    ],
    at: Annotated[
        Mapping[Symbol, float | Array],
        About("the number, or the array, of each variable, as x=3, y=-4", example="{x: -2, y: 5, z: -4}"),
    ],
) -> Answer:
    """The same for a graph whose nodes you name yourself: {q: x + y, f: q*z}."""
    inputs: dict[str, Any] = {name: work.given(name, value) for name, value in at.items()}
    known: dict[str, Any] = dict(inputs)
    for name, tree in nodes.items():
        if name in known:
            raise Refused(("nodes", name), f"{name} is given twice")
        with blamed(("nodes", name)):
            value = walk(work, tree, known)
        known[name] = work.given(name, value) if isinstance(value, (int, float)) else work.let(name, value)
    output = list(nodes)[-1]
    return {output: known[output]} | _edges(work, ("nodes", output), known[output], inputs)


def _edges(work: Work, path: str | FieldPath, output: Any, inputs: Mapping[str, Any]) -> Answer:
    """The backward pass: of numbers edge by edge, with arrays among the inputs node by node."""
    if np.ndim(numbers(output)):
        raise Refused(path, f"comes out as {size_in_words(numbers(output).shape)}", "one number, as of sum(…)")
    local = not any(np.ndim(numbers(value)) for value in inputs.values())
    return work.backward(output, list(inputs.values()), local=local)


# What `params` counts of a problem.
SIZES = {"network": network_sizes, "layered": network_sizes}
FORMS = (expression, nodes, network, layered)
