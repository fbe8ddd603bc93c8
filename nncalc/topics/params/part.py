"""A layer at its place in a network: what comes in, what it is called, and where its counts go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from nncalc.errors import FieldPath, Refused, did_you_mean, printable
from nncalc.topics.params.scope import Entry, Scope
from nncalc.topics.params.shape import Shape, Size, known_sizes, sizes, spoken
from nncalc.trace.rules.products import total
from nncalc.trace.value import Value, numbers
from nncalc.trace.work import BareWork, Work

# So many layers are worked one by one; a repetition of layers that keep their shape is one of them, however often.
MOST_LAYERS = 10_000
# What takes the tokens of a model, how many there may be, and what only hands them on.
ANY_INPUT = {"", "embedding", "tied", "repeat", "residual", "parallel", "learned", "dropout", "identity"}
# Longer counts mean nothing, and floats end at 308 digits.
LONGEST_COUNT = 250


# How a kind of layer is counted: from what comes in to what goes out.
CountLayer = Callable[["Part", Any], Shape]
# What has been counted so far, by quantity: params, macs, statistics, …
Tally = dict[str, list[Any]]


@dataclass
class Place:
    """A list of layers: its path in the file, the names in it, and the counts of its layers."""

    counter: Counter
    path: FieldPath
    scope: Scope = field(default_factory=Scope)
    prefix: str = ""
    depth: int = 0
    tally: Tally = field(default_factory=dict)

    def sum(self, quantity: str) -> Any:
        """The sum over all layers of the list, None where none has any."""
        counts = self.tally.get(quantity, [])
        return None if not counts else total(*counts) if len(counts) > 1 else counts[0]


class LayerRow(NamedTuple):
    """A line of the table at the end."""

    depth: int
    name: str
    before: Shape
    after: Shape
    params: Any
    macs: Any


class Counter:
    """One working: the layers that have been worked, the rows of the table, the symbols that were used.

    start: what comes into the network. channels_first: how sizes of images are told. sharing: how many layers around
    this one share their parameters with another.
    """

    def __init__(
        self,
        work: Work,
        kinds: Mapping[str, CountLayer],
        start: Shape,
        more: bool = False,
        channels_first: bool = False,
    ):
        self.work, self.kinds, self.start, self.more, self.channels_first = work, kinds, start, more, channels_first
        self.worked = self.sharing = 0
        self.caching = False
        self.rows: list[LayerRow] = []
        self.symbols: dict[str, dict[str, str]] = {}
        self.remarks: dict[str, None] = {}
        self.matrices: list[tuple[int, int, Any]] = []
        self.output: tuple[int, int] | None = None
        self.kept: dict[Any, bool] = {}
        self.tell: Callable[[Part, Any, Shape], None] | None = None

    def trial(self) -> Counter:
        """The same on a page that nobody sees."""
        counter = Counter(BareWork(), self.kinds, self.start, channels_first=self.channels_first)
        counter.worked, counter.sharing, counter.kept = self.worked, self.sharing, self.kept
        return counter

    def ordered(self, shape: Shape) -> Shape:
        """A shape in the order in which the problem gives them: with channels_first those of an image come first."""
        return (shape[-1], *shape[:-1]) if self.channels_first and len(shape) == 3 else shape

    def spoken(self, shape: Shape | Sequence[int | None]) -> str:
        """A shape in words, in that order."""
        lengths = [n.exact if isinstance(n, Size) else n for n in shape]
        return spoken(self.ordered(sizes(*lengths)))

    def run(self, place: Place, layers: Sequence[tuple[str, Any]], shape: Shape) -> Shape:
        """All layers of a list in order, from what comes in to what goes out."""
        for k, (kind, layer) in enumerate(layers, 1):
            shape = self.part(place, (*place.path, k), layer.name or f"{kind}{k}", kind, layer, shape)
        return shape

    def part(
        self,
        place: Place,
        path: FieldPath,
        name: str,
        kind: str,
        layer: Any,
        shape: Shape,
        how: CountLayer | None = None,
    ) -> Shape:
        """One layer: its working, its row, its name for others.

        Raises Refused where it does not fit what comes in.
        """
        self.worked += 1
        if self.worked > MOST_LAYERS:
            hint = "a repeat whose layers keep their shape is worked once, however often it is repeated"
            raise Refused(path, f"more than {MOST_LAYERS} layers are to be worked one by one, the limit", hint=hint)
        part = Part(self, place, path, name, kind, shape)
        if not name.isidentifier() or name in place.scope.entries:
            what = (
                f"the name '{printable(name)}' is taken"
                if name.isidentifier()
                else f"'{printable(name)}' cannot be a name"
            )
            raise part.refused(what, "a name of its own of letters, digits and _", at="name")
        if known_sizes(shape) == (None,) and shape is self.start and kind not in ANY_INPUT:
            want = "[height, width, channels], [T, D] or [n]"
            raise Refused(
                "input_shape", "is missing", want, "only a model that begins with an embedding can do without"
            )
        at = len(self.rows)
        after = (how or self.kinds[kind])(part, layer)
        if any(size.exact is not None and size.exact >= 10**LONGEST_COUNT for size in after):
            raise part.refused(f"gives a size of more than {LONGEST_COUNT} digits, the limit")
        if self.tell is not None:
            self.tell(part, layer, after)
        place.scope.entries[name] = Entry(kind, layer, shape, after, part.scope.entries)
        counts = (part.counts.get("params"), part.counts.get("macs"))
        self.rows.insert(at, LayerRow(place.depth, part.label or name, shape, after, *counts))
        return after


class Part:
    """One layer while it is worked. `counts` is what it came to, by quantity."""

    def __init__(self, counter: Counter, place: Place, path: FieldPath, name: str, kind: str, shape: Shape):
        self.counter, self.place, self.path, self.name, self.kind, self.shape = counter, place, path, name, kind, shape
        self.counts: dict[str, Any] = {}
        self.numbers: dict[str, Any] = {}
        self.scope = Scope(outer=place.scope)
        self.label = self.said = ""
        self.windows: Sequence[Any] = ()

    @property
    def full(self) -> str:
        """Its name, and in front those of the layers that it is in."""
        return f"{self.place.prefix}{self.name}"

    @property
    def work(self) -> Work:
        """The page."""
        return self.counter.work

    def spoken(self, shape: Shape | Sequence[int | None]) -> str:
        """A shape in words, in the problem's order."""
        return self.counter.spoken(shape)

    def refused(self, what: str, want: str = "", hint: str = "", at: str = "") -> Refused:
        """The refusal of this layer, or of one of its fields."""
        return Refused((*self.path, self.kind, at) if at else self.path, what, want, hint)

    def found(self, name: str, at: str, lists: bool = True) -> Entry:
        """The layer that a field names, or (`lists`) the list of layers. Raises Refused where there is none."""
        entry = self.place.scope.find(name)
        if entry is not None and entry.layer is None and not lists:
            inner = ", ".join(f"{name}.{n}" for n in entry.inner)
            raise self.refused(f"{name} is a list of layers", "one layer", f"as {inner}" if inner else "", at)
        if entry is None:
            names = self.place.scope.names(lists)
            hint = did_you_mean(name, names, f"the layers before it are {', '.join(names[:20])}", cutoff=0.5)
            raise self.refused(
                f"there is no layer '{printable(name)}' before this one", hint=hint if names else "", at=at
            )
        return entry

    def known(self, size: Size) -> int:
        """A size that has to be known. Raises Refused otherwise."""
        if size.exact is None:
            what = "needs to know how many tokens there are, and input_shape is left out"
            raise self.refused(what, "input_shape: [T]")
        return size.exact

    def given_by(self, name: str, at: str) -> Shape:
        """What the layer that a field names gives; `input` is what comes into the network."""
        if name == "input" and self.place.scope.find(name) is None:
            return self.counter.start
        return self.found(name, at).after

    # The page

    @contextmanager
    def section(self, words: str, after: Sequence[int | None]) -> Iterator[None]:
        """The section of a layer: what it is, what comes in, what goes out."""
        self.said = self.title(words, after)
        with self.work.section(self.name, self.said):
            yield

    @contextmanager
    def within(self) -> Iterator[None]:
        """The names of a layer that has layers inside, before its own section."""
        with self.work.section(self.name, ""):
            yield

    @contextmanager
    def heading(self, words: str, after: Sequence[int | None]) -> Iterator[None]:
        """The section of a layer that has layers inside, below theirs."""
        with self.work.section("", self.title(words, after)):
            yield

    def title(self, words: str, after: Sequence[int | None]) -> str:
        """conv1: 6 filters of 5 x 5; 28 x 28 x 1 → 24 x 24 x 6."""
        said = f"{words}; " if words else ""
        return f"{self.full}: {said}{self.spoken(self.shape)} → {self.spoken(after)}"

    def number(self, symbol: str, value: Any, means: str = "") -> Any:
        """A whole number of the layer, by its symbol; what the symbol means stands below the page."""
        if symbol not in self.numbers:
            held = value.carried if isinstance(value, Size) else value
            count = self.work.given(symbol, np.array(held, dtype=object))
            if isinstance(count, Value):
                count.shown = symbol
            self.numbers[symbol] = count
        if means:
            self.counter.symbols.setdefault(self.kind, {})[symbol] = means
        return self.numbers[symbol]

    def let(self, name: str, value: Any, shown: str | None = None) -> Any:
        """Names a step of this layer."""
        if isinstance(value, Value) and value.name is None and value.used:
            value = +value  # a product that another step has written out, too
        value = self.work.let(name, value)
        if isinstance(value, Value):
            value.shown = shown or name
        return value

    def size(self, name: str, value: Any, length: int) -> Size:
        """Names a step that is the size of what goes out along one axis."""
        return Size(length, carried(self.let(name, value, f"{self.name}.{name}" if name == "output" else name)))

    def remark(self, text: str) -> None:
        """Something to be said once below the page."""
        self.counter.remarks[text] = None

    # The counts

    def count(self, quantity: str, value: Any) -> Any:
        """Names what the layer has of a quantity; None where it has none. Raises Refused beyond the limit."""
        if value is None:
            return None
        if carried(value) >= 10**LONGEST_COUNT:
            raise self.refused(f"comes to a count of more than {LONGEST_COUNT} digits, the limit")
        value = self.let(quantity, value, f"{self.name}.{quantity}")
        self.counts[quantity] = value
        self.place.tally.setdefault(quantity, []).append(value)
        return value

    def learns(self, count: Callable[[], Any]) -> None:
        """How many numbers the layer learns; a layer that shares them with another learns none of its own."""
        if not self.counter.sharing:
            self.count("params", count())
        elif self.counter.more:
            self.count("shared", count())

    def costs(self, macs: Any) -> None:
        """How many multiply-adds it takes."""
        self.count("macs", macs)

    # Layers inside

    def at(self, *field: str | int) -> FieldPath:
        """The path of a field."""
        return (*self.path, self.kind, *field)

    def inner(self, path: FieldPath) -> Place:
        """The place of a list of layers inside this one."""
        return Place(self.counter, path, self.scope, f"{self.full}.", self.place.depth + 1)


def carried(value: Any) -> Any:
    """A count as a Python number."""
    return numbers(value).item()
