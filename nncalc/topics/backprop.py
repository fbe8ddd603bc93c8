"""Backpropagation: through an expression node by node, or through a network layer by layer."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import FieldPath, Refused, dimensions
from nncalc.reading.expression import Tree, variables
from nncalc.topics.parts.activations import ACTIVATIONS
from nncalc.topics.parts.back import updated
from nncalc.topics.parts.belonging import GIVEN, Like, when
from nncalc.topics.parts.dense import Layer
from nncalc.topics.parts.fields import About, Answer, Array, Symbol
from nncalc.topics.parts.fitting import size_in_words
from nncalc.topics.parts.graph import blamed, walk
from nncalc.topics.parts.losses import LossName, targets
from nncalc.topics.parts.losses import loss_of as loss_of
from nncalc.trace.value import numbers
from nncalc.trace.work import Work

SEVERAL_SAMPLES = Like("of several samples", lambda x: np.ndim(x) > 1)


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


def network(
    work: Work,
    x: Annotated[Array, "input | sample input", About("the input, or one row for each sample", also=("X", "input"))],
    layers: Annotated[
        list[Layer],
        About(
            "a list of {W, b, activation}, from the input on",
            chain=("input", "unit"),
            also=("network",),
            example="[{W: [[0.15, 0.2], [0.25, 0.3]], b: [0.35, 0.35], activation: sigmoid}]",
        ),
    ],
    target: Annotated[
        float | Array | None,
        "output | sample | sample output",
        About("what the output should be; for cross-entropy also a class", also=("y", "t", "targets")),
    ] = None,
    loss: Annotated[
        LossName, About("how far off the output is", says="loss {}", also=("cost",), only=when(target=GIVEN))
    ] = "half_squared_error",
    rate: Annotated[
        float | None,
        About(
            "step of gradient descent: gives the new weights",
            also=("lr", "eta", "learning_rate"),
            only=when(target=GIVEN),
        ),
    ] = None,
    steps: Annotated[
        int, About("how many updates", least=1, most=1_000_000, also=("epochs", "iterations"), only=when(rate=GIVEN))
    ] = 1,
    freeze_bias: Annotated[bool, About("leave the biases as they are in the update", only=when(rate=GIVEN))] = False,
    l2: Annotated[
        float,
        About(
            "weight decay: adds l2/2 times the sum of squared weights to L",
            also=("weight_decay",),
            only=when(target=GIVEN),
        ),
    ] = 0,
    reduction: Annotated[
        Literal["mean", "sum"], About("over the samples", only=when(x=SEVERAL_SAMPLES, target=GIVEN))
    ] = "mean",
    first_class: Annotated[
        int | None,
        About(
            "what the first class is called in the target (1)",
            least=0,
            most=1,
            only=when(loss="cross_entropy", target=GIVEN),
        ),
    ] = None,
) -> Answer:
    """Forward through the layers, every gradient of the backward pass, and the updated weights.

    z_l = W_l a_(l−1) + b_l, a_l = g(z_l); W_new = W − rate·∂L/∂W (Rumelhart et al. 1986; Goodfellow et al. 6.5).
    x: (input,) or (sample, input), then Z = A Wᵀ + b; W: (unit, input); b: (unit,).
    """
    _check_chain(x, layers)
    out = (*x.shape[:-1], layers[-1].W.shape[0])
    samples = x.shape[0] if x.ndim > 1 and reduction == "mean" else 1
    net = Network(
        x=x,
        target=None if target is None else _target(work, target, out, loss, first_class),
        activations=[layer.activation for layer in layers],
        loss=partial(loss_of, loss, samples=samples),
        l2=l2,
    )
    parameters: Parameters = {}
    for k, layer in enumerate(layers, 1):
        parameters[f"W{k}"] = work.given(f"W{k}", layer.W)
        if layer.b is not None:
            parameters[f"b{k}"] = work.given(f"b{k}", layer.b)
    if rate is None or steps == 1:
        return net.work_once(work, parameters, rate, freeze_bias, [x])[0]
    return _descend(work, net, parameters, rate, freeze_bias, steps)


Parameters = dict[str, Any]


@dataclass(frozen=True)
class Network:
    """What stays the same from update to update."""

    x: Any
    target: Any
    activations: list[str]
    loss: Callable[..., tuple[Any, Any]]
    l2: float

    def work_once(
        self, work: Work, parameters: Parameters, rate: float | None, freeze: bool, inputs: Sequence[Any] = ()
    ) -> tuple[Answer, Parameters]:
        """Forward; backward where there is a target; the update where there is a rate."""
        z, a = self.forward(work, parameters)
        answer: Answer = {f"a{len(self.activations)}": a}
        if self.target is None:
            return answer, parameters
        written, like = self.loss(a, self.target, z=z, activation=self.activations[-1])
        if self.l2:
            decay = self.l2 / 2 * _squares(v for name, v in parameters.items() if name.startswith("W"))
            written, like = written + decay, None if like is None else like + decay
        L = work.let("L", written, like=like)
        gradients = work.backward(L, [*inputs, *parameters.values()])
        answer |= {"L": L} | gradients
        if rate is None or not gradients:
            return answer, parameters
        moved = {name: v for name, v in parameters.items() if not (freeze and name.startswith("b"))}
        new = updated(work, moved, gradients, rate)
        return answer | new, {name: new.get(f"{name}_new", v) for name, v in parameters.items()}

    def forward(self, work: Work, parameters: Parameters) -> tuple[Any, Any]:
        """The last layer's z and a."""
        z, a = None, self.x
        for k, activation in enumerate(self.activations, 1):
            W, b = parameters[f"W{k}"], parameters.get(f"b{k}")
            z = W @ a if a.ndim == 1 else a @ W.T
            z = work.let(f"z{k}", z if b is None else z + b)
            a = work.let(f"a{k}", ACTIVATIONS[activation](z))
        return z, a


def _squares(weights: Iterable[Any]) -> Any:
    return reduce(operator.add, (np.sum(w**2) for w in weights))


def _descend(work: Work, net: Network, parameters: Parameters, rate: float, freeze: bool, steps: int) -> Answer:
    """Update after update, each in a section of its own; the losses together at the end."""
    losses: list[Any] = []
    answer: Answer = {}
    for number in work.rounds(steps, beside=1):
        with work.section(f"step{number}", f"Update {number}"):
            parameters = {name: work.let(name, v) for name, v in parameters.items()}
            answer, new = net.work_once(work, parameters, rate, freeze)
            losses.append(answer.get("L"))
        if new is parameters:
            break
        parameters = new
    return answer | {f"L_{i}": work.let(f"L_{i}", L) for i, L in enumerate(losses) if L is not None}


def _check_chain(x: Any, layers: Sequence[Layer]) -> None:
    size, before = x.shape[-1], "x has"
    for k, layer in enumerate(layers, 1):
        units, inputs = layer.W.shape
        if inputs != size:
            raise Refused(("layers", k, "W"), f"is {units} x {inputs}, for {inputs} inputs, but {before} {size}")
        size, before = units, f"layer {k} gives"


def _target(work: Work, target: float | Array, out: tuple[int, ...], kind: str, first: int | None) -> Any:
    if kind == "cross_entropy":
        return targets(work, target, out, first)
    given = np.array(target, float)
    if given.ndim == 0 and out == (1,):
        given = given.reshape(out)
    if given.shape != out:
        raise Refused("target", f"is {dimensions(given.shape)}, but the output is {dimensions(out)}")
    return work.given("target", given)


FORMS = (expression, nodes, network)
