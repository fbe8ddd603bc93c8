"""The whole command line: a command a topic, and the others. Arguments in, calls out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import typer
from typer.core import TyperCommand

from nncalc import __version__
from nncalc.cli import terminal
from nncalc.cli.completing import forms_of_topic, pages_and_topics, problems, topics
from nncalc.cli.listing import Listed, Topics, topic_named
from nncalc.cli.options import (
    ATTEMPTS,
    COUNTED,
    DEBUG,
    Grouped,
    argument,
    choice_options,
    crew_options,
    flag,
    look_options,
    option,
    reading_options,
    title_option,
    view_options,
)
from nncalc.cli.requests import into_folder, problem_from, problems_of_all, requested, rules_of, show
from nncalc.errors import did_you_mean, listed
from nncalc.render import OUTPUTS
from nncalc.render.marks import MARKS_FORMATS
from nncalc.topics import TOPICS

NO = 1
# How like a command a word is, at least, that is a slip of the pen and not the name of something else.
SLIP = 0.8


def solve_command() -> TyperCommand:
    """nncalc solve FILE…: the topic comes from each file; of a folder every problem below it, or a file each."""

    def run(files: tuple[str, ...], **given: Any) -> None:
        if len(files) == 1 and into_folder(files[0], given["output"]):
            from nncalc.cli.handouts import write_keys

            if not write_keys(files[0], given):
                raise typer.Exit(NO)
            return
        paths, given["leads"] = problems_of_all(files, given)
        show([partial(problem_from, path, None, {}) for path in paths], given)

    files = argument("files", "problem files, folders of them, or -", nargs=-1, required=True, metavar="FILE...",
                     autocompletion=problems)  # fmt: skip
    force = flag("--force", "of a folder into a folder: replace what is there already")
    params = [files, force, *choice_options(), *view_options(), *reading_options()]
    return _whole("solve", run, params)


def batch_command() -> TyperCommand:
    """nncalc batch FOLDER: every problem below it, with its key checked."""

    def run(**given: Any) -> None:
        from nncalc.cli.batch import BatchRequest, present_batch

        if not present_batch(BatchRequest(**requested(given, BatchRequest)), rules_of(given)):
            raise typer.Exit(NO)

    params = [
        argument("folder", "problems and folders of them", required=True, metavar="FOLDER", autocompletion=problems),
        flag("--force", "replace workings that are there already"),
        flag("--resume", "go on: what is answered already, with the same input and version, is not done again"),
        *crew_options(),
        flag("--fail-fast", "stop at the first file that fails"),
        option("--summary", "how the end is told (default table)", choices=("table", "json", "junit")),
        *view_options(),
        *reading_options(),
    ]
    return _whole("batch", run, params)


def sheet_command() -> TyperCommand:
    """nncalc sheet PROBLEM: the answer sheet to fill in."""
    from nncalc.render.questions import QUESTION_FORMATS

    def run(**given: Any) -> None:
        from nncalc.cli.sheet import SheetRequest, write_sheets

        if not write_sheets(SheetRequest(**requested(given, SheetRequest)), rules_of(given)):
            raise typer.Exit(NO)

    params = [
        argument("problem", "the problem file, a folder of problems, or -", required=True, metavar="PROBLEM",
                 autocompletion=problems),
        option("--format", "html: a worksheet that marks itself, for practice; of a csv a row is a student; the others "
               "are questions to print", choices=("yaml", "csv", "html", *QUESTION_FORMATS)),
        option("--output", "write to FILE (.html: a worksheet; .csv: a table; "
               f"{listed(QUESTION_FORMATS.values())}: questions), or into a folder: a sheet for each problem, "
               "questions for each student", metavar="FILE", short=["-o"]),
        title_option(),
        flag("--no-formulas", "leave the formulas out"),
        flag("--data", "repeat what is given, as comments"),
        flag("--force", "replace sheets that are there already"),
        *reading_options(),
    ]  # fmt: skip
    return _whole("sheet", run, params)


def check_command() -> TyperCommand:
    """nncalc check PROBLEM ANSWERS: marks what students wrote."""

    def run(**given: Any) -> None:
        from nncalc.cli.check import Check, mark_and_write

        code = mark_and_write(Check(**requested(given, Check)), rules_of(given))
        if code:
            raise typer.Exit(code)

    problem = "the problem file, or a folder of problems"
    answers = (
        "a sheet, a folder of sheets, a table (.csv: a row a student), or lines typed here: c=-0.07,-0.03; "
        "without any the problem's own key"
    )
    params = [
        argument("problem", problem, required=True, metavar="PROBLEM", autocompletion=problems),
        argument("answers", answers, nargs=-1, required=False, metavar="[ANSWERS]...", autocompletion=problems),
        flag("--quiet", "print nothing; the exit code says it", short=["-q"]),
        option("--format", "of the marks", choices=MARKS_FORMATS),
        option("--output", "write to FILE (its ending chooses the format), or feedback for each student into a folder",
               metavar="FILE", short=["-o"]),
        flag("--force", "replace feedback that is there already"),
        flag("--reveal", "show right values in what students get (markdown, html, gradescope), too"),
        option("--students", "the class: a list with id, name and further names", metavar="FILE.csv"),
        option("--attempt", "which attempt counts", choices=ATTEMPTS),
        option("--adjust", "points of yours, as rows of student, problem, line, points, reason", metavar="FILE.csv"),
        option("--compare", "whose marks differ from an earlier --format json, and why", metavar="FILE.json"),
        option("--by", "count the class", choices=COUNTED),
        *crew_options(),
        *look_options(),
        *reading_options(),
    ]  # fmt: skip
    return _whole("check", run, params, CHECK)


CHECK = """
Each line is read as far as it can be; one that cannot be costs its own points and no others. In a table (.csv)
a row is a student and a column a line or a cell: student, s[1], s[2], L.

A folder of sheets is paired with the problems by path: hw3/lstm.yaml is answered by subs/s01/lstm.yaml, a single
problem also by subs/s01.yaml; where hw3/s01/ exists, its problems are that student's own. Folders of Canvas, Moodle
and Gradescope are read as they are; a sheet may also say at its top problem: and student:.

Exit code 0: every line asked is right or rounded; 1: it is not; 2: the sheet cannot be graded; 3: the problem cannot.

\b
Examples:
  nncalc sheet cell.yaml > mine.answers.yaml
  nncalc check cell.yaml mine.answers.yaml
  nncalc check cell.yaml c=-0.07,-0.03
  nncalc check cell.yaml class.csv
  nncalc check hw3/ subs/ --students roster.csv --format csv
  nncalc check hw3/ subs/ --by line
  nncalc check hw3/
"""


def new_command() -> TyperCommand:
    """nncalc new TOPIC: a commented example to start from."""

    def run(topic: str, form: str | None, **given: Any) -> None:
        from nncalc.problem.example import example

        terminal.out(example(topic, form))

    params: list[Any] = [
        argument("topic", ", ".join(TOPICS), required=True, metavar="TOPIC", autocompletion=topics),
        option(
            "--form", "which form of the topic, where it has several", metavar="FORM", autocompletion=forms_of_topic
        ),
        DEBUG,
    ]
    return _whole("new", run, params)


def schema_command() -> TyperCommand:
    """nncalc schema TOPIC: what a problem file may hold, for editors; or what is written as JSON, for scripts."""

    def run(topic: str, **given: Any) -> None:
        import json

        if topic in OUTPUTS:
            from nncalc.render.schemas import output_schema

            page = output_schema(topic)
        else:
            from nncalc.problem.schema import schema

            page = schema(topic)
        terminal.out(json.dumps(page, indent=2) + "\n")

    params: list[Any] = [
        argument(
            "topic", f"{', '.join(TOPICS)}; or {listed(OUTPUTS)}", required=True, metavar="TOPIC", autocompletion=topics
        ),
        DEBUG,
    ]
    return _whole("schema", run, params)


def help_command() -> TyperCommand:
    """nncalc help WORDS: a page of the guide, or whatever is called so."""
    from nncalc.cli.help import HelpCommand

    words = argument("words", "a page, a topic, or what your course calls it", nargs=-1, required=False,
                     metavar="[WORDS]...", autocompletion=pages_and_topics)  # fmt: skip
    return HelpCommand(name="help", params=[words, DEBUG], help=COMMANDS["help"][0], rich_markup_mode=None)


# The others beside the topics: a line of help, and what makes the command.
COMMANDS: dict[str, tuple[str, Callable[[], TyperCommand]]] = {
    "solve": ("Solve problem files; each says its topic.", solve_command),
    "batch": (
        "Solve every problem below a folder and check its key; -o FOLDER writes the workings.",
        batch_command,
    ),
    "sheet": (
        "Print a problem's answer sheet: every line asked, its formula, its shape to fill in, and no value.",
        sheet_command,
    ),
    "check": (
        "Mark answer sheets line by line, with an error carried forward, and say what mistake it looks like.",
        check_command,
    ),
    "new": ("Print a commented example of a topic's problem file, which solves as it is.", new_command),
    "schema": ("Print the JSON Schema of a topic's problem files, or of what is written as JSON.", schema_command),
    "help": ("Print a page of the guide, or what is called so: nncalc help adam.", help_command),
}
app = typer.Typer(
    cls=Topics, pretty_exceptions_enable=False, rich_markup_mode=None, add_completion=True, suggest_commands=False
)


def _whole(name: str, run: Callable[..., None], params: list[Any], more: str = "") -> TyperCommand:
    """A command with its options; `more`: help below its line."""
    help = f"{COMMANDS[name][0]}\n{more}"
    return Grouped(name=name, callback=run, params=params, help=help, rich_markup_mode=None)


def _version(asked: bool) -> None:
    if asked:
        terminal.out(f"nncalc {__version__}\n")
        raise typer.Exit


@app.callback(invoke_without_command=False)
def _root(version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="print it")) -> None:
    """A step-by-step calculator for deep learning's hand-worked exercises.

    nncalc softmax --x 2,1,0.1 shows all the working; nncalc TOPIC --help shows a topic's fields;
    nncalc help adam finds whatever is called so, nncalc help alone lists the pages of the guide.
    """


def command() -> Any:
    """The whole command line."""
    whole: Any = typer.main.get_command(app)
    for topic in TOPICS.values():
        whole.add_command(Listed(topic.name, topic.summary, partial(topic_named, topic.name)))
    for name, (summary, make) in COMMANDS.items():
        whole.add_command(Listed(name, summary, make))
    return whole


def meant(error: Any, words: list[str]) -> str:
    """What was probably meant by a flag or a command that there is not, or nothing; words: all that was typed."""
    asked = getattr(error, "option_name", None)
    fields = getattr(getattr(getattr(error, "ctx", None), "command", None), "fields", None)
    if asked and fields:
        from nncalc.topics.parts.fields import also_called

        field = also_called(asked.lstrip("-"), fields)
        return f"nncalc calls it --{field.name}" if field else ""
    typed = words[next((i for i, word in enumerate(words) if not word.startswith("-")), len(words)) :]
    if not typed or "No such command" not in error.format_message():
        return ""
    known = [*TOPICS, *COMMANDS]
    return did_you_mean(typed[0], known, cutoff=SLIP) or _as_concept(typed) or did_you_mean(typed[0], known)


def _as_concept(words: list[str]) -> str:
    """What is called so has no command of its own, but a line that works it; or what is called nearly so."""
    from nncalc.cli.help import line_for, names_near

    line = line_for(words)
    return f"try: {line}" if line else names_near(words[0], SLIP)
