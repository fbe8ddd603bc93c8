"""Rounding as a person does it: a table of ties, and a million values against exact decimal arithmetic."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest

from nncalc.trace.notation.numbers import number
from nncalc.trace.rounding import on_paper, paper_round

TIES = [
    (0.125, 2, 0.13), (2.675, 2, 2.68), (1.005, 2, 1.01), (0.35 * 0.1, 2, 0.04), (419.5675, 3, 419.568),
    (774.9625, 3, 774.963), (0.4985, 3, 0.499), (-0.125, 2, -0.13), (-2.5, 0, -3.0), (0.5, 0, 1.0),
    (0.1 + 0.2, 1, 0.3), (0.045, 2, 0.05), (1e-9, 2, 0.0), (99.995, 2, 100.0), (7.0, 0, 7.0),
]  # fmt: skip


@pytest.mark.parametrize(("value", "places", "expected"), TIES)
def test_ties_go_away_from_zero(value: float, places: int, expected: float) -> None:
    assert paper_round(value, places=places) == expected


@pytest.mark.parametrize(("value", "digits", "expected"), [
    (0.000123456, 3, 0.000123), (99.96, 3, 100.0), (0.012345, 4, 0.01235), (-1234.5, 2, -1200.0), (0.35 * 0.1, 1, 0.04),
])  # fmt: skip
def test_significant_digits(value: float, digits: int, expected: float) -> None:
    assert paper_round(value, digits=digits) == expected


def test_a_million_values_against_exact_arithmetic() -> None:
    """Half of them ties: k/8, k/40, products of two-place decimals; the reference works in decimals."""
    rng = np.random.default_rng(7)
    values = np.concatenate([
        rng.integers(-10_000, 10_000, 250_000) / 200,
        rng.integers(-999, 999, 250_000) / 100 * (rng.integers(-999, 999, 250_000) / 100),
        rng.normal(0, 3, 500_000),
    ])  # fmt: skip
    settled = on_paper(places=2)("", values, False)
    for value, got in zip(values.tolist(), settled.tolist(), strict=True):
        assert got == half_away(value), value


def half_away(value: float) -> float:
    """Two places in decimals: 12 significant digits as they are printed, then half away from zero."""
    return float(Decimal(f"{value:.11e}").quantize(Decimal("0.01"), ROUND_HALF_UP))


def test_given_numbers_counts_and_infinities_stay() -> None:
    settle = on_paper(places=0)
    assert settle("x", np.array([0.4]), True)[0] == 0.4
    assert settle("n", np.array([12443648]), False)[0] == 12443648
    assert settle("m", np.array([-np.inf]), False)[0] == -np.inf


@pytest.mark.parametrize(("value", "text"), [
    (7.389056098, "7.389056"), (2.0, "2"), (0.1 + 0.2, "0.3"), (-11, "-11"), (1e-9, "1e-09"), (0.000123456789, "0.000123457"),
    (-0.0, "0"), (1e20, "1e+20"), (float("inf"), "inf"), (2 / 3, "0.666667"), (123456.789, "123456.789"), (0.01, "0.01"),
])  # fmt: skip
def test_numbers_are_written_as_a_person_does(value: float, text: str) -> None:
    assert number(value) == text
