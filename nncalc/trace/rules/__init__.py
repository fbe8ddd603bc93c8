"""The rules of functions, by family; importing this package fills the tables of rules and of named functions."""

from nncalc.trace.notation.functions import FUNCTIONS
from nncalc.trace.rules import (
    angles,
    arrays,
    choosing,
    convolution,
    functions,
    named,
    pointwise,
    pooling,
    products,
    rearranging,
    reductions,
    whole,
)

__all__ = [
    "FUNCTIONS", "angles", "arrays", "choosing", "convolution", "functions", "named", "pointwise", "pooling",
    "products", "rearranging", "reductions", "whole",
]  # fmt: skip
