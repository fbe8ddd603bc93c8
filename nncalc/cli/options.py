"""The flags that several commands share, each declared once, and how help groups them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from os.path import exists
from typing import Any

from typer.core import TyperArgument, TyperCommand, TyperOption

from nncalc.cli.completing import one_of, steps
from nncalc.cli.terminal import COLORS
from nncalc.errors import printable
from nncalc.render import AUTO, DETAILS, DIGITS, FIGURES
from nncalc.render.working import WORKING_FORMATS

# Which of several attempts counts, and by what a class is counted: for help that loads nothing of what marks.
ATTEMPTS = ("last", "best")
COUNTED = ("student", "line", "problem")
# The columns that help has for a flag and its mark before the text goes to the next line.
FLAG_COLUMNS = 27
# The characters that a shell is told of a flag.
COMPLETION_COLUMNS = 60
# The headings in a command's help of what several commands have.
ARGUMENTS, SHOWING, OTHERS = "Arguments", "What is shown", "Others"


class Grouped(TyperCommand):
    """A command whose help groups its options by their headings, in the order in which these come up.

    Behind --figure the kind of picture may be left out.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Puts the kind behind a bare --figure: what follows is one only where it is a word and no file."""
        words: list[str] = []
        for word, following in pairwise([*args, "--"]):
            words.append(word)
            if word == "--figure" and (not following.isalpha() or exists(following)):
                words.append(AUTO)
        return super().parse_args(ctx, words)

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        """Flags with a word of what they are, on one line: zsh and fish show it, and Typer takes [ for markup."""
        found = super().shell_complete(ctx, incomplete)
        for item in found:
            item.help = printable(item.help or "", COMPLETION_COLUMNS).replace("[", "(").replace("]", ")")
        return found

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """A list for each heading; the options that have none follow the arguments."""
        groups: dict[str, list[tuple[str, str]]] = {ARGUMENTS: [], "Options": []}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            usual = ARGUMENTS if isinstance(param, TyperArgument) else OTHERS if param.name == "help" else "Options"
            if record is not None:
                groups.setdefault(getattr(param, "rich_help_panel", None) or usual, []).append(record)
        for heading, records in groups.items():
            if records:
                with formatter.section(heading):
                    formatter.write_dl(records)


def option(name: str, help: str, choices: Iterable[str] = (), **extra: Any) -> TyperOption:
    """An option that takes a text; `choices`: all that it may be."""
    words = list(choices)
    if words:
        mark = metavar_of(words, name)
        help += f": {', '.join(words)}" if mark.endswith("…") and help else ""
        extra = {"metavar": mark, "autocompletion": one_of(words), **extra}
    return TyperOption(param_decls=[name.lstrip("-"), name, *extra.pop("short", [])], type=str, help=help, **extra)


def metavar_of(choices: Sequence[str], name: str) -> str:
    """Choices as the mark behind a flag of that name: sgd|momentum|…, where it has no room for all."""
    whole, room = "|".join(choices), FLAG_COLUMNS - len(f"--{name.lstrip('-')} ")
    return whole if len(whole) <= room else (whole[: room - 1].rpartition("|")[0] or choices[0]) + "|…"


def flag(name: str, help: str, short: Sequence[str] = (), heading: str | None = None) -> TyperOption:
    """An option that is there or not."""
    declared = [name.lstrip("-").replace("-", "_"), *short, name]
    return TyperOption(param_decls=declared, is_flag=True, help=help, rich_help_panel=heading)


DEBUG = flag("--debug", "show the traceback of a bug of ours", heading=OTHERS)


def argument(name: str, help: str, **extra: Any) -> TyperArgument:
    """What is given by its place."""
    return TyperArgument(param_decls=[name], type=str, help=help, **extra)


def view_options() -> list[TyperOption]:
    """How a working is shown: the same for every command that solves."""
    detail = "; ".join(f"{level}: {words}" for level, words in DETAILS.items() if words)
    return [
        _shown("--round", "work with values rounded to N decimals, the drift beside them", metavar="N"),
        _shown("--sig", "work with values rounded to N significant digits", metavar="N"),
        _shown("--detail", detail, choices=DETAILS),
        flag("--why", "say why each step is as it is, in a sentence", heading=SHOWING),
        _shown("--format", "of the working", choices=WORKING_FORMATS),
        _shown("--output", "write to FILE; its ending chooses the format", metavar="FILE", short=["-o"]),
        title_option(),
        flag("--fragment", "of latex and typst the working alone, for a document of yours", heading=SHOWING),
        *look_options(),
    ]


def title_option() -> TyperOption:
    """What is written above a whole document."""
    return _shown("--title", "of the whole document: what stands above it", metavar="TEXT")


def crew_options() -> list[TyperOption]:
    """Who does the work on a whole folder."""
    return [
        option("--jobs", "work in N processes", metavar="N"),
        option("--dask", "work on the Dask cluster whose scheduler is there: tcp://host:8786", metavar="ADDRESS"),
    ]


def look_options() -> list[TyperOption]:
    """How numbers and colours look."""
    return [
        _shown("--width", "lines of at most N columns (a terminal's are its own, a file's 80)", metavar="N"),
        _shown("--digits", f"show N decimals (default {DIGITS})", metavar="N"),
        flag("--ascii", "only signs that any keyboard has: dL/dW, sqrt(x), W @ x", heading=SHOWING),
        _shown("--color", "when there are colours", choices=COLORS),
        flag("--no-color", "the same as --color never", heading=SHOWING),
    ]


def choice_options() -> list[TyperOption]:
    """What is shown of a working."""
    cell = "only this cell, all the way down: Y:3,2 (several times for several)"
    value = "only this value, bare: s:1; JSON for an array (several, one a line)"
    only = "only these steps, or sections with a point behind: s,L,t2."
    picture = "one picture instead of the page (alone: the kind that suits; -o fig.svg: a file)"
    return [
        _shown("--figure", picture, choices=FIGURES),
        _shown("--explain", cell, metavar="CELL", multiple=True, autocompletion=steps),
        _shown("--only", only, metavar="NAMES", multiple=True, autocompletion=steps),
        _shown("--get", value, metavar="NAME", multiple=True, autocompletion=steps),
    ]


def reading_options() -> list[TyperOption]:
    """What a problem may ask for; never set by a file."""
    raised = "raise a limit: array=1000000 (errors name theirs)"
    return [
        option("--limit", raised, metavar="NAME=N", multiple=True, rich_help_panel=OTHERS),
        flag("--allow-outside", "let {file: …} lie outside the problem's folder", heading=OTHERS),
        DEBUG,
    ]


def _shown(name: str, help: str, **extra: Any) -> TyperOption:
    return option(name, help, rich_help_panel=SHOWING, **extra)
