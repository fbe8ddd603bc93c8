"""What a markup is: one record, of which each language for documents has its own; and how its lines are broken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from nncalc.errors import JOINERS, printable
from nncalc.trace.notation.record import Style

_WORD = re.compile(r"\\[A-Za-z]+ ?|\bdot\b ?")
# No text has this sign when it has been made printable.
BREAK = "\u200b"
_LONG_WORD = re.compile(r"\S{40}(?=\S)")
# Foreign text ends somewhere.
LONGEST_TEXT = 2000
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


@dataclass(frozen=True)
class ShownFormula:
    """A formula in a markup, as text, and how wide it is in signs of the text; 0: as wide as the text."""

    source: str
    text: str
    wide: int = 0

    @property
    def width(self) -> int:
        """Its width in signs."""
        return self.wide or len(self.text)


# AlignedLines that stand below each other, each with what is left of its first sign of equality.
AlignedLines = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Markup:
    """All that differs between languages for documents; one more is one more record.

    `style` writes mathematics, `flat` what is broken: no bar and no parenthesis that grows keeps them together;
    `loosened` takes the last of these from a flat formula. `nests`: a pattern of what begins (group 1) and ends
    (group 2) a part in which no line ends, and of what is passed over. `text` makes any text harmless. `display` is
    given lines, what they say as text, and the width of the widest; `flow` what stands beside each other.
    `heading`: a text that is harmless already, and its level. `table`: a head, rows, and which columns are numbers.
    `noted`: a part with short words of ours in the margin beside its first line.
    `line`: how many signs one has; `indent`: before one that goes on. `pictures` is given drawings in SVG, each of
    which says in `desc` what it shows; None: the language has none.
    """

    style: Style
    flat: Style
    loosened: Callable[[str], str]
    nests: str
    approximately: str
    indent: str
    tail: Callable[[str, str], str]
    text: Callable[[str], str]
    heading: Callable[[str, int], str]
    said: Callable[[str], str]
    display: Callable[[AlignedLines, str, int], str]
    flow: Callable[[Sequence[ShownFormula]], str]
    vector: Callable[[Sequence[str]], str]
    matrix: Callable[[Sequence[Sequence[str]]], str]
    table: Callable[[Sequence[str], Sequence[Sequence[str]], Sequence[bool]], str]
    noted: Callable[[Sequence[str], str], str]
    line: int
    pictures: Callable[[Sequence[Element]], str] | None = None

    def broken(self, formula: ShownFormula, room: int) -> tuple[list[str], int]:
        """Lines of a flat formula, broken at its terms, then at what else may end one; and the width of the widest."""
        dot = self.style.dot
        signs = ([" + ", " - "], [" + ", " - ", dot, self.style.hadamard, " / ", ", ", r"\, "])
        ratio = len(formula.text) / max(_seen(formula.source), 1)
        lines = [formula.source]
        for between in signs:
            lines = list(_filled(_pieces(formula.source, self.nests, between), room / ratio))
            if max(map(_seen, lines)) * ratio <= room:
                break
        return lines, round(max(map(_seen, lines)) * ratio)


def _seen(source: str) -> int:
    """About how many signs of a formula are seen, be they called by a word or not."""
    return len(_WORD.sub("x", source)) - source.count("{") - source.count("}")


def _pieces(source: str, nests: str, signs: Sequence[str]) -> Iterator[str]:
    """What stands between signs that nothing encloses, each sign in front of what follows it, a comma behind."""
    pattern = re.compile(f"{nests}|({'|'.join(map(re.escape, signs))})")
    depth = start = 0
    for found in pattern.finditer(source):
        opens, closes, sign = found.groups()
        depth += bool(opens) - bool(closes)
        if sign and depth == 0:
            cut = found.end() if "," in sign else found.start()
            yield source[start:cut]
            start = cut
    yield source[start:]


def _filled(pieces: Iterator[str], room: float) -> Iterator[str]:
    """As many pieces a line as it has room for."""
    held = ""
    for piece in pieces:
        if held and _seen(held) + _seen(piece) > room:
            yield held.strip()
            held = ""
        held += piece
    yield held.strip()


def with_breaks(text: str) -> str:
    """A text with a sign that nobody sees wherever a word that is too long for a line may end one."""
    return _LONG_WORD.sub(rf"\g<0>{BREAK}", text)


def escaped_markdown(foreign: str, limit: int = LONGEST_TEXT) -> str:
    """Any text so that Markdown takes it as text: every sign that could mean something gets a backslash."""
    return _PUNCTUATION.sub(r"\\\1", printable(foreign, limit, JOINERS))
