"""What the engine knows of a function, and the table of all of them, which `rules/` fills."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nncalc.trace.notation.decimals import LOST, LOST_OF_IRRATIONALS

LARGE = 257  # arrays of so many numbers are left to floats


@dataclass(frozen=True, slots=True)
class Rule:
    """What the engine knows of a function: how to compute it, to write it, and to differentiate it.

    `options` names what may follow the one array argument by position; None where every argument is an array.
    `moves`: it only puts elements elsewhere, so that what it does to given numbers leaves them given.
    `infinite`: −∞ is a value of it, as of an attention mask.
    `inside`: how an element is written as a part of something else, where that is shorter: σ(x).
    `many`: an element takes the operands as one sequence, of which it asks only those that it is made from.
    `partial`: some of its arguments have no derivative.
    `shape`: the shape of a result that may be far larger than the arguments (elementwise ones broadcast).
    Where floats may mislead: `scale` gives what the sizes of a sum's terms add up to; `poles`: small arguments lead to
    infinity; `decides` says whether arguments are so near to each other that their order is in doubt.
    `decimal` computes with decimals where `compute` cannot; `irrational`: its results have no end; `opaque`: it has
    no decimals. `watched`: any of these may be.
    """

    name: str
    compute: Callable[..., Any]
    element: Callable[..., Any]
    whole: Callable[..., Any]
    derivative: tuple[Callable[..., Any] | None, ...] | Callable[[int], Callable[..., Any]] | None
    elementwise: bool = False
    options: tuple[str, ...] | None = None
    moves: bool = False
    infinite: bool = False
    shape: Callable[..., tuple[int, ...]] | None = None
    inside: Callable[..., Any] | None = None
    many: bool = False
    partial: bool = False
    scale: Callable[..., Any] | None = None
    poles: bool = False
    decides: Callable[..., Any] | None = None
    irrational: bool = False
    opaque: bool = False
    watched: bool = False
    decimal: Callable[..., Any] | None = None

    def misleads(self, y: Any, args: Any, params: Any, irrational: bool) -> bool:
        """Whether floats may have lost what a small result of it depends on."""
        if y.dtype.kind not in "fb":
            return False
        if self.decides is not None and np.any(self.decides(*args, **params)):
            return True
        if self.scale is not None:
            lost = abs(y) < (LOST_OF_IRRATIONALS if irrational else LOST) * self.scale(*args, **params)
            if b"\1" in lost.tobytes():  # the fastest way to ask whether any is
                return True
        return self.poles and not np.isfinite(y).all()

    @property
    def in_decimals(self) -> Callable[..., Any]:
        """How decimals are computed."""
        return self.decimal or self.compute


RULES: dict[Any, Rule] = {}
