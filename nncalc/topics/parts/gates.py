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
from nncalc.trace.rules.products import each_row, row_times
from nncalc.trace.work import Work

W_xLike = Annotated[Array, "hidden input", About(rows="input hidden")]
W_hLike = Annotated[Array, "hidden hidden", About(rows="hidden hidden")]
Bias = Annotated[Array | None, "hidden"]
JoinedWeights = Annotated[Array, "hidden hidden+input", About(rows="hidden+input hidden")]
Order = Annotated[Literal["hx", "xh"], About("[h, x] or [x, h]", says=lambda order: f"v is [{order[0]}, {order[1]}]")]
GateOrder = Annotated[
    str | list[str],
    About("from top to bottom", says="gates from top to bottom {}", rows="gates from left to right {}"),
]
_SAID = {"columns": "weights hidden x input: W·x", "rows": "weights input x hidden: x·W"}
WeightLayout = Annotated[
    Literal["columns", "rows"] | None,
    About(
        "columns: W·x, W_hh·h, weights hidden x input, as without it; rows: x·W, h·W_hh, weights input x hidden, as in "
        "Keras (stacked gates side by side)",
        says=lambda layout: _SAID[layout or "columns"],
    ),
]
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
    layout: WeightLayout

    @abstractmethod
    def through(self, work: Work, x: Any) -> Callable[[int, Any, Any], Net]:
        """For all inputs x, (time, input) or one vector: the net inputs at (t, x_t, h), h being the state before."""

    @abstractmethod
    def recurrent(self, gate: str) -> Any:
        """A gate's matrix for h as it stands before a column, (hidden, hidden), for Jacobians."""

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


def products(W: Any, x: Any, layout: str | None) -> Callable[[int], Any]:
    """W·x_t (x_t·W) by time step (from 1): of a sequence all are worked as one product, of one vector when asked."""
    if x.ndim == 1:
        return lambda t: applied(W, x, layout)
    whole = row_times(x, W) if layout == "rows" else each_row(W, x)
    return lambda t: whole[t - 1]


def applied(W: Any, v: Any, layout: str | None) -> Any:
    """W·v of one vector; with the layout rows v·W."""
    return v @ W if layout == "rows" else W @ v


def before_column(W: Any, layout: str | None) -> Any:
    """W as it stands before a column, whatever its layout."""
    return W.T if layout == "rows" else W


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
        inputs = {name: products(gate.W_x, x, self.layout) for name, gate in self.each.items()}
        return lambda t, x_t, h: _NetApart(self.each, self.layout, inputs, t, h)

    def recurrent(self, gate: str) -> Any:
        """W_h of the gate."""
        return before_column(self.each[gate].W_h, self.layout)


@dataclass(frozen=True)
class _NetApart:
    each: Mapping[str, Gate]
    layout: str | None
    inputs: Mapping[str, Callable[[int], Any]]
    t: int
    h: Any

    def __call__(self, gate: str, c: Any = None) -> Any:
        """W_x·x + b_x + W_h·h + p∘c + b_h + b."""
        of = self.each[gate]
        peephole = None if of.p is None else of.p * c
        return added(self.inputs[gate](self.t), of.b_x, applied(of.W_h, self.h, self.layout), peephole, of.b_h, of.b)

    def candidate(self, gate: str, r: Any, after: bool) -> Any:
        """W_x·x + b_x + W_h·(r∘h) + b_h + b, or W_x·x + b_x + b + r∘(W_h·h + b_h)."""
        of = self.each[gate]
        if after:
            recurrent = added(applied(of.W_h, self.h, self.layout), of.b_h)
            return added(self.inputs[gate](self.t), of.b_x, of.b, r * recurrent)
        return added(self.inputs[gate](self.t), of.b_x, applied(of.W_h, r * self.h, self.layout), of.b_h, of.b)


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
        """Each gate's rows (columns); cut out once, so that every time step uses the same."""
        order, sideways = order_of(self.gate_order, self.letters), self.layout == "rows"
        hidden = self.W_hh.shape[0 if sideways else 1]
        parts = {gate: slice(i * hidden, (i + 1) * hidden) for i, gate in enumerate(order)}

        def cut(W: Any, part: slice) -> Any:
            return W[:, part] if sideways else W[part]

        return {
            gate: Gate(cut(self.W_ih, part), cut(self.W_hh, part), None if self.b_ih is None else self.b_ih[part],
                       None if self.b_hh is None else self.b_hh[part])
            for gate, part in parts.items()
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
        return added(applied(getattr(self, f"W_{gate}"), v, self.layout), getattr(self, f"b_{gate}"))

    def joined(self, h: Any, x: Any) -> Any:
        """[h, x] or [x, h]."""
        return np.concatenate([h, x] if self.concat == "hx" else [x, h])

    def through(self, work: Work, x: Any) -> Callable[[int, Any, Any], Net]:
        """Names v at each step."""
        return lambda t, x_t, h: _NetJoined(work, self, x_t, h, work.let("v", self.joined(h, x_t)))

    def recurrent(self, gate: str) -> Any:
        """The columns (rows) that meet h."""
        W = before_column(getattr(self, f"W_{gate}"), self.layout)
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
