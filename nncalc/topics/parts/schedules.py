"""How the step size of gradient descent changes from update to update."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused
from nncalc.topics.parts.belonging import LEFT_OUT, when
from nncalc.topics.parts.fields import About
from nncalc.trace.value import numbers
from nncalc.trace.work import Work

ScheduleKind = Literal["step", "piecewise", "exponential", "inverse_time", "cosine", "linear", "polynomial", "warmup"]
ENDING = ("cosine", "linear", "polynomial")
MOST = 1_000_000


@dataclass(frozen=True)
class Schedule:
    """The step size of each update, from the rate that is given; k counts the updates before it."""

    kind: Annotated[ScheduleKind, About("how it changes")]
    factor: Annotated[
        float | None,
        About(
            "what it is multiplied by", above=0, also=("gamma",), only=when(kind=("step", "piecewise", "exponential"))
        ),
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
    at: Annotated[
        list[int] | None,
        About(
            "after how many updates it changes, in order",
            least=1,
            most=MOST,
            also=("milestones", "boundaries"),
            only=when(kind="piecewise"),
        ),
    ] = None
    rates: Annotated[
        list[float] | None,
        About("what it changes to, one for each of `at`, in place of a factor", also=("values",),
              only=when(kind="piecewise", factor=LEFT_OUT)),
    ] = None  # fmt: skip
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
            only=when(kind=("cosine", "linear", "polynomial", "warmup")),
        ),
    ] = None
    end: Annotated[
        float,
        About("where it ends", least=0, also=("eta_min", "final"), only=when(kind=ENDING)),
    ] = 0
    power: Annotated[
        float, About("of the share that is left", above=0, also=("degree",), only=when(kind="polynomial"))
    ] = 1

    def rate_after(self, work: Work, rate: Any, before: int) -> Any:
        """The step size after so many updates, as a step named rate. Raises Refused where a constant is missing."""
        if self.over is not None and self.kind == "warmup" and before >= self.over:
            return work.let("rate", rate)
        if self.over is not None and self.kind in ENDING and before >= self.over:
            return work.let("rate", work.written(float(self.end)))
        found = RATES[self.kind](self, rate, work.written(float(self._passed(before))))
        return work.let("rate", work.written(found) if isinstance(found, float) else found)

    def _passed(self, before: int) -> int:
        """What the rate goes by: the updates before, or how many of the places where it changes they have passed."""
        if self.kind != "piecewise":
            return before
        at = self.constant("at")
        if at != sorted(set(at)):
            raise Refused(("schedule", "at"), f"is {at}", "whole numbers that rise")
        if self.rates is not None and len(self.rates) != len(at):
            raise Refused(("schedule", "rates"), f"are {len(self.rates)}, but the places in `at` {len(at)}")
        return sum(before >= place for place in at)

    def constant(self, name: str) -> Any:
        """A constant that this kind cannot do without. Raises Refused where it is missing."""
        value = getattr(self, name)
        if value is None:
            raise Refused(("schedule",), f"'{name}' is missing", f"kind {self.kind} with {name}")
        return value


def _step(s: Schedule, rate: Any, k: Any) -> Any:
    """Every so often by a factor."""
    return rate * s.constant("factor") ** (k if s.every == 1 else k // s.every)


def _piecewise(s: Schedule, rate: Any, k: Any) -> Any:
    """After k changes: times the factor at each, or the k-th of the rates."""
    return rate * s.constant("factor") ** k if s.rates is None else [rate, *s.rates][int(numbers(k))]


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


def _polynomial(s: Schedule, rate: Any, k: Any) -> Any:
    left = (1 - k / s.constant("over")) ** s.power
    return s.end + (rate - s.end) * left if s.end else rate * left


def _warmup(s: Schedule, rate: Any, k: Any) -> Any:
    """The first of T updates has a T-th of the rate, the T-th has all of it."""
    return rate * (k + 1) / s.constant("over")


RATES: dict[str, Callable[[Schedule, Any, Any], Any]] = {
    "step": _step, "piecewise": _piecewise, "exponential": _exponential, "inverse_time": _inverse_time,
    "cosine": _cosine, "linear": _linear, "polynomial": _polynomial, "warmup": _warmup,
}  # fmt: skip
