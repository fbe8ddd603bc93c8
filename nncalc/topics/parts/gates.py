"""The weights of gated cells as courses write them: for each gate apart, for [h, x] together, or all gates stacked.

Each way is a record that a cell derives for its own gates: the record's fields are fields of the topic, and what a
cell asks of it (`Weights`) is the same for all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, Protocol

import numpy as np

from nncalc.errors import Refused
from nncalc.topics.parts.fields import About, Array
from nncalc.trace.rules.products import each_row
from nncalc.trace.work import Work

W_xLike = Annotated[Array, "hidden input"]
W_hLike = Annotated[Array, "hidden hidden"]
Bias = Annotated[Array | None, "hidden"]
JoinedWeights = Annotated[Array, "hidden hidden+input"]
Order = Annotated[Literal["hx", "xh"], About("[h, x] or [x, h]", says="v is {}")]
GateOrder = Annotated[str | list[str], About("from top to bottom", says="gates from top to bottom {}")]
W_IH = About("all gates below each other", also=("weight_ih", "weight_ih_l0"))
W_HH = About("all gates below each other", also=("weight_hh", "weight_hh_l0"))
B_IH = About("bias beside W_ih", also=("bias_ih", "bias_ih_l0"))
B_HH = About("bias beside W_hh", also=("bias_hh", "bias_hh_l0"))


class Net(Protocol):
    """The net inputs of the gates at one time step: what each is fed, before its activation."""

    def __call__(self, gate: str, c: Any = None) -> Any:
        """W_x·x + W_h·h + b of a gate, with p∘c where the gate has a peephole; (hidden,)."""

    def candidate(self, gate: str, r: Any, after: bool) -> Any:
        """The same where r resets the state before: W_h·(r∘h), or r∘(W_h·h + b_h) after the product."""


class Weights(ABC):
    """What a cell needs to know of its weights. letters: one for each of its gates."""

    letters: ClassVar[str]

    @abstractmethod
    def through(self, work: Work, x: Any) -> Callable[[int, Any, Any], Net]:
        """For all inputs x, (time, input) or one vector: the net inputs at (t, x_t, h), h being the state before."""

    @abstractmethod
    def recurrent(self, gate: str) -> Any:
        """A gate's matrix for h, (hidden, hidden), for Jacobians."""

    @property
    @abstractmethod
    def parameters(self) -> dict[str, Any]:
        """What is learned, by name, gate by gate (None where it is left out)."""

    def peephole(self, gate: str) -> Any:
        """A gate's p, (hidden,), or None where it has none."""
        return getattr(self, f"p_{gate}", None)


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


@dataclass(frozen=True)
class Gate:
    """One gate's weights: a matrix for x and one for h, each with a bias where it has one, b for both, a peephole p."""

    W_x: Any
    W_h: Any
    b_x: Any = None
    b_h: Any = None
    b: Any = None
    p: Any = None


class Apart(Weights):
    """Weights with a matrix for x and one for h in each gate."""

    @cached_property
    @abstractmethod
    def each(self) -> dict[str, Gate]:
        """The gates by their letters."""

    def through(self, work: Work, x: Any) -> Callable[[int, Any, Any], Net]:
        """Works W_x·x of all steps at once."""
        inputs = {name: products(gate.W_x, x) for name, gate in self.each.items()}
        return lambda t, x_t, h: _NetApart(self.each, inputs, t, h)

    def recurrent(self, gate: str) -> Any:
        """W_h of the gate."""
        return self.each[gate].W_h


@dataclass(frozen=True)
class _NetApart:
    each: Mapping[str, Gate]
    inputs: Mapping[str, Callable[[int], Any]]
    t: int
    h: Any

    def __call__(self, gate: str, c: Any = None) -> Any:
        """W_x·x + b_x + W_h·h + p∘c + b_h + b."""
        of = self.each[gate]
        peephole = None if of.p is None else of.p * c
        return added(self.inputs[gate](self.t), of.b_x, of.W_h @ self.h, peephole, of.b_h, of.b)

    def candidate(self, gate: str, r: Any, after: bool) -> Any:
        """W_x·x + b_x + W_h·(r∘h) + b_h + b, or W_x·x + b_x + b + r∘(W_h·h + b_h)."""
        of = self.each[gate]
        if after:
            return added(self.inputs[gate](self.t), of.b_x, of.b, r * added(of.W_h @ self.h, of.b_h))
        return added(self.inputs[gate](self.t), of.b_x, of.W_h @ (r * self.h), of.b_h, of.b)


class PerGate(Apart):
    """Each gate has W_x, W_h and b of its own, by its letter; b_h is a candidate's bias inside the reset."""

    @cached_property
    def each(self) -> dict[str, Gate]:
        """W_xi, W_hi, b_i, p_i are the gate i."""
        return {
            gate: Gate(getattr(self, f"W_x{gate}"), getattr(self, f"W_h{gate}"), b_h=getattr(self, f"b_h{gate}", None),
                       b=getattr(self, f"b_{gate}"), p=self.peephole(gate))
            for gate in self.letters
        }  # fmt: skip

    @property
    def parameters(self) -> dict[str, Any]:
        """W_xi, W_hi, b_i, p_i, b_hi and so on, those that there are."""
        names = [name.format(gate) for gate in self.letters for name in ("W_x{}", "W_h{}", "b_{}", "p_{}", "b_h{}")]
        return {name: getattr(self, name, None) for name in names}


class Stacked(Apart):
    """All gates below each other in W_ih and W_hh, with one or two biases, as frameworks keep them."""

    W_ih: Any
    W_hh: Any
    b_ih: Any
    b_hh: Any
    gate_order: str | list[str]

    @cached_property
    def each(self) -> dict[str, Gate]:
        """Each gate's rows; cut out once, so that every time step uses the same."""
        order = order_of(self.gate_order, self.letters)
        hidden = self.W_hh.shape[1]
        rows = {gate: slice(i * hidden, (i + 1) * hidden) for i, gate in enumerate(order)}
        return {
            gate: Gate(self.W_ih[part], self.W_hh[part], None if self.b_ih is None else self.b_ih[part],
                       None if self.b_hh is None else self.b_hh[part])
            for gate, part in rows.items()
        }  # fmt: skip

    @property
    def parameters(self) -> dict[str, Any]:
        """W_ih, W_hh, b_ih, b_hh."""
        return {"W_ih": self.W_ih, "W_hh": self.W_hh, "b_ih": self.b_ih, "b_hh": self.b_hh}


def order_of(given: str | Sequence[str], gates: str) -> list[str]:
    """The gates in the order in which they are stacked; Refused where it is not each exactly once."""
    order = given.replace(",", " ").split() if isinstance(given, str) else list(given)
    order = list(order[0]) if len(order) == 1 else order
    if sorted(order) != sorted(gates):
        raise Refused("gate_order", f"want each of {' '.join(gates)} once", f"as {' '.join(gates)}")
    return order


class Concatenated(Weights):
    """Each gate has one matrix for the concatenated vector v = [h, x] (or [x, h]) and one bias, by its letter."""

    concat: Literal["hx", "xh"]

    def fed(self, gate: str, v: Any) -> Any:
        """W·v + b of a gate."""
        return added(getattr(self, f"W_{gate}") @ v, getattr(self, f"b_{gate}"))

    def joined(self, h: Any, x: Any) -> Any:
        """[h, x] or [x, h]."""
        return np.concatenate([h, x] if self.concat == "hx" else [x, h])

    def through(self, work: Work, x: Any) -> Callable[[int, Any, Any], Net]:
        """Names v at each step."""
        return lambda t, x_t, h: _NetJoined(work, self, x_t, h, work.let("v", self.joined(h, x_t)))

    def recurrent(self, gate: str) -> Any:
        """The columns that meet h."""
        W = getattr(self, f"W_{gate}")
        hidden = W.shape[0]
        return W[:, :hidden] if self.concat == "hx" else W[:, W.shape[1] - hidden :]

    @property
    def parameters(self) -> dict[str, Any]:
        """W_i, b_i and so on."""
        return {name: getattr(self, name) for gate in self.letters for name in (f"W_{gate}", f"b_{gate}")}


@dataclass(frozen=True)
class _NetJoined:
    work: Work
    weights: Concatenated
    x: Any
    h: Any
    v: Any

    def __call__(self, gate: str, c: Any = None) -> Any:
        """W·v + b."""
        return self.weights.fed(gate, self.v)

    def candidate(self, gate: str, r: Any, after: bool) -> Any:
        """W·[r∘h, x] + b: the matrices for x and for h are not apart, so r cannot come after the product."""
        return self.weights.fed(gate, self.work.let(f"v_{gate}", self.weights.joined(r * self.h, self.x)))
