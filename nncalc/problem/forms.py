"""Which form of a topic a file means, and what in it belongs to another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from nncalc.errors import Finding, InputError, Location, listed
from nncalc.problem.convert import Converter
from nncalc.problem.looks import able_forms
from nncalc.problem.spelling import unknown_key
from nncalc.reading.nodes import Node
from nncalc.topics import kernels
from nncalc.topics.parts.fields import Field, also_called, fields_of, likeliest


def of_this_form(topic: str, kernel: Callable[..., Any], given: dict[str, Node], converter: Converter) -> Any:
    """What is given but the fields of other forms, which are findings; of a name's other spelling the reader tells."""
    fields, own = fields_of(kernel), {}
    names = {f.name for f in fields}
    for name, node in given.items():
        if name in names:
            own[name] = node
            continue
        homes = [form.__name__ for form in kernels(topic) if any(f.name == name for f in fields_of(form))]
        if not homes or also_called(name, fields):
            own[name] = node
        else:
            what = f"belongs to the form {listed(homes)}"
            converter.found(node, (name,), f"{what}; this is {kernel.__name__}")
    return own


@cache
def _needed(form: Callable[..., Any]) -> tuple[Field, ...]:
    return tuple(x for x in fields_of(form) if x.required)


def form_of(topic: str, given: Mapping[str, Node], keys: Mapping[str, Location], root: Location) -> Callable[..., Any]:
    """The form whose fields these are; where none fits, an error says what each one needs."""
    forms: tuple[Any, ...] = kernels(topic)
    if len(forms) == 1:
        return forms[0]
    able = able_forms(forms, given)
    if any(not any(x.is_missing(given) for x in _needed(f)) for f in able):
        kernel: Callable[..., Any] = likeliest(able, given)
        return kernel
    everything = tuple(x for f in forms for x in fields_of(f))
    likely = max(forms, key=lambda f: sum(x.name in given for x in fields_of(f)))
    unknown = [n for n in given if n not in {x.name for x in everything}]
    strangers = [Finding(*unknown_key(n, everything, fields_of(likely)), mark=keys[n]) for n in unknown]
    meant = {**given, **{x.name: given[n] for n in unknown if (x := also_called(n, everything))}}
    if any(not any(x.is_missing(meant) for x in _needed(f)) for f in forms):
        raise InputError(strangers)  # all is there, by other names
    needs = [f"{f.__name__}: {', '.join(x.name for x in fields_of(f) if x.required)}" for f in forms]
    raise InputError(
        [
            *strangers,
            Finding("fields are missing", Location(root.source), want="all that one form needs", hint="; ".join(needs)),
        ]
    )
