"""A style or a script without what only its readers need; what stands in the package stays as it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import product
from pkgutil import get_data
from string import ascii_letters

_TEXTS = re.compile(r'("[^"]*")')
_WORD = re.compile(r"(?<![\w$])(?<!(?<!\.\.)\.)[A-Za-z]\w+")
# What an object has: `.length`, `?.length`; three points before a name spread it.
_HELD = re.compile(r"(?<=[\w)\]])(\??)\.([A-Za-z]\w+)|(?<=\?)()\.([A-Za-z]\w+)")
# Where a script gives a name: behind these words, and among what a function takes.
_GIVEN = re.compile(r"\b(?:const|let|function) ([^;={]*)|\(([\w, .\[\]]*)\)=>|(\w+)=>|(?<=,)(\w+)=(?![=>])")
_KEPT = re.compile(r"(?<!\.)\.(\w+)|[{,](\w+):|\b(const|let|of|if|else|for|function|return|new|null|true|false)\b")
_ENDS = re.compile(r"([;{}()[\]])")
_PROPERTY = re.compile(r"--(\w+)")


@cache
def squeezed(*names: str, short_names: bool = True) -> str:
    """Files of this folder as one, without comments, indents, and spaces beside signs; their own names are letters.

    short_names: a script with regular expressions or classes keeps its names, and the spaces within its lines.
    """
    text = _bare(names)
    if names and names[0].endswith(".css"):
        return _style(text, short_properties(*names))
    return f'"use strict";{{{_script(text)}}}' if short_names else f'"use strict";\n{{\n{text}\n}}'


@cache
def short_properties(*names: str) -> dict[str, str]:
    """The letters for the custom properties of these styles together, by their names."""
    return _letters_for(Counter(_PROPERTY.findall(_bare(names))))


def _bare(names: tuple[str, ...]) -> str:
    whole = "\n".join((get_data("nncalc.render.page", name) or b"").decode() for name in names)
    lines = (line.partition("  //")[0].strip() for line in whole.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def _style(text: str, short: dict[str, str]) -> str:
    """A space before a point, or before a bracket, is a meaning."""
    text = re.sub(r"/\*.*?\*/", "", text)
    text = re.sub(r" *([{};,!]) *", r"\1", text.replace("\n", ""))
    text = re.sub(r"(:) +|\s*(>)\s*", r"\1\2", text).replace(";}", "}")
    return _PROPERTY.sub(lambda found: f"--{short[found[1]]}", text)


def _script(text: str) -> str:
    """A line may end a statement. A script takes no object apart: `const {key} = event`."""
    pieces = _TEXTS.split(text)
    pieces[::2] = (re.sub(r"[ \n]*([{}()[\];,=<>?:&|*%!])[ \n]*", r"\1", piece) for piece in pieces[::2])
    pieces[::2] = (re.sub(r" ([+-]) (?![+-])", r"\1", piece) for piece in pieces[::2])
    return _joined(_named(_renamed("".join(pieces))))


def _joined(script: str) -> str:
    """Constants that follow each other, as one statement."""
    pieces, constant = _TEXTS.split(script), [False]
    for at in range(0, len(pieces), 2):
        parts = _ENDS.split(pieces[at])
        for i, part in enumerate(parts):
            if part == ";":
                follows = parts[i + 1].startswith("const ")
                if follows and constant[-1]:
                    parts[i : i + 2] = [",", parts[i + 1].removeprefix("const ")]
                constant[-1] = follows
            elif part in ("{", "(", "["):
                constant.append(part == "{" and parts[i + 1].startswith("const "))
            elif part in ("}", ")", "]"):
                constant.pop()
        pieces[at] = "".join(parts)
    return "".join(pieces)


def _renamed(script: str) -> str:
    """The names that it gives itself as letters.

    A name that is also a key, or what an object has, stays: the text does not say which of them is meant.
    """
    code = " ".join(_TEXTS.split(script)[::2])
    given = {word for found in _GIVEN.findall(code) for word in re.findall(r"[A-Za-z]\w+", " ".join(found))}
    kept = {word for found in _KEPT.findall(code) for word in found}
    short = _letters_for(Counter(word for word in _WORD.findall(code) if word in given - kept), code)
    return _replaced(script, _WORD, lambda found: short.get(found[0], found[0]))


def _named(script: str) -> str:
    """What objects have by a letter, where it is asked for so often that this is shorter."""
    code = " ".join(_TEXTS.split(script)[::2])
    counts = Counter(found[1] or found[3] for found in _HELD.findall(code))
    often = Counter({word: n for word, n in counts.items() if n * (len(word) - 2) > len(word) + 6})
    short = _letters_for(often, code)

    def by_letter(found: re.Match[str]) -> str:
        word = found[2] or found[4]
        return f"{found[1] and '?.'}[{short[word]}]" if word in short else found[0]

    given = ",".join(f'{letter}="{word}"' for word, letter in short.items())
    return f"const {given};{_replaced(script, _HELD, by_letter)}" if given else script


def _replaced(script: str, what: re.Pattern[str], by: Callable[[re.Match[str]], str]) -> str:
    pieces = _TEXTS.split(script)
    pieces[::2] = (what.sub(by, piece) for piece in pieces[::2])
    return "".join(pieces)


def _letters_for(words: Counter[str], code: str = "") -> dict[str, str]:
    """The shortest for what saves most; none that the code has."""
    taken = {*re.findall(r"\w+", code)}
    free = (letter for n in (1, 2) for letter in map("".join, product(ascii_letters, repeat=n)) if letter not in taken)
    return dict(zip(sorted(words, key=lambda word: (-len(word) * words[word], word)), free, strict=False))
