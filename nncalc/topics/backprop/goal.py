"""What is asked of a network beside its output: how far off it is, the gradients, the updates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused
from nncalc.topics.parts.back import RateField
from nncalc.topics.parts.belonging import GIVEN, LEFT_OUT, when
from nncalc.topics.parts.fields import TOGETHER, About, Array
from nncalc.topics.parts.fitting import size_said
from nncalc.topics.parts.losses import LossName, targets
from nncalc.trace.work import Work

# How the page says how weights stand.
STANDS = {"columns": "weights unit x input: W·x", "rows": "weights input x unit: x·W"}
NetworkLayout = Literal["columns", "rows"]
LAYOUT = About(
    "columns: W x, W is unit x input; rows: x W, W is input x unit (default: rows where tokens are rows, but for "
    "recurrent layers, else columns)"
)


@dataclass(frozen=True)
class Aim:
    """A loss, or an upstream in its place, gives the gradients; a rate then gives the updates."""

    target: Annotated[
        float | Array | None,
        "output | sample | sample output",
        About(
            "what the output should be; for cross-entropy and hinge also a class",
            also=("y", "t", "targets", "labels", "label"),
            worded=True,
        ),
    ] = None
    loss: Annotated[
        LossName, About("how far off the output is", says="loss {}", also=("cost",), only=when(target=GIVEN))
    ] = "half_squared_error"
    upstream: Annotated[
        Array | None, About("∂L/∂output in place of a loss", also=("dY",), only=when(target=LEFT_OUT))
    ] = None
    rate: RateField = None
    steps: Annotated[
        int,
        About(
            "how many updates",
            least=1,
            most=1_000_000,
            also=("epochs", "iterations"),
            only=when(rate=GIVEN, target=GIVEN),
        ),
    ] = 1
    freeze_bias: Annotated[bool, About("leave the biases as they are in the update", only=when(rate=GIVEN))] = False
    l2: Annotated[
        float,
        About(
            "weight decay: adds l2/2 times the sum of squared weights to L",
            also=("weight_decay",),
            only=when(target=GIVEN),
        ),
    ] = 0
    first_class: Annotated[
        int | None,
        About(
            "what the first class is called in the target (1)",
            least=0,
            most=1,
            only=when(loss=("cross_entropy", "hinge"), target=GIVEN),
        ),
    ] = None

    @property
    def has_steps(self) -> bool:
        """Whether there are several updates."""
        return self.rate is not None and self.steps > 1

    def names_classes(self, out: tuple[int, ...]) -> bool:
        """Whether a hinge is that of classes: max(0, s_j − s_class + 1), in place of max(0, 1 − t·s)."""
        return self.loss == "hinge" and out[-1] > 1 and np.array(self.target).shape == out[:-1]

    def wanted(self, work: Work, out: tuple[int, ...]) -> Any:
        """Gives the working its target, of the output's shape; a class stands as a 1 at its place.

        Raises Refused where the target does not fit the output.
        """
        if self.loss == "cross_entropy" or self.names_classes(out):
            return targets(work, self.target, out, self.first_class)  # type: ignore[arg-type]  # asked where there is one
        if self.first_class is not None:
            raise Refused("first_class", "belongs to a target of classes", "a class for each sample as the target")
        given = np.array(self.target, float)
        if given.ndim == 0 and out == (1,):
            given = given.reshape(out)
        if given.shape != out:
            raise Refused("target", f"{size_said(given.shape)}, but the output {size_said(out)}")
        return work.given("target", given)


AimFields = Annotated[Aim, TOGETHER]
NO_AIM = Aim()
