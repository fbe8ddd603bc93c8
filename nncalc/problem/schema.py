"""JSON Schema of a topic's problem files, from the kernels' signatures: what editors complete and check."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import is_dataclass
from typing import Any, Literal, get_args, get_origin

from nncalc.problem.convert import ArrayFile
from nncalc.problem.looks import field_alone
from nncalc.problem.meant import topic_called
from nncalc.problem.problem import RESERVED_KEYS, Marking
from nncalc.reading.expression import SYMBOL, Tree
from nncalc.reading.lines import Lines
from nncalc.topics import kernels
from nncalc.topics.parts.belonging import GIVEN, Like, Presence, met
from nncalc.topics.parts.fields import REQUIRED, Array, Field, OwnName, Symbol, Variant, alternatives, fields_of
from nncalc.trace.notation.letters import LONGEST_SYMBOL, WANTED_SYMBOL

Schema = dict[str, Any]

TEXT_SCHEMA: Schema = {"type": ["string", "number", "boolean"]}
YES_NO: Schema = {"enum": [True, False, "yes", "no"]}
SIGN: Schema = {"type": "string", "maxLength": LONGEST_SYMBOL, "description": WANTED_SYMBOL}
NUMBER_SCHEMA: Schema = {
    "description": "a number, or an expression of numbers: 1/3, sqrt(2), pi/4",
    "anyOf": [{"type": "number"}, {"type": "string", "pattern": "[0-9½⅓¼¾⅔π∞]|pi|e|inf"}],
}

ARRAY: Schema = {
    "description": "rows of rows of numbers",
    "type": "array",
    "minItems": 1,
    "items": {"anyOf": [{"$ref": "#/$defs/number"}, {"$ref": "#/$defs/array"}]},
}


def schema(topic: str) -> Schema:
    """The schema (draft 2020-12) of a topic's files; of several forms any one must fit."""
    about = topic_called(topic)
    forms: list[Schema] = [_form(topic, kernel) for kernel in kernels(topic)]
    head: Schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"nncalc {topic}"}
    body = forms[0] if len(forms) == 1 else {"anyOf": forms}
    kinds = {kind.__name__: _variant(kind) for kind in _variants(kernels(topic))}
    return {**head, "description": about.summary, **body, "$defs": {"number": NUMBER_SCHEMA, "array": ARRAY, **kinds}}


def _variants(owners: Sequence[Any]) -> list[type[Variant]]:
    """The records of several kinds that these use: each is defined once, since it may hold others of its kind."""
    found: list[type[Variant]] = []
    stack = [field.types for owner in owners for field in fields_of(owner)]
    while stack:
        for kind in stack.pop():
            if get_args(kind):
                stack.append(get_args(kind))
            elif isinstance(kind, type) and issubclass(kind, Variant) and kind not in found:
                found.append(kind)
                ways = [way for name in found[-1].options for way in found[-1].ways(name)]
                stack += [field.types for way in ways for field in fields_of(way)]
    return found


def _form(topic: str, kernel: Callable[..., Any]) -> Schema:
    page = _record(kernel)
    common: Schema = {
        "topic": {"const": topic},
        "symbols": {"type": "object", "description": "your own letters: name and symbol", "additionalProperties": SIGN},
        "expect": {"type": "object", "description": "the key: step name and value"},
        "marking": _record(Marking),
    }
    page["properties"] = {key: common.get(key, TEXT_SCHEMA) for key in RESERVED_KEYS} | page["properties"]
    return page


def _record(owner: Any) -> Schema:
    """An object with the fields of a kernel or of a record, and no others."""
    fields = fields_of(owner)
    page: Schema = {"type": "object", "properties": {f.name: _field(f) for f in fields}}
    required = [f.name for f in fields if f.is_missing((f.about.one_hot or ("",))[:1])]
    belongs = [_belongs(f, fields) for f in fields if f.about.only is not None]
    more = {"required": required, "allOf": belongs}
    return {**page, **{name: held for name, held in more.items() if held}, "additionalProperties": False}


def _belongs(field: Field, fields: Sequence[Field]) -> Schema:
    """Where a field is given, one of the ways in which it says something must be met."""
    known = {f.name: f for f in fields}
    ways = [
        {"allOf": [_condition(known[name], wanted) for name, wanted in way]}
        for way in (field.about.only.ways if field.about.only else ())
    ]
    return {"if": {"required": [field.name]}, "then": ways[0] if len(ways) == 1 else {"anyOf": ways}}


def _condition(field: Field, wanted: Any) -> Schema:
    """That a field says what is wanted; what a `Like` tests cannot be said of a file, and is left to the reader."""
    needed: Schema = {"required": [field.name]}
    if isinstance(wanted, Like):
        return needed if field.default in (REQUIRED, None) else {}
    if isinstance(wanted, Presence):
        return needed if wanted is GIVEN else {"not": needed}
    words = [word for word in YES_NO["enum"] if word in (wanted, "yes" if wanted else "no")]
    one = {"enum": words if isinstance(wanted, bool) else list(wanted)}
    many = {"anyOf": [one, {"type": "array", "contains": one}]} if field.of_kind(list) else one
    met_unsaid = field.default is not REQUIRED and met(wanted, field.default, False)
    return {"properties": {field.name: many}, **({} if met_unsaid else needed)}


def _field(field: Field) -> Schema:
    kinds = [_kind(kind, field) for kind in field.types]
    if field.is_only_array and field.default == 0 and field.default is not REQUIRED:
        kinds.append({"const": 0})
    if field.about.worded:
        kinds += [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]
    page = kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
    return {**({"description": field.help} if field.about.help or field.about.only else {}), **page}


def _kind(kind: Any, field: Field) -> Schema:
    plain: dict[Any, Schema] = {
        bool: YES_NO,
        str: TEXT_SCHEMA,
        float: _number(field),
        Tree: TEXT_SCHEMA,
        Lines: {"type": ["string", "object", "array"]},
        int: _whole(field),
    }
    if kind in plain:
        return plain[kind]
    if kind is Array:
        own = {len(axes) for axes in field.axes}
        shapes = [_nested(axes) for axes in dict.fromkeys([*(len(axes) for axes in field.axes), 1, 0])]
        shapes = shapes if own else [{"$ref": "#/$defs/array"}, _nested(0)]
        return {"anyOf": [*shapes, _record(ArrayFile)]}
    item = get_args(kind)[-1] if get_args(kind) else kind
    inner = Field(field.name, alternatives(item), REQUIRED, field.about, field.axes)
    if get_origin(kind) is Literal:
        words = list(get_args(kind))
        return {"enum": words + [read for word, read in (("on", True), ("off", False)) if word in words]}  # YAML 1.1
    if get_origin(kind) is list:
        return {"type": "array", "items": _field_of(inner), **({} if field.about.empty else {"minItems": 1})}
    if is_dataclass(kind):
        return _record(kind)
    if isinstance(kind, type) and issubclass(kind, Variant):
        return {"$ref": f"#/$defs/{kind.__name__}"}
    names = {"propertyNames": {"pattern": f"^{SYMBOL.pattern}$"}} if get_args(kind)[0] in (Symbol, OwnName) else {}
    return {"type": "object", "additionalProperties": _field_of(inner), **names}


def _field_of(inner: Field) -> Schema:
    page = _field(inner)
    page.pop("description", None)
    return page


def _number(field: Field) -> Schema:
    bounds = {"exclusiveMinimum": field.about.above, "minimum": field.about.least, "maximum": field.about.most}
    given = {name: bound for name, bound in bounds.items() if bound is not None}
    return {"$ref": "#/$defs/number", **given}


def _whole(field: Field) -> Schema:
    bounds = {"minimum": field.about.least, "maximum": field.about.most}
    return {"type": "integer", **{name: bound for name, bound in bounds.items() if bound is not None}}


def _nested(axes: int) -> Schema:
    """Lists of lists of numbers, so many deep."""
    inner: Schema = {"$ref": "#/$defs/number"}
    for _ in range(axes):
        inner = {"type": "array", "items": inner, "minItems": 1}
    return inner


def _variant(kinds: type[Variant]) -> Schema:
    """{kind: {fields}}, {kind: the one field that it needs}, or the bare name of a kind that needs nothing."""
    bare = [n for n in kinds.options if any(not any(f.required for f in fields_of(way)) for way in kinds.ways(n))]
    one = {"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": False}
    return {"anyOf": [{"enum": bare}, {**one, "properties": {n: _ways(kinds.ways(n)) for n in kinds.options}}]}


def _ways(ways: tuple[type, ...]) -> Schema:
    """The ways of writing a kind's fields; where one field may stand for all, its value too."""
    pages = [_record(way) for way in ways]
    one = field_alone(ways)
    if one is not None:
        pages.append(_field_of(one))
    return pages[0] if len(pages) == 1 else {"anyOf": pages}
