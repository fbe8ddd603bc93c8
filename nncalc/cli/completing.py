"""What a shell is told when somebody presses Tab: nothing is loaded that the word does not need."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from nncalc.errors import Failure, attempted
from nncalc.topics import ALSO, TOPICS

# What Typer asks: the words so far, what it has of them, the word that has been begun.
Completer = Callable[[Any, list[str], str], list[str]]


def one_of(words: Iterable[str]) -> Completer:
    """A closed list."""
    return lambda ctx, typed, begun: list(words)


def topics(ctx: Any, typed: list[str], begun: str) -> list[str]:
    """The topics, by all their names."""
    return [*TOPICS, *ALSO]


def pages_and_topics(ctx: Any, typed: list[str], begun: str) -> list[str]:
    """What `nncalc help` knows best."""
    from nncalc.problem.guide import PAGES

    return [*PAGES, *TOPICS]


def forms_of_topic(ctx: Any, typed: list[str], begun: str) -> list[str]:
    """The forms and the ready problems of the topic on the line."""
    from nncalc.problem.example import form_names

    topic = next(iter(_placed(ctx, "topic")), "")
    return form_names(topic) if topic in TOPICS or topic in ALSO else []


def choices(topic: str, name: str) -> Completer:
    """What a topic's field may be."""

    def find(ctx: Any, typed: list[str], begun: str) -> list[str]:
        from nncalc.topics import kernels
        from nncalc.topics.parts.choices import choices_of
        from nncalc.topics.parts.fields import fields_of

        fields = [f for form in kernels(topic) for f in fields_of(form) if f.name == name]
        words = [word for f in fields for word in (["yes", "no"] if bool in f.types else []) + choices_of(f)]
        return list(dict.fromkeys(words))

    return find


def problems(ctx: Any, typed: list[str], begun: str) -> list[str]:
    """Problem files and folders; a folder that is the only one is gone into, so that no blank is put behind it."""
    found = [begun]
    while len(found) == 1 and (found[0] == begun or os.path.isdir(found[0])):
        before, found = found, _beginning(found[0])
        if found == before:
            break
    return found


def _beginning(begun: str) -> list[str]:
    folder, name = os.path.split(begun)
    try:
        with os.scandir(folder or ".") as entries:
            there = sorted((entry.name, entry.is_dir()) for entry in entries)
    except OSError:
        return []
    hidden = name.startswith(".")
    return [os.path.join(folder, entry) + ("/" if is_dir else "") for entry, is_dir in there
            if entry.startswith(name) and (hidden or not entry.startswith("."))
            and (is_dir or entry.endswith((".yaml", ".yml")))]  # fmt: skip


def steps(ctx: Any, typed: list[str], begun: str) -> list[str]:
    """The names of the steps of the problem on the line, which is solved for them."""
    from nncalc.cli.requests import problem_from
    from nncalc.limits import Permissions
    from nncalc.running import solve

    fields = {field.name for field in getattr(ctx.command, "fields", ())}
    flags = {name: text for name, text in ctx.params.items() if name in fields and text is not None}
    paths = _placed(ctx, "file", "input", "files")
    topic = getattr(ctx.command, "topic", None)
    if "-" in paths or not (paths or flags):
        return []
    nothing: list[Any] = [None]
    solved = attempted(lambda: [solve(problem_from(path, topic, flags, Permissions())) for path in paths or nothing])
    return [] if isinstance(solved, Failure) else list(dict.fromkeys(s.name for trace in solved for s in trace.steps))


def _placed(ctx: Any, *names: str) -> list[str]:
    """What stands on the line under these names; where a flag waits for its value, Typer has put it aside."""
    given = [ctx.params.get(name) for name in names]
    found = [one for value in given for one in ([value] if isinstance(value, str) else value or ())]
    return [*found, *ctx.args]


def named_steps(ctx: Any, typed: list[str], begun: str) -> list[str]:
    """The same with a `=` behind each."""
    return [f"{name}=" for name in steps(ctx, typed, begun)]
