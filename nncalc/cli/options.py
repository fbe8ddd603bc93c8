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
        option("--format", listed(WORKING_FORMATS), metavar="FORMAT"),
        option("--output", "write to FILE; its ending chooses the format", metavar="FILE", short=["-o"]),
        *look_options(),
    ]


def crew_options() -> list[TyperOption]:
    """Who does the work on a whole folder."""
    return [
        option("--jobs", "work in N processes", metavar="N"),
        option("--dask", "work on the Dask cluster whose scheduler is there: tcp://host:8786", metavar="ADDRESS"),
    ]


def look_options() -> list[TyperOption]:
    """How numbers and colours look."""
    return [
        option("--width", "lines of at most N columns (a terminal's are its own, a file's 80)", metavar="N"),
        option("--digits", f"show N decimals (default {DIGITS})", metavar="N"),
        option("--color", listed(COLORS), metavar="WHEN"),
        flag("--no-color", "the same as --color never"),
    ]


def choice_options() -> list[TyperOption]:
    """What is shown of a working."""
    cell = "only this cell, all the way down: Y:3,2 (several times for several)"
    value = "only this value, bare: s:1; JSON for an array (several, one a line)"
    only = "only these steps, or sections with a point behind: s,L,t2."
    return [
        option("--explain", cell, metavar="CELL", multiple=True),
        option("--only", only, metavar="NAMES", multiple=True),
        option("--get", value, metavar="NAME", multiple=True),
    ]


def reading_options() -> list[TyperOption]:
    """What a problem may ask for; never set by a file."""
    return [
        option("--limit", "raise a limit: array=1000000 (errors name theirs)", metavar="NAME=N", multiple=True),
        flag("--allow-outside", "let {file: …} lie outside the problem's folder"),
        flag("--debug", "show the traceback of a bug of ours"),
    ]
