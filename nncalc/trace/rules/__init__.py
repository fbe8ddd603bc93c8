"""The rules of NumPy's functions, by family; importing this package fills the table."""

from nncalc.trace.rules import pointwise, products, rearranging, reductions, whole

__all__ = ["pointwise", "products", "rearranging", "reductions", "whole"]
