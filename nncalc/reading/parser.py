"""User-written expressions and formulas: 1/3, 2*(x*y + max(z, w)), σ(W·x + b), ½·sum((t − a)²).

A precedence parser of our own over a closed list of functions; nothing is ever evaluated as code. Length, nesting and
names are bounded, and every error knows its column.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from nncalc.errors import printable
from nncalc.limits import DEFAULT, Limits, raising
from nncalc.reading.expression import (
    CALLS,
    CONSTANTS,
    Apply,
    ExpressionError,
    Gradient,
    Number,
    PartPlace,
    Tree,
    Variable,
)
from nncalc.reading.hints import SIGN_HINTS, instead_of_call, instead_of_name, missing
from nncalc.reading.operators import BINARY, COMPARES, COMPARISONS, ROOT, SIGN_BINDS
from nncalc.reading.tokens import TRANSPOSED, Token, tokens_of
from nncalc.trace.notation.functions import Called
from nncalc.trace.notation.signs import GREEK, SIGNS

AXES = ("rows", "columns")
PLACES_COUNT = "places count from 1 and are written as numbers"
SIGMOID = "sigmoid"


def parse(
    text: str,
    limits: Limits = DEFAULT,
    names: Collection[str] | None = None,
    functions: Mapping[str, Called] = CALLS,
) -> Tree:
    """The tree of an expression. Raises ExpressionError.

    With `names`, any other name is an error but for `pi` and `e`, and a name wins over a function; without, these two
    stay names, whose meaning is decided where it is known which names are given (a variable may be called e).
    """
    if len(text) > limits.expression:
        what = f"is longer than {limits.expression} characters, the limit"
        raise ExpressionError(what, 1, text, raising("expression"))
    return _Parser(text, limits, names, functions).whole()


class _Parser:
    """Precedence climbing; only parentheses, signs and powers nest, and they are counted."""

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

    def whole(self) -> Tree:
        if self.token.kind == "end":
            raise self.fail("is empty; want an expression", self.token)
        tree = self.climb(0)
        if self.token.kind != "end":
            raise self.unexpected()
        return tree

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

    def climb(self, least: int) -> Tree:
        self.depth += 1
        if self.depth > self.limits.expression_depth:
            what = f"is nested deeper than {self.limits.expression_depth} levels, the limit"
            raise self.fail(what, self.token, raising("expression_depth"))
        left = self.operand()
        compared = False
        while self.token.kind == "op" and self.token.text in BINARY:
            function, binds = BINARY[self.token.text]
            if binds < least:
                break
            sign = self.step()
            if binds == COMPARES and compared:
                raise self.fail("comparisons make no chain", sign, "write (a < b)*(b < c)")
            compared = binds == COMPARES
            # A power is right-associative and may carry a sign: 2^-1, a^b^c = a^(b^c).
            right = self.climb(binds if function == "power" else binds + 1)
            left = Apply(function or sign.text, (left, right), sign.column)
        self.depth -= 1
        return left

    def operand(self) -> Tree:
        token = self.step()
        if token.text == ROOT:  # it binds as a function does: √2·x is (√2)·x, √x² is (√x)²
            inside = self.operand() if self.token.text in ("-", "+", ROOT) else self.primary(self.step())
            return self.behind(Apply(SIGNS[ROOT], (inside,), token.column))
        if token.text == "-":
            return Apply("negative", (self.climb(SIGN_BINDS),), token.column)
        if token.text == "+":
            return self.climb(SIGN_BINDS)
        return self.behind(self.primary(token))

    def primary(self, token: Token) -> Tree:
        if token.kind == "number":
            return self.number(token)
        if token.kind == "part":
            upper, lower = (Number(float(part), token.column) for part in token.text.split("/"))
            return Apply("divide", (upper, lower), token.column)
        if token.kind in ("name", "partial"):
            return self.gradient(token) or self.name(token)
        if token.text == "(":
            tree = self.climb(0)
            self.close(token, ")")
            return tree
        if token.text == "[":
            return self.bracket(token)
        self.at -= 1
        what = (
            "something is missing at the end" if token.kind == "end" else f"something is missing before '{token.text}'"
        )
        raise self.fail(what, token, "want a number, a name or (")

    def behind(self, tree: Tree) -> Tree:
        """What stands behind an operand and binds it most strongly: ², ᵀ, [2,3]."""
        while True:
            token = self.token
            if token.kind == "high":
                self.step()
                tree = Apply("power", (tree, self.number(token)), token.column)
            elif token.text == TRANSPOSED or self.is_turned():
                self.step()
                self.at += token.text == "^"
                tree = Apply("transpose", (tree,), token.column)
            elif token.text == "[":
                self.step()
                tree = Apply("part", (tree,), token.column, places=self.places(token))
            else:
                return tree

    def is_turned(self) -> bool:
        """Whether ^T stands here and T is no name."""
        following = self.tokens[self.at + 1] if self.token.text == "^" else self.token
        return self.token.text == "^" and following.text == "T" and self.names is not None and not self.is_name("T")

    def bracket(self, opened: Token) -> Tree:
        """A vector [a, b], or Iverson's bracket [a > b] or [a = b], which is the comparison."""
        items = [self.climb(0)]
        if self.token.text == "=":
            sign = self.step()
            items = [Apply("==", (items[0], self.climb(COMPARES + 1)), sign.column)]
        items += self.further()
        self.close(opened, "]")
        first = items[0]
        if len(items) == 1 and isinstance(first, Apply) and first.function in COMPARISONS:
            return first
        return Apply("vector", tuple(items), opened.column)

    def places(self, opened: Token) -> tuple[PartPlace, ...]:
        places: list[PartPlace] = [self.place()]
        while self.token.text == ",":
            self.step()
            places.append(self.place())
        self.close(opened, "]")
        return tuple(places)

    def place(self) -> PartPlace:
        first = None if self.token.text == ":" else self.counted()
        if self.token.text != ":":
            return first or 0
        self.step()
        last = None if self.token.text in (",", "]") else self.counted()
        return first, last

    def counted(self) -> int:
        token = self.step()
        if token.kind in ("name", "partial"):
            hint = "to choose a row by a number write onehot(k, n)·W"
            raise self.fail(f"{PLACES_COUNT}, got '{printable(token.text, 20)}'", token, hint)
        if not token.text.isdigit() or len(token.text) > 9 or int(token.text) == 0:
            raise self.fail(f"{PLACES_COUNT}, got '{printable(token.text, 20)}'", token)
        return int(token.text)

    def further(self) -> list[Tree]:
        items = []
        while self.token.text == ",":
            self.step()
            items.append(self.climb(0))
        return items

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

    def gradient(self, token: Token) -> Gradient | None:
        """∂L/∂W, or dL/dW where L is a name and dL is none."""
        by = self.tokens[self.at + 1] if self.token.text == "/" else token
        written = token.kind == by.kind == "partial" and by is not token
        parts = [word.text.rpartition(".")[2] for word in (token, by)]
        meant = by is not token and all(len(part) > 1 and part.startswith("d") for part in parts)
        typed = meant and self.is_name(parts[0][1:]) and not self.is_name(parts[0])
        if not (written or typed):
            return None
        self.at += 2
        section, _, _ = token.text.rpartition(".")
        of, to = (part[1:] for part in parts)
        for name in (of, to) if self.names is not None else ():
            self.known(name, token)
        return Gradient(f"{section}.{of}" if section else of, to, token.column)

    def name(self, token: Token) -> Tree:
        if self.token.text == "(" and not self.is_name(token.text):
            called = SIGMOID if token.text == GREEK["σ"] else token.text
            if called in self.functions:
                return self.call(Token(token.kind, called, token.column))
        wanted = self.functions if self.names is not None else CALLS  # others may be variables
        if token.text in wanted and not self.is_name(token.text):
            raise self.fail(f"{token.text} wants its argument in parentheses", token, f"write {token.text}(…)")
        if self.token.text == "(":
            named = self.is_name(token.text)
            called = f"'{printable(token.text)}'"
            what = f"{called} is a name here, and no function" if named else f"there is no function {called}"
            raise self.fail(what, token, instead_of_call(token.text, named, self.functions))
        return self.variable(token)

    def variable(self, token: Token) -> Tree:
        if token.text not in CONSTANTS:
            self.known(token.text, token)
        self.seen.add(token.text)
        if len(self.seen) > self.limits.expression_names:
            what = f"has more than {self.limits.expression_names} names, the limit"
            raise self.fail(what, token, raising("expression_names"))
        return Variable(token.text, token.column)

    def known(self, name: str, token: Token) -> None:
        if "." in name and not self.is_name(name):  # such names has only the page
            dot = Token("op", ".", token.column + token.text.index("."))
            raise self.fail("'.' has no meaning here", dot)
        if self.names is not None and name not in self.names:
            hint = instead_of_name(name, [*self.names, *self.functions, *CONSTANTS])
            raise self.fail(f"the name '{printable(name)}' is not known", token, hint)

    def call(self, token: Token) -> Tree:
        opened = self.step()
        function = self.functions[token.text]
        if self.token.text == ")":
            raise self.fail(f"{token.text} wants {function.wants}, got none", token)
        args, axis = [self.climb(0)], ""
        while self.token.text == "," and not axis:
            self.step()
            if function.by_axis and self.token.text in AXES and not self.is_name(self.token.text):
                axis = self.step().text
            else:
                args.append(self.climb(0))
        self.close(opened, ")")
        if not function.takes(len(args)):
            raise self.fail(f"{token.text} wants {function.wants}, got {len(args)}", token)
        return Apply(function.name, tuple(args), token.column, axis)
