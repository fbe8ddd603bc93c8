"""Layers that refer to an earlier one by its name: shared parameters, and connections that skip layers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from nncalc.topics.params.common import Name
from nncalc.topics.params.part import Part, Place
from nncalc.topics.params.plain import Dense, each
from nncalc.topics.params.scope import Entry, Scope
from nncalc.topics.params.sequence import Embedding
from nncalc.topics.params.shape import Shape, known_sizes, sizes
from nncalc.topics.parts.fields import About


@dataclass(frozen=True)
class Tied:
    """The parameters of an earlier layer again; an embedding is transposed: a score for each token."""

    to: Annotated[str, About("the name of the layer", also=("layer", "with"))]
    bias: Annotated[bool, About("a bias of its own for the scores")] = False
    name: Name = None


@dataclass(frozen=True)
class ConcatWith:
    """The channels of an earlier layer's output behind those that come in, cropped where it is larger."""

    layer: Annotated[str, About("its name", also=("to", "with"))]
    name: Name = None


def tied(part: Part, layer: Tied) -> Shape:
    """No new parameters; the multiply-adds are those of the layer, or of its matrix transposed."""
    entry = part.found(layer.to, "to", lists=False)
    dim = part.shape[-1].exact
    raw = part.shape is part.counter.start  # tokens, whatever their number
    if isinstance(entry.layer, Embedding) and len(part.shape) < 3 and dim == entry.layer.dim and not raw:
        return _turned(part, layer, entry.layer.vocabulary)
    if isinstance(entry.layer, Dense) and dim != entry.before[-1].exact and dim == entry.layer.units:
        return _turned(part, layer, entry.before[-1].exact or 0)
    return _again(part, layer, entry)


def _turned(part: Part, layer: Tied, out: int) -> Shape:
    """x·Wᵀ: every token's numbers against every row of the matrix."""
    tokens = part.shape[0] if len(part.shape) == 2 and part.shape[0].exact is not None else None
    with part.section(f"the matrix of {layer.to}, transposed", (*known_sizes(part.shape[:-1]), out)):
        d = part.number("d", part.shape[-1], "numbers that come in")
        v = part.number("v", out, "numbers that go out")
        if layer.bias:
            part.learns(lambda: +v)
        part.costs(each(part, tokens, d * v))
        if part.counter.more:
            part.count("shared", d * v)
    return (*part.shape[:-1], *sizes(out))


def _again(part: Part, layer: Tied, entry: Entry) -> Shape:
    """The layer once more, with the same numbers: what comes in must have the same size where they meet it."""
    counter = part.counter
    if len(entry.before) != len(part.shape) or entry.before[-1].exact != part.shape[-1].exact:
        takes = part.spoken(entry.before)
        if isinstance(entry.layer, Embedding):
            takes = f"tokens, or {entry.layer.dim} numbers a token for their scores"
        raise part.refused(f"{layer.to} takes {takes}, but {part.spoken(part.shape)} comes in", at="to")
    if layer.bias:
        raise part.refused("belongs to a matrix that is transposed, for scores", at="bias")
    counter.sharing += 1
    try:
        inner = Place(counter, part.at("to"), Scope(outer=part.place.scope), f"{part.full}.", part.place.depth + 1)
        with part.within():
            after = counter.part(inner, part.at("to"), "again", entry.kind, entry.layer, part.shape)
            with part.heading(f"{layer.to} again, with the same parameters", known_sizes(after)):
                for quantity in inner.tally:
                    part.count(quantity, inner.sum(quantity))
    finally:
        counter.sharing -= 1
    return after


def concat_with(part: Part, layer: ConcatWith) -> Shape:
    """c + c₂ channels. Raises Refused where the images do not fit."""
    other = part.given_by(layer.layer, "layer")
    own, there = known_sizes(part.shape), known_sizes(other)
    smaller = any((b or 0) < (a or 0) for a, b in zip(own[:-1], there[:-1], strict=False))
    if len(own) != len(there) or smaller:
        what = f"{layer.layer} gives {part.spoken(other)}, what comes in is {part.spoken(part.shape)}"
        raise part.refused(what, "at least as large, to be cropped", at="layer")
    cropped = f", cropped from {part.spoken(there[:-1])}" if own[:-1] != there[:-1] else ""
    together = (own[-1] or 0) + (there[-1] or 0)
    with part.section(f"with {layer.layer}{cropped}", (*own[:-1], together)):
        c1, c2 = part.number("c1", part.shape[-1]), part.number("c2", other[-1])
        return (*part.shape[:-1], part.size("C" if len(own) > 1 else "output", c1 + c2, together))


REFERENCES: dict[str, tuple[type, Callable[[Part, Any], Shape]]] = {
    "tied": (Tied, tied), "concat_with": (ConcatWith, concat_with),
}  # fmt: skip
