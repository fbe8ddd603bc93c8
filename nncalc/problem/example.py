"""A problem file to start from, made from the kernel's signature: what must be given, and what may be."""

from __future__ import annotations

import re
import shlex
import textwrap
from collections.abc import Container, Iterable, Mapping
from dataclasses import is_dataclass
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from nncalc.errors import Finding, InputError, did_you_mean, printable
from nncalc.problem.meant import topic_called
from nncalc.reading.expression import Tree
from nncalc.topics import kernels, known
from nncalc.topics.parts.belonging import LEFT_OUT, met
from nncalc.topics.parts.fields import REQUIRED, Array, Field, fields_of, shown
from nncalc.topics.parts.sizes import size_of

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

NUMBERS = (0.5, -0.3, 0.8, 0.2, -0.1, 0.4, 0.1, -0.2, 0.3, 0.6, -0.4, 0.7)
# What one command gives is what another begins with.
PIPED = ("nncalc conv grid.yaml --get Y | nncalc pool --image - --window 2",)
# A command line longer than this is better a file.
LONGEST_COMMAND = 150
# The folder of problems/ that has a topic's ready problems.
READY = {"params": "architectures", "formulas": "formulas", "backprop": "networks"}


def example(topic: str, form: str | None = None) -> str:
    """A commented problem of a topic (and form) that solves as it is, or one of those that come with nncalc.

    Raises InputError for a topic or form that there is not.
    """
    about = topic_called(topic)
    forms = {kernel.__name__: kernel for kernel in kernels(topic)}
    whole = ready(about.name)
    form = topic if form is None and topic in forms and topic != about.name else form
    form = form and form.replace("-", "_")
    if form in whole:
        return whole[form].read_text(encoding="utf-8")
    if form is not None and form not in forms:
        names = [*forms, *whole]
        want, hint = f"one of {', '.join(names)}", did_you_mean(form, names)
        raise InputError(Finding(f"{topic} has no form '{printable(form)}'", want=want, hint=hint))
    kernel = forms[form] if form else next(iter(forms.values()))
    # Run with -OO, Python drops the docstrings.
    lines = [f"# {(kernel.__doc__ or about.summary).strip().splitlines()[0]}", f"topic: {about.name}"]
    if len(forms) > 1:
        lines.insert(1, f"# form {kernel.__name__}; the others: {', '.join(f for f in forms if f != kernel.__name__)}")
    source = cycle(NUMBERS)
    lines += [_given(field, source) for field in fields_of(kernel) if _in_example(field)]
    optional = [field for field in fields_of(kernel) if not _in_example(field)]
    here = [field for field in optional if _belongs(field, kernel)]
    lines += [*(["", "# What may be added:"] if here else []), *map(_optional, here)]
    elsewhere = [field.name for field in optional if field not in here]
    if elsewhere:
        lines += ["", f"# Beside others than these (`nncalc {topic} --help`):", *_listed(elsewhere)]
    if whole:
        lines += ["", f"# Ready problems, as in `nncalc new {topic} --form {next(iter(whole))}`:", *_listed(whole)]
    return "\n".join([*lines, ""])


def form_names(topic: str) -> list[str]:
    """All that `--form` takes: the forms of a topic, where it has several, and its ready problems."""
    forms = [kernel.__name__ for kernel in kernels(topic)]
    return [*(forms if len(forms) > 1 else ()), *ready(known(topic).name)]


def ready(topic: str) -> dict[str, Traversable]:
    """The problems of a topic that come with nncalc, by their names: bert_base is a form of params."""
    files = sorted(_folder(READY[topic]).iterdir(), key=lambda file: file.name) if topic in READY else []
    return {f.name.removesuffix(".yaml").replace("-", "_"): f for f in files if f.name.endswith(".yaml")}


def _folder(name: str) -> Traversable:
    """A folder of problems/: in the package where nncalc is installed, beside the package in a checkout."""
    from importlib import resources  # few topics have any

    package = resources.files("nncalc")
    shipped = package / "ready" / name
    return shipped if shipped.is_dir() else Path(str(package)).parent / "problems" / name


def _listed(names: Iterable[str]) -> list[str]:
    return textwrap.wrap(", ".join(names), 100, initial_indent="# ", subsequent_indent="# ")


def commands(topic: str) -> list[str]:
    """Command lines that show a topic's use, as they can be pasted."""
    lines = [f"nncalc new {topic} > {topic}.yaml", f"nncalc {topic} {topic}.yaml --round 2"]
    whole = [typed_line([topic, *flags_of(kernel)]) for kernel in kernels(topic)]
    lines += [line for line in whole if len(line) <= LONGEST_COMMAND]
    return [*lines, *(piped for piped in PIPED if f"nncalc {topic} " in piped)]


def flags_of(kernel: Any, chosen: Mapping[str, str] | None = None, given: Container[str] = ()) -> list[str]:
    """The flags of a form's example; `chosen`: what fields say instead; `given`: those that are left out."""
    source, own = cycle(NUMBERS), chosen or {}
    words = []
    for field in fields_of(kernel):
        if field.name not in given and (field.name in own or _in_example(field)):
            value = own.get(field.name) or field.about.example or _value(field, source)
            words += [f"--{field.name}", value.strip("'\"")]
    return words


def value_for(field: Field) -> str:
    """A small value that a field takes."""
    return field.about.example or _value(field, cycle(NUMBERS))


def missing_flags(kernel: Any, given: Container[str]) -> list[str]:
    """The flags that a form needs beside those given, with small values."""
    told = {f.name for f in fields_of(kernel) if not f.is_missing(given)}
    return flags_of(kernel, given=told)


def typed_line(words: Iterable[str]) -> str:
    """The words behind `nncalc` as a line to paste into a shell."""
    return " ".join(["nncalc", *map(_typed, words)])


def _typed(word: str) -> str:
    if shlex.quote(word) == word:
        return word
    return shlex.quote(word) if set(word) & set('"$`\\!') else f'"{word}"'


def _in_example(field: Field) -> bool:
    """Whether an example gives it: it must be given, or it has an example of its own."""
    return field.required or bool(field.about.example)


def _belongs(field: Field, kernel: Any) -> bool:
    """Whether it says something beside what the example gives; whether it needs another that may be added is told."""
    only = field.about.only
    if only is None:
        return True
    known = {f.name: f for f in fields_of(kernel)}

    def possible(name: str, wanted: Any) -> bool:
        if not isinstance(wanted, tuple) or known[name].default is None:
            return wanted is not LEFT_OUT or not _in_example(known[name])
        said = known[name].about.example.strip("[]").split(", ") if _in_example(known[name]) else known[name].default
        return met(wanted, said, True)

    return any(all(possible(name, wanted) for name, wanted in way) for way in only.ways)


def _given(field: Field, source: Any) -> str:
    text = field.about.example or _value(field, source)
    comment = f"  # {field.about.help}" if field.about.help else ""
    first, line_end, block = text.partition("\n")  # of a text in lines the help stands above them
    return f"{field.name}: {first}{comment}{line_end}{block}"


def _optional(field: Field) -> str:
    default = [] if field.default in (REQUIRED, None) else [shown(field.default)]
    brackets = "; ".join([*([field.about.only.words] if field.about.only else []), *default])
    return f"# {field.name}:  # {field.about.help or field.wants}" + (f" ({brackets})" if brackets else "")


def _value(field: Field, source: Any) -> str:
    """A small value of the field's kind; axes have two places each."""
    kind = field.types[0]
    if kind is Array or Array in field.types:
        axes = max(field.axes, key=len, default=("n",)) if len(field.axes) == 1 else min(field.axes, key=len)
        return _array([size_of(axis, dict.fromkeys(re.findall("[A-Za-z_]+", axis), 2)) or 2 for axis in axes], source)
    if get_origin(kind) is Literal:
        return str(get_args(kind)[0])
    if kind is Tree:
        return "2*(x*y + max(z, w))"
    if kind is int:
        return str(max(field.about.least or 0, 2))
    if is_dataclass(kind):
        return "{" + ", ".join(f"{f.name}: {_value(f, source)}" for f in fields_of(field.record) if f.required) + "}"
    return "1" if kind is float else "[]"


def _array(sizes: list[int], source: Any) -> str:
    if not sizes:
        return str(next(source))
    return "[" + ", ".join(_array(sizes[1:], source) for _ in range(sizes[0])) + "]"
