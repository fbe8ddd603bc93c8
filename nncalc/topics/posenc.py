"""Sinusoidal positional encoding."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np

from nncalc.errors import Refused
from nncalc.topics.parts.fields import About, Answer, Array
from nncalc.trace.rules.angles import rest_of, waves
from nncalc.trace.value import numbers
from nncalc.trace.work import Work


def posenc(
    work: Work,
    d_model: Annotated[int, About("numbers in each encoding", least=1, also=("d", "dim", "dimension"))],
    positions: Annotated[
        int | list[int],
        About("how many, from 0, or a list of them", least=0, also=("pos", "length"), example="4"),
    ],
    tokens: Annotated[list[str] | None, About("names of the rows, one for each position")] = None,
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
    places = positions if isinstance(positions, list) else list(range(positions))
    if not places:
        raise Refused("positions", "want at least one position")
    if tokens is not None and len(tokens) != len(places):
        raise Refused("tokens", f"are {len(tokens)}, but there are {len(places)} positions")
    work.reserve("d_model", (len(places), d_model))
    pos = work.given("pos", np.array(places, float))
    i = work.given("i", np.arange(-(-d_model // 2), dtype=float))
    d = work.given("d", np.array(float(d_model)))
    exact = pos[:, None] / base ** (2 * i / d)
    at = numbers(exact)
    rest = rest_of(at, places, base, d_model)
    angle = work.let("angle", exact)
    PE = work.let("PE", waves(angle, at=at, rest=rest, interleaved=arrangement == "interleaved", count=d_model))
    if tokens is not None:
        work.note("rows: " + ", ".join(f"{place} {token}" for place, token in zip(places, tokens, strict=True)))
    answer: Answer = {"PE": PE}
    if embedding is not None:
        if embedding.shape != PE.shape:
            raise Refused(
                "embedding", f"is {embedding.shape[0]} x {embedding.shape[1]}, but PE is {len(places)} x {d_model}"
            )
        answer["X"] = work.let("X", embedding + PE)
    return answer
