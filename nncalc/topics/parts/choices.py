"""The words that a field may be, and the kinds of layers that one takes: what help, completion and the index list."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

from nncalc.topics.parts.fields import Field, Variant, alternatives, fields_of


def choices_of(field: Field) -> list[str]:
    """The words that a field may be, alone or in a list."""
    kinds = [kind for one in field.types for kind in (one, *get_args(one))]
    return list(dict.fromkeys(str(word) for kind in kinds if get_origin(kind) is Literal for word in get_args(kind)))


def layers_of(owner: Any) -> list[type[Variant]]:
    """The kinds of layers that a form takes in a list."""
    lists = [item for f in fields_of(owner) for one in f.types for item in get_args(one)]
    items = [one for item in lists for one in alternatives(item)]
    return [item for item in dict.fromkeys(items) if isinstance(item, type) and issubclass(item, Variant)]
