"""The command line without a new process: what it prints, and its exit code."""

from __future__ import annotations

import io
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from typing import NamedTuple
from unittest.mock import patch

from nncalc.cli.main import guarded


class Done(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


class Screen(io.TextIOWrapper):
    """A terminal that only remembers."""

    def isatty(self) -> bool:
        return True


def run(*words: str, stdin: bytes = b"", terminal: int | None = None) -> Done:
    """Runs nncalc with these words; `terminal`: as if stdout were a terminal of so many columns, without colours."""
    kind = io.TextIOWrapper if terminal is None else Screen
    out, err = (k(io.BytesIO(), encoding="utf-8", errors="backslashreplace") for k in (kind, io.TextIOWrapper))
    surroundings = {} if terminal is None else {"COLUMNS": str(terminal), "NO_COLOR": "1"}
    before = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin))
    try:
        with redirect_stdout(out), redirect_stderr(err), patch.dict(os.environ, surroundings):
            code = guarded(list(words))
    finally:
        sys.stdin = before
    texts = []
    for stream in (out, err):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode("utf-8"))  # type: ignore[attr-defined]  # it is a BytesIO
    return Done(code, *texts)
