"""The entry point: every error is one line on stderr and an exit code. Nothing is computed here."""

from __future__ import annotations

import signal

signal.signal(signal.SIGINT, signal.SIG_DFL)  # before the imports: an early Ctrl-C ends quietly, too

import os  # noqa: E402
import sys  # noqa: E402
from typing import Any, NoReturn  # noqa: E402

from nncalc.cli import process, terminal  # noqa: E402
from nncalc.errors import Failure, Finding, InputError, Location, attempted, printable  # noqa: E402

OK, BAD_INPUT, BUG = 0, 2, 70
WIDEST_HELP = 100
COMPLETION = "_NNCALC_COMPLETE"


def main() -> NoReturn:
    """Runs the command line; 0 done, 1 the answer is no, 2 wrong input or usage, 70 a bug of ours."""
    process.begin()
    terminal.prepare()
    code = guarded(sys.argv[1:])
    process.end()
    sys.exit(code)


def guarded(words: list[str]) -> int:
    """The exit code of a command line; nothing that a file or a flag holds is ever a traceback."""
    done = attempted(lambda: _run(words))
    if not isinstance(done, Failure):
        return done
    if done.is_bug and "--debug" in words:
        raise done.error
    terminal.complain(InputError(done.findings))
    return BUG if done.is_bug else BAD_INPUT


def _run(words: list[str]) -> int:
    """Runs a command to its exit code; what Typer or a stream says of wrong use becomes an error like any other."""
    from nncalc.cli.commands import command

    try:
        code = command().main(words, standalone_mode=False, prog_name="nncalc", terminal_width=_help_width())
        terminal.flush()
        return int(code or OK)
    except SystemExit as end:  # so Typer ends a shell's request for completions, and a pipe that nobody reads
        if COMPLETION not in os.environ:
            terminal.drop(1)
            return OK
        return BAD_INPUT if end.code else OK
    except BrokenPipeError:
        terminal.drop(1)
        return OK
    except OSError as error:
        terminal.drop(1)
        raise _wrong(f"cannot write: {printable(error.strerror or str(error), 200)}") from error
    except (InputError, MemoryError):
        raise
    except Exception as error:
        if COMPLETION in os.environ:
            raise _wrong("this is no request for completions that a shell would make") from error
        if not hasattr(error, "format_message"):
            raise
        raise _wrong(_usage(error, words)) from error


def _wrong(what: str) -> InputError:
    return InputError(Finding(what, Location("nncalc")))


def _help_width() -> int:
    """The terminal's columns, as far as lines are easy to read; in a pipe the help does not depend on it."""
    return min(terminal.width() or WIDEST_HELP, WIDEST_HELP)


def _usage(error: Any, words: list[str]) -> str:
    """What Typer says of a wrong flag or command, in one line, with what was probably meant."""
    from nncalc.cli.commands import meant

    said = printable(error.format_message().splitlines()[0] if error.format_message() else "wrong usage", 500).rstrip(
        "."
    )
    where = getattr(getattr(error, "ctx", None), "command_path", None) or "nncalc"
    return f"{said}; " + (meant(error, words) or f"see `{where} --help`")
