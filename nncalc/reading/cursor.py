"""The tokens of an expression one by one, with what is said where one is out of place."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from nncalc.errors import printable
from nncalc.limits import Limits
from nncalc.reading.expression import ExpressionError, Number
from nncalc.reading.hints import SIGN_HINTS, missing
from nncalc.reading.operators import ROOT
from nncalc.reading.tokens import Token, tokens_of
from nncalc.trace.notation.functions import Called


class Cursor:
    """A place among the tokens; `names` and `functions` are what an expression may speak of."""

    def __init__(self, text: str, limits: Limits, names: Collection[str] | None, functions: Mapping[str, Called]):
        self.text, self.limits, self.names, self.functions = text, limits, names, functions
        self.tokens, self.at, self.depth = tokens_of(text, limits), 0, 0
        self.seen: set[str] = set()

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def fail(self, what: str, token: Token, hint: str = "") -> ExpressionError:
        return ExpressionError(what, token.column, self.text, hint)

    def step(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def is_name(self, text: str) -> bool:
        """Whether the names are known, and this is one of them."""
        return self.names is not None and text in self.names

    def unexpected(self) -> ExpressionError:
        token = self.token
        if token.text in (")", "]"):
            return self.fail(f"this {token.text} closes nothing", token)
        if token.kind in ("name", "partial", "number", "part") or token.text in ("(", ROOT):
            before = self.tokens[self.at - 1]
            return self.fail("an operator is missing", token, missing(before.text, token.text))
        before, after = self.tokens[self.at - 1], self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        comma = token.text == "," and before.kind == after.kind == "number"
        hint = f"a decimal comma? write {printable(f'{before.text}.{after.text}', 20)}" if comma else ""
        return self.fail(f"'{token.text}' has no meaning here", token, hint or SIGN_HINTS.get(token.text, ""))

    def close(self, opened: Token, closing: str) -> None:
        if self.token.text != closing:
            if self.token.kind == "end":
                raise self.fail(f"this {opened.text} is never closed", opened)
            raise self.unexpected()
        self.step()

    def number(self, token: Token) -> Number:
        if token.text[:1] == "0" and token.text[1:2].isdigit():
            hint = f"write {printable(token.text.lstrip('0') or '0', 20)}"
            raise self.fail("the number has a leading zero", token, hint)
        value = float(token.text) if len(token.text) <= self.limits.number_digits else math.inf
        if not math.isfinite(value):
            raise self.fail("the number is too large", token)
        return Number(value, token.column)
