r"""The letters of a name, as every style writes them: those of a step's own name, and those that an author gives it.

A step's name is read as courses read it: W_xi is W with index xi, a1 is a with index 1, x_hat carries its hat. An
author's symbol is read once, by a small grammar, into the same record; no sign of it reaches a page as it was typed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from nncalc.trace.notation.signs import ACCENTS, GREEK

FACES = {"mathbf": "bold", "boldsymbol": "bold", "mathcal": "cal"}
WANTED_SYMBOL = r"a letter and what stands at it: W^{[1]}, h_{t-1}, \hat{y}, \mathbf{x}, \mathcal{L}, \theta'"
LONGEST_SYMBOL = 60
# Greek letters by the names that LaTeX and steps have for them, of two that have one name the first.
LETTERS_BY_NAME = {name: letter for letter, name in reversed(GREEK.items())} | {"ell": "ℓ"}
# Each accent by its name in LaTeX, with the mark that Unicode puts over a letter.
_MARKS = {name: mark for mark, name in ACCENTS.items()}
_COMMANDS = LETTERS_BY_NAME | {"epsilon": "ε", "varepsilon": "ε", "varphi": "φ"}
_GREEK = "".join(GREEK) + "ℓ"
_AUTHORS = re.compile(r"[\\^{}']")
_LETTER = re.compile(rf"\\([A-Za-z]+) *|([A-Za-z]+|[{_GREEK}])")
_OPENS = re.compile(rf"\\({'|'.join([*_MARKS, *FACES])})(?![A-Za-z]) *(\{{?) *")
_SCRIPT = re.compile(
    rf" *(?:\{{((?:[A-Za-z0-9+\-−*,:()\[\]<>⟨⟩ {_GREEK}]|\\[A-Za-z]+)+)\}}"
    rf"|([A-Za-z0-9]+|[+\-−*{_GREEK}]|\\[A-Za-z]+))"
)
_DIGITS = re.compile("[0-9]+")
_SIGNS = {"prime": "'", "langle": "<", "rangle": ">", "ast": "*"} | _COMMANDS
_SAME_SIGN = str.maketrans({"−": "-", "⟨": "<", "⟩": ">", " ": None})


class LettersError(ValueError):
    """A text that is no symbol; `column`: where it stops being one, from 1."""

    def __init__(self, column: int):
        self.column = column
        super().__init__(column)


@dataclass(frozen=True, slots=True)
class Letters:
    """A letter (or a word) and what stands at it; `str()` is the text that `letters_of` reads again.

    `accent`: hat, bar, tilde, dot or none; `face`: bold, cal or none; `lower`, `upper`: what stands below and above,
    Greek letters as signs; `primes`: how many.
    """

    base: str
    accent: str = ""
    face: str = ""
    lower: str = ""
    upper: str = ""
    primes: int = 0

    def __str__(self) -> str:
        body = {"bold": r"\mathbf{%s}", "cal": r"\mathcal{%s}"}.get(self.face, "%s") % self.base
        body = rf"\{self.accent}{{{body}}}" if self.accent else body
        scripts = "".join(f"{sign}{{{part}}}" for sign, part in (("_", self.lower), ("^", self.upper)) if part)
        return body + "'" * self.primes + scripts

    @property
    def faced(self) -> str:
        """The letter in its face, as Unicode has it: 𝐖, ℒ."""
        return "".join(map(self._sign, self.base)) if self.face else self.base

    def _sign(self, letter: str) -> str:
        *_, size, _, name = unicodedata.name(letter).split()
        kinds = {"bold": ["MATHEMATICAL BOLD"], "cal": ["MATHEMATICAL SCRIPT", "SCRIPT"]}[self.face]
        for kind in kinds:
            try:
                return unicodedata.lookup(f"{kind} {size} {name}")
            except KeyError:
                continue
        return letter

    @property
    def text(self) -> str:
        """As a line of text has it: ŷ_1, h_{t-1}, W^[1]."""
        letter = self.faced + _MARKS.get(self.accent, "")
        return (
            unicodedata.normalize("NFC", letter)
            + "'" * self.primes
            + _beside("_", self.lower)
            + _beside("^", self.upper)
        )


def _beside(sign: str, script: str) -> str:
    if not script:
        return ""
    plain = re.fullmatch(r"\w+|[*+-]|\([^()]*\)|\[[^][]*\]|<[^<>]*>", script)
    return sign + (script if plain else f"{{{script}}}")


def is_plain(name: str) -> bool:
    """Whether a name is written with the signs that steps' names have."""
    return not _AUTHORS.search(name)


@lru_cache(4096)
def letters_of(name: str) -> Letters:
    """The letters of a step's name, or of what `str(read_letters(…))` gave."""
    if not is_plain(name):
        try:
            return read_letters(name)
        except LettersError:  # a name from somebody's sheet
            return Letters(name)
    stem, _, lower = name.partition("_")
    letters = stem.rstrip("0123456789")
    accent, lower = ("hat", "") if lower == "hat" else ("", lower)
    below = ",".join(part for part in (stem[len(letters) :], lower) if part)
    return Letters(LETTERS_BY_NAME.get(letters, letters), accent, "", below)


def read_letters(text: str) -> Letters:
    """The letters that an author gives. Raises LettersError where the text is no symbol."""
    base, accent, face, at = _body(text)
    scripts = {"_": "", "^": ""}
    primes = 0
    while at < len(text):
        sign = text[at]
        found = (_SCRIPT if sign in scripts else _DIGITS).match(text, at + (sign in scripts))
        if sign in "'′":
            primes, at = primes + 1, at + 1
        elif found is not None and sign not in scripts and not scripts["_"]:
            scripts["_"], at = found[0], found.end()
        elif sign == " ":
            at += 1
        elif found is not None and sign in scripts and not scripts[sign]:
            script = _script(found, at + 2)
            if sign == "^" and script and not script.strip("'"):
                primes += len(script)
            elif "'" in script:
                raise LettersError(at + 2)
            else:
                scripts[sign] = script
            at = found.end()
        else:
            raise LettersError(at + 1)
    return Letters(base, accent, face, scripts["_"], scripts["^"], primes)


def _body(text: str) -> tuple[str, str, str, int]:
    """The letter with its accent and its face, and where they end."""
    at = len(text) - len(text.lstrip(" "))
    said = {"accent": "", "face": ""}
    braces = 0
    while (found := _OPENS.match(text, at)) is not None:
        kind, value = ("accent", found[1]) if found[1] in _MARKS else ("face", FACES[found[1]])
        if said[kind]:
            raise LettersError(at + 1)
        said[kind], at, braces = value, found.end(), braces + bool(found[2])
    found = _LETTER.match(text, at)
    letter = "" if found is None else _COMMANDS.get(found[1], "") if found[1] else found[2]
    letter = LETTERS_BY_NAME.get(GREEK.get(letter, letter), letter)
    fits = {"": True, "bold": letter != "ℓ", "cal": letter.isascii() and letter.isupper()}[said["face"]]
    if found is None or not letter or not fits or (said["accent"] and len(letter) > 1):
        raise LettersError(at + 1)
    closed = re.compile(r" *\}" * braces).match(text, found.end())
    if closed is None:
        raise LettersError(found.end() + 1)
    return letter, said["accent"], said["face"], closed.end()


def _script(found: re.Match[str], column: int) -> str:
    """What stands low or high, each Greek letter as its sign."""

    def sign(command: re.Match[str]) -> str:
        if command[1] not in _SIGNS:
            raise LettersError(column)
        return _SIGNS[command[1]]

    script = re.sub(r"\\([A-Za-z]+) *", sign, found[1] or found[2]).translate(_SAME_SIGN)
    if not script:
        raise LettersError(column)
    return script
