"""Layers made of layers: repetitions, ways around, branches, experts; and all kinds in one table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar, Literal

from nncalc.errors import FieldPath
from nncalc.topics.params.attention import ATTENTION
from nncalc.topics.params.common import BIG, Name
from nncalc.topics.params.image import IMAGE, Conv, PadChannels
from nncalc.topics.params.part import Part, Place
from nncalc.topics.params.plain import PLAIN_LAYERS, Dense, each, features
from nncalc.topics.params.recurrent import RECURRENT
from nncalc.topics.params.references import REFERENCES
from nncalc.topics.params.scope import Scope
from nncalc.topics.params.sequence import SEQUENCE
from nncalc.topics.params.shape import Shape, known_sizes
from nncalc.topics.params.volume import VOLUME
from nncalc.topics.parts.belonging import when
from nncalc.topics.parts.fields import About, Variant
from nncalc.trace.rules.products import total


class LayerSpec(Variant):
    """A layer: a bare name (flatten) or a mapping with one key ({dense: {units: 10}})."""

    options: ClassVar[dict[str, type | tuple[type, ...]]] = {}


Inner = Annotated[list[LayerSpec], About("the layers in order")]


@dataclass(frozen=True)
class Repeat:
    """The same layers several times, each time with numbers of their own."""

    times: Annotated[int, About("how often", least=1, most=BIG, also=("n", "count", "repeats"))]
    layers: Inner
    name: Name = None


@dataclass(frozen=True)
class Residual:
    """Layers with a way around them, which is added to what they give."""

    layers: Inner
    projection: Annotated[
        bool | list[LayerSpec] | LayerSpec,
        About(
            "layers on the way around; yes: W_s, a 1 x 1 convolution (dense for vectors) without bias",
            also=("shortcut",),
        ),
    ] = False
    name: Name = None


@dataclass(frozen=True)
class Parallel:
    """Branches that get the same and are joined: channels behind each other, or number by number."""

    branches: Annotated[
        list[list[LayerSpec] | LayerSpec], About("a list of layers each; [] hands on what comes in", empty=True)
    ]
    join: Annotated[Literal["concat", "add", "multiply"], About("how they are joined")] = "concat"
    name: Name = None


@dataclass(frozen=True)
class Experts:
    """A mixture of experts: every token goes through `active` of them, which a router chooses."""

    experts: Annotated[int, About("how many there are", least=1, most=BIG, also=("num_experts", "n"))]
    active: Annotated[int, About("how many a token goes through", least=1, most=BIG, also=("top_k", "k"))]
    layers: Annotated[list[LayerSpec], About("the layers of one expert")]
    router: Annotated[bool, About("a dense layer that chooses", also=("gate",))] = True
    bias: Annotated[bool, About("whether the router has a bias", only=when(router=True))] = False
    name: Name = None


Layers = Sequence[tuple[str, Any]]


def count_chain(part: Part, layers: Layers, path: FieldPath, words: str = "", times: int = 1) -> Shape:
    """Layers behind each other inside one; below them what they come to, `times` times."""
    place = part.inner(path)
    with part.within():
        after = part.counter.run(place, layers, part.shape)
        with part.heading(words, known_sizes(after)):
            for quantity in place.tally:
                once = place.sum(quantity)
                part.count(quantity, once if times == 1 else part.number("times", times) * once)
    return after


def block(place: Place, label: str, shape: Shape, layers: Layers, path: FieldPath, times: int = 1) -> Shape:
    """A list of layers with a name and a sum of its own: a branch, or one time of a repetition."""
    words = f"{times} times" if times > 1 else ""

    def worked(part: Part, layer: Any) -> Shape:
        return count_chain(part, layers, path, words, times)

    return place.counter.part(place, path, label, "", None, shape, worked)


def repeat(part: Part, layer: Repeat) -> Shape:
    """What the layers come to once, times `times`.

    Where they change the shape, the next time is worked anew (r1, r2, …) until they keep it; the rest is a product.
    """
    path, words = part.at("layers"), f"{layer.times} times"
    part.label = f"{part.name}, {words}"
    if layer.times == 1 or _kept(part, layer.layers, path, part.shape):
        return count_chain(part, layer.layers, path, words, layer.times)
    place, shape, left, turn = part.inner(path), part.shape, layer.times, 0
    with part.within():
        while left:
            turn += 1
            many = left if _kept(part, layer.layers, path, shape) else 1
            row = len(part.counter.rows)
            shape = block(place, f"r{turn}", shape, layer.layers, path, many)
            del part.counter.rows[row + 1 :]  # the table has a row for each time, not for all that is in it
            left -= many
        with part.heading(words, known_sizes(shape)):
            _summed(part, place)
    return shape


def _kept(part: Part, layers: Layers, path: FieldPath, shape: Shape) -> bool:
    """Whether the layers give the shape that they get, found out on a page that nobody sees."""
    counter, key = part.counter, (path, known_sizes(shape))
    if key not in counter.kept:
        trial = counter.trial()
        after = trial.run(Place(trial, path, Scope(outer=part.place.scope)), layers, shape)
        counter.worked = trial.worked
        counter.kept[key] = known_sizes(after) == known_sizes(shape)
    return counter.kept[key]


def _summed(part: Part, place: Place) -> None:
    for quantity in place.tally:
        part.count(quantity, place.sum(quantity))


def count_residual(part: Part, layer: Residual) -> Shape:
    """The layers and the way around them, which must give the same shape. Raises Refused otherwise."""
    place = part.inner(part.at("layers"))
    with part.within():
        after = part.counter.run(place, layer.layers, part.shape)
        around = part.shape
        if layer.projection:
            around = block(place, "projection", part.shape, _projection(part, layer, after), part.at("projection"))
        if known_sizes(after) != known_sizes(around):
            what = f"the layers give {part.spoken(after)}, the way around {part.spoken(around)}"
            hint = "" if layer.projection else "a projection makes them equal"
            raise part.refused(what, "the same shape, to be added", hint)
        with part.heading("with the way around", known_sizes(after)):
            _summed(part, place)
    return after


def _projection(part: Part, layer: Residual, after: Shape) -> Layers:
    """The layers on the way around; `yes` is W_s, which makes the shape that is needed."""
    goal = after[-1].exact or 0
    if len(after) != 3 or len(part.shape) != 3:
        made: Layers = [("dense", Dense(goal, bias=False))]
        strides = [1, 1]
    else:
        strides = [-(-(a.exact or 1) // (b.exact or 1)) for a, b in zip(part.shape[:2], after[:2], strict=True)]
        made = [("conv", Conv(goal, 1, strides if strides[0] != strides[1] else strides[0], bias=False))]
    given = [layer.projection] if isinstance(layer.projection, tuple) else layer.projection
    if isinstance(given, bool):
        return made
    only = given[0][1] if len(given) == 1 else None
    if isinstance(only, PadChannels) and only.stride is None:  # He et al. 2016, option A
        return [(given[0][0], replace(only, stride=strides[0]))]
    return given


def parallel(part: Part, layer: Parallel) -> Shape:
    """Branches b1, b2, … of the same input, joined. Raises Refused where their shapes do not fit."""
    if not layer.branches:
        raise part.refused("the list is empty", "a list of branches", at="branches")
    place = part.inner(part.at("branches"))
    with part.within():
        given = [branch if isinstance(branch, list) else [branch] for branch in layer.branches]
        after = [
            block(place, f"b{b}", part.shape, branch, (*part.at("branches"), b)) for b, branch in enumerate(given, 1)
        ]
        joined = _joint(part, layer, after)
        words = {"concat": "concatenated", "add": "added", "multiply": "multiplied"}[layer.join]
        with part.heading(f"{len(after)} branches, {words}", joined):
            last = after[0][-1]
            if layer.join == "concat" and len(after) > 1:
                widths = [part.number(f"c{b}", shape[-1]) for b, shape in enumerate(after, 1)]
                last = part.size("C" if len(joined) > 1 else "output", total(*widths), joined[-1] or 0)
            _summed(part, place)
    widest = max(after, key=len)
    return (*widest[:-1], last)


def _joint(part: Part, layer: Parallel, after: Sequence[Shape]) -> tuple[int | None, ...]:
    """The shape of the branches together; those that do not fit are refused."""
    shapes = [known_sizes(shape) for shape in after]
    widest = max(shapes, key=len)
    concat = layer.join == "concat"
    for b, shape in enumerate(shapes, 1):
        single = layer.join == "multiply" and shape == widest[-1:]  # one factor for each channel
        alike = (len(shape), shape[:-1]) == (len(widest), widest[:-1]) if concat else shape == widest
        if not alike and not single:
            want = "the same but for the last number" if concat else "the same shape"
            other = shapes.index(widest) + 1
            what = f"branch {other} gives {part.spoken(widest)}, but branch {b} {part.spoken(shape)}"
            raise part.refused(what, want, at="branches")
    return (*widest[:-1], sum(part.known(shape[-1]) for shape in after)) if concat else widest


def experts(part: Part, layer: Experts) -> Shape:
    """E experts and a router of D·E numbers are learned; a token takes the multiply-adds of `active` of them.

    Raises Refused where more are active than there are.
    """
    if layer.active > layer.experts:
        raise part.refused(f"{layer.active} of {layer.experts} experts are active", "at most all", at="active")
    numbers, tokens = features(part)
    path = part.at("layers")
    place = part.inner(path)
    words = f"{layer.experts} experts, {layer.active} active"
    part.label = f"{part.name}, {words}"
    with part.within():
        after = part.counter.run(place, layer.layers, part.shape)
        with part.heading(words, known_sizes(after)):
            E, a = part.number("E", layer.experts, "experts"), part.number("a", layer.active, "active experts")
            D = part.number("D", numbers, "numbers a token")
            router = D * E if layer.router else None
            once = place.sum("shared" if part.counter.sharing else "params")
            if once is not None or router is not None:
                part.learns(lambda: plus(once if once is None else E * once, router + E if layer.bias else router))
            macs = place.sum("macs")
            part.costs(plus(macs if macs is None else a * macs, each(part, tokens, router)))
            if part.counter.more and once is not None:
                part.count("idle", (E - a) * once)
            for quantity in {*place.tally} - {"params", "shared", "macs", "idle"}:
                part.count(quantity, E * place.sum(quantity))
    return after


def plus(*addends: Any) -> Any:
    """The sum of those that there are, None where there are none."""
    there = [addend for addend in addends if addend is not None]
    return total(*there) if len(there) > 1 else there[0] if there else None


KINDS: dict[str, tuple[type, Callable[[Part, Any], Shape]]] = {
    **IMAGE, **VOLUME, **PLAIN_LAYERS, **RECURRENT, **ATTENTION, **SEQUENCE, **REFERENCES, "repeat": (Repeat, repeat),
    "residual": (Residual, count_residual), "parallel": (Parallel, parallel), "moe": (Experts, experts),
}  # fmt: skip
LayerSpec.options = {name: record for name, (record, _) in KINDS.items()}
