"""`nncalc help`: the pages of the guide, a topic's own page, and whatever has a name."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand

from nncalc.cli import terminal
from nncalc.errors import Finding, InputError, Location, did_you_mean, nearest, printable
from nncalc.problem.guide import PAGES, headings, page
from nncalc.topics import ALSO, TOPICS

if TYPE_CHECKING:
    from nncalc.problem.concepts import Concept

# The columns of what is said where it is no terminal's.
PAGE_WIDTH = 100


class HelpCommand(TyperCommand):
    """nncalc help WORDS: pages of the guide, and whatever has a name."""

    def invoke(self, ctx: Any) -> None:
        """Prints what is asked for; a topic's or a command's own help is that of its --help."""
        root = ctx.parent.command

        def help_of(name: str) -> str:
            found = root.get_command(ctx.parent, name)
            if found is None:
                return ""
            inner = found.make_context(name, [], parent=ctx.parent, resilient_parsing=True)
            return str(inner.command.get_help(inner))

        tell(ctx.params["words"], help_of)


def tell(words: Sequence[str], help_of: Callable[[str], str]) -> None:
    """Prints what the words ask for: the list of pages, a page, a command's help, or all that is called so.

    help_of: the help of a command, empty where there is none. Raises InputError where nothing fits.
    """
    name = "-".join(words).lower()
    if not words:
        terminal.out(_contents())
    elif name in PAGES:
        terminal.out(page(name))
    elif whole := help_of(name):
        terminal.out(whole + "\n")
        _shown(name)
    else:
        terminal.out(_hits(words))


def _contents() -> str:
    pages = "".join(f"  nncalc help {name:14} {heading}\n" for name, heading in headings())
    return (
        f"Pages of the guide:\n{pages}\n"
        "nncalc help TOPIC    a topic with its fields and a working: nncalc help softmax\n"
        "nncalc help WORDS    whatever is called so: nncalc help vanishing gradient\n"
    )


def _shown(name: str) -> None:
    """Below a topic's help: a working, and what else is called so."""
    if name not in TOPICS and name not in ALSO:
        return
    from nncalc.cli.show import Request, present
    from nncalc.problem.concepts import looked_up
    from nncalc.problem.example import example
    from nncalc.problem.problem import loads

    found = looked_up([name])
    own = next((c for c in found if c.start == (ALSO.get(name, name),)), found[0])
    terminal.out(f"\nA working:\n$ {own.line}\n")
    present([loads(example(name))], Request())
    rest = [c for c in found if c is not own]
    if rest:
        terminal.out("\nSee also:\n" + "".join(map(_hit, rest)))


def _hits(words: Sequence[str]) -> str:
    from nncalc.problem.concepts import all_names, looked_up

    found = looked_up(words)
    if found:
        return "".join(map(_hit, found))
    typed = " ".join(words)
    near = nearest(typed.lower(), all_names())
    if near:
        terminal.say("".join(map(_hit, looked_up([near]))).rstrip())
    hint = did_you_mean(typed.lower(), all_names(), "see `nncalc help` and `nncalc --help`")
    raise InputError(Finding(f"nothing is called '{printable(typed)}'", Location("nncalc help"), hint=hint))


def _hit(concept: Concept) -> str:
    """What it is, and below it the line to paste, which is never broken."""
    from nncalc.problem.concepts import KINDS

    said = f"{', '.join(concept.names[:1] if concept.rank == KINDS else concept.names)}: {concept.what}"
    about = textwrap.wrap(said, terminal.width() or PAGE_WIDTH, subsequent_indent="  ", break_long_words=False)
    return "\n".join([*about, f"    {concept.line}", ""])


def names_near(word: str, cutoff: float) -> str:
    """The hint where something is called nearly so; else nothing."""
    from nncalc.problem.concepts import all_names

    return did_you_mean(word.lower(), all_names(), cutoff=cutoff)


def line_for(words: Sequence[str]) -> str:
    """The line that does what was typed after `nncalc`, where no command is called so; nothing where nothing is.

    The longest beginning that is called something is what is meant: `nncalc cross entropy --prediction …`.
    """
    from nncalc.problem.concepts import called_so, corrected, strange_flags

    bare = next((i for i, word in enumerate(words) if word.startswith("-")), len(words))
    for end in range(bare, 0, -1):
        fitting = called_so(words[:end])
        if fitting:
            rest = words[end:]
            return corrected(min(fitting, key=lambda concept: strange_flags(concept, rest)), rest)
    return ""
