"""Honest students lose nothing: however they carry their numbers, however they write them; and slips are no roundings."""

from __future__ import annotations

import os
import random
from collections import Counter

import pytest
from sheets import marked
from students import FORMS, TOPICS, Student, problem

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


@pytest.mark.parametrize("topic", TOPICS)
def test_honest_students_lose_nothing(topic: str) -> None:
    counts, bad = losses(topic, PROBLEMS)
    print(topic, dict(counts))
    assert counts["lost to form"] == 0, bad[:5]
    assert counts["lost"] * 1000 <= max(counts["lines"], 1000), bad[:5]
