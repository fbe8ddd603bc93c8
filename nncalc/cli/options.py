"""The flags that several commands share, each declared once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from typer.core import TyperArgument, TyperOption

from nncalc.cli.terminal import COLORS
from nncalc.errors import listed
from nncalc.render import DETAILS, DIGITS
from nncalc.render.working import WORKING_FORMATS

# Which of several attempts counts, and by what a class is counted: for help that loads nothing of what marks.
ATTEMPTS = ("last", "best")
COUNTED = ("student", "line", "problem")


def option(name: str, help: str, **extra: Any) -> TyperOption:
    """An option that takes a text."""
    return TyperOption(param_decls=[name.lstrip("-"), name, *extra.pop("short", [])], type=str, help=help, **extra)


def flag(name: str, help: str, short: Sequence[str] = ()) -> TyperOption:
    """An option that is there or not."""
    return TyperOption(param_decls=[name.lstrip("-").replace("-", "_"), *short, name], is_flag=True, help=help)


def argument(name: str, help: str, **extra: Any) -> TyperArgument:
    """What is given by its place."""
    return TyperArgument(param_decls=[name], type=str, help=help, **extra)


def view_options() -> list[TyperOption]:
    """How a working is shown: the same for every command that solves."""
    detail = "; ".join(f"{level}: {words}" if words else level for level, words in DETAILS.items())
    return [
        option("--round", "work with values rounded to N decimals, the drift beside them", metavar="N"),
        option("--sig", "work with values rounded to N significant digits", metavar="N"),
        option("--detail", detail, metavar="LEVEL"),
        flag("--why", "say why each step is as it is, in a sentence"),
        option("--format", listed(WORKING_FORMATS), metavar="FORMAT"),
        option("--output", "write to FILE; its ending chooses the format", metavar="FILE", short=["-o"]),
        *look_options(),
    ]


def look_options() -> list[TyperOption]:
    """How numbers and colours look."""
    return [
        option("--digits", f"show N decimals (default {DIGITS})", metavar="N"),
        flag("--ascii", "only signs that any keyboard has: dL/dW, sqrt(x), W @ x"),
        option("--color", listed(COLORS), metavar="WHEN"),
        flag("--no-color", "the same as --color never"),
    ]


def choice_options() -> list[TyperOption]:
    """What is shown of a working."""
    cell = "only this cell, all the way down: Y:3,2 (several times for several)"
    value = "only this value, bare: s:1; JSON for an array (several, one a line)"
    return [
        option("--explain", cell, metavar="CELL", multiple=True),
        option("--get", value, metavar="NAME", multiple=True),
    ]


def reading_options() -> list[TyperOption]:
    """What a problem may ask for; never set by a file."""
    return [
        option("--limit", "raise a limit: array=1000000 (errors name theirs)", metavar="NAME=N", multiple=True),
        flag("--allow-outside", "let {file: …} lie outside the problem's folder"),
        flag("--debug", "show the traceback of a bug of ours"),
    ]
