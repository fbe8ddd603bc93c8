"""A record made from a kernel's fields: a layer of a network is written with the words of its topic."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import field, make_dataclass, replace
from typing import Annotated, Any, Union

from nncalc.topics.parts.belonging import GIVEN, LEFT_OUT, When, met
from nncalc.topics.parts.fields import REQUIRED, Field, fields_of


def record_of(
    kernel: Callable[..., Any],
    left_out: Collection[str],
    fixed: Mapping[str, Any],
    more: Iterable[Field] = (),
    needs: Collection[str] = (),
) -> type:
    """The kernel's fields without those left out and those that are fixed, and some more, as a record.

    needs: fields that must be given here. A field that belongs to others (`About.only`) belongs to those that are left.
    """
    kept = [_resolved(f, left_out, fixed) for f in fields_of(kernel) if f.name not in left_out and f.name not in fixed]
    kept = [replace(f, default=REQUIRED) if f is not None and f.name in needs else f for f in kept]
    made = [(f.parameter, _hint(f), _default(f)) for f in (*kept, *more) if f is not None]
    return make_dataclass(kernel.__name__, made, frozen=True, kw_only=True)


def _hint(f: Field) -> Any:
    axes = " | ".join(" ".join(names) for names in f.axes)
    return Annotated[Union[f.types], f.about, axes]  # noqa: UP007  (the types are known when it runs)


def _default(f: Field) -> Any:
    return field() if f.required else field(default=f.default)


def _resolved(f: Field, left_out: Collection[str], fixed: Mapping[str, Any]) -> Field | None:
    """The field with the conditions that can still be met or not; None where it can say nothing."""
    if f.about.only is None:
        return f
    ways = []
    for way in f.about.only.ways:
        kept = []
        for name, wanted in way:
            if name in fixed and met(wanted, fixed[name], True):
                continue
            if name in left_out and wanted is LEFT_OUT:
                continue
            kept.append((name, wanted, name in fixed or (name in left_out and wanted is GIVEN)))
        if not any(never for _, _, never in kept):
            ways.append(tuple((name, wanted) for name, wanted, _ in kept))
    if not ways:
        return None
    return replace(f, about=replace(f.about, only=When(tuple(ways)) if all(ways) else None))
