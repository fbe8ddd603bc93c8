"""Normalization: of a batch, a layer, an instance, a group; and by the root mean square."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused, dimensions
from nncalc.topics.parts.back import from_above
from nncalc.topics.parts.belonging import GIVEN, when
from nncalc.topics.parts.fields import About, Answer, Array
from nncalc.trace.work import Work


def norm(
    work: Work,
    x: Annotated[
        Array,
        "feature | sample feature | channel height width | sample channel height width",
        About(
            "a row for each sample, or images; a vector is one sample, for batch one feature",
            also=("X", "input"),
            example="[[1, 2], [3, 6], [5, 4]]",
        ),
    ],
    kind: Annotated[
        Literal["batch", "layer", "rms", "instance", "group"], About("what is normalized together", says="{} norm")
    ] = "batch",
    gamma: Annotated[
        Array | None, About("the learned scale, one for each feature or channel", also=("weight", "scale"))
    ] = None,
    beta: Annotated[
        Array | None, About("the learned shift, one for each feature or channel", also=("bias", "shift"))
    ] = None,
    eps: Annotated[float, About("added to the variance", says="eps {}", least=0, also=("epsilon",))] = 1e-5,
    groups: Annotated[
        int,
        About("channels are divided into so many groups", least=1, also=("num_groups",), only=when(kind="group")),
    ] = 1,
    axes: Annotated[
        int, About("it goes over so many of the last axes", least=1, most=4, only=when(kind=("layer", "rms")))
    ] = 1,
    momentum: Annotated[
        float | None,
        About(
            "share of the batch in the new running statistics (then the batch's own are used)",
            least=0,
            only=when(kind="batch"),
        ),
    ] = None,
    running_mean: Annotated[
        Array | None,
        About("used instead of the batch's mean", also=("moving_mean",), only=when(kind="batch", running_var=GIVEN)),
    ] = None,
    running_var: Annotated[
        Array | None,
        About(
            "used instead of the batch's variance", also=("moving_var",), only=when(kind="batch", running_mean=GIVEN)
        ),
    ] = None,
    unbiased: Annotated[
        bool,
        About(
            "the running variance takes n/(n - 1) times the batch's, as PyTorch; no: the batch's own, as Keras",
            says=("", "the running variance takes the batch's own"),
            only=when(momentum=GIVEN),
        ),
    ] = True,
    upstream: Annotated[Array | None, About("∂L/∂y, for the backward pass", also=("dy",))] = None,
) -> Answer:
    """x_hat = (x − mean) / √(var + eps), y = γ∘x_hat + β; the variance divides by the number of values.

    batch: over the samples (and places) of each feature (Ioffe and Szegedy 2015); layer: over the last axes (Ba et al.
    2016); rms: x / √(mean(x²) + eps) (Zhang and Sennrich 2019); instance: over each channel's places (Ulyanov et al.
    2016); group: over each group of channels (Wu and He 2018). x: (sample, feature), (channel, height, width) or
    (sample, channel, height, width); gamma and beta: (feature,) or (channel,). A vector x is (feature,), of one sample;
    for batch it is (sample,), of one feature, and gamma and beta hold one number.
    """
    plan = _plan(kind, x.shape, groups, axes)
    cells = x if plan.cells is None else x.reshape(plan.cells)
    answer: Answer = {}
    if kind == "rms":
        ms = work.let("ms", (cells**2).mean(axis=plan.axes))
        scaled = cells / plan.stretch(work.let("rms", np.sqrt(ms + eps)))
    else:
        mean, var, answer = _statistics(work, cells, plan, momentum, running_mean, running_var, unbiased)
        std = work.let("std", np.sqrt(var + eps))
        scaled = (cells - plan.stretch(mean)) / plan.stretch(std)
    y = work.let("x_hat", scaled if plan.cells is None else scaled.reshape(x.shape))
    if gamma is not None:
        y = plan.parameter("gamma", gamma) * y
    if beta is not None:
        y = y + plan.parameter("beta", beta)
    y = work.let("y", y)
    return {"y": y} | answer | from_above(work, y, [x, gamma, beta], upstream)


def _statistics(
    work: Work, cells: Any, plan: Plan, momentum: float | None, running_mean: Any, running_var: Any, unbiased: bool
) -> tuple[Any, Any, Answer]:
    """Mean and variance: the given ones, or those of x; with a momentum also the new running ones."""
    if running_mean is not None and momentum is None:
        return plan.statistic("running_mean", running_mean), plan.statistic("running_var", running_var), {}
    mean = work.let("mean", cells.mean(axis=plan.axes))
    var = work.let("var", ((cells - plan.stretch(mean)) ** 2).mean(axis=plan.axes))
    if momentum is None:
        return mean, var, {}
    count = math.prod(cells.shape[a] for a in plan.axes)
    later = var * count / max(count - 1, 1) if unbiased else var
    new = {}
    for name, before, now in (("mean", running_mean, mean), ("var", running_var, later)):
        old = (0 if name == "mean" else 1) if before is None else plan.statistic(f"running_{name}", before)
        new[f"running_{name}_new"] = work.let(f"running_{name}_new", (1 - momentum) * old + momentum * now)
    return mean, var, new


@dataclass(frozen=True)
class Plan:
    """What is normalized together.

    cells: the shape in which groups have an axis of their own, or None for x as it is. axes: those that mean and
    variance go over. learned: the shape of gamma and beta; trailing: how many axes of x stand behind theirs.
    """

    axes: tuple[int, ...]
    shape: tuple[int, ...]
    learned: tuple[int, ...]
    trailing: int = 0
    cells: tuple[int, ...] | None = None

    def stretch(self, statistic: Any) -> Any:
        """A mean or variance, so that it stands at each of the cells that it is of."""
        kept = tuple(None if a in self.axes else slice(None) for a in range(len(self.cells or self.shape)))
        while kept and kept[0] is None:
            kept = kept[1:]
        return statistic[kept] if None in kept else statistic

    def parameter(self, name: str, given: Any) -> Any:
        """gamma or beta, so that it stands at each of the cells that it is for."""
        self.check(name, given)
        return given[(slice(None), *[None] * self.trailing)] if self.trailing else given

    def statistic(self, name: str, given: Any) -> Any:
        """A running mean or variance."""
        self.check(name, given)
        return given

    def check(self, name: str, given: Any) -> None:
        """Raises Refused for a parameter or statistic that does not fit x."""
        if given.shape != self.learned:
            vector = self.axes == (0,) and len(self.shape) == 1 and self.learned == (1,)
            hint = "batch norm takes a vector as samples of one feature; one sample: kind layer" if vector else ""
            what = f"is {dimensions(given.shape)}, want {dimensions(self.learned)} for x of {dimensions(self.shape)}"
            raise Refused(name, what, hint=hint)


def _plan(kind: str, shape: tuple[int, ...], groups: int, axes: int) -> Plan:
    n = len(shape)
    if kind in ("layer", "rms"):
        if axes > n:
            raise Refused("axes", f"are {axes}, but x has {n}")
        return Plan(tuple(range(n - axes, n)), shape, shape[n - axes :])
    if kind == "batch":
        if n == 3:
            raise Refused("x", f"is {dimensions(shape)}", "samples x features, or samples x channels x height x width")
        return Plan(tuple(a for a in range(n) if a != 1), shape, shape[1:2] or (1,), max(n - 2, 0))
    channel = n - 3 if n > 2 else n - 1
    learned, trailing = shape[channel : channel + 1], n - 1 - channel
    if kind == "instance":
        if n < 3:
            raise Refused("x", f"is {dimensions(shape)}", "channels x height x width")
        return Plan((n - 2, n - 1), shape, learned, trailing)
    if shape[channel] % groups:
        raise Refused("groups", f"{groups} groups cannot share {shape[channel]} channels evenly")
    cells = (*shape[:channel], groups, math.prod(shape[channel:]) // groups)
    return Plan((len(cells) - 1,), shape, learned, trailing, cells)
