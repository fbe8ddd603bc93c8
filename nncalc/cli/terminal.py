"""The streams and what the environment says of them: encoding, width, colour, a reader who has gone."""

from __future__ import annotations

import io
import os
import shutil
import sys
from typing import BinaryIO, TextIO

from nncalc.errors import Finding, InputError
from nncalc.trace.notation.signs import ASCII

LEAST_WIDTH = 40
# When there are colours; "auto" asks the environment.
COLORS = ("auto", "always", "never")


def prepare() -> None:
    """No sign is ever an error, and a pipe gets the same bytes whatever the locale."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            piped = not stream.isatty() and not os.environ.get("PYTHONIOENCODING")
            stream.reconfigure(encoding="utf-8" if piped else None, errors="backslashreplace")


def is_terminal(stream: object) -> bool:
    """Whether somebody is looking at it."""
    return isinstance(stream, io.TextIOBase) and stream.isatty()


def width() -> int | None:
    """The columns of the terminal that stdout is; None where it is none."""
    if not is_terminal(sys.stdout):
        return None
    return max(shutil.get_terminal_size((80, 24)).columns, LEAST_WIDTH)


def colour(when: str) -> bool:
    """--color, then NO_COLOR, then FORCE_COLOR, then a dumb terminal, then whether stdout is one."""
    environment = os.environ
    if when != "auto":
        return when == "always"
    if environment.get("NO_COLOR"):
        return False
    if any(environment.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return is_terminal(sys.stdout) and environment.get("TERM") != "dumb"


def out(text: str) -> None:
    """Results, to stdout; OSError where that is closed."""
    stdout = _open()
    encoding = (getattr(stdout, "encoding", None) or "utf-8").lower().replace("-", "")
    stdout.write(text if encoding == "utf8" else text.translate(ASCII))


def _open() -> TextIO:
    if sys.stdout is None:
        raise OSError(0, "stdout is closed")
    return sys.stdout


class Results(io.StringIO):
    """Results, to stdout, piece by piece; no terminal, whatever stdout is, and nothing is kept."""

    def write(self, text: str) -> int:
        """Writes as `out` does."""
        out(text)
        return len(text)

    @property
    def buffer(self) -> BinaryIO:
        """Where bytes go. Raises InputError where somebody would read them."""
        if is_terminal(sys.stdout):
            raise InputError(Finding("a pdf is no text for a terminal", want="-o FILE.pdf, or a pipe"))
        flush()
        return _open().buffer


def flush() -> None:
    """Everything is out, or an OSError says why not."""
    _open().flush()


def drop(descriptor: int) -> None:
    """Nobody reads this stream any more: what Python still holds for it goes nowhere, without a word."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, descriptor)
    os.close(null)


def say(line: str) -> None:
    """Everything that is no result, to stderr; where that fails there is nobody left to tell."""
    try:
        print(line, file=sys.stderr, flush=True) if sys.stderr is not None else None
    except OSError:
        drop(2)


def complain(error: InputError) -> None:
    """What is wrong, a line each; on a terminal with the place shown below."""
    for line in error.lines(excerpts=is_terminal(sys.stderr)):
        say(line)
