"""What a golden file cannot hold, for it would keep a wrong page as gladly: the pages agree with one another, with the
numbers from Python, and with arithmetic worked again.
"""

from __future__ import annotations

import json
import math
import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from arithmetic import NUMBER, Unreadable, half_a_place, value, value_and_slack
from command import run
from golden import FORMS, NOTES, OTHERS, ROOT, typed

from nncalc import load, solve

READ = [*NOTES, *FORMS]
every = pytest.mark.parametrize("path", [*READ, *OTHERS], ids=lambda p: f"{p.parent.name}/{p.stem}")
each_read = pytest.mark.parametrize("path", READ, ids=lambda p: p.stem)


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@cache
def page(path: Path, format: str) -> str:
    done = run("solve", typed(path), "--format", format)
    assert (done.code, done.err) == (0, "")
    return done.out


@cache
def told(path: Path) -> Any:
    return json.loads(page(path, "json"))


def array(shown: Any) -> np.ndarray:
    """A value of JSON as an array; infinities stand there as texts."""
    return np.array(shown, dtype=object).astype(float)


def cells(text: str) -> list[tuple[str, list[str], str]]:
    """Of a page the lines `cell = … = value`: the cell, what stands between, the value."""
    found = []
    for line in text.splitlines():
        first, *others = (part.strip() for part in re.split(r" +[=≈] +", line))
        several = re.search(r", \w+ = ", line)  # x = 3, y = -4
        if others and NUMBER.fullmatch(others[-1]) and not line.startswith("#") and not several:
            found.append((first, others[:-1], others[-1]))
    return found


@every
def test_json_is_what_python_gives(path: Path) -> None:
    trace, names = solve(load(str(path))), [step["name"] for step in told(path)["steps"]]
    once = [step for step in told(path)["steps"] if names.count(step["name"]) == 1]
    for step in once:
        worked = trace[step["name"]].array
        assert step["shape"] == list(np.shape(worked))
        np.testing.assert_array_equal(array(step["value"]), np.asarray(worked, float), strict=True)
    assert once


@every
def test_elements_are_the_cells_of_their_step_in_order(path: Path) -> None:
    for step in told(path)["steps"]:
        whole = array(step["value"])
        assert list(whole.shape) == step["shape"]
        assert [e["index"] for e in step["elements"]] == [[i + 1 for i in index] for index in np.ndindex(whole.shape)]
        np.testing.assert_array_equal(array([e["value"] for e in step["elements"]]), whole.ravel())


@every
def test_what_is_put_in_gives_the_value(path: Path) -> None:
    """The numbers put into each formula, worked again by somebody who reads the text only."""
    for step in told(path)["steps"]:
        for element in step["elements"]:
            again, shown = value(element["substituted"]), float(element["value"])
            assert again == pytest.approx(shown, rel=1e-9, abs=1e-12), (step["name"], element)


@every
def test_answers_are_the_steps_of_their_name(path: Path) -> None:
    """Or, where steps are worked in time, all of that name one after the other, or the last."""
    steps = {step["name"]: array(step["value"]) for step in told(path)["steps"]}
    for name, shown in told(path)["answer"].items():
        in_time = [steps[n] for n in steps if re.fullmatch(r"t\d+\." + re.escape(name), n)]
        if name in steps:
            np.testing.assert_array_equal(array(shown), steps[name], strict=True)
        elif in_time:
            answer = array(shown)
            last = answer.shape == in_time[-1].shape and np.array_equal(answer, in_time[-1])
            assert last or np.array_equal(answer, np.stack(in_time)), name


@every
def test_probabilities_and_weights_add_up_to_1(path: Path) -> None:
    """Of what a softmax gave; in attention by columns each column, and 0 where a query sees no key."""
    by_column = "columns" in str(yaml.safe_load(path.read_text()).get("layout"))
    for step in told(path)["steps"]:
        local = step["name"].rpartition(".")[2]
        weights = (told(path)["topic"], local) in {("softmax", "s"), ("attention", "A")}
        if weights or step["formula"]["text"].startswith("softmax("):
            sums = array(step["value"]).sum(axis=0 if by_column else -1)
            assert np.all(np.isclose(sums, 1, atol=1e-12) | (sums == 0)), step["name"]


@every
def test_the_plain_page_has_every_value_of_the_json(path: Path) -> None:
    """A line a cell, in the same order, to the digits shown; what is given stands before."""
    worked = [v for step in told(path)["steps"] for v in array(step["value"]).ravel() if math.isfinite(v)]
    lines = cells(page(path, "plain"))
    assert len(lines) >= len(worked) > 0
    assert all(not between for _, between, _ in lines[: -len(worked)])
    for (cell, _, shown), exact in zip(lines[-len(worked) :], worked, strict=True):
        assert abs(float(shown) - exact) <= half_a_place(shown) * 1.000001 + abs(exact) * 1e-11, cell


@each_read
def test_the_table_shows_what_the_plain_page_says(path: Path) -> None:
    plain: dict[str, set[str]] = {}
    for cell, _, shown in cells(page(path, "plain")):
        plain.setdefault(cell, set()).add(shown)
    both = [(cell, shown) for cell, _, shown in cells(page(path, "table")) if cell in plain]
    assert both
    for cell, shown in both:
        assert shown in plain[cell], cell


@each_read
def test_what_stands_before_the_last_sign_gives_the_value(path: Path) -> None:
    """With the numbers as they are shown: off by no more than the digits that were cut away."""
    seen = 0
    for cell, between, shown in cells(page(path, "plain")):
        try:
            again, slack = value_and_slack(between[-1] if between else shown)
        except (Unreadable, ZeroDivisionError):
            continue
        seen += bool(between)
        allowed = 1.01 * slack + half_a_place(shown) * 1.000001 + abs(again) * 1e-11
        assert abs(again - float(shown)) <= allowed, (cell, between[-1:], shown)
    assert seen


PAPER = re.compile(r"(?P<before>.*) (?P<sign>[=≈]) +(?P<value>-?[\d.]+(?:e[-+]\d+)?)  # exact ")


@each_read
def test_worked_on_paper_each_sign_is_right(path: Path) -> None:
    """`=` where the numbers on the page give the value to its last digit, `≈` only where they do not."""
    done = run("solve", typed(path), "--format", "plain", "--round", "2")
    signs = 0
    for line in done.out.splitlines():
        if match := PAPER.match(line):
            last = re.split(r" +[=≈] +", match["before"])[-1]
            shown = float(match["value"])
            try:
                again, slack = value_and_slack(last)
            except (Unreadable, ZeroDivisionError, OverflowError):
                continue
            signs += 1
            if match["sign"] == "=":
                assert abs(again - shown) <= 1.01 * slack + abs(again) * 1e-11, line
            else:
                assert slack or abs(again - shown) > 1e-12 * abs(again), line
    assert signs or "≈" not in done.out
