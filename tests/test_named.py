"""Sheets with one mistake each: most are named, by the right name first, and none by a wrong one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from examples import problem
from planted import PLANTED, TOPICS, Planted, sheet
from sheets import asked, marked, places

from nncalc.marking import sheet as sheets
from nncalc.marking.assignment import Assignment, ask
from nncalc.marking.diagnosis import diagnose
from nncalc.marking.marks import Marks, mark
from nncalc.marking.verdicts import Verdict

HOMEWORK = Path(__file__).parent / "data" / "homework"
# What the one mistake of each sheet is called (the lines that it loses are those of `LOST`).
NAMED = {
    "m00": "another logarithm", "m01": "another logarithm", "m03": "another loss of a softmax",
    "m04": "another loss of a softmax", "m06": "another loss of a softmax", "m07": "sign turned round",
    "m09": "gradient from the scores", "m10": "divided by the count", "m12": "1 subtracted everywhere",
    "m13": "another target", "m15": "another base", "m16": "divisor left out", "m18": "filter flipped",
    "m19": "filter turned", "m21": "stride ignored", "m22": "stride ignored", "m24": "padding not 0",
    "m25": "padding not 0", "m27": "result transposed", "m28": "two values exchanged", "m30": "gates exchanged",
    "m31": "sigmoid for tanh", "m33": "bias ignored", "m34": "initial state ignored", "m36": "matrix transposed",
    "m37": "function left out", "m39": "another time step", "m40": "function of the whole product",
    "m42": "degrees for radians", "m43": "factor left out", "m45": "factor left out", "m46": "sign of a term",
    "m48": "divisor left out", "m49": "root of the divisor left out", "m51": "fraction turned over",
    "m52": "softmax along another axis", "m54": "softmax along another axis", "m55": "softmax without exponentials",
    "m57": "two values exchanged", "m58": "matrix transposed", "m60": "matrix transposed",
    "m61": "two values exchanged", "m63": "another line", "m64": "mask left out", "m66": "another mask",
    "m67": "another mask", "m69": "another mask", "m70": "another value", "m72": "another activation",
    "m73": "ReLU forgotten", "m75": "another loss", "m76": "derivative forgotten", "m78": "factor left out",
    "m79": "factor left out", "m81": "result transposed", "m82": "another value", "m84": "factor left out",
    "m85": "sign of a term", "m87": "softmax at the end",
}  # fmt: skip
LEAST = 0.85


def said(marks: Marks) -> dict[str, list[str]]:
    """What is said first of each wrong line, for all its cells."""
    diagnose(marks)
    wrong = [line for line in marks.lines if line.verdict is Verdict.wrong]
    return {line.name: [likely.names[0] for likely in line.likely] for line in wrong}


@cache
def of_homework(name: str) -> dict[str, list[str]]:
    (path,) = (HOMEWORK / "sheets" / name).iterdir()
    one = asked(HOMEWORK / "hw" / path.name)
    return said(mark(one, sheets.from_file(str(path), one)))


@cache
def worked(text: str) -> Assignment:
    return ask(problem(text))


@cache
def of_planted(number: int) -> dict[str, list[str]]:
    return said(
        marked(worked(TOPICS[PLANTED[number].topic][0] + "\nmarking: {places: 4}\n"), sheet(PLANTED[number]), places(4))
    )


def test_every_sheet_of_the_homework_is_in_the_table() -> None:
    assert {path.name for path in (HOMEWORK / "sheets").iterdir()} == set(NAMED)


@pytest.mark.parametrize("name", NAMED)
def test_no_mistake_of_the_homework_is_named_wrongly(name: str) -> None:
    assert {text for found in of_homework(name).values() for text in found} <= {NAMED[name]}


def test_most_mistakes_of_the_homework_are_named() -> None:
    named = [name for name in NAMED if all(of_homework(name).values()) and of_homework(name)]
    assert len(named) >= LEAST * len(NAMED), sorted(set(NAMED) - set(named))


def called(one: Planted) -> str:
    return f"{one.topic} {one.line} {one.name}"


@pytest.mark.parametrize("number", range(len(PLANTED)), ids=lambda n: called(PLANTED[n]))
def test_no_planted_mistake_is_named_wrongly(number: int) -> None:
    found, one = of_planted(number), PLANTED[number]
    assert one.line in found
    assert {text for names in found.values() for text in names} <= {one.name}


def test_most_planted_mistakes_are_named() -> None:
    unnamed = [called(one) for n, one in enumerate(PLANTED) if not of_planted(n)[one.line]]
    assert len(PLANTED) >= 50 and len(unnamed) <= (1 - LEAST) * len(PLANTED), unnamed
