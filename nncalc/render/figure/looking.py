"""Which steps are looked at, cell by cell, to find what suits a working."""

from __future__ import annotations

from nncalc.trace.steps import Step
from nncalc.trace.value import Value

# Of more operations, or of more products of matrices in each other, a cell is too long to be looked at.
MOST_OPERATIONS, MOST_NESTED = 40, 2


def is_readable(step: Step) -> bool:
    """Whether the formula of one of its cells is short: that of a product of 800 matrices would never end."""
    operations = products = 0
    stack = [step.value]
    while stack and operations <= MOST_OPERATIONS:
        value = stack.pop()
        operations += 1
        products += value.rule is not None and value.rule.name == "matmul"
        stack += [a for a in value.args if isinstance(a, Value) and a.name is None]
    return operations <= MOST_OPERATIONS and products <= MOST_NESTED
