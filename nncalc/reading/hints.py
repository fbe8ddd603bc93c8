"""What people type in formulas that is none of ours, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from nncalc.errors import did_you_mean, printable, some_of
from nncalc.trace.notation.signs import GREEK

SIGN_HINTS = {
    "{": "write ( and ), and of a name W_xh",
    "}": "write ( and ), and of a name W_xh",
    "=": "an expression has no =; to compare write ==",
    ";": "write one expression",
    "%": "there is no remainder or per cent here",
    "!": "there is no factorial here",
    "|": "write abs(…)",
    "'": "a transpose is written ᵀ or .T",
    "⊙": "write ∘",
    "∗": "write *",
    "•": "write ·",
    "∑": "write sum(…)",
    "∏": "write prod(…)",
    "⊤": "write ᵀ or .T",
    "‖": "write norm(…)",
    "∇": "write dL/dw",
    "⟨": "write u·v",
    "⁻": "write ^-1; of a matrix inv(W)",
    "?": "write where(z > 0, a, b)",
    "\\": "write the letter, as σ, or its name",
    "&": "write a product: (a > 0)*(b > 0)",
}
# Words that other languages have between two operands.
BETWEEN = {
    "if": "write where(z > 0, a, b)",
    "else": "write where(z > 0, a, b)",
    "and": "write a product: (a > 0)*(b > 0)",
    "or": "write max(a > 0, b > 0)",
    "mod": "there is no remainder here",
}
# Functions of other languages.
CALLED = {
    "transpose": "write Xᵀ or X.T",
    "grad": "write dL/dw",
    "gradient": "write dL/dw",
    "matmul": "write W·x",
    "clip": "write max(a, min(b, x))",
    "lg": "write log10(…)",
    "log1p": "write ln(1 + x)",
    "square": "write x²",
    "pow": "write x^2",
    "len": "write the number",
    "zeros": "write 0*x",
    "ones": "write 0*x + 1",
    "eye": "write diag([1, 1])",
    "avg": "write mean(…)",
    "average": "write mean(…)",
    "total": "write sum(…)",
    "all": "all(L) stands in `after` alone",
    "if": "write where(z > 0, a, b)",
    "array": "write [a, b]",
    "inverse": "write inv(…)",
    "round": "--round 2 rounds every line",
}
AXIS = dict.fromkeys(("row", "col", "cols", "column", "axis", "rowwise"), "write sum(X, rows) or sum(X, columns)")
# What is rather a variable than a function: x, w1, W_o.
SHORT_NAME = re.compile("[A-Za-z](_?[A-Za-z0-9]|[0-9]*)")


def missing(before: str, after: str) -> str:
    """What to write where two operands stand beside each other."""
    if before == GREEK["σ"]:
        return "for the sigmoid write σ(…)"
    if after in BETWEEN:
        return BETWEEN[after]
    names = all(part[:1].isalnum() for part in (before, after))
    return f"write {printable(before, 20)}*{printable(after, 20)}" if names else "write * between them"


def instead_of_call(name: str, named: bool, functions: Collection[str]) -> str:
    """What to write for a function that there is not; `named`: it is a name of the file."""
    if name in CALLED and not named:
        return CALLED[name]
    if named or SHORT_NAME.fullmatch(name):
        return f"for a product write {printable(name, 20)}*("
    return did_you_mean(name.lower(), functions, f"the functions are {some_of(functions, see='nncalc help formulas')}")


def instead_of_name(name: str, known: Iterable[str]) -> str:
    """What may be meant by a name that is not known."""
    letters = next((word for word in {*GREEK.values()} if name.startswith(word) and len(name) > len(word)), None)
    product = f"write {letters}*{printable(name[len(letters) :], 20)}" if letters else ""
    return AXIS.get(name) or did_you_mean(name, known, product)
