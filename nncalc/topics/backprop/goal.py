"""What a network is to give and how far off it is: fields that every network has."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import numpy as np

from nncalc.errors import Refused, dimensions
from nncalc.topics.parts.belonging import GIVEN, when
from nncalc.topics.parts.fields import About, Array
from nncalc.topics.parts.losses import LossName, targets
from nncalc.trace.work import Work

TargetField = Annotated[
    float | Array | None,
    "output | sample | sample output",
    About("what the output should be; for cross-entropy also a class", also=("y", "t", "targets")),
]
LossField = Annotated[
    LossName, About("how far off the output is", says="loss {}", also=("cost",), only=when(target=GIVEN))
]
RATE = About("step of gradient descent: gives the new weights", also=("lr", "eta", "learning_rate"))
RateField = Annotated[float | None, replace(RATE, only=when(target=GIVEN))]
FirstClassField = Annotated[
    int | None,
    About(
        "what the first class is called in the target (1)",
        least=0,
        most=1,
        only=when(loss="cross_entropy", target=GIVEN),
    ),
]


def goal(work: Work, target: float | Array, out: tuple[int, ...], kind: str, first: int | None) -> Any:
    """Gives the working its target, of the output's shape; for cross-entropy a class is taken as probabilities.

    Raises Refused where the target does not fit the output.
    """
    if kind == "cross_entropy":
        return targets(work, target, out, first)
    given = np.array(target, float)
    if given.ndim == 0 and out == (1,):
        given = given.reshape(out)
    if given.shape != out:
        raise Refused("target", f"is {dimensions(given.shape)}, but the output is {dimensions(out)}")
    return work.given("target", given)
