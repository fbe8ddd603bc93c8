"""Every gradient that an answer names is a step, also where it is its upstream, unchanged: keys and sheets need it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nncalc.names import cell_of
from nncalc.problem.problem import load, loads
from nncalc.running import solve
from nncalc.trace.name import StepName

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "problems").rglob("*.yaml")) + sorted((ROOT / "tests/golden/given").rglob("*.yaml"))
NORM = {"topic": "norm", "kind": "layer", "x": [1, 2, 4], "beta": [0, 0, 0], "upstream": [1, 2, 3]}


@pytest.mark.parametrize(
    "path", [p for p in FILES if ".answers." not in p.name and p.stem != "unusable"], ids=lambda p: p.stem
)
def test_every_gradient_of_an_answer_is_a_step(path: Path) -> None:
    trace = solve(load(path))
    gradients = [name for name in trace.answer if StepName.parse(name).is_gradient]
    assert {name for name in gradients if trace.answered.get(name, name) not in trace.named()} == set()


PASSED_ON: list[tuple[dict[str, Any], str, Any]] = [
    (NORM, "dL/dbeta", [1, 2, 3]),
    ({"topic": "backprop", "expr": "x", "at": {"x": 3}}, "df/dx", 1),
    ({"topic": "backprop", "expr": "x + y", "at": {"x": 3, "y": 4}}, "df/dy", 1),
]


@pytest.mark.parametrize(("problem", "name", "value"), PASSED_ON, ids=lambda x: x if isinstance(x, str) else "")
def test_a_gradient_that_is_its_upstream_has_a_line(problem: dict[str, Any], name: str, value: Any) -> None:
    trace = solve(loads(problem))
    assert trace[name].array.tolist() == value
    assert np.ndim(value) == 0 or cell_of(trace, f"{name}[2]") == (name, (1,))
    assert [step.name for step in trace.explain((name, None)).steps][-1] == name
