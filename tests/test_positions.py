"""Positional encodings: tokens that say where they stand, rotary pairs as complex numbers, the biases of ALiBi."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pytest
from examples import problem, yaml_of

from nncalc import solve
from nncalc.errors import InputError
from nncalc.trace.notation import decimals
from nncalc.trace.steps import Trace


def worked(**fields: Any) -> Trace:
    return solve(problem(yaml_of("posenc", **fields)))


def refusal(**fields: Any) -> str:
    with pytest.raises(InputError) as error:
        worked(**fields)
    return str(error.value)


def test_tokens_alone_say_how_many_positions_there_are() -> None:
    alone, counted = worked(d_model=4, tokens=["I", "am"]), worked(d_model=4, positions=2)
    np.testing.assert_array_equal(alone["PE"].array, counted["PE"].array)
    assert "positions: are missing" in refusal(d_model=4)
    assert "tokens: are 1, but there are 2 positions" in refusal(d_model=4, positions=2, tokens=["a"])


def test_a_quarter_turn() -> None:
    """(3, 4) by 90° is (−4, 3), exactly."""
    assert worked(kind="rotary", q=[3, 4], theta=["pi/2"]).answer["q_rot"].tolist() == [-4, 3]


@pytest.mark.parametrize("pairs", ["adjacent", "halves"])
@pytest.mark.parametrize("seed", range(4))
def test_pairs_are_complex_numbers_that_are_multiplied(pairs: str, seed: int) -> None:
    """Su et al. 2021, equation 12: q·e^(imθ); the products depend on distances alone."""
    rng = np.random.default_rng(seed)
    q, k, d = rng.normal(size=(3, 6)), rng.normal(size=(3, 6)), 6
    places = rng.integers(0, 20, 3)

    def turned(x: Any, at: Any) -> Any:
        two = x.reshape(3, 3, 2) if pairs == "adjacent" else np.moveaxis(x.reshape(3, 2, 3), 1, 2)
        z = (two[..., 0] + 1j * two[..., 1]) * np.exp(1j * at[:, None] * 10000.0 ** (-2 * np.arange(3) / d))
        new = np.stack([z.real, z.imag], axis=-1)
        return (new if pairs == "adjacent" else np.moveaxis(new, 2, 1)).reshape(3, 6)

    trace = worked(kind="rotary", q=q, k=k, positions=places.tolist(), pairs=pairs)
    np.testing.assert_allclose(trace["q_rot"].array, turned(q, places), atol=1e-12)
    np.testing.assert_allclose(trace["S"].array, turned(q, places) @ turned(k, places).T, atol=1e-12)
    later = worked(kind="rotary", q=q, k=k, positions=(places + 5).tolist(), pairs=pairs)
    np.testing.assert_allclose(later["S"].array, trace["S"].array, atol=1e-9)
    apart = worked(kind="rotary", q=q, k=k, positions=places.tolist(), key_positions=3, pairs=pairs)
    np.testing.assert_allclose(apart["k_rot"].array, turned(k, np.arange(3)), atol=1e-12)


def test_biases_by_distance() -> None:
    """Press et al. 2022: of 8 heads the slopes are 1/2, 1/4, …, 1/256."""
    trace = worked(kind="alibi", heads=8, positions=3)
    np.testing.assert_array_equal(trace["m"].array, [2.0**-h for h in range(1, 9)])
    assert trace["B"].array[0].tolist() == [[0, -np.inf, -np.inf], [-0.5, 0, -np.inf], [-1, -0.5, 0]]
    S = np.arange(9.0).reshape(3, 3)
    both = worked(kind="alibi", heads=1, tokens=["a", "b", "c"], slopes=[0.3], causal=False, scores=S)
    expected = S - 0.3 * np.abs(np.subtract.outer(range(3), range(3)))
    np.testing.assert_allclose(both["S"].array[0], expected)


def test_what_does_not_fit_is_refused() -> None:
    assert "q: has 3 numbers; want an even number" in refusal(kind="rotary", q=[1, 2, 3])
    assert "theta: has 1 numbers, but there are 2 pairs" in refusal(kind="rotary", q=[1, 2, 3, 4], theta=[1])
    assert "k: is 4: its 'dimension' is 4, but 2 in q" in refusal(kind="rotary", q=[1, 2], k=[1, 2, 3, 4])
    assert "positions: are 3, but there are 2 rows" in refusal(kind="rotary", q=[[1, 2], [3, 4]], positions=3)
    assert "base: belongs to" in refusal(kind="rotary", q=[1, 2], theta=[1], base=10)


@pytest.mark.parametrize("arrangement", ["interleaved", "concatenated"])
def test_encodings_of_far_positions_are_off_by_less_than_4e_16(arrangement: str) -> None:
    """Against 50 digits, in an order of their own: positions that follow each other, and some that do not."""
    places = [*range(8100, 8200), 3, 2, 999_999, 0, 63, 64, 64]
    d = 7
    PE = worked(d_model=d, positions=places, arrangement=arrangement)["PE"].array
    with localcontext(decimals.precision(50)):
        for row, place in enumerate(places):
            for i in range(4):
                angle = place * (-Decimal(10000).ln() * 2 * i / d).exp()
                sine, cosine = (2 * i, 2 * i + 1) if arrangement == "interleaved" else (i, 4 + i)
                assert abs(Decimal(float(PE[row, sine])) - decimals.sin(angle)) <= Decimal("4e-16")
                if cosine < d:
                    assert abs(Decimal(float(PE[row, cosine])) - decimals.cos(angle)) <= Decimal("4e-16")


@pytest.mark.parametrize("heads", [1, 2, 3, 6, 7, 12, 16, 20])
def test_the_slopes_of_any_count_of_heads_are_the_authors(heads: int) -> None:
    """The published rule: those of the power of 2 below, then every other one of the power above."""

    def of_a_power(count: int) -> list[float]:
        start = 2 ** (-(2 ** -(math.log2(count) - 3)))
        return [start * start**i for i in range(count)]

    below = 2 ** math.floor(math.log2(heads))
    expected = of_a_power(below) + of_a_power(2 * below)[0::2][: heads - below]
    trace = worked(kind="alibi", heads=heads, positions=3)
    np.testing.assert_allclose(trace["m"].array, expected, rtol=1e-12)
    np.testing.assert_allclose(trace.answer["B"][:, 2, 0], -2 * np.array(expected), rtol=1e-12)
