"""A record made from a kernel's fields: a layer of a network is written with the words of its topic."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import MISSING, FrozenInstanceError, field, fields, make_dataclass, replace
from typing import Annotated, Any, Union

from nncalc.topics.parts.belonging import GIVEN, LEFT_OUT, When, met
from nncalc.topics.parts.fields import REQUIRED, Field, fields_of


class Made:
    """What made records share; compiled for each, as dataclasses do, it would take a millisecond of every call."""

    def __init__(self, **given: Any):
        """Sets every field. Raises TypeError for one that there is not, or that is missing."""
        known: tuple[Any, ...] = fields(self)  # type: ignore[arg-type]  # a dataclass when it is made
        values = {f.name: f.default for f in known if f.default is not MISSING} | given
        if values.keys() != {f.name for f in known}:
            wrong = sorted(values.keys() ^ {f.name for f in known})
            raise TypeError(f"{type(self).__name__}: {', '.join(wrong)} missing or unknown")
        self.__dict__.update(values)

    def __setattr__(self, name: str, value: Any) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __eq__(self, other: object) -> bool:
        return vars(self) == vars(other) if type(other) is type(self) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # it may hold arrays


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
    return make_dataclass(kernel.__name__, made, bases=(Made,), init=False, repr=False, eq=False)


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
