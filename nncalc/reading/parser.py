"""User-written expressions: 1/3, sqrt(2), 2*(x*y + max(z, w)).

A tokenizer and a precedence parser of our own over a closed list of functions; nothing is ever evaluated as code.
Length, nesting and names are bounded, and every error knows its column.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from dataclasses import dataclass

from nncalc.errors import did_you_mean, printable
from nncalc.limits import DEFAULT, Limits, raising
from nncalc.reading.expression import CALLS, CONSTANTS, Apply, ExpressionError, Number, Tree, Variable
from nncalc.trace.notation.functions import FUNCTIONS
from nncalc.trace.notation.signs import HIGH, LOW, RAISED, SIGNS, plain_name

# Operators by their signs: the function that each stands for, and how strongly it binds.
BINARY = {"+": ("add", 10), "-": ("subtract", 10), "*": ("multiply", 20), "/": ("divide", 20), "^": ("power", 40)}
SIGN_BINDS = 30  # between times and power: -x^2 is -(x^2)

TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)"
    rf"|(?P<name>[A-Za-z_ŷ][A-Za-z0-9_{LOW}]*|[πσ])|(?P<op>\*\*|[-+*/^(),·∘×⋅÷−√])"
    rf"|(?P<high>[{HIGH}]+)|(?P<part>[½⅓¼¾⅔]))"
)
# A root binds as a function does: √2·x is (√2)·x.
ROOT, ROOT_BINDS = "√", 50
LEADING_ZERO = re.compile("0[0-9]")
# What is rather a variable than a function: x, w1, W_o.
SHORT_NAME = re.compile("[A-Za-z](_?[A-Za-z0-9]|[0-9]*)")
HINTS = {
    "[": "write ( and )", "]": "write ( and )", "{": "write ( and )", "}": "write ( and )",
    "=": "an expression has no =",
    ";": "write one expression", "%": "there is no remainder or per cent here",
    "!": "there is no factorial here",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    column: int


def parse(text: str, limits: Limits = DEFAULT, names: Collection[str] | None = None) -> Tree:
    """The tree of an expression.

    With `names`, any other name is an error but for `pi` and `e`; without, these two stay names, whose meaning is
    decided where it is known which names are given (a variable may be called e).
    """
    if len(text) > limits.expression:
        what = f"is longer than {limits.expression} characters, the limit"
        raise ExpressionError(what, 1, text, raising("expression"))
    return _Parser(text, limits, names).whole()


def _tokens(text: str, limits: Limits) -> list[_Token]:
    tokens, at = [], 0
    stop = len(text.rstrip())
    while at < stop:
        match = TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            raise ExpressionError(f"'{printable(text[at])}' has no meaning here", at + 1, text, HINTS.get(text[at], ""))
        word, column = match.group(match.lastgroup), match.start(match.lastgroup) + 1
        tokens += _spelled(match.lastgroup, word, column)
        if match.lastgroup == "name" and len(word) > limits.name:
            what = f"a name is longer than {limits.name} characters, the limit"
            raise ExpressionError(what, column, text, raising("name"))
        at = match.end()
    return [*tokens, _Token("end", "", stop + 1)]


def _spelled(kind: str, word: str, column: int) -> list[_Token]:
    """The tokens of a word, in ASCII: ² is ^2, ½ is (1/2), x₁ is x1."""
    if kind == "high":
        return [_Token("op", "^", column), _Token("number", word.translate(RAISED), column)]
    if kind == "part":
        upper, lower = SIGNS[word].strip("()").split("/")
        return [_Token("part", str(int(upper) / int(lower)), column)]
    if kind == "name":
        return [_Token(kind, SIGNS.get(word) or plain_name(word), column)]
    return [_Token(kind, word if word == ROOT else {"**": "^"}.get(word) or SIGNS.get(word, word), column)]


class _Parser:
    """Precedence climbing; only parentheses, signs and powers nest, and they are counted."""

    def __init__(self, text: str, limits: Limits, names: Collection[str] | None):
        self.text, self.limits, self.names = text, limits, names
        self.tokens, self.at, self.depth = _tokens(text, limits), 0, 0
        self.seen: set[str] = set()

    @property
    def token(self) -> _Token:
        return self.tokens[self.at]

    def fail(self, what: str, token: _Token, hint: str = "") -> ExpressionError:
        return ExpressionError(what, token.column, self.text, hint)

    def step(self) -> _Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def whole(self) -> Tree:
        if self.token.kind == "end":
            raise self.fail("is empty; want an expression", self.token)
        tree = self.climb(0)
        if self.token.kind != "end":
            raise self.unexpected()
        return tree

    def unexpected(self) -> ExpressionError:
        token = self.token
        if token.text == ")":
            return self.fail("this ) closes nothing", token)
        if token.kind in ("name", "number", "part") or token.text in ("(", ROOT):
            before = self.tokens[self.at - 1]
            return self.fail(
                "an operator is missing", token, f"write {printable(before.text, 20)}*{printable(token.text, 20)}"
            )
        return self.fail(f"'{token.text}' has no meaning here", token)

    def climb(self, least: int) -> Tree:
        self.depth += 1
        if self.depth > self.limits.expression_depth:
            what = f"is nested deeper than {self.limits.expression_depth} levels, the limit"
            raise self.fail(what, self.token, raising("expression_depth"))
        left = self.operand()
        while self.token.kind == "op" and self.token.text in BINARY:
            function, binds = BINARY[self.token.text]
            if binds < least:
                break
            column = self.step().column
            # A power is right-associative and may carry a sign: 2^-1, a^b^c = a^(b^c).
            right = self.climb(binds if function == "power" else binds + 1)
            left = Apply(function, (left, right), column)
        self.depth -= 1
        return left

    def operand(self) -> Tree:
        token = self.step()
        if token.kind == "number":
            return self.number(token)
        if token.kind == "part":
            return Number(float(token.text), token.column)
        if token.text == ROOT:
            return Apply(SIGNS[ROOT], (self.climb(ROOT_BINDS),), token.column)
        if token.kind == "name":
            return self.name(token)
        if token.text == "(":
            tree = self.climb(0)
            self.close(token)
            return tree
        if token.text == "-":
            return Apply("negative", (self.climb(SIGN_BINDS),), token.column)
        if token.text == "+":
            return self.climb(SIGN_BINDS)
        self.at -= 1
        what = (
            "something is missing at the end" if token.kind == "end" else f"something is missing before '{token.text}'"
        )
        raise self.fail(what, token, "want a number, a name or (")

    def close(self, opened: _Token) -> None:
        if self.token.text != ")":
            if self.token.kind == "end":
                raise self.fail("this ( is never closed", opened)
            raise self.unexpected()
        self.step()

    def number(self, token: _Token) -> Number:
        if LEADING_ZERO.match(token.text):
            hint = f"write {printable(token.text.lstrip('0') or '0', 20)}"
            raise self.fail("the number has a leading zero", token, hint)
        value = float(token.text) if len(token.text) <= self.limits.number_digits else math.inf
        if not math.isfinite(value):
            raise self.fail("the number is too large", token)
        return Number(value, token.column)

    def name(self, token: _Token) -> Tree:
        if self.token.text == "(" and token.text in CALLS:
            return self.call(token)
        if token.text in CALLS and (self.names is None or token.text not in self.names):
            raise self.fail(f"{token.text} wants its argument in parentheses", token, f"write {token.text}(…)")
        if self.token.text == "(":
            short = SHORT_NAME.fullmatch(token.text) or (self.names is not None and token.text in self.names)
            product = f"for a product write {printable(token.text, 20)}*("
            hint = (
                product if short else did_you_mean(token.text.lower(), CALLS, f"the functions are {', '.join(CALLS)}")
            )
            raise self.fail(f"there is no function '{printable(token.text)}'", token, hint)
        return self.variable(token)

    def variable(self, token: _Token) -> Tree:
        if token.text in CONSTANTS and self.names is not None and token.text not in self.names:
            return Number(CONSTANTS[token.text], token.column)
        if self.names is not None and token.text not in self.names:
            hint = did_you_mean(token.text, [*self.names, *CALLS, *CONSTANTS])
            raise self.fail(f"the name '{printable(token.text)}' is not known", token, hint)
        self.seen.add(token.text)
        if len(self.seen) > self.limits.expression_names:
            what = f"has more than {self.limits.expression_names} names, the limit"
            raise self.fail(what, token, raising("expression_names"))
        return Variable(token.text, token.column)

    def call(self, token: _Token) -> Tree:
        opened = self.step()
        function = FUNCTIONS[CALLS[token.text]]
        if self.token.text == ")":
            raise self.fail(f"{token.text} wants {function.wants}, got none", token)
        args = [self.climb(0)]
        while self.token.text == ",":
            self.step()
            args.append(self.climb(0))
        self.close(opened)
        if not function.takes(len(args)):
            raise self.fail(f"{token.text} wants {function.wants}, got {len(args)}", token)
        return Apply(function.name, tuple(args), token.column)
