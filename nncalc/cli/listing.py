"""How the commands are listed: topics in the order of a course, the others by what they are for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from nncalc.cli import terminal
from nncalc.topics import ALSO, TOPICS

# The commands beside the topics, under their headings.
GROUPS = {"Work": ("solve", "batch", "new", "help"), "Hand out and mark": ("sheet", "check"), "Editors": ("schema",)}
WELCOME = """\
nncalc solves the hand-worked exercises of a deep-learning course and shows all
the working. Try:

  nncalc softmax --x 2,1,0.1     an exercise, typed in
  nncalc new lstm > cell.yaml    a problem file: nncalc solve cell.yaml works it
  nncalc help cross entropy      anything, by what your course calls it

nncalc --help lists the topics and commands, nncalc help the pages of the guide.
"""


class Listed(TyperCommand):
    """A command as lists show it, by name and summary. It is made, with all its options, when it is to do something."""

    def __init__(self, name: str, summary: str, make: Callable[[], TyperCommand]):
        super().__init__(name=name, short_help=summary, rich_markup_mode=None)
        self.make = make

    def make_context(self, *given: Any, **named: Any) -> Any:
        """The whole command's: it reads its words, completes them, and tells its help."""
        return self.make().make_context(*given, **named)


class Topics(TyperGroup):
    """A subcommand a topic, in the order of a course, then the rest."""

    def get_command(self, ctx: Any, name: str) -> Any:
        """The command of that name; a topic goes by other words, too, and is then called so."""
        if name in ALSO:
            return Listed(name, "", partial(topic_named, name))
        return super().get_command(ctx, name)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Without any word it says what to try."""
        if not args and not ctx.resilient_parsing:
            terminal.out(WELCOME)
            raise typer.Exit
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: Any) -> list[str]:
        """In the order of the tables."""
        return list(self.commands)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The lists in `nncalc --help`, no summary cut."""
        widest = max(map(len, self.commands))
        for heading, names in {"Topics": tuple(TOPICS), **GROUPS}.items():
            with formatter.section(heading):
                formatter.write_dl([(f"{name:{widest}}", self.commands[name].short_help) for name in names])


def topic_named(name: str) -> TyperCommand:
    """The command of a topic, by any of its names."""
    from nncalc.cli.topic import topic_command

    return topic_command(name)
