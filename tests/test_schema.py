"""The schema of each topic says what the reader says: every problem fits, every typo does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from command import run
from examples import random_problems

from nncalc.problem.example import example
from nncalc.problem.schema import schema
from nncalc.topics import TOPICS, kernels

FOLDER = Path(__file__).parent.parent / "problems"
PROBLEMS = sorted(path for path in FOLDER.rglob("*.yaml") if not path.name.endswith(".answers.yaml"))


def faults(topic: str, page: Any) -> list[str]:
    validator = jsonschema.Draft202012Validator(schema(topic))
    return [error.message for error in validator.iter_errors(page)]


@pytest.mark.parametrize("topic", TOPICS)
def test_it_is_a_schema(topic: str) -> None:
    printed = json.loads(run("schema", topic).out)
    jsonschema.Draft202012Validator.check_schema(printed)
    assert printed == schema(topic) and printed["title"] == f"nncalc {topic}"


@pytest.mark.parametrize("path", PROBLEMS, ids=lambda p: p.stem)
def test_every_problem_fits(path: Path) -> None:
    page = yaml.safe_load(path.read_text())
    assert faults(page["topic"], page) == []
    assert faults(page["topic"], {**page, "stirde": 1})


@pytest.mark.parametrize("text", random_problems(0).values(), ids=random_problems(0))
def test_every_random_problem_fits(text: str) -> None:
    page = yaml.safe_load(text)
    assert faults(page["topic"], page) == []


@pytest.mark.parametrize(("topic", "form"), [(t, k.__name__) for t in TOPICS for k in kernels(t)])
def test_every_new_example_fits(topic: str, form: str) -> None:
    page = yaml.safe_load(example(topic, form))
    assert faults(topic, page) == []


@pytest.mark.parametrize(("topic", "page"), [
    ("softmax", {"x": "two"}), ("softmax", {"x": [[[1]]]}), ("softmax", {}), ("softmax", {"x": [1], "temperature": 0}), ("conv", {"image": [[1]], "filter": [[1]], "stride": 0}),
    ("conv", {"image": [[1]], "filter": ["a"]}), ("conv", {"image": [[1]], "filter": [[1]], "pad": "smae"}), ("backprop", {"expr": "x", "at": {"2": 1}}),
    ("params", {"input_shape": [4], "layers": [{"dense": {}}]}), ("params", {"input_shape": [4], "layers": [{"dense": {"units": 1}, "flatten": {}}]}),
    ("softmax", {"x": [1], "marking": {"points": 1}}), ("softmax", {"x": [1], "topic": "conv"}),
])  # fmt: skip
def test_what_the_reader_refuses_does_not_fit(topic: str, page: Any) -> None:
    assert faults(topic, page)


def test_what_the_reader_takes_fits() -> None:
    assert faults("softmax", {"x": ["1/3", "sqrt(2)", -0.5], "jacobian": "yes", "title": 42}) == []
    assert faults("conv", {"image": {"file": "a.npy"}, "filter": {"file": "w.npz", "key": "w"}, "pad": "same"}) == []
    assert faults("conv", {"image": [[1]], "filter": 2, "bias": "½"}) == []
    assert faults("backprop", {"x": 1, "layers": [{"W": [1, 2], "b": 0}]}) == []
    assert faults("attention", {"q": [[1]], "k": [[1]], "mask": [[float("-inf")]]}) == []
    assert faults("params", {"input_shape": [4, 4, 1], "layers": ["flatten", {"dense": {"units": 1}}]}) == []
