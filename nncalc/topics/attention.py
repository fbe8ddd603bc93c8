"""Attention: queries look at keys and take a weighted average of values; from q, k, v or from embeddings."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused, dimensions
from nncalc.topics.parts.back import from_above
from nncalc.topics.parts.belonging import GIVEN, when
from nncalc.topics.parts.fields import About, Answer, Array
from nncalc.topics.parts.weighing import PLAINLY, Side, Weighed, Weighing
from nncalc.trace.value import numbers
from nncalc.trace.work import Work

Layout = Annotated[
    Literal["rows", "columns"],
    About(
        "how tokens stand in matrices: X W and a softmax along rows, or W X and one down columns", says="tokens as {}"
    ),
]

ADDITIVE = when(score="additive")
OutputGradient = Annotated[Array | None, About("∂L/∂Z, for the backward pass", also=("dZ",))]


def given(
    work: Work,
    q: Annotated[
        Array, "query_width | query query_width", About("the query, or a row for each", symbol="Q", also=("query", "Q"))
    ],
    k: Annotated[Array, "key key_width", About("a row for each key", symbol="K", also=("keys", "K", "h"))],
    v: Annotated[
        Array | None,
        "value_row value",
        About("a row for each value; without it the keys", symbol="V", also=("values", "V")),
    ] = None,
    score: Annotated[
        Literal["scaled_dot", "dot", "additive", "general"],
        About("q·k / √d_k, q·k, v_a·tanh(W_q q + W_k k), or q·W_a k", says="score {}"),
    ] = "scaled_dot",
    W_q: Annotated[Array | None, "width d_q", About("what the query is multiplied by", only=ADDITIVE)] = None,
    W_k: Annotated[Array | None, "width d_k", About("what a key is multiplied by", only=ADDITIVE)] = None,
    v_a: Annotated[Array | None, "width", About("what tanh is multiplied by", also=("v_att",), only=ADDITIVE)] = None,
    W_a: Annotated[Array | None, "d_q d_k", About("between query and key", only=when(score="general"))] = None,
    weighing: Weighed = PLAINLY,
    layout: Layout = "rows",
    labels: Annotated[list[str] | None, About("names of the keys: ranks them by their score")] = None,
    upstream: OutputGradient = None,
) -> Answer:
    """Z = softmax(Q Kᵀ / √d_k) V (Vaswani et al. 2017, 3.2.1).

    dot and general scores: Luong et al. 2015; additive: Bahdanau et al. 2015. q: (width,) or (query, width); k: (key,
    width); v: (key, value). A: a row of weights for each query; a query that sees no key has weights 0. With columns
    all matrices are turned: q (width, query), S and A (key, query), Z (value, query).
    """
    side = Side(layout)
    weighing = _given_mask(work, weighing, q, k, side)
    values = k if v is None else v
    parameters = {"additive": {"W_q": W_q, "W_k": W_k, "v_a": v_a}, "general": {"W_a": W_a}}.get(score, {})
    for name, array in parameters.items():
        if array is None:
            raise Refused("score", f"is {score}, but '{name}' is missing")
    _check_widths(side, q, k, values, score, parameters)
    S = work.let("S", side.scores(work, q, k, score, parameters))
    answer = side.attend(work, S, values, weighing, k.shape[side.width(k)] if score == "scaled_dot" else None)
    if labels is not None:
        answer |= _ranking(work, S, labels, side)
    return answer | from_above(work, answer["Z"], [q, k, v, *parameters.values()], upstream)


def _given_mask(work: Work, weighing: Weighing, q: Any, k: Any, side: Side) -> Weighing:
    """The mask as a matrix that formulas name; causal: 1 where the key stands no later than the query."""
    mask = weighing.mask
    if mask is None:
        return weighing
    if isinstance(mask, str):
        if q.ndim < 2:
            raise Refused("mask", "causal needs several queries, got one")
        queries, keys = (x.shape[1 if side.layout == "columns" else 0] for x in (q, k))
        mask = np.tri(queries, keys)
        mask = mask if side.layout == "rows" else mask.T
    given: Any = work.given("mask", mask)
    return replace(weighing, mask=given)


def _check_widths(side: Side, q: Any, k: Any, v: Any, score: str, given: dict[str, Any]) -> None:
    """Queries, keys and values fit each other, and what a score is worked with."""
    d_q, d_k = q.shape[side.width(q)], k.shape[side.width(k)]
    keys, values = (x.shape[1 if side.layout == "columns" else 0] for x in (k, v))
    if keys != values:
        raise Refused("v", f"is {dimensions(v.shape)}, but k is {dimensions(k.shape)}: {values} values for {keys} keys")
    if not given and d_q != d_k:
        raise Refused("k", f"is {dimensions(k.shape)}, but q is {dimensions(q.shape)}: their widths differ")
    wanted = {"W_q": (1, d_q), "W_k": (1, d_k), "W_a": (0, d_q)}
    for name, array in given.items():
        axis, size = wanted.get(name, (0, array.shape[0]))
        if array.shape[axis] != size:
            raise Refused(name, f"is {dimensions(array.shape)}, for {array.shape[axis]} numbers, but gets {size}")
    if score == "general" and given["W_a"].shape[1] != d_k:
        raise Refused("W_a", f"is {dimensions(given['W_a'].shape)}, but the keys have {d_k} numbers")


def _ranking(work: Work, S: Any, labels: list[str], side: Side) -> Answer:
    """The keys' places by their scores, for each query."""
    scores = numbers(S)
    by_query = scores if scores.ndim == 1 or side.layout == "rows" else scores.T
    if by_query.shape[-1] != len(labels):
        raise Refused("labels", f"are {len(labels)}, but there are {by_query.shape[-1]} keys")
    order = np.argsort(-by_query, axis=-1, kind="stable")
    for i, row in enumerate(np.atleast_2d(order), 1):
        query = f" for query {i}" if order.ndim > 1 else ""
        work.note(f"ranking{query}: " + ", ".join(labels[j] for j in row))
    return {"ranking": order + 1}


def embeddings(
    work: Work,
    x: Annotated[
        Array, "token d_model", About("a row for each token", symbol="X", also=("X", "embeddings"), data=True)
    ],
    W_Q: Annotated[Array, "d_q query_width", About("queries: Q = X W_Q", also=("W_q", "Wq", "WQ"))],
    W_K: Annotated[Array, "d_k key_width", About("keys: K = X W_K", also=("W_k", "Wk", "WK"))],
    W_V: Annotated[Array, "d_v value_width", About("values: V = X W_V", also=("W_v", "Wv", "WV"))],
    b_Q: Annotated[Array | None, "bias_Q", About("bias of the queries", also=("b_q",))] = None,
    b_K: Annotated[Array | None, "bias_K", About("bias of the keys", also=("b_k",))] = None,
    b_V: Annotated[Array | None, "bias_V", About("bias of the values", also=("b_v",))] = None,
    W_O: Annotated[
        Array | None, "O_rows O_columns", About("after the heads are put together", also=("W_o", "Wo", "WO"))
    ] = None,
    b_O: Annotated[Array | None, "out", About("bias after W_O", also=("b_o",), only=when(W_O=GIVEN))] = None,
    heads: Annotated[
        int, About("Q, K and V are divided into so many", least=1, says="heads {}", also=("num_heads", "n_heads"))
    ] = 1,
    kv_heads: Annotated[
        int | None,
        About("heads of K and V, each for a group of queries' heads", least=1, also=("num_kv_heads", "groups")),
    ] = None,
    memory: Annotated[
        Array | None,
        "memory_token memory_width",
        About("keys and values come from it: cross-attention", symbol="M", also=("context",), data=True),
    ] = None,
    score: Annotated[Literal["scaled_dot", "dot"], About("q·k / √d_k, or q·k")] = "scaled_dot",
    weighing: Weighed = PLAINLY,
    layout: Layout = "rows",
    labels: Annotated[list[str] | None, About("names of the keys: ranks them by their score (one head)")] = None,
    upstream: OutputGradient = None,
) -> Answer:
    """Self-attention from embeddings, with several heads: tokens are rows, Q = X W_Q + b_Q and so on.

    Each head works on its part of the columns; the results are put side by side and, with W_O, mixed (Vaswani et al.
    2017, 3.2.2; grouped queries: Ainslie et al. 2023). With columns: X (d_model, token), Q = W_Q X.
    """
    side, source = Side(layout), x if memory is None else memory
    weighing = _given_mask(work, weighing, x, source, side)
    Q = work.let("Q", side.project("Q", x, W_Q, b_Q))
    K = work.let("K", side.project("K", source, W_K, b_K))
    V = work.let("V", side.project("V", source, W_V, b_V))
    shared = heads if kv_heads is None else kv_heads
    widths = _widths(side, Q, K, V, heads, shared)
    alone = "Z" if W_O is None else "concat"
    if heads == 1:
        S = work.let("S", side.scores(work, Q, K, score, {}))
        answer = side.attend(work, S, V, weighing, widths[0] if score == "scaled_dot" else None, alone)
        answer |= _ranking(work, S, labels, side) if labels is not None else {}
    elif labels is not None:
        raise Refused("labels", f"rank the keys of one head, got {heads}")
    else:
        answer = _heads(work, side, (Q, K, V), (heads, shared), widths, score, weighing)
    if W_O is not None or heads > 1:
        answer["Z"] = work.let("Z", answer["Z"] if W_O is None else side.project("O", answer["Z"], W_O, b_O))
    wrt = [x, memory, W_Q, W_K, W_V, b_Q, b_K, b_V, W_O, b_O]
    return answer | from_above(work, answer["Z"], wrt, upstream)


def _widths(side: Side, Q: Any, K: Any, V: Any, heads: int, shared: int) -> tuple[int, int]:
    """How many numbers of Q and K, and of V, each head gets."""
    if heads % shared:
        raise Refused("kv_heads", f"{heads} heads cannot share {shared} of K and V evenly")
    sizes = [M.shape[side.width(M)] for M in (Q, K, V)]
    for name, size, parts in (("W_Q", sizes[0], heads), ("W_K", sizes[1], shared), ("W_V", sizes[2], shared)):
        if size % parts:
            raise Refused(
                "heads" if parts == heads else "kv_heads", f"{parts} heads cannot share {size} numbers of {name} evenly"
            )
    if sizes[0] // heads != sizes[1] // shared:
        raise Refused("W_K", f"gives {sizes[1] // shared} numbers a head, but W_Q {sizes[0] // heads}")
    return sizes[0] // heads, sizes[2] // shared


def _heads(
    work: Work,
    side: Side,
    QKV: tuple[Any, Any, Any],
    counts: tuple[int, int],
    widths: tuple[int, int],
    score: str,
    weighing: Weighing,
) -> Answer:
    """Each head in a section of its own, then their results beside each other."""
    (heads, shared), (width, value_width) = counts, widths
    parts, answer = [], {}
    for h in range(heads):
        g = h * shared // heads
        places = ((h, width), (g, width), (g, value_width))
        with work.section(f"head{h + 1}", f"Head {h + 1}"):
            q, k, v = (
                work.let(name, side.part(M, i * size, (i + 1) * size))
                for name, M, (i, size) in zip("QKV", QKV, places, strict=True)
            )
            S = work.let("S", side.scores(work, q, k, score, {}))
            one = side.attend(work, S, v, weighing, width if score == "scaled_dot" else None)
        answer[f"head{h + 1}.A"] = one["A"]
        parts.append(one["Z"])
    return answer | {"Z": work.let("concat", side.join(parts))}


FORMS = (given, embeddings)
