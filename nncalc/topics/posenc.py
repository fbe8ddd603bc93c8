"""Positional encodings: sinusoidal, rotary, and the biases of ALiBi."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused, dimensions
from nncalc.topics.parts.belonging import GIVEN, LEFT_OUT, when
from nncalc.topics.parts.fields import About, Answer, Array
from nncalc.trace.rules.angles import encodings, waves
from nncalc.trace.rules.functions import masked
from nncalc.trace.value import numbers
from nncalc.trace.work import Work

Places = Annotated[
    int | list[int] | None,
    About("how many, from 0, or a list of them (default: a position for each token)", least=0, also=("pos", "length"),
          example="4"),
]  # fmt: skip
Tokens = Annotated[
    list[str] | None, About("names of the rows, one for each position", also=("words", "labels"))
]  # fmt: skip


def _places(positions: int | list[int] | None, tokens: list[str] | None) -> list[int]:
    """The positions, from 0 where they are counted. Raises Refused where there are none, or other ones than tokens."""
    if positions is None and tokens is None:
        raise Refused("positions", "are missing", "how many, a list of them, or tokens")
    count = len(tokens or ()) if positions is None else positions
    places = count if isinstance(count, list) else list(range(count))
    if not places:
        raise Refused("positions", "want at least one position")
    if tokens is not None and len(tokens) != len(places):
        raise Refused("tokens", f"are {len(tokens)}, but there are {len(places)} positions")
    return places


def _note_rows(work: Work, places: list[int], tokens: list[str] | None) -> None:
    if tokens is not None:
        work.note("rows: " + ", ".join(f"{place} {token}" for place, token in zip(places, tokens, strict=True)))


def posenc(
    work: Work,
    d_model: Annotated[int, About("numbers in each encoding", least=1, also=("d", "dim", "dimension"))],
    positions: Places = None,
    tokens: Tokens = None,
    kind: Annotated[Literal["sinusoidal"], About("which encoding")] = "sinusoidal",
    base: Annotated[float, About("what the exponents are of", says="base {}", above=0)] = 10000,
    arrangement: Annotated[
        Literal["interleaved", "concatenated"], About("sin and cos in turn, or all sines first", says="{}")
    ] = "interleaved",
    embedding: Annotated[
        Array | None, "position dimension", About("added to the encoding", also=("embeddings", "x"))
    ] = None,
) -> Answer:
    """PE(pos, 2i) = sin(pos / base^(2i/d)), PE(pos, 2i+1) = cos of the same angle (Vaswani et al. 2017, 3.5).

    Positions and i count from 0. PE: (position, d_model); angle: (position, ⌈d_model/2⌉).
    """
    places = _places(positions, tokens)
    work.reserve("d_model", (len(places), d_model))
    pos = work.given("pos", np.array(places, float))
    i = work.given("i", np.arange(-(-d_model // 2), dtype=float))
    d = work.given("d", np.array(float(d_model)))
    written = pos[:, None] / base ** (2 * i / d)
    interleaved = arrangement == "interleaved"
    exact = encodings(places, base, d_model, interleaved)
    at, angle = numbers(written), work.let("angle", written)
    PE = work.let("PE", waves(angle, at=at, exact=exact, interleaved=interleaved, count=d_model))
    _note_rows(work, places, tokens)
    answer: Answer = {"PE": PE}
    if embedding is not None:
        if embedding.shape != PE.shape:
            raise Refused(
                "embedding", f"is {embedding.shape[0]} x {embedding.shape[1]}, but PE is {len(places)} x {d_model}"
            )
        answer["X"] = work.let("X", embedding + PE)
    return answer


def rotary(
    work: Work,
    kind: Annotated[Literal["rotary"], About("which encoding", says="{}")],
    q: Annotated[
        Array,
        "position dimension | dimension",
        About("queries, a row for each position, or one vector", also=("x", "embedding", "query"), example="[3, 4]"),
    ],
    k: Annotated[
        Array | None,
        "key dimension | dimension",
        About("keys: gives their products with the queries", also=("key",)),
    ] = None,
    positions: Annotated[
        int | list[int] | None, About("of the queries (from 0; of one vector 1)", least=0, also=("pos",))
    ] = None,
    key_positions: Annotated[
        int | list[int] | None, About("of the keys (as the queries)", least=0, only=when(k=GIVEN))
    ] = None,
    theta: Annotated[
        Array | None,
        "pair",
        About("the angle of each pair at position 1, in place of a base", also=("angle", "angles")),
    ] = None,
    base: Annotated[float, About("θ_i = base^(-2i/d)", says="base {}", above=0, only=when(theta=LEFT_OUT))] = 10000,
    pairs: Annotated[
        Literal["adjacent", "halves"], About("which numbers turn together: 1 and 2, or 1 and d/2 + 1", says="{} pairs")
    ] = "adjacent",
) -> Answer:
    """Pairs of numbers, each turned by position·θ: (x cos − y sin, x sin + y cos); q_rot·k_rot sees distances alone.

    q, k: (position, d) or (d,); R: (position, pair, 2, 2) (Su et al. 2021, RoFormer, 3.2).
    """
    turned = Rotation(work, q.shape[-1], pairs, theta, base)
    at = _at("positions", positions, q)
    R = turned.matrices("", at)
    answer: Answer = {"q_rot": turned.rotated(q, "q_rot", R)}
    if k is None:
        return answer
    of_keys = _at("key_positions", positions if key_positions is None and k.shape == q.shape else key_positions, k)
    answer["k_rot"] = turned.rotated(k, "k_rot", R if of_keys == at else turned.matrices("_k", of_keys))
    answer["S"] = work.let("S", answer["q_rot"] @ answer["k_rot"].T)
    return answer


def _at(field: str, given: int | list[int] | None, x: Any) -> list[int]:
    """The position of each row; one vector stands at 1. Raises Refused for more or fewer."""
    rows = 1 if x.ndim == 1 else x.shape[0]
    places = ([1] if x.ndim == 1 else list(range(rows))) if given is None else given
    if isinstance(places, int):
        places = [places] if x.ndim == 1 else list(range(places))
    if len(places) != rows:
        raise Refused(field, f"are {len(places)}, but there are {rows} rows")
    return places


@dataclass(frozen=True)
class Rotation:
    """How vectors of d numbers are turned: which pairs, and by how much at position 1."""

    work: Work
    d: int
    pairs: str
    theta: Any
    base: float

    def matrices(self, suffix: str, places: list[int]) -> Any:
        """R of each position and pair, (position, pair, 2, 2); Refused where theta has other pairs."""
        work, half = self.work, self.d // 2
        if self.d % 2:
            raise Refused("q", f"has {self.d} numbers", "an even number")
        if self.theta is not None and self.theta.shape != (half,):
            raise Refused("theta", f"has {self.theta.shape[0]} numbers, but there are {half} pairs")
        pos = work.given(f"pos{suffix}", np.array(places, float))
        slow = work.written(self.base) ** (-2 * np.arange(half) / self.d) if self.theta is None else self.theta
        angle = work.let(f"angle{suffix}", pos[:, None] * slow)
        cos, sin = np.cos(angle), np.sin(angle)
        columns = np.stack([np.stack([cos, -sin]), np.stack([sin, cos])])
        return work.let(f"R{suffix}", np.transpose(columns, (2, 3, 0, 1)))

    def rotated(self, x: Any, name: str, R: Any) -> Any:
        """The vectors, turned."""
        count, half = R.shape[:2]
        beside = self.pairs == "adjacent"
        rows = x.reshape((count, half, 2) if beside else (count, 2, half))
        together = rows if beside else np.transpose(rows, (0, 2, 1))
        new = (R @ together[..., None])[..., 0]
        return self.work.let(name, (new if beside else np.transpose(new, (0, 2, 1))).reshape(x.shape))


def alibi(
    work: Work,
    kind: Annotated[Literal["alibi"], About("which encoding", says="{}")],
    heads: Annotated[
        int | None,
        About("how many heads (as many as slopes)", least=1, most=1024, also=("num_heads", "h"), example="2"),
    ] = None,
    positions: Annotated[
        int | None, About("how many (default: one for each token)", least=1, also=("length", "T"), example="3")
    ] = None,
    tokens: Tokens = None,
    slopes: Annotated[Array | None, "head", About("m of each head, in place of 2^(-8h/heads)", also=("m",))] = None,
    causal: Annotated[bool, About("later positions are masked", says=("causal", "both sides"))] = True,
    scores: Annotated[
        Array | None, "position position | head position position", About("q·k, to which it is added", also=("S",))
    ] = None,
) -> Answer:
    """B = −m·|i − j| for each head, added to its scores; m = 2^(−8h/heads), h from 1.

    B: (head, position, position) (Press et al. 2022). Where the heads are no power of 2 the slopes are those of the
    power below, then every other one of the power above, from its first on, as the authors' code has them.
    """
    places = _places(positions, tokens)
    n = len(places)
    if heads is None:
        if slopes is None:
            raise Refused("heads", "are missing", "how many, or slopes")
        heads = slopes.shape[0]
    work.reserve("positions", (heads, n, n))
    if slopes is None:
        slopes = work.let("m", _slopes(work, heads))
    if slopes.shape != (heads,):
        raise Refused("slopes", f"has {slopes.shape[0]} numbers, but there are {heads} heads")
    distance = work.given("distance", np.abs(np.subtract.outer(places, places)).astype(float))
    biases = -slopes[:, None, None] * distance[None]
    B = work.let("B", masked(biases, work.given("mask", np.tri(n))) if causal else biases)
    _note_rows(work, places, tokens)
    if scores is None:
        return {"B": B}
    if scores.shape[-2:] != (n, n) or scores.shape[:-2] not in ((), (heads,)):
        raise Refused("scores", f"are {dimensions(scores.shape)}, but the biases are {dimensions(B.shape)}")
    return {"B": B, "S": work.let("S", scores + B)}


def _slopes(work: Work, heads: int) -> Any:
    """m of each head."""
    below = 2 ** (heads.bit_length() - 1)
    two, h = work.written(2.0), work.given("h", np.arange(1.0, below + 1))
    m = two ** (-8 * h / below)
    if heads == below:
        return m
    between = work.given("h_between", np.arange(1.0, 2 * (heads - below), 2))
    return np.concatenate([m, two ** (-8 * between / (2 * below))])


FORMS = (posenc, rotary, alibi)
