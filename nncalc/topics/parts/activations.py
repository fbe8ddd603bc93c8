"""Activation functions by name, each with its derivative."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from nncalc.trace.rules.functions import elu, erf, leaky_relu, relu, sigmoid, softmax, softplus

Function = Literal[
    "sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu", "celu", "gelu", "gelu_tanh", "softplus", "softsign", "silu",
    "mish", "hard_sigmoid", "hard_swish", "hard_tanh", "relu6", "thresholded_relu", "tanhshrink", "log_sigmoid", "abs",
    "exp", "step", "identity",
]  # fmt: skip
ActivationName = Literal[Function, "softmax"]


@dataclass(frozen=True)
class Activation:
    """a = g(z, α, β) and its derivative g'(z), written with a where one does so on paper.

    alpha, beta: the constants' usual values, for those that have them. The tests hold each slope against `backward`.
    """

    function: Callable[..., Any]
    slope: Callable[..., Any] | None = None
    alpha: float | None = None
    beta: float | None = None

    def constants(self, alpha: float | None = None, beta: float | None = None) -> tuple[float, ...]:
        """The constants that it has, given or usual."""
        pairs = ((self.alpha, alpha), (self.beta, beta))
        return tuple(usual if given is None else given for usual, given in pairs if usual is not None)

    def __call__(self, z: Any) -> Any:
        return self.function(z, *self.constants())

    def derivative(self, z: Any, a: Any, alpha: float | None = None, beta: float | None = None) -> Any:
        """g'(z), where a = g(z). Raises TypeError for a function without one."""
        if self.slope is None:
            raise TypeError("this activation has no derivative of one number")
        return self.slope(z, a, *self.constants(alpha, beta))


def _inside(u: Any, low: float = 0, high: float = 1) -> Any:
    """1 strictly between two bounds: where max(low, min(high, u)) has a slope."""
    return (u > low) * (u < high)


def _gaussian(z: Any) -> Any:
    """Φ(z), the normal distribution up to z."""
    return (1 + erf(z / math.sqrt(2))) / 2


def _gelu_inner(z: Any) -> Any:
    return math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)


def _gelu_tanh_slope(z: Any, a: Any) -> Any:
    t = np.tanh(_gelu_inner(z))
    return (1 + t) / 2 + z * (1 - t**2) / 2 * math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * z**2)


def _mish_slope(z: Any, a: Any) -> Any:
    t = np.tanh(softplus(z))
    return t + z * (1 - t**2) * sigmoid(z)


ACTIVATIONS: dict[str, Activation] = {
    "identity": Activation(lambda z: z, lambda z, a: 0 * z + 1),
    "sigmoid": Activation(sigmoid, lambda z, a: a * (1 - a)),
    "tanh": Activation(np.tanh, lambda z, a: 1 - a**2),
    "relu": Activation(relu, lambda z, a: 1 * (z > 0)),
    "leaky_relu": Activation(lambda z, c: leaky_relu(z, alpha=c), lambda z, a, c: (z > 0) + c * (z <= 0), alpha=0.01),
    "elu": Activation(lambda z, c: elu(z, alpha=c), lambda z, a, c: (z > 0) + (z <= 0) * (a + c), alpha=1),
    # Klambauer et al. 2017: α and the scale β that keep mean 0 and variance 1.
    "selu": Activation(
        lambda z, c, s: s * elu(z, alpha=c), lambda z, a, c, s: s * (z > 0) + (z <= 0) * (a + s * c),
        alpha=1.6732632423543772, beta=1.0507009873554805,
    ),
    # Barron 2017.
    "celu": Activation(
        lambda z, c: np.maximum(0, z) + c * (np.exp(np.minimum(0, z) / c) - 1),
        lambda z, a, c: (z > 0) + (z <= 0) * np.exp(np.minimum(0, z) / c), alpha=1,
    ),
    # Hendrycks and Gimpel 2016, exactly and with their tanh.
    "gelu": Activation(
        lambda z: z * _gaussian(z), lambda z, a: _gaussian(z) + z * np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    ),
    "gelu_tanh": Activation(lambda z: z * (1 + np.tanh(_gelu_inner(z))) / 2, _gelu_tanh_slope),
    "softplus": Activation(lambda z, c: softplus(c * z) / c, lambda z, a, c: sigmoid(c * z), beta=1),
    "softsign": Activation(lambda z: z / (1 + np.abs(z)), lambda z, a: 1 / (1 + np.abs(z)) ** 2),
    "silu": Activation(
        lambda z, c: z * sigmoid(c * z), lambda z, a, c: sigmoid(c * z) + c * a * (1 - sigmoid(c * z)), beta=1
    ),
    "mish": Activation(lambda z: z * np.tanh(softplus(z)), _mish_slope),
    # MobileNetV3's and PyTorch's constants; ONNX has 0.2 for α.
    "hard_sigmoid": Activation(
        lambda z, c, d: np.maximum(0, np.minimum(1, c * z + d)), lambda z, a, c, d: c * _inside(c * z + d),
        alpha=1 / 6, beta=0.5,
    ),
    "hard_swish": Activation(
        lambda z, c, d: z * np.maximum(0, np.minimum(1, c * z + d)),
        lambda z, a, c, d: np.maximum(0, np.minimum(1, c * z + d)) + c * z * _inside(c * z + d), alpha=1 / 6, beta=0.5,
    ),
    "hard_tanh": Activation(
        lambda z, c, d: np.maximum(c, np.minimum(d, z)), lambda z, a, c, d: 1 * _inside(z, c, d), alpha=-1, beta=1
    ),
    "relu6": Activation(lambda z: np.minimum(6, np.maximum(0, z)), lambda z, a: 1 * _inside(z, 0, 6)),
    "thresholded_relu": Activation(lambda z, c: z * (z > c), lambda z, a, c: 1 * (z > c), alpha=1),
    "tanhshrink": Activation(lambda z: z - np.tanh(z), lambda z, a: np.tanh(z) ** 2),
    "log_sigmoid": Activation(lambda z: -softplus(-z), lambda z, a: 1 - sigmoid(z)),
    "abs": Activation(np.abs, lambda z, a: np.sign(z)),
    "exp": Activation(np.exp, lambda z, a: a),
    "step": Activation(lambda z: 1 * (z > 0), lambda z, a: 0 * z),
    "softmax": Activation(softmax),  # no function of one number, so without a slope of one
}  # fmt: skip
