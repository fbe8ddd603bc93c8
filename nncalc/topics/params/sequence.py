"""Layers of sequences: embeddings, positions, feed-forward blocks, patches and single tokens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from nncalc.errors import so_many
from nncalc.topics.params.common import BIG, HasBias, Name, Plain
from nncalc.topics.params.image import image
from nncalc.topics.params.part import Part, carried
from nncalc.topics.params.plain import ActivationKind, each, features, one_for_all, sequence
from nncalc.topics.params.shape import Shape, Size, known_sizes, sizes
from nncalc.topics.parts.fields import About
from nncalc.trace.rules.whole import quotient

# Activations that are a gate as well: two matrices before them.
Gated = Literal["swiglu", "geglu", "reglu", "glu"]


@dataclass(frozen=True)
class Embedding:
    """A row of dim numbers for each of vocabulary tokens; behind another one, added to it."""

    vocabulary: Annotated[
        int,
        About("how many tokens there are", least=1, most=BIG, also=("vocab", "vocab_size", "num_embeddings", "size")),
    ]
    dim: Annotated[
        int, About("numbers a token", least=1, most=BIG, also=("d_model", "embedding_dim", "units", "hidden"))
    ]
    name: Name = None


@dataclass(frozen=True)
class Positions:
    """A learned row for each of count places, added to what comes in."""

    count: Annotated[int, About("how many places", least=1, most=BIG, also=("max_length", "length", "positions", "n"))]
    dim: Annotated[int | None, About("numbers a token (default: as come in)", least=1, most=BIG, also=("d_model",))] = (
        None
    )
    name: Name = None


@dataclass(frozen=True)
class FeedForward:
    """Two matrices at every token, to hidden numbers and back; three where one of them is a gate."""

    hidden: Annotated[
        int, About("numbers between", least=1, most=BIG, also=("d_ff", "units", "intermediate_size", "dim"))
    ]
    activation: Annotated[
        Literal[ActivationKind, Gated], About("between the matrices; swiglu, geglu, reglu and glu are gated")
    ] = "relu"
    gated: Annotated[bool | None, About("a third matrix, whose product is a gate (as the activation says)")] = None
    bias: HasBias = True
    output_bias: Annotated[bool | None, About("a bias of the last matrix (default: bias)")] = None
    name: Name = None


@dataclass(frozen=True)
class Patches:
    """An image as a sequence: each patch of size x size, made dim numbers by one matrix (ViT)."""

    size: Annotated[
        int, About("height and width of a patch", least=1, most=BIG, also=("patch_size", "patch", "kernel"))
    ]
    dim: Annotated[int, About("numbers a patch", least=1, most=BIG, also=("d_model", "units", "filters"))]
    bias: HasBias = True
    name: Name = None


@dataclass(frozen=True)
class ClassToken:
    """A learned token in front of the others."""

    count: Annotated[int, About("how many", least=1, most=BIG)] = 1
    name: Name = None


def embedding(part: Part, layer: Embedding) -> Shape:
    """v·d parameters; looking a row up is no multiplication. Raises Refused for what are no tokens."""
    tokens = part.shape[0]
    if len(part.shape) != 1 and (len(part.shape) != 2 or part.shape[-1].exact != layer.dim):
        what = f"wants tokens, but gets {part.spoken(part.shape)}"
        raise part.refused(what, f"[T], or a sequence of {layer.dim} numbers to add to")
    words = so_many(layer.vocabulary, "row") + (", added" if len(part.shape) == 2 else "")
    with part.section(words, (tokens.exact, layer.dim)):
        v = part.number("v", layer.vocabulary, "rows, one for each token of the vocabulary")
        d = part.number("d", layer.dim, "numbers a token")
        part.learns(lambda: v * d)
        if part.counter.more and not part.counter.sharing:
            part.count("embeddings", v * d)
        part.counter.matrices.append((layer.vocabulary, layer.dim, v * d))
    return (tokens, *sizes(layer.dim))


def positions(part: Part, layer: Positions) -> Shape:
    """count·d parameters. Raises Refused for more tokens than positions."""
    numbers, tokens = sequence(part)
    if layer.dim not in (None, numbers.exact):
        raise part.refused(f"has {layer.dim} numbers a place, but {numbers.exact} come in", at="dim")
    if tokens is not None and tokens.exact > layer.count:
        raise part.refused(f"has {layer.count} places, but {tokens.exact} tokens come", at="count")
    with part.section(f"{so_many(layer.count, 'row')}, added", known_sizes(part.shape)):
        n, d = part.number("n", layer.count, "places"), part.number("d", numbers, "numbers a token")
        part.learns(lambda: n * d)
        if part.counter.more and not part.counter.sharing:
            part.count("embeddings", n * d)
    return part.shape


def feed_forward(part: Part, layer: FeedForward) -> Shape:
    """2·D·f weights, 3·D·f with a gate; biases of f and D numbers."""
    numbers, tokens = features(part)
    gated = layer.gated or layer.activation in get_args(Gated)
    if layer.gated is False and gated:
        raise part.refused(f"is no, but {layer.activation} is a gate", at="gated")
    words = f"{layer.hidden} hidden, {layer.activation}" + ", gated" * gated + ("" if layer.bias else ", no bias")
    with part.section(words, known_sizes(part.shape)):
        D = part.number("D", numbers, "numbers a token")
        f = part.number("f", layer.hidden, "numbers between the matrices")
        last = layer.bias if layer.output_bias is None else layer.output_bias
        biases = [*([(1 + gated) * f] if layer.bias else []), *([D] if last else [])]
        part.learns(lambda: sum(biases, _matrices(D, f, gated)))
        part.costs(each(part, tokens, _matrices(D, f, gated)))
    return part.shape


def _matrices(D: Any, f: Any, gated: bool) -> Any:
    """There and back, and the gate."""
    return (2 + gated) * D * f


def patches(part: Part, layer: Patches) -> Shape:
    """(s·s·c + 1)·d parameters, as a convolution whose windows do not overlap.

    Raises Refused where they do not divide the image.
    """
    image(part)
    height, width, channels = part.shape
    P = layer.size
    if (height.exact or 0) % P or (width.exact or 0) % P:
        what = f"patches of {P} x {P} do not fill an image of {height.exact} x {width.exact}"
        raise part.refused(what, "a divisor of both", at="size")
    many = (height.exact or 0) // P * ((width.exact or 0) // P)
    with part.section(f"patches of {P} x {P}" + ("" if layer.bias else ", no bias"), (many, layer.dim)):
        s, c = part.number("s", P, "height and width of a patch"), part.number("c", channels, "channels")
        d = part.number("d", layer.dim, "numbers a patch")
        h, w = part.number("h", height, "height"), part.number("w", width, "width")
        T = part.let("T", quotient(h, s) * quotient(w, s))
        part.learns(lambda: (s * s * c + 1) * d if layer.bias else s * s * c * d)
        part.costs(T * d * s * s * c)
    return (Size(many, carried(T)), *sizes(layer.dim))


def class_token(part: Part, layer: ClassToken) -> Shape:
    """d parameters, and one token more."""
    numbers, tokens = sequence(part)
    many = None if tokens is None else tokens.exact + layer.count
    with part.section("one token more" if layer.count == 1 else f"{layer.count} tokens more", (many, numbers.exact)):
        d = part.number("d", numbers, "numbers a token")
        m = part.number("m", layer.count, "tokens more") if layer.count > 1 else 1
        out = (
            part.shape[0] if many is None else part.size("T", part.number("n", tokens, "tokens that come in") + m, many)
        )
        part.learns(lambda: m * d)
    return (out, numbers)


def one_token(part: Part, layer: Plain) -> Shape:
    """The first or the last token alone."""
    sequence(part)
    return one_for_all(part)


SEQUENCE: dict[str, tuple[type, Callable[[Part, Any], Shape]]] = {
    "embedding": (Embedding, embedding), "positions": (Positions, positions), "patches": (Patches, patches),
    "class_token": (ClassToken, class_token), "feed_forward": (FeedForward, feed_forward),
    "first_token": (Plain, one_token), "last_token": (Plain, one_token),
}  # fmt: skip
