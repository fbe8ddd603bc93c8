"""User-written expressions and formulas: 1/3, 2*(x*y + max(z, w)), σ(W·x + b), ½·sum((t − a)²).

A precedence parser of our own over a closed list of functions; nothing is ever evaluated as code. Length, nesting and
names are bounded, and every error knows its column.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from nncalc.errors import printable
from nncalc.limits import DEFAULT, Limits, raising
from nncalc.reading.cursor import Cursor
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
from nncalc.reading.hints import instead_of_call, instead_of_name
from nncalc.reading.operators import BINARY, COMPARES, COMPARISONS, CONVOLVES, ROOT, SIGN_BINDS
from nncalc.reading.tokens import TRANSPOSED, Token
from nncalc.trace.notation.functions import Called
from nncalc.trace.notation.signs import GREEK, SIGNS
from nncalc.trace.notation.tree import AXIS_LETTERS

AXES = ("rows", "columns")
# What stands for any place: Σ_j X[i,j].
AXIS_NAMES = (*AXIS_LETTERS,)
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


class _Parser(Cursor):
    """Precedence climbing; only parentheses, signs and powers nest, and they are counted."""

    lettered = False  # whether what is read may end in [i,j]

    def whole(self) -> Tree:
        if self.token.kind == "end":
            raise self.fail("is empty; want an expression", self.token)
        tree = self.climb(0)
        if self.token.kind != "end":
            raise self.unexpected()
        return tree

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
            steps = self.steps(sign) if function == CONVOLVES else ()
            right = self.climb(binds if function == "power" else binds + 1)
            # K ⋆ X is conv(X, K).
            args = (right, left, *steps) if function == CONVOLVES else (left, right)
            left = Apply(function or sign.text, args, sign.column)
        self.depth -= 1
        return left

    def steps(self, sign: Token) -> tuple[Number, ...]:
        """How far the window goes with each step, where it is said: ⋆₂."""
        if CONVOLVES not in self.functions:
            raise self.fail(f"'{sign.text}' has no meaning here", sign)
        return (self.number(self.step()),) if self.token.kind == "low" else ()

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
            elif token.text == "[" and not (self.lettered and self.letters()):
                self.step()
                tree = Apply("part", (tree,), token.column, places=self.places(token))
            else:
                return tree

    def letters(self) -> list[str]:
        """The letters of [i,j], where they stand here."""
        found, at = [], self.at + 1
        if self.token.text != "[":
            return []
        while self.tokens[at].text in AXIS_NAMES and self.tokens[at + 1].text in (",", "]"):
            found.append(self.tokens[at].text)
            at += 2
        return found if self.tokens[at - 1].text == "]" else []

    def along(self, token: Token, function: str, over: str) -> Tree:
        """Σ_j X[i,j]: of each row, where j is the last letter, of each column where it is the first."""
        before, self.lettered = self.lettered, True
        x = self.behind(self.primary(self.step()))
        self.lettered = before
        letters = self.letters()
        if len({*letters}) != 2 or over not in letters:
            raise self.fail(f"{token.text} wants a matrix with both places", token, f"write {token.text} X[i,j]")
        self.at += 2 * len(letters) + 1
        return Apply(function, (x,), token.column, AXES[letters.index(over) == 0])

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
        function, _, over = token.text.partition("_")
        by_axis = over in AXIS_NAMES and function in self.functions and self.functions[function].by_axis
        if by_axis and not self.is_name(token.text):
            return self.along(token, function, over)
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
