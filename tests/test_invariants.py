"""What a golden file cannot enshrine: pages agree with the numbers, and the numbers with arithmetic."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import run
from golden import FORMS, NOTES, ROOT, short

from nncalc.problem.problem import load
from nncalc.running import solve

PROBLEMS = [*NOTES, *FORMS]


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def numbers(value: Any) -> Any:
    """A JSON value as an array: infinities stand there as texts."""
    return np.array(value, dtype=object).astype(float)


def page(path: Path, *words: str) -> str:
    done = run("solve", short(path), *words)
    assert done.code == 0
    return done.out


@pytest.mark.parametrize("path", PROBLEMS, ids=lambda p: p.stem)
def test_json_read_again_is_the_trace(path: Path) -> None:
    trace, read = solve(load(str(path))), json.loads(page(path, "--format", "json"))
    assert [step["name"] for step in read["steps"]] == [step.name for step in trace.steps]
    for told, step in zip(read["steps"], trace.steps, strict=True):
        np.testing.assert_array_equal(numbers(told["value"]), step.array.astype(float))
        assert told["shape"] == list(step.array.shape)
        for element in told["elements"]:
            index = tuple(i - 1 for i in element["index"])
            np.testing.assert_array_equal(numbers(element["value"]), step.array[index])
    assert set(read["answer"]) == set(trace.answer)
    for name, answer in read["answer"].items():
        np.testing.assert_array_equal(numbers(answer), np.asarray(trace.answer[name], float))


@pytest.mark.parametrize("path", PROBLEMS, ids=lambda p: p.stem)
def test_weights_add_up_to_1(path: Path) -> None:
    """What is a softmax by its topic: s, attention's A by its queries, an output layer's probabilities."""
    problem = load(str(path))
    trace, by_column = solve(problem), problem.values.get("layout") == "columns"
    for step in trace.steps:
        local = step.name.rpartition(".")[2]
        if (trace.topic, local) in (("softmax", "s"), ("attention", "A")):
            sums = step.array.sum(axis=0 if by_column else -1)
            assert np.all(np.isclose(sums, 1, atol=1e-12) | (sums == 0)), "a query that sees no key has weights 0"


@pytest.mark.parametrize("path", PROBLEMS, ids=lambda p: p.stem)
def test_every_line_of_the_plain_page_ends_in_the_value_of_its_cell(path: Path) -> None:
    """Name[cell] = … = value: the value is the step's, to the digits shown."""
    trace, seen = solve(load(str(path))), 0
    symbols = [re.sub(r"\bd(\w+)/d", r"∂\1/∂", step.symbol) for step in trace.steps]
    steps = {s: step for s, step in zip(symbols, trace.steps, strict=True) if symbols.count(s) == 1}
    for line in page(path, "--format", "plain").splitlines():
        cell, equals, rest = line.partition(" = ")
        name, _, place = cell.partition("[")
        if not equals or name not in steps:
            continue
        shown = rest.rsplit(" = ", 1)[-1].rsplit("≈", 1)[-1].strip()
        if not re.fullmatch(r"-?[\d.]+(e[-+]\d+)?", shown):
            continue
        array = steps[name].array
        index = tuple(int(i) - 1 for i in place.rstrip("]").split(",")) if place else ()
        if len(index) == array.ndim:
            places = len(shown.partition("e")[0].partition(".")[2])
            scale = 10.0 ** (float(shown.partition("e")[2] or 0) - places)
            assert math.isclose(float(shown), float(array[index]), rel_tol=1e-11, abs_tol=0.5000001 * scale), line
            seen += 1
    assert seen or trace.topic == "params"
