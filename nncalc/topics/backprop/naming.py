"""What the layers of a network are called: as the file says, or by their kind and place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nncalc.errors import FieldPath, Refused, printable, spelled

_NAME = re.compile("[A-Za-z][A-Za-z0-9_]{0,40}")
# What a page calls so already.
_OURS = (
    (re.compile("x"), "the input"), (re.compile("L"), "the loss"), (re.compile("target|upstream"), "what is given"),
    (re.compile("t[0-9]+"), "a time step"), (re.compile("head[0-9]+"), "a head"),
    (re.compile("step[0-9]+"), "an update"),
)  # fmt: skip


@dataclass(frozen=True)
class LayerPlace:
    """A layer, what it is called (by_file: as the file says), its number (of one inside another 1_2), and its path.

    then: the kind of the layer behind it, if there is one.
    """

    kind: str
    layer: Any
    name: str
    by_file: bool
    number: str
    path: FieldPath
    then: str = ""


def placed(
    layers: Sequence[Any], path: FieldPath = ("layers",), around: LayerPlace | None = None
) -> Iterator[LayerPlace]:
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
        said = getattr(layer, "name", None)  # a plain layer of dense layers alone has none
        then = layers[i] if i < len(layers) else ""
        then = then[0] if isinstance(then, tuple) else then and "dense"
        place = LayerPlace(kind, layer, f"{kind}{number}" if said is None else said, said is not None, number, at, then)
        yield place
        yield from placed(getattr(layer, "layers", ()), (*at, "layers"), place)


def check_names(places: Sequence[LayerPlace]) -> None:
    """Raises Refused for a name that is none, that pages have for something else, or that another layer has."""
    taken: dict[str, LayerPlace] = {place.name: place for place in places if not place.by_file}
    for place in filter(lambda place: place.by_file, places):
        name, said, where = place.name, printable(place.name), (*place.path, "name")
        if not _NAME.fullmatch(name):
            raise Refused(where, f"'{said}' is no name", "letters, digits and _")
        ours = next((what for pattern, what in _OURS if pattern.fullmatch(name)), None)
        if ours is not None:
            raise Refused(where, f"'{said}' is what the page calls {ours}", "another name")
        if name in taken:
            other = spelled(taken[name].path)
            raise Refused(where, f"'{said}' is taken: it is what {other} is called", "each name once")
        taken[name] = place
