"""Activation functions by the names that problem files use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from nncalc.trace.functions import leaky_relu, relu, sigmoid, softmax, softplus

ActivationName = Literal["identity", "sigmoid", "tanh", "relu", "leaky_relu", "softplus", "softmax"]

ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "identity": lambda z: z,
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "relu": relu,
    "leaky_relu": leaky_relu,
    "softplus": softplus,
    "softmax": softmax,
}
