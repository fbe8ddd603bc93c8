"""The command of a topic, made from its kernels' signatures: every field is a flag."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

from typer.core import TyperCommand

from nncalc.cli import terminal
from nncalc.cli.options import argument, choice_options, option, reading_options, view_options
from nncalc.cli.requests import problem_from, requested, rules_of, show
from nncalc.errors import Finding, InputError, Location, listed, printable

PIPE = "An ARRAY may be -, the one that another command prints with --get."


class TopicCommand(TyperCommand):
    """A topic's command, whose yes-or-no fields may be given by their flag alone: --jacobian is --jacobian yes.

    What it and its fields are is told when somebody reads it: the help, or a shell that completes.
    """

    def __init__(self, fields: tuple[Any, ...], **given: Any):
        super().__init__(rich_markup_mode=None, **given)
        self.fields = fields
        self.bare = {f"--{field.name}" for field in fields if bool in field.types}

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """With all its texts."""
        self._tell()
        super().format_help(ctx, formatter)

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        """With what each field is beside its flag."""
        self._tell()
        return super().shell_complete(ctx, incomplete)

    def _tell(self) -> None:
        from nncalc.topics import kernels
        from nncalc.topics.parts.fields import fields_of

        forms: Any = kernels(self.name or "")
        self.help = _text(self.name or "")
        params: list[Any] = self.params
        for param in params:
            homes = [(form.__name__, f) for form in forms for f in fields_of(form) if f.name == param.name]
            if homes:
                param.help = _help(homes, len(forms))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Puts the yes behind a bare flag."""
        words: list[str] = []
        for word, following in pairwise([*args, ""]):
            words.append(word)
            if word in self.bare and following not in ("yes", "no", "true", "false"):
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
        argument("file", problem, required=False, metavar="[FILE]"),
        option("--input", problem, metavar="FILE", short=["-i"]),
        *(option(f"--{name}", "", metavar=_metavar(f)) for name, f in fields.items()),
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
        option("--check", answer, metavar="NAME=VALUE", multiple=True),
        *choice_options(),
        *view_options(),
        *reading_options(),
    ]
    return TopicCommand(tuple(fields.values()), name=topic, callback=run, params=params)


def _text(topic: str) -> str:
    """What the forms of a topic do, and examples to paste."""
    import inspect

    from nncalc.problem.example import commands
    from nncalc.topics import kernels

    examples = "\n  ".join(["\b\nExamples:", *commands(topic)])
    return "\n\n".join([*(inspect.getdoc(form) or "" for form in kernels(topic)), PIPE, examples])


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


def _help(homes: list[tuple[str, Any]], forms: int) -> str:
    """What a field is and, in brackets, where it belongs if not everywhere, and its default; by form where they differ.

    homes: the forms that have the field, with what each says of it; forms: how many there are.
    """
    words = _by_form([(name, field.about.help or field.wants) for name, field in homes], "; {1}: {0}")
    words = _words([field for _, field in homes], words) + _keys(homes)
    only = homes[0][1].about.only
    where = [f"form {listed(name for name, _ in homes)}"] if len(homes) < forms else []
    where += [only.words] if only is not None else []
    defaults = _by_form([(name, _default(field)) for name, field in homes], ", for {1} {0}")
    brackets = "; ".join(filter(None, [", ".join(where), defaults]))
    return words + (f" ({brackets})" if brackets else "")


def _words(fields: list[Any], words: str) -> str:
    """What is said of a field of one form or several, with its choices where that does not name them all."""
    choices = list(dict.fromkeys(choice for field in fields for choice in _choices(field)))
    return words if all(choice in words for choice in choices) else f"{words}: {', '.join(choices)}"


def _keys(homes: list[tuple[str, Any]]) -> str:
    """The keys of a field that is a mapping of its own, or nothing."""
    from nncalc.topics.parts.fields import fields_of

    record = next((field.record for _, field in homes if field.record is not None), None)
    told = [f"{key.name}, {_words([key], key.help)}" for key in fields_of(record)] if record else []
    return f"; its keys: {' | '.join(told)}" if told else ""


def _choices(field: Any) -> list[str]:
    """The words that a field may be, alone or in a list."""
    from typing import Literal, get_args, get_origin

    kinds = [kind for one in field.types for kind in (one, *get_args(one))]
    words = [word for kind in kinds if get_origin(kind) is Literal for word in get_args(kind)]
    return [str(word) for word in words or (field.variant.options if field.variant else ())]


def _default(field: Any) -> str:
    from nncalc.topics.parts.fields import REQUIRED, shown

    plain = field.default in (REQUIRED, None, 0) or field.default is False
    return "" if plain else f"default {shown(field.default)}"


def _by_form(said: list[tuple[str, str]], other: str) -> str:
    """What the first form says, and behind it what others say where that is something else."""
    first = said[0][1]
    apart: dict[str, list[str]] = {}
    for name, words in said:
        if words and words != first:
            apart.setdefault(words, []).append(name)
    return first + "".join(other.format(words, listed(names)) for words, names in apart.items())


def _metavar(field: Any) -> str:
    kinds = {int: "N", float: "NUMBER", bool: "yes|no"}
    return "ARRAY" if field.is_array else next((kinds[t] for t in field.types if t in kinds), "TEXT")


def _example(topic: str) -> None:
    """An example to paste, on stderr."""
    from nncalc.problem.example import example

    terminal.say(f"# an example; `nncalc new {topic}` prints it too\n{example(topic)}")
