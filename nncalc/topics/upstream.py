"""The way back from a ∂L/∂answer that is given, where no loss stands on the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nncalc.errors import Refused, times
from nncalc.topics.fields import Answer
from nncalc.trace.work import Work


def from_above(work: Work, of: Any, wrt: Sequence[Any], upstream: Any) -> Answer:
    """The gradients by each of `wrt`; {} without an upstream, which must have the shape of what it belongs to."""
    if upstream is None:
        return {}
    if upstream.shape != of.shape:
        name = getattr(of, "name", None) or "the answer"
        raise Refused("upstream", f"is {times(upstream.shape)}, but {name} is {times(of.shape)}")
    return work.backward(of, wrt, seed=upstream)
