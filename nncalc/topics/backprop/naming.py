"""What the layers of a network are called: as the file says, or by their kind and place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nncalc.errors import FieldPath, Refused, printable, spelled

_NAME = re.compile("[A-Za-z][A-Za-z0-9_]{0,40}")
# What a page calls so already: its input and its loss, time steps, heads, updates.
_OURS = re.compile("x|L|target|upstream|(t|head|step)[0-9]+")


@dataclass(frozen=True)
class Place:
    """A layer, what it is called, its number (1, of one inside another 1_2), and its path in the file."""

    kind: str
    layer: Any
    name: str
    number: str
    path: FieldPath


def placed(layers: Sequence[Any], path: FieldPath = ("layers",), around: Place | None = None) -> Iterator[Place]:
    """All layers in their order, those inside others behind the one that they are in.

    around: the layer that these are in; one alone has its number (attention1 in residual1) but where both would be
    called the same, of several each has its own behind it (dense1_2).
    """
    for i, entry in enumerate(layers, 1):
        kind, layer = entry if isinstance(entry, tuple) else ("dense", entry)
        at = (*path, i, kind) if isinstance(entry, tuple) else (*path, i)
        number = str(i)
        if around is not None:
            alone = len(layers) == 1 and around.name != f"{kind}{around.number}"
            number = around.number if alone else f"{around.number}_{i}"
        place = Place(kind, layer, layer.name or f"{kind}{number}", number, at)
        yield place
        yield from placed(getattr(layer, "layers", ()), (*at, "layers"), place)


def check_names(places: Sequence[Place]) -> None:
    """Raises Refused for a name that is none, that pages have for something else, or that another layer has."""
    taken: dict[str, Place] = {place.name: place for place in places if place.layer.name is None}
    for place in places:
        name = place.layer.name
        if name is None:
            continue
        said, where = printable(name), (*place.path, "name")
        if not _NAME.fullmatch(name):
            raise Refused(where, f"'{said}' is no name", "letters, digits and _")
        if _OURS.fullmatch(name):
            raise Refused(where, f"'{said}' is what pages call something else", "another name")
        if name in taken:
            other = spelled(taken[name].path)
            raise Refused(where, f"'{said}' is taken: so is {other} called", "each name once")
        taken[name] = place
