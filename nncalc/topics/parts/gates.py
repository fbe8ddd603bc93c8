"""The weights of gated cells as courses write them: for each gate apart, for [h, x] together, or all gates stacked.

Each kind answers the same two questions: what a gate is fed (before its activation), and what the parameters are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np

from nncalc.errors import Refused
from nncalc.trace.rules.products import each_row
from nncalc.trace.work import Work

Order = Literal["hx", "xh"]


class Weights(Protocol):
    """What a cell needs to know of its weights."""

    def see(self, x: Any) -> None:
        """All inputs, before the first step: (time, input), or one vector."""

    def enter(self, work: Work, t: int, x: Any, h: Any) -> None:
        """A time step begins."""

    def fed(self, gate: str, peephole: Any = None) -> Any:
        """W_x·x + W_h·h + b of a gate, with p∘c where it has a peephole."""

    def candidate(self, work: Work, gate: str, reset: Any, after: bool) -> Any:
        """The same where the state before is reset: W_h·(r∘h), or r∘(W_h·h + b_h) after the product."""

    @property
    def parameters(self) -> dict[str, Any]:
        """What is learned, by name (None where it is left out)."""

    def recurrent(self, gate: str) -> Any:
        """A gate's matrix for h, for Jacobians."""


def added(*terms: Any) -> Any:
    """The sum of the terms that there are."""
    there = [term for term in terms if term is not None]
    total = there[0]
    for term in there[1:]:
        total = total + term
    return total


def products(W: Any, x: Any) -> Callable[[int], Any]:
    """W·x_t by time step (from 1): of a sequence all are worked as one product, of one vector when asked."""
    if x.ndim == 1:
        return lambda t: W @ x
    whole = each_row(W, x)
    return lambda t: whole[t - 1]


@dataclass
class Apart:
    """Each gate has W_x, W_h and b of its own; `b_h` is a candidate's bias inside the reset."""

    W_x: Mapping[str, Any]
    W_h: Mapping[str, Any]
    b: Mapping[str, Any]
    peepholes: Mapping[str, Any] = field(default_factory=dict)
    b_h: tuple[str, Any] = ("", None)

    def see(self, x: Any) -> None:
        """Works W_x·x of all steps at once."""
        self.inputs = {gate: products(W, x) for gate, W in self.W_x.items()}

    def enter(self, work: Work, t: int, x: Any, h: Any) -> None:
        """Remembers the step and the state before."""
        self.t, self.h = t, h

    def fed(self, gate: str, peephole: Any = None) -> Any:
        """W_x·x + W_h·h + p∘c + b."""
        return added(self.inputs[gate](self.t), self.W_h[gate] @ self.h, peephole, self.b[gate])

    def candidate(self, work: Work, gate: str, reset: Any, after: bool) -> Any:
        """W_x·x + W_h·(r∘h) + b, or W_x·x + b + r∘(W_h·h + b_h)."""
        if after:
            inner = added(self.W_h[gate] @ self.h, self.b_h[1])
            return added(self.inputs[gate](self.t), self.b[gate], reset * inner)
        if self.b_h[1] is not None:
            raise Refused(self.b_h[0], "belongs to a reset after the product", hint="reset: after")
        return added(self.inputs[gate](self.t), self.W_h[gate] @ (reset * self.h), self.b[gate])

    @property
    def parameters(self) -> dict[str, Any]:
        """W_xi, W_hi, b_i, p_i and so on, gate by gate."""
        found: dict[str, Any] = {}
        for gate in self.W_x:
            found |= {f"W_x{gate}": self.W_x[gate], f"W_h{gate}": self.W_h[gate], f"b_{gate}": self.b[gate]}
            if gate in self.peepholes:
                found[f"p_{gate}"] = self.peepholes[gate]
        return found | ({self.b_h[0]: self.b_h[1]} if self.b_h[0] else {})

    def recurrent(self, gate: str) -> Any:
        """W_h of the gate."""
        return self.W_h[gate]


@dataclass
class Joined:
    """Each gate has one matrix for the concatenated vector [h, x] (or [x, h]) and one bias."""

    W: Mapping[str, Any]
    b: Mapping[str, Any]
    order: Order
    hidden: int

    def see(self, x: Any) -> None:
        """Nothing: v is put together step by step."""

    def enter(self, work: Work, t: int, x: Any, h: Any) -> None:
        """Names v, the concatenated vector."""
        self.x, self.h = x, h
        self.v = work.let("v", self._together(h, x))

    def _together(self, h: Any, x: Any) -> Any:
        return np.concatenate([h, x] if self.order == "hx" else [x, h])

    def fed(self, gate: str, peephole: Any = None) -> Any:
        """W·v + b."""
        return added(self.W[gate] @ self.v, peephole, self.b[gate])

    def candidate(self, work: Work, gate: str, reset: Any, after: bool) -> Any:
        """W·[r∘h, x] + b."""
        if after:
            raise Refused("reset", "after the product wants the matrices for x and for h apart", "before")
        return added(self.W[gate] @ work.let(f"v_{gate}", self._together(reset * self.h, self.x)), self.b[gate])

    @property
    def parameters(self) -> dict[str, Any]:
        """W_i, b_i and so on, gate by gate."""
        found: dict[str, Any] = {}
        for gate in self.W:
            found |= {f"W_{gate}": self.W[gate], f"b_{gate}": self.b[gate]}
        return found

    def recurrent(self, gate: str) -> Any:
        """The columns that meet h."""
        W = self.W[gate]
        return W[:, : self.hidden] if self.order == "hx" else W[:, W.shape[1] - self.hidden :]


@dataclass
class Stacked:
    """All gates below each other in W_ih and W_hh, with one or two biases, as frameworks keep them."""

    W_ih: Any
    W_hh: Any
    b_ih: Any
    b_hh: Any
    gates: Sequence[str]

    def see(self, x: Any) -> None:
        """Cuts the gates' rows out once, and works W_ih·x of all steps."""
        arrays = (self.W_ih, self.b_ih, self.W_hh, self.b_hh)
        self.rows = {gate: [self._rows(a, gate) for a in arrays] for gate in self.gates}
        self.inputs = {gate: products(rows[0], x) for gate, rows in self.rows.items()}

    def enter(self, work: Work, t: int, x: Any, h: Any) -> None:
        """Remembers the step and the state before."""
        self.t, self.h = t, h

    def _rows(self, array: Any, gate: str) -> Any:
        hidden = self.W_hh.shape[1]
        start = self.gates.index(gate) * hidden
        return None if array is None else array[start : start + hidden]

    def fed(self, gate: str, peephole: Any = None) -> Any:
        """W_ih·x + b_ih + W_hh·h + b_hh, the gate's rows of each."""
        _, b_x, W_h, b_h = self.rows[gate]
        return added(self.inputs[gate](self.t), b_x, W_h @ self.h, peephole, b_h)

    def candidate(self, work: Work, gate: str, reset: Any, after: bool) -> Any:
        """W_ih·x + b_ih + r∘(W_hh·h + b_hh), or W_ih·x + b_ih + W_hh·(r∘h) + b_hh."""
        _, b_x, W_h, b_h = self.rows[gate]
        if after:
            return added(self.inputs[gate](self.t), b_x, reset * added(W_h @ self.h, b_h))
        return added(self.inputs[gate](self.t), b_x, W_h @ (reset * self.h), b_h)

    @property
    def parameters(self) -> dict[str, Any]:
        """W_ih, W_hh, b_ih, b_hh."""
        return {"W_ih": self.W_ih, "W_hh": self.W_hh, "b_ih": self.b_ih, "b_hh": self.b_hh}

    def recurrent(self, gate: str) -> Any:
        """The gate's rows of W_hh."""
        return self.rows[gate][2]


def order_of(given: str | list[str], gates: str) -> list[str]:
    """The gates in the order in which they are stacked; each exactly once."""
    order = given.replace(",", " ").split() if isinstance(given, str) else given
    order = list(order[0]) if len(order) == 1 else order
    if sorted(order) != sorted(gates):
        raise Refused("gate_order", f"want each of {' '.join(gates)} once", f"as {' '.join(gates)}")
    return order
