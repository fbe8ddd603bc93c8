"""What people look for by a word, and the line that works: topics, forms, kinds, functions, layers, fields, problems.

The index is made from the tables that there are; words of courses that stand in none of them are in the
guide's page `concepts`.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Literal

from nncalc.problem.example import LONGEST_COMMAND, READY, flags_of, missing_flags, ready, typed_line, value_for
from nncalc.problem.guide import glossary, page_words
from nncalc.topics import ALSO, TOPICS, kernels
from nncalc.topics.parts.belonging import LEFT_OUT, Like
from nncalc.topics.parts.choices import choices_of, layers_of
from nncalc.topics.parts.fields import Field, also_called, fields_of, likeliest
from nncalc.topics.parts.language import LANGUAGE, ArrayFunction

# The ranks of a topic's kinds, whose second name says the topic, and of fields, which nobody types for a command.
KINDS, FIELDS = 3, 4
HELP = "--help"
HITS_SHOWN, MOST_OF_A_TABLE = 8, 3
# Words that say nothing of what is looked for.
IDLE = frozenset(re.findall("[a-z]+", "a an and are by do for from how i in is it of on or the to what with without"))


# What a function is shown with: so many vectors, but for those that take something else.
VECTORS = {1: ("{u: [1, 2]}", "u"), 2: ("{u: [1, 2], v: [3, 1]}", "u, v"),
           3: ("{c: [1, 0], u: [1, 2], v: [3, 1]}", "c, u, v")}  # fmt: skip
CALLED_WITH = {
    "inv": ("{A: [[2, 1], [1, 3]]}", "A"),
    "onehot": ("{k: 2}", "k, 3"),
    **dict.fromkeys(("pool", "max_pool", "average_pool"), ("{A: [[1, 2], [3, 4]]}", "A, 2")),
}


@dataclass(frozen=True)
class Concept:
    """Something that has a name.

    names: all that it is called, the usual one first. line: what to paste. start: the words behind `nncalc` that
    flags of one's own follow; empty where it takes none. rank: which table it stands in.
    """

    names: tuple[str, ...]
    what: str
    line: str
    start: tuple[str, ...] = ()
    rank: int = 0


def looked_up(words: Sequence[str]) -> list[Concept]:
    """What fits the words, best first: what is called so, what has all of them in its name, or all of them at all.

    Of one table only a few.
    """
    asked = in_plain(" ".join(words))
    if not asked:
        return []
    scored = [(score, concept) for concept in index() if (score := _score(asked, concept)) is not None]
    scored.sort(key=lambda pair: (pair[0], pair[1].rank))
    tables: dict[int, list[Concept]] = {}
    for _, concept in scored:
        tables.setdefault(concept.rank, []).append(concept)
    few = [concept for _, concept in scored if concept in tables[concept.rank][:MOST_OF_A_TABLE]]
    return few[:HITS_SHOWN]


def called_so(words: Sequence[str]) -> list[Concept]:
    """What is called exactly so, in the order of the tables; fields are not, since they belong to what is solved."""
    asked = in_plain(" ".join(words))
    return [c for c in index() if c.rank != FIELDS and asked and _score(asked, c) == 0]


def all_names() -> list[str]:
    """Every name of the index, as it is written."""
    return list(dict.fromkeys(name for concept in index() for name in concept.names))


def corrected(concept: Concept, rest: Sequence[str]) -> str:
    """The line that does what was typed: the concept's start, what was typed behind it, and what a form still needs.

    Flags that people call otherwise (--lr) get the names that they have here. Who asks for help gets the command's.
    """
    if not rest or not concept.start:
        return concept.line
    if HELP in rest:
        return typed_line([concept.start[0], HELP])
    words = [*concept.start, *(_renamed(word, concept) for word in rest)]
    given = flag_names(words)
    form = likeliest(kernels(concept.start[0]), given)
    has_file = any(word == "-" or word.endswith((".yaml", ".yml")) for word in rest)
    return typed_line([*words, *([] if has_file else missing_flags(form, given))])


def strange_flags(concept: Concept, rest: Sequence[str]) -> int:
    """How many of the flags are no fields of the concept's topic; a concept that takes none is the last choice."""
    if not concept.start:
        return len(rest) + 1
    known = {f.name for form in kernels(concept.start[0]) for f in fields_of(form)}
    return len(flag_names(_renamed(word, concept) for word in rest) - known)


def _renamed(word: str, concept: Concept) -> str:
    """A word as it was typed; a flag by the name of the field that is also called so."""
    name, equals, value = word.removeprefix("--").partition("=")
    fields = tuple(f for form in kernels(concept.start[0]) for f in fields_of(form))
    if not word.startswith("--") or any(f.name == name for f in fields):
        return word
    field = also_called(name, fields)
    return word if field is None else f"--{field.name}{equals}{value}"


def flag_names(words: Iterable[str]) -> set[str]:
    """The names of the flags among words as they were typed."""
    return {word.lstrip("-").partition("=")[0] for word in words if re.match("--?[A-Za-z]", word)}


def in_plain(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared: small letters, no plural, none that says nothing."""
    words = re.findall(r"[^\W_]+", text.lower())
    return tuple(re.sub("(?<=ss)es$|(?<![suiy])s$", "", word) if len(word) > 3 else word
                 for word in words if word not in IDLE)  # fmt: skip


def _score(asked: tuple[str, ...], concept: Concept) -> int | None:
    names = [in_plain(name) for name in concept.names]
    if any("".join(asked) == "".join(name) for name in names):
        return 0
    if any(set(name).issuperset(asked) for name in names):
        return 1
    return 2 if {*in_plain(concept.what)}.union(*names).issuperset(asked) else None


@cache
def index() -> tuple[Concept, ...]:
    """All concepts, table after table."""
    return tuple(concept for table in TABLES for concept in table())


def _glossary() -> Iterator[Concept]:
    for names, what, line in glossary():
        words = shlex.split(line)[1:]
        yield Concept(names, what, line, tuple(words[:1]) if {words[0]} & {*TOPICS, *ALSO} else ())


def _topics() -> Iterator[Concept]:
    for topic in TOPICS.values():
        line = _line((topic.name,), topic.name, kernels(topic.name)[0])
        yield Concept((topic.name, *topic.also), topic.summary, line, (topic.name,), 1)


def _forms() -> Iterator[Concept]:
    for topic in TOPICS:
        for form in kernels(topic) if len(kernels(topic)) > 1 else ():
            about = (form.__doc__ or TOPICS[topic].summary).strip().splitlines()[0]
            yield Concept((form.__name__,), f"a form of {topic}: {about}", _line((topic,), topic, form), (topic,), 2)


def _kinds() -> Iterator[Concept]:
    """The choices of every field, each with the flag that says it; those of a topic's own kinds before the others."""
    for topic in TOPICS:
        seen: set[tuple[str, str]] = set()
        for form in kernels(topic):
            told = [(field, choice) for field in fields_of(form) for choice in choices_of(field)]
            yield from (_choice(topic, form, f, choice) for f, choice in told if (f.name, choice) not in seen)
            seen |= {(f.name, choice) for f, choice in told}


def _choice(topic: str, form: Any, field: Field, choice: str) -> Concept:
    start = (topic, f"--{field.name}", choice if field.of_kind(Literal) else f"[{choice}]")
    article = "an" if field.name[0] in "aeio" else "a"
    what = f"{article} {field.name} of {topic}: {field.about.help or field.wants}"
    line = _shown_in_the_guide(start) or _with_others(start, topic, form, field)
    if field.required or field.name == "kind":
        return Concept((choice, f"{choice} {topic}"), what, line, start, KINDS)
    return Concept((choice,), what, line, start, 5)


def _layers() -> Iterator[Concept]:
    """The kinds of layers, with a network that has one."""
    for topic in TOPICS:
        for kinds in dict.fromkeys(one for form in kernels(topic) for one in layers_of(form)):
            for kind in kinds.options:
                keys = ", ".join(f.name for f in fields_of(kinds.ways(kind)[0]) if f.name != "name")
                what = f"a layer of {'networks' if topic == 'backprop' else topic}" + (f": {keys}" if keys else "")
                yield Concept((kind,), what, _with_layer(topic, kind), (), 6)


def _functions() -> Iterator[Concept]:
    for name, row in LANGUAGE.items():
        if not name.startswith(("row_", "column_")):
            least = row.least if isinstance(row, ArrayFunction) else getattr(row, "arguments", 1)
            given, call = CALLED_WITH.get(name, VECTORS[least])
            line = typed_line(["formulas", "--given", given, "--formulas", f"y = {name}({call})"])
            yield Concept((name,), f"a function of formulas and expressions, of {row.wants}", line, (), 7)


def _fields() -> Iterator[Concept]:
    for topic in TOPICS:
        fields = {f.name: f for form in reversed(kernels(topic)) for f in fields_of(form)}
        for name, field in fields.items():
            what = f"--{name} of {topic}: {field.about.help or field.wants}"
            yield Concept((name, *field.about.also), what, f"nncalc {topic} --help", (), FIELDS)


def _ready() -> Iterator[Concept]:
    for topic in READY:
        for name, file in ready(topic).items():
            title = re.search(r"^title: *\"?(.*?)\"?$", file.read_text(encoding="utf-8"), re.M)
            what = f"a ready problem of {topic}: {title[1] if title else name}"
            yield Concept((name,), what, f"nncalc new {topic} --form {name} | nncalc solve -", (), 8)


def _pages() -> Iterator[Concept]:
    for name, heading in page_words():
        yield Concept((name,), f"a page of the guide: {heading}", f"nncalc help {name}", (), 9)


TABLES = (_glossary, _topics, _forms, _kinds, _layers, _functions, _fields, _ready, _pages)


def _shown_in_the_guide(start: Sequence[str]) -> str:
    """The line of the glossary that begins so, or has that flag."""
    topic, flag, said = start
    for _, _, line in glossary():
        words = shlex.split(line)
        if ALSO.get(words[1], words[1]) == topic and (flag, said) in pairwise(words):
            return line
    return ""


def _line(
    start: Sequence[str], topic: str, form: Any, chosen: dict[str, str] | None = None, without: Iterable[str] = ()
) -> str:
    """The start with the rest of a form's example; a file where that would be a long line."""
    given = flag_names(start).union(without)
    line = typed_line([*start, *flags_of(form, chosen, given)])
    if len(line) > LONGEST_COMMAND and len(start) > 1:
        beside = [word for name, said in (chosen or {}).items() for word in (f"--{name}", said)]
        return f"nncalc new {topic} --form {form.__name__} | {typed_line([topic, '-', *start[1:], *beside])}"
    return line if len(line) <= LONGEST_COMMAND else f"nncalc new {topic} --form {form.__name__} | nncalc solve -"


def _with_others(start: Sequence[str], topic: str, form: Any, field: Field) -> str:
    """The same with what other fields must say for this one to mean something."""
    known, chosen, without = {f.name: f for f in fields_of(form)}, {}, []
    for name, wanted in field.about.only.ways[0] if field.about.only else ():
        # Of values that are like something no example can be told, and not every loss takes any target.
        if isinstance(wanted, Like) or field.name == "loss":
            return f"nncalc {topic} --help"
        if wanted is LEFT_OUT:
            without.append(name)
        elif isinstance(wanted, bool):
            chosen[name] = "yes" if wanted else "no"
        else:
            chosen[name] = wanted[0] if isinstance(wanted, tuple) else value_for(known[name])
    return _line(start, topic, form, chosen, without)


@cache
def _with_layer(topic: str, kind: str) -> str:
    """The shortest ready problem that has such a layer."""
    word = re.compile(rf"(?m)^\s*- *(\[)?{kind}\b|[\[{{,] *{kind}\b")
    texts = {name: file.read_text(encoding="utf-8") for name, file in ready(topic).items()}
    having = [name for name, text in texts.items() if word.search(text.partition("layers:")[2])]
    if not having:
        return f"nncalc {topic} --help"
    return f"nncalc new {topic} --form {min(having, key=lambda name: len(texts[name]))} | nncalc solve -"
