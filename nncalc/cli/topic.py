"""The command of a topic, made from its kernels' signatures: every field is a flag."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

from typer.core import TyperCommand

from nncalc.cli import terminal
from nncalc.cli.completing import choices, named_steps, problems
from nncalc.cli.options import (
    ARGUMENTS,
    SHOWING,
    Grouped,
    argument,
    choice_options,
    option,
    reading_options,
    view_options,
)
from nncalc.cli.requests import problem_from, requested, rules_of, show
from nncalc.errors import Finding, InputError, Location, printable

PIPE = "An ARRAY may be -, the one that another command prints with --get."


class TopicCommand(Grouped):
    """A topic's command, whose yes-or-no fields may be given by their flag alone: --jacobian is --jacobian yes.

    What it and its fields are is told when somebody reads it: the help, or a shell that completes.
    """

    def __init__(self, fields: tuple[Any, ...], **given: Any):
        super().__init__(rich_markup_mode=None, **given)
        self.fields, self.topic = fields, given["name"]
        self.bare = {f"--{field.name}": field for field in fields if bool in field.types}

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """With all its texts."""
        self._tell()
        super().format_help(ctx, formatter)

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        """With what each field is beside its flag."""
        self._tell()
        return super().shell_complete(ctx, incomplete)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """The fields, form by form, and what layers there are."""
        from nncalc.cli.fields import layer_rows
        from nncalc.topics import kernels

        super().format_options(ctx, formatter)
        for heading, rows in layer_rows(kernels(self.name or "")):
            with formatter.section(heading):
                formatter.write_dl(rows)

    def _tell(self) -> None:
        from nncalc.cli.fields import in_order, told
        from nncalc.topics import kernels

        self.help = _text(self.name or "")
        told(self.params, kernels(self.name or ""))
        self.params = in_order(self.params)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Puts the yes behind a bare flag."""
        words: list[str] = []
        for word, following in pairwise([*args, ""]):
            words.append(word)
            numbers = word in self.bare and self.bare[word].is_array and following.startswith((*"[0123456789",))
            if word in self.bare and not numbers and following not in ("yes", "no", "true", "false"):
                words.append("yes")
        return super().parse_args(ctx, words)


def topic_command(topic: str) -> TyperCommand:
    """The command of a topic: every field of its forms is a flag of exactly its name."""
    from nncalc.topics import kernels
    from nncalc.topics.parts.fields import fields_of

    forms: Any = kernels(topic)
    fields = {field.name: field for form in forms for field in fields_of(form)}
    problem = "the problem file, or - for stdin"
    params = [
        argument("file", problem, required=False, metavar="[FILE]", autocompletion=problems),
        *(option(f"--{name}", "", autocompletion=choices(topic, name)) for name in fields),
        option("--input", problem, metavar="FILE", short=["-i"], autocompletion=problems, rich_help_panel=ARGUMENTS),
    ]

    def run(**given: Any) -> None:
        flags = {name: given[name] for name in fields if given[name] is not None}
        paths = [path for path in (given["file"], given["input"]) if path is not None]
        if len(paths) > 1:
            raise InputError(Finding(f"two problem files: {printable(paths[0])} and {printable(paths[1])}", want="one"))
        if not paths and not flags:
            _example(topic)
            raise InputError(Finding("no problem given", Location(f"nncalc {topic}"), want="a FILE or flags",
                                     hint=f"see `nncalc {topic} --help`"))  # fmt: skip
        problem = partial(problem_from, paths[0] if paths else None, topic, flags)
        _marked(problem, given) if given["check"] else show([problem], given)

    answer = "mark an answer instead of showing the working: s=0.66,0.24,0.1 (several times for several lines)"
    params += [
        option("--check", answer, metavar="NAME=VALUE", multiple=True, autocompletion=named_steps,
               rich_help_panel=SHOWING),
        *choice_options(),
        *view_options(),
        *reading_options(),
    ]  # fmt: skip
    return TopicCommand(tuple(fields.values()), name=topic, callback=run, params=params)


def _text(topic: str) -> str:
    """What the forms of a topic do, and examples to paste."""
    import inspect

    from nncalc.problem.example import commands
    from nncalc.topics import kernels

    examples = "\n  ".join(["\b\nExamples:", *commands(topic)])
    forms = kernels(topic)
    said = [(f"{form.__name__}: " if len(forms) > 1 else "") + (inspect.getdoc(form) or "") for form in forms]
    return "\n\n".join([*said, PIPE, examples])


def _marked(problem: Any, given: dict[str, Any]) -> None:
    """What was typed behind --check, marked; exits as `nncalc check` does."""
    import typer

    from nncalc.cli.check import Check, mark_typed

    other = next((name for name in ("explain", "only", "get", "round", "sig", "detail") if given[name]), None)
    if other is not None:
        raise InputError(Finding("does not go with --check", Location(f"--{other}"), want="one of them"))
    rules, request = rules_of(given), Check(**requested(given, Check))
    code = mark_typed(problem, given["check"], request, rules)
    if code:
        raise typer.Exit(code)


def _example(topic: str) -> None:
    """An example to paste, on stderr."""
    from nncalc.problem.example import example

    terminal.say(f"# an example; `nncalc new {topic}` prints it too\n{example(topic)}")
