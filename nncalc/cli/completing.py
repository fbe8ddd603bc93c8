"""What a shell is told when somebody presses Tab: nothing is loaded that the word does not need."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from nncalc.errors import InputError
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


def forms(ctx: Any, typed: list[str], begun: str) -> list[str]:
    """The forms and the ready problems of the topic on the line."""
    from nncalc.problem.example import form_names

    topic = ctx.params.get("topic")
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

    given = ctx.params
    fields = {field.name for field in getattr(ctx.command, "fields", ())}
    flags = {name: text for name, text in given.items() if name in fields and text is not None}
    paths = [path for path in (given.get("file"), given.get("input"), given.get("problem"), *(given.get("files") or ()))
             if path is not None]  # fmt: skip
    topic = getattr(ctx.command, "topic", None)
    if "-" in paths or not (paths or flags):
        return []
    try:
        found = [solve(problem_from(path, topic, flags, Permissions())) for path in paths or [None]]
    except InputError:
        return []
    return list(dict.fromkeys(step.name for trace in found for step in trace.steps))


def named_steps(ctx: Any, typed: list[str], begun: str) -> list[str]:
    """The same with a `=` behind each."""
    return [f"{name}=" for name in steps(ctx, typed, begun)]
