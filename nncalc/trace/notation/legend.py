"""What the signs of formulas mean, said once on the page: those that a problem itself does not have."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nncalc.trace.notation.record import Style

_BRACKET = r"\[[^\[\]]+ (>|>=|<|<=|=) [^\[\]]+"
_NAME = r"[\w\u0300-\u0307']+(?:_\{[^{}]*\})?(?:\^(?:[\w*]+|\[[^\]]*\]|\([^()]*\)|\{[^{}]*\}|<[^<>]*>))?"
# How many windows fit: what is said of the letters of that formula, which every course has.
_FITTING = r"\bsize = (?=[^=]*\bn\b[^=]*\bf\b)%s[^=]*(?<!\w)%s\b"
_UNEVEN = r"[^=]*\bp_end\b"
_LETTERS_OF_SIZES = tuple(
    (_FITTING % (before, letter), f"{letter}: {said}")
    for letter, before, said in (
        ("n", "", "size in"), ("p", f"(?!{_UNEVEN})", "zeros on either side"), ("p", f"(?={_UNEVEN})", "zeros before"),
        ("p_end", "", "zeros behind"), ("f", "", "size of the window"), ("d", "", "dilation"), ("s", "", "stride"))
)  # fmt: skip
# A sign by what finds it in a formula, and what is said of it, with what was found; in ASCII some are others.
SIGNS_OF_TEXT = (
    (rf"∂({_NAME})/∂({_NAME})", r"∂\1/∂\2: how \1 changes with \2"),
    (r"∘", "∘: element by element"),
    (r"[^⋆₀-₉]ᵀ", "ᵀ: transposed"),
    (r"⋆(?![₀-₉×]*ᵀ)", "K ⋆ X: each window of X times K, added up (cross-correlation)"),
    (r"⋆[₀-₉×]*ᵀ", "K ⋆ᵀ X: each cell of X times K, added over its window"),
    (r"⋆([₀-₉×]+)", r"⋆\1: in steps of so many cells"),
    (r"Σ_", "Σ_j: the sum over j, for each other place"),
    (r"\bmean_[i-n]", "mean_j: the mean over j"),
    (r"\bmax_[i-n]", "max_j: the largest over j"),
    (r"\bargmax_[i-n]", "argmax_j: the place of the largest over j"),
    (r"\bargmin_[i-n]", "argmin_j: the place of the smallest over j"),
    (_BRACKET, "[a > b]: 1 where it holds, else 0"),
    (r"σ\(", "σ(z) = 1/(1 + exp(-z))"),
    (r"\bdiag\(", "diag(v): v on the diagonal, else 0"),
    (r"\bflip\(", "flip(K): rows and columns turned round"),
    (r"dilated by", "dilated by 2: its cells 2 apart"),
    *_LETTERS_OF_SIZES,
)
SIGNS_OF_ASCII = (
    (rf"\bd({_NAME})/d({_NAME})", r"d\1/d\2: how \1 changes with \2"),
    (r" @ ", "@: the matrix product"),
    (r"[^\d]\*", "*: element by element"),
    (r"\.T\b", ".T: transposed"),
    (r"\bconv\(", "conv(X, K): each window of X times K, added up (cross-correlation)"),
    (r"\bconv_transposed\(", "conv_transposed(X, K): each cell of X times K, added over its window"),
    (r"\bsum_[i-n]", "sum_j: the sum over j, for each other place"),
    *(row for row in SIGNS_OF_TEXT if row[0].isascii()),
)


def signs_explained(formulas: Iterable[str], style: Style) -> list[str]:
    """What each sign means that stands in one of the formulas, in the order of the style's legend."""
    texts = list(formulas)
    found = ((next(filter(None, (re.search(sign, text) for text in texts)), None), said) for sign, said in style.legend)
    return [match.expand(said) for match, said in found if match is not None]
