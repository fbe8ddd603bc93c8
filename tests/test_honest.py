"""Honest students lose nothing: however they carry their numbers, however they write them; and slips are no roundings."""

from __future__ import annotations

import os
import random
from collections import Counter

import numpy as np
import pytest
from sheets import marked
from students import FORMS, TOPICS, Student, numbers, problem

from nncalc.marking.assignment import Assignment, lines_of
from nncalc.marking.closeness import unit_asked
from nncalc.marking.verdicts import MOST_UNITS, Verdict
from nncalc.running import run
from nncalc.trace.rounding import following

PROBLEMS = int(os.environ.get("NNCALC_HONEST", "3"))


def losses(topic: str, count: int, seed: int = 0) -> tuple[Counter[str], list[str]]:
    """How many lines there were and how many lost points, for so many problems of a topic."""
    counts: Counter[str] = Counter()
    bad: list[str] = []
    for k in range(count):
        chance = random.Random(f"{topic} {seed} {k}")
        one = problem(topic, chance)
        for carried in ("all", "rounded", "cut off"):
            for form in FORMS:
                student = Student(one, chance, carried == "all", carried if carried != "all" else "rounded", form)
                lines = {name: a for name, a in student.works().items() if name in one.exact}
                last = list(one.steps)[-1]
                for some in (lines, {last: lines[last]}):
                    marks = marked(one, some, student.writes)
                    counts["lines"] += len(marks.lines)
                    counts["to 0"] += student.lost
                    for line in marks.lines:
                        if line.points is not None and line.earned < line.points:
                            if student.lost:
                                counts["lost to 0"] += 1
                                continue
                            counts["lost"] += 1
                            counts["lost to form"] += carried == "all"
                            for i, v in line.cells.items():
                                if v > 1:
                                    bad.append(
                                        f"{k} {carried} {form} {one.problem.marking.places},{one.problem.marking.sig} "
                                        f"{'all' if some is lines else 'last'} {line.name}{i} {line.line.cells[i].text} "
                                        f"exact {float(line.exact[i]):.6g} follows {float(line.worked[i]):.6g} {v.name}"
                                    )
    return counts, bad


def test_honest_students_lose_nothing() -> None:
    """At most one line in a thousand over all topics, and none where only the form differs."""
    counts, bad = Counter[str](), list[str]()
    for topic in TOPICS:
        found, lost = losses(topic, PROBLEMS)
        print(topic, dict(found))
        counts, bad = counts + found, bad + lost
    assert counts["lost to form"] == 0, bad[:5]
    assert counts["lost"] * 1000 <= counts["lines"], bad[:5]


# Slips


def stated_reach(one: Assignment, name: str, index: tuple[int, ...]) -> float:
    """The farthest that rounding goes where all lines are on the sheet: every earlier number moved by one unit."""
    unit = unit_asked(one.exact[name][index], one.problem.marking)
    far = unit
    before = one.trace.steps[: list(one.steps).index(name)]
    for step in [step for step in before if not step.value.is_given]:
        for i in np.ndindex(step.array.shape):
            moved = []
            for side in (-1, 1):
                number = step.array[i] + side * unit_asked(step.array[i], one.problem.marking)
                held = {s.name: {k: s.array[k].item() for k in np.ndindex(s.array.shape)} for s in one.trace.steps}
                held[step.name][i] = float(number) if step.array.dtype.kind == "f" else held[step.name][i]
                moved.append(abs(lines_of(run(one.problem, following(held), finite=False))[name][index]
                                 - one.exact[name][index]))  # fmt: skip
            far += float(max(moved))
    return min(far, MOST_UNITS * unit)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_slip_beyond_the_reach_is_never_right_nor_rounded(topic: str) -> None:
    counts: Counter[str] = Counter()
    for k in range(PROBLEMS * 4):
        chance = random.Random(f"slip {topic} {k}")
        one = problem(topic, chance)
        steps = [step for step in one.trace.steps if step.array.dtype.kind == "f" and not step.value.is_given]
        step = chance.choice(steps)
        index = chance.choice(list(np.ndindex(step.array.shape)))
        unit, reach = unit_asked(step.array[index], one.problem.marking), stated_reach(one, step.name, index)
        off = chance.choice([0.4, 0.9, 1.6, 3.0, 4.6, 5.6, 8.0, 20.0]) * unit
        lines = {name: np.array(a) for name, a in one.exact.items()}
        lines[step.name][index] += chance.choice([-1, 1]) * off
        marks = marked(one, lines)
        found = next(line for line in marks.lines if line.name == step.name).cells[index]
        assert off <= reach * 1.02 or found > Verdict.rounded, (k, step.name, index, off / unit, reach / unit)
        counts[found.name if off > unit / 2 else "within half a unit"] += 1
        counts["inside"] += unit / 2 < off <= reach
    print(topic, dict(counts))


def test_random_one_decimal_sheets_do_not_pass() -> None:
    sheets, shares = int(os.environ.get("NNCALC_SHEETS", "100")), []
    for k in range(sheets):
        chance = random.Random(f"wrong {k}")
        one = problem(chance.choice(list(TOPICS)), chance)
        lines = {
            n: np.array([float(numbers(chance)) for _ in range(a.size)]).reshape(a.shape) for n, a in one.exact.items()
        }
        marks = marked(one, lines, lambda v: f"{v:.1f}")
        assert not marks.passed, (k, one.problem.topic)
        shares.append(float(marks.earned / marks.total))
    print(f"of {sheets} sheets: mean share {np.mean(shares):.4f}, largest {max(shares):.3f}")
