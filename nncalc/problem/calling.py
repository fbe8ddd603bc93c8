"""A topic as a function of Python: its fields as arguments, in a problem, in its signature and in its help."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Container, Mapping
from dataclasses import is_dataclass
from inspect import Parameter, Signature, cleandoc
from typing import Any, Literal, get_args, get_origin

from nncalc.errors import Location
from nncalc.problem.problem import RESERVED_KEYS, TEXT_KEYS, UNBOUNDED, Problem, checked_problem
from nncalc.reading.expression import Tree
from nncalc.reading.lines import Lines
from nncalc.reading.plain import node_of
from nncalc.topics import kernels, known
from nncalc.topics.parts.fields import REQUIRED, Array, Field, Variant, alternatives, fields_of, shown
from nncalc.trace.rounding import exact

LINE_WIDTH = 110
# Beside its fields, what each topic takes.
SHARED = tuple(
    Parameter(name, Parameter.KEYWORD_ONLY, annotation=kind, default=default)
    for name, kind, default in (
        *((key, "str | None" if key in TEXT_KEYS else "Mapping[str, Any] | None", None) for key in RESERVED_KEYS[1:]),
        ("settle", "Settle", exact),
    )
)
TEXTS: dict[Any, str] = {
    Array: "_Numbers", float: "_Number", int: "_Whole", bool: "bool", str: "str", Tree: "str", Lines: "_Lines"
}  # fmt: skip


def problem_of(topic: str, fields: Mapping[str, Any]) -> Problem:
    """The problem of a topic that these fields make, as in a file; None leaves a field out.

    A name that Python keeps for itself has a line behind it (global_). Raises InputError with every finding.
    """
    name, where = known(topic).name, Location(f"nncalc.{topic}")
    given = {field.rstrip("_"): value for field, value in fields.items() if value is not None}
    return checked_problem(node_of(given, where, UNBOUNDED.limits), where.source, name, {}, UNBOUNDED)


def signature(topic: str) -> Signature:
    """The arguments of a topic in all its forms; one is required where no form goes without it."""
    forms = [form_signature(kernel).parameters for kernel in kernels(topic)]
    needed = [name for name in forms[0] if all(_is_needed(form.get(name)) for form in forms)]
    every = dict.fromkeys([*needed, *(name for form in forms for name in form)])
    arguments = [next(form[name] for form in forms if name in form) for name in every]
    return Signature(
        [p.replace(default=None) if _is_needed(p) and p.name not in needed else p for p in arguments],
        return_annotation="Working",
    )


def form_signature(kernel: Callable[..., Any]) -> Signature:
    """The arguments of one form: its fields by name, in the types that a problem may have them."""
    arguments = [
        Parameter(f.parameter, Parameter.KEYWORD_ONLY, annotation=_type(f), default=_left_out(f))
        for f in fields_of(kernel)
    ]
    return Signature([*sorted(arguments, key=lambda p: not _is_needed(p)), *SHARED], return_annotation="Working")


def _is_needed(parameter: Parameter | None) -> bool:
    return parameter is not None and parameter.default is Parameter.empty


def topic_words(topic: str) -> str:
    """The help of a topic: what it is, and each form with its shapes and those of its fields not told before."""
    forms, told = kernels(topic), set[str]()
    parts = []
    for kernel in forms:
        parts.append(form_words(kernel, f"{kernel.__name__}: " if len(forms) > 1 else "", told))
        told |= {_line(f) for f in fields_of(kernel)}
    summary = known(topic).summary
    return "\n\n".join([summary[0].upper() + summary[1:] + ".", *parts])


def form_words(kernel: Callable[..., Any], name: str = "", told: Container[str] = ()) -> str:
    """A kernel's own words (none with -OO), and a line for each field that is not `told`."""
    lines = [line for f in fields_of(kernel) if (line := _line(f)) not in told]
    return "\n\n".join(filter(None, ((name + cleandoc(kernel.__doc__ or "")).strip(), "\n".join(lines))))


def _line(field: Field) -> str:
    """A field with the shapes that it may have, what it is, and of a number that is not round what it is left out."""
    shapes = " or ".join(f"({', '.join(axes)}{',' * (len(axes) == 1)})" for axes in field.axes)
    default = f"[{shown(field.default)}]" if isinstance(field.default, float) else ""
    words = field.help if field.about.help or not shapes else ""
    text = f"{' '.join(filter(None, (field.parameter, shapes)))}: {words} {default}".strip().removesuffix(":")
    return textwrap.fill(text, LINE_WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)


def _left_out(field: Field) -> Any:
    """What a field is when left out; what words may stand for may be left out too."""
    if field.required and field.about.one_hot is None:
        return Parameter.empty
    return None if field.default is REQUIRED else field.default


def _type(field: Field) -> str:
    kinds = [_kind(kind) for kind in field.types]
    return " | ".join(dict.fromkeys([*kinds, *(["None"] if _left_out(field) is None else [])]))


def _kind(kind: Any) -> str:
    """A type as it is written in a signature: what a file may say, and arrays of any library."""
    if kind in TEXTS:
        return TEXTS[kind]
    if get_origin(kind) is Literal:
        return f"Literal[{', '.join(map(repr, get_args(kind)))}]"
    if is_dataclass(kind):
        return "Mapping[str, Any]"
    if isinstance(kind, type) and issubclass(kind, Variant):
        return "str | Mapping[str, Any]"
    if get_args(kind):
        inner = " | ".join(dict.fromkeys(_kind(each) for each in alternatives(get_args(kind)[-1])))
        return f"Sequence[{inner}]" if get_origin(kind) is list else f"Mapping[str, {inner}]"
    return "str"  # a name
