"""A problem: which topic, in which form, with what values; read from a file, from flags, or from both."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Annotated, Any, Literal

from nncalc.disk.read import name_of, read_bytes
from nncalc.errors import FieldPath, Finding, InputError, Location, Refused, printable, spelled, wrong_type
from nncalc.limits import DEFAULT, LIBRARY, Limits, Permissions
from nncalc.problem.convert import BAD, Converter
from nncalc.problem.counted import home_of_sizes, sizes_in
from nncalc.problem.flags import with_flag
from nncalc.problem.forms import form_of, of_this_form
from nncalc.problem.large import refused_as_large
from nncalc.problem.meant import hinting
from nncalc.reading import scalars
from nncalc.reading.nodes import MappingNode, Node, ScalarNode
from nncalc.reading.plain import node_of
from nncalc.reading.reader import read_text, read_yaml
from nncalc.topics import ALSO, TOPICS, known, one_topic
from nncalc.topics.parts.fields import About, Array, Field, fields_of
from nncalc.topics.parts.turning import laid
from nncalc.trace.notation.signs import plain_name
from nncalc.trace.value import TooLarge

UNBOUNDED = Permissions(LIBRARY)
# What nncalc writes in JSON, by keys that no problem has together.
OWN_PAGES = {
    frozenset(("format", "given", "steps", "answer")): "a working",
    frozenset(("format", "results")): "marks",
    frozenset(("$schema", "properties")): "a schema",
}
# What every problem file may have beside the fields of its topic.
# The reserved keys that are texts: what it is called, what is asked in the teacher's own words, where it is from.
TEXT_KEYS = ("title", "question", "source")
RESERVED_KEYS = ("topic", *TEXT_KEYS, "symbols", "expect", "marking")


@dataclass(frozen=True)
class Marking:
    """What is asked of students, and how closely; a file says it under `marking`."""

    points: Annotated[dict[str, float] | None, About("step: points", least=0, most=1_000_000)] = None
    places: Annotated[int | None, About("decimals asked (2; from 10 up 3 significant digits)", least=0, most=15)] = None
    sig: Annotated[int | None, About("significant digits asked", least=1, most=15)] = None
    tolerance: Annotated[float | None, About("how far off is right", above=0)] = None
    follow: Annotated[
        bool | float, About("what counts of a line that follows from a slip: all, nothing or a part", least=0, most=1)
    ] = True
    credit: Annotated[
        Literal["slip", "cell", "line"],
        About("what right cells keep of a line: slip, their share unless one procedure or half is wrong; cell; line"),
    ] = "slip"
    accept: Annotated[dict[str, dict[str, float | Array]] | None, About("step: {words: further right value}")] = None


@dataclass(frozen=True)
class Problem:
    """A checked problem: a kernel and its arguments.

    `marks` knows where each value stood; `symbols`: the author's letters for names; `called`: another word for the
    topic, where that was said.
    """

    topic: str
    kernel: Callable[..., Any]
    values: dict[str, Any]
    title: str = ""
    question: str = ""  # in words, for who answers it
    source: str = ""
    symbols: dict[str, str] = field(default_factory=dict)
    expect: dict[str, Node] = field(default_factory=dict)
    marking: Marking = field(default_factory=Marking)
    file: str = ""
    marks: dict[FieldPath, Location] = field(default_factory=dict)
    limits: Limits = DEFAULT
    called: str = ""
    wanted: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()  # the files of arrays that it names, as they are written

    @property
    def fields(self) -> tuple[Field, ...]:
        """The description of the kernel's fields."""
        return laid(fields_of(self.kernel), self.values.get("layout"))

    @cached_property
    def asked(self) -> frozenset[str]:
        """The names that its key and its points have, and what is `wanted` beside them, without cells."""
        names = [*self.expect, *(self.marking.points or {}), *self.wanted]
        return frozenset(re.split(r"[:\[]", plain_name(name))[0] for name in names)

    def refusal(self, error: Refused | TooLarge) -> InputError:
        """A topic's refusal with file and line: those of the value, or of what it stands in."""
        if isinstance(error, TooLarge):
            error = refused_as_large(error)
        path = error.path
        mark = next((self.marks[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.marks), None)
        mark, what = mark or Location(self.file or self.topic), error.what
        if error.column is not None:  # of a formula
            what = f"column {error.column}: {what}" if mark.is_flag else what
            mark = mark.further(error.column - 1)
        return InputError(Finding(what, mark, spelled(path), error.want, error.hint))


AnyPath = str | bytes | os.PathLike[str] | os.PathLike[bytes]
AnyProblem = Problem | AnyPath | Mapping[str, Any]


def load(
    path: AnyPath, topic: str | None = None, flags: Mapping[str, str] | None = None, rules: Permissions = UNBOUNDED
) -> Problem:
    """Reads and checks a problem file; `flags` (field: text) override what it says. `-` is stdin.

    Raises InputError with every finding where the file cannot be read or holds no problem.
    """
    if not isinstance(path, (str, bytes, os.PathLike)):
        raise wrong_type("path", path, "a path, or - for stdin (nncalc.loads takes a text or a mapping)")
    file = os.fsdecode(path)
    return read_problem(read_bytes(file, rules.limits), file, rules, topic, flags)


def read_problem(
    data: bytes,
    file: str,
    rules: Permissions,
    topic: str | None = None,
    flags: Mapping[str, str] | None = None,
) -> Problem:
    """Checks what was read from a problem file.

    Raises InputError with every finding.
    """
    folder = os.path.dirname(file) if file != "-" else ""
    name = name_of(file)
    return checked_problem(read_yaml(data, name, rules.limits), name, topic, flags or {}, rules, folder)


def loads(
    problem: str | Mapping[str, Any],
    topic: str | None = None,
    flags: Mapping[str, str] | None = None,
    rules: Permissions = UNBOUNDED,
) -> Problem:
    """Checks a problem that is no file: the text that would stand in one, or a mapping of its fields.

    A mapping holds numbers, texts, lists, arrays and mappings. Arrays in files lie below the working directory.
    Raises InputError with every finding.
    """
    if isinstance(problem, Mapping):
        root = node_of(problem, Location("<mapping>"), rules.limits)
    elif isinstance(problem, str):
        root = read_text(problem, "<text>", rules.limits)
    else:
        raise wrong_type("problem", problem, "a text or a mapping (nncalc.load takes a path)")
    return checked_problem(root, root.mark.source, topic, flags or {}, rules)


def as_problem(problem: AnyProblem) -> Problem:
    """The problem itself, or the one that a path or a mapping means. Raises InputError where that is none."""
    if isinstance(problem, Problem):
        return problem
    if isinstance(problem, Mapping):
        return loads(problem)
    if isinstance(problem, (str, bytes, os.PathLike)):
        return load(problem)
    raise wrong_type("problem", problem, "a Problem, a path or a mapping of fields")


def from_flags(topic: str, flags: Mapping[str, str], rules: Permissions = UNBOUNDED) -> Problem:
    """A problem given by flags alone."""
    return checked_problem(MappingNode({}, {}, Location(f"nncalc {topic}")), "", topic, flags, rules)


def checked_problem(
    root: Node, file: str, topic: str | None, flags: Mapping[str, str], rules: Permissions, folder: str = ""
) -> Problem:
    """Checks a read problem against its topic's signature; every finding is reported at once.

    folder: where the arrays lie that it names by their files.

    Raises InputError with all of them.
    """
    if not isinstance(root, MappingNode):
        raise InputError(Finding("want fields (name: value)", root.mark, hint="see `nncalc --help` for the topics"))
    own = next((what for keys, what in OWN_PAGES.items() if keys <= root.entries.keys()), None)
    if own is not None:
        raise InputError(Finding(f"is {own} that nncalc wrote, and no problem", Location(file or root.mark.source),
                                 hint="want the problem file that it was made from"))  # fmt: skip
    reserved = {name: root.entries[name] for name in RESERVED_KEYS if name in root.entries}
    given = {name: node for name, node in root.entries.items() if name not in RESERVED_KEYS}
    if home := home_of_sizes(reserved.pop("topic", None), topic, given):
        return _counted(
            checked_problem(replace(root, entries=given | reserved), file, home, {}, rules, folder), root, flags, rules
        )
    converter = Converter(rules, folder)
    words = (topic, getattr(root.entries.get("topic"), "text", None))
    called = next((word for word in words if word in ALSO), "")
    topic = _topic(root, topic, converter)
    keys = dict(root.keys)
    for name, text in flags.items():
        given[name] = converter.attempt(partial(with_flag, topic, name, text, given.get(name), rules.limits))
        keys[name] = Location(f"--{name}")
    if any(node is BAD for node in given.values()):
        raise InputError(converter.findings)
    kernel = form_of(topic, given, keys, root.mark)
    own = of_this_form(topic, kernel, given, converter)
    values = converter.record(MappingNode(own, keys, root.mark), fields_of(kernel), ())
    texts = {name: _text(reserved[name], name, converter) for name in TEXT_KEYS if name in reserved}
    symbols = _symbols(reserved["symbols"], converter) if "symbols" in reserved else {}
    expect = _mapping(reserved.get("expect"), converter)
    marking = _marking(reserved.get("marking"), converter)
    if converter.findings:
        raise InputError(converter.findings)
    made = Problem(topic, kernel, values, symbols=symbols, expect=expect, marking=marking, file=file, called=called)
    made = replace(made, marks=converter.marks, limits=rules.limits, beside=tuple(converter.beside.named))
    return replace(made, **texts)  # type: ignore[arg-type]  # all are texts


def _counted(network: Problem, root: Node, flags: Mapping[str, str], rules: Permissions) -> Problem:
    """A problem of `params`, made from a network's numbers: what is said of a layer stands where the network has it."""
    counts = checked_problem(node_of(sizes_in(network), root.mark, rules.limits), network.file, "params", flags, rules)
    own = {path: mark for path, mark in counts.marks.items() if mark.is_flag}
    return replace(counts, marks=network.marks | own, beside=network.beside)


def _marking(node: Node | None, converter: Converter) -> Marking:
    if node is None:
        return Marking()
    if not isinstance(node, MappingNode):
        converter.found(node, ("marking",), "want a mapping (name: value)")
        return Marking()
    values = converter.record(node, fields_of(Marking), ("marking",))
    return Marking() if values is BAD else Marking(**values)


def _text(node: Node, name: str, converter: Converter) -> str:
    if not isinstance(node, ScalarNode):
        return str(converter.found(node, (name,), "want a text"))
    return str(converter.attempt(partial(scalars.as_text, node, name, converter.limits.title)))


def _symbols(node: Node, converter: Converter) -> dict[str, str]:
    from nncalc.problem.symbols import read_symbols  # few problems have some

    return read_symbols(node, converter)


def _mapping(node: Node | None, converter: Converter) -> dict[str, Node]:
    if isinstance(node, MappingNode):
        return node.entries
    if node is not None:
        converter.found(node, ("expect",), "want step: value")
    return {}


def _topic(root: MappingNode, asked: str | None, converter: Converter) -> str:
    node = root.entries.get("topic")
    if node is None:
        if asked is None:
            raise InputError(Finding("'topic' is missing", root.mark, want=one_topic()))
        return known(asked).name
    if not isinstance(node, ScalarNode):
        raise InputError(Finding(f"want {one_topic()}", node.mark, "topic"))
    with hinting(node.text):
        name = ALSO.get(node.text) or scalars.as_choice(node, "topic", tuple(TOPICS))
    if asked is not None and known(asked).name != name:
        raise InputError(Finding(f"the file's topic is {name}, but the command is {asked}", node.mark, "topic",
                                 hint=f"nncalc {name} {printable(root.mark.source)}"))  # fmt: skip
    return name
