"""The commands and their flags, made from the kernels' signatures: arguments in, calls out."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from itertools import pairwise
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from nncalc import __version__, terminal
from nncalc.errors import Finding, InputError, Mark, vis
from nncalc.options import argument, choice_options, flag, look_options, option, reading_options, view_options
from nncalc.topics import TOPICS

NO = 1


class Topics(TyperGroup):
    """A subcommand a topic, built from the kernel's signature when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The topics in the order of a course, then the rest."""
        return [*TOPICS, *self.commands]

    def get_command(self, ctx: Any, name: str) -> Any:
        """The topic's command, or one of the others."""
        return topic_command(name) if name in TOPICS else super().get_command(ctx, name)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list in `nncalc --help`, from the table alone: no topic is loaded for it."""
        rows = [(topic.name, topic.summary) for topic in TOPICS.values()]
        rows += [(name, command.get_short_help_str(100)) for name, command in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


class TopicCommand(TyperCommand):
    """A topic's command, whose yes-or-no fields may be given by their flag alone: --jacobian is --jacobian yes."""

    def __init__(self, fields: tuple[Any, ...], **given: Any):
        super().__init__(**given)
        self.fields = fields
        self.bare = {f"--{field.name}" for field in fields if bool in field.types}

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
    import inspect

    from nncalc.templates import commands
    from nncalc.topics import kernels
    from nncalc.topics.fields import fields_of

    forms: Any = kernels(topic)
    fields = {field.name: field for form in forms for field in fields_of(form)}
    problem = "the problem file, or - for stdin"
    params = [
        argument("file", problem, required=False, metavar="[FILE]"),
        option("--input", problem, metavar="FILE", short=["-i"]),
        *(option(f"--{field.name}", _help(field), metavar=_metavar(field)) for field in fields.values()),
    ]

    def run(**given: Any) -> None:
        flags = {name: given[name] for name in fields if given[name] is not None}
        paths = [path for path in (given["file"], given["input"]) if path is not None]
        if len(paths) > 1:
            raise InputError(Finding(f"two problem files: {vis(paths[0])} and {vis(paths[1])}", want="one"))
        if not paths and not flags:
            _example(topic)
            raise InputError(Finding("no problem given", Mark(f"nncalc {topic}"), want="a FILE or flags",
                                     hint=f"see `nncalc {topic} --help`"))  # fmt: skip
        _show([lambda rules: _load(paths[0] if paths else None, topic, flags, rules)], given)

    examples = "\n  ".join(["\b\nExamples:", *commands(topic)])
    text = "\n\n".join([*(inspect.getdoc(form) or "" for form in forms), examples])
    params += [*choice_options(), *view_options(), *reading_options()]
    given: dict[str, Any] = {"name": topic, "callback": run, "params": params, "help": text}
    return TopicCommand(tuple(fields.values()), rich_markup_mode=None, **given)


def _help(field: Any) -> str:
    from nncalc.topics.fields import REQUIRED, shown

    plain = field.default in (REQUIRED, None, 0) or field.default is False
    return (field.about.help or field.wants) + ("" if plain else f" (default {shown(field.default)})")


def _metavar(field: Any) -> str:
    kinds = {int: "N", float: "NUMBER", bool: "yes|no"}
    return "ARRAY" if field.is_array else next((kinds[t] for t in field.types if t in kinds), "TEXT")


def _example(topic: str) -> None:
    """An example to paste, on stderr."""
    from nncalc.templates import example

    terminal.say(f"# an example; `nncalc new {topic}` prints it too\n{example(topic)}")


def _load(path: str | None, topic: str | None, flags: dict[str, str], rules: Any) -> Any:
    from nncalc.problem import from_flags, load

    return from_flags(topic or "", flags, rules) if path is None else load(path, topic, flags, rules)


def _show(loaders: list[Callable[[Any], Any]], given: dict[str, Any]) -> None:
    """Reads all, solves all, then writes: nothing is on stdout unless everything has worked."""
    from nncalc.present import Request, present

    request, rules = Request(**_asked(given, Request)), _rules(given)
    problems, findings = [], []
    for load in loaders:
        try:
            problems.append(load(rules))
        except InputError as error:
            findings += error.findings
    if findings:
        raise InputError(findings)
    present(problems, request)


def _rules(given: dict[str, Any]) -> Any:
    """What a problem may do, as it was typed."""
    from nncalc.reading.limits import Rules, limits_from

    return Rules(limits_from(given["limit"]), given["allow_outside"])


def _asked(given: dict[str, Any], request: Any) -> dict[str, Any]:
    """What a request wants to know of what was typed."""
    from dataclasses import fields

    return {f.name: given[f.name] for f in fields(request)}


def solve_command() -> TyperCommand:
    """nncalc solve FILE…: the topic comes from each file."""

    def run(files: tuple[str, ...], **given: Any) -> None:
        _show([lambda rules, path=path: _load(path, None, {}, rules) for path in files], given)  # type: ignore[misc]

    files = argument("files", "problem files, or -", nargs=-1, required=True, metavar="FILE...")
    params = [files, *choice_options(), *view_options(), *reading_options()]
    help = "Solve problem files; each says its topic."
    return TyperCommand(name="solve", callback=run, params=params, help=help, rich_markup_mode=None)


def batch_command() -> TyperCommand:
    """nncalc batch FOLDER: every problem below it, with its key checked."""

    def run(**given: Any) -> None:
        from nncalc.present import BatchRequest, present_batch

        request = BatchRequest(**_asked({"explain": (), "get": (), **given}, BatchRequest))
        if not present_batch(request, _rules(given)):
            raise typer.Exit(NO)

    params = [
        argument("folder", "problems and folders of them", required=True, metavar="FOLDER"),
        flag("--force", "replace workings that are there already"),
        flag("--resume", "keep workings that are there already"),
        *view_options(),
        *reading_options(),
    ]
    help = "Solve every problem below a folder and check its key; -o FOLDER writes the workings."
    return TyperCommand(name="batch", callback=run, params=params, help=help, rich_markup_mode=None)


def sheet_command() -> TyperCommand:
    """nncalc sheet PROBLEM: the answer sheet to fill in."""

    def run(problem: str, **given: Any) -> None:
        from nncalc.grade import print_sheet

        print_sheet(problem, _rules(given))

    params = [argument("problem", "the problem file, or -", required=True, metavar="PROBLEM"), *reading_options()]
    help = "Print a problem's answer sheet: every line asked, its formula, its shape to fill in, and no value."
    return TyperCommand(name="sheet", callback=run, params=params, help=help, rich_markup_mode=None)


def check_command() -> TyperCommand:
    """nncalc check PROBLEM ANSWERS: marks what students wrote."""

    def run(**given: Any) -> None:
        from nncalc.grade import Check, check

        nothing: dict[str, Any] = {"round": None, "sig": None, "detail": None, "explain": (), "get": ()}
        code = check(Check(**_asked({**nothing, **given}, Check)), _rules(given))
        if code:
            raise typer.Exit(code)

    problem = "the problem file, or a folder of problems"
    answers = "a sheet, a folder of sheets, or lines typed here: c=-0.07,-0.03; without any the problem's own key"
    params = [
        argument("problem", problem, required=True, metavar="PROBLEM"),
        argument("answers", answers, nargs=-1, required=False, metavar="[ANSWERS]..."),
        flag("--quiet", "print nothing; the exit code says it", short=["-q"]),
        option("--format", "table, csv, json, gradescope, junit, markdown or html", metavar="FORMAT"),
        option("--output", "write to FILE (its ending chooses the format), or feedback for each student into a folder",
               metavar="FILE", short=["-o"]),
        flag("--force", "replace feedback that is there already"),
        flag("--reveal", "show right values in gradescope's output, too"),
        *look_options(),
        *reading_options(),
    ]  # fmt: skip
    return TyperCommand(name="check", callback=run, params=params, help=CHECK, rich_markup_mode=None)


CHECK = """Mark answer sheets line by line, with an error carried forward, and say what mistake it looks like.

A folder of sheets is paired with the problems by path: hw3/lstm.yaml is answered by subs/s01/lstm.yaml, a single
problem also by subs/s01.yaml; where hw3/s01/ exists, its problems are that student's own.

Exit code 0: every line asked is right or rounded; 1: it is not; 2: the sheet cannot be graded; 3: the problem cannot.

\b
Examples:
  nncalc sheet cell.yaml > mine.answers.yaml
  nncalc check cell.yaml mine.answers.yaml
  nncalc check cell.yaml c=-0.07,-0.03
  nncalc check hw3/ subs/ --format csv
  nncalc check hw3/
"""


def new_command() -> TyperCommand:
    """nncalc new TOPIC: a commented example to start from."""

    def run(topic: str, form: str | None, **given: Any) -> None:
        from nncalc.templates import example

        terminal.out(example(topic, form))

    params: list[Any] = [
        argument("topic", ", ".join(TOPICS), required=True, metavar="TOPIC"),
        option("--form", "which form of the topic, where it has several", metavar="FORM"),
        flag("--debug", "show the traceback of a bug of ours"),
    ]
    help = "Print a commented example of a topic's problem file, which solves as it is."
    return TyperCommand(name="new", callback=run, params=params, help=help, rich_markup_mode=None)


def schema_command() -> TyperCommand:
    """nncalc schema TOPIC: what a problem file may hold, for editors."""

    def run(topic: str, **given: Any) -> None:
        import json

        from nncalc.schema import schema

        terminal.out(json.dumps(schema(topic), indent=2) + "\n")

    params: list[Any] = [
        argument("topic", ", ".join(TOPICS), required=True, metavar="TOPIC"),
        flag("--debug", "show the traceback of a bug of ours"),
    ]
    help = "Print the JSON Schema of a topic's problem files, for editors."
    return TyperCommand(name="schema", callback=run, params=params, help=help, rich_markup_mode=None)


COMMANDS = (solve_command, batch_command, sheet_command, check_command, new_command, schema_command)
app = typer.Typer(cls=Topics, pretty_exceptions_enable=False, rich_markup_mode=None, add_completion=True)


def _version(asked: bool) -> None:
    if asked:
        terminal.out(f"nncalc {__version__}\n")
        raise typer.Exit


@app.callback(invoke_without_command=False)
def _root(version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="print it")) -> None:
    """A step-by-step calculator for deep learning's hand-worked exercises.

    nncalc softmax --x 2,1,0.1 shows all the working; nncalc TOPIC --help shows a topic's fields.
    """


def command() -> Any:
    """The whole command line."""
    whole: Any = typer.main.get_command(app)
    for make in COMMANDS:
        whole.add_command(make())
    return whole


def meant(error: Any) -> str:
    """What was probably meant by a flag or a command that there is not, or nothing."""
    asked = getattr(error, "option_name", None)
    fields = getattr(getattr(getattr(error, "ctx", None), "command", None), "fields", None)
    if asked and fields:
        from nncalc.topics.fields import also_called

        field = also_called(asked.lstrip("-"), fields)
        return f"nncalc calls it --{field.name}" if field else ""
    word = error.format_message().partition("No such command '")[2].rstrip("'.")
    near = get_close_matches(word, [*TOPICS, *(c().name or "" for c in COMMANDS)], 1, 0.6) if word else []
    return f"did you mean {near[0]}?" if near else ""
