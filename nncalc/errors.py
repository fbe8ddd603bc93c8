"""What is said when the input is wrong: one finding a line, and foreign text made visible."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TypeVar

T = TypeVar("T")

# A place inside a problem: ("layers", 2, "W", 1, 3).
FieldPath = tuple[str | int, ...]

MESSAGE_LIMIT = 2000
FINDINGS_SHOWN = 20
EXCERPT = 60
NAMES_SHOWN = 8
# In an environment with this variable a bug in what only helps is raised, as it is in our tests.
STRICT = "NNCALC_STRICT"

# What Unicode calls printable though nobody sees it: fillers and joiners of letters.
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
# They join letters in Persian and people in emoji; a title may keep them.
JOINERS = "\u200c\u200d"


def printable(text: str, limit: int = 60, keep: str = "") -> str:
    """Foreign text as it may be shown, at most `limit` characters long.

    A file may hold what a terminal obeys (escapes, C1), what turns a line around (bidi) and what nobody sees (zero
    width, tags, surrogates, odd spaces): all of it is shown as its number, none of it is sent, but for `keep`.
    """

    def shown(sign: str) -> str:
        if sign in keep or (sign.isprintable() and sign not in _FILLERS):
            return sign
        code = ord(sign)
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"

    text = text[: limit + 1]
    plain = text.isprintable() and _FILLERS.isdisjoint(text)  # as almost all is
    whole = text if plain else "".join(map(shown, text))
    return whole if len(whole) <= limit else whole[: limit - 1] + "…"


def listed(choices: Iterable[str]) -> str:
    """Choices in words: table, plain or json."""
    *most, last = choices
    return f"{', '.join(most)} or {last}" if most else last


def so_many(count: int | str, word: str) -> str:
    """A count with its word: 1 cell, 2 cells."""
    return f"{count} {word}{'' if str(count) == '1' else 's'}"


def wrong_type(argument: str, value: object, want: str) -> TypeError:
    """What to raise for an argument of another type: a slip of the calling program, not of a problem."""
    return TypeError(f"{argument}: want {want}, got {type(value).__name__}")


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known word that is most like one that was typed; `cutoff`: how like it is at least, from 0 to 1."""
    from difflib import get_close_matches  # only where something is wrong

    return next(iter(get_close_matches(word, list(known), 1, cutoff)), None)


def some_of(names: Iterable[str], word: str = "", see: str = "see --help") -> str:
    """Names in a row; of many a few, those first that are most like a typed word, and where all of them are told."""
    from difflib import get_close_matches

    known = [printable(name) for name in names]
    if len(known) <= NAMES_SHOWN + 1:
        return ", ".join(known)
    few = list(dict.fromkeys([*get_close_matches(word, known, NAMES_SHOWN, 0.4), *known]))[:NAMES_SHOWN]
    return f"{', '.join(few)} and {len(known) - NAMES_SHOWN} more" + (f" ({see})" if see else "")


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "", cutoff: float = 0.6) -> str:
    """The hint that goes with an unknown word: the nearest one, or what else may help."""
    near = nearest(word, known, cutoff)
    return otherwise if near is None else f"did you mean {near}?"


def dimensions(shape: Sequence[int]) -> str:
    """A shape in words: 3 x 2."""
    return " x ".join(map(str, shape)) or "one number"


def spelled(path: FieldPath) -> str:
    """A path as one types it: layers[1].W[2,3]."""
    text, indices = "", []
    for part in (*path, ""):
        if isinstance(part, int):
            indices.append(str(part))
            continue
        text += f"[{','.join(indices)}]" if indices else ""
        indices = []
        text += ("." if text and part else "") + part
    return text


def _width(text: str) -> int:
    """The columns that a terminal takes for a text."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) > 0 for c in text)


@dataclass(slots=True)
class Location:
    """A place in a file (lines and columns count from 1) or, without a line, in a flag.

    `text` is the whole text it points into (one string, shared by all marks), so that an error can show its line.
    """

    source: str
    line: int | None = None
    column: int | None = None
    text: str = field(default="", compare=False, repr=False)

    def __str__(self) -> str:
        return ":".join(
            [printable(self.source, 300) or "''", *(str(n) for n in (self.line, self.column) if n is not None)]
        )

    @property
    def is_flag(self) -> bool:
        """Whether it is a flag of the command line."""
        return self.source.startswith("--")

    def brief(self) -> str:
        """File and line, as one points at another place: cell.yaml:7."""
        return str(Location(self.source) if self.is_flag else replace(self, column=None))

    def excerpt(self) -> list[str]:
        """The line it points into and a caret below the place; of a long line what stands around it."""
        if not self.text or self.line is None or self.column is None:
            return []
        line = self.text.split("\n")[self.line - 1].replace("\t", " ")
        start = max(0, self.column - 1 - EXCERPT // 2)
        before = printable(line[start : self.column - 1], EXCERPT)
        lead = "…" if start else ""
        shown = lead + before + printable(line[self.column - 1 :], EXCERPT - len(before))
        return [f"    {shown}", " " * (4 + _width(lead + before)) + "^"]

    def further(self, columns: int) -> Location:
        """The same line, some columns on."""
        return self if self.column is None else replace(self, column=self.column + columns)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: `FILE:LINE:COL: field: what; want what is wanted (hint)`."""

    what: str
    mark: Location | None = None
    field: str = ""
    want: str = ""
    hint: str = ""

    def __str__(self) -> str:
        # A flag names its field already, and counts no lines.
        flag = self.mark is not None and self.mark.is_flag
        place = Location(self.mark.source) if self.mark and flag else self.mark
        field = "" if self.mark and flag and self.field == self.mark.source[2:] else self.field
        head = "".join(f"{part}: " for part in (str(place or ""), field) if part)
        tail = (f"; want {self.want}" if self.want else "") + (f" ({self.hint})" if self.hint else "")
        return printable(head + self.what + tail, MESSAGE_LIMIT)

    @property
    def pathless(self) -> Finding:
        """The same, naming the file and not where it lies: what students get says nothing of this machine."""
        if self.mark is None or self.mark.is_flag:
            return self
        return replace(self, mark=replace(self.mark, source=os.path.basename(self.mark.source)))


class InputError(Exception):
    """The input or the usage is wrong. Holds every finding; nothing has been done (exit code 2)."""

    def __init__(self, findings: Sequence[Finding] | Finding):
        self.findings = [findings] if isinstance(findings, Finding) else list(findings)
        super().__init__("\n".join(self.lines()))

    def lines(self, excerpts: bool = False) -> list[str]:
        """The findings as lines to print, at most `FINDINGS_SHOWN` and then how many more there are.

        excerpts: below each the line of the file with a caret, as a terminal shows it.
        """
        shown: list[str] = []
        for finding in self.findings[:FINDINGS_SHOWN]:
            shown += [str(finding), *(finding.mark.excerpt() if excerpts and finding.mark else [])]
        more = len(self.findings) - FINDINGS_SHOWN
        return [*shown, *([f"and {more} more"] if more > 0 else [])]


class Refused(Exception):
    """A topic cannot work with what it was given. Names the field by its path; the reader adds file and line."""

    def __init__(
        self, path: str | Sequence[str | int], what: str, want: str = "", hint: str = "", column: int | None = None
    ):
        self.path = (path,) if isinstance(path, str) else tuple(path)
        self.what, self.want, self.hint, self.column = what, want, hint, column
        super().__init__(what)


@dataclass(frozen=True)
class Failure:
    """What kept some work from its result. `at`: the file it was done for; None: the whole command."""

    error: Exception
    at: Location | None = None

    @property
    def is_bug(self) -> bool:
        """Whether it is nobody's fault but ours."""
        return not isinstance(self.error, (InputError, MemoryError))

    @property
    def findings(self) -> list[Finding]:
        """What is said of it: of wrong input all that was found, of anything else one line."""
        if isinstance(self.error, InputError):
            return self.error.findings
        if isinstance(self.error, MemoryError):
            what = "needs more memory than there is"
            return [Finding(what if self.at else f"this {what}", self.at or Location("nncalc"))]
        said = f"{type(self.error).__name__}: {printable(str(self.error), 200)}"
        what = f"a bug of ours, please report it with the problem file and `nncalc --version` ({said})"
        return [Finding(what if self.at else f"{what}; --debug shows where", self.at or Location("nncalc"))]


def attempted(work: Callable[[], T], at: Location | None = None) -> T | Failure:
    """What some work gives, or what kept it from that: wrong input, no memory, a bug of ours. Nothing is raised.

    The one line of defence, around the whole command and around each file of a folder, so that no file costs another.
    """
    try:
        return work()
    except Exception as error:
        return Failure(error, at)


@contextmanager
def spared() -> Iterator[None]:
    """Around work that only helps (looking for a likely mistake): a bug of ours there costs its help, nothing else."""
    try:
        yield
    except Exception:
        if os.environ.get(STRICT):
            raise
