"""Long lists of numbers in brackets, read by the JSON decoder: the same nodes in a fraction of the time.

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

# A text that has fewer characters, or a list, gains nothing.
LONG_TEXT, LONG_LIST = 2000, 500
# Where so many lists are none of numbers, the others are read as YAML, too.
MISSES = 100
START = re.compile(r"^ *(?:- +)*(?:[^\W\d]\w*: +)?(?=\[)", re.MULTILINE)
END_OF_LINE = re.compile(r" *(?: #.*)?$", re.MULTILINE)
# What JSON knows beside numbers and lists: texts, mappings, true, false, null, NaN, Infinity.
NO_NUMBERS = '"{tfnNI'
TOKEN = re.compile(r"[-+.0-9eE]+|[\[\]\n]")
DECODE = json.JSONDecoder(parse_int=float).raw_decode


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
        return sum(math.prod(self.array.shape[:i]) for i in range(self.array.ndim))


def _items(span: str, mark: Location) -> list[Any]:
    line, start = mark.line or 1, 1 - (mark.column or 1)
    stack: list[SequenceNode] = [SequenceNode([], mark)]
    for token in TOKEN.finditer(span):
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
    """The text with its long lists of numbers emptied, and these by line and column from 0; lines stay where they are.

    whole: the text that places point into.
    """
    found: dict[tuple[int, int], NumbersNode] = {}
    kept, copied, tried, line, counted, missed = list[str](), 0, 0, 0, 0, 0
    while missed < MISSES and (start := START.search(text, tried)) is not None:
        first, column = start.end(), start.end() - start.start()
        try:
            rows, tried = DECODE(text, first)
        except (json.JSONDecodeError, RecursionError) as error:
            tried, missed = max(first, getattr(error, "pos", len(text))), missed + 1
            continue
        span = text[first:tried]
        long = len(span) >= LONG_LIST and END_OF_LINE.match(text, tried)
        array = _rectangle(rows, span, limits) if long else None
        if array is None:
            continue
        line, counted = line + text.count("\n", counted, first), first
        found[line, column] = NumbersNode(array, span, Location(whole.source, line + 1, column + 1, whole.text))
        kept += [text[copied : first + 1], "\n" * span.count("\n"), "]"]
        copied = tried
    return "".join([*kept, text[copied:]]), found


def _rectangle(rows: Any, span: str, limits: Limits) -> Any:
    """The array of finite numbers that a list is, (…), or None: of others, with words in it, of too many digits."""
    if any(sign in span for sign in NO_NUMBERS):
        return None
    commas = np.flatnonzero(np.frombuffer(span.encode(), np.uint8) == ord(","))
    if np.diff(commas, prepend=0, append=len(span)).max() > min(MOST_CERTAIN, limits.number_digits):
        return None
    try:
        array = np.array(rows, float)
    except ValueError:  # rows of several lengths
        return None
    return array if array.size and np.isfinite(array).all() else None
