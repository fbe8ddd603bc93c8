"""Attention with heads: of a sequence to itself, or to what another layer gave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from nncalc.errors import so_many
from nncalc.topics.params.common import BIG, HasBias, Name
from nncalc.topics.params.part import Part
from nncalc.topics.params.plain import sequence
from nncalc.topics.params.shape import Shape, Size, known_sizes
from nncalc.topics.parts.belonging import when
from nncalc.topics.parts.fields import About
from nncalc.trace.rules.whole import quotient


@dataclass(frozen=True)
class Attention:
    """Self-attention; with memory, attention to what another layer gave."""

    heads: Annotated[int, About("how many", least=1, most=BIG, also=("num_heads", "n_heads", "h"))] = 1
    kv_heads: Annotated[
        int | None, About("heads of keys and values (default: heads)", least=1, most=BIG, also=("n_kv_heads", "groups"))
    ] = None
    head_dim: Annotated[
        int | None,
        About("numbers a head (default: those of a token / heads)", least=1, most=BIG, also=("d_k", "key_dim")),
    ] = None
    bias: HasBias = True
    value_dim: Annotated[
        int | None, About("numbers a head of V (default: as of K)", least=1, most=BIG, also=("v_dim", "d_v"))
    ] = None
    output: Annotated[bool, About("whether there is a W_O; without it the heads' results stand side by side")] = True
    output_bias: Annotated[bool | None, About("a bias of W_O (default: bias)", only=when(output=True))] = None
    memory: Annotated[str | None, About("name of the layer that keys and values come from")] = None
    name: Name = None


def attention(part: Part, layer: Attention) -> Shape:
    """W_Q and W_O of D·h·d numbers, W_K and W_V of D·g·d; 2·T·T·h·d multiply-adds for scores and weighted sums.

    Where a head of V has v numbers, W_V has D·g·v and W_O h·v·D. Raises Refused where heads do not divide.
    """
    numbers, tokens = sequence(part)
    source = part.given_by(layer.memory, "memory") if layer.memory is not None else part.shape
    if len(source) != 2:
        raise part.refused(f"wants a sequence, but {layer.memory} gives {part.spoken(source)}", at="memory")
    dim, groups = _heads(part, layer, numbers)
    out = numbers.exact if layer.output else layer.heads * (layer.value_dim or _exact(dim))
    with part.section(_attention_said(layer, dim, groups), (*known_sizes(part.shape[:-1]), out)):
        D, h = part.number("D", numbers, "numbers a token"), part.number("h", layer.heads, "heads")
        d = part.number("d", dim, "numbers a head")
        g = h if groups == layer.heads else part.number("g", groups, "heads of keys and values")
        E = D if layer.memory is None else part.number("E", source[-1], "numbers a token of the memory")
        as_wide = layer.value_dim in (None, _exact(dim))
        v = d if as_wide else part.number("v", layer.value_dim, "numbers a head of V")
        part.learns(lambda: _projections(part, layer, (D, E, h, g, d, v)))
        if layer.memory is None and (part.counter.more or part.counter.caching):
            part.count("kv", 2 * g * d if as_wide else g * d + g * v)
        part.costs(_attention_macs(part, layer, (D, E, h, g, d, v), tokens, source))
        return part.shape if layer.output else (*part.shape[:-1], part.size("concat", h * v, out or 0))


def _heads(part: Part, layer: Attention, numbers: Size) -> tuple[Any, int]:
    """The numbers of a head, and how many heads of keys and values there are."""
    groups = layer.kv_heads or layer.heads
    if layer.heads % groups:
        raise part.refused(f"{layer.heads} heads cannot share {groups} evenly", "a divisor of heads", at="kv_heads")
    if layer.head_dim is not None:
        return layer.head_dim, groups
    D = numbers.exact or 0
    if D % layer.heads:
        raise part.refused(
            f"{D} numbers a token cannot be shared by {layer.heads} heads evenly",
            "a divisor",
            "or give head_dim",
            at="heads",
        )
    return Size(D // layer.heads, quotient(numbers.carried, layer.heads)), groups


def _exact(dim: Any) -> Any:
    return dim.exact if isinstance(dim, Size) else dim


def _attention_said(layer: Attention, dim: Any, groups: int) -> str:
    words = [f"{so_many(layer.heads, 'head')} of {_exact(dim)}"]
    words += [f"{layer.value_dim} of V"] if layer.value_dim not in (None, _exact(dim)) else []
    words += [f"{groups} of keys and values"] if groups != layer.heads else []
    words += [f"to {layer.memory}"] if layer.memory else []
    words += [] if layer.output else ["no W_O"]
    return ", ".join(words + ([] if layer.bias else ["no bias"]))


def _projections(part: Part, layer: Attention, counts: tuple[Any, ...]) -> Any:
    D, E, h, g, d, v = counts
    output_bias = layer.bias if layer.output_bias is None else layer.output_bias
    W_Q = part.let("W_Q", D * h * d + h * d if layer.bias else D * h * d)
    W_K = part.let("W_K", E * g * d + g * d if layer.bias else E * g * d)
    W_V = part.let("W_V", W_K if v is d else E * g * v + g * v if layer.bias else E * g * v)
    if not layer.output:
        return W_Q + W_K + W_V
    return W_Q + W_K + W_V + part.let("W_O", h * v * D + D if output_bias else h * v * D)


def _weights(layer: Attention, D: Any, E: Any, h: Any, g: Any, d: Any, v: Any) -> tuple[Any, Any]:
    """The numbers of the matrices, without biases: of the tokens' own (W_Q, W_O) and of the memory's (W_K, W_V)."""
    own = D * h * d if not layer.output else 2 * D * h * d if v is d else D * h * d + h * v * D
    return own, 2 * E * g * d if v is d else E * g * d + E * g * v


def _attention_macs(part: Part, layer: Attention, counts: tuple[Any, ...], tokens: Any, source: Shape) -> Any:
    D, E, h, g, d, v = counts
    own, of_memory = _weights(layer, *counts)
    together = 4 * D * h * d if g is h and E is D and v is d and layer.output else own + of_memory
    if tokens is None or source[0].exact is None:
        part.remark("scores and weighted sums of attention grow with the number of tokens: they are not counted")
        return together
    T = part.number("T", tokens, "tokens")
    S = T if layer.memory is None else part.number("S", source[0], "tokens of the memory")
    projections = part.let("projections", T * together if S is T else T * own + S * of_memory)
    return projections + part.let("scores", 2 * T * S * h * d if v is d else T * S * h * d + T * S * h * v)


ATTENTION: dict[str, tuple[type, Callable[[Part, Any], Shape]]] = {"attention": (Attention, attention)}
