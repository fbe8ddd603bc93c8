"""Lists of numbers in brackets, read by the JSON decoder: the same nodes in a fraction of the time.

Only what YAML and JSON read alike is lifted out of a text before YAML sees it: a rectangle of finite numbers that ends
its line. All else stays where it is, and where anything is wrong, the text is read again as it stands.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

import numpy as np

from nncalc.errors import Location
from nncalc.limits import Limits
from nncalc.reading.nodes import ScalarNode, SequenceNode
from nncalc.reading.scalars import MOST_CERTAIN
from nncalc.trace.rules.precise import is_finite

# Where so many lists are none of numbers, the others are read as YAML, too.
MISSES = 100
BEFORE = re.compile(r" *(?:- +)*(?:[^\W\d]\w*: +)?")
END_OF_LINE = re.compile(r" *(?: #.*)?$", re.MULTILINE)
SIGNS_OF_A_LIST = re.compile(r"[-+.0-9eE]+|[\[\]\n]")
DECODE = json.JSONDecoder(parse_int=float).scan_once  # type: ignore[attr-defined]  # the scanner in C, where there is one


class NumbersNode(SequenceNode):
    """A list of numbers, or of such lists: (…) of floats. Its items are made where somebody looks at them."""

    __slots__ = ("array", "made", "span")

    def __init__(self, array: Any, span: str, mark: Location):
        self.array, self.span, self.mark = array, span, mark
        self.made: list[Any] = []

    @property
    def items(self) -> list[Any]:  # type: ignore[override]
        """The nodes in it, each with the text and the place where it stands."""
        if not self.made:
            self.made = _items(self.span, self.mark)
        return self.made

    @property
    def lists(self) -> int:
        """How many lists it is, all in all."""
        return 1 if self.array.ndim == 1 else sum(math.prod(self.array.shape[:i]) for i in range(self.array.ndim))


def _items(span: str, mark: Location) -> list[Any]:
    line, start = mark.line or 1, 1 - (mark.column or 1)
    stack: list[SequenceNode] = [SequenceNode([], mark)]
    for token in SIGNS_OF_A_LIST.finditer(span):
        sign = token.group()
        if sign == "\n":
            line, start = line + 1, token.end()
            continue
        place = Location(mark.source, line, token.start() - start + 1, mark.text)
        if sign == "[":
            stack.append(SequenceNode([], place))
            stack[-2].items.append(stack[-1])
        elif sign == "]":
            stack.pop()
        else:
            stack[-1].items.append(ScalarNode(sign, False, place))
    return stack[0].items[0].items  # type: ignore[union-attr]


def lifted(text: str, whole: Location, limits: Limits) -> tuple[str, dict[tuple[int, int], NumbersNode]]:
    """The text with an empty text in place of each list of numbers, and these by line and column from 0.

    Lines stay where they are. whole: the text that places point into.
    """
    found: dict[tuple[int, int], NumbersNode] = {}
    kept, copied, tried, line, counted, missed = list[str](), 0, 0, 0, 0, 0
    while missed < MISSES and (first := text.find("[", tried)) >= 0:
        begun = text.rfind("\n", 0, first) + 1
        if not BEFORE.fullmatch(text, begun, first):
            tried = text.find("\n", first)
            continue
        try:
            rows, tried = DECODE(text, first)
        except StopIteration as error:  # no number stands where one should
            tried, missed = error.value, missed + 1
            continue
        except (json.JSONDecodeError, RecursionError) as error:
            tried, missed = max(first + 1, getattr(error, "pos", len(text))), missed + 1
            continue
        span = text[first:tried]
        array = _rectangle(rows, span, limits) if END_OF_LINE.match(text, tried) else None
        if array is None:
            continue
        line, counted = line + text.count("\n", counted, first), first
        place = Location(whole.source, line + 1, first - begun + 1, whole.text)
        found[line, first - begun] = NumbersNode(array, span, place)
        kept += [text[copied:first], "''", "\n" * span.count("\n")]
        copied = tried
    return "".join([*kept, text[copied:]]), found


def _rectangle(rows: Any, span: str, limits: Limits) -> Any:
    """The array of finite numbers that a list is, (…), or None: of others, with words in it, of too many digits."""
    if (
        not span.isascii() or "t" in span or "f" in span or "N" in span
    ):  # true, false, Infinity and NaN would be numbers
        return None
    if len(span) > MOST_CERTAIN or len(span) > limits.number_digits:
        commas = np.flatnonzero(np.frombuffer(span.encode(), np.uint8) == ord(","))
        if np.diff(commas, prepend=0, append=len(span)).max() > min(MOST_CERTAIN, limits.number_digits):
            return None
    try:
        array = np.array(rows)
    except ValueError:  # rows of several lengths
        return None
    finite = ("e" not in span and "E" not in span) or is_finite(array)
    return array if array.size and array.dtype.kind == "f" and finite else None
