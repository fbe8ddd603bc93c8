"""What people argue about beside the total: embeddings, tied or not; memory; the optimizer; the cache; training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from nncalc.errors import Refused
from nncalc.topics.params.common import BIG
from nncalc.topics.params.part import Counter, Place
from nncalc.topics.parts.fields import About, Answer
from nncalc.trace.value import Value


@dataclass(frozen=True)
class Cache:
    """How much of keys and values is kept."""

    tokens: Annotated[int, About("tokens a sequence", least=1, most=BIG, also=("length", "context"), example="2048")]
    batch: Annotated[int, About("sequences", least=1, most=BIG)] = 1
    bytes: Annotated[int, About("bytes a number", least=1, most=64)] = 2


def cached(counter: Counter, top: Place, cache: Cache) -> Answer:
    """Keys and values of all attention layers, for every token of every sequence; Refused where there are none."""
    a_token = top.sum("kv")
    if a_token is None:
        raise Refused("kv_cache", "belongs to a model with attention of its own tokens")
    given = counter.work.given
    T, B, bytes_each = (given(n, np.array(v, dtype=object)) for n, v in (
        ("cached_tokens", cache.tokens), ("batch", cache.batch), ("bytes", cache.bytes)))  # fmt: skip
    with counter.work.section("", "Cache"):
        size = counter.work.let(
            "kv_cache_bytes", (+a_token if isinstance(a_token, Value) else a_token) * T * B * bytes_each
        )
    return {"kv_cache_bytes": size}


def training_flops(counter: Counter, params: Any, idle: Any, tokens: int) -> Answer:
    """6·N·D: 2 FLOPs a parameter and token forward, 4 back (Kaplan et al. 2020; Hoffmann et al. 2022)."""
    D = counter.work.given("tokens", np.array(tokens, dtype=object), symbol="D")
    with counter.work.section("", "Training"):
        used = params if idle is None else params - idle
        return {"training_flops": counter.work.let("training_flops", 6 * used * D)}


def more(counter: Counter, top: Place, params: Any) -> Answer:
    """The variants as named steps; those that a network has nothing of are left out."""
    if not isinstance(params, Value) and not np.any(params):
        return {}
    with counter.work.section("", "More"):
        variants = _variants(counter, top, params)
        return {**variants, **_memory(counter, top, params, variants.get("params_active", params))}


def _variants(counter: Counter, top: Place, params: Any) -> Answer:
    """With and without embeddings, tied and untied, active of all experts."""
    let, out = counter.work.let, {}
    if top.tally.get("embeddings"):
        embeddings = let("embeddings", top.sum("embeddings"))
        out["params_without_embeddings"] = let("params_without_embeddings", params - embeddings)
        counter.work.note("embeddings: of tokens and positions; an output layer with a matrix of its own is none")
    if top.tally.get("shared"):
        out["params_untied"] = let("params_untied", params + top.sum("shared"))
    elif counter.matrices and counter.output == counter.matrices[0][:2]:
        out["params_tied"] = let("params_tied", params - counter.matrices[0][2])
    if top.tally.get("idle"):
        out["params_active"] = let("params_active", params - top.sum("idle"))
    return out


def _memory(counter: Counter, top: Place, params: Any, used: Any) -> Answer:
    """Bytes at 32, 16 and 8 bits; Adam's two moments; keys and values of a token."""
    let = counter.work.let
    out = {f"bytes_{bits}_bit": let(f"bytes_{bits}_bit", bits // 8 * params) for bits in (32, 16, 8)}
    adam = out["adam"] = let("adam", 2 * params)
    out["bytes_training"] = let("bytes_training", 4 * (params + params + adam))
    counter.work.note("adam: Adam keeps two numbers more for each parameter, its moments")
    counter.work.note("bytes_training: parameters, gradients and moments at 32 bits, without activations")
    if top.tally.get("kv"):
        cache = out["kv_cache"] = let("kv_cache", top.sum("kv"))
        out["bytes_kv_cache"] = let("bytes_kv_cache", 2 * cache)
        counter.work.note("kv_cache: the keys and values of a token that a decoder keeps; bytes_kv_cache at 16 bits")
    if counter.matrices:
        out["training_flops_a_token"] = let("training_flops_a_token", 6 * used)
        counter.work.note("6 FLOPs a parameter and token: 2 forward, 4 back; all parameters counted, embeddings too")
    return out
