"""What the first exercises stated as formulas have found."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from command import run

import nncalc
from nncalc.errors import InputError
from nncalc.trace.rules.rearranging import scatter

GIVEN = {"u": [1, 2], "v": [3, 4], "B": [[1, 2], [3, 4]], "X": [[3, 1, 2], [1, 5, 4]]}


def worked(formula: str) -> Any:
    return nncalc.solve(nncalc.loads({"topic": "formulas", "given": GIVEN, "formulas": f"y = {formula}"}))["y"].array


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("u·vᵀ", [[3, 4], [6, 8]]), ("u@vᵀ", [[3, 4], [6, 8]]), ("2*u·vᵀ", [[6, 8], [12, 16]]), ("u·(2*vᵀ)", [[6, 8], [12, 16]]),
        ("u·(v·B)ᵀ", [[15, 22], [30, 44]]), ("-½·uᵀ·B·v", -30.5), ("-½*(uᵀ·B·v)", -30.5), ("(uᵀ/2)·v", 5.5),
        ("2·uᵀ·B", [14, 20]), ("uᵀ·v", 11), ("(-uᵀ)ᵀ", [-1, -2]), ("(uᵀ·v)²", 121),
        ("onehot(argmax(X, rows), 3)", [[1, 0, 0], [0, 1, 0]]),
    ],
)  # fmt: skip
def test_a_row_in_a_product(formula: str, value: Any) -> None:
    np.testing.assert_allclose(worked(formula), value)


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("uᵀ*v", "uᵀ is 1 x 2 and v is 2 numbers"), ("uᵀ + 1", "uᵀ is 1 x 2 and 1 is one number"), ("2/uᵀ", "uᵀ is 1 x 2"),
        ("B·vᵀ", "want u·vᵀ of two vectors"), ("uᵀ·vᵀ", "uᵀ is 1 x 2 and vᵀ is 1 x 2"), ("2*uᵀ", "no row form of its own"),
        ("exp(uᵀ)", "stands only in a product"),
    ],
)  # fmt: skip
def test_a_row_elsewhere_is_refused_as_a_row(formula: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        worked(formula)
    assert said in str(caught.value)


def test_the_gradient_of_one_part_can_be_worked_in_decimals() -> None:
    """As where floats cannot tell a slip from the right answer: `check` of info-nce ended with an error."""
    out = scatter(Decimal("1.5"), Decimal("0.25"), keys=((0,), (2,)), shape=(3,))
    assert out.tolist() == [Decimal("1.5"), 0, Decimal("0.25")]


def test_a_product_that_is_transposed_is_written_so_that_it_can_be_typed_back() -> None:
    for formula in ("u·(v·B)ᵀ", "u·(B·v)ᵀ", "u·vᵀ"):
        done = run("formulas", "--given", json.dumps(GIVEN), "--formulas", f"y = {formula}", "--format", "json")
        text = json.loads(done.out)["steps"][0]["formula"]["text"]
        np.testing.assert_array_equal(worked(text), worked(formula), err_msg=text)
