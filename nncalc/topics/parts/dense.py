"""A dense layer, as networks and residual blocks have it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from nncalc.topics.parts.activations import ActivationName
from nncalc.topics.parts.fields import About, Array


@dataclass(frozen=True)
class Layer:
    """One dense layer: activation(W a + b)."""

    W: Annotated[Array, "unit input", About("one row of weights for each unit", also=("w", "weights", "weight"))]
    b: Annotated[Array | None, "unit", About("one number for each unit", also=("bias", "biases"))] = None
    activation: Annotated[ActivationName, About("what is applied to z", also=("function",))] = "identity"
