"""A dense layer, as networks and residual blocks have it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from nncalc.errors import FieldPath, Refused
from nncalc.topics.parts.activations import ActivationName
from nncalc.topics.parts.fields import About, Array
from nncalc.topics.parts.turning import other_layout, transposed_words

UNIT_INPUT = "(unit, input)"


@dataclass(frozen=True)
class Layer:
    """One dense layer: activation(W a + b)."""

    W: Annotated[
        Array,
        "unit input",
        About("one row of weights for each unit", also=("w", "weights", "weight"), rows="input unit"),
    ]
    b: Annotated[Array | None, "unit", About("one number for each unit", also=("bias", "biases"))] = None
    activation: Annotated[ActivationName, About("what is applied to z", also=("function",))] = "identity"


def misfit(path: FieldPath, W: Any, inputs: int, giver: str) -> Refused:
    """What to raise where a matrix (unit, input) takes another number of inputs than it gets from a giver."""
    units, wants = W.shape
    hint = f"W is (input, unit): transposed? here it is {UNIT_INPUT}" if units == inputs else ""
    return Refused(path, f"is {units} x {wants}, for {wants} inputs, but {giver} {inputs}", hint=hint)


def affine(x: Any, W: Any, b: Any = None, layout: str | None = None) -> Any:
    """W x + b, of rows X Wᵀ + b; W: (unit, input). With the layout rows x W + b, W: (input, unit)."""
    product = x @ W if layout == "rows" else W @ x if x.ndim == 1 else x @ W.T
    return product if b is None else product + b


def inputs_and_units(W: Any, layout: str | None) -> tuple[int, int]:
    """How many inputs a matrix has, and how many units."""
    return W.shape if layout == "rows" else W.shape[::-1]


def transposed(name: str, W: Any, inputs: int, layout: str | None) -> str:
    """The hint that a matrix for another number of inputs would fit with the other layout; nothing where not."""
    if inputs_and_units(W, other_layout(layout))[0] != inputs:
        return ""
    return transposed_words(name, ("unit", "input") if layout == "rows" else ("input", "unit"), layout)
