"""What the help of a topic says of its fields: what each is, where it belongs, what it may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from nncalc.cli.options import metavar_of
from nncalc.errors import listed

FIELDS_OF = "Fields"


def told(params: Iterable[Any], forms: Sequence[Any]) -> None:
    """Gives the options of a topic's fields their texts, and the headings that they stand below.

    Those that the same forms have stand together.
    """
    from nncalc.topics.parts.fields import fields_of

    for param in params:
        homes = [(form.__name__, f) for form in forms for f in fields_of(form) if f.name == param.name]
        if homes:
            param.help = _help(homes)
            param.metavar = _metavar([field for _, field in homes])
            param.rich_help_panel = _heading([name for name, _ in homes], len(forms))


def in_order(params: list[Any]) -> list[Any]:
    """The options as help lists them: fields that more forms have before those of fewer, and the others as they are."""
    fields = [p for p in params if str(getattr(p, "rich_help_panel", "")).startswith(FIELDS_OF)]
    headings = sorted(dict.fromkeys(p.rich_help_panel for p in fields), key=_spread)
    before = params.index(fields[0])
    others = [p for p in params[before:] if p not in fields]
    return [*params[:before], *(p for one in headings for p in fields if p.rich_help_panel == one), *others]


def _heading(homes: list[str], forms: int) -> str:
    return FIELDS_OF + (f" of form {listed(homes)}" if len(homes) < forms else "")


def _spread(heading: str) -> tuple[bool, int]:
    """Fields of all forms first, then those of several."""
    return heading != FIELDS_OF, -len(heading.split(", ")) - (" or " in heading)


def layer_rows(forms: Iterable[Any]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """For each form that takes layers a heading, and a row a kind; kinds with the same fields share one."""
    from nncalc.topics.parts.choices import layers_of
    from nncalc.topics.parts.fields import fields_of

    for form in forms:
        for kinds in layers_of(form):
            alike: dict[Any, list[str]] = {}
            for kind in kinds.options:
                needed = tuple(f.name for f in fields_of(kinds.ways(kind)[0]) if f.required)
                others = tuple(f.name for f in fields_of(kinds.ways(kind)[0]) if not f.required)
                alike.setdefault((needed, others), []).append(kind)
            rows = [(first, _row(needed, others, rest)) for (needed, others), (first, *rest) in alike.items()]
            yield f"Layers of form {form.__name__} (needed; optional)", rows


def _row(needed: Sequence[str], others: Sequence[str], alike: Sequence[str]) -> str:
    fields = "; ".join(filter(None, (", ".join(needed), ", ".join(others))))
    return fields + (f" (also {', '.join(alike)})" if alike else "")


def _help(homes: list[tuple[str, Any]]) -> str:
    """What a field is and, in brackets, beside what it belongs, and its default; by form where these differ.

    homes: the forms that have the field, with what each says of it. The heading says which they are.
    """
    words = _by_form([(name, field.about.help or field.wants) for name, field in homes], "; {1}: {0}")
    words = _words([field for _, field in homes], words) + _keys(homes)
    only = homes[0][1].about.only
    where = only.words if only is not None else ""
    defaults = _by_form([(name, _default(field)) for name, field in homes], ", for {1} {0}")
    brackets = "; ".join(filter(None, [where, defaults]))
    return words + (f" ({brackets})" if brackets else "")


def _words(fields: list[Any], words: str) -> str:
    """What is said of a field of one form or several, with its choices where neither that nor its mark names all."""
    choices = _choices(fields)
    named = all(choice in words for choice in choices) or "…" not in _metavar(fields)
    return words if named else f"{words}: {', '.join(choices)}"


def _keys(homes: list[tuple[str, Any]]) -> str:
    """The keys of a field that is a mapping of its own, or nothing."""
    from nncalc.topics.parts.fields import fields_of

    record = next((field.record for _, field in homes if field.record is not None), None)
    of_it = [f"{key.name}, {_listed(key)}" for key in fields_of(record)] if record else []
    return f"; its keys: {' | '.join(of_it)}" if of_it else ""


def _listed(key: Any) -> str:
    """What a key of a mapping is, with all its choices: it has no mark of its own."""
    choices = _choices([key])
    return key.help if all(choice in key.help for choice in choices) else f"{key.help}: {', '.join(choices)}"


def _choices(fields: list[Any]) -> list[str]:
    """The words that a field may be, alone or in a list; of one that is a record of several kinds, these."""
    from nncalc.topics.parts.choices import choices_of

    words = [word for f in fields for word in choices_of(f) or (f.variant.options if f.variant else ())]
    return list(dict.fromkeys(words))


def _default(field: Any) -> str:
    from nncalc.topics.parts.fields import REQUIRED, shown

    plain = field.default in (REQUIRED, None, 0) or field.default is False
    return "" if plain else f"default {shown(field.default)}"


def _by_form(said: list[tuple[str, str]], other: str) -> str:
    """What the first form says, and behind it what others say where that is something else."""
    first = said[0][1]
    apart: dict[str, list[str]] = {}
    for name, words in said:
        if words and words != first:
            apart.setdefault(words, []).append(name)
    return first + "".join(other.format(words, listed(names)) for words, names in apart.items())


def _metavar(fields: list[Any]) -> str:
    """The mark behind a flag: what kind of value it takes, or which words."""
    kinds = {int: "N", float: "NUMBER", bool: "yes|no"}
    last = fields[-1]
    kind = "ARRAY" if last.is_array else next((kinds[t] for t in last.types if t in kinds), "")
    words = metavar_of([*([kind] if kind else []), *_choices(fields)], last.name)
    return words or ("LIST" if last.of_kind(list) else "TEXT")
