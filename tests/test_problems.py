"""Every file in problems/ solves, and every key in it holds to half a unit of its last written place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nncalc.convert import Converter
from nncalc.limits import DEFAULT
from nncalc.problem import load
from nncalc.reader import ScalarNode, SequenceNode
from nncalc.scalars import as_number
from nncalc.solution import solve, value_of

FILES = sorted((Path(__file__).parent.parent / "problems").rglob("*.yaml"))


def expected(node: object) -> np.ndarray:
    if isinstance(node, ScalarNode):
        return np.array(as_number(node, "", DEFAULT))
    assert isinstance(node, SequenceNode)
    return np.array(Converter(DEFAULT).nested(node, (), [0]))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_the_key_holds(path: Path) -> None:
    problem = load(str(path))
    trace = solve(problem)
    assert problem.expect and problem.title and problem.source
    for name, node in problem.expect.items():
        np.testing.assert_allclose(value_of(trace, name), expected(node), rtol=0, atol=5.1e-7, err_msg=name)


def test_there_are_problems() -> None:
    assert len(FILES) >= 13
