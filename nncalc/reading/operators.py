"""The operators of formulas, and how strongly each binds."""

from __future__ import annotations

# Operators by their signs: what each stands for, and how strongly it binds.
COMPARISONS = (">", ">=", "<", "<=", "==", "!=")
BINARY = dict.fromkeys(COMPARISONS, ("", 5)) | {
    "+": ("add", 10), "-": ("subtract", 10),
    "*": ("multiply", 20), "∘": ("multiply", 20), "/": ("divide", 20), "@": ("matmul", 20), "·": ("product", 20),
    "⋆": ("conv", 20),
    "^": ("power", 40),
}  # fmt: skip
COMPARES = 5
SIGN_BINDS = 30  # between times and power: -x^2 is -(x^2)
ROOT = "√"
CONVOLVES, STAR = "conv", "⋆"
