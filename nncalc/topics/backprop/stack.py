"""Layer after layer: what goes from one to the next, and each layer at its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nncalc.errors import FieldPath, Refused, dimensions
from nncalc.topics.backprop.goal import STANDS
from nncalc.topics.backprop.naming import LayerPlace
from nncalc.topics.parts.fields import fields_of
from nncalc.topics.parts.fitting import size_in_words, size_said
from nncalc.trace.name import in_section
from nncalc.trace.work import Work


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
        """Who gives what, as errors say it: flatten4 gives 8 numbers, x has 2 numbers, x is 3 x 3."""
        shape = self.value.shape
        return f"x {size_said(shape)}" if self.source == "x" else f"{self.source} gives {size_in_words(shape)}"


class PlacedRefusal(Refused):
    """A refusal that names the layer already."""


def given_layers(work: Work, places: Iterable[LayerPlace]) -> dict[str, Any]:
    """Gives the page the arrays of all layers, by the names that formulas call them: conv1.K."""
    held: dict[str, Any] = {}
    for place in places:
        for f in fields_of(place.layer.__class__):
            array = getattr(place.layer, f.parameter)
            if f.is_only_array and array is not None:
                symbol = in_section(place.name, f.about.symbol or f.name)
                held[symbol] = work.given(in_section(place.name, f.name), array, symbol)
    return held


class Stack:
    """A network as it is worked once: the numbers that it learns, by their names, and its layers with their shapes.

    held: the layers' arrays as they go into it; anew: they have names of their own here, as update after update does.
    layout: how the weights of dense layers stand, for the whole network. goes_back: whether there is a backward pass.
    tokens: the words that x stands for.
    """

    def __init__(
        self,
        work: Work,
        kinds: Mapping[str, WorkLayer],
        places: Iterable[LayerPlace],
        held: Mapping[str, Any],
        layout: str,
        goes_back: bool = False,
        anew: bool = False,
        tokens: Sequence[str] | None = None,
    ):
        self.work, self.kinds, self.held, self.layout = work, kinds, held, layout
        self.places = {place.path: place for place in places}
        self.goes_back, self.anew, self.tokens = goes_back, anew, tokens
        self.learned: dict[str, Any] = {}
        self.flows: dict[str, Flow] = {}
        self.row: list[str] = []
        self.drawn: list[tuple[str, ...]] = []
        self.conventions: dict[str, list[str]] = {}
        self.stands: dict[str, list[str]] = {}

    def run(self, layers: Sequence[Any], flow: Flow, path: FieldPath) -> Flow:
        """What the last of these layers gives. Raises PlacedRefusal where one cannot work with what comes in."""
        row: list[str] = []
        drawn: list[tuple[str, ...]] = []
        for number, entry in enumerate(layers, 1):
            at = (*path, number, entry[0]) if isinstance(entry, tuple) else (*path, number)
            place = self.places[at]
            flow = self._one(Position(self, place, flow), place.layer)
            nested = bool(getattr(place.layer, "layers", ()))
            inside = f" ({' → '.join(self.row)})" if nested else ""
            row.append(f"{place.name}{inside} {dimensions(flow.value.shape)}")
            within = " → ".join(name for name, *_ in self.drawn) if nested else ""
            drawn.append((place.name, dimensions(flow.value.shape), flow.name, within))
        self.row, self.drawn = row, drawn
        return flow

    def _one(self, at: Position, layer: Any) -> Flow:
        try:
            flow = self.flows[at.name] = self.kinds[at.kind](at, layer)
            return flow
        except PlacedRefusal:
            raise
        except Refused as error:
            own = error.path if error.path[0] not in ("image", "x") else ()
            hint = error.hint or at.before.words
            raise PlacedRefusal((*at.path, *own), error.what, error.want, hint) from None

    def said(self) -> list[str]:
        """How all weights stand, once where it is the same, and the conventions of the layers."""
        several = len(self.stands) > 1
        weights = [STANDS[way] + (f" ({' '.join(names)})" if several else "") for way, names in self.stands.items()]
        words = [" ".join([*names, words]) for words, names in self.conventions.items()]
        return weights + words


@dataclass(frozen=True)
class Position:
    """A layer at its place, and what comes in."""

    stack: Stack
    at: LayerPlace
    before: Flow

    @property
    def kind(self) -> str:
        """Its kind."""
        return self.at.kind

    @property
    def name(self) -> str:
        """What its steps are called."""
        return self.at.name

    @property
    def path(self) -> FieldPath:
        """Where it stands in the file."""
        return self.at.path

    @property
    def work(self) -> Work:
        """The page."""
        return self.stack.work

    def given(self, name: str, array: Any, symbol: str | None = None, learned: bool = True) -> Any:
        """Numbers of the layer, on the page and, unless they stay as they are, among what is learned."""
        if array is None:
            return None
        local = symbol or name
        full = in_section(self.name, local)
        value = self.stack.held[full] if full in self.stack.held else self.work.given(name, array, symbol)
        if learned:
            value = self.stack.learned[full] = self.work.let(local, value) if self.stack.anew else value
        return value

    def gives(self, name: str, value: Any, **more: Any) -> Flow:
        """What goes on: a value that this layer calls so."""
        image = more.pop("image", self.before.image)
        return Flow(value, in_section(self.name, name), self.name, image and value.ndim > 1, **more)

    def let(self, name: str, value: Any, **more: Any) -> Flow:
        """The same for what has no name yet."""
        return self.gives(name, self.work.let(name, value), **more)

    def says(self, words: str, named: bool = False) -> None:
        """A convention, told once at the head of the page; `named`: with the layers that it holds for."""
        self.stack.conventions.setdefault(words, []).extend([self.name] if named else [])

    def weighs(self, layout: str) -> None:
        """How its weights stand, told at the head of the page."""
        self.stack.stands.setdefault(layout, []).append(self.name)

    def no_image(self) -> None:
        """Raises Refused where an image comes in and a vector, or a row for each token or sample, is wanted."""
        if self.before.image or self.before.value.ndim > 2:
            hint = f"flatten before it; {self.before.words}"
            raise Refused("x", "wants a vector, or rows of numbers, but gets an image", hint=hint)


# How a kind of layer is worked: its place and its record, to what it gives.
WorkLayer = Callable[[Position, Any], Flow]
