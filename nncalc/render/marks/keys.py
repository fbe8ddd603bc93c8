"""A folder of keys for their instructor: which hold, what the others look like, what the places asked hide."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nncalc.errors import printable
from nncalc.marking.keys import Key
from nncalc.render.layout import View
from nncalc.render.marks.report import closeness_asked, explanations
from nncalc.render.paper import BAD, FOLDED, GOOD, NAME, QUIET, Grid, Paper, Text
from nncalc.trace.notation.style import TEXT

# Mistakes that a line hides are named up to so many.
MISTAKES_SHOWN = 2


class KeySaid(NamedTuple):
    """What is said of one key, and what of it is counted."""

    text: str
    holds: bool
    unusable: bool
    is_there: bool
    hides: bool


def said_of(key: Key, view: View) -> KeySaid:
    """A line, below it what is wrong or hidden."""
    out = io.StringIO()
    paper = Paper(view, out)
    verdict = Text(_verdict(key), style=GOOD if key.holds else BAD)
    paper.say(Grid(2, [FOLDED] * 2, [(Text(printable(key.path, 300), style=NAME), verdict)]))
    for line in [*_wrong(key, view), *_hidden(key), *key.warnings]:
        paper.say(Text(line, style="" if not key.holds else QUIET), indent=4)
    return KeySaid(out.getvalue(), key.holds, key.unusable, bool(key.lines), bool(key.hidden))


def counted(keys: Sequence[KeySaid]) -> str:
    """The last line."""
    bad, without = sum(not key.holds for key in keys), sum(key.holds and not key.is_there for key in keys)
    more = f", {without} have none" if without else ""
    hiding = sum(key.hides for key in keys)
    return f"{len(keys) - bad - without} of {len(keys)} keys hold{more}; in {hiding} the places asked hide a mistake\n"


def _verdict(key: Key) -> str:
    if key.unusable:
        return "cannot be used"
    if not key.holds:
        return "the key does not hold"
    return f"key of {key.lines} holds" if key.lines else "no key"


def _wrong(key: Key, view: View) -> Iterator[str]:
    yield from (str(finding) for finding in key.findings)
    if key.marks is not None and not key.holds:
        for working, said in explanations(key.marks, view):
            yield f"{working}; " + "; ".join(text.replace("yours", "the key") for text in said)
        short = [
            TEXT.symbol(m.name, "")
            for m in key.marks.lines
            if m.given and m.verdict.name in ("places", "follows", "missing")
        ]
        if short:
            yield f"not right, or in too few places: {', '.join(short)}"


def _hidden(key: Key) -> Iterator[str]:
    for name, words in key.hidden.items():
        more = f" (and {len(words) - MISTAKES_SHOWN} more)" if len(words) > MISTAKES_SHOWN else ""
        places = closeness_asked(key.marks) if key.marks is not None else ""
        named = ", or if ".join(words[:MISTAKES_SHOWN])
        yield f"{TEXT.symbol(name, '')}: {places} cannot tell the right answer from what you get if {named}{more}"
