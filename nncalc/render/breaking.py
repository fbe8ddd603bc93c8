"""Where a line is broken that is longer than its page: at the signs between terms, never inside a number or a name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nncalc.render.paper import width_of

# What a line of working goes on with; the term behind it then stands under the terms of the line above.
LEADING_SIGNS = ("+ ", "- ", "/ ", "= ", "≈ ", "∘ ", "· ")
# Where nothing else helps, a line is also broken between factors.
_FACTORS = ("∘", "·")
_OPEN, _CLOSED = "([{", ")]}"


def cut(text: str, depth: int = 0) -> list[str]:
    """The text in pieces that begin with their sign or end with their comma, where it stands at most so deep in
    parentheses. With a blank between them they are the text again."""
    found, start, level = [], 0, 0
    for i, sign in enumerate(text):
        level += (sign in _OPEN) - (sign in _CLOSED)
        ends = text[i - 1] == "," or text.startswith(LEADING_SIGNS, i + 1)
        if sign == " " and level <= depth and i > start and ends:
            found.append(text[start:i])
            start = i + 1
    return [*found, text[start:]]


def broken(text: str, width: int) -> list[str]:
    """A formula on lines of `width` columns, broken as far out in its parentheses as lets the lines fit.

    Behind the sign that a line begins with there are as many. What cannot be broken is longer.
    """
    if width_of(text) <= width:
        return [text]
    for signs in ("", *_FACTORS):
        text = text.replace(signs, f" {signs} ") if signs else text
        for depth in range(sum(text.count(sign) for sign in _OPEN) + 1):
            pieces = cut(text, depth)
            if all(_room(piece) <= width for piece in pieces):
                return on_lines(pieces, width)
    return on_lines(pieces, width)


def on_lines(pieces: Iterable[str], width: int) -> list[str]:
    """Pieces on as few lines as they need, one after the other."""
    lines: list[str] = []
    for piece in pieces:
        longer = f"{lines[-1]} {piece}" if lines else piece
        if lines and _room(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(piece)
    return lines


def _room(line: str) -> int:
    """How many columns a line takes behind the sign that it begins with."""
    return width_of(line) - 2 * line.startswith(LEADING_SIGNS)


def grouped(text: str, sizes: Sequence[int], width: int) -> list[str] | None:
    """A sum with so many terms a line; more terms at its end stand behind the last or on a line of their own.

    None where a line would be too long.
    """
    terms, lines = cut(text), []
    for size in sizes:
        lines.append(" ".join(terms[:size]))
        terms = terms[size:]
    lines = on_lines([*lines[:-1]], 0) + on_lines([*lines[-1:], *terms], width)
    return lines if all(_room(line) <= width for line in lines) else None
