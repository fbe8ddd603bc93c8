"""How paper writes what formulas of ours do: one row an operation, its sign or its words in each way of writing.

In a row ①, ② and ③ stand for the arguments, … for all of them, and ₃ for the third one as low digits.
"""

from __future__ import annotations

from dataclasses import dataclass

from nncalc.trace.notation.functions import ARGUMENTS
from nncalc.trace.notation.signs import LOW

# How strongly a phrase binds: words not at all, a sign between operands as a product does, a function most of all.
WORDS, OPERATOR, CLOSED = 0, 3, 9
_PLACES = "①②③"
# A step down and one across: ⋆₁×₂.
_LOWERED = str.maketrans(dict(zip("0123456789", LOW, strict=True)) | {",": "×", "[": "", "]": "", " ": ""})


@dataclass(frozen=True, slots=True)
class Phrase:
    """text, latex: how it is written; ascii: where only ASCII may stand, if that is another. binds: how strongly."""

    text: str
    latex: str
    ascii: str = ""
    binds: int = WORDS

    @property
    def between(self) -> bool:
        """Whether it is a sign between its operands."""
        return self.binds == OPERATOR


def _words(text: str) -> Phrase:
    """The same words in every way of writing."""
    latex = text
    for sign in (*_PLACES, ARGUMENTS):
        latex = latex.replace(sign, rf"}}{sign}\text{{")
    return Phrase(text, rf"\text{{{latex}}}".replace(r"\text{}", ""))


PHRASES = {
    "vector": Phrase("[…]", r"\left[ … \right]", binds=CLOSED),
    "sum": Phrase("Σ(…)", r"\sum \left(…\right)", "sum(…)", binds=CLOSED),
    "conv": Phrase("② ⋆ ①", r"{②} \star {①}", "conv(①, ②)", OPERATOR),
    "conv in steps": Phrase("② ⋆₃ ①", r"{②} \star_{③} {①}", "conv(①, ②, ③)", OPERATOR),
    "conv_transposed": Phrase("② ⋆ᵀ ①", r"{②} \star^{\top} {①}", "conv_transposed(①, ②)", OPERATOR),
    "conv_transposed in steps": Phrase("② ⋆₃ᵀ ①", r"{②} \star_{③}^{\top} {①}", "conv_transposed(①, ②, ③)", OPERATOR),
    "dilated": _words("① dilated by ②"),
    "pad": _words("① with zeros around"),
    "masked": Phrase(
        "① with -∞ where ② = 0", r"{①} \text{ with } -\infty \text{ where } {②} = 0", "① with -inf where ② = 0"
    ),
    "to_the_largest": _words("① to the largest of each window"),
    "at_the_largest": _words("① at the largest of each window"),
    "in_equal_parts": _words("① in equal parts to each window"),
    "below": _words("… below each other"),
    "in turn": _words("… in turn"),
    "in row": _words("① in row ②"),
    "in place": _words("① in place ②"),
    "list": Phrase("…", "…", binds=CLOSED),
    "largest of all": _words("1 at the largest of ①"),
    "largest of": _words("1 at the largest of ① where ② > 0"),
    "rank_of": _words("rank in ①, 1 the largest"),
    "chosen": _words("① chosen by ②"),
    "words chosen": _words("words chosen by ①"),
    "continued": _words("① with the words chosen by ②"),
    "row_after": _words("row of ① for the last word of each of ②"),
}


def binding(function: str) -> int:
    """How strongly a call binds."""
    return PHRASES[function].binds if function in PHRASES else CLOSED


def with_arguments(sign: str, args: list[str], parentheses: tuple[str, str]) -> str:
    """A function's sign with its arguments behind it, or in it where that is their place."""
    if _PLACES[0] in sign or _PLACES[1] in sign:
        for place, lowered, arg in zip(_PLACES, "₁₂₃", args, strict=False):
            sign = sign.replace(place, arg).replace(lowered, arg.translate(_LOWERED))
        return sign
    written = ", ".join(args)
    if ARGUMENTS in sign:
        return sign.replace(ARGUMENTS, written)
    left, right = parentheses
    return sign + left + written + right
