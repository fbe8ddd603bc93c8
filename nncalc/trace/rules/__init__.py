"""The rules of NumPy's functions, by family; importing this package fills the tables RULES and FUNCTIONS."""

from nncalc.trace.notation.functions import FUNCTIONS
from nncalc.trace.rules import elementary, pointwise, products, rearranging, reductions, whole

__all__ = ["FUNCTIONS", "elementary", "pointwise", "products", "rearranging", "reductions", "whole"]
