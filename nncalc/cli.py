"""The command line: arguments in, calls out, exit code back. Nothing is computed here."""

from __future__ import annotations

import signal

signal.signal(signal.SIGINT, signal.SIG_DFL)  # before the imports: an early Ctrl-C ends quietly, too

import io  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
from itertools import pairwise  # noqa: E402
from typing import Any, NoReturn  # noqa: E402

import typer  # noqa: E402
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption  # noqa: E402

from nncalc.errors import Finding, InputError, Mark, vis  # noqa: E402
from nncalc.topics import TOPICS  # noqa: E402

OK, NO, BAD_INPUT, BUG = 0, 1, 2, 70


def _option(name: str, help: str, **extra: Any) -> TyperOption:
    return TyperOption(param_decls=[name.lstrip("-"), name, *extra.pop("short", [])], type=str, help=help, **extra)


def _view_options() -> list[TyperOption]:
    """How a working is shown: the same for every command that solves."""
    return [
        _option("--round", "work with values rounded to N decimals, the drift beside them", metavar="N"),
        _option("--sig", "work with values rounded to N significant digits", metavar="N"),
        _option("--digits", "show N decimals (default 6)", metavar="N"),
        _option("--detail", "short: values only; normal; full: every cell, symbols, windows", metavar="LEVEL"),
        _option(
            "--explain",
            "only this cell, all the way down: Y:3,2 (several times for several)",
            metavar="CELL",
            multiple=True,
        ),
        _option(
            "--get",
            "only this value, bare: s:1; JSON for an array (several, one a line)",
            metavar="NAME",
            multiple=True,
        ),
        _option("--format", "table, plain or json", metavar="FORMAT"),
        _option("--output", "write to FILE; its ending chooses the format", metavar="FILE", short=["-o"]),
        _option("--color", "auto, always or never", metavar="WHEN"),
        TyperOption(param_decls=["--debug"], is_flag=True, help="show the traceback of a bug of ours"),
    ]


VIEW = ("round", "sig", "digits", "detail", "explain", "get", "format", "output", "color", "debug")


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
        rows += [(name, command.get_short_help_str()) for name, command in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


class TopicCommand(TyperCommand):
    """A topic's command, whose yes-or-no fields may be given by their flag alone: --jacobian is --jacobian yes."""

    def __init__(self, flags: set[str], **given: Any):
        super().__init__(**given)
        self.flags = flags

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Puts the yes behind a bare flag."""
        words: list[str] = []
        for word, following in pairwise([*args, ""]):
            words.append(word)
            if word in self.flags and following not in ("yes", "no", "true", "false"):
                words.append("yes")
        return super().parse_args(ctx, words)


def topic_command(topic: str) -> TyperCommand:
    """The command of a topic: every field of its forms is a flag of exactly its name."""
    import inspect

    from nncalc.templates import commands
    from nncalc.topics import kernels
    from nncalc.topics.fields import REQUIRED, fields_of, shown

    forms: Any = kernels(topic)
    fields = {field.name: field for form in forms for field in fields_of(form)}
    params: list[Any] = [
        TyperArgument(
            param_decls=["file"], type=str, required=False, metavar="[FILE]", help="the problem file, or - for stdin"
        ),
        _option("--input", "the problem file, or - for stdin", metavar="FILE", short=["-i"]),
    ]
    for field in fields.values():
        plain = field.default in (REQUIRED, None, 0) or field.default is False
        default = "" if plain else f" (default {shown(field.default)})"
        params.append(_option(f"--{field.name}", (field.about.help or field.wants) + default, metavar=_metavar(field)))
    names = list(fields)

    def run(**given: Any) -> None:
        from nncalc.problem import from_flags, load

        flags = {name: given[name] for name in names if given[name] is not None}
        path = given["input"] or given["file"]
        if given["input"] and given["file"]:
            raise InputError(Finding(f"two problem files: {vis(given['file'])} and {vis(given['input'])}", want="one"))
        if path is None and not flags:
            _example(topic)
            raise InputError(Finding("no problem given", Mark(f"nncalc {topic}"), want="a FILE or flags",
                                     hint=f"see `nncalc {topic} --help`"))  # fmt: skip
        _show([load(path, topic, flags) if path else from_flags(topic, flags)], given)

    examples = "\n  ".join(["\b\nExamples:", *commands(topic)])
    text = "\n\n".join([*(inspect.getdoc(form) or "" for form in forms), examples])
    flags = {f"--{field.name}" for field in fields.values() if bool in field.types}
    return TopicCommand(
        flags, name=topic, callback=run, params=[*params, *_view_options()], help=text, rich_markup_mode=None
    )


def _example(topic: str) -> None:
    """An example to paste, on stderr."""
    from nncalc.templates import example

    _say(f"# an example; `nncalc new {topic}` prints it too\n{example(topic)}")


def _metavar(field: Any) -> str:
    kinds = {int: "N", float: "NUMBER", bool: "yes|no"}
    return "ARRAY" if field.is_array else next((kinds[t] for t in field.types if t in kinds), "TEXT")


def solve_command() -> TyperCommand:
    """nncalc solve FILE…: the topic comes from each file."""

    def run(files: Any, **given: Any) -> None:
        from nncalc.problem import load

        _show([load(path) for path in files], given)

    files = TyperArgument(
        param_decls=["files"], type=str, nargs=-1, required=True, metavar="FILE...", help="problem files, or -"
    )
    help = "Solve problem files; each says its topic."
    return TyperCommand(name="solve", callback=run, params=[files, *_view_options()], help=help, rich_markup_mode=None)


def batch_command() -> TyperCommand:
    """nncalc batch FOLDER: every problem below it, with its key checked."""

    def run(**given: Any) -> None:
        from nncalc.present import BatchRequest, present_batch

        asked = {
            name: given[name]
            for name in (*VIEW, "folder", "force", "resume")
            if name not in ("debug", "explain", "get")
        }
        if not present_batch(BatchRequest(**asked)):
            raise typer.Exit(NO)

    params = [
        TyperArgument(
            param_decls=["folder"], type=str, required=True, metavar="FOLDER", help="problems and folders of them"
        ),
        TyperOption(param_decls=["--force"], is_flag=True, help="replace workings that are there already"),
        TyperOption(param_decls=["--resume"], is_flag=True, help="keep workings that are there already"),
        *(option for option in _view_options() if option.name not in ("explain", "get")),
    ]
    help = "Solve every problem below a folder and check its key; -o FOLDER writes the workings."
    return TyperCommand(name="batch", callback=run, params=params, help=help, rich_markup_mode=None)


def new_command() -> TyperCommand:
    """nncalc new TOPIC: a commented example to start from."""

    def run(topic: str, form: str | None, **given: Any) -> None:
        from nncalc.templates import example

        sys.stdout.write(example(topic, form))

    params: list[Any] = [
        TyperArgument(param_decls=["topic"], type=str, required=True, metavar="TOPIC", help=", ".join(TOPICS)),
        _option("--form", "which form of the topic, where it has several", metavar="FORM"),
        TyperOption(param_decls=["--debug"], is_flag=True, help="show the traceback of a bug of ours"),
    ]
    help = "Print a commented example of a topic's problem file, which solves as it is."
    return TyperCommand(name="new", callback=run, params=params, help=help, rich_markup_mode=None)


def _show(problems: list[Any], given: dict[str, Any]) -> None:
    """Solves all, then writes: nothing is on stdout unless everything has worked."""
    from nncalc.present import Request, present

    present(problems, Request(**{name: given[name] for name in VIEW if name != "debug"}))


app = typer.Typer(cls=Topics, pretty_exceptions_enable=False, rich_markup_mode=None, add_completion=True)


@app.callback(invoke_without_command=False)
def _root() -> None:
    """A step-by-step calculator for deep learning's hand-worked exercises.

    nncalc softmax --x 2,1,0.1 shows all the working; nncalc TOPIC --help shows a topic's fields.
    """


def main() -> NoReturn:
    """The entry point: every error is one line on stderr and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    command: Any = typer.main.get_command(app)
    for make in (solve_command, batch_command, new_command):
        command.add_command(make())
    sys.exit(_guarded(command))


def _guarded(command: Any) -> int:
    try:
        code = command.main(standalone_mode=False, prog_name="nncalc")
        _flush()
        return int(code or OK)
    except InputError as error:
        for line in error.lines():
            _say(line)
        return BAD_INPUT
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return OK
    except OSError as error:
        _say(f"nncalc: cannot write: {vis(error.strerror or str(error))}")
        return BAD_INPUT
    except MemoryError:
        _say("nncalc: this needs more memory than there is")
        return BAD_INPUT
    except Exception as error:
        return _usage(error) if hasattr(error, "format_message") else _bug(error)


def _flush() -> None:
    if sys.stdout is None:
        raise OSError(0, "stdout is closed")
    sys.stdout.flush()


def _say(line: str) -> None:
    if sys.stderr is not None:
        print(line, file=sys.stderr)


def _usage(error: Any) -> int:
    """What Typer says of a wrong flag or command, in one line, with what was probably meant."""
    from difflib import get_close_matches

    said = vis(error.format_message(), 500).rstrip(".")
    word = said.partition("No such command '")[2].rstrip("'")
    near = get_close_matches(word, [*TOPICS, "solve", "batch", "new"], 1, 0.6) if word else []
    _say(f"nncalc: {said}" + (f"; did you mean {near[0]}?" if near else "; see `nncalc --help`"))
    return BAD_INPUT


def _bug(error: Exception) -> int:
    if "--debug" in sys.argv:
        raise error
    _say(f"nncalc: a bug of ours, please report it ({type(error).__name__}: {vis(error, 200)}); --debug shows where")
    return BUG
