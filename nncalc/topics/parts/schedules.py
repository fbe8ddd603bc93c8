"""How the step size of gradient descent changes from update to update."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused
from nncalc.topics.parts.belonging import when
from nncalc.topics.parts.fields import About
from nncalc.trace.work import Work

ScheduleKind = Literal["step", "exponential", "inverse_time", "cosine", "linear", "warmup"]
MOST = 1_000_000


@dataclass(frozen=True)
class Schedule:
    """The step size of each update, from the rate that is given; k counts the updates before it."""

    kind: Annotated[ScheduleKind, About("how it changes")]
    factor: Annotated[
        float | None,
        About("what it is multiplied by", above=0, also=("gamma",), only=when(kind=("step", "exponential"))),
    ] = None
    every: Annotated[
        int,
        About(
            "after so many updates (in between exponential and inverse_time change, too)",
            least=1,
            most=MOST,
            also=("step_size", "decay_steps"),
            only=when(kind=("step", "exponential", "inverse_time")),
        ),
    ] = 1
    decay: Annotated[
        float | None,
        About(
            "exponential: rate·e^(-decay·k) in place of a factor; inverse_time: rate/(1 + decay·k)",
            least=0,
            also=("decay_rate",),
            only=when(kind=("exponential", "inverse_time")),
        ),
    ] = None
    over: Annotated[
        int | None,
        About(
            "how many updates it takes",
            least=1,
            most=MOST,
            also=("T", "T_max", "total", "warmup_steps"),
            only=when(kind=("cosine", "linear", "warmup")),
        ),
    ] = None
    end: Annotated[
        float,
        About("where it ends", least=0, also=("eta_min", "final"), only=when(kind=("cosine", "linear"))),
    ] = 0

    def at(self, work: Work, rate: Any, before: int) -> Any:
        """The step size after so many updates, as a step named rate. Raises Refused where a constant is missing."""
        if self.over is not None and self.kind == "warmup" and before >= self.over:
            return work.let("rate", rate)
        if self.over is not None and self.kind in ("cosine", "linear") and before >= self.over:
            return work.let("rate", work.written(float(self.end)))
        return work.let("rate", RATES[self.kind](self, rate, work.written(float(before))))

    def constant(self, name: str) -> Any:
        """A constant that this kind cannot do without. Raises Refused where it is missing."""
        value = getattr(self, name)
        if value is None:
            raise Refused(("schedule",), f"'{name}' is missing", f"kind {self.kind} with {name}")
        return value


def _step(s: Schedule, rate: Any, k: Any) -> Any:
    """Every so often by a factor."""
    return rate * s.constant("factor") ** (k if s.every == 1 else k // s.every)


def _exponential(s: Schedule, rate: Any, k: Any) -> Any:
    if s.decay is not None and s.factor is not None:
        raise Refused(("schedule", "decay"), "stands in place of a factor", "one of the two")
    time = k if s.every == 1 else k / s.every
    return rate * s.constant("factor") ** time if s.decay is None else rate * np.exp(-(s.decay * time))


def _inverse_time(s: Schedule, rate: Any, k: Any) -> Any:
    return rate / (1 + s.constant("decay") * (k if s.every == 1 else k / s.every))


def _cosine(s: Schedule, rate: Any, k: Any) -> Any:
    """Loshchilov and Hutter 2017, without restarts."""
    wave = (rate - s.end if s.end else rate) / 2 * (1 + np.cos(math.pi * k / s.constant("over")))
    return s.end + wave if s.end else wave


def _linear(s: Schedule, rate: Any, k: Any) -> Any:
    return rate - (rate - s.end if s.end else rate) * k / s.constant("over")


def _warmup(s: Schedule, rate: Any, k: Any) -> Any:
    """The first of T updates has a T-th of the rate, the T-th has all of it."""
    return rate * (k + 1) / s.constant("over")


RATES: dict[str, Callable[[Schedule, Any, Any], Any]] = {
    "step": _step, "exponential": _exponential, "inverse_time": _inverse_time, "cosine": _cosine, "linear": _linear,
    "warmup": _warmup,
}  # fmt: skip
