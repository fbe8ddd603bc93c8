"""What is said when the input is wrong: one finding a line, and foreign text made visible."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

MESSAGE_LIMIT = 2000
FINDINGS_SHOWN = 20

# Text from a file may hold what a terminal obeys (escapes, C1), what turns a line around (bidi) and what
# nobody sees (zero width, tags, surrogates): all of it is shown, none of it is sent.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def vis(text: object, limit: int = 60) -> str:
    """Foreign text as it may be shown: nothing invisible, nothing a terminal obeys, at most `limit` characters."""
    cut = text if isinstance(text, str) else str(text)
    cut = cut[: limit + 1]
    shown = _UNSEEN.sub(_escape, cut)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file (lines and columns count from 1) or, without a line, in a flag."""

    source: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join([vis(self.source, 300), *(str(n) for n in (self.line, self.column) if n is not None)])

    @property
    def is_flag(self) -> bool:
        """Whether it is a flag of the command line."""
        return self.source.startswith("--")

    def brief(self) -> str:
        """File and line, as one points at another place: cell.yaml:7."""
        return str(Mark(self.source) if self.is_flag else replace(self, column=None))

    def further(self, columns: int) -> Mark:
        """The same line, some columns on."""
        return self if self.column is None else replace(self, column=self.column + columns)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: `FILE:LINE:COL: field: what; want what is wanted (hint)`."""

    what: str
    mark: Mark | None = None
    field: str = ""
    want: str = ""
    hint: str = ""

    def __str__(self) -> str:
        # A flag names its field already, and counts no lines.
        flag = self.mark is not None and self.mark.is_flag
        place = Mark(self.mark.source) if self.mark and flag else self.mark
        field = "" if self.mark and flag and self.field == self.mark.source[2:] else self.field
        head = "".join(f"{part}: " for part in (str(place or ""), field) if part)
        tail = (f"; want {self.want}" if self.want else "") + (f" ({self.hint})" if self.hint else "")
        line = head + self.what + tail
        return line if len(line) <= MESSAGE_LIMIT else line[: MESSAGE_LIMIT - 1] + "…"


class InputError(Exception):
    """The input or the usage is wrong. Holds every finding; nothing has been done (exit code 2)."""

    def __init__(self, findings: Sequence[Finding] | Finding):
        self.findings = [findings] if isinstance(findings, Finding) else list(findings)
        super().__init__("\n".join(self.lines()))

    def lines(self) -> list[str]:
        """The findings as lines to print, at most `FINDINGS_SHOWN` and then how many more there are."""
        shown = [str(finding) for finding in self.findings[:FINDINGS_SHOWN]]
        more = len(self.findings) - len(shown)
        return [*shown, *([f"and {more} more"] if more > 0 else [])]


class Refused(Exception):
    """A topic cannot work with what it was given. Names the field by its path; the reader adds file and line."""

    def __init__(self, path: str | Sequence[str | int], what: str, want: str = "", hint: str = ""):
        self.path = (path,) if isinstance(path, str) else tuple(path)
        self.what, self.want, self.hint = what, want, hint
        super().__init__(what)
