"""The signs of an expression, as people type them and as the page shows them, in ASCII: σ is sigmoid, ½ is 1/2."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nncalc.errors import printable
from nncalc.limits import Limits, raising
from nncalc.reading.expression import ExpressionError
from nncalc.reading.hints import SIGN_HINTS
from nncalc.trace.notation.signs import GREEK, GREEK_LETTERS, HIGH, LOW, RAISED, SIGNS, plain_name

TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)"
    rf"|(?P<name>∂?[A-Za-z_ŷ{GREEK_LETTERS}][A-Za-z0-9_{LOW}{GREEK_LETTERS}]*(?:\.∂?[A-Za-z_][A-Za-z0-9_]*)*|Σ(?:_[a-z]+)?)"
    r"|(?P<op>\*\*|==|!=|<=|>=|[-+*/^(),·∘×⋅÷−√@<>≤≥≠\[\]:ᵀ=⋆])"
    rf"|(?P<high>[{HIGH}]+)|(?P<low>[{LOW}]+)|(?P<part>[½⅓¼¾⅔]))"
)
# Signs that stand for another, and those that are functions of their own here.
TRANSPOSED = "ᵀ"
SPELLED = {"**": "^", "⋅": "·", "≠": "!=", ".T": TRANSPOSED}
KEPT = ("√", "·", "∘", "ᵀ", "⋆")
DOT_T = ".T"
SUM = "Σ"


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a sign; of a name with ∂ in front the kind is `partial`."""

    kind: str
    text: str
    column: int


def tokens_of(text: str, limits: Limits) -> list[Token]:
    """The tokens of an expression, the end as the last. Raises ExpressionError for a sign that has no meaning."""
    tokens: list[Token] = []
    at, stop = 0, len(text.rstrip())
    while at < stop:
        match = TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            if text.startswith(DOT_T, at) and not text[at + 2 : at + 3].isalnum():
                tokens.append(Token("op", SPELLED[DOT_T], at + 1))
                at += len(DOT_T)
                continue
            raise ExpressionError(
                f"'{printable(text[at])}' has no meaning here", at + 1, text, SIGN_HINTS.get(text[at], "")
            )
        word, column = match.group(match.lastgroup), match.start(match.lastgroup) + 1
        tokens += _spelled(match.lastgroup, word, column)
        if match.lastgroup == "name" and len(word) > limits.name:
            what = f"a name is longer than {limits.name} characters, the limit"
            raise ExpressionError(what, column, text, raising("name"))
        at = match.end()
    return [*tokens, Token("end", "", stop + 1)]


def _spelled(kind: str, word: str, column: int) -> list[Token]:
    if kind == "high":
        return [Token("high", word.translate(RAISED), column)]
    if kind == "low":
        return [Token(kind, plain_name(word), column)]
    if kind == "part":
        return [Token("part", SIGNS[word].strip("()"), column)]
    if kind == "name":
        turned = word.endswith(DOT_T)
        word = word.removesuffix(DOT_T)
        spelled = SIGNS[word] if word in SIGNS and word not in GREEK else plain_name(word.replace(SUM, SIGNS[SUM]))
        name = Token("partial" if word.rpartition(".")[2].startswith("∂") else kind, spelled, column)
        return [name, Token("op", SPELLED[DOT_T], column + len(word))] if turned else [name]
    return [Token(kind, SPELLED.get(word) or (word if word in KEPT else SIGNS.get(word, word)), column)]
