"""A residual block: the way around the layers is added before the last activation."""

from __future__ import annotations

from typing import Annotated, Any

from nncalc.errors import Refused
from nncalc.topics.parts.activations import ACTIVATIONS, ActivationName
from nncalc.topics.parts.back import from_above
from nncalc.topics.parts.dense import UNIT_INPUT, Layer, misfit
from nncalc.topics.parts.fields import About, Answer, Array
from nncalc.trace.work import Work


def residual(
    work: Work,
    x: Annotated[Array, "input", About("what enters the block, a[l]", also=("a", "input"))],
    layers: Annotated[
        list[Layer],
        About(
            "the layers that are gone around",
            chain=("input", "unit"),
            says=lambda _: f"weights {UNIT_INPUT}: W·x",
            example="[{W: [[1, 0], [2, 1]], activation: relu}, {W: [[-1, 1], [0.5, 0]]}]",
        ),
    ],
    projection: Annotated[
        Array | None, "output input", About("W_s where the sizes differ", symbol="W_s", also=("W_s",))
    ] = None,
    activation: Annotated[ActivationName, About("after the sum", says="activation {}")] = "relu",
    upstream: Annotated[Array | None, "output", About("∂L/∂a, for the backward pass")] = None,
) -> Answer:
    """a[l+2] = g(z[l+2] + a[l]); where the sizes differ a projection W_s a[l] is added.

    x: (input,); W: (unit, input); projection: (output, input) (He et al. 2016, eq. 1 and 2).
    """
    a, parameters = x, []
    z: Any = None
    for k, layer in enumerate(layers, 1):
        if layer.W.shape[1] != a.shape[0]:
            raise misfit(("layers", k, "W"), layer.W, a.shape[0], "x has" if k == 1 else f"layer {k - 1} gives")
        W, b = work.given(f"W{k}", layer.W), None if layer.b is None else work.given(f"b{k}", layer.b)
        parameters += [W, b]
        z = work.let(f"z{k}", W @ a if b is None else W @ a + b)
        if k < len(layers):
            a = work.let(f"a{k}", ACTIVATIONS[layer.activation](z))
    if layers[-1].activation != "identity":
        what = "belongs to a layer before the last; what follows the sum is the block's activation"
        raise Refused(("layers", len(layers), "activation"), what)
    if projection is None and z.shape != x.shape:
        hint = f"projection: a {z.shape[0]} x {x.shape[0]} matrix"
        raise Refused("layers", f"give {z.shape[0]} numbers, but x has {x.shape[0]}", hint)
    shortcut = work.let("shortcut", x if projection is None else projection @ x)
    total = work.let("sum", z + shortcut)
    out = work.let("a", ACTIVATIONS[activation](total))
    answer: Answer = {"a": out}
    return answer | from_above(work, out, [x, *parameters, projection], upstream)
