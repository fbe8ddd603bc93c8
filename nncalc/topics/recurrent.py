"""What every recurrent topic shares: time steps, the output layer, the loss over time, and what comes from above."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused, times
from nncalc.topics.activation import ACTIVATIONS
from nncalc.topics.fields import About, Array
from nncalc.topics.loss import loss, targets
from nncalc.trace.rules.products import total
from nncalc.trace.work import Work


@dataclass(frozen=True)
class Upstream:
    """∂L/∂ of the states: of every time step, or of the last one."""

    h: Annotated[Array | None, "time hidden | hidden", About("∂L/∂h")] = None
    c: Annotated[Array | None, "time hidden | hidden", About("∂L/∂c")] = None


def each_step(work: Work, x: Any) -> Iterator[tuple[int, Any]]:
    """The time steps from 1 and their inputs; a sequence has a section a step, one vector has none."""
    if x.ndim == 1:
        yield 1, x
        return
    for t in range(x.shape[0]):
        with work.section(f"t{t + 1}", f"Time step {t + 1}"):
            yield t + 1, x[t]


@dataclass
class Readout:
    """The output layer y = g(W_hy h + b_y) (without W_hy the state itself) and its loss, step by step."""

    work: Work
    W_hy: Any
    b_y: Any
    activation: str
    target: Any
    loss: str
    on: str
    steps: int
    single: bool
    losses: list[Any] = field(default_factory=list)

    def step(self, t: int, h: Any) -> Any:
        """The output at time t; its loss is named and kept."""
        z, y = None, h
        if self.W_hy is not None:
            z = self.W_hy @ h
            z = z if self.b_y is None else z + self.b_y
            if self.activation != "identity":
                z = self.work.let("z_y", z)
            y = self.work.let("y", ACTIVATIONS[self.activation](z))
        if self.target is not None and (self.on == "all" or t == self.steps):
            asked = self.target if self.target.ndim == y.ndim else self.target[t - 1 if self.on == "all" else 0]
            written, like = loss(self.loss, y, asked, z=z, activation=self.activation)
            self.losses.append(self.work.let("L", written, like=like))
        return y

    def total(self) -> Any:
        """The loss of all steps, or None without a target."""
        if not self.losses or self.single:
            return self.losses[0] if self.losses else None
        return self.work.let("L", total(*self.losses))


def readout(
    work: Work,
    x: Any,
    W_hy: Any,
    b_y: Any,
    activation: str,
    target: Any,
    kind: str,
    on: Literal["all", "last"],
    size: int,
) -> Readout:
    """Checks the target against the steps that have a loss and gives it to the working.

    target: for a sequence (time, output) or a class a step, with `last` one step's; for one vector (output,).
    """
    steps = 1 if x.ndim == 1 else x.shape[0]
    outputs = size if W_hy is None else W_hy.shape[0]
    many = on == "all" and x.ndim > 1
    given: Any = None
    if target is not None and kind == "cross_entropy":
        whole = target if not isinstance(target, float) else int(target)
        given = targets(work, whole, (steps, outputs) if many else (outputs,))
    elif target is not None:
        array = np.array(target, float).reshape(-1) if np.ndim(target) == 0 else np.asarray(target, float)
        wanted = (steps, outputs) if many else (outputs,)
        if array.shape != wanted:
            raise Refused("target", f"is {times(array.shape)}, but the outputs with a loss are {times(wanted)}")
        given = work.given("target", array)
    return Readout(work, W_hy, b_y, activation, given, kind, on, steps, x.ndim == 1)


def seeds_of(work: Work, name: str, upstream: Any, states: list[Any]) -> tuple[list[Any], list[Any]]:
    """The states that have a ∂L/∂state from above, and these: one vector belongs to the last step."""
    if upstream is None:
        return [], []
    hidden = states[-1].shape[0]
    given = np.asarray(upstream, float)
    if given.shape not in ((hidden,), (len(states), hidden)):
        raise Refused(("upstream", name), f"is {times(given.shape)}, want {len(states)} x {hidden} or {hidden}")
    seed = work.given(f"upstream_{name}", given)
    return (states[-1:], [seed]) if given.ndim == 1 else (states, [seed[t] for t in range(len(states))])
