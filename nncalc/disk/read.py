"""Bytes of a file or of stdin: regular files only, never more than the limit, never waiting for another process."""

from __future__ import annotations

import os
import re
import stat
import sys

from nncalc.errors import Finding, InputError, Location, printable
from nncalc.limits import DEFAULT, Limits, raising

# A pipe is read where it was handed over on purpose: `nncalc conv <(sed … grid.yaml)`.
HANDED_OVER = re.compile(r"/dev/(stdin|fd/[0-9]+)")

UTF_16 = (b"\xff\xfe", b"\xfe\xff")
READ_ERRORS: dict[type[Exception], str] = {
    FileNotFoundError: "no such file",
    PermissionError: "may not be read",
    IsADirectoryError: "is a folder; want a file",
}


def read_bytes(path: str, limits: Limits = DEFAULT) -> bytes:
    """What stands in a file; `-` is stdin. InputError where it cannot be read or is larger than the limit."""
    mark = Location(name_of(path))
    try:
        data = _stdin(limits.file_bytes) if path == "-" else _file(path, limits.file_bytes)
    except (OSError, ValueError) as error:
        raise InputError(Finding(plain_words(error), mark)) from None
    if len(data) > limits.file_bytes:
        what = f"is larger than {limits.file_bytes} bytes, the limit"
        raise InputError(Finding(what, mark, hint=raising("file_bytes")))
    return data


def decoded(data: bytes, errors: str = "strict") -> str:
    """The text as editors save it: UTF-8, UTF-16 with its mark, else what Windows wrote in the west."""
    try:
        return data.decode("utf-16" if data.startswith(UTF_16) else "utf-8-sig", errors).lstrip("\ufeff")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def name_of(path: str) -> str:
    """What messages call it."""
    return "<stdin>" if path == "-" else path


def plain_words(error: Exception) -> str:
    """What went wrong with a file, in plain words."""
    known = READ_ERRORS.get(type(error))
    return known or printable(
        error.strerror.lower() if isinstance(error, OSError) and error.strerror else str(error), 200
    )


def open_regular(path: str) -> int:
    """A descriptor of a regular file (or of a pipe that was handed over); a named pipe is never waited for.

    Raises ValueError or OSError for anything else.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError
        if not stat.S_ISREG(mode):
            if not (stat.S_ISFIFO(mode) and HANDED_OVER.fullmatch(path)):
                raise ValueError("is not a regular file")
            os.set_blocking(handle, True)
    except BaseException:
        os.close(handle)
        raise
    return handle


def _file(path: str, limit: int) -> bytes:
    """At most limit + 1 bytes of it, and none of one that is larger."""
    with os.fdopen(open_regular(path), "rb") as file:
        return b" " * (limit + 1) if os.fstat(file.fileno()).st_size > limit else file.read(limit + 1) or b""


def _stdin(limit: int) -> bytes:
    if sys.stdin is None:
        raise ValueError("stdin is closed")
    return sys.stdin.buffer.read(limit + 1) or b""
