"""The entry point: every error is one line on stderr and an exit code. Nothing is computed here."""

from __future__ import annotations

import signal

signal.signal(signal.SIGINT, signal.SIG_DFL)  # before the imports: an early Ctrl-C ends quietly, too

import os  # noqa: E402
import sys  # noqa: E402
from typing import Any, NoReturn  # noqa: E402

from nncalc.cli import terminal  # noqa: E402
from nncalc.errors import InputError, bug, printable  # noqa: E402

OK, BAD_INPUT, BUG = 0, 2, 70
COMPLETION = "_NNCALC_COMPLETE"


def main() -> NoReturn:
    """Runs the command line; 0 done, 1 the answer is no, 2 wrong input or usage, 70 a bug of ours."""
    terminal.prepare()
    sys.exit(guarded(sys.argv[1:]))


def guarded(words: list[str]) -> int:
    """The exit code of a command line; nothing that a file or a flag holds is ever a traceback."""
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
    except InputError as error:
        terminal.complain(error)
    except BrokenPipeError:
        terminal.drop(1)
        return OK
    except OSError as error:
        terminal.drop(1)
        terminal.say(f"nncalc: cannot write: {printable(error.strerror or str(error), 200)}")
    except MemoryError:
        terminal.say("nncalc: this needs more memory than there is")
    except Exception as error:  # the last line of defence: a bug of ours must not look like a result
        if COMPLETION in os.environ:
            terminal.say("nncalc: this is no request for completions that a shell would make")
        elif not hasattr(error, "format_message"):
            return _bug(error, "--debug" in words)
        else:
            terminal.say(_usage(error))
    return BAD_INPUT


def _help_width() -> int | None:
    """In a pipe the help does not depend on the terminal."""
    return None if terminal.is_terminal(sys.stdout) else 100


def _usage(error: Any) -> str:
    """What Typer says of a wrong flag or command, in one line, with what was probably meant."""
    from nncalc.cli.commands import meant

    said = printable(error.format_message().splitlines()[0] if error.format_message() else "wrong usage", 500).rstrip(
        "."
    )
    where = getattr(getattr(error, "ctx", None), "command_path", None) or "nncalc"
    return f"nncalc: {said}; " + (meant(error) or f"see `{where} --help`")


def _bug(error: Exception, debug: bool) -> int:
    if debug:
        raise error
    terminal.say(f"nncalc: {bug(error)}; --debug shows where")
    return BUG
