"""From queries and keys to scores, weights and weighted averages, with tokens as rows or as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused, dimensions
from nncalc.topics.parts.fields import TOGETHER, About, Answer, Array
from nncalc.topics.parts.gates import added
from nncalc.trace.rules.functions import divide_or_zero, masked, softmax_worked
from nncalc.trace.value import numbers
from nncalc.trace.work import Work


@dataclass(frozen=True)
class Weighing:
    """From scores to weights."""

    scale: Annotated[float | None, About("multiplies the scores, instead of 1/√d_k")] = None
    softcap: Annotated[float | None, About("scores become c·tanh(score/c)", above=0, also=("cap",))] = None
    mask: Annotated[
        Literal["causal"] | Array | None,
        "row column",
        About(
            "causal; a matrix of 1 (seen) and 0 (not seen); or one that is added to the scores (-.inf: not seen)",
            infinite=True,
            also=("causal", "attention_mask", "attn_mask"),
        ),
    ] = None
    stable: Annotated[bool, About("subtract the largest score of each query first")] = False


Weighed = Annotated[Weighing, TOGETHER]
PLAINLY = Weighing()


@dataclass(frozen=True)
class Side:
    """On which side the tokens stand: as rows of a matrix, or as its columns."""

    layout: str

    @property
    def axis(self) -> int:
        """The axis of the scores along which a query's weights add up to 1."""
        return -1 if self.layout == "rows" else 0

    def width(self, x: Any) -> int:
        """The axis along which a token's numbers stand."""
        return -1 if self.layout == "rows" else 0

    def project(self, name: str, x: Any, W: Any, b: Any) -> Any:
        """X W + b, or W X + b; Refused names W_… and b_… where their sizes do not fit."""
        inner, outer = (0, 1) if self.layout == "rows" else (1, 0)
        if W.shape[inner] != x.shape[self.width(x)]:
            has = x.shape[self.width(x)]
            what = f"is {dimensions(W.shape)}, for tokens of {W.shape[inner]} numbers, but they have {has}"
            raise Refused(f"W_{name}", what)
        if b is not None and b.shape != (W.shape[outer],):
            raise Refused(f"b_{name}", f"has {dimensions(b.shape)} numbers, but W_{name} is {dimensions(W.shape)}")
        if self.layout == "rows":
            return added(x @ W, b)
        return added(W @ x, None if b is None else b[:, None])

    def beside(self, per_query: Any) -> Any:
        """A number for each query, so that it stands at all of the query's scores."""
        return per_query[:, None] if self.layout == "rows" and per_query.ndim else per_query

    def part(self, x: Any, start: int, stop: int) -> Any:
        """Some of each token's numbers."""
        return x[:, start:stop] if self.layout == "rows" else x[start:stop]

    def join(self, parts: list[Any]) -> Any:
        """The parts beside each other again."""
        return np.concatenate(parts, axis=self.width(parts[0]))

    def scores(self, work: Work, q: Any, k: Any, score: str, given: dict[str, Any]) -> Any:
        """A score for each query and key: (query, key), with columns (key, query), for one query (key,)."""
        if score == "additive":
            rows_q, rows_k = (q, k) if self.layout == "rows" else (q.T if q.ndim > 1 else q, k.T)
            fed_q = given["W_q"] @ rows_q if q.ndim == 1 else (rows_q @ given["W_q"].T)[:, None, :]
            T = work.let("T", np.tanh(fed_q + rows_k @ given["W_k"].T))
            S = T @ given["v_a"]
            return S if self.layout == "rows" or q.ndim == 1 else S.T
        if self.layout == "columns":
            q = given["W_a"].T @ q if score == "general" else q
            return k.T @ q
        q = q @ given["W_a"] if score == "general" else q
        return k @ q if q.ndim == 1 else q @ k.T

    def attend(self, work: Work, S: Any, v: Any, weighing: Weighing, d_k: int | None, name: str = "Z") -> Answer:
        """Scores, weights, weighted average: the steps S_scaled, S_capped, S_masked, E, D, A and `name`."""
        x = S
        if weighing.scale is not None:
            x = work.let("S_scaled", S * weighing.scale)
        elif d_k is not None:
            x = work.let("S_scaled", S / np.sqrt(work.given("d_k", float(d_k))))
        if weighing.softcap is not None:
            x = work.let("S_capped", weighing.softcap * np.tanh(x / weighing.softcap))
        if weighing.mask is not None:
            x = work.let("S_masked", self._hidden(x, weighing.mask))
        raised = x
        if weighing.stable:
            raised = x - self.beside(work.let("m", x.max(axis=self.axis)))
        E = work.let("E", np.exp(raised))
        D = self.beside(work.let("D", E.sum(axis=self.axis)))
        share = E / D if weighing.mask is None else divide_or_zero(E, D)
        A = work.let("A", share, like=softmax_worked(x, share, axis=self.axis))
        Z = A @ v if self.layout == "rows" else v @ A
        return {"A": A, "Z": work.let(name, Z)}

    def _hidden(self, x: Any, mask: Any) -> Any:
        """The scores of what a query may see; elsewhere −∞, or what an additive mask adds."""
        if mask.shape != x.shape:
            raise Refused("mask", f"is {dimensions(mask.shape)}, but the scores are {dimensions(x.shape)}")
        zeros_and_ones = np.isin(numbers(mask), (0, 1)).all()
        return masked(x, mask) if zeros_and_ones else x + mask
