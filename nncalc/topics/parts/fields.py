"""What a kernel's signature says of its problem files: the one description of a topic's fields.

The type of a parameter is the kind of the field, its default the default, `Annotated` adds the axis names of an
array ("hidden input"; alternatives parted by "|") and an `About`. Readers, flags, help and schemas all use this.
"""

from __future__ import annotations

import inspect
import math
import types
from collections.abc import Callable, Collection, Container, Mapping, Sequence
from dataclasses import MISSING, dataclass, is_dataclass, replace
from dataclasses import fields as record_fields
from functools import cache, wraps
from typing import Annotated, Any, ClassVar, Literal, NewType, Union, get_args, get_origin, get_type_hints

import numpy as np

from nncalc.errors import some_of
from nncalc.reading.expression import Tree
from nncalc.reading.lines import FORMULA_LINE, Lines
from nncalc.topics.parts.belonging import When
from nncalc.trace.notation.numbers import number

Array = np.ndarray[Any, Any]
Answer = dict[str, Any]
REQUIRED: Any = object()
# Marks a kernel's parameter whose record's fields are fields of the topic: what several forms share stands once.
TOGETHER = object()
# A name that an expression can use.
Symbol = NewType("Symbol", str)
# A name of one's own, which wins over a function's.
OwnName = NewType("OwnName", str)


@dataclass(frozen=True)
class About:
    """What a type cannot say of a field.

    symbol: what formulas call it (image is X). also: other names that people type, for the error only.
    says: how outputs state it as a convention: a text in which `{}` is the value, for a flag the words for (yes, no),
    or a function of the value.
    least, most, above: bounds of a number. example: what `nncalc new` writes. empty: a list may have nothing in it.
    only: with which other fields it says something; given elsewhere it is refused.
    infinite: its numbers may be ∞ or −∞. chain: the axes of a list's records by which each feeds the next, (in, out);
    the first is fed by the axis of that name beside the list. one_hot: (words, vocabulary), two fields that may
    stand in its place: it is then a row for each of the words, 1 at its place in the vocabulary. rows: what `layout:
    rows` beside it makes of the axes of an array, of another field what it is stated as. data: it is no parameter of
    what learns: pages leave its gradient out. worded: words of the vocabulary beside it may stand for rows of 0 and 1.
    """

    help: str = ""
    symbol: str | None = None
    also: tuple[str, ...] = ()
    says: str | tuple[str, str] | Callable[[Any], str] = ""
    least: int | None = None
    most: int | None = None
    above: float | None = None
    example: str = ""
    empty: bool = False
    only: When | None = None
    infinite: bool = False
    chain: tuple[str, str] | None = None
    one_hot: tuple[str, str] | None = None
    rows: str = ""
    data: bool = False
    worded: bool = False

    @property
    def bounds(self) -> tuple[float | None, int | None, int | None]:
        """What a number must be above, at least and at most."""
        return self.above, self.least, self.most


class Variant(tuple[str, Any]):
    """A record of one of several kinds: a mapping with one key, or the bare name of a kind that needs nothing.

    In a kernel it is the pair (name of the kind, record). A kind may be written in several ways, with a record each.
    Where one field alone must be given, its value may stand in place of the mapping.
    """

    options: ClassVar[dict[str, type | tuple[type, ...]]] = {}

    @classmethod
    def ways(cls, kind: str) -> tuple[type, ...]:
        """The records of a kind, one a way of writing it."""
        option = cls.options[kind]
        return option if isinstance(option, tuple) else (option,)

    @classmethod
    def way(cls, kind: str, given: Collection[str]) -> type:
        """The record of a kind that these fields are of."""
        record: type = likeliest(cls.ways(kind), given)
        return record

    @staticmethod
    def made(record: type, values: Mapping[str, Any]) -> Any:
        """The record with these values, by the names of its fields."""
        return record(**{f.parameter: values[f.name] for f in fields_of(record) if f.name in values})


@dataclass(frozen=True)
class Field:
    """One field of a topic: its name, what it may be, and what it is when left out.

    parameter: what the kernel calls it, where Python keeps the name for itself (global_). group: the parameter whose
    record it belongs to, with the record's class.
    """

    name: str
    types: tuple[Any, ...]
    default: Any
    about: About
    axes: tuple[tuple[str, ...], ...] = ()
    parameter: str = ""
    group: tuple[str, type] | None = None

    @property
    def required(self) -> bool:
        """Whether a problem must give it."""
        return self.default is REQUIRED

    def is_missing(self, given: Container[str]) -> bool:
        """Whether it must be given and is not, nor what may stand in its place."""
        instead = self.about.one_hot
        return self.required and self.name not in given and not (instead is not None and instead[0] in given)

    def of_kind(self, kind: Any) -> Any:
        """The first of the field's types that is (an instance of) a kind, or None."""
        return next((t for t in self.types if t is kind or get_origin(t) is kind), None)

    @property
    def help(self) -> str:
        """What it is, and in brackets where it belongs if that is not everywhere."""
        where = "" if self.about.only is None else f"({self.about.only.words})"
        return " ".join(filter(None, (self.about.help or self.wants, where)))

    @property
    def is_array(self) -> bool:
        """Whether it may be an array."""
        return Array in self.types

    @property
    def is_only_array(self) -> bool:
        """Whether it is an array and nothing else: then the kernel gets it as a given value.

        What may also be something else is given by the kernel, which knows what it is.
        """
        return self.types == (Array,)

    @property
    def mapping(self) -> Any:
        """The type of names with a value each, or None."""
        return next((t for t in self.types if get_origin(t) in (dict, Mapping)), None)

    @property
    def record(self) -> Any:
        """The dataclass of a nested record, or None."""
        return next((t for t in self.types if is_dataclass(t)), None)

    @property
    def variant(self) -> type[Variant] | None:
        """The kinds of a record of one of several kinds, or None."""
        return next((t for t in self.types if isinstance(t, type) and issubclass(t, Variant)), None)

    @property
    def wants(self) -> str:
        """What the field may be, in words."""
        return " or ".join(dict.fromkeys(_words(t, self) for t in self.types))

    def convention(self, value: Any) -> str:
        """How an output states the value that was used, or nothing."""
        says = self.about.says
        if callable(says):
            return says(value)
        if isinstance(says, tuple):
            return says[0] if value else says[1]
        return says.format(shown(value)) if says and value is not None else ""


def also_called(name: str, fields: tuple[Field, ...]) -> Field | None:
    """The field that people also call by this name, or that is it but for capitals."""
    for same in (lambda f: name in f.about.also, lambda f: name.lower() == f.name.lower()):
        found = next((f for f in fields if same(f)), None)
        if found is not None:
            return found
    return None


def shown(value: Any) -> str:
    """A field's value in words: e and pi by their names, yes and no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return f"[{', '.join(map(shown, value))}]"
    if not isinstance(value, (int, float)):
        return str(value)
    return {math.e: "e", math.pi: "pi"}.get(value, number(value))


def _words(kind: Any, field: Field) -> str:
    if kind is Array:
        shapes = [" x ".join(axes) for axes in field.axes]
        return "an array (" + " or ".join(shapes) + ")" if shapes else "an array of numbers"
    if kind is int:
        return whole_range(field.about)
    if get_origin(kind) is Literal:
        return "one of " + some_of(map(str, get_args(kind)))
    if kind is Lines:
        return FORMULA_LINE
    if get_origin(kind) is list:
        return "a list"
    if isinstance(kind, type) and issubclass(kind, Variant):
        return "one of " + some_of(getattr(kind, "options", {}))
    if is_dataclass(kind):
        return f"a mapping of {some_of(f.name for f in fields_of(kind))}"  # type: ignore[arg-type]
    if get_origin(kind) in (dict, Mapping):
        return "a mapping (name: value)"
    return {bool: "true or false", float: "a number", str: "a text"}.get(kind, "a value")


def whole_range(about: About) -> str:
    """A whole number with its bounds, in words."""
    if about.least is not None and about.most is not None:
        return f"a whole number from {about.least} to {about.most}"
    return "a whole number" + (f" of at least {about.least}" if about.least is not None else "")


def forms(kernel: Callable[..., Any], parameter: str, **records: type) -> tuple[Callable[..., Any], ...]:
    """The forms of a topic whose kernel takes one of several records: one by name for each record.

    The fields of the record stand where the parameter stands. The kernel's docstring is the first form's help; each
    other form's is its record's, which says what differs.
    """
    return tuple(_form(kernel, name, parameter, record, not i) for i, (name, record) in enumerate(records.items()))


def _form(kernel: Callable[..., Any], name: str, parameter: str, record: type, first: bool) -> Callable[..., Any]:
    @wraps(kernel)
    def form(*given: Any, **named: Any) -> Any:
        return kernel(*given, **named)

    form.__name__ = name
    # Run with -OO, Python drops the docstrings, and a dataclass makes up one.
    form.__doc__ = kernel.__doc__ if first or kernel.__doc__ is None else record.__doc__
    form.__annotations__ = kernel.__annotations__ | {parameter: Annotated[record, TOGETHER]}
    return form


def likeliest(owners: Sequence[Any], given: Collection[str]) -> Any:
    """Of several kernels or records the one that these fields are of: those that it needs, and most of its own."""
    fitting = [o for o in owners if not any(f.is_missing(given) for f in fields_of(o))]
    return max(fitting or owners, key=lambda o: sum(f.name in given for f in fields_of(o)))


@cache
def fields_of(owner: Callable[..., Any] | type) -> tuple[Field, ...]:
    """The fields of a kernel (its parameters after `work`) or of a record (its attributes)."""
    hints = get_type_hints(owner, include_extras=True)
    if is_dataclass(owner):
        pairs = [(f.name, REQUIRED if f.default is MISSING else f.default) for f in record_fields(owner)]
    else:
        parameters = list(inspect.signature(owner).parameters.values())[1:]
        pairs = [(p.name, REQUIRED if p.default is p.empty else p.default) for p in parameters]
    fields: list[Field] = []
    for name, default in pairs:
        if get_origin(hints[name]) is Annotated and TOGETHER in get_args(hints[name]):
            record = get_args(hints[name])[0]
            fields += [replace(f, group=(name, record)) for f in fields_of(record)]
        else:
            fields.append(_field(name, hints[name], default))
    return tuple(fields)


def _field(name: str, hint: Any, default: Any) -> Field:
    extras: tuple[Any, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *rest = get_args(hint)
        extras = tuple(rest)
    about = next((e for e in extras if isinstance(e, About)), About())
    names = next((e for e in extras if isinstance(e, str)), "")
    axes = tuple(tuple(part.split()) for part in names.split("|")) if names else ()
    return Field(name.rstrip("_"), alternatives(hint), default, about, axes, name)


def alternatives(hint: Any) -> tuple[Any, ...]:
    """The types of a union (but None), or the one type."""
    union = get_origin(hint) in (Union, types.UnionType) and hint != Tree
    return tuple(t for t in (get_args(hint) if union else (hint,)) if t is not type(None))


def filled(owner: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a kernel from the values of its fields, defaults where there are none."""
    arguments: dict[str, Any] = {}
    groups: dict[tuple[str, type], dict[str, Any]] = {}
    for f in fields_of(owner):
        home = arguments if f.group is None else groups.setdefault(f.group, {})
        home[f.parameter] = values.get(f.name, f.default)
    return arguments | {name: record(**given) for (name, record), given in groups.items()}
