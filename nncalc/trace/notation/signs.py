"""The signs of the page and what one types instead: one table, for whatever reads and for terminals without them."""

from __future__ import annotations

import re
import unicodedata

# A sign, and what it stands for in ASCII.
SIGNS = {
    "·": "*", "∘": "*", "×": "*", "⋅": "*", "÷": "/", "∂": "d", "ᵀ": "^T", "…": "...", "σ": "sigmoid", "Σ": "sum",
    "≈": "~", "≤": "<=", "≥": ">=", "√": "sqrt", "−": "-", "←": "<-", "→": "->", "∞": "inf", "∇": "grad", "ŷ": "y_hat",
    "π": "pi", "½": "(1/2)", "⅓": "(1/3)", "¼": "(1/4)", "¾": "(3/4)", "⅔": "(2/3)",
}  # fmt: skip
HIGH, LOW = "⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉"
# The letters of names; where one begins a call it may be a function's sign: σ(x).
GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "eps", "ϵ": "eps", "ζ": "zeta", "η": "eta",
    "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho",
    "σ": "sigma", "τ": "tau", "φ": "phi", "ϕ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma",
    "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
GREEK_LETTERS = "".join(GREEK)
# Where a terminal cannot show a sign. Sizes are written with an x.
_SHOWN = {
    "×": "x", "²": "^2", "³": "^3", "≠": "!=", "′": "'", "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-",
    "⋆": "conv", "∈": "in", "⌈": "ceil(", "⌉": ")", "⌊": "floor(", "⌋": ")", "\u00a0": " ",
}  # fmt: skip
# Shades, frames and points of pictures.
_DRAWN = dict(zip("░▒▓█≡─│┌┐└┘├┤┬●○◆◇‖", ".:*#%-|++++|++oOxX|", strict=True))
# Dots in a letter's place, by where they stand: above, below, in both halves.
_DOTS = {chr(0x2800 + i): "'.:"[(i & 0x1B != 0) + 2 * (i & 0xE4 != 0) - 1] for i in range(1, 256)}
ASCII = str.maketrans(GREEK | SIGNS | _SHOWN | _DRAWN | _DOTS)
# What stands in a name; letters behind each other are one name.
_NAMED = str.maketrans({sign: SIGNS[sign] for sign in ("∂", "ŷ")} | GREEK | dict(zip(LOW, "0123456789", strict=True)))
RAISED = str.maketrans(HIGH, "0123456789")
# A letter that stands alone says its accent: x_bar is another than x. In a word it loses it.
ACCENTS = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0307": "dot"}
_ACCENTED = re.compile(r"(?<![^\W\d_])([^\W\d_])([\u0302\u0303\u0304\u0307])(?![^\W\d_])")


def plain_name(text: str) -> str:
    """A name as steps bear it, from one as the page or a book writes it: dL/dW1 from ∂L/∂W₁."""
    return text.translate(_NAMED)


def ascii_only(text: str) -> str:
    """The text in ASCII: each sign by what one types instead, letters without their accents, ? for what has neither."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text.translate(ASCII))
    plain = _ACCENTED.sub(lambda found: f"{found[1]}_{ACCENTS[found[2]]}", plain).translate(ASCII)
    return "".join(c for c in plain if not unicodedata.combining(c)).encode("ascii", "replace").decode()
