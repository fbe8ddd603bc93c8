"""Layer after layer: what goes from one to the next, and each layer at its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nncalc.errors import FieldPath, Refused, dimensions, printable
from nncalc.trace.name import in_section
from nncalc.trace.work import Work

_NAME = re.compile("[A-Za-z][A-Za-z0-9_]{0,40}")


@dataclass(frozen=True)
class Flow:
    """What goes into a layer: its value, how the page calls it, and which layer it comes from.

    image: its last two axes are height and width. Where it is activation(z), a loss may be differentiated with it.
    """

    value: Any
    name: str
    source: str
    image: bool = False
    z: Any = None
    activation: str = ""

    @property
    def words(self) -> str:
        """Who gives what, as errors say it: flatten4 gives 8."""
        return f"{self.source} {'is' if self.source == 'x' else 'gives'} {dimensions(self.value.shape)}"


class PlacedRefusal(Refused):
    """A refusal that names the layer already."""


class Stack:
    """A network as it is worked: the numbers that it learns, by their names, and the row of its layers with shapes.

    layout: how the weights of dense layers stand, for the whole network. goes_back: whether there is a backward pass.
    """

    def __init__(self, work: Work, kinds: Mapping[str, WorkLayer], layout: str, goes_back: bool):
        self.work, self.kinds, self.layout, self.goes_back = work, kinds, layout, goes_back
        self.learned: dict[str, Any] = {}
        self.names: set[str] = set()
        self.row: list[str] = []
        self.conventions: dict[str, None] = {}

    def run(self, layers: Sequence[Any], flow: Flow, path: FieldPath, around: str = "") -> Flow:
        """What the last of these layers gives. Raises PlacedRefusal where one cannot work with what comes in.

        around: the place of the layer that these are in; one alone has the same place (attention1 in residual1), of
        several each has its own behind it (dense1_2).
        """
        for number, entry in enumerate(layers, 1):
            kind, layer = entry if isinstance(entry, tuple) else ("dense", entry)
            at = (*path, number, kind) if isinstance(entry, tuple) else (*path, number)
            place = str(number) if not around else around if len(layers) == 1 else f"{around}_{number}"
            name = layer.name or f"{kind}{place}"
            if not _NAME.fullmatch(name) or name in self.names:
                what = "is taken" if name in self.names else "is no name"
                raise PlacedRefusal((*at, "name"), f"'{printable(name)}' {what}", "letters, digits and _, each once")
            self.names.add(name)
            before, flow = flow, self._one(Position(self, kind, name, place, at, flow), layer)
            if not around:
                same = before.value.shape == flow.value.shape
                self.row.append(name if same else f"{name} {dimensions(flow.value.shape)}")
        return flow

    def _one(self, at: Position, layer: Any) -> Flow:
        try:
            return self.kinds[at.kind](at, layer)
        except PlacedRefusal:
            raise
        except Refused as error:
            own = error.path if error.path[0] not in ("image", "x") else ()
            hint = error.hint or at.before.words
            raise PlacedRefusal((*at.path, *own), error.what, error.want, hint) from None


@dataclass(frozen=True)
class Position:
    """A layer at its place: its kind, its name and its number, its path in the file, and what comes in."""

    stack: Stack
    kind: str
    name: str
    place: str
    path: FieldPath
    before: Flow

    @property
    def work(self) -> Work:
        """The page."""
        return self.stack.work

    def given(self, name: str, array: Any, symbol: str | None = None, learned: bool = True) -> Any:
        """Numbers of the layer, on the page and, unless they stay as they are, among what is learned."""
        if array is None:
            return None
        value = self.work.given(name, array, symbol)
        if learned:
            self.stack.learned[in_section(self.name, symbol or name)] = value
        return value

    def gives(self, name: str, value: Any, **more: Any) -> Flow:
        """What goes on: a value that this layer calls so."""
        image = more.pop("image", self.before.image)
        return Flow(value, in_section(self.name, name), self.name, image and value.ndim > 1, **more)

    def let(self, name: str, value: Any, **more: Any) -> Flow:
        """The same for what has no name yet."""
        return self.gives(name, self.work.let(name, value), **more)

    def says(self, words: str) -> None:
        """A convention, told once at the head of the page."""
        self.stack.conventions[words] = None

    def no_image(self) -> None:
        """Raises Refused where an image comes in and a vector, or a row for each token or sample, is wanted."""
        if self.before.image or self.before.value.ndim > 2:
            hint = f"flatten before it; {self.before.words}"
            raise Refused("x", "wants a vector, or rows of numbers, but gets an image", hint=hint)


# How a kind of layer is worked: its place and its record, to what it gives.
WorkLayer = Callable[[Position, Any], Flow]
