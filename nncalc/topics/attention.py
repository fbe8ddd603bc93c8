"""Attention: queries look at keys and take a weighted average of values; from q, k, v or from embeddings."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused
from nncalc.topics.fields import About, Answer, Array
from nncalc.topics.upstream import from_above
from nncalc.trace.functions import masked, softmax_worked
from nncalc.trace.work import Work

Mask = Annotated[
    Literal["causal"] | Array | None, "query key", About("causal, or a matrix of 1 (seen) and 0 (not seen)")
]
Labels = Annotated[list[str] | None, About("names of the keys: ranks them by their score")]


def given(
    work: Work,
    q: Annotated[Array, "width | query width", About("the query, or a row for each", symbol="Q", also=("query", "Q"))],
    k: Annotated[Array, "key width", About("a row for each key", symbol="K", also=("keys", "K"))],
    v: Annotated[
        Array | None, "key value", About("a row for each value; without it the keys", symbol="V", also=("values", "V"))
    ] = None,
    score: Annotated[
        Literal["scaled_dot", "dot"], About("q·k, divided by √d_k or not", says="score {}")
    ] = "scaled_dot",
    scale: Annotated[float | None, About("multiplies the scores instead of 1/√d_k")] = None,
    mask: Mask = None,
    labels: Labels = None,
    upstream: Annotated[Array | None, "value | query value", About("∂L/∂Z, for the way back")] = None,
) -> Answer:
    """Z = softmax(Q Kᵀ / √d_k) V (Vaswani et al. 2017, 3.2.1; dot scores: Luong et al. 2015).

    q: (width,) or (query, width); k: (key, width); v: (key, value). A: a row of weights for each query.
    """
    if labels is not None and len(labels) != k.shape[0]:
        raise Refused("labels", f"are {len(labels)}, but there are {k.shape[0]} keys")
    answer = attend(work, q, k, k if v is None else v, score, scale, mask)
    if labels is not None:
        answer |= _ranking(work, answer["S"], labels)
    del answer["S"]
    return answer | from_above(work, answer["Z"], [q, k, v], upstream)


def attend(work: Work, q: Any, k: Any, v: Any, score: str, scale: float | None, mask: Any, name: str = "Z") -> Answer:
    """Scores, weights, weighted average: the steps S, S_scaled, S_masked, E, D, A and `name`."""
    S = work.let("S", k @ q if q.ndim == 1 else q @ k.T)
    x = S
    if scale is not None:
        x = work.let("S_scaled", S * scale)
    elif score == "scaled_dot":
        x = work.let("S_scaled", S / np.sqrt(work.given("d_k", float(k.shape[1]))))
    if mask is not None:
        x = work.let("S_masked", masked(x, _mask(mask, x.shape)))
    E = work.let("E", np.exp(x))
    D = work.let("D", E.sum(axis=-1, keepdims=q.ndim > 1))
    share = E / D
    A = work.let("A", share, like=softmax_worked(x, share))
    return {"A": A, "Z": work.let(name, A @ v), "S": S}


def _mask(mask: Any, shape: tuple[int, ...]) -> Array:
    """1 where a query sees a key. Every query must see one."""
    if isinstance(mask, str):
        if len(shape) < 2:
            raise Refused("mask", "causal needs a row for each query, got one query")
        return np.tri(shape[0], shape[1])
    seen = np.broadcast_to(mask, shape) if mask.shape == shape or mask.ndim == len(shape) else mask
    if seen.shape != shape:
        raise Refused(
            "mask", f"is {' x '.join(map(str, mask.shape))}, but the scores are {' x '.join(map(str, shape))}"
        )
    if not np.isin(seen, (0, 1)).all():
        raise Refused("mask", "want only 0 and 1")
    if (seen.sum(axis=-1) == 0).any():
        raise Refused("mask", "hides every key from a query")
    return seen


def _ranking(work: Work, S: Any, labels: list[str]) -> Answer:
    """The keys' places by their scores, for one query."""
    if S.ndim > 1:
        raise Refused("labels", "rank the keys of one query; got several")
    scores = getattr(S, "array", S)
    order = np.argsort(-scores, kind="stable")
    work.note("ranking: " + ", ".join(labels[i] for i in order))
    return {"ranking": order + 1}


def embeddings(
    work: Work,
    x: Annotated[Array, "token d_model", About("a row for each token", symbol="X", also=("X", "embeddings"))],
    W_Q: Annotated[Array, "d_model key_width", About("queries: Q = X W_Q", also=("W_q", "Wq", "WQ"))],
    W_K: Annotated[Array, "d_model key_width", About("keys: K = X W_K", also=("W_k", "Wk", "WK"))],
    W_V: Annotated[Array, "d_model value_width", About("values: V = X W_V", also=("W_v", "Wv", "WV"))],
    W_O: Annotated[
        Array | None, "value_width out", About("after the heads are put together", also=("W_o", "Wo", "WO"))
    ] = None,
    heads: Annotated[
        int,
        About(
            "Q, K and V are divided into so many",
            least=1,
            says="heads {}",
            also=("num_heads", "n_heads"),
        ),
    ] = 1,
    mask: Mask = None,
    upstream: Annotated[Array | None, "token out_width", About("∂L/∂Z, for the way back")] = None,
) -> Answer:
    """Self-attention from embeddings, with several heads: tokens are rows, Q = X W_Q and so on.

    Each head works on its part of the columns; the results are put side by side and, with W_O, mixed (Vaswani et al.
    2017, 3.2.2).
    """
    Q, K, V = (work.let(name, x @ W) for name, W in (("Q", W_Q), ("K", W_K), ("V", W_V)))
    for name, W in (("W_Q", W_Q), ("W_V", W_V)):
        if W.shape[1] % heads:
            raise Refused("heads", f"{heads} heads cannot share the {W.shape[1]} columns of {name} evenly")
    if heads == 1:
        answer = attend(work, Q, K, V, "scaled_dot", None, mask, "Z" if W_O is None else "concat")
        del answer["S"]
    else:
        answer = _heads(work, Q, K, V, heads, mask)
    if W_O is not None or heads > 1:
        answer["Z"] = work.let("Z", answer["Z"] if W_O is None else answer["Z"] @ W_O)
    return answer | from_above(work, answer["Z"], [x, W_Q, W_K, W_V, W_O], upstream)


def _heads(work: Work, Q: Any, K: Any, V: Any, heads: int, mask: Any) -> Answer:
    parts, answer = [], {}
    for h in range(heads):
        with work.section(f"head{h + 1}", f"Head {h + 1}"):
            q, k, v = (M[:, h * M.shape[1] // heads : (h + 1) * M.shape[1] // heads] for M in (Q, K, V))
            one = attend(work, work.let("Q", q), work.let("K", k), work.let("V", v), "scaled_dot", None, mask)
            answer[f"head{h + 1}.A"] = one["A"]
            parts.append(one["Z"])
    return answer | {"Z": work.let("concat", np.concatenate(parts, axis=1))}


FORMS = (given, embeddings)
